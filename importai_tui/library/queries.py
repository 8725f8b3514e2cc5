"""What there is: issues and stories by their references, in the order of the list, with their marks.

The way through all stories in the order of the list. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from importai_tui.archive.archive import Archive
from importai_tui.archive.catalog import Entry
from importai_tui.errors import NotFound
from importai_tui.library.rows import IssueHead, StoryHead, issue_head, story_heads

if TYPE_CHECKING:
    from collections.abc import Callable

    from importai_tui.model import Issue, Story
    from importai_tui.state.reading_state import ReadingState


def round_trip(shelf: Sequence[Entry], after: tuple[str, int] | None, *, back: bool) -> Iterator[tuple[int, int]]:
    """Places of the shelf (index of the issue, position) behind one, once round; only as far as they are asked for."""
    here = next((at for at, entry in enumerate(shelf) if after and entry.ref == after[0]), None)
    step = -1 if back else 1
    position = after[1] if after is not None and here is not None else 0
    start = here if here is not None else (len(shelf) - 1 if back else 0)
    for turn in range(len(shelf) + 1 if shelf else 0):
        at = (start + step * turn) % len(shelf)
        places = range(1, len(shelf[at].keys) + 1)
        if turn == 0 and here is not None:
            places = places[: position - 1] if back else places[position:]
        elif turn == len(shelf):
            # Round again: what lies before the start, and the start itself.
            places = (places[position - 1 :] if back else places[:position]) if here is not None else range(0)
        yield from ((at, place) for place in (reversed(places) if back else places))


_DIGITS = 9
"""Of a number of an issue or a story; longer ones are none, and Python refuses to read the longest."""
_ECHO = 60
"""Characters of a name that a sentence repeats."""


class Contents:
    """An open archive and a reading state, asked for what there is."""

    def __init__(
        self, archive: Archive, reading: ReadingState | None, open_reading: Callable[[], ReadingState]
    ) -> None:
        self.archive = archive
        self._opened = reading
        self._open_reading = open_reading

    @property
    def state(self) -> ReadingState:
        """The reading state; opened at the first use where it was not open yet."""
        if self._opened is None:
            self._opened = self._open_reading()
        return self._opened

    def is_empty(self) -> bool:
        """Whether the archive holds no issue."""
        return not self.archive.shelf()

    def issue_heads(self, *, unread_only: bool = False) -> list[IssueHead]:
        """All issues, newest first: by date, then number; those with neither last, as they were imported."""
        read = self.state.read_keys()
        heads = [issue_head(entry, read) for entry in self.archive.shelf()]
        return [head for head in heads if head.unread] if unread_only else heads

    def issue_head(self, issue_ref: str) -> IssueHead:
        """One row of the issue list."""
        return issue_head(self._entry(issue_ref), self.state.read_keys())

    def story_heads(self, issue_ref: str) -> list[StoryHead]:
        """The stories of an issue, in order."""
        entry = self._entry(issue_ref)
        return story_heads(
            entry.ref, self.archive.story_rows(entry.id), self.state.read_keys(), self.state.starred_keys()
        )

    def heads_of(self, issue: Issue) -> list[StoryHead]:
        """The stories of an issue that is in hand, for the archive may hold an edited one by now."""
        return story_heads(issue.ref, issue.stories, self.state.read_keys(), self.state.starred_keys())

    def full_ref(self, ref: str) -> str | None:
        """The full reference of what a REF names, an issue's or a story's; None where it names nothing here."""
        try:
            issue_ref, position = self.resolve(ref)
        except NotFound:
            return None
        return issue_ref if position is None else f"{issue_ref}/{position}"

    def resolve(self, ref: str) -> tuple[str, int | None]:
        """The issue, and the position in it, that `402`, `402/3`, `latest`, a slug, `slug/3` or a story's key names.

        Raises:
            NotFound: it names nothing that the archive holds.
        """
        name = ref.strip()
        if not name.isprintable():  # half a character, say, of which SQLite cannot ask
            raise _unknown(name)
        before, slash, after = name.rpartition("/")
        if slash and _is_number(after) and (entry := self._find(before)):
            if not 1 <= int(after) <= len(entry.keys):
                raise NotFound(f"{entry.ref} has {len(entry.keys)} stories, so there is no {entry.ref}/{int(after)}.")
            return entry.ref, int(after)
        if entry := self._find(name):
            return entry.ref, None
        if place := self.archive.place_of(name):
            return self.archive.entry(place[0]).ref, place[1]
        raise _unknown(name)

    def issue(self, issue_ref: str) -> Issue:
        """A whole issue."""
        entry = self._entry(issue_ref)
        stories = self.archive.stories(entry.id)
        from importai_tui.model import Issue

        return Issue(entry.number, entry.slug, entry.title, entry.date, entry.url, stories)

    def story(self, issue_ref: str, position: int) -> Story:
        """One story; `position` counts from 1."""
        story = self.archive.story(self._entry(issue_ref).id, position)
        if story is None:
            raise NotFound(f"There is no story {position} in {issue_ref}.")
        return story

    def ref_of(self, number: int) -> str | None:
        """The reference of the issue with this number, None where the archive does not hold it."""
        entry = self.archive.numbered(number)
        return entry.ref if entry else None

    def place_in_archive(self, key: str) -> tuple[str, int] | None:
        """The issue and the position of the story with this key; None where the archive does not hold it."""
        place = self.archive.place_of(key)
        return (self.archive.entry(place[0]).ref, place[1]) if place else None

    def numbers(self) -> set[int]:
        """The numbers of all issues that have one."""
        return {entry.number for entry in self.archive.shelf() if entry.number is not None}

    def missing_numbers(self) -> tuple[int, ...]:
        """The numbers between the oldest and the newest issue that the archive does not hold, lowest first."""
        held = self.numbers()
        return tuple(n for n in range(min(held), max(held)) if n not in held) if held else ()

    def next_unread(
        self, after: tuple[str, int] | None, *, back: bool = False, oldest_first: bool = False
    ) -> tuple[str, int] | None:
        """The next unread story in the order of the list, wrapping round once; None where all are read.

        Args:
            after: the issue and position to start behind; None for the beginning.
            back: walk the other way, also within an issue.
            oldest_first: from issue to issue towards the newest, as one catches up; within an issue nothing changes.
        """
        # Imported here, for no command walks.

        read = self.state.read_keys()
        shelf = self.archive.shelf()[:: -1 if oldest_first else 1]
        for at, position in round_trip(shelf, after, back=back):
            if shelf[at].keys[position - 1] not in read:
                return shelf[at].ref, position
        return None

    def _find(self, name: str) -> Entry | None:
        if name == "latest":
            return next(iter(self.archive.shelf()), None)
        if _is_number(name) and (numbered := self.archive.numbered(int(name))):
            return numbered
        return self.archive.called(name)

    def _entry(self, issue_ref: str) -> Entry:
        entry = self._find(issue_ref)
        if entry is None:
            raise _unknown(issue_ref)
        return entry


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= _DIGITS


def _unknown(name: str) -> NotFound:
    called = name if len(name) <= _ECHO else f"{name[: _ECHO - 1]}…"
    return NotFound(f'Nothing here is called "{called}". See what there is: importai-tui list')
