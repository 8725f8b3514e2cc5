"""The base class of screens that list parts of the reading state, can filter them, and change them with undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual import work

from importai_tui.library.library import Library
from importai_tui.state.store import ChangeResult
from importai_tui.tui.bindings import format_screen_key
from importai_tui.tui.dialogs.dialog import Dialog
from importai_tui.tui.dialogs.input_bars import FindBar
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.services import Services
from importai_tui.tui.text import truncate
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, make_screen_hints
from importai_tui.tui.widgets.row_list import RowList

State = TypeVar("State")

_POLL_INTERVAL = 1.0
"""Seconds between two checks for changes by other windows."""
_LOW_HEIGHT = 20
"""Lines of a window below which margins are dropped."""
_MAX_WORDS_WIDTH = 30
"""Cells of the filter in the status line."""


@dataclass(frozen=True, slots=True)
class StateListHost:
    """Functions of the reading screen that such a screen calls.

    `try_write` writes to the reading state; it returns None, after an error message, if that fails. `show_change`
    shows a change beneath. `undo` and `redo` revert the last change and report it.
    """

    try_write: Callable[[Callable[[], ChangeResult]], ChangeResult | None]
    show_change: Callable[[], object]
    undo: Callable[[], object]
    redo: Callable[[], object]


class StateListScreen(Dialog[State]):
    """Lists parts of the reading state. It shows changes by other windows, and closes with its own state."""

    COMMAND: ClassVar[str]
    """The id of the command that opens it, whose keys also close it."""
    UNDO: ClassVar[str]
    """The id of its command that undoes a change."""
    KEYMAP_SECTION: ClassVar[str]
    AUTO_FOCUS = ""

    def __init__(
        self, library: Library, services: Services, host: StateListHost, filter_text: str, warning: str, job: JobStatus
    ) -> None:
        """Open with a filter.

        Args:
            library: the library with the reading state.
            services: the app.
            host: functions of the reading screen.
            filter_text: the filter at first; empty for none.
            warning: the warning in the footer of the reading screen.
            job: the state of the background job.
        """
        super().__init__()
        open_keys = next(command.keys for command in services.commands if command.id == self.COMMAND)
        for key in filter(None, open_keys.split(",")):
            if key not in self._bindings.key_to_bindings:
                self._bindings.bind(key, "leave", "Back")
        self.library = library
        self._services = services
        self._host = host
        self._filter_text = filter_text
        self._warning = warning
        self._job = job

    @property
    def _list(self) -> RowList:
        """The list that is shown."""
        raise NotImplementedError

    @property
    def _filter_placeholder(self) -> str:
        """The text in the empty line of the filter."""
        raise NotImplementedError

    def redraw_marks(self) -> None:
        """Show what has changed; the cursor stays on its row."""
        raise NotImplementedError

    def _draw_bars(self) -> None:
        """Draw everything but the list."""
        raise NotImplementedError

    def _make_hints(self) -> tuple[Hint, ...]:
        """Return the hints of the footer."""
        raise NotImplementedError

    def _set_filter(self, text: str) -> str:
        """Show only what has these words; return how many rows there are."""
        raise NotImplementedError

    def _format_count(self) -> str:
        """Return the number of rows for the user."""
        raise NotImplementedError

    def _close_with(self) -> None:
        """Close with the present state, and nothing chosen."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Begin to look for changes. Textual calls the methods of this name in all classes."""
        self.set_interval(_POLL_INTERVAL, self.redraw_marks)

    def on_resize(self) -> None:
        """Drop margins in a low window."""
        self.set_class(self.app.size.height < _LOW_HEIGHT, "-low")
        self._draw_bars()

    def show_warning(self, warning: str) -> None:
        """Show a warning in the footer; an empty one removes it."""
        self._warning = warning
        self._draw_bars()

    def show_job(self, job: JobStatus) -> None:
        """Show the state of the background job in the footer."""
        self._job = job
        self._draw_bars()

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._list.move(rows)

    def action_page(self, share: float) -> None:
        """Scroll by a share of a page."""
        self._list.page(share)

    def action_edge(self, last: bool) -> None:
        """Go to the first or the last row."""
        self._list.go_to_end(last=last)

    def action_filter(self) -> None:
        """Ask for words, and filter while they are typed."""
        self._ask_for_filter()

    def action_undo(self) -> None:
        """Undo the last change."""
        self._host.undo()
        self.redraw_marks()

    def action_redo(self) -> None:
        """Redo the change that was undone last."""
        self._host.redo()
        self.redraw_marks()

    def action_leave(self) -> None:
        """End the filter if there is one; else close."""
        if self._filter_text:
            self._set_filter("")
        else:
            self._close_with()

    @work(exclusive=True, group="dialog")
    async def _ask_for_filter(self) -> None:
        def step(rows: int) -> str:
            self._list.move(rows)
            return self._format_count()

        self._set_filter("")
        typed = await self.app.push_screen_wait(
            FindBar(self._set_filter, step, "", placeholder=self._filter_placeholder)
        )
        if not (typed or "").strip():
            self._set_filter("")

    def _change(self, write: Callable[[], ChangeResult]) -> bool:
        """Write a change, show it, and report it with the key that undoes it; return False if it failed."""
        change = self._host.try_write(write)
        if change is None:
            return False
        self._host.show_change()
        self.redraw_marks()
        undo = f" ({format_screen_key(self.app, self.UNDO, 'u')} to undo)" if change.keys else ""
        self._services.notify_info(f"{change.label}{undo}")
        return True

    def _draw_footer(self) -> None:
        hints = make_screen_hints(self.app, self.KEYMAP_SECTION, self._make_hints())
        self.query_one(Footer).footer_content = FooterContent(hints, job=self._job, warning=self._warning)

    def _format_filter(self) -> str:
        """Return the filter and the number of rows."""
        return f"filter: {truncate(self._filter_text, _MAX_WORDS_WIDTH)} · {self._format_count()}"
