"""What is searched of a story, and the full-text index of it. It knows no query language.

The number that a stored story has: it holds its day and its place, so that the index stands in the list's order.

Pure. A story that is stored again gets another number, and no number is ever given twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from importai_tui.sqlite import Database

if TYPE_CHECKING:
    from importai_tui.model import Story

DAY_BITS = 28
"""Bits below the day. The index writes down how far apart two numbers are, so days that are as near as may be keep it
small: measured with made-up stories of real length, it is 0.94 of the text's size with numbers one by one, 1.17 with
28 bits, 1.28 with 40."""
_IDS_PER_CHANGE = 16
"""Stories that one change has numbers for: twice as many as an issue mostly has."""
_LAST_DAY = date.max.toordinal()
MIN_STORY_ID = 1 << DAY_BITS
"""No story has a lower number; those of older versions of the archive do."""


def make_story_ids(day: str | None, change: int, count: int) -> list[int]:
    """The numbers of an issue's stories, in order: higher is newer, and within an issue further up.

    Args:
        day: of the issue, YYYY-MM-DD; None where it is not known, which stands below all others.
        change: the archive's count of changes when it is stored; `changes` of them are used up.
        count: of stories.
    """
    lowest = (_ordinal(day) + 1) << DAY_BITS | change * _IDS_PER_CHANGE
    return [lowest + place for place in reversed(range(count))]


def count_changes(story_count: int) -> int:
    """How many changes the numbers of so many stories use up, at least one."""
    return max(1, -(-story_count // _IDS_PER_CHANGE))


def get_last_change(story_id: int) -> int:
    """The last change that a story's number uses up."""
    return (story_id & (MIN_STORY_ID - 1)) // _IDS_PER_CHANGE


def get_lowest_id(day: str) -> int:
    """The number below which the stories of earlier days lie; `day` may be one of the future."""
    return (_ordinal(day) + 1) << DAY_BITS


def get_day(story_id: int) -> str | None:
    """The day in a story's number, YYYY-MM-DD; None where none is known."""
    days = (story_id >> DAY_BITS) - 1
    return date.fromordinal(days).isoformat() if 0 < days <= _LAST_DAY else None


def _ordinal(day: str | None) -> int:
    try:
        return date.fromisoformat(day).toordinal() if day else 0
    except ValueError:
        return 0


COLUMNS = ("headline", "tagline", "body", "links", "works")
WEIGHTS = (8.0, 4.0, 2.0, 1.5, 1.0)
"""How much a word counts in each column: what a story is about stands in its headline."""
RANK_FUNCTION = f"bm25({', '.join(map(str, WEIGHTS))})"
TOKENIZER = "porter unicode61 remove_diacritics 2"
"""Words by their stems, accents folded; all that is no letter or digit divides words."""
_LETTER_FOR_SIGN = {"+": "ᐩ", "#": "ꖛ"}
_LANGUAGE_SIGN = re.compile(
    r"\+\+(?!\w)(?:(?<=[\W_][A-Za-z]\+\+)|(?<=\A[A-Za-z]\+\+))|#(?!\w)(?:(?<=[\W_][A-Za-z]#)|(?<=\A[A-Za-z]#))"
)
"""The sign comes first and the letter before it is looked back for: that is found three times as fast."""
_MORE = re.compile(r"\W+")


def to_indexed_text(text: str) -> str:
    """The text as it is indexed, each character in its place: the signs of C++ and C# are letters in it."""
    if "+" not in text and "#" not in text:
        return text
    return _LANGUAGE_SIGN.sub(lambda name: "".join(map(_LETTER_FOR_SIGN.__getitem__, name[0])), text)


def make_index_row(story: Story) -> tuple[str, ...]:
    """What is indexed of a story, in the order of `COLUMNS`."""
    under = " ".join(part for part in (story.tagline, story.section, story.series) if part)
    links = " ".join(link.text for link in story.links)
    works = " ".join(dict.fromkeys(link.work for link in story.links if link.work))
    return tuple(map(to_indexed_text, (story.headline, under, story.text, links, works)))


class StoryIndex:
    """The index in an open archive. It is written inside the archive's own transactions, at the end of each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._removed: dict[int, Sequence[str]] = {}
        self._added: dict[int, Sequence[str]] = {}

    def add(self, story_id: int, index_row: Sequence[str]) -> None:
        """Index a story under its number; `indexed` is what `columns` says of it."""
        self._added[story_id] = index_row

    def remove(self, story_id: int, story: Story) -> None:
        """Take a story out, as it was indexed.

        What an older version indexed otherwise leaves a few words behind: they lead to a number that no story has
        any more, so nobody is shown them.
        """
        if self._added.pop(story_id, None) is None:
            self._removed[story_id] = make_index_row(story)

    def flush(self) -> None:
        """Write down what was added and removed since the last time."""
        names = ", ".join(COLUMNS)
        add = f"INSERT INTO story_index (rowid, {names}) VALUES (?, ?, ?, ?, ?, ?)"
        remove = f"INSERT INTO story_index (story_index, rowid, {names}) VALUES ('delete', ?, ?, ?, ?, ?, ?)"
        # In rising order: the index writes out what it has whenever a number is lower than the one before.
        for number in sorted(self._removed.keys() | self._added.keys()):
            for sql, stories in ((remove, self._removed), (add, self._added)):
                if number in stories:
                    self._database.execute(sql, (number, *stories[number]))
        self.discard()

    def discard(self) -> None:
        """Forget what was added and removed: the transaction failed."""
        self._removed.clear()
        self._added.clear()
