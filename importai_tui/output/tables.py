"""Formats lists of issues, links, works and search hits in columns, and the statistics of a library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from importai_tui.archive.search import FoundStory
from importai_tui.library.rows import IssueRow
from importai_tui.library.stats import LibraryStats, YearStats
from importai_tui.links.urls import browser_url, to_ascii_host
from importai_tui.model import WORDS_PER_MINUTE, LinkKind, StoryKind, get_reading_minutes, shorten_title
from importai_tui.output.console import StyledLine
from importai_tui.output.layout import pad, text_width, truncate, wrap
from importai_tui.output.progress_bar import progress_bar
from importai_tui.search.excerpts import Excerpt
from importai_tui.works.query import WorkMarks
from importai_tui.works.work import Work, get_metadata

if TYPE_CHECKING:
    from importai_tui.model import Link
    from importai_tui.search.search import Period

MAX_COLUMN_WIDTH = 12
"""Cells; a longer entry (a slug, an address) shifts only its own row and does not widen the column."""

TableRow = tuple[str, ...]


def format_issue_table(heads: Sequence[IssueRow], columns: int | None) -> str:
    """Format issues: date, unread and all stories, reference, title; truncated to `columns` cells."""
    rows = [
        (head.date or "", f"{head.unread_count}/{head.story_count}", head.ref, shorten_title(head.title))
        for head in heads
    ]
    return _table(rows, columns)


def format_link_table(links: Sequence[tuple[str, Link, str]]) -> str:
    """Format links: number, kind, address, title; never truncated, because a truncated address is useless."""
    return _table([(str(link.n), link.kind, format_address(link.url), title) for _, link, title in links], None)


def format_address(url: str | None) -> str:
    """Return the address that `open` gives to a browser; a refused address gets a remark."""
    if not url:
        return "(no address)"
    return browser_url(url) or f"{url} (not opened: unsafe)"


def _table(rows: Sequence[TableRow], columns: int | None) -> str:
    if not rows:
        return ""
    every = [[text_width(cell) for cell in column] for column in zip(*rows, strict=True)]
    widths = [max((cells for cells in column if cells <= MAX_COLUMN_WIDTH), default=0) for column in every]
    lines = []
    for row, *filled in zip(rows, *every, strict=True):
        padded = (cell + " " * (cells - full) for cell, cells, full in zip(row, widths, filled, strict=True))
        line = "  ".join(padded).rstrip()
        lines.append(line if columns is None else truncate(line, columns))
    return "\n".join(lines)


def format_work_table(works: Sequence[Work], columns: int | None) -> str:
    """Format works: kind, number of citations, first and last issue, title; truncated to `columns` cells."""
    facts = [(work.kind, f"{work.citation_count}×", _issues(work)) for work in works]
    kinds, times, issues = (
        max((text_width(cell) for cell in column if text_width(cell) <= MAX_COLUMN_WIDTH), default=0)
        for column in zip(*facts, strict=True)
    )
    lines = []
    for work, (kind, cited, where) in zip(works, facts, strict=True):
        line = f"{kind:{kinds}}  {cited:>{times}}  {pad(where, issues)}  {get_metadata(work).title}"
        lines.append(line if columns is None else truncate(line, columns))
    return "\n".join(lines)


def work_json(work: Work, marks: WorkMarks) -> dict[str, Any]:
    """Return WORK. `year` comes from an arXiv id, else it is null; `read` is true if its link was opened."""
    return {
        "work": work.id,
        "kind": work.kind,
        "title": work.title,
        "url": work.url,
        "host": to_ascii_host(work.host) if work.host else None,
        "year": get_metadata(work).year,
        "times": work.citation_count,
        "cited_by": list(work.cited_by),
        "issues": list(work.issues),
        "first_cited": work.first_cited,
        "last_cited": work.last_cited,
        "read": work.id in marks.opened,
        "starred": work.id in marks.starred,
    }


def _issues(work: Work) -> str:
    """Return the first and the last issue that cites the work: "402–447"."""
    return "–".join(dict.fromkeys((*work.issues[:1], *work.issues[-1:])))


_BELOW = "  "
_INDENT = "    "
_LEAST = 16
"""Cells; if fewer remain after the facts, the headline gets a line of its own."""
_LONGEST_BAR = 40
"""Cells; an eighth of a cell is then less than half a per cent."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


def format_hits(hits: Sequence[tuple[FoundStory, Excerpt]], columns: int | None) -> Iterator[StyledLine]:
    """Yield the lines of each hit: reference, date, headline, and below them the excerpt with marked matches.

    Lines are wrapped at `columns` cells; None for lines of any length.
    """
    for found, excerpt in hits:
        kind = "" if found.kind is StoryKind.STORY else found.kind
        facts = "  ".join(part for part in (found.ref, found.day, kind) if part)
        for line in _named(facts, found.headline, columns):
            yield [(line, False)]
        at = 0
        for line in wrap(excerpt.text, columns and max(columns - len(_INDENT), 1)):
            at = max(excerpt.text.find(line, at), at)
            yield [(_INDENT, False), *_runs(line, at, excerpt.highlights)]
            at += len(line)


def format_trend_chart(periods: Sequence[Period], columns: int | None) -> str:
    """Format a bar for each period, its number of stories, and their share of all stories in it."""
    most = max(period.stories for period in periods)
    names = max(text_width(period.name) for period in periods)
    figures = max(len(f"{period.stories:,}") for period in periods)
    room = (columns or 80) - names - figures - len("    100%")
    cells = max(min(room, _LONGEST_BAR), 1)
    lines = []
    for period in periods:
        bar = _bar(period.stories / most * cells)
        share = f"  {_percent(period.share)}" if period.stories else ""
        lines.append(f"{period.name:{names}}  {bar}{' ' if bar else ''}{period.stories:,}{share}")
    return "\n".join(lines)


def _named(facts: str, headline: str, columns: int | None) -> list[str]:
    """Return lines with the facts and the headline; a long headline continues on the next lines."""
    if columns is None:
        return [f"{facts}  {headline}"]
    room = columns - text_width(facts) - len("  ")
    if room < _LEAST:
        return [facts, *wrap(headline, columns, _BELOW, _BELOW)]
    words = " ".join(headline.split())
    first = wrap(words, room)[0]
    rest = words[len(first) :].lstrip()
    return [f"{facts}  {first}", *(wrap(rest, columns, _BELOW, _BELOW) if rest else [])]


def _runs(line: str, at: int, highlights: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Split a line into highlighted and other runs; `at` is the offset of the line in the text."""
    done = 0
    for start, end in highlights:
        start, end = (min(max(place - at, done), len(line)) for place in (start, end))
        if start < end:
            yield line[done:start], False
            yield line[start:end], True
            done = end
    yield line[done:], False


def _bar(cells: float) -> str:
    """Return a bar of whole and partial blocks; never empty for a positive width."""
    eighths = max(round(cells * 8), 1) if cells else 0
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def _percent(share: float) -> str:
    return f"{share:.1%}" if share < 0.0995 else f"{share:.0%}"


_LABEL = 15
"""Cells of the first column: the longest label and two spaces."""
_LONGEST_BAR_FIGURES = 30
"""Cells of the year with the most stories: two for three issues of a weekly newsletter."""
_USUAL = 80
"""Cells of a line in a pipe."""
_HEADINGS = "Year  Issues  Stories  Read"
_PLURALS = {
    StoryKind.STORY: ("story", "stories"),
    StoryKind.TECH_TALES: ("tale", "tales"),
    StoryKind.ESSAY: ("essay", "essays"),
    StoryKind.NOTE: ("note", "notes"),
}


def format_stats(figures: LibraryStats, columns: int | None) -> str:
    """Format statistics as labelled lines, and below them a bar for each year; a path is never wrapped."""
    width = columns or _USUAL
    lines = []
    for label, told in _labelled(figures):
        lines += wrap(told, width, f"{label:{_LABEL}}", " " * _LABEL)
    for label, (path, size) in zip(("Archive", "Reading state"), figures.file_sizes, strict=True):
        lines.append(f"{label:{_LABEL}}{_bytes(size)}, {path}")
    if figures.years:
        lines += ["", *_chart(figures.years, width)]
    return "\n".join(lines)


def stats_json(figures: LibraryStats) -> dict[str, Any]:
    """Return the JSON of `stats`. Sizes are bytes, times ISO 8601 in UTC; a year is null if no date is known."""
    archive = figures.archive_stats
    (archive_path, archive_bytes), (reading_path, reading_bytes) = figures.file_sizes
    return {
        "issues": figures.issue_count,
        "missing": figures.missing_count,
        "first": _head_shape(figures.oldest),
        "newest": _head_shape(figures.newest),
        "stories": figures.story_count,
        "kinds": {kind: archive.stories.get(kind, 0) for kind in StoryKind},
        "words": figures.word_count,
        "minutes": get_reading_minutes(figures.word_count) if figures.word_count else 0,
        "read": figures.read_count,
        "unread": figures.story_count - figures.read_count,
        "starred": figures.starred_count,
        "tagged": figures.tagged_count,
        "noted": figures.noted_count,
        "highlighted": figures.highlighted_count,
        "highlights": figures.highlight_count,
        "links": sum(archive.links.values()),
        "link_kinds": {kind: archive.links.get(kind, 0) for kind in LinkKind},
        "works": archive.works,
        "works_cited_again": archive.works_cited_again,
        "works_starred": figures.starred_work_count,
        "works_opened": figures.opened_work_count,
        "years": [_year_shape(year) for year in figures.years],
        "files": {
            "archive": {"path": str(archive_path), "bytes": archive_bytes},
            "reading": {"path": str(reading_path), "bytes": reading_bytes},
        },
        "synced": figures.last_sync_time.isoformat() if figures.last_sync_time else None,
    }


def _labelled(figures: LibraryStats) -> Iterator[tuple[str, str]]:
    archive = figures.archive_stats
    missing = f", {figures.missing_count:,} missing between" if figures.missing_count else ""
    yield "Issues", f"{figures.issue_count:,}{missing}"
    if figures.oldest and figures.newest:
        yield "First, newest", f"{_named_figures(figures.oldest)}, {_named_figures(figures.newest)}"
    yield "Stories", f"{figures.story_count:,}{_kinds(archive.stories)}"
    if figures.word_count:
        hours = get_reading_minutes(figures.word_count) / 60
        yield "Words", f"{figures.word_count:,}, {hours:,.0f} hours at {WORDS_PER_MINUTE} words a minute"
    yield "Read", f"{figures.read_count:,}, unread {figures.story_count - figures.read_count:,}"
    kept = (("starred", figures.starred_count), ("tagged", figures.tagged_count), ("noted", figures.noted_count))
    yield "Kept", ", ".join(f"{count:,} {what}" for what, count in (*kept, ("highlighted", figures.highlighted_count)))
    links = ", ".join(f"{count:,} {kind}" for kind, count in archive.links.items())
    yield "Links", f"{sum(archive.links.values()):,}{f': {links}' if links else ''}"
    yield (
        "Works",
        f"{archive.works:,}, {archive.works_cited_again:,} of them cited by two stories or more, "
        f"{figures.opened_work_count:,} opened, {figures.starred_work_count:,} starred",
    )
    yield "Last sync", f"{figures.last_sync_time:%Y-%m-%d %H:%M} UTC" if figures.last_sync_time else "never"


def _chart(years: tuple[YearStats, ...], width: int) -> Iterator[str]:
    """Yield a line with a bar for each year, proportional to its stories; the read part is heavier."""
    most = max(year.story_count for year in years)
    room = max(min(width - len(_HEADINGS) - 2, _LONGEST_BAR_FIGURES), 0)
    yield _HEADINGS
    for year in years:
        cells = max(1, round(room * year.story_count / most)) if room and year.story_count else 0
        facts = f"{year.year or '?':<4}  {year.issue_count:>6,}  {year.story_count:>7,}  {_percent_figures(year):>4}"
        yield f"{facts}  {progress_bar(year.read_count, year.story_count, cells)}".rstrip()


def _percent_figures(year: YearStats) -> str:
    """Return the share of read stories in whole per cent, rounded down, so that only a fully read year has 100%."""
    return f"{100 * year.read_count // year.story_count if year.story_count else 0}%"


def _kinds(stories: Mapping[str, int]) -> str:
    told = [(stories.get(kind, 0), words) for kind, words in _PLURALS.items() if kind is not StoryKind.STORY]
    parts = [f"{count:,} {words[count != 1]}" for count, words in told if count]
    return f", of them {', '.join(parts)}" if parts else ""


def _named_figures(head: IssueRow) -> str:
    return f"{head.ref} ({head.date})" if head.date else head.ref


def _bytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 1_000_000 else f"{size / 1000:,.0f} kB"


def _head_shape(head: IssueRow | None) -> dict[str, Any] | None:
    return {"ref": head.ref, "date": head.date, "title": head.title} if head else None


def _year_shape(year: YearStats) -> dict[str, Any]:
    return {
        "year": year.year,
        "issues": year.issue_count,
        "stories": year.story_count,
        "read": year.read_count,
        "unread": year.story_count - year.read_count,
        "words": year.word_count,
    }
