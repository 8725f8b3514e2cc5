"""Every work that the archive cites, once: narrowed by what is typed, starred, opened, copied. It closes with a story.

The archive is read in a thread; works are chosen from memory, some at a time, so that no letter waits.

The works screen as one sees it: the line, what is told of it, the works. What stands there is a subclass's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input, Static

from importai_tui.archive.relations import CitedWorks
from importai_tui.errors import NotFoundError, ReaderError
from importai_tui.library.library import Library
from importai_tui.model import LinkKind
from importai_tui.output.markdown import format_markdown_line as markdown_line
from importai_tui.query.parser import MAX_QUERY_LENGTH
from importai_tui.state.reading_state import get_work_key
from importai_tui.state.store import ChangeResult
from importai_tui.tui.bindings import make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.help import HelpDialog
from importai_tui.tui.text import to_content, truncate
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, make_screen_hints
from importai_tui.tui.widgets.inputs import CleanInput
from importai_tui.tui.works.work_list import (
    CitingStory,
    CitingStoryPicker,
    WorkList,
    WorksScreenState,
    WorksStatus,
    draw_works_status,
    sort_work_list,
)
from importai_tui.works.formats import format_bibtex_entry
from importai_tui.works.query import WorkMarks, WorkQuery, parse_work_query
from importai_tui.works.work import Work, get_metadata, sort_by_last_cited

_MIN_WIDTH_FOR_NAME = 60
"""Cells from which on the line has a name before it."""
_LOW_HEIGHT = 20
"""Lines of the window below which every line is needed."""
_PLACEHOLDER = "words  kind:code  site:arxiv.org  year:2025  is:unread  is:starred"
_BACK_HINT = Hint("esc", "back", "leave")
_WORK_HINTS = (
    Hint("enter", "stories", "choose"),
    Hint("ctrl+o", "open", "open"),
    Hint("ctrl+s", "star", "star"),
    Hint("ctrl+r", "order", "turn"),
    Hint("ctrl+y", "copy", "copy_address"),
    _BACK_HINT,
)
_EMPTY_HINTS = (Hint("f1", "help", "help"), _BACK_HINT)


class WorksLayout(Dialog[WorksScreenState]):
    """The keys, and the places of all that is shown."""

    CSS_PATH = [DIALOG_CSS, "works.tcss"]
    BINDINGS = make_screen_bindings("In the works")
    AUTO_FOCUS = "Input"

    line = query_one("#works-line", Input)
    status = query_one("#works-status", Static)
    work_list = query_one("#works-list", WorkList)

    def __init__(self, library: Library, saved_state: WorksScreenState, warning: str) -> None:
        """Begin as it was left."""
        super().__init__()
        self.library = library
        self.saved_state = saved_state
        self._warning = warning
        self._status_content = Content()

    def compose(self) -> ComposeResult:
        """The line, what is told of it, the works."""
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

    def on_resize(self) -> None:
        """In a low window every line is needed."""
        width, height = self.app.size
        self.set_class(height < _LOW_HEIGHT, "-low")
        self.query_one("#works-sign", Static).update(
            to_content("Works" if width >= _MIN_WIDTH_FOR_NAME else "/", "bold $mark")
        )
        self.update_footer()

    def action_move(self, rows: int) -> None:
        """Another work."""
        self.work_list.move(rows)

    def action_page(self, share: float) -> None:
        """Another page."""
        self.work_list.page(share)

    def action_help(self) -> None:
        """The keys of the reader."""
        self.app.push_screen(HelpDialog("In the works"))

    def update_footer(self) -> None:
        """Brings the footer in step."""
        hints = _WORK_HINTS if self.work_list.row_count else _EMPTY_HINTS
        held = make_screen_hints(self.app, "In the works", hints)
        self.query_one(Footer).footer_content = FooterContent(held, warning=self._warning)

    def show_warning(self, warning: str) -> None:
        """Warns in the footer, or no more."""
        if warning != self._warning:
            self._warning = warning
            if self.is_mounted:
                self.update_footer()

    def set_status(self, content: Content) -> None:
        """Only other words are drawn, and only another number of lines moves what is beneath them."""
        if self._status_content.is_same(content):
            return
        self._status_content = content
        width, height = self.status.size
        self.status.update(content, layout=not width or max(1, content.get_height({}, width)) != height)


_BATCH_SIZE = 500
"""Works that are chosen from before anything else has its turn: some three milliseconds."""
_MAX_FIRST_ISSUES = 10
"""Of the newest that are looked through for a first screenful: two mostly have one. Each costs half a millisecond."""
_MAX_URL_WIDTH = 60
"""Cells of an address that are enough to know it by."""


def _write_now(change: Callable[[], ChangeResult]) -> ChangeResult | None:
    return change()


class WorksScreen(WorksLayout):
    """One types, and sees which works are meant."""

    class WorksLoaded(Message):
        """Works come from the archive, the last cited first: the first screenful of them, or the `whole`."""

        def __init__(self, works: tuple[Work, ...], *, is_complete: bool) -> None:
            super().__init__()
            self.works = works
            self.is_complete = is_complete

    class LoadFailed(Message):
        """The archive cannot be read."""

        def __init__(self, message: str) -> None:
            super().__init__()
            self.message = message

    def __init__(
        self,
        library: Library,
        saved_state: WorksScreenState,
        open_work: Callable[[Work], None],
        notify: Callable[[str], None],
        *,
        try_write: Callable[[Callable[[], ChangeResult]], ChangeResult | None] = _write_now,
        warning: str = "",
    ) -> None:
        """Begin as it was left.

        Args:
            library: what cites the works.
            stand: what the last visit has left.
            open_work: brings a work to the browser.
            say: shows a line to the user.
            attempt: makes a change of the reading state; it returns None, and reports why, if that fails.
            trouble: the warning that the screen beneath shows.
        """
        super().__init__(library, saved_state, warning)
        self._open_work = open_work
        self._notify_user = notify
        self._try_write = try_write
        self._list_order = saved_state.order
        self._all_works = saved_state.works
        self._is_complete = bool(saved_state.works)
        """Whether all works are here; before, those that are cannot be chosen from."""
        self._archive_version = self._requested_version = saved_state.archive_version
        self._ids_by_key: dict[str, str] = {}
        self._ordered_works: list[Work] = []
        self._asked_line = saved_state.line
        self._shown_line: str | None = None
        """The line whose works stand in the list."""
        self._is_enter_pending = False
        self._works_status = WorksStatus(order=saved_state.order, has_issues=not library.is_empty())

    def on_mount(self) -> None:
        """As it was left, the line selected: typing begins anew. What has changed since is read beside the screen."""
        self.line.action_select_all()
        self._update_status()
        self._requested_version = self.library.archive.get_data_version()
        if self._is_complete:
            # The list must have its size before it can be scrolled.
            self.call_after_refresh(self._sort_works, self.saved_state.work_id, self.saved_state.scroll)
        if not self._is_complete or self._requested_version != self._archive_version:
            self._load_works([] if self._is_complete or self.line.value else self._find_newest_ids())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Each letter chooses anew."""
        if event.value != self._asked_line:
            self._set_query(event.value)

    def on_input_submitted(self) -> None:
        """Enter: to the story that cites the work; asks which, where there are several."""
        if self.line.value != self._asked_line:
            self._set_query(self.line.value)
        if self._shown_line != self.line.value:
            self._is_enter_pending = True  # what was typed a moment before it counts
        elif (pointed := self.work_list.selected_work) and len(pointed.cited_by) == 1:
            self._close_with(pointed.cited_by[0])
        elif pointed:
            self._choose_story(pointed)

    def on_work_list_chosen(self) -> None:
        """A click on a work."""
        self.on_input_submitted()

    def on_works_screen_works_loaded(self, message: WorksLoaded) -> None:
        """Shows them; a first screenful only where it is what one looks at."""
        if message.is_complete:
            at = self.work_list.selected_work.id if self.work_list.selected_work and self.work_list.cursor else ""
            self._all_works, self._is_complete, self._archive_version = message.works, True, self._requested_version
            self._ids_by_key = {}
            self._sort_works(at)
            return
        if not self.line.value and not self._is_complete:
            self._shown_line = ""
            self.work_list.show_works(sort_work_list(message.works, self._list_order))
            self.update_footer()
        # Painted before the thread has the processor again.
        self.call_after_refresh(self._load_works, [])

    def on_works_screen_load_failed(self, message: LoadFailed) -> None:
        """Says why there is nothing."""
        self._works_status = replace(self._works_status, error=message.message)
        self._update_status()

    def action_choose(self) -> None:
        """As enter."""
        self.on_input_submitted()

    def action_open(self) -> None:
        """Brings the work to the browser."""
        if pointed := self.work_list.selected_work:
            self._open_work(pointed)
            self.work_list.redraw_marks()

    def action_star(self) -> None:
        """A star comes or goes; the work stays in the list until the line is another."""
        if not (pointed := self.work_list.selected_work):
            return
        on = not self.work_list.is_starred(pointed)
        if self._try_write(lambda: self.library.state.star_work(pointed.id, on, get_metadata(pointed).title)):
            self.work_list.redraw_marks()
            self._notify_user("Starred." if on else "Star taken away.")

    def action_copy_address(self) -> None:
        """Copies where it is."""
        if pointed := self.work_list.selected_work:
            self._copy_text(get_metadata(pointed).url, truncate(get_metadata(pointed).url, _MAX_URL_WIDTH))

    def action_copy_bibtex(self) -> None:
        """Copies it for a bibliography."""
        if pointed := self.work_list.selected_work:
            self._copy_text(format_bibtex_entry(pointed), "BibTeX")

    def action_copy_markdown(self) -> None:
        """Copies it for a text."""
        if pointed := self.work_list.selected_work:
            self._copy_text(markdown_line(pointed).removeprefix("- "), "Markdown")

    def action_turn(self) -> None:
        """Another order, seen from its top."""
        self._list_order = self._list_order.next
        self._works_status = replace(self._works_status, order=self._list_order)
        if self._is_complete:
            self._sort_works()

    def action_leave(self) -> None:
        """Back to where one was."""
        self._close_with(None)

    def redraw_marks(self) -> None:
        """To be called where a work was opened or starred elsewhere: the list shows it, if it is there by now."""
        for rows in self.query(WorkList):
            rows.redraw_marks()

    def _find_newest_ids(self) -> list[str]:
        """The ids of works that the newest issues cite, a screenful or more; those of one day all or none."""
        seen: dict[str, None] = {}
        wanted = self.app.size.height // 2
        day: str | None = None
        for head in self.library.get_issue_rows()[:_MAX_FIRST_ISSUES]:
            if len(seen) >= wanted and head.date != day:
                break
            day = head.date
            links = (link for story in self.library.get_issue(head.ref).stories for link in story.links)
            seen.update((link.work, None) for link in links if link.work and link.kind is not LinkKind.ISSUE)
        return list(seen)

    @work(thread=True, exclusive=True, group="works")
    def _load_works(self, ids: list[str]) -> None:
        """Reads the works with these ids, or all."""
        try:
            with CitedWorks(self.library.archive.path) as cited:
                works = sort_by_last_cited(cited.get(ids).values()) if ids else cited.get_all()
        except ReaderError as error:
            self.post_message(self.LoadFailed(str(error)))
        else:
            self.post_message(self.WorksLoaded(tuple(works), is_complete=not ids))

    def _set_query(self, line: str) -> None:
        self._asked_line, self._is_enter_pending = line, False
        self._apply_query()

    def _sort_works(self, work_id: str = "", scroll: int | None = None) -> None:
        self._ordered_works = sort_work_list(self._all_works, self._list_order)
        self._apply_query(work_id, scroll)

    def _apply_query(self, work_id: str = "", scroll: int | None = None) -> None:
        if self._is_complete:
            self._filter_works(self._asked_line, work_id, scroll)

    @work(exclusive=True, group="choosing")
    async def _filter_works(self, line: str, work_id: str, scroll: int | None) -> None:
        """Chooses and shows; the next letter breaks it off."""
        choice = parse_work_query(line, self._get_marks(line), self.library.find_full_ref)
        works = self._ordered_works
        found = await _filter_in_batches(works, choice) if line.strip() else works
        self._shown_line = line
        self.work_list.show_works(found, work_id, scroll)
        self._works_status = replace(
            self._works_status, found_count=len(found), work_count=len(works), remarks=choice.remarks, error=""
        )
        self._update_status()
        self.update_footer()
        if self._is_enter_pending:
            self._is_enter_pending = False
            self.on_input_submitted()

    def _get_marks(self, line: str) -> WorkMarks:
        """What is starred and opened, where the line may ask for it."""
        if "is:" not in line.casefold():
            return WorkMarks()
        if not self._ids_by_key:  # once: of ten thousand works that costs some milliseconds
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
        """What is known of a story that cites a work: another window may have taken it out of the archive."""
        try:
            issue_ref, position = self.library.resolve(ref)
            story = self.library.get_story(issue_ref, position or 1)
            return CitingStory(ref, story.headline, self.library.get_issue_row(issue_ref).date)
        except NotFoundError:
            return CitingStory(ref)

    def _copy_text(self, text: str, label: str) -> None:
        self.app.copy_to_clipboard(text)
        self._notify_user(f"Copied: {label}")

    def _update_status(self) -> None:
        self.set_status(draw_works_status(self._works_status))

    def _close_with(self, chosen_ref: str | None) -> None:
        at = self.work_list.selected_work.id if self.work_list.selected_work else ""
        works = self._all_works if self._is_complete else ()
        stand = WorksScreenState(
            self.line.value,
            self._list_order,
            at,
            round(self.work_list.scroll_y),
            works,
            self._archive_version,
            chosen_ref,
        )
        self.dismiss(stand)


async def _filter_in_batches(works: list[Work], query: WorkQuery) -> list[Work]:
    """The works that fit; between some and some more, others have their turn."""
    found: list[Work] = []
    for first in range(0, len(works), _BATCH_SIZE):
        found += query.filter(works[first : first + _BATCH_SIZE])
        await asyncio.sleep(0)
    return found
