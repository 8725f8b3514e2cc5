"""Computes the statistics of a library: its contents, how much of it is read, and file sizes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from importai_tui.archive.cards import CardStore
from importai_tui.archive.stats import ArchiveStats, get_archive_stats
from importai_tui.files import SQLITE_SUFFIXES
from importai_tui.library.library import Library
from importai_tui.library.rows import IssueRow
from importai_tui.paths import get_cards_file
from importai_tui.state.guide_keys import OLD_GUIDE_KEYS
from importai_tui.state.reading_state import is_title_work_key, is_work_key


@dataclass(frozen=True, slots=True)
class YearStats:
    """Counts of the issues of a year; `year` is None for issues without a date."""

    year: int | None
    issue_count: int
    story_count: int
    read_count: int
    word_count: int


@dataclass(frozen=True, slots=True)
class LibraryStats:
    """The statistics of a library.

    `oldest` and `newest` are about the issues with a date or number, if there are any.
    `issue_count`, `story_count`, `read_count` and `word_count` are about the archive. The other counts include stories
    that the archive no longer has. `file_sizes` are in bytes: of the archive, the reading state and the cards.
    """

    archive_stats: ArchiveStats
    oldest: IssueRow | None
    newest: IssueRow | None
    missing_count: int
    years: tuple[YearStats, ...]
    starred_count: int
    tagged_count: int
    noted_count: int
    highlighted_count: int
    highlight_count: int
    starred_work_count: int
    opened_work_count: int
    card_count: int
    file_sizes: tuple[tuple[Path, int], ...]
    last_sync_time: datetime | None

    @property
    def issue_count(self) -> int:
        """The number of issues."""
        return sum(year.issue_count for year in self.years)

    @property
    def story_count(self) -> int:
        """The number of stories."""
        return sum(year.story_count for year in self.years)

    @property
    def read_count(self) -> int:
        """The number of read stories."""
        return sum(year.read_count for year in self.years)

    @property
    def word_count(self) -> int:
        """The number of words in all stories."""
        return sum(year.word_count for year in self.years)


def get_library_stats(library: Library) -> LibraryStats:
    """Compute the statistics."""
    rows = library.get_issue_rows()
    placed = [row for row in rows if row.date or row.number is not None] or rows
    starred = library.state.get_starred_keys() - OLD_GUIDE_KEYS
    starred_works = set(filter(is_work_key, starred))
    highlight_count, highlighted_count = library.state.count_highlights()
    marks = library.state.get_marks(("tag:", "opened"))
    cards = get_cards_file(library.archive.path)
    with CardStore(cards) as store:
        card_count = store.count()
    return LibraryStats(
        archive_stats=get_archive_stats(library.archive.path),
        oldest=placed[-1] if placed else None,
        newest=placed[0] if placed else None,
        missing_count=len(library.get_missing_numbers()),
        years=_group_by_year(rows),
        starred_count=len(starred - starred_works),
        tagged_count=len(marks["tag:"] - OLD_GUIDE_KEYS),
        noted_count=len(library.state.get_noted_keys() - OLD_GUIDE_KEYS),
        highlighted_count=highlighted_count,
        highlight_count=highlight_count,
        starred_work_count=_count_works(library, starred_works),
        opened_work_count=_count_works(library, marks["opened"]),
        card_count=card_count,
        file_sizes=tuple((path, _get_file_size(path)) for path in (library.archive.path, library.state.path, cards)),
        last_sync_time=library.get_last_sync_time(),
    )


def _count_works(library: Library, keys: Iterable[str]) -> int:
    """Count works by their keys, without those whose state has moved to another key."""
    return sum(not (is_title_work_key(key) and library.state.has_successor(key)) for key in keys)


def _group_by_year(rows: Sequence[IssueRow]) -> tuple[YearStats, ...]:
    """Return the years, oldest first; issues without a date last."""
    by_date = sorted(rows, key=lambda row: row.date or "9999")
    groups = groupby(by_date, key=lambda row: int(row.date[:4]) if row.date else None)
    return tuple(_make_year_stats(year, group) for year, group in groups)


def _make_year_stats(year: int | None, rows: Iterable[IssueRow]) -> YearStats:
    issues = list(rows)
    story_count = sum(row.story_count for row in issues)
    read_count = story_count - sum(row.unread_count for row in issues)
    return YearStats(year, len(issues), story_count, read_count, sum(row.word_count for row in issues))


def _get_file_size(path: Path) -> int:
    """Return the bytes of a database file and the files that SQLite writes beside it."""
    files = (path.with_name(path.name + suffix) for suffix in SQLITE_SUFFIXES)
    return sum(file.stat().st_size for file in files if file.exists())
