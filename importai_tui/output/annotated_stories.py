"""The stories with reading state, in order, for the exports and `doctor`."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from importai_tui.library.library import Library
from importai_tui.library.rows import IssueRow, StoryRow
from importai_tui.model import Story
from importai_tui.state.fields import HIGHLIGHT_PREFIX, NOTE, TAG_PREFIX, Highlight, Register, StoryName
from importai_tui.state.reading_state import StoryState
from importai_tui.state.values import StateValueError

_ANNOTATION_FIELDS = (NOTE, TAG_PREFIX, HIGHLIGHT_PREFIX)
"""Beginnings of the fields with text of the user."""


class DatedHighlight(NamedTuple):
    """A highlight, and the time of its last change: ISO 8601 in UTC."""

    highlight: Highlight
    at: str


@dataclass(frozen=True, slots=True)
class AnnotatedStory:
    """A story with reading state, and its rows; `issue` and `story` are None if the archive lacks it."""

    state: StoryState
    issue: IssueRow | None
    story: StoryRow | None

    @property
    def headline(self) -> str:
        """The headline, also if the archive lacks the story; the key if no headline is known."""
        return (self.story.headline if self.story else self.state.name.headline) or self.state.key

    @property
    def tags(self) -> list[str]:
        """The names of the tags in alphabetical order, from the fields, because a query for each story is slow."""
        names = (field.removeprefix(TAG_PREFIX) for field in self.state.fields if field.startswith(TAG_PREFIX))
        return sorted(names, key=lambda name: (name.casefold(), name))

    @property
    def note(self) -> Register | None:
        """The note with its time."""
        return next((register for register in self.state.registers if register.field == NOTE), None)

    @property
    def highlights(self) -> list[DatedHighlight]:
        """The highlights, in the order of the paragraphs."""
        found = []
        for register in self.state.registers:
            if register.field.startswith(HIGHLIGHT_PREFIX):
                with suppress(StateValueError):  # the daily check finds damaged values
                    highlight = Highlight.from_json(register.field, register.value or "")
                    found.append(DatedHighlight(highlight, register.at))
        return sorted(found, key=lambda each: (each.highlight.paragraph, each.highlight.id))

    @property
    def annotated_at(self) -> str:
        """The time of the last change of the note, a tag or a highlight: ISO 8601 in UTC; empty if there are none."""
        registers = self.state.registers
        return max((each.at for each in registers if each.field.startswith(_ANNOTATION_FIELDS)), default="")

    def load_story(self, library: Library) -> Story | None:
        """Load the whole story; None if the archive lacks it."""
        if self.issue is None or self.story is None:
            return None
        return library.get_story(self.issue.ref, self.story.position)


def get_annotated_story(library: Library, issue: IssueRow, story: StoryRow) -> AnnotatedStory:
    """Return one story with its reading state, which is read for this story alone."""
    registers = tuple(x for x in library.state.get_registers_of_key(story.key) if x.value is not None)
    return AnnotatedStory(
        StoryState(story.key, StoryName(story.headline, issue.ref, story.position), registers), issue, story
    )


def get_noted_stories(library: Library) -> list[AnnotatedStory]:
    """Return the stories with a note, a highlight or a tag, in the order of the list."""
    return get_annotated_stories(
        library,
        (
            state
            for state in library.state.get_story_states()
            if any(field.startswith(_ANNOTATION_FIELDS) for field in state.fields)
        ),
    )


def get_annotated_stories(library: Library, stories: Iterable[StoryState]) -> list[AnnotatedStory]:
    """Return the stories in the order of the list, the newest issue first; those missing from the archive come last.

    A missing one is left out if its state has moved to a story that is here.
    """
    stored: dict[str, list[tuple[int, StoryState]]] = {}
    missing: list[AnnotatedStory] = []
    for state in stories:
        if found := library.find_story(state.key):
            issue_ref, position = found
            stored.setdefault(issue_ref, []).append((position, state))
        elif not any(library.find_story(key) for key in library.state.get_successor_keys(state.key)):
            missing.append(AnnotatedStory(state, None, None))
    annotated: list[AnnotatedStory] = []
    for issue in library.get_issue_rows():
        if states := stored.get(issue.ref):
            rows = library.get_story_rows(issue.ref)
            states.sort(key=itemgetter(0))
            annotated += [AnnotatedStory(state, issue, rows[position - 1]) for position, state in states]
    return annotated + missing
