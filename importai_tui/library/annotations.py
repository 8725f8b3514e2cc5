"""All notes, highlights and tags of the user, newest first, with their stories, also those missing from the archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from importai_tui.library.library import Library
from importai_tui.state.fields import HIGHLIGHT_PREFIX, NOTE, TAG_PREFIX, Highlight
from importai_tui.state.guide_keys import OLD_GUIDE_KEYS
from importai_tui.state.journal import AnnotationRow
from importai_tui.state.values import StateValueError
from importai_tui.wording import format_date

_MAX_DIGITS = 6
"""Digits of an issue number, at most; a longer one comes from a damaged or hostile file."""


class AnnotationKind(StrEnum):
    """The kinds of annotations."""

    HIGHLIGHT = "highlight"
    NOTE = "note"
    TAGS = "tags"
    """The tags of a story that has neither a note nor a highlight."""


class MarkedStory(NamedTuple):
    """A story with highlights, a note or tags.

    `issue` and `position` are None if they are unknown. `is_stored` is False if the archive lacks the story; the other
    values then come from the reading state. `date` is that of the issue, YYYY-MM-DD.
    """

    key: str
    headline: str
    issue: str | None = None
    position: int | None = None
    date: str | None = None
    is_date_estimated: bool = False
    is_stored: bool = False
    tags: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """Issue and position, `402/3`, as far as they are known; a slug is too long to be shown."""
        if self.number is None:
            return ""
        return f"{self.number}/{self.position}" if self.position else str(self.number)

    @property
    def number(self) -> int | None:
        """The number of the issue; None if it is unknown, or no number that an issue can have."""
        is_number = self.issue and self.issue.isdecimal() and len(self.issue) <= _MAX_DIGITS
        return int(self.issue) if self.issue and is_number else None

    @property
    def date_text(self) -> str:
        """The date for the user, after "about" if it is estimated; empty if it is unknown."""
        return format_date(self.date, is_estimated=self.is_date_estimated)


class Annotation(NamedTuple):
    """A highlight, a note, or the tags of a story.

    `text` is the quote or the note, empty for tags. `comment` belongs to a highlight. `at` is the time of the last
    change, as registers have it; of tags, the time of the last one.
    """

    kind: AnnotationKind
    story: MarkedStory
    text: str
    at: str
    comment: str = ""
    highlight_id: str = ""

    @property
    def id(self) -> tuple[str, str]:
        """The story's key and the highlight's id or the kind: the same after an edit."""
        return self.story.key, self.highlight_id or self.kind


def load_annotations(
    library: Library, *, keys: Sequence[str] | None = None, newest: int | None = None
) -> list[Annotation]:
    """Return the annotations, the newest first. Damaged ones are left out, because the daily check reports them.

    Args:
        library: the library with the marks.
        keys: only those of these stories, at most `MAX_PARAMETERS`.
        newest: only about so many, for a first screenful.
    """
    rows = library.state.get_annotations(keys=keys, newest=newest)
    stories = _make_stories(library, {row.key: row for row in rows})
    annotated = library.state.get_marks((NOTE, HIGHLIGHT_PREFIX)).values()
    tagged: dict[str, str] = {}
    """The time of the last tag of each story without other annotations."""
    annotations: list[Annotation] = []
    for row in rows:
        if row.key not in stories:
            continue
        if not row.field.startswith(TAG_PREFIX):
            if made := _make_annotation(row, stories[row.key]):
                annotations.append(made)
        elif not any(row.key in keys for keys in annotated):
            tagged[row.key] = max(tagged.get(row.key, ""), row.value)
    annotations += [Annotation(AnnotationKind.TAGS, stories[key], "", at) for key, at in tagged.items()]
    return sorted(annotations, key=attrgetter("at"), reverse=True)


def _make_annotation(row: AnnotationRow, story: MarkedStory) -> Annotation | None:
    if row.field == NOTE:
        return Annotation(AnnotationKind.NOTE, story, row.value, row.at)
    try:
        id, quote, comment, _ = Highlight.from_json(row.field, row.value)
    except StateValueError:
        return None
    return Annotation(AnnotationKind.HIGHLIGHT, story, quote, row.at, comment or "", id)


def _make_stories(library: Library, rows: Mapping[str, AnnotationRow]) -> dict[str, MarkedStory]:
    stored = library.archive.find_stories(list(rows))
    entries = {entry.id: entry for entry in library.archive.get_entries()}
    tags = library.state.get_tags_by_key()
    stories = {}
    for key, row in rows.items():
        if key in OLD_GUIDE_KEYS and key not in stored:  # the guide's archive has its own stories
            continue
        own_tags = tuple(tags.get(key, ()))
        if found := stored.get(key):
            issue_id, position, headline = found
            entry = entries[issue_id]
            date = entry.date or library.archive.estimate_date(entry.number)
            stories[key] = MarkedStory(
                *(key, headline, entry.ref, position, date),
                is_date_estimated=not entry.date,
                is_stored=True,
                tags=own_tags,
            )
        else:
            stories[key] = MarkedStory(key, row.headline or key, row.issue, row.position, tags=own_tags)
    return stories
