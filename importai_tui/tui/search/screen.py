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
from importai_tui.tui.dialogs.dialog import LOOK, Dialog
from importai_tui.tui.dialogs.help import Help
from importai_tui.tui.dialogs.questions import AskName
from importai_tui.tui.search.results import HitList, StartList, Status, draw_choices, draw_status
from importai_tui.tui.search.trend_chart import TrendChart, narrowed
from importai_tui.tui.search.worker import HELP, Choices, Completed, Findings, Question, SearchThread, completing, meant
from importai_tui.tui.text import to_content
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, make_screen_hints
from importai_tui.tui.widgets.inputs import CleanInput


@dataclass(frozen=True, slots=True)
class Chosen:
    """A story that was found, why, and by what."""

    found: FoundStory
    excerpt: Excerpt | None
    query: Query


@dataclass(frozen=True, slots=True)
class Stand:
    """The line, what was found, and where one was in it. `version` is the archive's, `chosen` what it was left for."""

    line: str = ""
    findings: Findings = field(default_factory=Findings)
    cursor: int = 0
    scroll: int = 0
    trend: bool = False
    version: int = 0
    chosen: Chosen | None = None


_WIDE = 60
"""Cells from which on the line has a name before it."""
_LOW, _MIDDLING = 20, 30
"""Lines of the window below which every line is needed, and from which on the bars may be tall."""
_ESCAPE = Hint("esc", "back", "leave")
_AT_THE_START = (Hint("↑ ↓", "choose", "down"), Hint("enter", "search again", "choose"), _ESCAPE)
_AT_THE_HITS = (
    Hint("enter", "open", "choose"),
    Hint("↑ ↓", "choose", "down"),
    Hint("tab", "complete", "complete"),
    Hint("ctrl+t", "trend", "trend"),
    Hint("ctrl+s", "save", "save"),
    _ESCAPE,
)
_AT_THE_BARS = (
    Hint("← →", "choose", "bar_before"),
    Hint("enter", "narrow", "narrow"),
    Hint("esc", "put away", "leave"),
)
_WHEN_NARROWED = (*_AT_THE_BARS[:2], Hint("esc", "all times again", "leave"))


class SearchPanes(Dialog[Stand]):
    """The keys that only move, and the places of all that is shown."""

    CSS_PATH = [LOOK, "search.tcss"]
    BINDINGS = make_screen_bindings("In the search")
    AUTO_FOCUS = "Input"

    line = query_one("#search-line", Input)
    status = query_one("#search-status", Static)
    chart = query_one("#search-trend", TrendChart)
    start = query_one("#search-start", StartList)
    hits = query_one("#search-hits", HitList)

    def __init__(self, library: Library, stand: Stand, recent: Sequence[str]) -> None:
        """Begin as the search was left; `recent` is what was searched for before, newest first."""
        super().__init__()
        self.library = library
        self.stand = stand
        self._recent = recent
        self._widened: list[tuple[str, str]] = []
        """Each line that a bar was chosen for, behind what that has made of it."""

    def compose(self) -> ComposeResult:
        """The line, what is told of it, the bars, and what is found or may be asked."""
        with Horizontal(id="search-top"), Horizontal(id="search-ask"):
            yield Static("", id="search-sign", markup=False)
            yield CleanInput(
                self.stand.line, max_length=MAX_QUERY_LENGTH, compact=True, select_on_focus=False, id="search-line"
            )
        with Vertical(id="search-body"), Vertical(id="search-page"):
            yield Static("", id="search-status", markup=False)
            yield TrendChart(id="search-trend")
            yield StartList(id="search-start", recent=self._recent, told=HELP)
            yield HitList(
                id="search-hits", read=self.library.state.get_read_keys(), starred=self.library.state.get_starred_keys()
            )
        yield Footer()

    def on_resize(self) -> None:
        """In a low window every line is needed."""
        width, height = self.app.size
        self.set_class(height < _LOW, "-low")
        self.query_one("#search-sign", Static).update(to_content("Search" if width >= _WIDE else "/", "bold $mark"))
        self.chart.styles.height = 8 if height >= _MIDDLING else 6 if height >= _LOW else 4
        self.tell_keys()

    def on_descendant_focus(self) -> None:
        """The keys are others at the bars."""
        self.tell_keys()

    def on_trend_chart_typed(self, message: TrendChart.Typed) -> None:
        """One types on; backspace after a bar was chosen takes the choice back."""
        if message.event.key == "backspace" and self.widen():
            return
        self.line.focus()
        if message.event.character and message.event.is_printable:
            self.line.insert_text_at_cursor(message.event.character)
        else:
            self.line.action_delete_left()

    def on_trend_chart_chosen(self, message: TrendChart.Chosen) -> None:
        """Asks for that time alone."""
        wide, narrow = self.line.value, narrowed(self.line.value, message.period)
        if narrow != wide:
            self._widened = [*self._widened, (narrow, wide)] if self.is_narrowed else [(narrow, wide)]
            self.take(narrow)

    @property
    def is_narrowed(self) -> bool:
        """Whether the line is still what the choice of a bar has made of it."""
        return bool(self._widened) and self._widened[-1][0] == self.line.value

    def widen(self) -> bool:
        """Back to the line as it was before the last bar was chosen; False where there is none to go back to."""
        if not self.is_narrowed:
            return False
        self.take(self._widened.pop()[1])
        return True

    def take(self, line: str) -> None:
        """Puts a line in the place of the one that is there."""
        self.line.value = line
        self.line.cursor_position = len(line)
        self.tell_keys()

    def action_down(self) -> None:
        """Down in what is found."""
        self._list.move(1)

    def action_up(self) -> None:
        """Up in what is found."""
        self._list.move(-1)

    def action_page(self, share: float) -> None:
        """The same by pages."""
        self._list.page(share)

    def action_bar_before(self) -> None:
        """To the bar on the left."""
        self.chart.action_step(-1)

    def action_narrow(self) -> None:
        """As enter at the bars."""
        self.chart.action_choose()

    def action_help(self) -> None:
        """The keys of the reader."""
        self.app.push_screen(Help("In the search"))

    def put_trend_away(self) -> None:
        """No bars any more."""
        if self.chart.has_focus:
            self.line.focus()
        self.chart.display = False

    def tell_keys(self) -> None:
        """Brings the footer in step."""
        start = _AT_THE_START if self._recent else (_ESCAPE,)
        bars = _WHEN_NARROWED if self.is_narrowed else _AT_THE_BARS
        hints = bars if self.chart.has_focus else start if self.start.display else _AT_THE_HITS
        self.query_one(Footer).footer_content = FooterContent(make_screen_hints(self.app, "In the search", hints))

    @property
    def _list(self) -> HitList | StartList:
        return self.start if self.start.display else self.hits


_NO_TREND = "The trend is that of the stories that are found: type something first."


class SearchScreen(SearchPanes):
    """One types, and sees what is found from the first letter on."""

    class Told(Message):
        """Something comes from the thread."""

        def __init__(self, what: object) -> None:
            super().__init__()
            self.what = what

    def __init__(
        self, library: Library, stand: Stand, recent: Sequence[str], save: Callable[[str, str], object]
    ) -> None:
        """Begin as the search was left; `save` keeps a search under a name."""
        super().__init__(library, stand, recent)
        self._save = save
        self._findings = stand.findings
        self._question = Question(stand.findings.number, Query(""))
        self._asked = stand.line
        self._choices: Choices | None = None
        self._entered = False
        self._bars_wanted = False
        self._wanted = 0
        self._written = Content()
        self._empty = library.is_empty()
        self._waiting = len(library.archive.find_unindexed_issues())
        self._thread: SearchThread | None = None

    def on_mount(self) -> None:
        """Everything as it was left, and the line selected: typing begins anew."""
        self._thread = SearchThread(self.library.archive.path, self._hear, self._findings)
        self.chart.display = self.stand.trend
        self.line.action_select_all()
        answer = self._findings.answer
        if answer is None or self.stand.version != self.library.archive.get_data_version():
            self._ask(self.stand.line)
            return
        marks = self.library.state.get_marks(answer.query.mark_fields())
        self._question = Question(self._findings.number, answer.query, marks, trend=self.stand.trend)
        self._show()
        self.call_after_refresh(self.hits.restore, self._findings, self.stand.cursor, self.stand.scroll)

    async def on_unmount(self) -> None:
        """The thread holds the archive open."""
        if self._thread:
            await asyncio.to_thread(self._thread.close)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Each letter is a question; the line that one comes back to is none."""
        if event.value != self._asked:
            self._ask(event.value)

    def on_input_submitted(self) -> None:
        """Enter: opens what is pointed at; what was typed a moment before it counts."""
        if self.line.value != self._asked:
            self._ask(self.line.value)
        if self.start.display and self._question.query.is_empty:
            self.take(self.start.pointed or self.line.value)
        elif self._findings.number != self._question.number:
            self._entered = True
        elif self.hits.pointed and self._findings.answer:
            self._leave(Chosen(*self.hits.pointed, self._findings.answer.expanded_query))
        elif self._meant != self.line.value:
            self.take(self._meant)

    def on_hit_list_chosen(self) -> None:
        """A click on a story."""
        self.on_input_submitted()

    def on_start_list_taken(self) -> None:
        """A click on a recent search."""
        self.on_input_submitted()

    def on_hit_list_ending(self) -> None:
        """More stories, if there are more, each time once."""
        findings = self._findings
        if self._thread and self._wanted != findings.stories < (findings.total or 0):
            self._wanted = findings.stories
            self._thread.go_on(self._question)

    def on_search_screen_told(self, message: Told) -> None:
        """What has come from the thread, if it belongs to the newest question."""
        match message.what:
            case Findings() as findings if findings.number == self._question.number:
                self._findings = findings
                self._show()
            case Completed(line, cursor, offered) if (line, cursor) == (self.line.value, self.line.cursor_position):
                if offered:
                    self._turn_to(Choices(offered))
            case ReaderError() as error:
                self._findings = Findings(self._question.number, trouble=str(error))
                self._show()
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
        elif self._choices and self._choices.present.text == line.value and len(self._choices.offered) > 1:
            self._turn_to(self._choices.turned(step))
        elif self._meant != line.value:
            self.take(self._meant)
        elif self._thread:
            tags, heads = self.library.state.count_tags(), self.library.get_issue_rows()
            self._thread.also(completing(line.value, line.cursor_position, tags, heads))

    def action_trend(self) -> None:
        """Shows the bars and goes there, as soon as there is an answer; at the bars, puts them away."""
        if self.chart.has_focus:
            self.put_trend_away()
        else:
            # Behind the letters that were typed before: the line may not have them yet.
            self.line.call_later(self._want_bars)

    @work(exclusive=True, group="dialog")
    async def action_save(self) -> None:
        """Asks for a name and keeps the search under it."""
        line = " ".join(self.line.value.split())
        if not line:
            return
        name = await self.app.push_screen_wait(AskName("Save this search as", line, MAX_NAME_LENGTH))
        if name:
            self._save(name, line)

    def action_leave(self) -> None:
        """At the bars back to all times, then away from them; else back to where one was."""
        if self.chart.has_focus:
            if not self.widen():
                self.put_trend_away()
        else:
            self._leave(None)

    def _want_bars(self) -> None:
        if self.line.value != self._asked:
            self._ask(self.line.value)
        if self._findings.number != self._question.number:
            self._bars_wanted = True
            self._question = replace(self._question, trend=True)
            if self._thread:
                self._thread.ask(self._question)
        elif self._findings.stories:
            self._show_bars()
        elif not self._findings.answer:
            self._write(to_content(_NO_TREND, "$muted"))

    def _show_bars(self) -> None:
        self.chart.periods = self._findings.periods
        self.chart.display = True
        self.chart.focus()
        if not (self._findings.periods or self._question.trend) and self._thread:
            self._thread.follow(self._question)

    def _hear(self, what: object) -> None:
        """Called in the thread."""
        self.post_message(self.Told(what))

    def _ask(self, line: str) -> None:
        self._asked = line
        query = parse_query(line, is_typing=True)
        self._entered, self._wanted = False, 0
        number, marks = self._question.number + 1, self.library.state.get_marks(query.mark_fields())
        # Before the first answer the list has no height.
        seen = (self.hits.size.height or self.app.size.height) // self.hits.LINES_PER_ROW + 1
        self._question = Question(number, query, marks, seen, trend=bool(self.chart.display))
        if query.is_empty:
            # Nothing is asked: what is still on its way belongs to no question.
            self._findings = Findings(number)
            self._show()
        elif self._thread:
            self._thread.ask(self._question)
            self._tell()

    def _show(self) -> None:
        found = self._findings.answer is not None
        self.start.display = not found and not self._findings.trouble
        self.hits.display = found
        self.hits.show(self._findings)
        if not found:
            self.put_trend_away()
        elif self._findings.periods:
            self.chart.periods = self._findings.periods
        if self._bars_wanted and self._findings.stories:
            self._show_bars()
        self._bars_wanted = False
        self._tell()
        self.tell_keys()
        if self._entered and found:
            self._entered = False
            self.on_input_submitted()

    def _tell(self) -> None:
        """Brings the line of words in step; while tab is being pressed it tells what there is to choose from."""
        if self._choices and self._choices.present.text == self.line.value:
            shown = [one.label for one in self._choices.offered]
            self._write(draw_choices(shown, self._choices.at, self.status.size.width))
            return
        findings, answer = self._findings, self._findings.answer
        total = findings.stories if findings.total is None and findings.stories < DEFAULT_LIMIT else findings.total
        if answer and total is None:
            return  # the count of the line before stands for the moment that it takes
        query, ranked = (answer.query, answer.is_ranked) if answer else (Query(""), False)
        if self._waiting:
            self._waiting = len(self.library.archive.find_unindexed_issues())
        status = Status(query, total, ranked, findings.suggestion, self._waiting, self._empty, findings.trouble)
        self._write(draw_status(status))

    def _write(self, words: Content) -> None:
        """Only other words are drawn, and only another number of lines moves what is beneath them."""
        if self._written.is_same(words):
            return
        self._written = words
        self.status.display = bool(words)
        width, height = self.status.size
        self.status.update(words, layout=not width or max(1, words.get_height({}, width)) != height)

    @property
    def _meant(self) -> str:
        """The line as it may have been meant; as it is, where nothing else is known of it."""
        line = self.line.value
        if self._asked != line:
            return line
        known = self._findings.number == self._question.number
        return meant((known and self._findings.suggestion) or line, self._question.query.remarks)

    def _turn_to(self, choices: Choices) -> None:
        self._choices = choices
        self.line.value = choices.present.text
        self.line.cursor_position = choices.present.cursor
        self._tell()

    def _leave(self, chosen: Chosen | None) -> None:
        scroll, trend = round(self.hits.scroll_y), bool(self.chart.display)
        version = self.library.archive.get_data_version()
        self.dismiss(Stand(self.line.value, self._findings, self.hits.cursor, scroll, trend, version, chosen))
