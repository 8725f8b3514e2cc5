"""The action that opens the tales: the newsletter's fiction as one book, oldest first, with its own position."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from importai_tui.archive.finder import Finder, Found
from importai_tui.errors import DatabaseTrouble
from importai_tui.query import read_query
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.reading.footer import first_key
from importai_tui.tui.reading.layout import Pane
from importai_tui.tui.reading.reading_list import ReadingList, heads_of, issue_of

NAME = "Tech Tales"
"""The name of the saved search with the same stories: its row in the list stands for the book too."""
_MOST = 10_000
"""Tales of one book: the newsletter has one a week, so two hundred years of it."""


class Fiction(ActionGroup):
    """Opens and leaves the book of tales."""

    def action_tales(self) -> None:
        """Open the book at its last position; in the book, leave it."""
        if self.session.reading_list and self.session.reading_list.is_book:
            self.screen.leave_list()
            return
        find = partial(self._find, self.session.library.archive.path)
        self.screen.threads.run(find, group="walk", exit_on_error=False)

    def _find(self, archive: Path) -> None:
        try:
            with Finder(archive) as finder:
                found = finder.find(read_query("in:tales sort:old"), {}, limit=_MOST)
        except DatabaseTrouble as trouble:
            self.screen.threads.call(self.screen.say, str(trouble), seconds=8)
            return
        self.screen.threads.call(self._open, found)

    def _open(self, found: Sequence[Found]) -> None:
        if not self.screen.has_panes:
            return
        if not found:
            key = first_key(self.screen.commands, "sync")
            self.screen.say(f"No tale is here yet{f': {key} brings in the newest issues' if key else ''}.")
            return
        # In the list's order, from its end: an issue without a date stands there beside its number.
        last_first = {head.ref: -at for at, head in enumerate(self.session.index.heads)}
        heads = sorted(heads_of(found), key=lambda head: (last_first.get(issue_of(head), 1), head.position))
        book = ReadingList(NAME, tuple(heads), is_book=True)
        self.screen.start_list(book)
        self.screen.open_row(book.head(self.screen.position.last_tale) or book.heads[0])
        self.screen.go_to(Pane.STORY)
