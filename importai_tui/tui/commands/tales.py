"""The command that opens the tales: the newsletter's fiction as one book, oldest first, with its own place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from importai_tui.archive.finder import Finder, Found
from importai_tui.errors import DatabaseTrouble
from importai_tui.query import read_query
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.filtering import Filtering
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.page.hints import Advice, first_key
from importai_tui.tui.page.underway import Underway
from importai_tui.tui.page.walk import Walk, heads_of, issue_of

NAME = "Tech Tales"
"""That of the saved search which holds the same stories: its row in the list stands for the book too."""
_MOST = 10_000
"""Tales of one book: the newsletter has one a week, so two hundred years of it."""


class Tales(Commands):
    """The book of tales."""

    def __init__(self, desk: Desk, filtering: Filtering) -> None:
        super().__init__(desk)
        self._filtering = filtering

    def action_tales(self) -> None:
        """Opens the book where it was left; in the book, leaves it."""
        if self.desk.walk and self.desk.walk.is_book:
            self.desk.leave_walk()
            return
        self.run_beside(partial(self._find, self.desk.library.archive.path), group="walk", exit_on_error=False)

    def laid_open(self) -> None:
        """The open tale is where the book is left."""
        self._keep_place()

    def attended(self) -> None:
        """The cursor had only passed over it, and now it is read."""
        self._keep_place()

    def advised(self, advice: Advice) -> Advice:
        """Where in the book one is; there the next unread story is the next tale."""
        walk, story = self.desk.walk, self.desk.story
        if not (walk and walk.is_book and story):
            return advice
        hints = tuple(replace(h, words="next tale") if h.action == "next_unread" else h for h in advice.hints)
        underway = advice.underway
        if underway == Underway():
            underway = Underway(news=f"tale {walk.place_of(story.key)} of {len(walk.heads)}")
        return replace(advice, hints=hints, underway=underway)

    def _keep_place(self) -> None:
        walk, story = self.desk.walk, self.desk.story
        # Whoever scrolls attends with every line.
        if walk and walk.is_book and story and not self.desk.preview and story.key != self._left:
            self.desk.remember(self._place_name, story.key)

    @property
    def _left(self) -> str:
        return self.desk.library.state.recall(self._place_name) or ""

    @property
    def _place_name(self) -> str:
        return "guide-tale" if self.desk.guide else "tale"

    def _find(self, archive: Path) -> None:
        try:
            with Finder(archive) as finder:
                found = finder.find(read_query("in:tales sort:old"), {}, limit=_MOST)
        except DatabaseTrouble as trouble:
            self.in_the_app(self.desk.say, str(trouble), seconds=8)
            return
        self.in_the_app(self._open, found)

    def _open(self, found: Sequence[Found]) -> None:
        desk = self.desk
        if not desk.has_panes:
            return
        if not found:
            key = first_key(desk.commands, "sync")
            desk.say(f"No tale is here yet{f': {key} brings in the newest issues' if key else ''}.")
            return
        self._filtering.put_away()
        # As the list has them, from its end: an issue without a date stands there beside its number.
        last_first = {head.ref: -at for at, head in enumerate(desk.shelf.heads)}
        heads = sorted(heads_of(found), key=lambda head: (last_first.get(issue_of(head), 1), head.position))
        book = Walk(NAME, tuple(heads), is_book=True)
        desk.walk = book.marked(desk.library.state.read_keys(), desk.library.state.starred_keys())
        desk.open_head(desk.walk.head(self._left) or desk.walk.heads[0])
        desk.go_to(Pane.STORY)
