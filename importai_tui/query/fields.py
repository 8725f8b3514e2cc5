"""The fields of the query language: one record for each `name:value`.

The parser, the completion, the help of the search screen and `search --help` read these records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from importai_tui.model import LinkKind, StoryKind
from importai_tui.query.conditions import (
    CitedCard,
    CitedHost,
    CitedKind,
    CitedWork,
    Condition,
    DateRange,
    HasForecast,
    IssueRange,
    KindCondition,
    MarkCondition,
    Phrase,
    SortOrder,
)


class ArchiveValues(Enum):
    """The values in the archive or the reading state that complete a field."""

    TAGS = auto()
    YEARS = auto()
    ISSUES = auto()
    HOSTS = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the query language. Every text is shown to the user."""

    name: str
    parse: Callable[[str], Condition | SortOrder | None]
    """Returns None for an invalid value."""
    example: str
    """A valid value."""
    description: str
    """One line, which the search screen shows beside the example."""
    hint: str
    """The sentence for an invalid value."""
    syntax: str
    """The forms of the field, as `search --help` shows them."""
    values: Mapping[str, str] = field(default_factory=dict)
    """The fixed values, each with its description; empty for a field with free values."""
    archive_values: ArchiveValues | None = None
    separator: str = ""
    """The text between two values; empty for a field that accepts one value."""
    has_spaces: bool = False
    """True if an unquoted argument of `search` may continue the value after a space."""


KIND_VALUES: Mapping[str, StoryKind] = {
    "story": StoryKind.STORY,
    "tales": StoryKind.TECH_TALES,
    "essay": StoryKind.ESSAY,
    "note": StoryKind.NOTE,
}
"""The kinds among the values of `in:`."""
CARDS_VALUE = "cards"
"""The value of `in:` for words in the cards of cited works."""
_KIND_ALIASES = {"stories": "story", "tech-tales": "tales", "tale": "tales", "essays": "essay", "notes": "note"}
MARK_VALUES: Mapping[str, MarkCondition] = {
    "unread": MarkCondition("read", is_set=False),
    "read": MarkCondition("read"),
    "starred": MarkCondition("starred"),
    "noted": MarkCondition("note"),
    "tagged": MarkCondition("tag:"),
    "highlighted": MarkCondition("highlight:"),
}
"""The values of `is:`."""
HAS_VALUES: Mapping[str, Condition] = {
    **{kind.value: CitedKind(frozenset({kind})) for kind in LinkKind if kind not in (LinkKind.ISSUE, LinkKind.OTHER)},
    "note": MarkCondition("note"),
    "tag": MarkCondition("tag:"),
    "highlight": MarkCondition("highlight:"),
    "forecast": HasForecast(),
}
"""The values of `has:`."""
SORT_VALUES: Mapping[str, SortOrder] = {order.value: order for order in SortOrder}
"""The values of `sort:`."""
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


def _parse_lead(value: str) -> Condition | None:
    """Parse `lead:otters`."""
    phrase = Phrase(value, in_lead=True)
    return None if phrase.is_empty else phrase


def _parse_title(value: str) -> Condition | None:
    """Parse `title:otters`."""
    phrase = Phrase(value, in_headline=True)
    return None if phrase.is_empty else phrase


def _parse_place(value: str) -> Condition | None:
    """Parse `in:story,tales` and `in:cards`."""
    if value.casefold() == CARDS_VALUE:
        return CitedCard()
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


def _parse_sort(value: str) -> SortOrder | None:
    """Parse `sort:new`."""
    return SORT_VALUES.get(value.casefold())


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


def _make_free_field(
    name: str,
    parse: Callable[[str], Condition | None],
    example: str,
    description: str,
    *,
    hint: str = "",
    syntax: str = "",
    archive_values: ArchiveValues | None = None,
    separator: str = "",
    has_spaces: bool = False,
) -> Field:
    """Return a field with free values; by default, its hint and its syntax show the example."""
    return Field(
        name,
        parse,
        example,
        description,
        hint=hint or f"Use {name}:{example}.",
        syntax=syntax or f"{name}:{example}",
        archive_values=archive_values,
        separator=separator,
        has_spaces=has_spaces,
    )


def _make_choice_field(
    name: str,
    parse: Callable[[str], Condition | SortOrder | None],
    values: Mapping[str, str],
    *,
    syntax: str = "",
    separator: str = "",
) -> Field:
    """Return a field with fixed values; its example, description and hint come from the values."""
    *others, last = values
    return Field(
        name,
        parse,
        example=next(iter(values)),
        description=", ".join(values),
        hint=f"Use {name}:{', '.join(others)} or {last}.",
        syntax=syntax or f"{name}:{'|'.join(values)}",
        values=values,
        separator=separator,
    )


def _describe(values: Iterable[str], *descriptions: str) -> Mapping[str, str]:
    """Pair values with their descriptions. Raises ValueError if one is missing."""
    return dict(zip(values, descriptions, strict=True))


_DATE_HINT = "Use a date such as 2024, 2024-06 or 2024-06-03."
_FIELDS = (
    _make_free_field("title", _parse_title, "robots", "in the headline", syntax="title:word", has_spaces=True),
    _make_free_field(
        "lead",
        _parse_lead,
        "robots",
        "in the headline, tagline or first sentences",
        syntax="lead:word",
        has_spaces=True,
    ),
    _make_choice_field(
        "in",
        _parse_place,
        _describe(
            (*KIND_VALUES, CARDS_VALUE),
            "news stories",
            "fiction",
            "long essays",
            "opening remarks",
            "words in the cards of cited works",
        ),
        separator=",",
    ),
    _make_choice_field(
        "is",
        _parse_mark,
        _describe(
            MARK_VALUES,
            "not read yet",
            "already read",
            "with a star",
            "with a note",
            "with any tag",
            "with a highlight",
        ),
        syntax="is:unread|read|starred|noted|tagged|highlighted",
    ),
    _make_free_field(
        "tag",
        _parse_tag,
        "robots",
        "with this tag",
        syntax="tag:name",
        archive_values=ArchiveValues.TAGS,
        has_spaces=True,
    ),
    _make_free_field(
        "issue",
        _parse_issues,
        "380..402",
        "an issue, or a range",
        hint="Use issue:392 or issue:380..402.",
        syntax="issue:392  issue:380..402",
        archive_values=ArchiveValues.ISSUES,
        separator="..",
    ),
    _make_free_field(
        "after",
        _parse_after,
        "2024-06",
        "on or after this date",
        hint=_DATE_HINT,
        archive_values=ArchiveValues.YEARS,
    ),
    _make_free_field(
        "before", _parse_before, "2024", "before this date", hint=_DATE_HINT, archive_values=ArchiveValues.YEARS
    ),
    _make_free_field(
        "year",
        parse_years,
        "2023",
        "a year, or a range",
        hint="Use year:2023 or year:2020..2022.",
        archive_values=ArchiveValues.YEARS,
        separator="..",
    ),
    _make_free_field("site", parse_site, "arxiv.org", "with a link to this site", archive_values=ArchiveValues.HOSTS),
    _make_choice_field(
        "has",
        _parse_has,
        {name: f"with a link to a {name}" for name in HAS_VALUES}
        | {
            "code": "with a link to code",
            "news": "with a link to news",
            "social": "with a link to a social network",
            "note": "with a note",
            "tag": "with any tag",
            "highlight": "with a highlight",
            "forecast": "with a sentence that looks like a forecast",
        },
        syntax="has:code|paper|video|note|highlight|forecast",
        separator=",",
    ),
    _make_free_field("cites", parse_cites, "2502.19187", "with a link to this work"),
    _make_choice_field(
        "sort",
        _parse_sort,
        _describe(SORT_VALUES, "best match first", "newest first", "oldest first"),
    ),
)
FIELDS: Mapping[str, Field] = {record.name: record for record in _FIELDS}
"""The fields by name, in the order in which help and completion show them."""
