"""The fields of the query language: one parser for each `name:value`. A parser returns None for an invalid value."""

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
"""The values of `in:`."""
_KIND_ALIASES = {"stories": "story", "tech-tales": "tales", "tale": "tales", "essays": "essay", "notes": "note"}
MARK_VALUES: Mapping[str, MarkCondition] = {
    "unread": MarkCondition("read", is_set=False),
    "read": MarkCondition("read"),
    "starred": MarkCondition("starred"),
    "noted": MarkCondition("note"),
    "tagged": MarkCondition("tag:"),
}
"""The values of `is:`."""
HAS_VALUES: Mapping[str, Condition] = {
    **{kind.value: CitedKind(frozenset({kind})) for kind in LinkKind if kind not in (LinkKind.ISSUE, LinkKind.OTHER)},
    "note": MarkCondition("note"),
    "tag": MarkCondition("tag:"),
}
"""The values of `has:`."""
_ISSUE_RANGE = re.compile(r"#?(\d{1,6})?(\.\.)?#?(\d{1,6})?", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", re.ASCII)
_MAX_ISSUE_NUMBER = 999_999


def parse_years(value: str) -> Condition | None:
    """Parse `year:2023`, `year:2020..2022`, `year:2020..`; months and days are accepted too."""
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
    """Parse `site:arxiv.org`, or a URL on the site."""
    host = value.casefold().partition("://")[2] or value.casefold()
    host = host.partition("/")[0].removeprefix("www.")
    return CitedHost(host) if re.fullmatch(r"[\w-]+(\.[\w-]+)+", host) else None


def parse_cites(value: str) -> Condition | None:
    """Parse `cites:` with an arXiv id, a URL, a DOI or a work's canonical id."""
    if not value:
        return None
    # Imported here, because `links` is slow to import and few queries use this field.
    from importai_tui.links.work_ids import get_work_id

    work = get_work_id(value if "://" in value else None) or value
    old = re.fullmatch(r"(?i)(?:arxiv:)?(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?", work)
    return CitedWork(f"arxiv:{old[1].lower()}" if old else work)


def _parse_title(value: str) -> Condition | None:
    """Parse `title:otters`."""
    phrase = Phrase(value, in_headline=True)
    return None if phrase.is_empty else phrase


def _parse_kinds(value: str) -> Condition | None:
    """Parse `in:story,tales`."""
    names = [_KIND_ALIASES.get(name, name) for name in value.casefold().split(",")]
    if not all(name in KIND_VALUES for name in names):
        return None
    return KindCondition(frozenset(KIND_VALUES[name] for name in names))


def _parse_mark(value: str) -> Condition | None:
    """Parse `is:starred`."""
    return MARK_VALUES.get(value.casefold())


def _parse_tag(value: str) -> Condition | None:
    """Parse `tag:robots`, with or without a hash sign."""
    name = " ".join(value.lstrip("#").split())
    return MarkCondition(f"tag:{name}") if name else None


def _parse_issues(value: str) -> Condition | None:
    """Parse `issue:392`, `issue:380..402`, `issue:380..`."""
    match = _ISSUE_RANGE.fullmatch(value)
    if not match or not (match[1] or match[3]):
        return None
    first = int(match[1] or 0)
    last = int(match[3] or _MAX_ISSUE_NUMBER) if match[2] else first
    return IssueRange(min(first, last), max(first, last))


def _parse_after(value: str) -> Condition | None:
    """Parse `after:2024`, `after:2024-06`, `after:2024-06-03`; the time itself is included."""
    span = _parse_date(value)
    return DateRange(span[0], None) if span else None


def _parse_before(value: str) -> Condition | None:
    """Parse `before:2024-06`; the time itself is excluded."""
    span = _parse_date(value)
    return DateRange(None, span[0]) if span else None


def _parse_has(value: str) -> Condition | None:
    """Parse `has:code`, `has:paper,dataset`, `has:note`; only kinds of links can be combined."""
    conditions = [HAS_VALUES.get(name) for name in value.casefold().split(",")]
    if len(conditions) == 1:
        return conditions[0]
    kinds = [condition.kinds for condition in conditions if isinstance(condition, CitedKind)]
    return CitedKind(frozenset().union(*kinds)) if len(kinds) == len(conditions) else None


def _parse_date(value: str) -> tuple[str, str] | None:
    """Return the first day of a year, month or day, and the first day after it."""
    match = _DATE.fullmatch(value)
    if not match:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
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


FIELDS: Mapping[str, Callable[[str], Condition | None]] = {
    "title": _parse_title,
    "in": _parse_kinds,
    "is": _parse_mark,
    "tag": _parse_tag,
    "issue": _parse_issues,
    "after": _parse_after,
    "before": _parse_before,
    "year": parse_years,
    "site": parse_site,
    "has": _parse_has,
    "cites": parse_cites,
}
"""The parser of each field."""
