"""Asks an archive how its stories hang together: who mentions whom, who cites the same, in which words stand where.

It gives rows over a connection of its own, for a thread of its own; what they mean is for others to say.

Asks an archive for the works that its stories cite, each once, over a connection of its own. It knows no state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, Self

from importai_tui.archive.full_text import RANK_FUNCTION, get_day, to_indexed_text
from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.archive.stories import STORY_COLUMNS, LazyStory
from importai_tui.model import LinkKind, LinkRole, Story, StoryKind, format_issue_ref
from importai_tui.sqlite import Database, placeholders
from importai_tui.works.work import Work, sort_by_last_cited

MAX_FREQUENCY = 1_000
"""Stories beyond which it is no longer counted how many have a word: it tells nothing, and counting would take as long
as the archive is large."""

_MIN_FREQUENCY_LIMIT = 3
"""So few stories are not many, however small the archive."""


class IssueRef(NamedTuple):
    """An issue. `day` is YYYY-MM-DD."""

    id: int
    number: int | None
    slug: str
    title: str
    day: str | None
    url: str | None

    @property
    def ref(self) -> str:
        """How it is named on the command line."""
        return format_issue_ref(self.number, self.slug)


class StoryRef(NamedTuple):
    """A story without its text. `day` is its issue's, YYYY-MM-DD."""

    id: int
    key: str
    issue_id: int
    issue_ref: str
    number: int | None
    day: str | None
    position: int
    kind: StoryKind
    headline: str

    @property
    def ref(self) -> str:
        """How it is named on the command line."""
        return f"{self.issue_ref}/{self.position}"


class StoryRelations:
    """An open connection to an archive."""

    def __init__(self, archive: Path | Database, story_count: int | None = None) -> None:
        """`archive`: its file, which is opened, or a connection that is there; raises DatabaseTrouble.

        `story_count`: how many stories there are, where known.
        """
        self._is_shared = isinstance(archive, Database)
        self._database = archive if isinstance(archive, Database) else Database(archive, ARCHIVE_SPEC)
        # Counted when it is asked for: that takes the longer the larger the archive is.
        self._story_count = story_count
        self._frequency: dict[str, int] = {}

    def close(self) -> None:
        """Close it, unless it was lent; a second call does nothing."""
        if not self._is_shared:
            self._database.close()

    def interrupt(self) -> None:
        """Break off what is being asked in another thread: that raises Interrupted there."""
        self._database.interrupt()

    def find_by_key(self, key: str) -> StoryRef | None:
        """The story with this key."""
        return next(self._query_stories("s.key = ? ORDER BY s.id LIMIT 1", (key,)), None)

    def find_by_ids(self, ids: Collection[int]) -> list[StoryRef]:
        """The stories with these ids, in no order; those that are gone are left out."""
        return list(self._query_stories(f"s.id IN ({placeholders(ids)})", tuple(ids)))

    def find_in_issue(self, issue_id: int) -> list[StoryRef]:
        """The stories of an issue, in order."""
        return list(self._query_stories("s.issue_id = ? ORDER BY s.position", (issue_id,)))

    def get_story(self, id: int) -> Story | None:
        """The whole story with this id."""
        sql = f"SELECT {STORY_COLUMNS} FROM story WHERE id = ?"
        return next((LazyStory(*row).load() for row in self._database.query(sql, (id,))), None)

    def find_issue_by_number(self, number: int) -> IssueRef | None:
        """The issue with this number."""
        return next(self._query_issues("number = ?", (number,)), None)

    def find_issue_by_slug(self, slug: str) -> IssueRef | None:
        """The issue whose slug this is, or begins so, or is the beginning of: sites cut slugs at different lengths."""
        words = slug.split("-")
        longer = f"{slug}-\U0010ffff"
        # One or two words name nothing: "import-ai" begins them all.
        shorter = ["-".join(words[:n]) for n in range(3, len(words) + 1)]
        if not shorter:
            return None
        condition = f"slug IN ({placeholders(shorter)}) OR (slug > ? AND slug < ?) ORDER BY length(slug) DESC"
        return next(self._query_issues(condition, (*shorter, f"{slug}-", longer)), None)

    def find_issue_by_url(self, urls: Sequence[str]) -> IssueRef | None:
        """The issue whose page has one of these addresses."""
        return next(self._query_issues(f"url IN ({placeholders(urls)})", tuple(urls)), None)

    def find_issue_by_day(self, day: str) -> IssueRef | None:
        """The issue of this day, YYYY-MM-DD, if it is one."""
        found = list(self._query_issues("date = ?", (day,)))
        return found[0] if len(found) == 1 else None

    def get_issue(self, id: int) -> IssueRef | None:
        """The issue with this id."""
        return next(self._query_issues("id = ?", (id,)), None)

    def find_stories_mentioning(self, number: int) -> list[int]:
        """The ids of the stories that mention the issue with this number."""
        sql = "SELECT DISTINCT story_id FROM mention WHERE number = ? ORDER BY story_id"
        return [int(row[0]) for row in self._database.query(sql, (number,))]

    def find_stories_linking(self, prefix: str) -> list[int]:
        """The ids of the stories with a link whose tidied address begins so."""
        sql = "SELECT DISTINCT story_id FROM citation WHERE work >= ? AND work < ? ORDER BY story_id"
        return [int(row[0]) for row in self._database.query(sql, (prefix, f"{prefix}\U0010ffff"))]

    def get_cited_works(self, ids: Collection[int]) -> dict[int, set[str]]:
        """The works that each of these stories cites, issues of the newsletter left out."""
        sql = f"""SELECT story_id, work FROM citation
            WHERE story_id IN ({placeholders(ids)}) AND work IS NOT NULL AND kind <> 'issue'"""
        works: dict[int, set[str]] = {id: set() for id in ids}
        for id, work in self._database.query(sql, tuple(ids)):
            works[id].add(work)
        return works

    def find_stories_citing(self, work: str, limit: int) -> list[int]:
        """The ids of at most so many stories that cite this work, the newest first."""
        sql = "SELECT DISTINCT story_id FROM citation WHERE work = ? ORDER BY story_id DESC LIMIT ?"
        return [int(row[0]) for row in self._database.query(sql, (work, limit))]

    @property
    def story_count(self) -> int:
        """How many stories there are."""
        if self._story_count is None:
            self._story_count = int(self._database.query("SELECT count(*) FROM story")[0][0])
        return self._story_count

    @property
    def frequency_limit(self) -> int:
        """A word that so many stories have tells nothing of any of them."""
        return max(_MIN_FREQUENCY_LIMIT, min(MAX_FREQUENCY, self.story_count // 3))

    def get_frequency(self, word: str) -> int:
        """How many stories have a word, in whatever form; at `common` the counting stops."""
        if word not in self._frequency:
            sql = "SELECT count(*) FROM (SELECT 1 FROM story_index WHERE story_index MATCH ? LIMIT ?)"
            self._frequency[word] = int(self._database.query(sql, (_quoted(word), self.frequency_limit))[0][0])
        return self._frequency[word]

    def find_stories_with_word(self, word: str, among: Sequence[int], *, in_heading: bool = False) -> list[int]:
        """The ids of the stories `among` these that have a word; `above` the text: in headline or tagline.

        They are best near each other, as those of an issue are: what lies between them is looked at too.
        """
        asked = f"{{headline tagline}} : {_quoted(word)}" if in_heading else _quoted(word)
        sql = "SELECT rowid FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
        wanted = set(among)
        rows = self._database.query(sql, (asked, min(among), max(among)))
        return [int(row[0]) for row in rows if row[0] in wanted]

    def find_similar(self, words: Sequence[str], limit: int) -> list[int]:
        """The ids of the stories that have most of these words, weighed by BM25, the nearest first."""
        sql = "SELECT rowid FROM story_index WHERE story_index MATCH ? AND rank MATCH ? ORDER BY rank LIMIT ?"
        return [
            int(row[0]) for row in self._database.query(sql, (" OR ".join(map(_quoted, words)), RANK_FUNCTION, limit))
        ]

    def _query_stories(self, condition: str, values: tuple[object, ...]) -> Iterator[StoryRef]:
        sql = f"""SELECT s.id, s.key, s.issue_id, i.number, i.slug, i.date, s.position, s.kind, s.headline
            FROM story AS s JOIN issue AS i ON i.id = s.issue_id WHERE {condition}"""
        for id, key, issue_id, number, slug, day, position, kind, headline in self._database.query(sql, values):
            ref = format_issue_ref(number, slug)
            yield StoryRef(id, key, issue_id, ref, number, day, position, StoryKind(kind), headline)

    def _query_issues(self, condition: str, values: tuple[object, ...]) -> Iterator[IssueRef]:
        sql = f"SELECT id, number, slug, title, date, url FROM issue WHERE {condition}"
        return (IssueRef(*row) for row in self._database.query(sql, values))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _quoted(word: str) -> str:
    return '"{}"'.format(to_indexed_text(word).replace('"', '""'))


_MAX_PARAMETERS = 500
"""Values in one statement: SQLite may be built to take no more than 999."""


class _CitationRow(NamedTuple):
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
    def issue_ref(self) -> str:
        return format_issue_ref(self.number, self.slug)


class CitedWorks:
    """One open connection to an archive. Issues of the newsletter are no works."""

    def __init__(self, path: Path) -> None:
        """Open it; raises DatabaseTrouble where that fails."""
        self._database = Database(path, ARCHIVE_SPEC)

    def close(self) -> None:
        """Close it; a second call does nothing."""
        self._database.close()

    def get_all(self) -> list[Work]:
        """Every work, the last cited first."""
        return sort_by_last_cited(_group_by_work(self._query_citations("1", ())))

    def get(self, works: Collection[str]) -> dict[str, Work]:
        """These works, as far as they are cited, by their ids."""
        found: dict[str, Work] = {}
        wanted = list(dict.fromkeys(works))
        for first in range(0, len(wanted), _MAX_PARAMETERS):
            some = wanted[first : first + _MAX_PARAMETERS]
            rows = self._query_citations(f"c.work IN ({placeholders(some)})", some)
            found |= {work.id: work for work in _group_by_work(rows)}
        return found

    def _query_citations(self, condition: str, values: Iterable[object]) -> Iterator[_CitationRow]:
        sql = f"""SELECT c.work, c.story_id, c.kind, c.role, c.host, c.title, c.url, i.number, i.slug, s.position, c.n
            FROM citation AS c JOIN story AS s ON s.id = c.story_id JOIN issue AS i ON i.id = s.issue_id
            WHERE c.work IS NOT NULL AND c.kind <> 'issue' AND {condition} ORDER BY c.work, c.story_id DESC"""
        return (_CitationRow(*row) for row in self._database.query(sql, tuple(values)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _group_by_work(rows: Iterable[_CitationRow]) -> Iterator[Work]:
    for work, cited in groupby(rows, key=itemgetter(0)):
        yield _make_work(work, list(cited))


def _make_work(work: str, rows: list[_CitationRow]) -> Work:
    """One work of its citations. Numbers of stories fall within an issue and rise from day to day: see `story_ids`."""
    rows.sort(key=lambda row: (get_day(row.story_id) or "", row.number or 0, row.position, row.n))
    told = next((row for row in rows if row.role == LinkRole.READ_MORE and row.title), None)
    best = told or next((row for row in rows if row.title), rows[0])
    days = [day for row in rows if (day := get_day(row.story_id))]
    return Work(
        id=work,
        kind=LinkKind(best.kind),
        title=best.title or work,
        url=best.url or work,
        host=best.host,
        cited_by=tuple(dict.fromkeys(f"{row.issue_ref}/{row.position}" for row in rows)),
        issues=tuple(dict.fromkeys(row.issue_ref for row in rows)),
        first_cited=days[0] if days else None,
        last_cited=days[-1] if days else None,
    )
