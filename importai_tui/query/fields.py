"""The fields of the language: what `name:value` means, field by field. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from importai_tui.model import LinkKind, StoryKind
from importai_tui.query.conditions import (
    CitedHost,
    CitedKind,
    CitedWork,
    Condition,
    DateRange,
    IssueRange,
    KindCondition,
    MarkCondition,
    Phrase,
)

KIND_VALUES: Mapping[str, StoryKind] = {
    "story": StoryKind.STORY,
    "tales": StoryKind.TECH_TALES,
    "essay": StoryKind.ESSAY,
    "note": StoryKind.NOTE,
}
"""What `in:` takes."""
_KIND_ALIASES = {"stories": "story", "tech-tales": "tales", "tale": "tales", "essays": "essay", "notes": "note"}

MARK_VALUES: Mapping[str, MarkCondition] = {
    "unread": MarkCondition("read", is_set=False),
    "read": MarkCondition("read"),
    "starred": MarkCondition("starred"),
    "noted": MarkCondition("note"),
    "tagged": MarkCondition("tag:"),
}
"""What `is:` takes."""
HAS_VALUES: Mapping[str, Condition] = {
    **{kind.value: CitedKind(frozenset({kind})) for kind in LinkKind if kind not in (LinkKind.ISSUE, LinkKind.OTHER)},
    "note": MarkCondition("note"),
    "tag": MarkCondition("tag:"),
}
"""What `has:` takes."""

_ISSUE_RANGE = re.compile(r"#?(\d{1,6})?(\.\.)?#?(\d{1,6})?", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", re.ASCII)
_MAX_ISSUE_NUMBER = 999_999


def parse_kinds(value: str) -> Condition | None:
    """`in:story,tales`."""
    names = [_KIND_ALIASES.get(name, name) for name in value.casefold().split(",")]
    return (
        KindCondition(frozenset(KIND_VALUES[name] for name in names))
        if all(name in KIND_VALUES for name in names)
        else None
    )


def parse_mark(value: str) -> Condition | None:
    """`is:starred`."""
    return MARK_VALUES.get(value.casefold())


def parse_tag(value: str) -> Condition | None:
    """`tag:robots`, with or without its hash sign."""
    name = " ".join(value.lstrip("#").split())
    return MarkCondition(f"tag:{name}") if name else None


def parse_issues(value: str) -> Condition | None:
    """`issue:392`, `issue:380..402`, `issue:380..`."""
    found = _ISSUE_RANGE.fullmatch(value)
    if not found or not (found[1] or found[3]):
        return None
    first = int(found[1] or 0)
    last = int(found[3] or _MAX_ISSUE_NUMBER) if found[2] else first
    return IssueRange(min(first, last), max(first, last))


def parse_after(value: str) -> Condition | None:
    """`after:2024`, `after:2024-06`, `after:2024-06-03`: of that time or later."""
    span = _parse_date(value)
    return DateRange(span[0], None) if span else None


def parse_before(value: str) -> Condition | None:
    """`before:2024-06`: earlier than its first day."""
    span = _parse_date(value)
    return DateRange(None, span[0]) if span else None


def parse_years(value: str) -> Condition | None:
    """`year:2023`, `year:2020..2022`, `year:2020..`, and a month or a day as well."""
    first, dots, last = value.partition("..")
    begin, end = _parse_date(first), _parse_date(last)
    if not dots:
        return DateRange(*begin) if begin else None
    if (first and not begin) or (last and not end) or not (begin or end):
        return None
    if begin and end and end < begin:
        begin, end = end, begin
    return DateRange(begin[0] if begin else None, end[1] if end else None)


def parse_site(value: str) -> Condition | None:
    """`site:arxiv.org`, or a whole address of it."""
    host = value.casefold().partition("://")[2] or value.casefold()
    host = host.partition("/")[0].removeprefix("www.")
    return CitedHost(host) if re.fullmatch(r"[\w-]+(\.[\w-]+)+", host) else None


def parse_has(value: str) -> Condition | None:
    """`has:code`, `has:paper,dataset`, `has:note`."""
    found = [HAS_VALUES.get(name) for name in value.casefold().split(",")]
    if len(found) == 1:
        return found[0]
    cited = [one.kinds for one in found if isinstance(one, CitedKind)]
    return CitedKind(frozenset().union(*cited)) if len(cited) == len(found) else None


def parse_cites(value: str) -> Condition | None:
    """`cites:2502.19187`, an address, a DOI, or a work's canonical id."""
    if not value:
        return None
    # Imported here: what tells works apart is the largest part of this room, and few ask for one.
    from importai_tui.links.work_ids import get_work_id

    work = get_work_id(value if "://" in value else None) or value
    old = re.fullmatch(r"(?i)(?:arxiv:)?(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?", work)
    return CitedWork(f"arxiv:{old[1].lower()}" if old else work)


def parse_title(value: str) -> Condition | None:
    """`title:otters`."""
    words = Phrase(value, in_headline=True)
    return None if words.is_empty else words


FIELDS: Mapping[str, Callable[[str], Condition | None]] = {
    "title": parse_title,
    "in": parse_kinds,
    "is": parse_mark,
    "tag": parse_tag,
    "issue": parse_issues,
    "after": parse_after,
    "before": parse_before,
    "year": parse_years,
    "site": parse_site,
    "has": parse_has,
    "cites": parse_cites,
}
"""Each field's name and its meaning; the value is not understood where that is None."""


def _parse_date(value: str) -> tuple[str, str] | None:
    """The first day of a year, a month or a day, and the first day after it."""
    found = _DATE.fullmatch(value)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        if day:
            end = date.fromordinal(first.toordinal() + 1)
        elif month:
            end = date(first.year + month // 12, month % 12 + 1, 1)
        else:
            end = date(first.year + 1, 1, 1)
    except (ValueError, OverflowError):
        return None
    return first.isoformat(), end.isoformat()
