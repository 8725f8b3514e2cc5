"""Stores stories: rows with all that is derived from them, and the body of a story as JSON.

Records are plain tuples of text and numbers. So a worker process can make them, and the main process store them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, assert_never

from importai_tui.archive.catalog import StoryEntry
from importai_tui.archive.full_text import INDEX_VERSION, StoryIndex, count_changes, make_index_row, make_story_ids
from importai_tui.model import (
    Block,
    Code,
    CrossReference,
    Figure,
    Heading,
    Issue,
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    ParagraphRole,
    Quote,
    Rule,
    Span,
    Story,
    StoryKind,
)
from importai_tui.sqlite import MAX_PARAMETERS, Database, placeholders
from importai_tui.sqlite_errors import DamagedStory, translate_story_errors

LOST_PAGE_VERSION = 1 << 31
"""Parser version of a page that was lost, so that no parser reads it again."""
_COMPRESSION_LEVEL = 4
"""zlib level, 1 to 9. Measured with generated issues: half the time of level 6, with pages 3 % larger."""
_BOLD, _ITALIC, _CODE = 1, 2, 4


class LazyStory(NamedTuple):
    """A story's row, decoded only as far as needed: a search looks at many stories and shows few of them whole.

    The fields are the columns of `story` and `departed` that hold the story, and the parameters of `decode_story`.
    """

    key: str
    position: int
    kind: str
    headline: str
    tagline: str | None
    section: str | None
    body: str

    def load(self) -> Story:
        """Return the whole story. Raises DamagedStory."""
        return decode_story(*self)

    def get_block_texts(self) -> list[str]:
        """Return each block as plain text, as `model.block_to_text` does. Raises DamagedStory."""
        with translate_story_errors():
            return [_encoded_block_to_text(block) for block in json.loads(self.body)[0]]

    def get_link_texts(self) -> list[tuple[int, str]]:
        """Return the number of each link, with its text and the id of its work. Raises DamagedStory."""
        with translate_story_errors():
            links = json.loads(self.body)[1]
            return [(n, f"{text} {work or ''}") for n, text, _, _, _, _, work in links]


STORY_COLUMNS = ", ".join(LazyStory._fields)
"""The columns of a story, in the order of `LazyStory`."""
FINGERPRINT_COLUMNS = ("key", "kind", "headline", "tagline", "section", "body")
"""The columns in the fingerprint of an issue's stories.

Archives store fingerprints. With a column more or less, every stored issue would look updated at the next sync.
"""
CITATION_COLUMNS = (
    "n", "kind", "role", "host", "work", "title", "url", "title_key", "is_certain", "authors", "publisher",
)  # fmt: skip
"""The columns of `StoryRecord.citation_rows`."""
OWN_CITATION_COLUMNS = tuple(
    "CASE WHEN url IS NULL AND title_key <> '' THEN 'title:' || title_key ELSE work END" if column == "work" else column
    for column in CITATION_COLUMNS
)
"""SQL expressions of these columns, with the work as the story alone gives it, before `flush` joins it to another."""
AUTHOR_SEPARATOR = "; "
"""Between the names in the column `authors`."""
MENTION_COLUMNS = ("number", "link", "text")
"""The columns of `StoryRecord.mention_rows`."""
FORECAST_COLUMNS = ("n", "id", "quote", "start", "due_text", "speaker", "probability")
"""The columns of `StoryRecord.forecast_rows`."""
SCORING_COLUMNS = ("n", "number", "sentence")
"""The columns of `StoryRecord.scoring_rows`."""


ForecastRows = tuple[tuple[object, ...], ...]


class StoryRecord(NamedTuple):
    """The rows of a story, without its id.

    `row` has the `STORY_COLUMNS`. `url_count` counts the links with a URL. The last ones are the rows of the
    full-text index, of `citation`, `mention`, `forecast` and `scoring`.
    """

    row: LazyStory
    word_count: int
    url_count: int
    index_row: tuple[str, ...]
    citation_rows: tuple[tuple[object, ...], ...]
    mention_rows: tuple[tuple[int, int, str], ...]
    forecast_rows: ForecastRows
    scoring_rows: ForecastRows

    @property
    def key(self) -> str:
        """The key."""
        return self.row.key

    @property
    def headline(self) -> str:
        """The headline."""
        return self.row.headline


class IssueRecord(NamedTuple):
    """The rows of an issue and its stories.

    `fingerprints` are those of the stories, and of number, title, date and URL.
    """

    number: int | None
    slug: str
    title: str
    has_generated_title: bool
    date: str | None
    url: str | None
    stories: tuple[StoryRecord, ...]
    fingerprints: tuple[str, str]


class IncomingIssue(NamedTuple):
    """An issue to store, and the compressed page that it was parsed from.

    `name` is the file name or URL of the page, for users. `has_given_facts`: the user has given number, title or
    date. `origin` is the source that sent it, empty for a file. `is_fallback`: drop it if another source has sent the
    issue. `is_forced`: it replaces what is stored, even if that is the better copy.
    """

    issue: IssueRecord
    page: bytes
    name: str
    parser_version: int
    has_given_facts: bool = False
    origin: str = ""
    is_fallback: bool = False
    is_forced: bool = False


class StoryTable:
    """The stories in an open archive. Methods that write run inside the archive's transactions.

    They collect the changes of the full-text index and of the titles of works: see `flush`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._index = StoryIndex(database)
        self._changed_titles: set[str] = set()

    def get_entries(self, issue_id: int) -> list[StoryEntry]:
        """Return the stories of an issue without their text, in order."""
        sql = "SELECT key, position, kind, headline, words FROM story WHERE issue_id = ? ORDER BY position"
        rows = self._database.query(sql, (issue_id,))
        with translate_story_errors():
            return [
                StoryEntry(key, position, StoryKind(kind), headline, words)
                for key, position, kind, headline, words in rows
            ]

    def get_headlines(self, issue_id: int) -> list[tuple[str, str]]:
        """Return key and headline of the stories of an issue, in order."""
        sql = "SELECT key, headline FROM story WHERE issue_id = ? ORDER BY position"
        return [(str(key), str(headline)) for key, headline in self._database.query(sql, (issue_id,))]

    def get_stories(self, issue_id: int) -> tuple[Story, ...]:
        """Return the stories of an issue, in order. Raises DamagedStory."""
        sql = f"SELECT {STORY_COLUMNS} FROM story WHERE issue_id = ? ORDER BY position"
        return tuple(decode_story(*row) for row in self._database.query(sql, (issue_id,)))

    def get_readable_stories(self, issue_id: int) -> list[Story]:
        """Return the stories of an issue whose rows are not damaged, in order."""
        sql = f"SELECT {STORY_COLUMNS} FROM story WHERE issue_id = ? ORDER BY position"
        stories = []
        for row in self._database.query(sql, (issue_id,)):
            with suppress(DamagedStory):
                stories.append(decode_story(*row))
        return stories

    def get_rows(self, issue_id: int) -> list[LazyStory]:
        """Return the rows of the stories of an issue."""
        sql = f"SELECT {STORY_COLUMNS} FROM story WHERE issue_id = ?"
        return [LazyStory(*row) for row in self._database.query(sql, (issue_id,))]

    def get_story(self, issue_id: int, position: int) -> Story | None:
        """Return a story of an issue; `position` counts from 1."""
        sql = f"SELECT {STORY_COLUMNS} FROM story WHERE issue_id = ? AND position = ?"
        return next((decode_story(*row) for row in self._database.query(sql, (issue_id, position))), None)

    def find_story(self, key: str) -> tuple[int, int] | None:
        """Return the issue id and the position of the story with this key."""
        # In a damaged archive the issue of a story may be missing.
        sql = """SELECT issue_id, position FROM story WHERE key = ? AND EXISTS
            (SELECT 1 FROM issue WHERE id = issue_id) ORDER BY id LIMIT 1"""
        return next(((int(row[0]), int(row[1])) for row in self._database.query(sql, (key,))), None)

    def find_stories(self, keys: Sequence[str]) -> dict[str, tuple[int, int, str]]:
        """Return issue id, position and headline of the stories with these keys, as far as they are stored."""
        found: dict[str, tuple[int, int, str]] = {}
        for start in range(0, len(keys), MAX_PARAMETERS):
            some = keys[start : start + MAX_PARAMETERS]
            sql = f"""SELECT key, issue_id, position, headline FROM story WHERE key IN ({placeholders(some)})
                AND issue_id IN (SELECT id FROM issue) ORDER BY id DESC"""
            found |= {str(row[0]): (int(row[1]), int(row[2]), str(row[3])) for row in self._database.query(sql, some)}
        return found

    def get_headline(self, key: str) -> str | None:
        """Return the headline of the story with this key."""
        rows = self._database.query("SELECT headline FROM story WHERE key = ? LIMIT 1", (key,))
        return str(rows[0][0]) if rows else None

    def get_work_ids(self, key: str) -> dict[int, str]:
        """Return the ids of the works that the story with this key cites, by link number."""
        sql = "SELECT n, work FROM citation WHERE story_id = (SELECT id FROM story WHERE key = ?) AND work IS NOT NULL"
        return {int(n): str(work) for n, work in self._database.query(sql, (key,))}

    def has_exactly(self, issue_id: int, records: Sequence[StoryRecord]) -> bool:
        """Return True if an issue has exactly these stories, with the citations that this version derives."""
        sql = f"SELECT id, {STORY_COLUMNS} FROM story WHERE issue_id = ? ORDER BY position"
        rows = self._database.query(sql, (issue_id,))
        if [row[1:] for row in rows] != [record.row for record in records]:
            return False
        if not self._is_indexed(issue_id):
            return False
        sql = f"""SELECT story_id, {", ".join(OWN_CITATION_COLUMNS)} FROM citation WHERE story_id IN
            (SELECT id FROM story WHERE issue_id = ?) ORDER BY story_id DESC, n"""
        citations = [
            (row[0], *citation) for row, record in zip(rows, records, strict=True) for citation in record.citation_rows
        ]
        return self._database.query(sql, (issue_id,)) == citations

    def replace(
        self, issue_id: int, day: str | None, number: int | None, records: Sequence[StoryRecord], change: int
    ) -> int:
        """Replace the stories of an issue; return the last change number used.

        The new ids contain the issue's day, or its number without a day, and the change numbers from `change` on.
        """
        if self._is_indexed(issue_id):
            sql = f"SELECT id, {STORY_COLUMNS} FROM story WHERE issue_id = ?"
            for story_id, *row in self._database.query(sql, (issue_id,)):
                with suppress(DamagedStory):  # its words stay in the index, without a story
                    self._index.remove(story_id, decode_story(*row))
        self._remember_titles(issue_id)
        self._database.execute("DELETE FROM story WHERE issue_id = ?", (issue_id,))
        story_ids = make_story_ids(day, number, change, len(records))
        self._insert(issue_id, list(zip(story_ids, records, strict=True)))
        self._remember_titles(issue_id)
        return change + count_changes(len(records)) - 1

    def replace_forecasts(self, issue_id: int) -> None:
        """Find the forecasts in the stored stories of an issue again; nothing else changes. Raises DamagedStory."""
        sql = f"SELECT id, {STORY_COLUMNS} FROM story WHERE issue_id = ?"
        rows = self._database.query(sql, (issue_id,))
        found = [(id, *make_forecast_rows(decode_story(*row))) for id, *row in rows]
        for table in ("forecast", "scoring"):
            self._database.execute_many(f"DELETE FROM {table} WHERE story_id = ?", [(id,) for id, _, _ in found])
        self._insert_forecasts(found)

    def flush(self) -> None:
        """Write the full-text index, and join citations without a URL to the works of other citations.

        Call it at the end of a transaction.
        """
        titles, self._changed_titles = self._changed_titles, set()
        self._database.execute_many(_JOIN_WORKS, [(title,) for title in sorted(titles)])
        self._index.flush()

    def discard(self) -> None:
        """Forget what `flush` would write, because the transaction was rolled back."""
        self._changed_titles = set()
        self._index.discard()

    def _remember_titles(self, issue_id: int) -> None:
        sql = """SELECT DISTINCT title_key FROM citation WHERE title_key <> ''
            AND story_id IN (SELECT id FROM story WHERE issue_id = ?)"""
        self._changed_titles.update(str(row[0]) for row in self._database.query(sql, (issue_id,)))

    def save_removed(self, issue_id: int, stories: Iterable[Story]) -> None:
        """Save the former stories of an issue, until the state of the user has moved to their successors."""
        sql = _make_insert("departed", ("issue_id", *LazyStory._fields), "INSERT OR IGNORE")
        self._database.execute_many(sql, [(issue_id, *encode_story(story)) for story in stories])

    def get_removed(self, issue_id: int) -> tuple[Story, ...]:
        """Return the stories of `save_removed`, in order."""
        sql = f"SELECT {STORY_COLUMNS} FROM departed WHERE issue_id = ? ORDER BY position"
        return tuple(decode_story(*row) for row in self._database.query(sql, (issue_id,)))

    def _is_indexed(self, issue_id: int) -> bool:
        """Return True if the stories of an issue are in the index as this version writes it."""
        sql = "SELECT 1 FROM issue WHERE id = ? AND index_version = ?"
        return bool(self._database.query(sql, (issue_id, INDEX_VERSION)))

    def _insert(self, issue_id: int, stories: Sequence[tuple[int, StoryRecord]]) -> None:
        """Insert stories with these ids."""
        execute_many = self._database.execute_many
        sql = _make_insert("story", ("id", "issue_id", "words", *LazyStory._fields))
        execute_many(sql, [(id, issue_id, record.word_count, *record.row) for id, record in stories])
        for id, record in stories:
            self._index.add(id, record.index_row)
        sql = _make_insert("citation", ("story_id", *CITATION_COLUMNS))
        execute_many(sql, [(id, *row) for id, record in stories for row in record.citation_rows])
        sql = _make_insert("mention", ("story_id", *MENTION_COLUMNS), "INSERT OR IGNORE")
        execute_many(sql, [(id, *row) for id, record in stories for row in record.mention_rows])
        self._insert_forecasts((id, record.forecast_rows, record.scoring_rows) for id, record in stories)

    def _insert_forecasts(self, stories: Iterable[tuple[int, ForecastRows, ForecastRows]]) -> None:
        for id, forecasts, scorings in stories:
            for table, columns, rows in (
                ("forecast", FORECAST_COLUMNS, forecasts),
                ("scoring", SCORING_COLUMNS, scorings),
            ):
                if rows:  # few stories have any
                    sql = _make_insert(table, ("story_id", *columns))
                    self._database.execute_many(sql, [(id, *row) for row in rows])


_MIN_DISTINCTIVE_LENGTH = 24
"""Characters of a folded title. A shorter one ("emu3") may be that of a paper, its code and its website."""
# A subquery, because SQLite finds no outer column in ORDER BY.
_JOIN_WORKS = f"""UPDATE citation SET work = coalesce((
        SELECT work FROM (
            SELECT real.work AS work, real.story_id AS story_id, real.n AS n,
                (real.kind <> citation.kind) * 4 + (real.kind <> 'paper') * 2 + (real.role <> 'read-more') AS distance
            FROM citation AS real
            WHERE real.title_key = citation.title_key AND real.url IS NOT NULL AND real.is_certain
                AND (real.kind = citation.kind OR length(real.title_key) >= {_MIN_DISTINCTIVE_LENGTH}))
        ORDER BY distance, story_id, n LIMIT 1
    ), 'title:' || title_key) WHERE title_key = ? AND url IS NULL"""


def make_issue_record(issue: Issue) -> IssueRecord:
    """Return the rows of an issue and its stories."""
    stories = tuple(map(make_story_record, issue.stories))
    fingerprint_rows = [[getattr(story.row, column) for column in FINGERPRINT_COLUMNS] for story in stories]
    metadata = [issue.number, issue.title, issue.date, issue.url]
    return IssueRecord(
        number=issue.number,
        slug=issue.slug,
        title=issue.title,
        has_generated_title=is_generated_title(issue),
        date=issue.date,
        url=issue.url,
        stories=stories,
        fingerprints=(get_fingerprint(fingerprint_rows), get_fingerprint(metadata)),
    )


def make_story_record(story: Story) -> StoryRecord:
    """Return the rows of a story."""
    forecast_rows, scoring_rows = make_forecast_rows(story)
    return StoryRecord(
        row=encode_story(story),
        word_count=story.word_count,
        url_count=sum(link.url is not None for link in story.links),
        index_row=make_index_row(story),
        citation_rows=tuple(_make_citation_rows(story)),
        mention_rows=tuple((mention.number, mention.link, mention.text) for mention in story.cross_references),
        forecast_rows=forecast_rows,
        scoring_rows=scoring_rows,
    )


def make_forecast_rows(story: Story) -> tuple[ForecastRows, ForecastRows]:
    """Return the rows of `forecast` and of `scoring` of a story."""
    from importai_tui.forecasts.extract import find_forecasts  # only writing needs them
    from importai_tui.forecasts.scoring import find_scorings

    forecasts = ((x.id, x.quote, x.start, x.due_text, x.speaker.value, x.probability) for x in find_forecasts(story))
    scorings = ((number, scoring.sentence) for scoring in find_scorings(story) for number in scoring.issues)
    return tuple((n, *row) for n, row in enumerate(forecasts, 1)), tuple((n, *row) for n, row in enumerate(scorings, 1))


def is_generated_title(issue: Issue) -> bool:
    """Return True if the title consists of headlines of the issue, joined by semicolons and perhaps cut."""
    headlines = tuple(story.headline.casefold() for story in issue.stories)
    parts = [part.strip(" .…") for part in issue.title.casefold().split(";")]
    return all(any(headline.startswith(part) for headline in headlines) for part in parts if part)


def get_fingerprint(value: object) -> str:
    """Return a hash of plain values. Archives store it, so it must never change."""
    # Imported here, because only writing needs it and it loads OpenSSL.
    import hashlib

    return hashlib.blake2b(json.dumps(value).encode(), digest_size=16).hexdigest()


def compress_page(page: bytes) -> bytes:
    """Return the page as it is stored."""
    return zlib.compress(page, _COMPRESSION_LEVEL)


def decompress_page(page: bytes) -> bytes:
    """Return a stored page. Raises ValueError if it is damaged."""
    try:
        return zlib.decompress(page)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def encode_story(story: Story) -> LazyStory:
    """Return the row of a story."""
    return LazyStory(
        key=story.key,
        position=story.position,
        kind=str(story.kind),
        headline=story.headline,
        tagline=story.tagline,
        section=story.section,
        body=encode_body(story),
    )


def encode_body(story: Story) -> str:
    """Return blocks, links, cross references, inspirations and series of a story as compact JSON."""
    body = [
        encode_blocks(story.blocks),
        encode_links(story.links),
        [[x.number, x.text, x.link] for x in story.cross_references],
        list(story.inspirations),
        story.series,
    ]
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def decode_story(
    key: str, position: int, kind: str, headline: str, tagline: str | None, section: str | None, body: str
) -> Story:
    """Return the story of a row; `body` comes from `encode_body`. Raises DamagedStory."""
    with translate_story_errors():
        blocks, links, references, inspirations, series = json.loads(body)
        if not all(isinstance(text, str) for text in (key, headline, tagline or "", section or "")):
            raise TypeError("a column is not text")
        return Story(
            key=key,
            position=position,
            kind=StoryKind(kind),
            headline=headline,
            tagline=tagline,
            section=section,
            series=series,
            blocks=decode_blocks(blocks),
            links=decode_links(links),
            cross_references=tuple(CrossReference(*reference) for reference in references),
            inspirations=tuple(inspirations),
        )


def encode_blocks(blocks: Iterable[Block]) -> list[Any]:
    """Return blocks as values of JSON."""
    return [_encode_block(block) for block in blocks]


def decode_blocks(data: Iterable[Any]) -> tuple[Block, ...]:
    """Return the blocks of `encode_blocks`. Call it inside `translate_story_errors`, as the data may be damaged."""
    return tuple(map(_decode_block, data))


def encode_links(links: Iterable[Link]) -> list[Any]:
    """Return links as values of JSON."""
    return [[x.n, x.text, x.url, x.kind, x.host, x.role, x.work] for x in links]


def decode_links(data: Iterable[Any]) -> tuple[Link, ...]:
    """Return the links of `encode_links`; see `decode_blocks`."""
    return tuple(Link(n, text, url, LinkKind(k), host, LinkRole(r), w) for n, text, url, k, host, r, w in data)


def _make_insert(table: str, columns: Sequence[str], verb: str = "INSERT") -> str:
    return f"{verb} INTO {table} ({', '.join(columns)}) VALUES ({placeholders(columns)})"


def _make_citation_rows(story: Story) -> Iterator[tuple[object, ...]]:
    from importai_tui.works.citations import UNKNOWN_WORK, describe_citations, make_title_id  # only writing needs it

    cited = describe_citations(story)
    for link in story.links:
        work = cited.get(link.n, UNKNOWN_WORK)
        id = make_title_id(work.title_key) if link.url is None else link.work
        place = (link.n, str(link.kind), str(link.role), link.host, id, work.title, link.url)
        yield *place, work.title_key, int(work.is_certain), AUTHOR_SEPARATOR.join(work.authors), work.publisher


def _encode_block(block: Block) -> list[Any]:
    match block:
        case Paragraph(spans, run_in, role):
            return ["p", _encode_spans(spans), _encode_spans(run_in), role]
        case ListBlock(items):
            return ["l", [[_encode_spans(item.spans), item.depth, item.number] for item in items]]
        case Quote(spans):
            return ["q", _encode_spans(spans)]
        case Heading(spans, level):
            return ["h", _encode_spans(spans), level]
        case Code(text):
            return ["c", text]
        case Figure(caption, link):
            return ["f", caption, link]
        case Rule():
            return ["r"]
        case _:
            return assert_never(block)


def _decode_block(data: Sequence[Any]) -> Block:
    match data:
        case ["p", spans, run_in, role]:
            return Paragraph(_decode_spans(spans), _decode_spans(run_in), ParagraphRole(role))
        case ["l", items]:
            return ListBlock(tuple(ListItem(_decode_spans(spans), depth, number) for spans, depth, number in items))
        case ["q", spans]:
            return Quote(_decode_spans(spans))
        case ["h", spans, level]:
            return Heading(_decode_spans(spans), level)
        case ["c", text]:
            return Code(text)
        case ["f", caption, link]:
            return Figure(caption, link)
        case ["r"]:
            return Rule()
        case _:
            raise ValueError(f"unknown block: {data!r:.40}")


def _encoded_block_to_text(block: Sequence[Any]) -> str:
    match block:
        case ["p", spans, run_in, _]:
            return (_encoded_spans_to_text(run_in) + _encoded_spans_to_text(spans)).strip()
        case ["l", items]:
            return "\n".join(f"{'  ' * depth}- {_encoded_spans_to_text(spans).strip()}" for spans, depth, _ in items)
        case ["q", spans] | ["h", spans, _]:
            return _encoded_spans_to_text(spans).strip()
        case ["c", text] | ["f", text, _]:
            return str(text)
        case _:
            return ""


def _encode_spans(spans: Iterable[Span]) -> list[Any]:
    """Return a plain span as a string, and any other as [text, style, link]."""
    return [_encode_span(span) for span in spans]


def _encode_span(span: Span) -> str | list[Any]:
    style = _BOLD * span.bold | _ITALIC * span.italic | _CODE * span.code
    return [span.text, style, span.link] if style or span.link else span.text


def _decode_spans(data: Iterable[Any]) -> tuple[Span, ...]:
    return tuple(map(_decode_span, data))


def _decode_span(data: Any) -> Span:
    if isinstance(data, str):
        return Span(data)
    text, style, link = data
    return Span(text, bool(style & _BOLD), bool(style & _ITALIC), bool(style & _CODE), link)


def _encoded_spans_to_text(spans: Iterable[Any]) -> str:
    return "".join(span if isinstance(span, str) else span[0] for span in spans)
