"""The figures of a library: what there is, how much of it is read, and since when. It counts, and draws nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from importai_tui.archive.stats import ArchiveStats, get_archive_stats
from importai_tui.files import SQLITE_SUFFIXES
from importai_tui.library.library import Library
from importai_tui.library.rows import IssueRow
from importai_tui.state.reading_state import is_work_key


@dataclass(frozen=True, slots=True)
class YearStats:
    """The issues of a year; `year` is None for those without a date. All but the year are counts."""

    year: int | None
    issue_count: int
    story_count: int
    read_count: int
    word_count: int


@dataclass(frozen=True, slots=True)
class LibraryStats:
    """Everything that is counted. `read` and `unread` are stories of the archive.

    What is starred, tagged, noted and highlighted counts as the reader has done it, whether the archive holds the
    story now or not. Sizes are bytes.
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
    file_sizes: tuple[tuple[Path, int], ...]
    last_sync_time: datetime | None

    @property
    def issue_count(self) -> int:
        """Issues in the archive."""
        return sum(year.issue_count for year in self.years)

    @property
    def story_count(self) -> int:
        """Stories in the archive."""
        return sum(year.story_count for year in self.years)

    @property
    def read_count(self) -> int:
        """Stories in the archive that are read."""
        return sum(year.read_count for year in self.years)

    @property
    def word_count(self) -> int:
        """Words of all stories."""
        return sum(year.word_count for year in self.years)


def get_library_stats(library: Library) -> LibraryStats:
    """Count; the archive's part in its database, the rest from what is in memory anyway."""
    heads = library.get_issue_rows()
    starred = library.state.get_starred_keys()
    works_starred = sum(map(is_work_key, starred))
    highlights, highlighted = library.state.count_highlights()
    marks = library.state.get_marks(("tag:", "opened"))
    return LibraryStats(
        archive_stats=get_archive_stats(library.archive.path),
        oldest=heads[-1] if heads else None,
        newest=heads[0] if heads else None,
        missing_count=len(library.get_missing_numbers()),
        years=_group_by_year(heads),
        starred_count=len(starred) - works_starred,
        tagged_count=len(marks["tag:"]),
        noted_count=len(library.state.get_noted_keys()),
        highlighted_count=highlighted,
        highlight_count=highlights,
        starred_work_count=works_starred,
        opened_work_count=len(marks["opened"]),
        file_sizes=tuple((path, _get_file_size(path)) for path in (library.archive.path, library.state.path)),
        last_sync_time=library.get_last_sync_time(),
    )


def _group_by_year(heads: Sequence[IssueRow]) -> tuple[YearStats, ...]:
    """Oldest first, those without a date last."""
    ordered = sorted(heads, key=lambda head: head.date or "9999")
    return tuple(
        _make_year_stats(year, of) for year, of in groupby(ordered, key=lambda head: head.date and int(head.date[:4]))
    )


def _make_year_stats(year: int | str | None, heads: Iterable[IssueRow]) -> YearStats:
    of = list(heads)
    stories = sum(head.story_count for head in of)
    read = stories - sum(head.unread_count for head in of)
    return YearStats(int(year) if year else None, len(of), stories, read, sum(head.word_count for head in of))


def _get_file_size(path: Path) -> int:
    beside = (path.with_name(path.name + end) for end in SQLITE_SUFFIXES)
    return sum(file.stat().st_size for file in beside if file.exists())
