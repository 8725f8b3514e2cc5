"""Saved searches in the list: their counts, found behind the reader's back, and the walk through the stories of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from importai_tui.errors import DatabaseTrouble
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.filtering import Filtering
from importai_tui.tui.lists.list_rows import StandingRow
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.hints import first_key
from importai_tui.tui.page.walk import Walk, heads_of
from importai_tui.tui.search.counts import Counts, Done, Task
from importai_tui.tui.search.saved import (
    UNREAD,
    SavedSearch,
    cleaned,
    read_saved,
    with_first,
    with_search,
    without_search,
    written_saved,
)

if TYPE_CHECKING:
    from pathlib import Path

    from importai_tui.archive.finder import Found, Marks
    from importai_tui.query import Query

MOST = 1000
"""Stories of one walk, which is more than a year of the newsletter: rows of a list that nobody scrolls through."""
COUNTS = "counts"
"""The group of the threads that count what the searches find."""
_SEARCHES = "searches"
"""The setting that holds the saved searches."""
_HOW = {"Starred": ("mark.star", "stars a story"), "Unread": ("sync", "brings in what is new")}
"""What to do about an empty search: the command, and what its key does."""


@dataclass(frozen=True, slots=True)
class Question:
    """A saved search, ready to be asked in another thread."""

    search: SavedSearch
    query: Query
    marks: Marks


@dataclass(frozen=True, slots=True)
class Former:
    """The saved searches before a change that is called `label`, made when there had been so many `steps` of others."""

    searches: tuple[SavedSearch, ...]
    label: str
    steps: int


class Saved(Commands):
    """Saved searches."""

    def __init__(self, desk: Desk, filtering: Filtering) -> None:
        super().__init__(desk)
        self._filtering = filtering
        self.searches: tuple[SavedSearch, ...] = ()
        """Those that stand in the list, in its order."""
        self._counts = Counts()
        self._unread_shown: int | None = None
        self._formers: list[Former] = []
        self._book_shown: StandingRow | None = None
        """The row of the book of tales, which it has where no saved search has its name."""

    def begin(self) -> None:
        """Shows the saved searches; their counts follow once the first screen stands."""
        self.searches = read_saved(self.desk.library.state.recall(_SEARCHES))
        self._show_searches()
        self.desk.call_after_refresh(self._count_searches)

    def ticked(self) -> None:
        """Counts anew what has changed, each second; while keys follow one another they come first."""
        if not self.desk.is_hurried:
            self._count_searches()

    def told(self) -> None:
        """The count of all that is unread is known without asking."""
        if self.desk.shelf.unread != self._unread_shown:
            self._show_searches()
        if (book := self._book_row()) != (before := self._book_shown):
            self._show_searches()
            if book is None or before is None:
                self.desk.show_rows()
                if self.desk.story:
                    self.desk.story_list.point_at(self.desk.story.key)

    def save(self, name: str, line: str) -> None:
        """Keeps a search under a name; after a question, in the place of another one that has it."""
        self.converse(partial(self._save, name, line))

    async def _save(self, name: str, line: str) -> None:
        from importai_tui.tui.dialogs.ask import Confirm

        new = cleaned(name, line)
        present = next((search for search in self.searches if search.name == new.name), new)
        if present != new:
            question = f'Replace the saved search "{new.name}"? It looks for: {present.line}'
            if not await self.ask(Confirm(question, self.desk.clock)):
                return
        label = f"{'Saved' if present == new else 'Replaced'} the search {new.name}"
        if self._change_searches(with_search(self.searches, name, line), label):
            replaced = f"{label}{self._undoing('the other')}."
            self.desk.say(f"Saved above the issues: {new.name}" if present == new else replaced)

    def stepped_out(self) -> bool:
        """From the walk to the issue of the story that is open."""
        return self.desk.leave_walk()

    def action_forget_search(self) -> None:
        """Takes the saved search under the cursor away, after a question."""
        self.converse(self._forget)

    async def _forget(self) -> None:
        from importai_tui.tui.dialogs.ask import Confirm

        name = self.desk.story_list.standing_pointed
        if name is None or all(search.name != name for search in self.searches):
            self.desk.say("The cursor is on no saved search.")
        elif await self.ask(Confirm(f'Remove the saved search "{name}"?', self.desk.clock)):
            line = next(search.line for search in self.searches if search.name == name)
            if self._change_searches(without_search(self.searches, name), f"Removed the search {name}"):
                self.desk.say(f"Removed{self._undoing('it')}. It looked for: {line}", seconds=8)

    def action_first_searches(self) -> None:
        """Brings back those that were there from the start, also in the place of others that have their names."""
        searches = with_first(self.searches)
        if searches == self.searches:
            self.desk.say("They are all there.")
        elif self._change_searches(searches, "Brought back the first searches"):
            self.desk.say("They are back.")

    @property
    def is_latest(self) -> bool:
        """Whether the latest change that the reader has made, and not undone, is one of the saved searches."""
        return bool(self._formers) and self._formers[-1].steps >= self.desk.steps

    def take_back(self) -> None:
        """Undoes the latest change of the saved searches."""
        from importai_tui.reading.labels import undone

        former = self._formers[-1]
        if self._keep_searches(former.searches):
            self._formers.pop()
            self.desk.say(undone(former.label))

    def walk_through(self, name: str) -> None:
        """Opens a saved search at its first unread story; the reader stays in the list, on that story."""
        search = next((search for search in self.searches if search.name == name), None)
        if search is None:
            return  # the row of the book, on which one walks already
        find = partial(self._find, self._question(search), self.desk.library.archive.path)
        self.run_beside(find, group="walk", exit_on_error=False)

    def _find(self, question: Question, archive: Path) -> None:
        from importai_tui.archive.finder import Finder

        try:
            with Finder(archive) as finder:
                found = finder.find(question.query, question.marks, limit=MOST + 1)
        except DatabaseTrouble as trouble:
            self.in_the_app(self.desk.say, str(trouble), seconds=8)
            return
        self.in_the_app(self._set_out, question.search.name, found)

    def _set_out(self, name: str, found: Sequence[Found]) -> None:
        if not self.desk.has_panes:
            return
        if not found:
            id, does = _HOW.get(name, ("", ""))
            key = first_key(self.desk.commands, id)
            self.desk.say(f"{name}: no story.{f' {key} {does}.' if key else ''}")
            return
        self._filtering.put_away()
        read, starred = self.desk.library.state.read_keys(), self.desk.library.state.starred_keys()
        self.desk.walk = Walk(name, heads_of(found[:MOST]), more=len(found) > MOST).marked(read, starred)
        if first := self.desk.walk.first_unread():
            self.desk.open_head(first)
        if self.desk.walk and self.desk.walk.more:
            self.desk.say(f"{name}: the first {MOST:,} stories.")

    def _question(self, search: SavedSearch) -> Question:
        from importai_tui.query import read_query

        query = read_query(search.line)
        return Question(search, query, self.desk.library.state.marks(query.fields()))

    def _count_searches(self) -> None:
        """Counts in another thread, if anything has changed that could change a count."""
        if self.desk.shelf.heads and (task := self._counts.task(self.desk.library, self.searches)):
            self.run_beside(partial(self._count, task), group=COUNTS, exit_on_error=False)

    def _count(self, task: Task) -> None:
        self.in_the_app(self._take_counts, task.run(self.desk.library.archive.path))

    def _take_counts(self, done: Done) -> None:
        self._counts.take(done)
        if self.desk.has_panes:
            self._show_searches()
            self._count_searches()

    def _row(self, search: SavedSearch) -> StandingRow:
        """A saved search with what is known of it; the count of all that is unread is known without asking."""
        count = self._counts.known.get(search.name)
        unread, stories = (count.unread, count.stories) if count else (None, None)
        if search == UNREAD:
            unread, stories = self.desk.shelf.unread, stories or 0
        return StandingRow(search.name, unread, stories)

    def _show_searches(self) -> None:
        rows = list(map(self._row, self.searches))
        self._book_shown, self._unread_shown = self._book_row(), self.desk.shelf.unread
        self.desk.story_list.show_standing([*rows, self._book_shown] if self._book_shown else rows)

    def _book_row(self) -> StandingRow | None:
        """A row for the book of tales while one reads it, where no saved search has one for it."""
        walk = self.desk.walk
        if not walk or not walk.is_book or any(search.name == walk.name for search in self.searches):
            return None
        return StandingRow(walk.name, sum(not head.read for head in walk.heads), len(walk.heads))

    def _undoing(self, what: str) -> str:
        """By which key a change is undone; nothing where there is none."""
        key = first_key(self.desk.commands, "mark.undo")
        return f"; {key} brings {what} back" if key else ""

    def _change_searches(self, searches: tuple[SavedSearch, ...], label: str) -> bool:
        """Keeps them so that it can be undone; nothing is to be undone where nothing is another."""
        former = Former(self.searches, label, self.desk.steps)
        if not self._keep_searches(searches):
            return False
        if searches != former.searches:
            self._formers.append(former)
        return True

    def _keep_searches(self, searches: tuple[SavedSearch, ...]) -> bool:
        try:
            self.desk.library.state.remember(_SEARCHES, written_saved(searches))
        except DatabaseTrouble as trouble:
            self.desk.say(str(trouble), seconds=8)
            return False
        self._counts.keep(searches, self.searches)
        self.searches = searches
        walk = self.desk.walk
        if walk and not walk.is_book and all(search.name != walk.name for search in searches):
            self.desk.walk = None
        self._show_searches()
        self.desk.show_rows()
        self._count_searches()
        return True
