"""The rows of stories, with all that is looked for in them: the index, their citations, their mentions of issues.

An issue as the archive writes it: everything that is to be worked out is, and what is left is SQL.

These are plain tuples of text and numbers, so that one process can work them out and another write them down.

A story's body as compact JSON text and back. It knows the model and nothing of databases.

A story as its row holds it, read as far as it is asked: a search looks through many and shows few whole.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, assert_never

from importai_tui.archive.catalog import StoryEntry
from importai_tui.archive.full_text import MIN_STORY_ID, StoryIndex, count_changes, make_index_row, make_story_ids
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
from importai_tui.sqlite import Database
from importai_tui.sqlite_errors import DamagedStory, translate_story_errors
from importai_tui.works.titles import get_link_titles

if TYPE_CHECKING:
    from importai_tui.model import Story

_BOLD, _ITALIC, _CODE = 1, 2, 4


def encode_body(story: Story) -> str:
    """What a story holds beside its headline row: blocks, links, cross references, inspirations, series."""
    body = [
        [_encode_block(block) for block in story.blocks],
        [[x.n, x.text, x.url, x.kind, x.host, x.role, x.work] for x in story.links],
        [[x.number, x.text, x.link] for x in story.cross_references],
        list(story.inspirations),
        story.series,
    ]
    from json import dumps

    return dumps(body, ensure_ascii=False, separators=(",", ":"))


def decode_story(
    key: str, position: int, kind: str, headline: str, tagline: str | None, section: str | None, body: str
) -> Story:
    """A story from its row; the inverse of `encode_body`. Raises DamagedStory where the row cannot be read."""
    from json import loads  # here, for a list of issues reads no story

    with translate_story_errors():
        blocks, links, references, inspirations, series = loads(body)
        if not all(isinstance(text, str) for text in (key, headline, tagline or "", section or "")):
            raise TypeError("a text is none")
        return Story(
            key=key,
            position=position,
            kind=StoryKind(kind),
            headline=headline,
            tagline=tagline,
            section=section,
            series=series,
            blocks=tuple(map(_decode_block, blocks)),
            links=tuple(Link(n, text, url, LinkKind(k), host, LinkRole(r), w) for n, text, url, k, host, r, w in links),
            cross_references=tuple(CrossReference(*reference) for reference in references),
            inspirations=tuple(inspirations),
        )


def _encode_block(block: Block) -> list[Any]:
    match block:
        case Paragraph(spans, run_in, part):
            return ["p", _encode_spans(spans), _encode_spans(run_in), part]
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
        case ["p", spans, run_in, part]:
            return Paragraph(_decode_spans(spans), _decode_spans(run_in), ParagraphRole(part))
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
            raise ValueError(f"no such block: {data!r:.40}")


def _encode_spans(spans: Iterable[Span]) -> list[Any]:
    """Nearly every span is plain text, so that one is a bare string."""
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


STORY_COLUMNS = "key, position, kind, headline, tagline, section, body"
"""The columns that a story is read from, in the order in which `StoredStory` and `decode_story` take them."""


@dataclass(frozen=True, slots=True)
class LazyStory:
    """A story's row."""

    key: str
    position: int
    kind: str
    headline: str
    tagline: str | None
    section: str | None
    body: str

    def load(self) -> Story:
        """All of it."""
        # Imported here: most that are looked through need not be made.

        return decode_story(self.key, self.position, self.kind, self.headline, self.tagline, self.section, self.body)

    def get_block_texts(self) -> list[str]:
        """Each of its blocks as plain text, as `block_text` gives it."""
        with translate_story_errors():
            return [_encoded_block_to_text(block) for block in self._body()[0]]

    def get_link_texts(self) -> list[tuple[int, str]]:
        """Each of its links by number, with its text and the work that it leads to."""
        with translate_story_errors():
            return [(n, f"{text} {work or ''}") for n, text, _, _, _, _, work in self._body()[1]]

    def _body(self) -> Any:
        from json import loads  # here, for a list of issues reads no story

        return loads(self.body)


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


def _encoded_spans_to_text(spans: Iterable[Any]) -> str:
    """The text of spans, of which those in a style are lists that begin with it."""
    return "".join(span if isinstance(span, str) else span[0] for span in spans)


LOST_PAGE_VERSION = 1 << 31
"""The version of the parser that stands for a page that was lost: it is never read again."""


class StoryRecord(NamedTuple):
    """A story's rows, but for its number: `head` and `body` as `codec.STORY` names them, after the key.

    `addresses`: how many of its links have one. `indexed`, `cited` and `mentioned` are the rows of what is looked for.
    """

    key: str
    heading_columns: tuple[int, str, str, str | None, str | None]
    body: str
    word_count: int
    url_count: int
    index_row: tuple[str, ...]
    citation_rows: tuple[tuple[object, ...], ...]
    mention_rows: tuple[tuple[int, int, str], ...]

    @property
    def headline(self) -> str:
        """As printed."""
        return self.heading_columns[2]

    @property
    def story_row(self) -> tuple[object, ...]:
        """The columns of `codec.STORY`."""
        return self.key, *self.heading_columns, self.body


class IssueRecord(NamedTuple):
    """An issue's row and those of its stories; `made_title`: the title was made of the headlines.

    `digests`: a fingerprint of all that a reader could see of the stories, and one of what is known of the issue.
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
    """An issue that is to be stored: itself, and the page that it was parsed from, packed.

    `name` is what the page was called, for people; `parser_version` is that of the parser that read it. `told`: a
    person has told its number, title or date. `origin` is the source that it was fetched from, empty for a file.
    `yields`: the copy is dropped where another source has given the issue.
    """

    issue: IssueRecord
    page: bytes
    name: str
    parser_version: int
    has_given_facts: bool = False
    origin: str = ""
    is_fallback: bool = False


def make_issue_record(issue: Issue) -> IssueRecord:
    """An issue as it is written."""
    stories = tuple(map(make_story_record, issue.stories))
    seen = [(s.key, *s.heading_columns[1:], s.body) for s in stories]
    digests = get_fingerprint(seen), get_fingerprint([issue.number, issue.title, issue.date, issue.url])
    made = is_generated_title(issue)
    return IssueRecord(issue.number, issue.slug, issue.title, made, issue.date, issue.url, stories, digests)


def make_story_record(story: Story) -> StoryRecord:
    """A story as it is written."""
    return StoryRecord(
        story.key,
        (story.position, str(story.kind), story.headline, story.tagline, story.section),
        encode_body(story),
        story.word_count,
        sum(link.url is not None for link in story.links),
        make_index_row(story),
        tuple(_make_citation_rows(story)),
        tuple((mention.number, mention.link, mention.text) for mention in story.cross_references),
    )


def is_generated_title(issue: Issue) -> bool:
    """Whether the title is no title of the issue's own but its headlines, joined by semicolons and perhaps cut."""
    headlines = tuple(story.headline.casefold() for story in issue.stories)
    parts = [part.strip(" .…") for part in issue.title.casefold().split(";")]
    return all(any(headline.startswith(part) for headline in headlines) for part in parts if part)


def get_fingerprint(value: object) -> str:
    """A fingerprint of plain values, for as long as any archive lives: it is stored, and compared."""
    return hashlib.blake2b(json.dumps(value).encode(), digest_size=16).hexdigest()


def compress_page(page: bytes) -> bytes:
    """A page as it is kept."""
    return zlib.compress(page, _COMPRESSION_LEVEL)


def decompress_page(page: bytes) -> bytes:
    """A page as it came. Raises ValueError where it was damaged."""
    try:
        return zlib.decompress(page)
    except zlib.error as error:
        raise ValueError(str(error)) from error


_COMPRESSION_LEVEL = 4
"""Of 1 to 9. Measured with made-up issues: half the time that 6 takes, and a page is three in a hundred larger."""


def _make_citation_rows(story: Story) -> Iterator[tuple[object, ...]]:
    called = get_link_titles(story)
    for link in story.links:
        yield link.n, str(link.kind), str(link.role), link.host, link.work, called[link.n], link.url


class StoryTable:
    """The stories in an open archive. They are written inside the archive's own transactions.

    `index` is what is written at the end of each.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.index = StoryIndex(database)

    def get_entries(self, issue_id: int) -> list[StoryEntry]:
        """The stories of an issue without their text, in order."""
        sql = "SELECT key, position, kind, headline, words FROM story WHERE issue_id = ? ORDER BY position"
        rows = self._database.query(sql, (issue_id,))
        with translate_story_errors():
            return [
                StoryEntry(key, position, StoryKind(kind), line, words) for key, position, kind, line, words in rows
            ]

    def get_headlines(self, issue_id: int) -> list[tuple[str, str]]:
        """Key and headline of the stories of an issue, in order."""
        sql = "SELECT key, headline FROM story WHERE issue_id = ? ORDER BY position"
        return [(str(key), str(headline)) for key, headline in self._database.query(sql, (issue_id,))]

    def get_stories(self, issue_id: int) -> tuple[Story, ...]:
        """The stories of an issue, in order."""
        sql = f"SELECT {STORY_COLUMNS} FROM story WHERE issue_id = ? ORDER BY position"
        return tuple(decode_story(*row) for row in self._database.query(sql, (issue_id,)))

    def get_readable_stories(self, issue_id: int) -> list[Story]:
        """The stories of an issue but for those whose row is damaged, in order."""
        sql = f"SELECT {STORY_COLUMNS} FROM story WHERE issue_id = ? ORDER BY position"
        stories = []
        for row in self._database.query(sql, (issue_id,)):
            with suppress(DamagedStory):
                stories.append(decode_story(*row))
        return stories

    def get_story(self, issue_id: int, position: int) -> Story | None:
        """One story of an issue; `position` counts from 1."""
        sql = f"SELECT {STORY_COLUMNS} FROM story WHERE issue_id = ? AND position = ?"
        return next((decode_story(*row) for row in self._database.query(sql, (issue_id, position))), None)

    def find_story(self, key: str) -> tuple[int, int] | None:
        """The issue's id and the position of the story with this key."""
        # The issue of a story may be gone, where the archive is damaged.
        sql = """SELECT issue_id, position FROM story WHERE key = ? AND EXISTS
            (SELECT 1 FROM issue WHERE id = issue_id) ORDER BY id LIMIT 1"""
        return next(((int(row[0]), int(row[1])) for row in self._database.query(sql, (key,))), None)

    def get_headline(self, key: str) -> str | None:
        """The headline of the story with this key."""
        rows = self._database.query("SELECT headline FROM story WHERE key = ? LIMIT 1", (key,))
        return str(rows[0][0]) if rows else None

    def replace(self, issue_id: int, day: str | None, stories: Sequence[StoryRecord], change: int) -> int:
        """Put these stories in the place of an issue's; the last of the changes that it counts as, the first being
        `change`: it and `day` go into their numbers.
        """
        sql = f"SELECT id, {STORY_COLUMNS} FROM story WHERE issue_id = ? AND id >= ?"
        for number, *row in self._database.query(sql, (issue_id, MIN_STORY_ID)):
            with suppress(DamagedStory):  # its words stay in the index, and lead nowhere
                self.index.remove(number, decode_story(*row))
        self._database.execute("DELETE FROM story WHERE issue_id = ?", (issue_id,))
        numbers = make_story_ids(day, change, len(stories))
        self._insert(issue_id, list(zip(numbers, stories, strict=True)))
        return change + count_changes(len(stories)) - 1

    def save_removed(self, issue_id: int, stories: Iterable[Story]) -> None:
        """Keep stories that an issue has no longer, until what the reader did to them has followed."""
        sql = f"INSERT OR IGNORE INTO departed (issue_id, {STORY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self._database.execute_many(
            sql, [(issue_id, *_get_heading_columns(story), encode_body(story)) for story in stories]
        )

    def get_removed(self, issue_id: int) -> tuple[Story, ...]:
        """The stories that were kept so, in order."""
        sql = f"SELECT {STORY_COLUMNS} FROM departed WHERE issue_id = ? ORDER BY position"
        return tuple(decode_story(*row) for row in self._database.query(sql, (issue_id,)))

    def has_exactly(self, issue_id: int, stories: Sequence[StoryRecord]) -> bool:
        """Whether an issue has just these stories, with all that is looked for in them as it is worked out today."""
        sql = f"SELECT id, {STORY_COLUMNS} FROM story WHERE issue_id = ? ORDER BY position"
        rows = self._database.query(sql, (issue_id,))
        if [row[1:] for row in rows] != [story.story_row for story in stories] or any(
            row[0] < MIN_STORY_ID for row in rows
        ):
            return False
        sql = """SELECT story_id, n, kind, role, host, work, title, url FROM citation WHERE story_id IN
            (SELECT id FROM story WHERE issue_id = ?) ORDER BY story_id DESC, n"""
        cited = [(row[0], *told) for row, story in zip(rows, stories, strict=True) for told in story.citation_rows]
        return self._database.query(sql, (issue_id,)) == cited

    def _insert(self, issue_id: int, stories: Sequence[tuple[int, StoryRecord]]) -> None:
        """Write stories, each with its number."""
        run_many = self._database.execute_many
        sql = f"INSERT INTO story (id, issue_id, words, {STORY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        run_many(sql, [(number, issue_id, story.word_count, *story.story_row) for number, story in stories])
        for number, story in stories:
            self.index.add(number, story.index_row)
        sql = """INSERT INTO citation (story_id, n, kind, role, host, work, title, url)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
        run_many(sql, [(number, *row) for number, story in stories for row in story.citation_rows])
        sql = "INSERT OR IGNORE INTO mention (story_id, number, link, text) VALUES (?, ?, ?, ?)"
        run_many(sql, [(number, *row) for number, story in stories for row in story.mention_rows])


def _get_heading_columns(story: Story) -> tuple[object, ...]:
    return story.key, story.position, story.kind, story.headline, story.tagline, story.section
