"""Searching: each letter is a question, and what is found stands beneath the line. It closes with what was chosen.

The search as one sees it: the line, what is told of it, the bars, the list. What stands there is a subclass's.

A search as it was left, so that it is found again so. Plain values.
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
from importai_tui.search.saved import MAX_NAME_LENGTH
from importai_tui.search.search import DEFAULT_LIMIT
from importai_tui.tui.bindings import make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.help import HelpDialog
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
    """A story that was found, why, and by what."""

    story: FoundStory
    excerpt: Excerpt | None
    query: Query


@dataclass(frozen=True, slots=True)
class SearchScreenState:
    """The line, what was found, and where one was in it. `version` is the archive's, `chosen` what it was left for."""

    line: str = ""
    results: PartialResults = field(default_factory=PartialResults)
    cursor: int = 0
    scroll: int = 0
    has_trend: bool = False
    archive_version: int = 0
    chosen_hit: ChosenHit | None = None


_MIN_WIDTH_FOR_NAME = 60
"""Cells from which on the line has a name before it."""
_LOW_HEIGHT, _TALL_HEIGHT = 20, 30
"""Lines of the window below which every line is needed, and from which on the bars may be tall."""
_BACK_HINT = Hint("esc", "back", "leave")
_START_HINTS = (Hint("↑ ↓", "choose", "down"), Hint("enter", "search again", "choose"), _BACK_HINT)
_HIT_HINTS = (
    Hint("enter", "open", "choose"),
    Hint("↑ ↓", "choose", "down"),
    Hint("tab", "complete", "complete"),
    Hint("ctrl+t", "trend", "trend"),
    Hint("ctrl+s", "save", "save"),
    _BACK_HINT,
)
_TREND_HINTS = (
    Hint("← →", "choose", "bar_before"),
    Hint("enter", "narrow", "narrow"),
    Hint("esc", "put away", "leave"),
)
_NARROWED_HINTS = (*_TREND_HINTS[:2], Hint("esc", "all times again", "leave"))


class SearchLayout(Dialog[SearchScreenState]):
    """The keys that only move, and the places of all that is shown."""

    CSS_PATH = [DIALOG_CSS, "search.tcss"]
    BINDINGS = make_screen_bindings("In the search")
    AUTO_FOCUS = "Input"

    line = query_one("#search-line", Input)
    status = query_one("#search-status", Static)
    trend_chart = query_one("#search-trend", TrendChart)
    start_list = query_one("#search-start", StartList)
    hit_list = query_one("#search-hits", HitList)

    def __init__(self, library: Library, saved_state: SearchScreenState, recent_lines: Sequence[str]) -> None:
        """Begin as the search was left; `recent` is what was searched for before, newest first."""
        super().__init__()
        self.library = library
        self.saved_state = saved_state
        self._recent_lines = recent_lines
        self._narrowings: list[tuple[str, str]] = []
        """Each line that a bar was chosen for, behind what that has made of it."""

    def compose(self) -> ComposeResult:
        """The line, what is told of it, the bars, and what is found or may be asked."""
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
            yield StartList(id="search-start", recent_lines=self._recent_lines, query_hints=QUERY_HELP)
            yield HitList(
                id="search-hits",
                read_keys=self.library.state.get_read_keys(),
                starred_keys=self.library.state.get_starred_keys(),
            )
        yield Footer()

    def on_resize(self) -> None:
        """In a low window every line is needed."""
        width, height = self.app.size
        self.set_class(height < _LOW_HEIGHT, "-low")
        self.query_one("#search-sign", Static).update(
            to_content("Search" if width >= _MIN_WIDTH_FOR_NAME else "/", "bold $mark")
        )
        self.trend_chart.styles.height = 8 if height >= _TALL_HEIGHT else 6 if height >= _LOW_HEIGHT else 4
        self.update_footer()

    def on_descendant_focus(self) -> None:
        """The keys are others at the bars."""
        self.update_footer()

    def on_trend_chart_key_typed(self, message: TrendChart.KeyTyped) -> None:
        """One types on; backspace after a bar was chosen takes the choice back."""
        if message.event.key == "backspace" and self.undo_narrowing():
            return
        self.line.focus()
        if message.event.character and message.event.is_printable:
            self.line.insert_text_at_cursor(message.event.character)
        else:
            self.line.action_delete_left()

    def on_trend_chart_chosen(self, message: TrendChart.Chosen) -> None:
        """Asks for that time alone."""
        wide, narrow = self.line.value, restrict_to_period(self.line.value, message.period)
        if narrow != wide:
            self._narrowings = [*self._narrowings, (narrow, wide)] if self.is_narrowed else [(narrow, wide)]
            self.set_line(narrow)

    @property
    def is_narrowed(self) -> bool:
        """Whether the line is still what the choice of a bar has made of it."""
        return bool(self._narrowings) and self._narrowings[-1][0] == self.line.value

    def undo_narrowing(self) -> bool:
        """Back to the line as it was before the last bar was chosen; False where there is none to go back to."""
        if not self.is_narrowed:
            return False
        self.set_line(self._narrowings.pop()[1])
        return True

    def set_line(self, line: str) -> None:
        """Puts a line in the place of the one that is there."""
        self.line.value = line
        self.line.cursor_position = len(line)
        self.update_footer()

    def action_down(self) -> None:
        """Down in what is found."""
        self._visible_list.move(1)

    def action_up(self) -> None:
        """Up in what is found."""
        self._visible_list.move(-1)

    def action_page(self, share: float) -> None:
        """The same by pages."""
        self._visible_list.page(share)

    def action_bar_before(self) -> None:
        """To the bar on the left."""
        self.trend_chart.action_step(-1)

    def action_narrow(self) -> None:
        """As enter at the bars."""
        self.trend_chart.action_choose()

    def action_help(self) -> None:
        """The keys of the reader."""
        self.app.push_screen(HelpDialog("In the search"))

    def hide_trend(self) -> None:
        """No bars any more."""
        if self.trend_chart.has_focus:
            self.line.focus()
        self.trend_chart.display = False

    def update_footer(self) -> None:
        """Brings the footer in step."""
        start = _START_HINTS if self._recent_lines else (_BACK_HINT,)
        bars = _NARROWED_HINTS if self.is_narrowed else _TREND_HINTS
        hints = bars if self.trend_chart.has_focus else start if self.start_list.display else _HIT_HINTS
        self.query_one(Footer).footer_content = FooterContent(make_screen_hints(self.app, "In the search", hints))

    @property
    def _visible_list(self) -> HitList | StartList:
        return self.start_list if self.start_list.display else self.hit_list


_NO_TREND_TEXT = "The trend is that of the stories that are found: type something first."


class SearchScreen(SearchLayout):
    """One types, and sees what is found from the first letter on."""

    class WorkerUpdate(Message):
        """Something comes from the thread."""

        def __init__(self, update: object) -> None:
            super().__init__()
            self.update = update

    def __init__(
        self,
        library: Library,
        saved_state: SearchScreenState,
        recent_lines: Sequence[str],
        save_search: Callable[[str, str], object],
    ) -> None:
        """Begin as the search was left; `save` keeps a search under a name."""
        super().__init__(library, saved_state, recent_lines)
        self._save_search = save_search
        self._results = saved_state.results
        self._request = SearchRequest(saved_state.results.request_number, Query(""))
        self._asked_line = saved_state.line
        self._completions: CompletionCycle | None = None
        self._is_enter_pending = False
        self._is_trend_pending = False
        self._more_requested_at = 0
        self._status_content = Content()
        self._is_archive_empty = library.is_empty()
        self._unindexed_count = len(library.archive.find_unindexed_issues())
        self._search_worker: SearchWorker | None = None

    def on_mount(self) -> None:
        """Everything as it was left, and the line selected: typing begins anew."""
        self._search_worker = SearchWorker(self.library.archive.path, self._post_update, self._results)
        self.trend_chart.display = self.saved_state.has_trend
        self.line.action_select_all()
        answer = self._results.result
        if answer is None or self.saved_state.archive_version != self.library.archive.get_data_version():
            self._start_search(self.saved_state.line)
            return
        marks = self.library.state.get_marks(answer.query.mark_fields())
        self._request = SearchRequest(
            self._results.request_number, answer.query, marks, with_trend=self.saved_state.has_trend
        )
        self._show_results()
        self.call_after_refresh(
            self.hit_list.restore_results, self._results, self.saved_state.cursor, self.saved_state.scroll
        )

    async def on_unmount(self) -> None:
        """The thread holds the archive open."""
        if self._search_worker:
            await asyncio.to_thread(self._search_worker.close)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Each letter is a question; the line that one comes back to is none."""
        if event.value != self._asked_line:
            self._start_search(event.value)

    def on_input_submitted(self) -> None:
        """Enter: opens what is pointed at; what was typed a moment before it counts."""
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
        """A click on a story."""
        self.on_input_submitted()

    def on_start_list_chosen(self) -> None:
        """A click on a recent search."""
        self.on_input_submitted()

    def on_hit_list_end_near(self) -> None:
        """More stories, if there are more, each time once."""
        findings = self._results
        if self._search_worker and self._more_requested_at != findings.story_count < (findings.total or 0):
            self._more_requested_at = findings.story_count
            self._search_worker.load_more(self._request)

    def on_search_screen_worker_update(self, message: WorkerUpdate) -> None:
        """What has come from the thread, if it belongs to the newest question."""
        match message.update:
            case PartialResults() as findings if findings.request_number == self._request.number:
                self._results = findings
                self._show_results()
            case CompletionResult(line, cursor, offered) if (line, cursor) == (
                self.line.value,
                self.line.cursor_position,
            ):
                if offered:
                    self._take_completion(CompletionCycle(offered))
            case ReaderError() as error:
                self._results = PartialResults(self._request.number, error=str(error))
                self._show_results()
            case Exception() as error:
                raise error

    def action_choose(self) -> None:
        """As enter."""
        self.on_input_submitted()

    def action_complete(self, step: int = 1) -> None:
        """Takes what may have been meant; else goes on with the word under the cursor, round and round."""
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
            tags, heads = self.library.state.count_tags(), self.library.get_issue_rows()
            self._search_worker.add_job(make_completion_job(line.value, line.cursor_position, tags, heads))

    def action_trend(self) -> None:
        """Shows the bars and goes there, as soon as there is an answer; at the bars, puts them away."""
        if self.trend_chart.has_focus:
            self.hide_trend()
        else:
            # Behind the letters that were typed before: the line may not have them yet.
            self.line.call_later(self._request_trend)

    @work(exclusive=True, group="dialog")
    async def action_save(self) -> None:
        """Asks for a name and keeps the search under it."""
        line = " ".join(self.line.value.split())
        if not line:
            return
        name = await self.app.push_screen_wait(NameDialog("Save this search as", line, MAX_NAME_LENGTH))
        if name:
            self._save_search(name, line)

    def action_leave(self) -> None:
        """At the bars back to all times, then away from them; else back to where one was."""
        if self.trend_chart.has_focus:
            if not self.undo_narrowing():
                self.hide_trend()
        else:
            self._close_with(None)

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

    def _show_trend(self) -> None:
        self.trend_chart.periods = self._results.periods
        self.trend_chart.display = True
        self.trend_chart.focus()
        if not (self._results.periods or self._request.with_trend) and self._search_worker:
            self._search_worker.load_trend(self._request)

    def _post_update(self, update: object) -> None:
        """Called in the thread."""
        self.post_message(self.WorkerUpdate(update))

    def _start_search(self, line: str) -> None:
        self._asked_line = line
        query = parse_query(line, is_typing=True)
        self._is_enter_pending, self._more_requested_at = False, 0
        number, marks = self._request.number + 1, self.library.state.get_marks(query.mark_fields())
        # Before the first answer the list has no height.
        seen = (self.hit_list.size.height or self.app.size.height) // self.hit_list.LINES_PER_ROW + 1
        self._request = SearchRequest(number, query, marks, seen, with_trend=bool(self.trend_chart.display))
        if query.is_empty:
            # Nothing is asked: what is still on its way belongs to no question.
            self._results = PartialResults(number)
            self._show_results()
        elif self._search_worker:
            self._search_worker.start(self._request)
            self._update_status()

    def _show_results(self) -> None:
        found = self._results.result is not None
        self.start_list.display = not found and not self._results.error
        self.hit_list.display = found
        self.hit_list.show_results(self._results)
        if not found:
            self.hide_trend()
        elif self._results.periods:
            self.trend_chart.periods = self._results.periods
        if self._is_trend_pending and self._results.story_count:
            self._show_trend()
        self._is_trend_pending = False
        self._update_status()
        self.update_footer()
        if self._is_enter_pending and found:
            self._is_enter_pending = False
            self.on_input_submitted()

    def _update_status(self) -> None:
        """Brings the line of words in step; while tab is being pressed it tells what there is to choose from."""
        if self._completions and self._completions.current.text == self.line.value:
            shown = [one.label for one in self._completions.completions]
            self._set_status(draw_query_completions(shown, self._completions.at, self.status.size.width))
            return
        findings, answer = self._results, self._results.result
        total = (
            findings.story_count if findings.total is None and findings.story_count < DEFAULT_LIMIT else findings.total
        )
        if answer and total is None:
            return  # the count of the line before stands for the moment that it takes
        query, ranked = (answer.query, answer.is_ranked) if answer else (Query(""), False)
        if self._unindexed_count:
            self._unindexed_count = len(self.library.archive.find_unindexed_issues())
        status = SearchStatus(
            query, total, ranked, findings.suggestion, self._unindexed_count, self._is_archive_empty, findings.error
        )
        self._set_status(draw_search_status(status))

    def _set_status(self, content: Content) -> None:
        """Only other words are drawn, and only another number of lines moves what is beneath them."""
        if self._status_content.is_same(content):
            return
        self._status_content = content
        self.status.display = bool(content)
        width, height = self.status.size
        self.status.update(content, layout=not width or max(1, content.get_height({}, width)) != height)

    @property
    def _corrected_line(self) -> str:
        """The line as it may have been meant; as it is, where nothing else is known of it."""
        line = self.line.value
        if self._asked_line != line:
            return line
        known = self._results.request_number == self._request.number
        return apply_corrections((known and self._results.suggestion) or line, self._request.query.remarks)

    def _take_completion(self, completions: CompletionCycle) -> None:
        self._completions = completions
        self.line.value = completions.current.text
        self.line.cursor_position = completions.current.cursor
        self._update_status()

    def _close_with(self, chosen: ChosenHit | None) -> None:
        scroll, trend = round(self.hit_list.scroll_y), bool(self.trend_chart.display)
        version = self.library.archive.get_data_version()
        self.dismiss(
            SearchScreenState(self.line.value, self._results, self.hit_list.cursor, scroll, trend, version, chosen)
        )
