"""Actions that start other ways to read: catching up, skimming an issue, the book of tales, all cited works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from importai_tui.archive.search import ArchiveSearch, FoundStory
from importai_tui.errors import DatabaseError
from importai_tui.query.parser import parse_query
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.cards import CardActions, make_targets
from importai_tui.tui.actions.find import FilterActions
from importai_tui.tui.actions.links import CitationActions
from importai_tui.tui.actions.marks import UndoActions
from importai_tui.tui.reading.navigation import ReadingList, get_issue_ref, make_rows
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import CATCHING_UP, ReadingSession
from importai_tui.tui.skim.screen import SkimHost, SkimScreen
from importai_tui.tui.text import truncate
from importai_tui.tui.works.screen import WorksScreen
from importai_tui.tui.works.work_list import WorksScreenState
from importai_tui.works.work import Work, get_web_search_url


class CatchUpActions(ActionGroup):
    """Begins and ends catching up: reading the unread stories from the oldest on, also after a restart."""

    def action_catch_up(self) -> None:
        """Open the oldest unread story, also from a reading list; end catching up if it is on."""
        if self.session.is_catching_up:
            self._set(False)
            to_newest = self.key("story.next_unread", before=": ", after=" goes to the newest unread story again")
            self.screen.notify_info(f"Catch-up off{to_newest}", seconds=3)
            return
        found = self.session.library.find_next_unread(None, oldest_first=True)
        if found is None:
            self.screen.notify_info("No unread stories left")
            return
        self.screen.action_group(FilterActions).clear_list_filter()
        self.session.end_list()
        self._set(True)
        self.screen.open_story(*found)
        self.screen.go_to(Pane.STORY)

    def end_in_list(self) -> bool:
        """End catching up if the list has the focus and no filter; else return False."""
        if not self.session.is_catching_up or self.screen.pane is not Pane.LIST or self.session.filter:
            return False
        self._set(False)
        to_resume = self.key("catch_up", before=". Press ", after=" to resume.")
        self.screen.notify_info(f"Catch-up ended{to_resume}", seconds=3)
        return True

    def _set(self, on: bool) -> None:
        self.session.set_catching_up(on)
        self.screen.writer.save_setting(CATCHING_UP, "on" if on else "")
        self.screen.remaining.restart()
        self.screen.refresh_bars()


class SkimActions(ActionGroup):
    """Shows the stories of an issue in short form."""

    def action_skim(self) -> None:
        """Skim the issue under the cursor of the list, else the open issue from the open story on."""
        self.run_dialog(self._skim)

    async def _skim(self) -> None:
        self.screen.show_pending_preview()
        selected = self.screen.story_list.selected_issue
        if not (selected or (self.session.issue and self.session.story)):
            to_download = self.key("sync", before=". Press ", after=" to download them.")
            self.screen.notify_info(f"No issues yet{to_download}")
            return
        ref = selected.ref if selected else self.session.issue.ref if self.session.issue else ""
        is_open = self.session.issue and self.session.story and self.session.issue.ref == ref
        skim_screen = SkimScreen(
            self.session.library,
            self._make_host(),
            ref,
            self.session.story.position if is_open and self.session.story else 1,
            text_width=self.screen.panes.measure,
            open_keys=next(command.keys for command in self.screen.commands if command.id == "skim"),
            warning=self.screen.writer.problem,
        )
        chosen = await self.ask(skim_screen)
        # The user has marked stories there, so the timer must not change a mark.
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
            self.screen.services.copy,
            self.screen.action_group(CitationActions).copy_citation,
            self.screen.action_group(CardActions).show_works,
            is_guide=self.session.guide,
        )


FICTION_NAME = "Tech Tales"
"""The name of the book, and of the saved search with the same stories, which share one row in the list."""
_MAX_STORIES = 10_000
"""The largest number of tales in the book; the newsletter has one a week."""


class FictionActions(ActionGroup):
    """Opens and leaves the book of tales: the newsletter's fiction, oldest first, with its own position."""

    def action_tales(self) -> None:
        """Open the book at its last position; in the book, leave it."""
        if self.session.reading_list and self.session.reading_list.is_book:
            self.screen.leave_list()
            return
        find = partial(self._find, self.session.library.archive.path)
        self.screen.threads.run(find, group="reading-list", exit_on_error=False)

    def _find(self, archive: Path) -> None:
        try:
            with ArchiveSearch(archive) as search:
                found = search.find(parse_query("in:tales sort:old"), {}, limit=_MAX_STORIES)
        except DatabaseError as error:
            self.screen.threads.call(self.screen.notify_info, str(error), seconds=8)
            return
        self.screen.threads.call(self._open, found)

    def _open(self, found: Sequence[FoundStory]) -> None:
        if not self.screen.has_panes:
            return
        if not found:
            to_download = self.key("sync", before=". Press ", after=" to download issues.")
            self.screen.notify_info(f"No tales yet{to_download}")
            return
        # In the reverse order of the list, where an issue without a date is beside its number.
        order = {row.ref: -index for index, row in enumerate(self.session.index.rows)}
        rows = sorted(make_rows(found), key=lambda row: (order.get(get_issue_ref(row), 1), row.position))
        book = ReadingList(FICTION_NAME, tuple(rows), is_book=True)
        self.screen.start_list(book)
        self.screen.open_row(book.get_row(self.screen.position.last_tale) or book.rows[0])
        self.screen.go_to(Pane.STORY)


class WorkActions(ActionGroup):
    """Shows all cited works; the screen keeps its state between two calls."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        super().__init__(session, screen)
        self._saved_state = WorksScreenState()

    def action_works(self) -> None:
        """Show the list of works."""
        self.run_dialog(self._show)

    def open_with_filter(self, line: str) -> None:
        """Show the list of works, filtered by this line."""
        self._saved_state = replace(self._saved_state, line=line, work_id="", scroll=0)
        self.run_dialog(self._show)

    async def _show(self) -> None:
        writer = self.screen.writer
        works = WorksScreen(
            self.session.library,
            self._saved_state,
            self._open_work,
            self.screen.notify_info,
            self.screen.services.copy,
            try_write=writer.try_write,
            warning=writer.problem,
            dialect=self.screen.services.config.citations,
            show_cards=self.screen.action_group(CardActions).show_works,
            fetch_cards=lambda works: self.screen.services.jobs.fetch_cards(make_targets(works)),
            job=self.screen.bars.job,
        )
        with self.screen.browser.redraw_after_opening(works.redraw_marks):
            state = await self.ask(works)
        if state is None:
            return
        self._saved_state = state
        self.screen.link_list.refresh()
        if state.chosen_ref:
            self.go_to_ref(state.chosen_ref)

    def _open_work(self, work: Work) -> None:
        if work.url:
            self.screen.browser.open_in_thread([work.url], [(work.id, work.title)], kinds=[work.kind])
        else:
            notice = f"No URL for this work: searched the web for “{truncate(work.title, 60)}”"
            self.screen.browser.open_in_thread([get_web_search_url(work.title)], notice=notice)
