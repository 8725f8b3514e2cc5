"""The stories with reading state, in order, for the exports and `doctor`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter

from importai_tui.library.library import Library
from importai_tui.library.rows import IssueRow, StoryRow
from importai_tui.state.fields import TAG_PREFIX
from importai_tui.state.reading_state import StoryState


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

    def has_field(self, field: str) -> bool:
        """Return True if the state has a field with this beginning: "read", "highlight:"."""
        return any(name.startswith(field) for name in self.state.fields)


def get_annotated_stories(library: Library, stories: Iterable[StoryState]) -> list[AnnotatedStory]:
    """Return the stories in the order of the list, the newest issue first; those missing from the archive come last."""
    stored: dict[str, list[tuple[int, StoryState]]] = {}
    missing: list[AnnotatedStory] = []
    for state in stories:
        if found := library.find_story(state.key):
            issue_ref, position = found
            stored.setdefault(issue_ref, []).append((position, state))
        else:
            missing.append(AnnotatedStory(state, None, None))
    annotated: list[AnnotatedStory] = []
    for issue in library.get_issue_rows():
        if states := stored.get(issue.ref):
            rows = library.get_story_rows(issue.ref)
            states.sort(key=itemgetter(0))
            annotated += [AnnotatedStory(state, issue, rows[position - 1]) for position, state in states]
    return annotated + missing
