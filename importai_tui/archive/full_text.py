"""Defines the full-text index of the stories and the ids of stories, which are its row ids.

An id contains the story's day, so the index is in the order of time. Ids of undated issues contain the number instead,
and are in a range of their own. A story that is stored again gets a new id, and no id is ever given twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from importai_tui.model import Paragraph, ParagraphRole, Story, block_to_text
from importai_tui.sqlite import Database, placeholders

DAY_BITS = 28
"""Bits of a story id below the day.

The index stores the differences between ids, so it is smaller if ids of neighbouring days are close. Measured with
generated stories of real length: with consecutive ids it has 0.94 of the size of the text. With 28 bits it has 1.17,
with 40 bits 1.28.
"""
MIN_STORY_ID = 1 << DAY_BITS
"""The lowest story id; the first versions gave lower ones."""
MIN_UNDATED_ID = 1 << 22 << DAY_BITS
"""The lowest story id of an undated issue with a number; ids of all days are lower."""
_IDS_PER_CHANGE = 16
"""Story ids that belong to one change of the archive: twice as many as most issues need."""
_LAST_DAY = date.max.toordinal()
_LEAD_LENGTH = 1_000
"""Characters in which the lead ends, so that a long block is not split into words."""

INDEX_VERSION = 3
"""The version of `make_index_row`. A migration that raises it empties the index, and `reindex` fills it again."""
COLUMNS = ("headline", "tagline", "body", "links", "works")
LEAD_WORDS = 60
"""Words at the beginning of a story that say what it is about: two or three sentences."""
WEIGHTS = (8.0, 3.0, 0.5, 0.02, 0.02)
"""Weight of a match in each column.

The headline says best what a story is about, and then the tagline and the lead. Texts and ids of links count next to
nothing: nearly all of them are in the body too, and the rest only in the address of a cited work. Measured with
`tests/search/relevance`: a body with a sixteenth of the headline's weight puts most right stories among the first
three; with a quarter they are two fewer in 322 cases.
"""
RANK_FUNCTION = f"bm25({', '.join(map(str, WEIGHTS))})"
TOKENIZER = "porter unicode61 remove_diacritics 2"
"""Indexes words by their stems and without accents. All characters but letters and digits separate words."""

_LETTER_FOR_SIGN = {"+": "ᐩ", "#": "ꖛ"}
_LANGUAGE_SIGN = re.compile(
    r"\+\+(?!\w)(?:(?<=[\W_][A-Za-z]\+\+)|(?<=\A[A-Za-z]\+\+))|#(?!\w)(?:(?<=[\W_][A-Za-z]#)|(?<=\A[A-Za-z]#))"
)
"""The sign after a single letter. Looking back from the sign for the letter is three times as fast."""


def make_story_ids(day: str | None, number: int | None, change: int, count: int) -> list[int]:
    """Return the ids of an issue's stories, in the order of the stories.

    Ids of later days are higher, and so are those of higher numbers among undated issues. Within an issue the first
    story has the highest id.

    Args:
        day: the issue's day, YYYY-MM-DD.
        number: the issue's number, which counts without a day. Ids of issues with neither are lower than all others.
        change: the number of this change of the archive; it uses `count_changes(count)` numbers.
        count: the number of stories.
    """
    lowest = get_lowest_id(day) if day or number is None else get_lowest_undated_id(number)
    lowest |= change * _IDS_PER_CHANGE
    return [lowest + offset for offset in reversed(range(count))]


def count_changes(story_count: int) -> int:
    """Return how many change numbers the ids of these stories use, at least one."""
    return max(1, -(-story_count // _IDS_PER_CHANGE))


def get_last_change(story_id: int) -> int:
    """Return the change number in a story id; a later change must have a higher one."""
    return (story_id & (MIN_STORY_ID - 1)) // _IDS_PER_CHANGE


def get_lowest_id(day: str | None) -> int:
    """Return the lowest possible id of a story of this day, YYYY-MM-DD, which may be in the future."""
    return (_to_ordinal(day) + 1) << DAY_BITS


def get_lowest_undated_id(number: int) -> int:
    """Return the lowest possible id of a story of the undated issue with this number."""
    return MIN_UNDATED_ID + (number << DAY_BITS)


def get_day(story_id: int) -> str | None:
    """Return the day in a story id, YYYY-MM-DD; None if the issue has none."""
    days = (story_id >> DAY_BITS) - 1
    return date.fromordinal(days).isoformat() if 0 < days <= _LAST_DAY else None


def get_undated_number(story_id: int) -> int | None:
    """Return the issue number in the id of a story of an undated issue; None in any other id."""
    return (story_id - MIN_UNDATED_ID) >> DAY_BITS if story_id >= MIN_UNDATED_ID else None


def to_indexed_text(text: str) -> str:
    """Return the text as the index gets it, with the same length: the signs of C++ and C# become letters."""
    if "+" not in text and "#" not in text:
        return text
    return _LANGUAGE_SIGN.sub(lambda sign: "".join(map(_LETTER_FOR_SIGN.__getitem__, sign[0])), text)


def quote_phrase(text: str) -> str:
    """Return the text as a phrase of an FTS5 query."""
    return '"{}"'.format(to_indexed_text(text).replace('"', '""'))


def make_index_row(story: Story) -> tuple[str, ...]:
    """Return the indexed text of a story, in the order of `COLUMNS`; the tagline is followed by the story's lead."""
    tagline = " ".join(part for part in (story.tagline, story.section, story.series, _get_lead(story)) if part)
    links = " ".join(link.text for link in story.links)
    works = " ".join(dict.fromkeys(link.work for link in story.links if link.work))
    return tuple(map(to_indexed_text, (story.headline, tagline, story.text, links, works)))


def _get_lead(story: Story) -> str:
    """Return the first words of a story without its read-more lines, which name what it cites."""
    words: list[str] = []
    for block in story.blocks:
        if not (isinstance(block, Paragraph) and block.role is ParagraphRole.READ_MORE):
            words += block_to_text(block)[:_LEAD_LENGTH].split()
        if len(words) >= LEAD_WORDS:
            break
    return " ".join(words[:LEAD_WORDS])


class StoryIndex:
    """Collects changes of the full-text index and writes them at the end of the archive's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._removed: dict[int, Sequence[str]] = {}
        self._added: dict[int, Sequence[str]] = {}

    def add(self, story_id: int, index_row: Sequence[str]) -> None:
        """Add a story; `index_row` comes from `make_index_row`."""
        self._added[story_id] = index_row

    def remove(self, story_id: int, story: Story) -> None:
        """Remove a story that this version has indexed."""
        if self._added.pop(story_id, None) is None:
            self._removed[story_id] = make_index_row(story)

    def flush(self) -> None:
        """Write the collected changes."""
        names, marks = ", ".join(COLUMNS), placeholders(COLUMNS)
        add = f"INSERT INTO story_index (rowid, {names}) VALUES (?, {marks})"
        remove = f"INSERT INTO story_index (story_index, rowid, {names}) VALUES ('delete', ?, {marks})"
        # In ascending order, because FTS5 flushes its buffer whenever an id is lower than the one before.
        for story_id in sorted(self._removed.keys() | self._added.keys()):
            for sql, rows in ((remove, self._removed), (add, self._added)):
                if story_id in rows:
                    self._database.execute(sql, (story_id, *rows[story_id]))
        self.discard()

    def discard(self) -> None:
        """Drop the collected changes, because the transaction failed."""
        self._removed.clear()
        self._added.clear()


def _to_ordinal(day: str | None) -> int:
    try:
        return date.fromisoformat(day).toordinal() if day else 0
    except ValueError:
        return 0
