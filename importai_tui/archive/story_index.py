"""What is searched of a story, and the full-text index of it. It knows no query language."""

from __future__ import annotations

import re

from importai_tui.archive.database import Database
from importai_tui.issue import Story

COLUMNS = ("headline", "tagline", "body", "links", "works")
WEIGHTS = (8.0, 4.0, 2.0, 1.5, 1.0)
"""How much a word counts in each column: what a story is about stands in its headline."""
TOKENIZER = "porter unicode61 remove_diacritics 2"
"""Words by their stems, accents folded; all that is no letter or digit divides words."""
_SIGN = {"+": "ᐩ", "#": "ꖛ"}
_NAMED_BY_A_SIGN = re.compile(r"(?<![^\W_])([A-Za-z])(\+\+|#)(?!\w)")
_MORE = re.compile(r"\W+")


def searchable(text: str) -> str:
    """The text as it is indexed, each character in its place: the signs of C++ and C# are letters in it."""
    if "+" not in text and "#" not in text:
        return text
    return _NAMED_BY_A_SIGN.sub(lambda name: name[1] + "".join(map(_SIGN.__getitem__, name[2])), text)


def columns(story: Story) -> tuple[str, ...]:
    """What is indexed of a story, in the order of `COLUMNS`."""
    under = " ".join(part for part in (story.tagline, story.section, story.series) if part)
    links = " ".join(link.text for link in story.links)
    works = " ".join(dict.fromkeys(link.work for link in story.links if link.work))
    return tuple(map(searchable, (story.headline, under, story.text, links, works)))


class StoryIndex:
    """The index in an open archive. It is written inside the archive's own transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, number: int, story: Story) -> None:
        """Index a story under its number."""
        names = ", ".join(COLUMNS)
        sql = f"INSERT INTO story_index (rowid, {names}) VALUES (?, ?, ?, ?, ?, ?)"
        self._database.run(sql, (number, *columns(story)))

    def remove(self, number: int, story: Story) -> None:
        """Take a story out, as it was indexed.

        What an older version indexed otherwise leaves a few words behind: they lead to a number that no story has
        any more, so nobody is shown them.
        """
        names = ", ".join(COLUMNS)
        sql = f"INSERT INTO story_index (story_index, rowid, {names}) VALUES ('delete', ?, ?, ?, ?, ?, ?)"
        self._database.run(sql, (number, *columns(story)))
