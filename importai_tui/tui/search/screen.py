"""The search screen. It searches at every typed letter and closes with the chosen story.

A worker thread searches the archive; see `worker`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input, Static

from importai_tui.archive.search import FoundStory
from importai_tui.errors import ReaderError
from importai_tui.library.library import Library
from importai_tui.query.conditions import Query
from importai_tui.query.parser import MAX_QUERY_LENGTH, parse_query
from importai_tui.search.excerpts import Excerpt
from importai_tui.search.saved import MAX_SEARCH_NAME_LENGTH
from importai_tui.search.search import DEFAULT_LIMIT
from importai_tui.tui.bindings import make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.questions import NameDialog
from importai_tui.tui.search.results import HitList, SearchStatus, StartList, draw_query_completions, draw_search_status
from importai_tui.tui.search.trend_chart import TrendChart, restrict_to_period
from importai_tui.tui.search.worker import (
    QUERY_HELP,
    CompletionCycle,
    CompletionResult,
    PartialResults,
    SearchRequest,
    SearchWorker,
    apply_corrections,
    make_completion_job,
)
from importai_tui.tui.text import to_content
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, make_screen_hints
from importai_tui.tui.widgets.inputs import CleanInput


@dataclass(frozen=True, slots=True)
class ChosenHit:
    """The chosen story, its excerpt, and the query that found it."""

    story: FoundStory
    excerpt: Excerpt | None
    query: Query


@dataclass(frozen=True, slots=True)
class SearchScreenState:
    """The search screen when it was closed, so that it can open in the same state.

    `archive_version` is the archive's version. `chosen_hit` is None if the user chose no story.
    """

    line: str = ""
    results: PartialResults = field(default_factory=PartialResults)
    cursor: int = 0
    scroll: int = 0
    has_trend: bool = False
    archive_version: int = 0
    chosen_hit: ChosenHit | None = None


_MIN_WIDTH_FOR_NAME = 60
"""Cells of a window from which on the input has a label."""
_LOW_HEIGHT, _TALL_HEIGHT = 20, 30
"""Lines of a window below which margins are dropped, and from which on the bars are tall."""
_BACK_HINT = Hint("esc", "back", "leave")
_HELP_HINT = Hint("f1", "help", "help")
_START_HINTS = (Hint("enter", "search again", "choose"), Hint("↑ ↓", "select", "down"), _BACK_HINT, _HELP_HINT)
_HIT_HINTS = (
    Hint("enter", "open", "choose"),
    _BACK_HINT,
    Hint("ctrl+u", "clear", "clear"),
    Hint("ctrl+t", "trend", "trend"),
    Hint("ctrl+s", "save", "save"),
    _HELP_HINT,
)
_TREND_HINTS = (
    Hint("← →", "select", "bar_before"),
    Hint("enter", "show only this period", "narrow"),
    Hint("esc", "close", "leave"),
    _HELP_HINT,
)
_NARROWED_HINTS = (*_TREND_HINTS[:2], Hint("esc", "clear period", "leave"), _HELP_HINT)

_NO_TREND_TEXT = "Type a search first; the chart shows its hits over time."


class SearchScreen(Dialog[SearchScreenState]):
    """Asks for a story. It shows hits from the first letter on.

    One screen is used again for each search, because it costs half as much to show it as to make it.
    """

    CSS_PATH = [DIALOG_CSS, "search.tcss"]
    KEYMAP_SECTION = "Search screen"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)
    AUTO_FOCUS = "Input"

    line = query_one("#search-line", Input)
    status = query_one("#search-status", Static)
    trend_chart = query_one("#search-trend", TrendChart)
    start_list = query_one("#search-start", StartList)
    hit_list = query_one("#search-hits", HitList)

    class WorkerUpdate(Message):
        """The worker thread reports results, completions, or an error."""

        def __init__(self, update: object) -> None:
            super().__init__()
            self.update = update

    def __init__(self, library: Library, save_search: Callable[[str, str], object]) -> None:
        """Create the screen; call `prepare` before it is shown.

        Args:
            library: the library to search.
            save_search: saves a line under a name.
        """
        super().__init__()
        self.library = library
        self._save_search = save_search
        self._status_content = Content()
        self._search_worker: SearchWorker | None = None
        self._last_number = 0
        """The number of the last request. It is not used again, because late results of another visit may come."""
        self.prepare(SearchScreenState(), ())

    def prepare(self, saved_state: SearchScreenState, recent_lines: Sequence[str], *, no_issues_text: str = "") -> None:
        """Show this state when the screen is opened next.

        Args:
            saved_state: the state of the last visit.
            recent_lines: the history, newest first.
            no_issues_text: what to do first if there are no issues.
        """
        self.saved_state = saved_state
        self._recent_lines = recent_lines
        self._narrowings: list[tuple[str, str]] = []
        """For each chosen bar: the narrowed line, and the line before."""
        self._results = saved_state.results
        self._request = SearchRequest(saved_state.results.request_number, Query(""))
        self._asked_line = saved_state.line
        self._completions: CompletionCycle | None = None
        self._is_enter_pending = False
        self._is_trend_pending = False
        self._more_requested_at = 0
        self._no_issues_text = no_issues_text
        if self.is_mounted:
            self._open()

    def compose(self) -> ComposeResult:
        """Yield the input, the status, the bars, and the lists."""
        with Horizontal(id="search-top"), Horizontal(id="search-ask"):
            yield Static("", id="search-sign", markup=False)
            yield CleanInput(
                self.saved_state.line,
                max_length=MAX_QUERY_LENGTH,
                compact=True,
                select_on_focus=False,
                id="search-line",
            )
        with Vertical(id="search-body"), Vertical(id="search-page"):
            yield Static("", id="search-status", markup=False)
            yield TrendChart(id="search-trend")
            yield StartList(id="search-start", query_hints=QUERY_HELP)
            yield HitList(id="search-hits")
        yield Footer()

    def on_mount(self) -> None:
        """Show the saved state."""
        self._open()

    def _open(self) -> None:
        """Show the saved state. The cursor is at the end of the line, so that typing changes the search."""
        state = self.library.state
        self._unindexed_count = len(self.library.archive.find_unindexed_issues())
        self.set_line(self.saved_state.line)
        self.set_focus(self.line)
        self.start_list.show_recent(self._recent_lines)
        self.hit_list.set_marks(state.get_read_keys(), state.get_starred_keys())
        self._search_worker = SearchWorker(self.library.archive.path, self._post_update, self._results)
        self.trend_chart.display = self.saved_state.has_trend
        result = self._results.result
        if result is None or self.saved_state.archive_version != self.library.archive.get_data_version():
            self._start_search(self.saved_state.line)
            return
        marks = self.library.state.get_marks(result.query.mark_fields())
        self._request = SearchRequest(
            self._results.request_number, result.query, marks, with_trend=self.saved_state.has_trend
        )
        self._show_results()
        self.call_after_refresh(
            self.hit_list.restore_results, self._results, self.saved_state.cursor, self.saved_state.scroll
        )

    async def on_unmount(self) -> None:
        """Stop the worker, because it keeps the archive open."""
        await self._close_worker()

    async def _close_worker(self) -> None:
        worker, self._search_worker = self._search_worker, None
        if worker:
            await asyncio.to_thread(worker.close)

    def on_resize(self) -> None:
        """Drop margins in a low window."""
        width, height = self.app.size
        self.set_class(height < _LOW_HEIGHT, "-low")
        self.query_one("#search-sign", Static).update(
            to_content("Search" if width >= _MIN_WIDTH_FOR_NAME else "/", "bold $mark")
        )
        self.trend_chart.styles.height = 9 if height >= _TALL_HEIGHT else 7 if height >= _LOW_HEIGHT else 4
        self.update_footer()

    def on_descendant_focus(self) -> None:
        """Show the keys of the focused widget."""
        self.update_footer()

    def on_trend_chart_key_typed(self, message: TrendChart.KeyTyped) -> None:
        """Type the key into the input. Backspace after a chosen bar restores the line."""
        if message.event.key == "backspace" and self.undo_narrowing():
            return
        self.line.focus()
        if message.event.character and message.event.is_printable:
            self.line.insert_text_at_cursor(message.event.character)
        else:
            self.line.action_delete_left()

    def on_trend_chart_chosen(self, message: TrendChart.Chosen) -> None:
        """Restrict the search to the period of the bar."""
        old_line, new_line = self.line.value, restrict_to_period(self.line.value, message.period)
        if new_line != old_line:
            self._narrowings = [*(self._narrowings if self.is_narrowed else ()), (new_line, old_line)]
            self.set_line(new_line)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for the typed text."""
        if event.value != self._asked_line:
            self._start_search(event.value)

    def on_input_submitted(self) -> None:
        """Open the selected story, or take the selected recent search or the correction.

        If the results of the line are still on their way, do so when they arrive.
        """
        if self.line.value != self._asked_line:
            self._start_search(self.line.value)
        if self.start_list.display and self._request.query.is_empty:
            self.set_line(self.start_list.selected_line or self.line.value)
        elif self._results.request_number != self._request.number:
            self._is_enter_pending = True
        elif self.hit_list.selected_hit and self._results.result:
            self._close_with(ChosenHit(*self.hit_list.selected_hit, self._results.result.expanded_query))
        elif self._corrected_line != self.line.value:
            self.set_line(self._corrected_line)

    def on_hit_list_chosen(self) -> None:
        """Treat a click on a story as Enter."""
        self.on_input_submitted()

    def on_start_list_chosen(self) -> None:
        """Treat a click on a recent search as Enter."""
        self.on_input_submitted()

    def on_hit_list_end_near(self) -> None:
        """Request more stories, once for each number of loaded stories."""
        results = self._results
        if self._search_worker and self._more_requested_at != results.story_count < (results.total or 0):
            self._more_requested_at = results.story_count
            self._search_worker.load_more(self._request)

    def on_search_screen_worker_update(self, message: WorkerUpdate) -> None:
        """Show an update of the worker if it belongs to the current request."""
        match message.update:
            case PartialResults() as results if results.request_number == self._request.number:
                self._results = results
                self._show_results()
            case CompletionResult(line, cursor, completions) if (line, cursor) == (
                self.line.value,
                self.line.cursor_position,
            ):
                if completions:
                    self._take_completion(CompletionCycle(completions))
            case ReaderError() as error:
                self._results = PartialResults(self._request.number, error=str(error))
                self._show_results()
            case Exception() as error:
                raise error

    def action_down(self) -> None:
        """Move the cursor down."""
        self._visible_list.move(1)

    def action_up(self) -> None:
        """Move the cursor up."""
        self._visible_list.move(-1)

    def action_page(self, share: float) -> None:
        """Scroll by a share of a page."""
        self._visible_list.page(share)

    def action_bar_before(self) -> None:
        """Select the previous bar."""
        self.trend_chart.action_step(-1)

    def action_narrow(self) -> None:
        """Choose the selected bar."""
        self.trend_chart.action_choose()

    def action_clear(self) -> None:
        """Empty the input, for a new search."""
        self.line.focus()
        self.set_line("")

    def action_choose(self) -> None:
        """Do the same as Enter in the input."""
        self.on_input_submitted()

    def action_complete(self, step: int = 1) -> None:
        """Apply the correction, if there is one, or put the next completion into the input."""
        line = self.line
        if not line.has_focus:
            line.focus()
        elif (
            self._completions
            and self._completions.current.text == line.value
            and len(self._completions.completions) > 1
        ):
            self._take_completion(self._completions.advance(step))
        elif self._corrected_line != line.value:
            self.set_line(self._corrected_line)
        elif self._search_worker:
            tags, issue_rows = self.library.state.count_tags(), self.library.get_issue_rows()
            self._search_worker.add_job(make_completion_job(line.value, line.cursor_position, tags, issue_rows))

    def action_trend(self) -> None:
        """Show and focus the bars once there are results. Hide them if they have the focus."""
        if self.trend_chart.has_focus:
            self.hide_trend()
        else:
            # The input handles the keys that were typed before this one first.
            self.line.call_later(self._request_trend)

    @work(exclusive=True, group="dialog")
    async def action_save(self) -> None:
        """Ask for a name and save the search."""
        line = " ".join(self.line.value.split())
        if not line:
            return
        name = await self.app.push_screen_wait(NameDialog("Save this search as", line, MAX_SEARCH_NAME_LENGTH))
        if name:
            self._save_search(name, line)

    def action_leave(self) -> None:
        """Undo the last chosen bar, or hide the focused bars, or close the screen."""
        if self.trend_chart.has_focus:
            if not self.undo_narrowing():
                self.hide_trend()
        else:
            self._close_with(None)

    @property
    def is_narrowed(self) -> bool:
        """True if the line is still as the last chosen bar changed it."""
        return bool(self._narrowings) and self._narrowings[-1][0] == self.line.value

    def undo_narrowing(self) -> bool:
        """Restore the line from before the last chosen bar. Return False if there is none."""
        if not self.is_narrowed:
            return False
        self.set_line(self._narrowings.pop()[1])
        return True

    def set_line(self, line: str) -> None:
        """Replace the text of the input."""
        self.line.value = line
        self.line.cursor_position = len(line)
        self.update_footer()

    def hide_trend(self) -> None:
        """Hide the bars."""
        if self.trend_chart.has_focus:
            self.line.focus()
        self.trend_chart.display = False

    def update_footer(self) -> None:
        """Show the keys of the focused widget in the footer."""
        start = _START_HINTS if self._recent_lines else (_BACK_HINT, _HELP_HINT)
        bars = _NARROWED_HINTS if self.is_narrowed else _TREND_HINTS
        hints = bars if self.trend_chart.has_focus else start if self.start_list.display else _HIT_HINTS
        self.query_one(Footer).footer_content = FooterContent(make_screen_hints(self.app, "Search screen", hints))

    @property
    def _visible_list(self) -> HitList | StartList:
        return self.start_list if self.start_list.display else self.hit_list

    def _request_trend(self) -> None:
        if self.line.value != self._asked_line:
            self._start_search(self.line.value)
        if self._results.request_number != self._request.number:
            self._is_trend_pending = True
            self._request = replace(self._request, with_trend=True)
            if self._search_worker:
                self._search_worker.start(self._request)
        elif self._results.story_count:
            self._show_trend()
        elif not self._results.result:
            self._set_status(to_content(_NO_TREND_TEXT, "$muted"))

    def _fill_trend(self) -> None:
        self.trend_chart.periods = self._results.periods
        self.trend_chart.undated_count = self._results.undated_count

    def _show_trend(self) -> None:
        self._fill_trend()
        self.trend_chart.display = True
        self.trend_chart.focus()
        if not (self._results.periods or self._request.with_trend) and self._search_worker:
            self._search_worker.load_trend(self._request)

    def _post_update(self, update: object) -> None:
        """Post an update. The worker calls this in its thread."""
        self.post_message(self.WorkerUpdate(update))

    def _start_search(self, line: str) -> None:
        self._asked_line = line
        query = parse_query(line, is_typing=True)
        self._is_enter_pending, self._more_requested_at = False, 0
        self._last_number = number = max(self._last_number, self._request.number) + 1
        marks = self.library.state.get_marks(query.mark_fields())
        # The list has no height before the first results.
        visible_count = (self.hit_list.size.height or self.app.size.height) // self.hit_list.LINES_PER_ROW + 1
        self._request = SearchRequest(number, query, marks, visible_count, with_trend=bool(self.trend_chart.display))
        if query.is_empty:
            # An empty query has no results. The new number makes pending results obsolete.
            self._results = PartialResults(number)
            self._show_results()
        elif self._search_worker:
            self._search_worker.start(self._request)
            self._update_status()

    def _show_results(self) -> None:
        has_result = self._results.result is not None
        self.start_list.display = not has_result and not self._results.error
        self.hit_list.display = has_result
        self.hit_list.show_results(self._results)
        if not has_result:
            self.hide_trend()
        elif self._results.periods:
            self._fill_trend()
        if self._is_trend_pending and self._results.story_count:
            self._show_trend()
        self._is_trend_pending = False
        self._update_status()
        self.update_footer()
        if self._is_enter_pending and has_result:
            self._is_enter_pending = False
            self.on_input_submitted()

    def _update_status(self) -> None:
        """Update the status line. While the user completes a word, it shows the completions."""
        if self._completions and self._completions.current.text == self.line.value:
            labels = [completion.label for completion in self._completions.completions]
            self._set_status(draw_query_completions(labels, self._completions.index, self.status.size.width))
            return
        results, result = self._results, self._results.result
        total = results.story_count if results.total is None and results.story_count < DEFAULT_LIMIT else results.total
        if result and total is None:
            return  # The old count stays for a moment, because the new one is coming soon.
        query, is_ranked = (result.query, result.is_ranked) if result else (Query(""), False)
        if self._unindexed_count:
            self._unindexed_count = len(self.library.archive.find_unindexed_issues())
        status = SearchStatus(
            query,
            total,
            is_ranked,
            bool(result and result.correction),
            self._unindexed_count,
            self._no_issues_text,
            results.error,
            results.remarks,
        )
        self._set_status(draw_search_status(status))

    def _set_status(self, content: Content) -> None:
        """Draw new content. Trigger a layout only if its number of lines changes."""
        if self._status_content.is_same(content):
            return
        self._status_content = content
        self.status.display = bool(content)
        width, height = self.status.size
        self.status.update(content, layout=not width or max(1, content.get_height({}, width)) != height)

    @property
    def _corrected_line(self) -> str:
        """The line with all suggested corrections, or as typed if words were corrected, or the line itself."""
        line = self.line.value
        if self._asked_line != line:
            return line
        result = self._results.result if self._results.request_number == self._request.number else None
        literal_line = result.correction.literal_line if result and result.correction else line
        return apply_corrections(literal_line, self._request.query.remarks)

    def _take_completion(self, completions: CompletionCycle) -> None:
        self._completions = completions
        self.line.value = completions.current.text
        self.line.cursor_position = completions.current.cursor
        self._update_status()

    def _close_with(self, chosen_hit: ChosenHit | None) -> None:
        scroll, has_trend = round(self.hit_list.scroll_y), bool(self.trend_chart.display)
        version = self.library.archive.get_data_version()
        state = SearchScreenState(
            self.line.value, self._results, self.hit_list.cursor, scroll, has_trend, version, chosen_hit
        )
        self.dismiss(state)
        self.run_worker(self._close_worker())
