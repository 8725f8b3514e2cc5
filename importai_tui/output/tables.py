"""Formats lists of issues, links, works and search hits in columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from importai_tui.model import StoryKind, shorten_title
from importai_tui.output.layout import pad, text_width, truncate_to_width, wrap
from importai_tui.output.lines import Line, Run, link_part
from importai_tui.wording import format_date

if TYPE_CHECKING:
    from importai_tui.archive.search import FoundStory
    from importai_tui.library.rows import IssueRow
    from importai_tui.model import Link
    from importai_tui.search.excerpts import Excerpt
    from importai_tui.search.search import Period
    from importai_tui.works.work import Work

_DEFAULT_COLUMNS = 80
"""Cells of a line in a pipe."""
_MAX_COLUMN_WIDTH = 12
"""Cells; a longer entry (a slug, an address) shifts only its own row and does not widen the column."""
_HEADLINE_INDENT = "  "
_EXCERPT_INDENT = "    "
_MIN_HEADLINE_WIDTH = 16
"""Cells; if fewer remain after the facts, the headline gets a line of its own."""
_MAX_TREND_BAR = 40
"""Cells; an eighth of a cell is then less than half a per cent."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


def format_issue_table(issues: Sequence[IssueRow], columns: int | None) -> str:
    """Format issues: date, unread and all stories, reference, title; truncated to `columns` cells.

    A `~` precedes estimated dates. If there are any, a space precedes the others.
    """
    known_sign = " " if any(issue.is_date_estimated for issue in issues) else ""
    rows = [
        (
            f"{'~' if issue.is_date_estimated else known_sign}{issue.date or ''}",
            f"{issue.unread_count}/{issue.story_count}",
            issue.ref,
            shorten_title(issue.title),
        )
        for issue in issues
    ]
    return "\n".join(line if columns is None else truncate_to_width(line, columns) for line in _format_table(rows))


def format_link_table(links: Sequence[tuple[str, Link, str]]) -> list[Line]:
    """Format links: number, kind, address, title; never truncated, because a truncated address is useless."""
    # Imported here, because a list of issues has no addresses.
    from importai_tui.output.text import format_address

    addresses = [format_address(link.url) for _, link, _ in links]
    rows = [
        (str(link.n), link.kind, address, title) for (_, link, title), address in zip(links, addresses, strict=True)
    ]
    return [
        link_part(line, line.index(address), len(line), link.url)
        for line, address, (_, link, _) in zip(_format_table(rows), addresses, links, strict=True)
    ]


def format_work_table(works: Sequence[Work], columns: int | None) -> list[Line]:
    """Format works: kind, number of citations, first and last issue, title; truncated to `columns` cells.

    The facts of a card, and the newsletter's words for the work if they differ, follow the title.
    """
    # Imported here, because a list of issues has no works.
    from importai_tui.works.work import format_cited_as, format_work_facts, get_metadata

    rows = [(work.kind, f"{work.citation_count}×", _format_first_and_last_issue(work)) for work in works]
    kind_width, count_width, issue_width = (_get_column_width(column) for column in zip(*rows, strict=True))
    lines: list[Line] = []
    for work, (kind, count, issues) in zip(works, rows, strict=True):
        title, facts = get_metadata(work).title, ", ".join(format_work_facts(work))
        columns_before = f"{kind:{kind_width}}  {count:>{count_width}}  {pad(issues, issue_width)}  "
        line = columns_before + "  ".join(filter(None, (title, facts, format_cited_as(work))))
        shown = line if columns is None else truncate_to_width(line, columns)
        lines.append(link_part(shown, len(columns_before), len(columns_before) + len(title), work.url))
    return lines


def format_hits(hits: Sequence[tuple[FoundStory, Excerpt]], columns: int | None) -> Iterator[Line]:
    """Yield the lines of each hit: reference, date, headline, and below them the excerpt with marked matches.

    Lines are wrapped at `columns` cells; None for lines of any length.
    """
    for hit, excerpt in hits:
        kind = "" if hit.kind is StoryKind.STORY else hit.kind
        date = format_date(hit.day, is_estimated=hit.is_day_estimated)
        facts = "  ".join(part for part in (hit.ref, date, kind) if part)
        for line in format_headline(facts, hit.headline, columns):
            yield line
        offset = 0
        for line in wrap(excerpt.text, columns and max(columns - len(_EXCERPT_INDENT), 1)):
            offset = max(excerpt.text.find(line, offset), offset)
            yield [Run(_EXCERPT_INDENT), *_split_runs(line, offset, excerpt.highlights)]
            offset += len(line)


def format_trend_chart(periods: Sequence[Period], columns: int | None) -> str:
    """Format a bar for each period, its number of stories, and their share of all stories in it."""
    largest = max(period.stories for period in periods)
    name_width = max(text_width(period.name) for period in periods)
    count_width = max(len(f"{period.stories:,}") for period in periods)
    available = (columns or _DEFAULT_COLUMNS) - name_width - count_width - len("    100%")
    cells = max(min(available, _MAX_TREND_BAR), 1)
    lines = []
    for period in periods:
        bar = _draw_bar(period.stories / largest * cells)
        share = f"  {_format_share(period.share)}" if period.stories else ""
        lines.append(f"{period.name:{name_width}}  {bar}{' ' if bar else ''}{period.stories:,}{share}")
    return "\n".join(lines)


def _format_table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [_get_column_width(column) for column in zip(*rows, strict=True)]
    return ("  ".join(map(pad, row, widths)).rstrip() for row in rows)


def _get_column_width(cells: Sequence[str]) -> int:
    return max((width for width in map(text_width, cells) if width <= _MAX_COLUMN_WIDTH), default=0)


def _format_first_and_last_issue(work: Work) -> str:
    """Return the first and the last issue that cites the work: "402–447"."""
    return "–".join(dict.fromkeys((*work.issues[:1], *work.issues[-1:])))


def format_headline(facts: str, headline: str, columns: int | None) -> list[str]:
    """Return lines with the facts and the headline; a long headline continues on the next lines."""
    if columns is None:
        return [f"{facts}  {headline}"]
    available = columns - text_width(facts) - len("  ")
    if available < _MIN_HEADLINE_WIDTH:
        return [facts, *wrap(headline, columns, _HEADLINE_INDENT, _HEADLINE_INDENT)]
    words = " ".join(headline.split())
    first = wrap(words, available)[0]
    rest = words[len(first) :].lstrip()
    return [f"{facts}  {first}", *(wrap(rest, columns, _HEADLINE_INDENT, _HEADLINE_INDENT) if rest else [])]


def _split_runs(line: str, offset: int, highlights: Sequence[tuple[int, int]]) -> Iterator[Run]:
    """Split a line into highlighted and other runs; `offset` is that of the line in the excerpt."""
    done = 0
    for highlight in highlights:
        start, end = (min(max(edge - offset, done), len(line)) for edge in highlight)
        if start < end:
            yield Run(line[done:start])
            yield Run(line[start:end], is_bold=True)
            done = end
    yield Run(line[done:])


def _draw_bar(cells: float) -> str:
    """Return a bar of whole and partial blocks; never empty for a positive width."""
    eighths = max(round(cells * 8), 1) if cells else 0
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def _format_share(share: float) -> str:
    return f"{share:.1%}" if share < 0.0995 else f"{share:.0%}"
