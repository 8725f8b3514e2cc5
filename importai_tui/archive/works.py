"""Asks an archive for the works that its stories cite, each once, over a connection of its own. It knows no state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, Self

from importai_tui.archive.database import Database, placeholders
from importai_tui.archive.schema import PLAN
from importai_tui.archive.story_ids import day_of
from importai_tui.issue import LinkKind, LinkRole, issue_ref
from importai_tui.works.work import Work, last_cited_first

_AT_ONCE = 500
"""Values in one statement: SQLite may be built to take no more than 999."""


class _Row(NamedTuple):
    work: str
    story_id: int
    kind: str
    role: str
    host: str | None
    title: str | None
    url: str | None
    number: int | None
    slug: str
    position: int
    n: int

    @property
    def issue(self) -> str:
        return issue_ref(self.number, self.slug)


class CitedWorks:
    """One open connection to an archive. Issues of the newsletter are no works."""

    def __init__(self, path: Path) -> None:
        """Open it; raises DatabaseTrouble where that fails."""
        self._database = Database(path, PLAN)

    def close(self) -> None:
        """Close it; a second call does nothing."""
        self._database.close()

    def all(self) -> list[Work]:
        """Every work, the last cited first."""
        return last_cited_first(_works(self._rows("1", ())))

    def of(self, works: Collection[str]) -> dict[str, Work]:
        """These works, as far as they are cited, by their ids."""
        found: dict[str, Work] = {}
        wanted = list(dict.fromkeys(works))
        for first in range(0, len(wanted), _AT_ONCE):
            some = wanted[first : first + _AT_ONCE]
            rows = self._rows(f"c.work IN ({placeholders(some)})", some)
            found |= {work.work: work for work in _works(rows)}
        return found

    def _rows(self, condition: str, values: Iterable[object]) -> Iterator[_Row]:
        sql = f"""SELECT c.work, c.story_id, c.kind, c.role, c.host, c.title, c.url, i.number, i.slug, s.position, c.n
            FROM citation AS c JOIN story AS s ON s.id = c.story_id JOIN issue AS i ON i.id = s.issue_id
            WHERE c.work IS NOT NULL AND c.kind <> 'issue' AND {condition} ORDER BY c.work, c.story_id DESC"""
        return (_Row(*row) for row in self._database.rows(sql, tuple(values)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _works(rows: Iterable[_Row]) -> Iterator[Work]:
    for work, cited in groupby(rows, key=itemgetter(0)):
        yield _work(work, list(cited))


def _work(work: str, rows: list[_Row]) -> Work:
    """One work of its citations. Numbers of stories fall within an issue and rise from day to day: see `story_ids`."""
    rows.sort(key=lambda row: (day_of(row.story_id) or "", row.number or 0, row.position, row.n))
    told = next((row for row in rows if row.role == LinkRole.READ_MORE and row.title), None)
    best = told or next((row for row in rows if row.title), rows[0])
    days = [day for row in rows if (day := day_of(row.story_id))]
    return Work(
        work=work,
        kind=LinkKind(best.kind),
        title=best.title or work,
        url=best.url or work,
        host=best.host,
        cited_by=tuple(dict.fromkeys(f"{row.issue}/{row.position}" for row in rows)),
        issues=tuple(dict.fromkeys(row.issue for row in rows)),
        first_cited=days[0] if days else None,
        last_cited=days[-1] if days else None,
    )
