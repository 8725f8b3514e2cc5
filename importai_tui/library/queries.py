"""Reads issues and stories by reference, in the order of the issue list, with their marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from importai_tui.archive.archive import Archive
from importai_tui.archive.catalog import CatalogEntry
from importai_tui.errors import NotFoundError
from importai_tui.library.rows import IssueRow, StoryRow, make_issue_row, make_story_rows
from importai_tui.model import Issue
from importai_tui.wording import plural

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from importai_tui.library.forecasts import Forecast
    from importai_tui.model import Link, Story
    from importai_tui.state.reading_state import ReadingState

_MAX_DIGITS = 9
"""Maximum digits of an issue or story number. Python refuses to convert very long ones."""
_MAX_ECHOED = 60
"""Characters of an unknown name that the message repeats."""


class LibraryQueries:
    """Queries of an open archive and a reading state."""

    def __init__(self, archive: Archive, state: ReadingState | None, open_state: Callable[[], ReadingState]) -> None:
        """Join both; `open_state` is called at the first use if `state` is None."""
        self.archive = archive
        self._state = state
        self._open_state = open_state

    @property
    def state(self) -> ReadingState:
        """The reading state, opened at its first use. Raises DatabaseError."""
        if self._state is None:
            self._state = self._open_state()
        return self._state

    def is_empty(self) -> bool:
        """Return True if the archive has no issue."""
        return not self.archive.get_entries()

    def get_issue_rows(self, *, unread_only: bool = False) -> list[IssueRow]:
        """Return all issues, newest first: by date, then number; those with neither come last, in import order.

        An undated issue between dated ones has an estimated date.
        """
        read_keys = self.state.get_read_keys()
        rows = [make_issue_row(self.archive, entry, read_keys) for entry in self.archive.get_entries()]
        return [row for row in rows if row.unread_count] if unread_only else rows

    def get_issue_row(self, issue_ref: str) -> IssueRow:
        """Return one row of the issue list. Raises NotFoundError."""
        return make_issue_row(self.archive, self._get_entry(issue_ref), self.state.get_read_keys())

    def get_story_rows(self, issue_ref: str) -> list[StoryRow]:
        """Return the stories of an issue, in order. Raises NotFoundError."""
        entry = self._get_entry(issue_ref)
        stories = self.archive.get_story_entries(entry.id)
        return make_story_rows(entry.ref, stories, self.state.get_read_keys(), self.state.get_starred_keys())

    def get_rows_of_issue(self, issue: Issue) -> list[StoryRow]:
        """Return the stories of a loaded issue; the archive may hold an edited one by now."""
        return make_story_rows(issue.ref, issue.stories, self.state.get_read_keys(), self.state.get_starred_keys())

    def find_full_ref(self, ref: str) -> str | None:
        """Return the full form of a reference to an issue or story; None if it refers to nothing here."""
        try:
            issue_ref, position = self.resolve(ref)
        except NotFoundError:
            return None
        return issue_ref if position is None else f"{issue_ref}/{position}"

    def resolve(self, ref: str) -> tuple[str, int | None]:
        """Return the issue and the position of `402`, `402/3`, `latest`, a slug, `slug/3` or a story key.

        Raises:
            NotFoundError: the archive has no such issue or story.
        """
        name = ref.strip()
        if not name.isprintable():  # a surrogate, for example, which SQLite refuses
            raise _make_not_found(name)
        before, slash, after = name.rpartition("/")
        if slash and _is_number(after) and (entry := self._find_entry(before)):
            count = len(entry.story_keys)
            if not 1 <= int(after) <= count:
                raise NotFoundError(f"Issue {entry.ref} has only {plural(count, 'story', 'stories')}.")
            return entry.ref, int(after)
        if entry := self._find_entry(name):
            return entry.ref, None
        if story := self.find_story(name):
            return story
        raise _make_not_found(name)

    def get_issue(self, issue_ref: str) -> Issue:
        """Return a whole issue. Raises NotFoundError."""
        entry = self._get_entry(issue_ref)
        stories = self.archive.get_stories(entry.id)
        date = entry.date or self.archive.estimate_date(entry.number)
        is_estimated = bool(date) and not entry.date
        return Issue(entry.number, entry.slug, entry.title, date, entry.url, stories, is_date_estimated=is_estimated)

    def get_story(self, issue_ref: str, position: int) -> Story:
        """Return a story; `position` counts from 1. Raises NotFoundError."""
        story = self.archive.get_story(self._get_entry(issue_ref).id, position)
        if story is None:
            raise NotFoundError(f"Issue {issue_ref} has no story {position}.")
        return story

    def find_issue_ref(self, number: int) -> str | None:
        """Return the reference of the issue with this number; None if the archive does not have it."""
        entry = self.archive.find_by_number(number)
        return entry.ref if entry else None

    def find_story(self, key: str) -> tuple[str, int] | None:
        """Return the issue and the position of the story with this key; None if the archive does not have it."""
        found = self.archive.find_story(key)
        return (self.archive.get_entry(found[0]).ref, found[1]) if found else None

    def get_forecasts(
        self,
        today: date,
        *,
        keys: Sequence[str] | None = None,
        with_others: bool = False,
        with_dismissed: bool = False,
    ) -> tuple[Forecast, ...]:
        """Return the forecasts with the user's verdicts, due ones first: see `forecasts.load_forecasts`."""
        from importai_tui.library.forecasts import load_forecasts

        return load_forecasts(
            self.archive, self.state, today, keys=keys, with_others=with_others, with_dismissed=with_dismissed
        )

    def has_forecasts(self, key: str) -> bool:
        """Return True if the story with this key has forecasts, also if none is left to show. It is fast."""
        return self.archive.has_forecasts(key) or bool(self.state.get_forecasts(key))

    def get_links(self, story: Story) -> tuple[Link, ...]:
        """Return the links of a story; those without an address have the id of their work too: `title:…`."""
        if all(link.url for link in story.links):
            return story.links
        ids = self.archive.get_work_ids(story.key)
        return tuple(link if link.url else replace(link, work=ids.get(link.n)) for link in story.links)

    def get_issue_numbers(self) -> set[int]:
        """Return the numbers of all issues that have one."""
        return {entry.number for entry in self.archive.get_entries() if entry.number is not None}

    def get_missing_numbers(self) -> tuple[int, ...]:
        """Return the issue numbers that are missing between the oldest and the newest issue, lowest first."""
        numbers = self.get_issue_numbers()
        return tuple(n for n in range(min(numbers), max(numbers)) if n not in numbers) if numbers else ()

    def find_next_unread(
        self, after: tuple[str, int] | None, *, back: bool = False, oldest_first: bool = False
    ) -> tuple[str, int] | None:
        """Return the next unread story in the order of the list, wrapping once; None if all are read.

        Args:
            after: the issue and position to start behind; None for the first story.
            back: search in the other direction, also within an issue.
            oldest_first: search from old issues to new ones, to catch up; within an issue nothing changes.
        """
        read_keys = self.state.get_read_keys()
        entries = self.archive.get_entries()[:: -1 if oldest_first else 1]
        for index, position in iter_positions_after(entries, after, back=back):
            if entries[index].story_keys[position - 1] not in read_keys:
                return entries[index].ref, position
        return None

    def _find_entry(self, name: str) -> CatalogEntry | None:
        if name == "latest":
            return next(iter(self.archive.get_entries()), None)
        if _is_number(name) and (entry := self.archive.find_by_number(int(name))):
            return entry
        return self.archive.find_by_slug(name)

    def _get_entry(self, issue_ref: str) -> CatalogEntry:
        entry = self._find_entry(issue_ref)
        if entry is None:
            raise _make_not_found(issue_ref)
        return entry


def iter_positions_after(
    entries: Sequence[CatalogEntry], after: tuple[str, int] | None, *, back: bool
) -> Iterator[tuple[int, int]]:
    """Yield (index of the issue, position) for all stories behind one, wrapping once; that story comes last.

    Args:
        entries: the issues, in list order.
        after: reference and position of the story to start behind; None for the first story.
        back: go in the other direction.
    """
    start = next((index for index, entry in enumerate(entries) if after and entry.ref == after[0]), None)
    step = -1 if back else 1
    position = after[1] if after is not None and start is not None else 0
    first = start if start is not None else (len(entries) - 1 if back else 0)
    for offset in range(len(entries) + 1 if entries else 0):
        index = (first + step * offset) % len(entries)
        positions = range(1, len(entries[index].story_keys) + 1)
        if offset == 0 and start is not None:
            positions = positions[: position - 1] if back else positions[position:]
        elif offset == len(entries):
            # Back in the first issue: the stories before the start, and the start itself.
            if start is None:
                return
            positions = positions[position - 1 :] if back else positions[:position]
        yield from ((index, position) for position in (reversed(positions) if back else positions))


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= _MAX_DIGITS


def _make_not_found(name: str) -> NotFoundError:
    number = name.partition("/")[0]
    if _is_number(number):
        return NotFoundError(f"Issue {number} isn't in your archive.")
    short = name if len(name) <= _MAX_ECHOED else f"{name[: _MAX_ECHOED - 1]}…"
    return NotFoundError(f"No issue or story called “{short}”.")
