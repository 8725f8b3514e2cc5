"""The screen of cited works. It filters them by the typed text and closes with a story that cites one.

One thread loads the works from the archive, and another searches them, so that typing stays fast.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input, Static

from importai_tui.archive.relations import CitedWorks
from importai_tui.archive.work_cards import get_cards_version
from importai_tui.errors import NotFoundError, ReaderError
from importai_tui.library.library import Library
from importai_tui.model import LinkKind
from importai_tui.output.markdown import format_markdown_line as markdown_line
from importai_tui.query.parser import MAX_QUERY_LENGTH
from importai_tui.search.works import WorkResult, WorkSearch
from importai_tui.sqlite import QueryCancelled
from importai_tui.state.reading_state import get_work_key
from importai_tui.state.store import ChangeResult
from importai_tui.tui.bindings import format_screen_key, make_screen_bindings
from importai_tui.tui.cards.screen import CardResult
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.help import get_commands
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.services import Copy
from importai_tui.tui.text import to_content
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, format_download_keys, make_screen_hints
from importai_tui.tui.widgets.inputs import CleanInput
from importai_tui.tui.works.dialogs import CitingStory, CitingStoryPicker
from importai_tui.tui.works.work_list import WorkList, WorksScreenState, WorksStatus, draw_works_status, get_next_order
from importai_tui.works.formats import Dialect, format_bibtex_entry
from importai_tui.works.query import RESEARCH_KINDS, WorkMarks, WorkOrder, WorkQuery, parse_work_query
from importai_tui.works.work import Work, get_metadata

_MIN_WIDTH_FOR_NAME = 60
"""Cells of a window from which on the input has a label."""
_LOW_HEIGHT = 20
"""Lines of a window below which margins are dropped."""
_PLACEHOLDER = "words  kind:code  site:arxiv.org  year:2025  is:unread  is:starred"
_BACK_HINT = Hint("esc", "back", "leave")
_WORK_HINTS = (
    Hint("enter", "go to story", "choose"),
    Hint("ctrl+p", "card", "show_card"),
    Hint("ctrl+o", "open", "open"),
    Hint("ctrl+s", "star", "star"),
    _BACK_HINT,
    Hint("f1", "help", "help"),
)
_EMPTY_HINTS = (Hint("ctrl+u", "clear", "clear"), _BACK_HINT, Hint("f1", "help", "help"))

_MAX_FIRST_ISSUES = 10
"""The newest issues to read for the first screenful. Two are usually enough. Each takes half a millisecond."""

ShowCards = Callable[[Sequence[Work], int], Coroutine[Any, Any, CardResult]]
"""A function that shows the cards of works, and waits until the user closes them."""


def _write_now(change: Callable[[], ChangeResult]) -> ChangeResult | None:
    return change()


class WorksScreen(Dialog[WorksScreenState]):
    """Lists the cited works. It closes with its state, and with the story that the user chose."""

    CSS_PATH = [DIALOG_CSS, "works.tcss"]
    KEYMAP_SECTION = "Works screen"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)
    AUTO_FOCUS = "Input"

    line = query_one("#works-line", Input)
    status = query_one("#works-status", Static)
    work_list = query_one("#works-list", WorkList)

    class WorksLoaded(Message):
        """The thread has loaded the first screenful of works, or all of them. The last cited come first."""

        def __init__(self, works: tuple[Work, ...], *, is_complete: bool) -> None:
            super().__init__()
            self.works = works
            self.is_complete = is_complete

    class LoadFailed(Message):
        """The thread cannot read the archive."""

        def __init__(self, message: str) -> None:
            super().__init__()
            self.message = message

    def __init__(
        self,
        library: Library,
        saved_state: WorksScreenState,
        open_work: Callable[[Work], None],
        notify: Callable[[str], None],
        copy: Copy,
        *,
        try_write: Callable[[Callable[[], ChangeResult]], ChangeResult | None] = _write_now,
        warning: str = "",
        dialect: str = Dialect.BIBTEX,
        show_cards: ShowCards | None = None,
        fetch_cards: Callable[[Sequence[Work]], None] | None = None,
        job: JobStatus | None = None,
    ) -> None:
        """Open in the state `saved_state`.

        Args:
            library: the library that cites the works.
            saved_state: the state of the last visit.
            open_work: opens a work in the browser.
            notify: shows a message to the user.
            copy: copies a text, and shows a notice.
            try_write: writes to the reading state; returns None, after an error message, if that fails.
            warning: the warning in the footer of the reading screen.
            dialect: the dialect in which BibTeX is copied.
            show_cards: shows the cards of works, that with the index first.
            fetch_cards: fetches the cards of works, or stops the fetch that is running.
            job: the state of the background job that runs.
        """
        super().__init__()
        self.library = library
        self.saved_state = saved_state
        self._warning = warning
        self._dialect = Dialect(dialect)
        self._show_cards = show_cards
        self._fetch_cards = fetch_cards
        self._job = job or JobStatus()
        self._status_content = Content()
        self._open_work = open_work
        self._notify_user = notify
        self._copy = copy
        self._try_write = try_write
        self._list_order = saved_state.order
        self._all_works = saved_state.works
        self._is_complete = bool(saved_state.works)
        """True once all works are loaded. The first screenful cannot be filtered."""
        self._version = self._requested_version = saved_state.version
        self._ids_by_key: dict[str, str] = {}
        self._search: WorkSearch | None = None
        # One thread, because the search belongs to the thread that opened it.
        self._executor = ThreadPoolExecutor(1, "works")
        self._asked_line = saved_state.line
        self._shown_line: str | None = None
        """The line whose works are in the list."""
        self._pending_action: Callable[[Work], None] | None = None
        """The action for the selected work that waits until the works of the line are shown."""
        self._works_status = WorksStatus(order=saved_state.order, has_issues=not library.is_empty())

    def compose(self) -> ComposeResult:
        """Yield the input, the status, and the list."""
        marks = self.library.state.get_marks(("starred", "opened"))
        with Horizontal(id="works-top"), Horizontal(id="works-ask"):
            yield Static("", id="works-sign", markup=False)
            yield CleanInput(
                self.saved_state.line,
                placeholder=_PLACEHOLDER,
                max_length=MAX_QUERY_LENGTH,
                compact=True,
                select_on_focus=False,
                id="works-line",
            )
        with Horizontal(id="works-body"), Vertical(id="works-page"):
            yield Static("", id="works-status", markup=False)
            yield WorkList(id="works-list", starred_keys=marks["starred"], opened_keys=marks["opened"])
        yield Footer()

    def on_mount(self) -> None:
        """Restore the saved state. Load the works if the archive changed."""
        self._works_status = replace(self._works_status, advice=self._format_advice())
        self._update_status()
        if self._is_complete:
            # The list cannot scroll before it has its size.
            self.call_after_refresh(self._use_works, self.saved_state.work_id, self.saved_state.scroll)
        if not self._is_complete:
            self._requested_version = self._get_version()
            self._load_works([] if self.line.value else self._find_newest_ids())
        else:
            self.show_new_cards()

    def on_resize(self) -> None:
        """Drop margins in a low window."""
        width, height = self.app.size
        self.set_class(height < _LOW_HEIGHT, "-low")
        self.query_one("#works-sign", Static).update(
            to_content("Works" if width >= _MIN_WIDTH_FOR_NAME else "/", "bold $mark")
        )
        self.update_footer()

    def on_input_changed(self) -> None:
        """Search the works for the typed text."""
        self._apply_line()

    def on_input_submitted(self) -> None:
        """Close with the story that cites the selected work. Ask for one if there are several."""
        self._use_selected(self._go_to_story)

    def on_work_list_chosen(self) -> None:
        """Treat a click on a work as Enter."""
        self.on_input_submitted()

    def on_works_screen_works_loaded(self, message: WorksLoaded) -> None:
        """Show all works, or the first screenful if the line is empty."""
        if message.is_complete:
            selected = self.work_list.selected_work if self.work_list.cursor else None
            self._all_works, self._is_complete, self._version = message.works, True, self._requested_version
            self._ids_by_key = {}
            if self._shown_line is None:  # the saved state is not shown yet
                self._use_works(self.saved_state.work_id, self.saved_state.scroll)
            else:
                self._use_works(selected.id if selected else "")
            return
        if not self.line.value and not self._is_complete:
            self._shown_line = ""
            self.work_list.show_works(message.works)
            self.update_footer()
        # The refresh paints the first screenful before the thread competes for the processor.
        self.call_after_refresh(self._load_works, [])

    def on_works_screen_load_failed(self, message: LoadFailed) -> None:
        """Show the error."""
        self._works_status = replace(self._works_status, error=message.message)
        self._update_status()

    def action_move(self, rows: int) -> None:
        """Move the cursor by some works."""
        self.work_list.move(rows)

    def action_page(self, share: float) -> None:
        """Scroll by a share of a page."""
        self.work_list.page(share)

    def action_clear(self) -> None:
        """Empty the input."""
        self.line.value = ""

    def action_choose(self) -> None:
        """Do the same as Enter in the input."""
        self.on_input_submitted()

    def action_open(self) -> None:
        """Open the work in the browser."""
        self._use_selected(self._open)

    def action_show_card(self) -> None:
        """Show the card of the work; the next and previous keys show those of the other works in the list."""
        self._use_selected(self._show_card)

    def action_fetch_cards(self) -> None:
        """Fetch the cards of the works in the list; stop the fetch that is running."""
        self._apply_line()
        if self._shown_line != self.line.value:
            self._pending_action = lambda _: self.action_fetch_cards()
        elif self._fetch_cards:
            self._fetch_cards(self.work_list.works)

    def action_star(self) -> None:
        """Add or remove the star of the work. The work stays in the list until the line changes."""
        self._use_selected(self._toggle_star)

    def action_copy_address(self) -> None:
        """Copy the address of the work, or its title if it has none."""
        self._use_selected(self._copy_address)

    def action_copy_bibtex(self) -> None:
        """Copy the work as BibTeX."""
        self._use_selected(
            lambda work: self._copy(format_bibtex_entry(work, self._dialect), "BibTeX", get_metadata(work).title)
        )

    def action_copy_markdown(self) -> None:
        """Copy the work as Markdown."""
        self._use_selected(
            lambda work: self._copy(markdown_line(work).removeprefix("- "), "Markdown", get_metadata(work).title)
        )

    def action_turn(self) -> None:
        """Sort by the next order and show the top of the list."""
        self._list_order = get_next_order(self._list_order)
        self._works_status = replace(self._works_status, order=self._list_order)
        self._apply_query()

    def action_leave(self) -> None:
        """Close without a story."""
        self._close_with(None)

    def update_footer(self) -> None:
        """Show the keys in the footer."""
        hints = make_screen_hints(self.app, "Works screen", _WORK_HINTS if self.work_list.row_count else _EMPTY_HINTS)
        stop = Hint(format_screen_key(self.app, "works.cards", "ctrl+f"), "stop", "fetch_cards")
        self.query_one(Footer).footer_content = FooterContent(hints, job=self._job, warning=self._warning, stop=stop)

    def show_job(self, job: JobStatus) -> None:
        """Show the state of the background job in the footer."""
        self._job = job
        if self.is_mounted:
            self.update_footer()

    def show_new_cards(self) -> None:
        """Load the works again if there are new cards, or the archive has changed."""
        if (version := self._get_version()) != self._requested_version:
            self._requested_version = version
            self._load_works([])

    def _get_version(self) -> tuple[int, ...]:
        archive = self.library.archive
        return archive.get_data_version(), *get_cards_version(archive.path)

    def show_warning(self, warning: str) -> None:
        """Show a warning in the footer. An empty one removes it."""
        if warning != self._warning:
            self._warning = warning
            if self.is_mounted:
                self.update_footer()

    def set_status(self, content: Content) -> None:
        """Draw new content in the status line. Trigger a layout only if its number of lines changes."""
        if self._status_content.is_same(content):
            return
        self._status_content = content
        width, height = self.status.size
        self.status.update(content, layout=not width or max(1, content.get_height({}, width)) != height)

    def redraw_marks(self) -> None:
        """Redraw the list after a work was opened or starred elsewhere. Do nothing before it is mounted."""
        for work_list in self.query(WorkList):
            work_list.redraw_marks()

    def _find_newest_ids(self) -> list[str]:
        """Return ids of papers that the newest issues cite, a screenful if there are as many. They are listed first."""
        ids: dict[str, None] = {}
        if self._list_order is not WorkOrder.BEST:
            return []
        for row in self.library.get_issue_rows()[:_MAX_FIRST_ISSUES]:
            if len(ids) >= self.app.size.height // 2:
                break
            links = (link for story in self.library.get_issue(row.ref).stories for link in story.links)
            ids.update((link.work, None) for link in links if link.work and link.kind is LinkKind.PAPER)
        return list(ids)

    @work(thread=True, exclusive=True, group="works")
    def _load_works(self, ids: list[str]) -> None:
        """Load the works with these ids, or all works."""
        try:
            with CitedWorks(self.library.archive.path) as cited_works:
                works = list(cited_works.get(ids).values()) if ids else cited_works.get_all()
        except ReaderError as error:
            self.post_message(self.LoadFailed(str(error)))
        else:
            self.post_message(self.WorksLoaded(tuple(works), is_complete=not ids))

    def _use_selected(self, action: Callable[[Work], None]) -> None:
        """Do something with the selected work, as soon as the works of the line are shown."""
        self._apply_line()
        if self._shown_line != self.line.value:
            self._pending_action = action
        elif selected := self.work_list.selected_work:
            action(selected)

    def _go_to_story(self, cited_work: Work) -> None:
        if len(cited_work.cited_by) == 1:
            self._close_with(cited_work.cited_by[0])
        else:
            self._choose_story(cited_work)

    def _show_card(self, _: Work) -> None:
        self._read_cards()

    @work(exclusive=True, group="dialog")
    async def _read_cards(self) -> None:
        assert self._show_cards
        works = self.work_list.works
        result = await self._show_cards(works, self.work_list.cursor)
        if result.ref:
            self._close_with(result.ref)
        else:
            self.work_list.select_work(result.work)
            self.work_list.redraw_marks()
            self.show_new_cards()

    def _open(self, work: Work) -> None:
        self._open_work(work)
        self.work_list.redraw_marks()

    def _toggle_star(self, work: Work) -> None:
        on = not self.work_list.is_starred(work)
        if self._try_write(lambda: self.library.state.star_work(work.id, on, get_metadata(work).title)):
            self.work_list.redraw_marks()
            self._notify_user("Starred" if on else "Star removed")

    def _copy_address(self, work: Work) -> None:
        metadata = get_metadata(work)
        if metadata.url:
            self._copy(metadata.url, title=metadata.url)
        else:
            self._copy(metadata.title, "its title", metadata.title, reason="No URL for this work")

    def _apply_line(self) -> None:
        """Search for the line, unless that is done already. An event may be late, so its text does not matter."""
        if self.line.value != self._asked_line:
            self._asked_line, self._pending_action = self.line.value, None
            self._apply_query()

    def _use_works(self, work_id: str = "", scroll: int | None = None) -> None:
        """Search the loaded works from now on, and show them."""
        self._close_search()
        self._search = WorkSearch(self.library.archive.path, self._all_works)
        self._apply_query(work_id, scroll)

    def _apply_query(self, work_id: str = "", scroll: int | None = None) -> None:
        if self._search:
            self._search.interrupt()
            self._find_works(self._search, self._asked_line, work_id, scroll)

    @work(exclusive=True, group="choosing")
    async def _find_works(self, search: WorkSearch, line: str, work_id: str, scroll: int | None) -> None:
        """Search the works and show those found. The next letter cancels it."""
        query = parse_work_query(line, self._get_marks(line), self.library.find_full_ref, is_typing=True)
        try:
            result = await self._run_search(search, query)
        except ReaderError as error:
            self._works_status = replace(self._works_status, error=str(error))
            self._update_status()
            return
        self._shown_line = line
        self.work_list.show_works(result.works, work_id, scroll)
        self._works_status = replace(
            self._works_status,
            found_count=len(result.works),
            other_count=0 if query.has_words else sum(found.kind not in RESEARCH_KINDS for found in result.works),
            story_count=result.story_count,
            has_words=query.has_words,
            work_count=len(self._all_works),
            remarks=result.remarks,
            error="",
        )
        self._update_status()
        self.update_footer()
        if self._pending_action:
            action, self._pending_action = self._pending_action, None
            self._use_selected(action)
        # The works are indexed while the user looks at the list.
        self.call_after_refresh(self._prepare_search, search)

    def _prepare_search(self, search: WorkSearch) -> None:
        if self.is_attached:
            self._executor.submit(search.prepare)

    async def _run_search(self, search: WorkSearch, query: WorkQuery) -> WorkResult:
        while True:
            # The interrupt of an earlier search may come late, and then this one starts again.
            with suppress(QueryCancelled):
                return await asyncio.get_running_loop().run_in_executor(
                    self._executor, search.find, query, self._list_order
                )

    def _close_search(self) -> None:
        if self._search:
            self._search.interrupt()
            self._executor.submit(self._search.close)

    def on_unmount(self) -> None:
        """Close the search, and end its thread."""
        self._close_search()
        self._executor.shutdown(wait=False)

    def _get_marks(self, line: str) -> WorkMarks:
        """Return the starred and opened works if the line uses them."""
        if "is:" not in line.casefold():
            return WorkMarks()
        if not self._ids_by_key:  # cached, because ten thousand works take some milliseconds
            self._ids_by_key = {get_work_key(work.id): work.id for work in self._all_works}
        starred, opened = (
            keys & self._ids_by_key.keys() for keys in self.library.state.get_marks(("starred", "opened")).values()
        )
        return WorkMarks({self._ids_by_key[key] for key in starred}, {self._ids_by_key[key] for key in opened})

    @work(exclusive=True, group="dialog")
    async def _choose_story(self, cited_work: Work) -> None:
        newest_first = cited_work.cited_by[::-1]
        if ref := await self.app.push_screen_wait(
            CitingStoryPicker(get_metadata(cited_work).title, newest_first, self._load_citing_story)
        ):
            self._close_with(ref)

    def _load_citing_story(self, ref: str) -> CitingStory:
        """Return a story that cites a work. Another window may have removed it from the archive."""
        try:
            issue_ref, position = self.library.resolve(ref)
            story = self.library.get_story(issue_ref, position or 1)
            issue = self.library.get_issue_row(issue_ref)
            return CitingStory(ref, story.headline, issue.date, issue.is_date_estimated)
        except NotFoundError:
            return CitingStory(ref)

    def _format_advice(self) -> str:
        choices = format_download_keys(get_commands(self.app))
        return f"Press {format_screen_key(self.app, 'works.leave', 'esc')}, then {choices}." if choices else ""

    def _update_status(self) -> None:
        self.set_status(draw_works_status(self._works_status))

    def _close_with(self, chosen_ref: str | None) -> None:
        selected = self.work_list.selected_work
        state = WorksScreenState(
            line=self.line.value,
            order=self._list_order,
            work_id=selected.id if selected else "",
            scroll=round(self.work_list.scroll_y),
            works=self._all_works if self._is_complete else (),
            version=self._version,
            chosen_ref=chosen_ref,
        )
        self.dismiss(state)
