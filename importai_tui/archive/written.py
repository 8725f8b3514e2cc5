"""An issue as the archive writes it: everything that is to be worked out is, and what is left is SQL.

These are plain tuples of text and numbers, so that one process can work them out and another write them down.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from importai_tui.archive.codec import encode_body
from importai_tui.archive.story_index import columns
from importai_tui.citing import titles
from importai_tui.issue import Issue, Story

LOST_PAGE = 1 << 31
"""The version of the parser that stands for a page that was lost: it is never read again."""


class WrittenStory(NamedTuple):
    """A story's rows, but for its number: `head` and `body` as `codec.STORY` names them, after the key.

    `addresses`: how many of its links have one. `indexed`, `cited` and `mentioned` are the rows of what is looked for.
    """

    key: str
    head: tuple[int, str, str, str | None, str | None]
    body: str
    words: int
    addresses: int
    indexed: tuple[str, ...]
    cited: tuple[tuple[object, ...], ...]
    mentioned: tuple[tuple[int, int, str], ...]

    @property
    def headline(self) -> str:
        """As printed."""
        return self.head[2]

    @property
    def row(self) -> tuple[object, ...]:
        """The columns of `codec.STORY`."""
        return self.key, *self.head, self.body


class WrittenIssue(NamedTuple):
    """An issue's row and those of its stories; `made_title`: the title was made of the headlines.

    `digests`: a fingerprint of all that a reader could see of the stories, and one of what is known of the issue.
    """

    number: int | None
    slug: str
    title: str
    made_title: bool
    date: str | None
    url: str | None
    stories: tuple[WrittenStory, ...]
    digests: tuple[str, str]


class Arrival(NamedTuple):
    """An issue that is to be stored: itself, and the page that it was parsed from, packed.

    `name` is what the page was called, for people; `parser_version` is that of the parser that read it. `told`: a
    person has told its number, title or date. `origin` is the source that it was fetched from, empty for a file.
    `yields`: the copy is dropped where another source has given the issue.
    """

    issue: WrittenIssue
    page: bytes
    name: str
    parser_version: int
    told: bool = False
    origin: str = ""
    yields: bool = False


def written(issue: Issue) -> WrittenIssue:
    """An issue as it is written."""
    stories = tuple(map(written_story, issue.stories))
    seen = [(s.key, *s.head[1:], s.body) for s in stories]
    digests = digest(seen), digest([issue.number, issue.title, issue.date, issue.url])
    made = made_of_headlines(issue)
    return WrittenIssue(issue.number, issue.slug, issue.title, made, issue.date, issue.url, stories, digests)


def written_story(story: Story) -> WrittenStory:
    """A story as it is written."""
    return WrittenStory(
        story.key,
        (story.position, str(story.kind), story.headline, story.tagline, story.section),
        encode_body(story),
        story.words,
        sum(link.url is not None for link in story.links),
        columns(story),
        tuple(_cited(story)),
        tuple((mention.number, mention.link, mention.text) for mention in story.cross_references),
    )


def made_of_headlines(issue: Issue) -> bool:
    """Whether the title is no title of the issue's own but its headlines, joined by semicolons and perhaps cut."""
    headlines = tuple(story.headline.casefold() for story in issue.stories)
    parts = [part.strip(" .…") for part in issue.title.casefold().split(";")]
    return all(any(headline.startswith(part) for headline in headlines) for part in parts if part)


def digest(value: object) -> str:
    """A fingerprint of plain values, for as long as any archive lives: it is stored, and compared."""
    return hashlib.blake2b(json.dumps(value).encode(), digest_size=16).hexdigest()


def packed(page: bytes) -> bytes:
    """A page as it is kept."""
    return zlib.compress(page, _PACKING)


def unpacked(page: bytes) -> bytes:
    """A page as it came. Raises ValueError where it was damaged."""
    try:
        return zlib.decompress(page)
    except zlib.error as error:
        raise ValueError(str(error)) from error


_PACKING = 4
"""Of 1 to 9. Measured with made-up issues: half the time that 6 takes, and a page is three in a hundred larger."""


def _cited(story: Story) -> Iterator[tuple[object, ...]]:
    called = titles(story)
    for link in story.links:
        yield link.n, str(link.kind), str(link.role), link.host, link.work, called[link.n], link.url
