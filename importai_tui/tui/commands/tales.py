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
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.page.hints import Advice
from importai_tui.tui.page.underway import Underway
from importai_tui.tui.page.walk import Walk, heads_of

NAME = "Tech Tales"
"""That of the saved search which holds the same stories: its row in the list stands for the book as well."""
_MOST = 10_000
"""Tales of one book: the newsletter has one a week, so two hundred years of it."""
_NONE = "No tale is here yet: S brings in the newest issues, B all of them."


class Tales(Commands):
    """The book of tales."""

    def action_tales(self) -> None:
        """Opens the book where it was left; in the book, leaves it."""
        if self.desk.walk and self.desk.walk.is_book:
            self.desk.leave_walk()
            return
        self.run_beside(partial(self._find, self.desk.library.archive_path), group="walk", exit_on_error=False)

    def laid_open(self) -> None:
        """The open tale is where the book is left."""
        if self.desk.walk and self.desk.walk.is_book and self.desk.story and not self.desk.preview:
            self.desk.remember(self._place_name, self.desk.story.key)

    def advised(self, advice: Advice) -> Advice:
        """Where in the book one is."""
        walk, story = self.desk.walk, self.desk.story
        if not (walk and walk.is_book and story) or advice.underway != Underway():
            return advice
        return replace(advice, underway=Underway(news=f"tale {walk.place_of(story.key)} of {len(walk.heads)}"))

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
            desk.say(_NONE)
            return
        book = Walk(NAME, heads_of(found), is_book=True)
        desk.walk = book.marked(desk.library.read_keys(), desk.library.starred_keys())
        left = desk.library.recall(self._place_name) or ""
        desk.open_head(desk.walk.head(left) or desk.walk.heads[0])
        desk.go_to(Pane.STORY)
