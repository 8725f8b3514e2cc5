"""The ledger: all forecasts with the user's verdicts. It closes with the forecast or the story to go to.

It changes the reading state through functions of the reading screen, so that undo, warnings and drafts are the same
everywhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from importai_tui.errors import ReaderError
from importai_tui.forecasts.forecast import Speaker
from importai_tui.library.forecast_summary import ForecastCounts, summarise_forecasts
from importai_tui.library.forecasts import STATUS_WORDS, Forecast, filter_forecasts
from importai_tui.library.library import Library
from importai_tui.state.forecasts import Verdict
from importai_tui.tui.bindings import format_screen_key, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS
from importai_tui.tui.dialogs.help import get_commands
from importai_tui.tui.dialogs.state_list import StateListHost, StateListScreen
from importai_tui.tui.forecasts.forecast_list import ForecastList
from importai_tui.tui.forecasts.loader import ForecastLoader
from importai_tui.tui.forecasts.summary import SummaryPage
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.services import Services
from importai_tui.tui.text import ContentBuilder, to_content
from importai_tui.tui.widgets.footer import Footer, Hint, format_first_key
from importai_tui.tui.widgets.row_list import RowList
from importai_tui.wording import enclose_quote, format_count, plural

_GAP = "   "
"""Between two counts."""
_HEAD_MARGIN = 6
"""Cells of a window besides the counts at the top."""
_NOUN, _NOUNS = "sentence that looks like a forecast", "sentences that look like a forecast"
_MIN_WIDTH_FOR_NOUN = 60
"""Cells of a window from which on the status line says what is listed."""


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The ledger when it was closed, so that it can open in the same state.

    `story_key` is that of the story whose forecasts come first, and `selected_id` story and id of the forecast under
    the cursor. `chosen` is the forecast to go to, and `chosen_ref` the story to go to, or None.
    """

    filter_text: str = ""
    story_key: str = ""
    selected_id: tuple[str, str] = ("", "")
    row: int = 0
    scroll: int = 0
    with_others: bool = False
    with_dismissed: bool = False
    chosen: Forecast | None = None
    chosen_ref: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerHost(StateListHost):
    """Functions of the reading screen that the ledger calls.

    `edit_note` edits the note on a forecast and saves it, in the user's own editor if it is called with True.
    `ask_about_missing` asks what to do about a story that the archive lacks.
    """

    edit_note: Callable[[Forecast, bool], Awaitable[object]]
    ask_about_missing: Callable[[str, int | None], Awaitable[None]]


class LedgerScreen(StateListScreen[LedgerState]):
    """Lists forecasts. It closes with its state, and with what the user chose."""

    CSS_PATH = [DIALOG_CSS, "ledger.tcss"]
    COMMAND = "forecasts"
    UNDO = "ledger.undo"
    KEYMAP_SECTION = "Forecasts screen"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    _host: LedgerHost

    head = query_one("#ledger-counts", Static)
    status = query_one("#ledger-status", Static)
    forecast_list = query_one("#ledger-list", ForecastList)

    def __init__(
        self,
        library: Library,
        services: Services,
        host: LedgerHost,
        saved_state: LedgerState,
        *,
        warning: str = "",
        job: JobStatus | None = None,
    ) -> None:
        """Open in the state `saved_state`.

        Args:
            library: the library with the forecasts.
            services: the app.
            host: functions of the reading screen.
            saved_state: the state of the last visit.
            warning: the warning in the footer of the reading screen.
            job: the state of the background job that runs.
        """
        super().__init__(library, services, host, saved_state.filter_text, warning, job or JobStatus())
        self._loader = ForecastLoader(library)
        self._saved_state = saved_state
        self._with_others = saved_state.with_others
        self._with_dismissed = saved_state.with_dismissed
        self._listed: list[Forecast] = []
        """The forecasts without the filter."""
        self._shown_ids: set[tuple[str, str]] = set()
        """Stories and ids of the forecasts that are shown, since the filter was changed."""
        self._shown_count = 0
        self._counts = ForecastCounts(None)
        self._unsearched_count = 0
        """The number of issues in which the rules have not looked for forecasts yet."""

    def compose(self) -> ComposeResult:
        """Yield the counts, the status, the list, and the footer."""
        with Horizontal(id="ledger-head"):
            yield Static("", id="ledger-counts", markup=False)
        with Horizontal(id="ledger-body"), Vertical(id="ledger-page"):
            yield Static("", id="ledger-status", markup=False)
            yield ForecastList(id="ledger-list")
        yield Footer()

    def on_mount(self) -> None:
        """Restore the saved state, and begin to look for changes."""
        self._load()
        self._list_forecasts()
        saved = self._saved_state
        self._fill(saved.selected_id, saved.row, saved.scroll)
        self.forecast_list.focus()

    def redraw_marks(self) -> None:
        """Show what has changed; the cursor stays on its forecast, or in its row if that is gone."""
        if self._load():
            self._refresh_list()

    # Actions

    def on_forecast_list_chosen(self) -> None:
        """Go to the sentence after a click."""
        self.action_choose()

    def action_choose(self) -> None:
        """Close with the selected forecast; if its story is not stored, ask what to do."""
        if (forecast := self.forecast_list.selected) is None:
            return
        if forecast.ref:
            self._close_with(chosen=forecast)
        else:
            self._ask_about_missing()

    def action_score(self) -> None:
        """Close with the story that scores the selected forecast."""
        if (forecast := self.forecast_list.selected) is None:
            return
        if forecast.scored_in:
            self._close_with(chosen_ref=forecast.scored_in[0])
        else:
            self._services.notify_info("No later story found that scores this forecast")

    def action_verdict(self, verdict: str) -> None:
        """Give a verdict on the selected forecast; if it has this one, take it back."""
        if forecast := self.forecast_list.selected:
            new = None if forecast.status == verdict else Verdict(verdict)
            self._change(lambda: self.library.set_verdict(forecast, new))

    def action_note(self, in_editor: bool = False) -> None:
        """Edit the note on the selected forecast, in the user's own editor if asked to."""
        if forecast := self.forecast_list.selected:
            self._edit_note(forecast, in_editor)

    def action_toggle_others(self) -> None:
        """Show or hide the forecasts of people whom the author quotes."""
        self._with_others = not self._with_others
        self._refresh_list()

    def action_toggle_dismissed(self) -> None:
        """Show or hide the dismissed sentences."""
        self._with_dismissed = not self._with_dismissed
        self._refresh_list()

    def action_summary(self) -> None:
        """Show the numbers of forecasts by year, and the chart of the verdicts."""
        summary = summarise_forecasts(self._listed, self._today)
        with_others = any(forecast.speaker is Speaker.OTHER for forecast in self._listed)
        self.app.push_screen(SummaryPage(summary, with_others=with_others))

    def action_copy(self) -> None:
        """Copy the quote with its source."""
        if forecast := self.forecast_list.selected:
            self._services.copy(self._format_with_source(forecast), "the forecast", forecast.headline)

    # Changes

    @work(exclusive=True, group="dialog")
    async def _ask_about_missing(self) -> None:
        await self._host.ask_about_missing("This story", None)

    @work(exclusive=True, group="dialog")
    async def _edit_note(self, forecast: Forecast, in_editor: bool) -> None:
        await self._host.edit_note(forecast, in_editor)
        self.redraw_marks()

    def _format_with_source(self, forecast: Forecast) -> str:
        """Return the quote, and a line with headline, issue, date and address."""
        issue = forecast.ref.rpartition("/")[0] if forecast.ref else ""
        url = self.library.get_issue_row(issue).url if issue else ""
        day = forecast.said.isoformat() if forecast.said else ""
        said = f"about {day}" if day and forecast.said_estimated else day
        ref = f"Import AI {forecast.ref}" if forecast.ref else ""
        return f"{enclose_quote(forecast.quote)}\n{', '.join(filter(None, (forecast.headline, ref, said, url)))}"

    # What is shown

    @property
    def _list(self) -> RowList:
        return self.forecast_list

    @property
    def _filter_placeholder(self) -> str:
        return "Words, or due, open, right…"

    @property
    def _today(self) -> date:
        return self._services.today().astimezone().date()

    def _load(self) -> bool:
        """Load the forecasts; return False if that fails, or if nothing has changed."""
        before = self._unsearched_count
        try:
            has_changed = self._loader.update(self._today)
            if has_changed or before:
                self._unsearched_count = self.library.count_issues_to_reindex()
        except ReaderError as error:  # what is shown stays
            self._services.notify_error(str(error))
            return False
        return has_changed or self._unsearched_count != before

    def _set_filter(self, text: str) -> str:
        """Show only what has these words; return how many forecasts there are."""
        if (new := text.strip()) != self._filter_text:
            selected = self.forecast_list.selected
            self._filter_text = new
            # While the user types, the first match is selected; without a filter the row is found again.
            keep = (selected.key, selected.id) if selected and not new else ("", "")
            self._shown_ids = set()
            self._fill(keep, 0, 0 if new else None)
        return self._format_count() if new else ""

    def _list_forecasts(self) -> None:
        """List and count the forecasts without the filter."""
        self._listed = self._loader.list_shown(with_others=self._with_others, with_dismissed=self._with_dismissed)
        self._counts = summarise_forecasts(self._listed, self._today).all

    def _refresh_list(self) -> None:
        self._list_forecasts()
        shown = self.forecast_list
        selected = shown.selected
        self._fill((selected.key, selected.id) if selected else ("", ""), shown.cursor, round(shown.scroll_y))

    def _fill(self, selected_id: tuple[str, str], row: int, scroll: int | None) -> None:
        """Show the forecasts with the cursor on one of them, else on a row."""
        matches = filter_forecasts(self._listed, self._filter_text, self._today)
        # A verdict moves nothing, so a row stays that the filter "due" would hide now.
        self._shown_ids.update((forecast.key, forecast.id) for forecast in matches)
        found = [forecast for forecast in self._listed if (forecast.key, forecast.id) in self._shown_ids]
        words = [word for word in self._filter_text.casefold().split() if word not in STATUS_WORDS]
        rows = self._loader.add_headings(found, self._saved_state.story_key)
        ids = [None if isinstance(each, str) else (each.key, each.id) for each in rows]
        row = ids.index(selected_id) if selected_id in ids else row
        self._shown_count = len(found)
        self.forecast_list.show(rows, words, row, scroll)
        self._draw_bars()

    def _draw_bars(self) -> None:
        if not self.is_mounted:
            return
        self.head.update(draw_counts(self._counts, self.app.size.width))
        text = self._format_status() if self._listed else self._format_empty()
        self.status.update(to_content(text, "$muted"))
        self._draw_footer()

    def _make_hints(self) -> tuple[Hint, ...]:
        back, help = Hint("esc", "show all" if self._filter_text else "back", "leave"), Hint("?", "help", "help")
        if not self._shown_count:
            return (back, help)
        return (
            Hint("enter", "open", "choose"),
            Hint("r", "right", "verdict('right')"),
            Hint("w", "wrong", "verdict('wrong')"),
            Hint("d", "dismiss", "verdict('dismissed')"),
            back,
            help,
        )

    def _format_count(self) -> str:
        total = len(self._listed)
        return format_count(self._shown_count, total, "forecast") if self._shown_count else "no matches"

    def _format_status(self) -> str:
        """Return what is listed, and the filter."""
        if self._filter_text:
            return self._format_filter()
        # A read-only archive stays as it is, so nothing is promised unless a job runs.
        unsearched = "still to search" if any(self._job) else "not searched"
        also = [
            *(["quoted ones too"] if self._with_others else []),
            *(["dismissed ones too"] if self._with_dismissed else []),
            *([f"{plural(self._unsearched_count, 'issue')} {unsearched}"] if self._unsearched_count else []),
        ]
        is_wide = self.app.size.width >= _MIN_WIDTH_FOR_NOUN
        count = plural(len(self._listed), *((_NOUN, _NOUNS) if is_wide else ("forecast", "forecasts")))
        return " · ".join((count, *also))

    def _format_empty(self) -> str:
        """Return why nothing is listed, and how to add a forecast, with the user's keys; nothing after an error."""
        if not self._loader.is_loaded:
            return ""
        issues = plural(self._unsearched_count, "issue") if self._unsearched_count else ""
        if issues and any(self._job):
            return f"Looking for sentences that look like a forecast: {issues} to go."
        sentences, speakers = ["No sentences that look like a forecast yet."], self._loader.speakers
        if issues:
            sentences.append(f"{issues} not searched.")
        if Speaker.OTHER in speakers and not self._with_others:
            key = format_screen_key(self.app, "ledger.others", "a")
            sentences.append(f"{key} shows those by people the newsletter quotes.")
        if Speaker.AUTHOR in speakers and not self._with_dismissed:
            key = format_screen_key(self.app, "ledger.dismissed", "D")
            sentences.append(f"{key} shows the dismissed ones.")
        if key := format_first_key(get_commands(self.app), "forecast.add"):
            sentences.append(f"In a story, {key} adds one by hand.")
        return " ".join(sentences)

    def _close_with(self, *, chosen: Forecast | None = None, chosen_ref: str | None = None) -> None:
        shown = self.forecast_list
        state = LedgerState(
            self._filter_text,
            self._saved_state.story_key,
            (shown.selected.key, shown.selected.id) if shown.selected else ("", ""),
            shown.cursor,
            round(shown.scroll_y),
            self._with_others,
            self._with_dismissed,
        )
        self.dismiss(replace(state, chosen=chosen, chosen_ref=chosen_ref))


def draw_counts(counts: ForecastCounts, width: int) -> Content:
    """Draw the title, and how many forecasts are due, open and scored; no title if it does not fit."""
    scored = counts.right + counts.wrong + counts.void
    parts = [
        (f"{number:,} {name}", "bold" if name == "due" and number else "$muted")
        for number, name in ((counts.due, "due"), (counts.open, "open"), (scored, "scored"))
    ]
    title = ("Forecasts", "bold $mark")
    if sum(len(text) + len(_GAP) for text, _ in (title, *parts)) <= width - _HEAD_MARGIN + len(_GAP):
        parts.insert(0, title)
    builder = ContentBuilder()
    for number, (text, style) in enumerate(parts):
        builder.write(_GAP if number else "").write(text, style)
    return builder.build()
