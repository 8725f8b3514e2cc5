"""One way to search: an open index, and the stories that excerpts are made of. For one thread alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from importai_tui.archive.finder import Finder, Found, Marks
from importai_tui.query import Query
from importai_tui.search.excerpts import Excerpt

LIMIT = 50
"""Stories of one answer: more than any screen shows."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found. `asked` is the query that found it: the given one, or one with a word still being typed cut."""

    query: Query
    asked: Query
    found: tuple[Found, ...]
    ranked: bool
    """False: the newest come first, though the best were asked for, since there are too many to weigh."""


class Search:
    """An open index. Everything but `interrupt` is called in the thread that opened it."""

    def __init__(self, archive: Path) -> None:
        self._finder = Finder(archive)

    def close(self) -> None:
        """Close it."""
        self._finder.close()

    def interrupt(self) -> None:
        """Break off what is being asked, from another thread: that raises Interrupted there."""
        self._finder.interrupt()

    def answer(self, query: Query, marks: Marks, *, limit: int = LIMIT, offset: int = 0) -> Answer:
        """The stories that match, in the query's order."""
        raise NotImplementedError

    def excerpts(self, answer: Answer, first: int = 0, count: int = LIMIT) -> list[Excerpt]:
        """For the answer's stories from `first` on, so many of them, why each was found."""
        raise NotImplementedError

    def days(self, query: Query, marks: Marks) -> dict[str | None, int]:
        """How many stories match, by the day of their issue (None: unknown), oldest first; in all the total."""
        return self._finder.days(query, marks)

    def suggestion(self, query: Query) -> str | None:
        """The whole line as it may have been meant, where words of it are in no story; None where none is near."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
