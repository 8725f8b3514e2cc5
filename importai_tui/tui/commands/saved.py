"""Saved searches in the list: their counts, found behind the reader's back, and the walk through the stories of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from textual import work

from importai_tui.archive.finder import Finder
from importai_tui.errors import DatabaseTrouble
from importai_tui.library import Change, Library, StoryHead
from importai_tui.opener import Opener
from importai_tui.query import Clause, Marked, Query, read_query
from importai_tui.reading.labels import undone
from importai_tui.search import Found, Marks
from importai_tui.search.saved import (
    UNREAD,
    SavedSearch,
    cleaned,
    read_saved,
    with_first,
    with_search,
    without_search,
    written_saved,
)
from importai_tui.tui.dialogs import Confirm
from importai_tui.tui.issue_list import IssueList
from importai_tui.tui.list_rows import StandingRow
from importai_tui.tui.moving import Moving
from importai_tui.tui.walk import Walk
from importai_tui.tui.writing import Clock, Done

MOST = 1000
"""Stories of one walk, which is more than a year of the newsletter: rows of a list that nobody scrolls through."""
_SEARCHES = "searches"
"""The setting that holds the saved searches."""
_STILL_UNREAD = Clause((Marked("read", so=False),))
_HOW = {"Starred": "s stars a story.", "Unread": "S brings in what is new."}
"""What to do about an empty search."""


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


class Standing(Moving):
    """Saved searches."""

    def __init__(self, library: Library, opener: Opener, clock: Clock, ref: str | None, *, guide: bool) -> None:
        super().__init__(library, opener, clock, ref, guide=guide)
        self._searches: tuple[SavedSearch, ...] = ()
        self._counts: dict[str, tuple[int, int]] = {}
        self._counted: object = None
        self._formers: list[Former] = []
        self._steps = 0
        """Changes of the reading state since the start, less those that were undone: what `u` undoes first."""

    def on_mount(self) -> None:
        """Shows the saved searches; their counts follow once the first screen stands. Textual calls this too."""
        self._searches = read_saved(self.library.recall(_SEARCHES))
        self._show_searches()
        self.call_after_refresh(self._count_searches)

    def tick(self) -> None:
        """Counts anew what has changed, each second."""
        super().tick()
        self._count_searches()

    def tell(self) -> None:
        """The count of all that is unread is known without asking."""
        super().tell()
        if UNREAD in self._searches and self._counts.get(UNREAD.name, (-1, 0))[0] != self.shelf.unread:
            self._counts[UNREAD.name] = (self.shelf.unread, self._counts.get(UNREAD.name, (0, 0))[1])
            self._show_searches()

    @work(exclusive=True, group="dialog")
    async def save_search(self, name: str, line: str) -> None:
        """Keeps a search under a name; after a question, in the place of another one that has it."""
        new = cleaned(name, line)
        present = next((search for search in self._searches if search.name == new.name), new)
        if present != new:
            question = f'Replace the saved search "{new.name}"? It looks for: {present.line}'
            if not await self.app.push_screen_wait(Confirm(question, self.clock)):
                return
        label = f"{'Saved' if present == new else 'Replaced'} the search {new.name}"
        if self._change_searches(with_search(self._searches, name, line), label):
            self.say(f"Saved above the issues: {new.name}" if present == new else f"{label}. u brings the other back.")

    def step_out(self) -> bool:
        """At the outermost: from the walk to the issue of the story that is open."""
        if super().step_out():
            return True
        if self.walk is None:
            return False
        self.walk = None
        self.show_rows()
        if self.story:
            self.story_list.point_at(self.story.key)
        return True

    @work(exclusive=True, group="dialog")
    async def action_forget_search(self) -> None:
        """Takes the saved search under the cursor away, after a question."""
        name = self.story_list.standing_pointed
        if name is None:
            self.say("The cursor is on no saved search.")
        elif await self.app.push_screen_wait(Confirm(f'Remove the saved search "{name}"?', self.clock)):
            line = next(search.line for search in self._searches if search.name == name)
            if self._change_searches(without_search(self._searches, name), f"Removed the search {name}"):
                self.say(f"Removed; u brings it back. It looked for: {line}", seconds=8)

    def action_first_searches(self) -> None:
        """Brings back those that were there from the start, also in the place of others that have their names."""
        searches = with_first(self._searches)
        if searches == self._searches:
            self.say("They are all there.")
        elif self._change_searches(searches, "Brought back the first searches"):
            self.say("They are back. u undoes it.")

    def attempt(self, act: Callable[[], Done], *, asked: bool = True) -> Done | None:
        """Counts the changes that the reader makes, so that `u` knows which one is the latest."""
        done = super().attempt(act, asked=asked)
        if asked and (done.keys if isinstance(done, Change) else done is not None):
            self._steps += 1
        return done

    def action_undo(self) -> None:
        """Takes the last change back, be it one of the saved searches."""
        if self._formers and self._formers[-1].steps >= self._steps:
            former = self._formers[-1]
            if self._keep_searches(former.searches):
                self._formers.pop()
                self.say(undone(former.label))
            return
        steps = self._steps
        super().action_undo()
        if self._steps > steps:
            self._steps = steps - 1

    def on_issue_list_standing_chosen(self, message: IssueList.StandingChosen) -> None:
        """Opens a saved search at its first unread story; the reader stays in the list, on that story."""
        search = next(search for search in self._searches if search.name == message.name)
        self._walk_through(self._question(search), self.library.archive_path)

    @work(thread=True, exclusive=True, group="walk", exit_on_error=False)
    def _walk_through(self, question: Question, archive: Path) -> None:
        try:
            with Finder(archive) as finder:
                found = finder.find(question.query, question.marks, limit=MOST + 1)
        except DatabaseTrouble as trouble:
            self.app.call_from_thread(self.say, str(trouble), seconds=8)
            return
        self.app.call_from_thread(self._set_out, question.search.name, found)

    def _set_out(self, name: str, found: Sequence[Found]) -> None:
        if not self.has_panes:
            return
        if not found:
            self.say(f"{name}: no story. {_HOW.get(name, '')}".strip())
            return
        read, starred = self.library.read_keys(), self.library.starred_keys()
        heads = tuple(_head(one) for one in found[:MOST])
        self.walk = Walk(name, heads, more=len(found) > MOST).marked(read, starred)
        if first := self.walk.first_unread():
            self.open_head(first)
        if self.walk and self.walk.more:
            self.say(f"{name}: the first {MOST:,} stories.")

    def _question(self, search: SavedSearch) -> Question:
        query = read_query(search.line)
        return Question(search, query, self.library.marks(query.fields() | {"read"}))

    def _count_searches(self) -> None:
        """Counts in another thread, if anything has changed that could change a count."""
        starred, noted = len(self.library.starred_keys()), len(self.library.noted_keys())
        state = (self.library.archive_version(), self.version, self.shelf.unread, starred, noted)
        if (now := (*state, self.library.all_tags(), self._searches)) == self._counted or not self.shelf.heads:
            return
        self._counted = now
        self._count_in_a_thread([self._question(search) for search in self._searches], self.library.archive_path)

    @work(thread=True, exclusive=True, group="counts", exit_on_error=False)
    def _count_in_a_thread(self, questions: list[Question], archive: Path) -> None:
        counts = {}
        try:
            with Finder(archive) as finder:
                for question in questions:
                    stories = sum(finder.days(question.query, question.marks).values())
                    unread = replace(question.query, clauses=(*question.query.clauses, _STILL_UNREAD))
                    counts[question.search.name] = sum(finder.days(unread, question.marks).values()), stories
        except DatabaseTrouble:
            return  # the list does without; it is asked again when something has changed
        self.app.call_from_thread(self._show_counts, counts)

    def _show_counts(self, counts: dict[str, tuple[int, int]]) -> None:
        if self.has_panes:
            self._counts = counts
            self._show_searches()

    def _show_searches(self) -> None:
        rows = [StandingRow(search.name, *self._counts.get(search.name, (None, None))) for search in self._searches]
        self.story_list.show_standing(rows)

    def _change_searches(self, searches: tuple[SavedSearch, ...], label: str) -> bool:
        """Keeps them so that it can be undone; nothing is to be undone where nothing is another."""
        former = Former(self._searches, label, self._steps)
        if not self._keep_searches(searches):
            return False
        if searches != former.searches:
            self._formers.append(former)
        return True

    def _keep_searches(self, searches: tuple[SavedSearch, ...]) -> bool:
        try:
            self.library.remember(_SEARCHES, written_saved(searches))
        except DatabaseTrouble as trouble:
            self.say(str(trouble), seconds=8)
            return False
        # A count is that of a line: under the same name there may be another one now.
        kept = {search.name for search in searches if search in self._searches}
        self._searches = searches
        self._counts = {name: count for name, count in self._counts.items() if name in kept}
        if self.walk and all(search.name != self.walk.name for search in searches):
            self.walk = None
            self.show_rows()
        self._show_searches()
        self._count_searches()
        return True


def _head(found: Found) -> StoryHead:
    """The row of a found story; how long it is no row of a walk tells."""
    return StoryHead(found.ref, found.key, found.position, found.kind, found.headline, 0, read=False, starred=False)
