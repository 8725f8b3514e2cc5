"""The figures of a library: what there is, how much of it is read, and since when. It counts, and draws nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from importai_tui.archive.stats import ArchiveFigures, archive_figures
from importai_tui.files import SQLITE_SUFFIXES
from importai_tui.library.library import Library
from importai_tui.library.rows import IssueHead
from importai_tui.state.reading_state import is_work


@dataclass(frozen=True, slots=True)
class Year:
    """The issues of a year; `year` is None for those without a date. All but the year are counts."""

    year: int | None
    issues: int
    stories: int
    read: int
    words: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is counted. `read` and `unread` are stories of the archive.

    What is starred, tagged, noted and highlighted counts as the reader has done it, whether the archive holds the
    story now or not. Sizes are bytes.
    """

    archive: ArchiveFigures
    first: IssueHead | None
    newest: IssueHead | None
    missing: int
    years: tuple[Year, ...]
    starred: int
    tagged: int
    noted: int
    highlighted: int
    highlights: int
    works_starred: int
    works_opened: int
    files: tuple[tuple[Path, int], ...]
    synced: datetime | None

    @property
    def issues(self) -> int:
        """Issues in the archive."""
        return sum(year.issues for year in self.years)

    @property
    def stories(self) -> int:
        """Stories in the archive."""
        return sum(year.stories for year in self.years)

    @property
    def read(self) -> int:
        """Stories in the archive that are read."""
        return sum(year.read for year in self.years)

    @property
    def words(self) -> int:
        """Words of all stories."""
        return sum(year.words for year in self.years)


def figures(library: Library) -> Figures:
    """Count; the archive's part in its database, the rest from what is in memory anyway."""
    heads = library.issue_heads()
    starred = library.state.starred_keys()
    works_starred = sum(map(is_work, starred))
    highlights, highlighted = library.state.count_highlights()
    marks = library.state.marks(("tag:", "opened"))
    return Figures(
        archive=archive_figures(library.archive.path),
        first=heads[-1] if heads else None,
        newest=heads[0] if heads else None,
        missing=len(library.missing_numbers()),
        years=_years(heads),
        starred=len(starred) - works_starred,
        tagged=len(marks["tag:"]),
        noted=len(library.state.noted_keys()),
        highlighted=highlighted,
        highlights=highlights,
        works_starred=works_starred,
        works_opened=len(marks["opened"]),
        files=tuple((path, _size(path)) for path in (library.archive.path, library.state.path)),
        synced=library.synced_at(),
    )


def _years(heads: Sequence[IssueHead]) -> tuple[Year, ...]:
    """Oldest first, those without a date last."""
    ordered = sorted(heads, key=lambda head: head.date or "9999")
    return tuple(_year(year, of) for year, of in groupby(ordered, key=lambda head: head.date and int(head.date[:4])))


def _year(year: int | str | None, heads: Iterable[IssueHead]) -> Year:
    of = list(heads)
    stories = sum(head.stories for head in of)
    read = stories - sum(head.unread for head in of)
    return Year(int(year) if year else None, len(of), stories, read, sum(head.words for head in of))


def _size(path: Path) -> int:
    beside = (path.with_name(path.name + end) for end in SQLITE_SUFFIXES)
    return sum(file.stat().st_size for file in beside if file.exists())
