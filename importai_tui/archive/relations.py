"""Reads how the stories of an archive are related: mentions of issues, shared words and cited works.

It returns rows only; the package `threads` gives them a meaning. It knows no reading state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, Self

from importai_tui.archive.full_text import get_day, quote_phrase
from importai_tui.archive.issue_order import IssueOrder, Place, load_issue_order
from importai_tui.archive.schema import open_archive
from importai_tui.archive.stories import AUTHOR_SEPARATOR, STORY_COLUMNS, StoryTable, decode_story
from importai_tui.archive.work_cards import add_stored_cards
from importai_tui.model import LinkKind, LinkRole, Story, StoryKind, format_issue_ref
from importai_tui.sqlite import MAX_PARAMETERS, Database, placeholders
from importai_tui.works.citations import TITLE_SCHEME
from importai_tui.works.work import TitleSource, Work, format_work_id, sort_by_last_cited

MAX_FREQUENCY = 1_000
"""Counting the stories of a word stops here. So frequent a word distinguishes nothing, and counting all takes long."""
_SIMILARITY_RANK = "bm25(4.0, 2.0, 2.0, 0.0, 0.0)"
"""The rank of similar stories, with a weight for each column. The text counts more than in a search."""
_MIN_FREQUENCY_LIMIT = 3
"""The limit in a small archive, where a third of the stories would be too few."""


class IssueRef(NamedTuple):
    """An issue; `day` is YYYY-MM-DD, estimated if the issue has none and is between dated ones."""

    id: int
    number: int | None
    slug: str
    title: str
    day: str | None
    url: str | None
    is_day_estimated: bool = False

    @property
    def ref(self) -> str:
        """The reference that the command line accepts."""
        return format_issue_ref(self.number, self.slug)


class StoryRef(NamedTuple):
    """A story without its text; `number` and `day` are those of its issue: see `IssueRef`."""

    id: int
    key: str
    issue_id: int
    issue_ref: str
    number: int | None
    day: str | None
    position: int
    kind: StoryKind
    headline: str
    is_day_estimated: bool = False

    @property
    def ref(self) -> str:
        """The reference that the command line accepts."""
        return f"{self.issue_ref}/{self.position}"


class StoryRelations:
    """Queries for the relations between stories; best over a connection of its own, for a thread of its own."""

    def __init__(self, archive: Path | Database, story_count: int | None = None) -> None:
        """Open the file, or share an open database.

        Args:
            archive: the file or the open database.
            story_count: the number of stories, if it is known.

        Raises:
            DatabaseError: the file cannot be opened.
        """
        self._is_shared = isinstance(archive, Database)
        self._database = archive if isinstance(archive, Database) else open_archive(archive)
        # Counted at the first use, because that takes longer the larger the archive is.
        self._story_count = story_count
        self._frequency: dict[str, int] = {}

    def close(self) -> None:
        """Close the database, unless it is shared; a second call does nothing."""
        if not self._is_shared:
            self._database.close()

    def interrupt(self) -> None:
        """Cancel the query that runs in another thread, which gets QueryCancelled."""
        self._database.interrupt()

    def find_by_key(self, key: str) -> StoryRef | None:
        """Return the story with this key."""
        return next(self._query_stories("s.key = ? ORDER BY s.id LIMIT 1", (key,)), None)

    def find_by_ids(self, ids: Collection[int]) -> list[StoryRef]:
        """Return the stories with these ids, in any order, without those that are gone."""
        return list(self._query_stories(f"s.id IN ({placeholders(ids)})", tuple(ids)))

    def find_in_issue(self, issue_id: int) -> list[StoryRef]:
        """Return the stories of an issue, in order."""
        return list(self._query_stories("s.issue_id = ? ORDER BY s.position", (issue_id,)))

    def get_story(self, id: int) -> Story | None:
        """Return the whole story with this id."""
        sql = f"SELECT {STORY_COLUMNS} FROM story WHERE id = ?"
        return next((decode_story(*row) for row in self._database.query(sql, (id,))), None)

    def get_stories(self, ids: Collection[int]) -> dict[int, Story]:
        """Return the whole stories with these ids, by id."""
        sql = f"SELECT id, {STORY_COLUMNS} FROM story WHERE id IN ({placeholders(ids)})"
        return {id: decode_story(*row) for id, *row in self._database.query(sql, tuple(ids))}

    def find_issue_by_number(self, number: int) -> IssueRef | None:
        """Return the issue with this number."""
        return next(self._query_issues("number = ?", (number,)), None)

    def find_issue_by_slug(self, slug: str) -> IssueRef | None:
        """Return the issue with this slug, or with a longer or shorter one: sites cut slugs at different lengths."""
        words = slug.split("-")
        # One or two words identify no issue: "import-ai" begins all slugs.
        shorter = ["-".join(words[:n]) for n in range(3, len(words) + 1)]
        if not shorter:
            return None
        condition = f"slug IN ({placeholders(shorter)}) OR (slug > ? AND slug < ?) ORDER BY length(slug) DESC"
        return next(self._query_issues(condition, (*shorter, f"{slug}-", f"{slug}-\U0010ffff")), None)

    def find_issue_by_url(self, urls: Sequence[str]) -> IssueRef | None:
        """Return the issue whose page has one of these URLs."""
        return next(self._query_issues(f"url IN ({placeholders(urls)})", tuple(urls)), None)

    def find_issue_by_day(self, day: str) -> IssueRef | None:
        """Return the issue of this day, YYYY-MM-DD; None if there are several."""
        found = list(self._query_issues("date = ?", (day,)))
        return found[0] if len(found) == 1 else None

    def get_issue(self, id: int) -> IssueRef | None:
        """Return the issue with this id."""
        return next(self._query_issues("id = ?", (id,)), None)

    def find_stories_mentioning(self, number: int) -> list[int]:
        """Return the ids of the stories that mention the issue with this number."""
        sql = "SELECT DISTINCT story_id FROM mention WHERE number = ? ORDER BY story_id"
        return [int(row[0]) for row in self._database.query(sql, (number,))]

    def find_stories_linking(self, prefix: str) -> list[int]:
        """Return the ids of the stories with a link whose normalised URL has this prefix."""
        sql = "SELECT DISTINCT story_id FROM citation WHERE work >= ? AND work < ? ORDER BY story_id"
        return [int(row[0]) for row in self._database.query(sql, (prefix, f"{prefix}\U0010ffff"))]

    def get_cited_works(self, ids: Collection[int]) -> dict[int, set[str]]:
        """Return the ids of the works that each story cites, without issues of the newsletter."""
        sql = f"""SELECT story_id, work FROM citation
            WHERE story_id IN ({placeholders(ids)}) AND work IS NOT NULL AND kind <> 'issue'"""
        works: dict[int, set[str]] = {id: set() for id in ids}
        for id, work in self._database.query(sql, tuple(ids)):
            works[id].add(work)
        return works

    def get_work_titles(self, works: Collection[str]) -> dict[str, str]:
        """Return the titles of works, as far as a citation prints one; read-more lines have the best."""
        sql = f"""SELECT work, title FROM citation WHERE work IN ({placeholders(works)}) AND is_certain
            ORDER BY role <> 'read-more', story_id DESC"""
        titles: dict[str, str] = {}
        for work, title in self._database.query(sql, tuple(works)):
            titles.setdefault(work, title)
        return titles

    def find_stories_citing(self, work: str, limit: int) -> list[int]:
        """Return the ids of the stories that cite this work, the newest first."""
        sql = "SELECT DISTINCT story_id FROM citation WHERE work = ? ORDER BY story_id DESC LIMIT ?"
        return [int(row[0]) for row in self._database.query(sql, (work, limit))]

    def find_work_by_title_id(self, id: str) -> str | None:
        """Return the work that a citation without an address was joined to, or would be; None if it is still cited."""
        if self._database.query("SELECT 1 FROM citation WHERE work = ? LIMIT 1", (id,)):
            return None
        title = id.removeprefix(TITLE_SCHEME)
        # First the citations that were joined, then certain titles, then words that only this story uses: "the tweet
        # thread from a keeper" is "a keeper" in a copy where these words are the link.
        queries = (
            ("title_key = ?1 AND url IS NULL", ""),
            ("title_key = ?1 AND is_certain", ""),
            (
                "title_key <> '' AND instr(?1, title_key) AND substr(?1, -length(s.key) - 1) = '-' || s.key",
                "length(title_key) DESC, ",
            ),
        )
        for condition, order in queries:
            sql = f"""SELECT c.work FROM citation AS c JOIN story AS s ON s.id = c.story_id
                WHERE {condition} AND c.kind <> 'issue' AND c.work IS NOT NULL
                ORDER BY {order} c.kind <> 'paper', c.role <> 'read-more', c.story_id, c.n LIMIT 1"""
            if found := self._database.query(sql, (title,)):
                return str(found[0][0])
        return None

    @cached_property
    def issue_order(self) -> IssueOrder:
        """The order of the issues in time."""
        return load_issue_order(self._database)

    @property
    def story_count(self) -> int:
        """The number of stories in the archive."""
        if self._story_count is None:
            self._story_count = int(self._database.query("SELECT count(*) FROM story")[0][0])
        return self._story_count

    @property
    def frequency_limit(self) -> int:
        """The number of stories from which on a word is too frequent to distinguish any."""
        return max(_MIN_FREQUENCY_LIMIT, min(MAX_FREQUENCY, self.story_count // 3))

    def get_frequency(self, word: str) -> int:
        """Return how many stories have a word in any form, at most `frequency_limit`."""
        if word not in self._frequency:
            sql = "SELECT count(*) FROM (SELECT 1 FROM story_index WHERE story_index MATCH ? LIMIT ?)"
            values = (quote_phrase(word), self.frequency_limit)
            self._frequency[word] = int(self._database.query(sql, values)[0][0])
        return self._frequency[word]

    def find_stories_with_word(self, word: str, among: Sequence[int], *, in_headline: bool = False) -> list[int]:
        """Return the ids `among` these whose stories have a word; `in_headline` looks at headlines only.

        It is fast for ids close together, such as those of an issue, because it scans the range between them.
        """
        match = f"headline : {quote_phrase(word)}" if in_headline else quote_phrase(word)
        sql = "SELECT rowid FROM story_index WHERE story_index MATCH ? AND rowid BETWEEN ? AND ?"
        wanted = set(among)
        rows = self._database.query(sql, (match, min(among), max(among)))
        return [int(row[0]) for row in rows if row[0] in wanted]

    def find_similar(self, words: Sequence[str], limit: int) -> list[int]:
        """Return the ids of the stories that match these words best, by BM25, the best first."""
        sql = "SELECT rowid FROM story_index WHERE story_index MATCH ? AND rank MATCH ? ORDER BY rank LIMIT ?"
        match = " OR ".join(map(quote_phrase, words))
        return [int(row[0]) for row in self._database.query(sql, (match, _SIMILARITY_RANK, limit))]

    def _query_stories(self, condition: str, values: tuple[object, ...]) -> Iterator[StoryRef]:
        sql = f"""SELECT s.id, s.key, s.issue_id, i.number, i.slug, i.date, s.position, s.kind, s.headline
            FROM story AS s JOIN issue AS i ON i.id = s.issue_id WHERE {condition}"""
        for id, key, issue_id, number, slug, day, position, kind, headline in self._database.query(sql, values):
            ref = format_issue_ref(number, slug)
            estimate = None if day else self.issue_order.estimate_day(number)
            story_kind, shown_day = StoryKind(kind), day or estimate
            yield StoryRef(id, key, issue_id, ref, number, shown_day, position, story_kind, headline, bool(estimate))

    def _query_issues(self, condition: str, values: tuple[object, ...]) -> Iterator[IssueRef]:
        sql = f"SELECT id, number, slug, title, date, url FROM issue WHERE {condition}"
        for row in self._database.query(sql, values):
            issue = IssueRef(*row)
            estimate = None if issue.day else self.issue_order.estimate_day(issue.number)
            yield issue._replace(day=estimate, is_day_estimated=True) if estimate else issue

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class CitedWorks:
    """Queries for the works that the stories cite, with the facts of their cards, over its own connection.

    Issues of the newsletter are not works.
    """

    def __init__(self, path: Path) -> None:
        """Open the archive. Raises DatabaseError if it cannot be opened."""
        self._path = path
        self._database = open_archive(path)

    def close(self) -> None:
        """Close the archive; a second call does nothing."""
        self._database.close()

    def get_all(self) -> list[Work]:
        """Return all works, the last cited first."""
        # Sorted before the cards are added, because they must not change the order.
        return add_stored_cards(self._path, sort_by_last_cited(_group_by_work(self._query_citations("1", ()))))

    def get(self, works: Iterable[str]) -> dict[str, Work]:
        """Return the works with these ids, by id and the last cited first, without those that no story cites."""
        found: list[Work] = []
        wanted = list(dict.fromkeys(works))
        for first in range(0, len(wanted), MAX_PARAMETERS):
            batch = wanted[first : first + MAX_PARAMETERS]
            rows = self._query_citations(f"c.work IN ({placeholders(batch)})", batch)
            found += _group_by_work(rows)
        return {work.id: work for work in add_stored_cards(self._path, sort_by_last_cited(found))}

    def get_by_link(self, key: str) -> dict[int, Work]:
        """Return the works that the story with this key cites, by link number."""
        ids = StoryTable(self._database).get_work_ids(key)
        works = self.get(ids.values())
        return {n: works[id] for n, id in ids.items() if id in works}

    def _query_citations(self, condition: str, values: Iterable[object]) -> Iterator[_CitationRow]:
        sql = f"""SELECT c.work, c.story_id, c.kind, c.role, c.host, c.title, c.url, c.is_certain, c.authors,
                c.publisher, i.number, i.slug, s.position, c.n, date(i.received)
            FROM citation AS c JOIN story AS s ON s.id = c.story_id JOIN issue AS i ON i.id = s.issue_id
            WHERE c.work IS NOT NULL AND c.kind <> 'issue' AND {condition} ORDER BY c.work, c.story_id DESC"""
        order = load_issue_order(self._database)
        for row in self._database.query(sql, tuple(values)):
            known_day, number = get_day(row[1]), row[10]
            day = known_day or order.estimate_day(number)
            yield _CitationRow._make((*row, order.get_place(number, day), day, day != known_day))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _CitationRow(NamedTuple):
    work: str
    story_id: int
    kind: str
    role: str
    host: str | None
    title: str | None
    url: str | None
    is_certain: int | None
    authors: str | None
    publisher: str | None
    number: int | None
    slug: str
    position: int
    n: int
    received: str | None
    place: Place
    day: str | None
    is_day_estimated: bool

    @property
    def issue_ref(self) -> str:
        return format_issue_ref(self.number, self.slug)


def _group_by_work(rows: Iterable[_CitationRow]) -> Iterator[Work]:
    for work, citations in groupby(rows, key=itemgetter(0)):
        yield _make_work(work, list(citations))


def _make_work(work: str, rows: list[_CitationRow]) -> Work:
    """Make a work from its citations.

    A citation with a URL knows the kind best, and a read-more line that prints the title knows the rest.
    """
    rows.sort(key=lambda row: (row.place, row.position, row.n))
    best = min(rows, key=lambda row: (row.url is None, row.role != LinkRole.READ_MORE))
    titled = [row for row in rows if row.is_certain or best.url is None]
    titled.sort(key=lambda row: (not row.is_certain, row.role != LinkRole.READ_MORE))
    dated = [row for row in rows if row.day]
    seen = next((row.day for row in dated if not row.is_day_estimated), None)
    return Work(
        id=work,
        kind=LinkKind(best.kind),
        title=(titled[0].title if titled else None) or format_work_id(work, best.url),
        url=best.url,
        host=best.host,
        cited_by=tuple(dict.fromkeys(f"{row.issue_ref}/{row.position}" for row in rows)),
        issues=tuple(dict.fromkeys(row.issue_ref for row in rows)),
        first_cited=dated[0].day if dated else None,
        last_cited=dated[-1].day if dated else None,
        seen=seen or min((row.received for row in rows if row.received), default=None),
        first_place=rows[0].place,
        last_place=rows[-1].place,
        is_first_estimated=bool(dated) and dated[0].is_day_estimated,
        is_last_estimated=bool(dated) and dated[-1].is_day_estimated,
        title_from=TitleSource.CITATION if titled else TitleSource.ADDRESS,
        cited_as=None if titled else next((row.title for row in rows if row.title), None),
        authors=next((tuple(row.authors.split(AUTHOR_SEPARATOR)) for row in (*titled, *rows) if row.authors), ()),
        publisher=next((row.publisher for row in (*titled, *rows) if row.publisher), ""),
    )
