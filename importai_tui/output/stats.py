"""Formats the statistics of a library for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from importai_tui.library.rows import IssueRow
from importai_tui.library.stats import LibraryStats, YearStats
from importai_tui.model import WORDS_PER_MINUTE, StoryKind, get_reading_minutes
from importai_tui.output.layout import wrap
from importai_tui.output.progress_bar import progress_bar
from importai_tui.wording import plural

_DEFAULT_COLUMNS = 80
"""Cells of a line in a pipe."""
_LABEL_WIDTH = 16
"""Cells of the first column: the longest label and two spaces."""
_MAX_YEAR_BAR = 30
"""Cells of the year with the most stories: two for three issues of a weekly newsletter."""
_YEAR_HEADER = "Issues  Stories  Read"
_UNDATED = "undated"
_KIND_NOUNS = {
    StoryKind.TECH_TALES: "tale",
    StoryKind.ESSAY: "essay",
    StoryKind.NOTE: "note",
}

_UNCOUNTABLE_KINDS = ("code", "news", "social", "other")
"""Kinds of links without a plural."""


def format_stats(stats: LibraryStats, columns: int | None) -> str:
    """Format statistics as labelled lines, and below them a bar for each year; a path is never wrapped."""
    width = columns or _DEFAULT_COLUMNS
    lines = []
    for label, text in _stats_rows(stats):
        lines += wrap(text, width, f"{label:{_LABEL_WIDTH}}", " " * _LABEL_WIDTH)
    for label, (path, size) in zip(("Archive", "Reading state", "Card file"), stats.file_sizes, strict=True):
        if size:  # there may be no cards yet
            lines.append(f"{label:{_LABEL_WIDTH}}{_format_size(size)}  {path}")
    if stats.years:
        lines += ["", *_format_years(stats.years, width)]
    return "\n".join(lines)


def _stats_rows(stats: LibraryStats) -> Iterator[tuple[str, str]]:
    archive = stats.archive_stats
    missing = f" ({stats.missing_count:,} missing in between)" if stats.missing_count else ""
    yield "Issues", f"{stats.issue_count:,}{missing}"
    if stats.oldest and stats.newest:
        yield "Oldest, newest", f"{_format_issue(stats.oldest)}, {_format_issue(stats.newest)}"
    yield "Stories", f"{stats.story_count:,}{_format_kinds(archive.stories)}"
    if stats.word_count:
        minutes = get_reading_minutes(stats.word_count)
        time = plural(minutes, "minute") if minutes < 60 else plural(round(minutes / 60), "hour")
        yield "Words", f"{stats.word_count:,} ({time} at {WORDS_PER_MINUTE} words per minute)"
    yield "Read", f"{stats.read_count:,} ({stats.story_count - stats.read_count:,} unread)"
    yield (
        "Marks",
        f"{stats.starred_count:,} starred, {stats.tagged_count:,} tagged, {stats.noted_count:,} noted, "
        f"{stats.highlighted_count:,} highlighted",
    )
    links = ", ".join(
        f"{count:,} {kind}" if kind in _UNCOUNTABLE_KINDS else plural(count, kind)
        for kind, count in archive.links.items()
    )
    yield "Links", f"{sum(archive.links.values()):,}{f' ({links})' if links else ''}"
    yield (
        "Works",
        f"{archive.works:,} ({archive.works_cited_again:,} cited by several stories, "
        f"{stats.opened_work_count:,} opened, {stats.starred_work_count:,} starred)",
    )
    if stats.card_count:
        yield "Cards", f"{stats.card_count:,}"
    yield "Last sync", f"{stats.last_sync_time:%Y-%m-%d %H:%M} UTC" if stats.last_sync_time else "never"


def _format_years(years: tuple[YearStats, ...], width: int) -> Iterator[str]:
    """Yield a line with a bar for each year, proportional to its stories; the read part is heavier."""
    largest = max(year.story_count for year in years)
    names = [str(year.year or _UNDATED) for year in years]
    name_width = max(map(len, names))
    header = f"{'Year':{name_width}}  {_YEAR_HEADER}"
    max_bar = max(min(width - len(header) - 2, _MAX_YEAR_BAR), 0)
    yield header
    for name, year in zip(names, years, strict=True):
        cells = max(1, round(max_bar * year.story_count / largest)) if max_bar and year.story_count else 0
        facts = f"{name:{name_width}}  {year.issue_count:>6,}  {year.story_count:>7,}  {_format_percent(year):>4}"
        yield f"{facts}  {progress_bar(year.read_count, year.story_count, cells)}".rstrip()


def _format_percent(year: YearStats) -> str:
    """Return the share of read stories in whole per cent, rounded down, so that only a fully read year has 100%."""
    return f"{100 * year.read_count // year.story_count if year.story_count else 0}%"


def _format_kinds(stories: Mapping[str, int]) -> str:
    parts = [plural(count, noun) for kind, noun in _KIND_NOUNS.items() if (count := stories.get(kind, 0))]
    return f" (including {', '.join(parts)})" if parts else ""


def _format_issue(issue: IssueRow) -> str:
    return f"{issue.ref} ({issue.date_text})" if issue.date else issue.ref


def _format_size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 1_000_000 else f"{size / 1000:,.0f} kB"
