"""What there is: issues and stories by their references, in the order of the list, with their marks.

The way through all stories in the order of the list. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from importai_tui.archive.archive import Archive
from importai_tui.archive.catalog import CatalogEntry
from importai_tui.errors import NotFoundError
from importai_tui.library.rows import IssueRow, StoryRow, make_issue_row, make_story_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from importai_tui.model import Issue, Story
    from importai_tui.state.reading_state import ReadingState


def iter_positions_after(
    entries: Sequence[CatalogEntry], after: tuple[str, int] | None, *, back: bool
) -> Iterator[tuple[int, int]]:
    """Places of the shelf (index of the issue, position) behind one, once round; only as far as they are asked for."""
    here = next((at for at, entry in enumerate(entries) if after and entry.ref == after[0]), None)
    step = -1 if back else 1
    position = after[1] if after is not None and here is not None else 0
    start = here if here is not None else (len(entries) - 1 if back else 0)
    for turn in range(len(entries) + 1 if entries else 0):
        at = (start + step * turn) % len(entries)
        places = range(1, len(entries[at].story_keys) + 1)
        if turn == 0 and here is not None:
            places = places[: position - 1] if back else places[position:]
        elif turn == len(entries):
            # Round again: what lies before the start, and the start itself.
            places = (places[position - 1 :] if back else places[:position]) if here is not None else range(0)
        yield from ((at, place) for place in (reversed(places) if back else places))


_MAX_DIGITS = 9
"""Of a number of an issue or a story; longer ones are none, and Python refuses to read the longest."""
_MAX_ECHOED = 60
"""Characters of a name that a sentence repeats."""


class LibraryQueries:
    """An open archive and a reading state, asked for what there is."""

    def __init__(self, archive: Archive, state: ReadingState | None, open_state: Callable[[], ReadingState]) -> None:
        self.archive = archive
        self._state = state
        self._open_state = open_state

    @property
    def state(self) -> ReadingState:
        """The reading state; opened at the first use where it was not open yet."""
        if self._state is None:
            self._state = self._open_state()
        return self._state

    def is_empty(self) -> bool:
        """Whether the archive holds no issue."""
        return not self.archive.get_entries()

    def get_issue_rows(self, *, unread_only: bool = False) -> list[IssueRow]:
        """All issues, newest first: by date, then number; those with neither last, as they were imported."""
        read = self.state.get_read_keys()
        heads = [make_issue_row(entry, read) for entry in self.archive.get_entries()]
        return [head for head in heads if head.unread_count] if unread_only else heads

    def get_issue_row(self, issue_ref: str) -> IssueRow:
        """One row of the issue list."""
        return make_issue_row(self._get_entry(issue_ref), self.state.get_read_keys())

    def get_story_rows(self, issue_ref: str) -> list[StoryRow]:
        """The stories of an issue, in order."""
        entry = self._get_entry(issue_ref)
        return make_story_rows(
            entry.ref,
            self.archive.get_story_entries(entry.id),
            self.state.get_read_keys(),
            self.state.get_starred_keys(),
        )

    def get_rows_of_issue(self, issue: Issue) -> list[StoryRow]:
        """The stories of an issue that is in hand, for the archive may hold an edited one by now."""
        return make_story_rows(issue.ref, issue.stories, self.state.get_read_keys(), self.state.get_starred_keys())

    def find_full_ref(self, ref: str) -> str | None:
        """The full reference of what a REF names, an issue's or a story's; None where it names nothing here."""
        try:
            issue_ref, position = self.resolve(ref)
        except NotFoundError:
            return None
        return issue_ref if position is None else f"{issue_ref}/{position}"

    def resolve(self, ref: str) -> tuple[str, int | None]:
        """The issue, and the position in it, that `402`, `402/3`, `latest`, a slug, `slug/3` or a story's key names.

        Raises:
            NotFound: it names nothing that the archive holds.
        """
        name = ref.strip()
        if not name.isprintable():  # half a character, say, of which SQLite cannot ask
            raise _make_not_found(name)
        before, slash, after = name.rpartition("/")
        if slash and _is_number(after) and (entry := self._find_entry(before)):
            if not 1 <= int(after) <= len(entry.story_keys):
                raise NotFoundError(
                    f"{entry.ref} has {len(entry.story_keys)} stories, so there is no {entry.ref}/{int(after)}."
                )
            return entry.ref, int(after)
        if entry := self._find_entry(name):
            return entry.ref, None
        if place := self.archive.find_story(name):
            return self.archive.get_entry(place[0]).ref, place[1]
        raise _make_not_found(name)

    def get_issue(self, issue_ref: str) -> Issue:
        """A whole issue."""
        entry = self._get_entry(issue_ref)
        stories = self.archive.get_stories(entry.id)
        from importai_tui.model import Issue

        return Issue(entry.number, entry.slug, entry.title, entry.date, entry.url, stories)

    def get_story(self, issue_ref: str, position: int) -> Story:
        """One story; `position` counts from 1."""
        story = self.archive.get_story(self._get_entry(issue_ref).id, position)
        if story is None:
            raise NotFoundError(f"There is no story {position} in {issue_ref}.")
        return story

    def find_issue_ref(self, number: int) -> str | None:
        """The reference of the issue with this number, None where the archive does not hold it."""
        entry = self.archive.find_by_number(number)
        return entry.ref if entry else None

    def find_story(self, key: str) -> tuple[str, int] | None:
        """The issue and the position of the story with this key; None where the archive does not hold it."""
        place = self.archive.find_story(key)
        return (self.archive.get_entry(place[0]).ref, place[1]) if place else None

    def get_issue_numbers(self) -> set[int]:
        """The numbers of all issues that have one."""
        return {entry.number for entry in self.archive.get_entries() if entry.number is not None}

    def get_missing_numbers(self) -> tuple[int, ...]:
        """The numbers between the oldest and the newest issue that the archive does not hold, lowest first."""
        held = self.get_issue_numbers()
        return tuple(n for n in range(min(held), max(held)) if n not in held) if held else ()

    def find_next_unread(
        self, after: tuple[str, int] | None, *, back: bool = False, oldest_first: bool = False
    ) -> tuple[str, int] | None:
        """The next unread story in the order of the list, wrapping round once; None where all are read.

        Args:
            after: the issue and position to start behind; None for the beginning.
            back: walk the other way, also within an issue.
            oldest_first: from issue to issue towards the newest, as one catches up; within an issue nothing changes.
        """
        # Imported here, for no command walks.

        read = self.state.get_read_keys()
        shelf = self.archive.get_entries()[:: -1 if oldest_first else 1]
        for at, position in iter_positions_after(shelf, after, back=back):
            if shelf[at].story_keys[position - 1] not in read:
                return shelf[at].ref, position
        return None

    def _find_entry(self, name: str) -> CatalogEntry | None:
        if name == "latest":
            return next(iter(self.archive.get_entries()), None)
        if _is_number(name) and (numbered := self.archive.find_by_number(int(name))):
            return numbered
        return self.archive.find_by_slug(name)

    def _get_entry(self, issue_ref: str) -> CatalogEntry:
        entry = self._find_entry(issue_ref)
        if entry is None:
            raise _make_not_found(issue_ref)
        return entry


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= _MAX_DIGITS


def _make_not_found(name: str) -> NotFoundError:
    called = name if len(name) <= _MAX_ECHOED else f"{name[: _MAX_ECHOED - 1]}…"
    return NotFoundError(f'Nothing here is called "{called}". See what there is: importai-tui list')
