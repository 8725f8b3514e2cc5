"""The action that opens the tales: the newsletter's fiction as one book, oldest first, with its own position.

The command that shows all cited works; what was chosen there is a story that cites one.

The command that skims: the open issue as a digest, over the page; what is chosen there is opened whole.

The action that catches up: the unread stories from the oldest on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from importai_tui.archive.search import ArchiveSearch, FoundStory
from importai_tui.errors import DatabaseError, NotFoundError
from importai_tui.query.parser import parse_query
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.find import FilterActions
from importai_tui.tui.actions.marks import UndoActions
from importai_tui.tui.reading.navigation import ReadingList, get_issue_ref, make_rows
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import CATCHING_UP, ReadingSession
from importai_tui.tui.skim.screen import SkimHost, SkimScreen
from importai_tui.tui.widgets.footer import format_first_key
from importai_tui.tui.works.screen import WorksScreen
from importai_tui.tui.works.work_list import WorksScreenState
from importai_tui.works.work import Work


class CatchUpActions(ActionGroup):
    """Begins and ends catching up, which lasts over a restart."""

    def action_catch_up(self) -> None:
        """Begin with the oldest unread story, or from a reading list go on with it; the second time, end it."""
        if self.session.is_catching_up:
            self._set(False)
            self.screen.notify_info("The next unread story is the newest again.", seconds=3)
            return
        found = self.session.library.find_next_unread(None, oldest_first=True)
        if found is None:
            self.screen.notify_info("Everything is read.")
            return
        self.screen.action_group(FilterActions).clear_list_filter()
        self.session.end_list()
        self._set(True)
        self.screen.open_story(*found)
        self.screen.go_to(Pane.STORY)

    def end_in_list(self) -> bool:
        """End catching up if the whole list has the focus; else return False."""
        if not self.session.is_catching_up or self.screen.pane is not Pane.LIST or self.session.filter:
            return False
        self._set(False)
        key = format_first_key(self.screen.commands, "catch_up")
        self.screen.notify_info(f"Catching up has ended{f'; {key} goes on with it' if key else ''}.", seconds=3)
        return True

    def _set(self, on: bool) -> None:
        self.session.set_catching_up(on)
        self.screen.writer.save_setting(CATCHING_UP, "on" if on else "")
        self.screen.remaining.restart()
        self.screen.refresh_bars()


class SkimActions(ActionGroup):
    """Skims an issue."""

    def action_skim(self) -> None:
        """The issue that the list points at, else the open one, from the open story on."""
        self.run_dialog(self._skim)

    async def _skim(self) -> None:
        self.screen.show_pending_preview()
        pointed = self.screen.story_list.selected_issue
        if not (pointed or (self.session.issue and self.session.story)):
            key = format_first_key(self.screen.commands, "sync")
            self.screen.notify_info(
                f"There is no issue to skim yet{f': {key} brings in the newest ones' if key else ''}."
            )
            return
        ref = pointed.ref if pointed else self.session.issue.ref if self.session.issue else ""
        same = self.session.issue and self.session.story and self.session.issue.ref == ref
        digest = SkimScreen(
            self.session.library,
            self._make_host(),
            ref,
            self.session.story.position if same and self.session.story else 1,
            text_width=self.screen.panes.measure,
            open_keys=next(command.keys for command in self.screen.commands if command.id == "skim"),
            warning=self.screen.writer.problem,
        )
        chosen = await self.ask(digest)
        # What was marked there, one way or the other, was marked on purpose.
        self.screen.read_timer.stop()
        if chosen:
            self.screen.open_row(chosen)
            self.screen.go_to(Pane.STORY)

    def _make_host(self) -> SkimHost:
        return SkimHost(
            lambda: self.session.index,
            self.screen.mark,
            self.screen.action_group(UndoActions).action_undo,
            self.screen.browser.open_in_thread,
            self.screen.notify_info,
            is_guide=self.session.guide,
        )


FICTION_NAME = "Tech Tales"
"""The name of the saved search with the same stories: its row in the list stands for the book too."""
_MAX_STORIES = 10_000
"""Tales of one book: the newsletter has one a week, so two hundred years of it."""


class FictionActions(ActionGroup):
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
            with ArchiveSearch(archive) as finder:
                found = finder.find(parse_query("in:tales sort:old"), {}, limit=_MAX_STORIES)
        except DatabaseError as trouble:
            self.screen.threads.call(self.screen.notify_info, str(trouble), seconds=8)
            return
        self.screen.threads.call(self._open, found)

    def _open(self, found: Sequence[FoundStory]) -> None:
        if not self.screen.has_panes:
            return
        if not found:
            key = format_first_key(self.screen.commands, "sync")
            self.screen.notify_info(f"No tale is here yet{f': {key} brings in the newest issues' if key else ''}.")
            return
        # In the list's order, from its end: an issue without a date stands there beside its number.
        last_first = {head.ref: -at for at, head in enumerate(self.session.index.rows)}
        heads = sorted(make_rows(found), key=lambda head: (last_first.get(get_issue_ref(head), 1), head.position))
        book = ReadingList(FICTION_NAME, tuple(heads), is_book=True)
        self.screen.start_list(book)
        self.screen.open_row(book.get_row(self.screen.position.last_tale) or book.rows[0])
        self.screen.go_to(Pane.STORY)


class WorkActions(ActionGroup):
    """All cited works, which wait as they were left."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        super().__init__(session, screen)
        self._saved_state = WorksScreenState()

    def action_works(self) -> None:
        """The list of works, over the page."""
        self.run_dialog(self._show)

    def open_with_filter(self, line: str) -> None:
        """The same, narrowed to this line."""
        self._saved_state = replace(self._saved_state, line=line, work_id="", scroll=0)
        self.run_dialog(self._show)

    async def _show(self) -> None:
        writer = self.screen.writer
        works = WorksScreen(
            self.session.library,
            self._saved_state,
            self._open_work,
            self.screen.notify_info,
            try_write=writer.try_write,
            warning=writer.problem,
        )
        with self.screen.browser.redraw_after_opening(works.redraw_marks):
            stand = await self.ask(works)
        if stand is None:
            return
        self._saved_state = stand
        self.screen.link_list.refresh()
        if stand.chosen_ref:
            self._go_to_ref(stand.chosen_ref)

    def _go_to_ref(self, ref: str) -> None:
        """To a story; another window may have taken it out of the archive meanwhile."""
        try:
            issue, position = self.session.library.resolve(ref)
        except NotFoundError as error:
            self.screen.notify_info(str(error))
        else:
            self.screen.open_story(issue, position or 1)
            self.screen.go_to(Pane.STORY)

    def _open_work(self, cited: Work) -> None:
        self.screen.browser.open_in_thread([cited.url], [(cited.id, cited.title)])
