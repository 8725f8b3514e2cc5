"""The figures of a library, for a terminal and for a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from importai_tui.issue import WORDS_A_MINUTE, LinkKind, StoryKind, reading_minutes
from importai_tui.library import IssueHead
from importai_tui.library.figures import Figures, Year
from importai_tui.printing.bars import bar
from importai_tui.printing.cells import wrap

_LABEL = 15
"""Cells of the first column: the longest label and two more."""
_LONGEST_BAR = 30
"""Cells of the fullest year: two for three issues of a weekly newsletter."""
_USUAL = 80
"""Cells of a line where it goes into a pipe."""
_HEADINGS = "Year  Issues  Stories  Read"
_PLURALS = {
    StoryKind.STORY: ("story", "stories"),
    StoryKind.TECH_TALES: ("tale", "tales"),
    StoryKind.ESSAY: ("essay", "essays"),
    StoryKind.NOTE: ("note", "notes"),
}


def figures_text(figures: Figures, columns: int | None) -> str:
    """The figures in lines with a label each, the years beneath them with a bar each; a path is never broken."""
    width = columns or _USUAL
    lines = []
    for label, told in _labelled(figures):
        lines += wrap(told, width, f"{label:{_LABEL}}", " " * _LABEL)
    for label, (path, size) in zip(("Archive", "Reading state"), figures.files, strict=True):
        lines.append(f"{label:{_LABEL}}{_bytes(size)}, {path}")
    if figures.years:
        lines += ["", *_chart(figures.years, width)]
    return "\n".join(lines)


def figures_shape(figures: Figures) -> dict[str, Any]:
    """What `stats --json` prints. Sizes are bytes, times ISO 8601 in UTC; a year is null where no date is known."""
    archive = figures.archive
    (archive_path, archive_bytes), (reading_path, reading_bytes) = figures.files
    return {
        "issues": figures.issues,
        "missing": figures.missing,
        "first": _head_shape(figures.first),
        "newest": _head_shape(figures.newest),
        "stories": figures.stories,
        "kinds": {kind: archive.stories.get(kind, 0) for kind in StoryKind},
        "words": figures.words,
        "minutes": reading_minutes(figures.words) if figures.words else 0,
        "read": figures.read,
        "unread": figures.stories - figures.read,
        "starred": figures.starred,
        "tagged": figures.tagged,
        "noted": figures.noted,
        "highlighted": figures.highlighted,
        "highlights": figures.highlights,
        "links": sum(archive.links.values()),
        "link_kinds": {kind: archive.links.get(kind, 0) for kind in LinkKind},
        "works": archive.works,
        "works_cited_again": archive.works_cited_again,
        "works_starred": figures.works_starred,
        "works_opened": figures.works_opened,
        "years": [_year_shape(year) for year in figures.years],
        "files": {
            "archive": {"path": str(archive_path), "bytes": archive_bytes},
            "reading": {"path": str(reading_path), "bytes": reading_bytes},
        },
        "synced": figures.synced.isoformat() if figures.synced else None,
    }


def _labelled(figures: Figures) -> Iterator[tuple[str, str]]:
    archive = figures.archive
    missing = f", {figures.missing:,} missing between" if figures.missing else ""
    yield "Issues", f"{figures.issues:,}{missing}"
    if figures.first and figures.newest:
        yield "First, newest", f"{_named(figures.first)}, {_named(figures.newest)}"
    yield "Stories", f"{figures.stories:,}{_kinds(archive.stories)}"
    if figures.words:
        hours = reading_minutes(figures.words) / 60
        yield "Words", f"{figures.words:,}, {hours:,.0f} hours at {WORDS_A_MINUTE} words a minute"
    yield "Read", f"{figures.read:,}, unread {figures.stories - figures.read:,}"
    kept = (("starred", figures.starred), ("tagged", figures.tagged), ("noted", figures.noted))
    yield "Kept", ", ".join(f"{count:,} {what}" for what, count in (*kept, ("highlighted", figures.highlighted)))
    links = ", ".join(f"{count:,} {kind}" for kind, count in archive.links.items())
    yield "Links", f"{sum(archive.links.values()):,}{f': {links}' if links else ''}"
    yield (
        "Works",
        f"{archive.works:,}, {archive.works_cited_again:,} of them cited by two stories or more, "
        f"{figures.works_opened:,} opened, {figures.works_starred:,} starred",
    )
    yield "Last sync", f"{figures.synced:%Y-%m-%d %H:%M} UTC" if figures.synced else "never"


def _chart(years: tuple[Year, ...], width: int) -> Iterator[str]:
    """A bar for each year, as long as it has stories, the part that is read drawn heavier."""
    most = max(year.stories for year in years)
    room = max(min(width - len(_HEADINGS) - 2, _LONGEST_BAR), 0)
    yield _HEADINGS
    for year in years:
        cells = max(1, round(room * year.stories / most)) if room and year.stories else 0
        facts = f"{year.year or '?':<4}  {year.issues:>6,}  {year.stories:>7,}  {_percent(year):>4}"
        yield f"{facts}  {bar(year.read, year.stories, cells)}".rstrip()


def _percent(year: Year) -> str:
    """Whole per cent, rounded down: only what is all read is 100%."""
    return f"{100 * year.read // year.stories if year.stories else 0}%"


def _kinds(stories: Mapping[str, int]) -> str:
    told = [(stories.get(kind, 0), words) for kind, words in _PLURALS.items() if kind is not StoryKind.STORY]
    parts = [f"{count:,} {words[count != 1]}" for count, words in told if count]
    return f", of them {', '.join(parts)}" if parts else ""


def _named(head: IssueHead) -> str:
    return f"{head.ref} ({head.date})" if head.date else head.ref


def _bytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 1_000_000 else f"{size / 1000:,.0f} kB"


def _head_shape(head: IssueHead | None) -> dict[str, Any] | None:
    return {"ref": head.ref, "date": head.date, "title": head.title} if head else None


def _year_shape(year: Year) -> dict[str, Any]:
    return {
        "year": year.year,
        "issues": year.issues,
        "stories": year.stories,
        "read": year.read,
        "unread": year.stories - year.read,
        "words": year.words,
    }
