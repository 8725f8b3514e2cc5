"""Formats lists of issues, links, works and search hits in columns, and the statistics of a library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from importai_tui.model import WORDS_PER_MINUTE, StoryKind, get_reading_minutes, shorten_title
from importai_tui.output.layout import pad, progress_bar, text_width, truncate, wrap
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.archive.search import FoundStory
    from importai_tui.library.rows import IssueRow
    from importai_tui.library.stats import LibraryStats, YearStats
    from importai_tui.model import Link
    from importai_tui.output.console import StyledLine
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
_LABEL_WIDTH = 15
"""Cells of the first column: the longest label and two spaces."""
_MAX_YEAR_BAR = 30
"""Cells of the year with the most stories: two for three issues of a weekly newsletter."""
_YEAR_HEADER = "Year  Issues  Stories  Read"
_KIND_NOUNS = {
    StoryKind.TECH_TALES: "tale",
    StoryKind.ESSAY: "essay",
    StoryKind.NOTE: "note",
}


def format_issue_table(issues: Sequence[IssueRow], columns: int | None) -> str:
    """Format issues: date, unread and all stories, reference, title; truncated to `columns` cells."""
    rows = [
        (issue.date or "", f"{issue.unread_count}/{issue.story_count}", issue.ref, shorten_title(issue.title))
        for issue in issues
    ]
    return _format_table(rows, columns)


def format_link_table(links: Sequence[tuple[str, Link, str]]) -> str:
    """Format links: number, kind, address, title; never truncated, because a truncated address is useless."""
    from importai_tui.output.text import format_address  # here, because `list` and `search` need no URLs

    return _format_table([(str(link.n), link.kind, format_address(link.url), title) for _, link, title in links], None)


def format_work_table(works: Sequence[Work], columns: int | None) -> str:
    """Format works: kind, number of citations, first and last issue, title; truncated to `columns` cells."""
    from importai_tui.works.work import get_metadata  # here, because the other tables need no works

    rows = [(work.kind, f"{work.citation_count}×", _format_first_and_last_issue(work)) for work in works]
    kind_width, count_width, issue_width = (_get_column_width(column) for column in zip(*rows, strict=True))
    lines = []
    for work, (kind, count, issues) in zip(works, rows, strict=True):
        line = f"{kind:{kind_width}}  {count:>{count_width}}  {pad(issues, issue_width)}  {get_metadata(work).title}"
        lines.append(line if columns is None else truncate(line, columns))
    return "\n".join(lines)


def format_hits(hits: Sequence[tuple[FoundStory, Excerpt]], columns: int | None) -> Iterator[StyledLine]:
    """Yield the lines of each hit: reference, date, headline, and below them the excerpt with marked matches.

    Lines are wrapped at `columns` cells; None for lines of any length.
    """
    for hit, excerpt in hits:
        kind = "" if hit.kind is StoryKind.STORY else hit.kind
        facts = "  ".join(part for part in (hit.ref, hit.day, kind) if part)
        for line in _format_headline(facts, hit.headline, columns):
            yield [(line, False)]
        offset = 0
        for line in wrap(excerpt.text, columns and max(columns - len(_EXCERPT_INDENT), 1)):
            offset = max(excerpt.text.find(line, offset), offset)
            yield [(_EXCERPT_INDENT, False), *_split_runs(line, offset, excerpt.highlights)]
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


def format_stats(stats: LibraryStats, columns: int | None) -> str:
    """Format statistics as labelled lines, and below them a bar for each year; a path is never wrapped."""
    width = columns or _DEFAULT_COLUMNS
    lines = []
    for label, text in _stats_rows(stats):
        lines += wrap(text, width, f"{label:{_LABEL_WIDTH}}", " " * _LABEL_WIDTH)
    for label, (path, size) in zip(("Archive", "Reading state"), stats.file_sizes, strict=True):
        lines.append(f"{label:{_LABEL_WIDTH}}{_format_size(size)}, {path}")
    if stats.years:
        lines += ["", *_format_years(stats.years, width)]
    return "\n".join(lines)


def _format_table(rows: Sequence[tuple[str, ...]], columns: int | None) -> str:
    if not rows:
        return ""
    widths = [_get_column_width(column) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(pad, row, widths)).rstrip() for row in rows)
    return "\n".join(line if columns is None else truncate(line, columns) for line in lines)


def _get_column_width(cells: Sequence[str]) -> int:
    return max((width for width in map(text_width, cells) if width <= _MAX_COLUMN_WIDTH), default=0)


def _format_first_and_last_issue(work: Work) -> str:
    """Return the first and the last issue that cites the work: "402–447"."""
    return "–".join(dict.fromkeys((*work.issues[:1], *work.issues[-1:])))


def _format_headline(facts: str, headline: str, columns: int | None) -> list[str]:
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


def _split_runs(line: str, offset: int, highlights: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Split a line into highlighted and other runs; `offset` is that of the line in the excerpt."""
    done = 0
    for highlight in highlights:
        start, end = (min(max(edge - offset, done), len(line)) for edge in highlight)
        if start < end:
            yield line[done:start], False
            yield line[start:end], True
            done = end
    yield line[done:], False


def _draw_bar(cells: float) -> str:
    """Return a bar of whole and partial blocks; never empty for a positive width."""
    eighths = max(round(cells * 8), 1) if cells else 0
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def _format_share(share: float) -> str:
    return f"{share:.1%}" if share < 0.0995 else f"{share:.0%}"


def _stats_rows(stats: LibraryStats) -> Iterator[tuple[str, str]]:
    archive = stats.archive_stats
    missing = f", {stats.missing_count:,} missing between" if stats.missing_count else ""
    yield "Issues", f"{stats.issue_count:,}{missing}"
    if stats.oldest and stats.newest:
        yield "First, newest", f"{_format_issue(stats.oldest)}, {_format_issue(stats.newest)}"
    yield "Stories", f"{stats.story_count:,}{_format_kinds(archive.stories)}"
    if stats.word_count:
        hours = get_reading_minutes(stats.word_count) / 60
        yield "Words", f"{stats.word_count:,}, {hours:,.0f} hours at {WORDS_PER_MINUTE} words a minute"
    yield "Read", f"{stats.read_count:,}, unread {stats.story_count - stats.read_count:,}"
    yield (
        "Kept",
        f"{stats.starred_count:,} starred, {stats.tagged_count:,} tagged, {stats.noted_count:,} noted, "
        f"{stats.highlighted_count:,} highlighted",
    )
    links = ", ".join(f"{count:,} {kind}" for kind, count in archive.links.items())
    yield "Links", f"{sum(archive.links.values()):,}{f': {links}' if links else ''}"
    yield (
        "Works",
        f"{archive.works:,}, {archive.works_cited_again:,} of them cited by two stories or more, "
        f"{stats.opened_work_count:,} opened, {stats.starred_work_count:,} starred",
    )
    yield "Last sync", f"{stats.last_sync_time:%Y-%m-%d %H:%M} UTC" if stats.last_sync_time else "never"


def _format_years(years: tuple[YearStats, ...], width: int) -> Iterator[str]:
    """Yield a line with a bar for each year, proportional to its stories; the read part is heavier."""
    largest = max(year.story_count for year in years)
    max_bar = max(min(width - len(_YEAR_HEADER) - 2, _MAX_YEAR_BAR), 0)
    yield _YEAR_HEADER
    for year in years:
        cells = max(1, round(max_bar * year.story_count / largest)) if max_bar and year.story_count else 0
        facts = f"{year.year or '?':<4}  {year.issue_count:>6,}  {year.story_count:>7,}  {_format_percent(year):>4}"
        yield f"{facts}  {progress_bar(year.read_count, year.story_count, cells)}".rstrip()


def _format_percent(year: YearStats) -> str:
    """Return the share of read stories in whole per cent, rounded down, so that only a fully read year has 100%."""
    return f"{100 * year.read_count // year.story_count if year.story_count else 0}%"


def _format_kinds(stories: Mapping[str, int]) -> str:
    parts = [plural(count, noun) for kind, noun in _KIND_NOUNS.items() if (count := stories.get(kind, 0))]
    return f", of them {', '.join(parts)}" if parts else ""


def _format_issue(issue: IssueRow) -> str:
    return f"{issue.ref} ({issue.date})" if issue.date else issue.ref


def _format_size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 1_000_000 else f"{size / 1000:,.0f} kB"
