"""A full-text index of works, in memory, by the rules of the index of the stories."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from importai_tui.archive.full_text import TOKENIZER, to_indexed_text
from importai_tui.archive.match import match_any
from importai_tui.query.conditions import Phrase
from importai_tui.works.work import Work, to_one_line


class WorkIndex:
    """Finds works by their titles, authors, venues, ids and sites. For one thread."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        # The first two columns have the names of those that hold the title of a story and what is beside it.
        columns = f"headline, tagline, address, content='', detail=full, tokenize='{TOKENIZER}'"
        self._connection.execute(f"CREATE VIRTUAL TABLE work USING fts5 ({columns})")

    def close(self) -> None:
        """Free the memory; a second call does nothing."""
        self._connection.close()

    def fill(self, works: Iterable[Work]) -> None:
        """Index works under their places in this order. The index must be empty."""
        rows = ((place, *_make_row(work)) for place, work in enumerate(works))
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT INTO work (rowid, headline, tagline, address) VALUES (?, ?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    def find(self, phrases: Sequence[Phrase], *, by_name: bool = False) -> set[int]:
        """Return the places of the works that one of the phrases matches.

        `by_name` looks at titles, authors and venues only.
        """
        usable = [phrase for phrase in phrases if not phrase.is_empty]
        if not usable:
            return set()
        match = match_any(usable)
        if by_name:
            match = f"{{headline tagline}} : ({match})"
        return {place for (place,) in self._connection.execute("SELECT rowid FROM work WHERE work MATCH ?", (match,))}


def _make_row(work: Work) -> Iterator[str]:
    names = " ".join((*work.authors, work.publisher, work.venue, work.cited_as or ""))
    address = " ".join(dict.fromkeys((work.id, work.host or "", work.doi or "")))
    return (to_indexed_text(to_one_line(text)) for text in (work.title, names, address))
