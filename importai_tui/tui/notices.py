"""Notices over every screen."""

from __future__ import annotations

import time
from typing import Any

from textual.screen import Screen
from textual.widgets._toast import Toast, ToastRack

from importai_tui.parse.clean import clean_line
from importai_tui.tui.typed_ahead import TypedAheadApp

_ERROR_SECONDS = 12.0
"""Seconds that an error message is shown: it needs more time than a notice."""
_REMOVAL_SECONDS = 0.2
"""Seconds after which a notice that has ended is removed."""


class NotifyingApp(TypedAheadApp):
    """Shows notices, the newest over the others; the text of the newest is not shown again while it is visible."""

    def __init__(self) -> None:
        super().__init__()
        self.last_notice = ""
        """The text of the last notice or error message."""
        self._shown_until: dict[str, float] = {}
        self._notified_once: set[str] = set()

    def on_mount(self) -> None:
        """Hide the notices of a screen when another one covers it, and shows the same notices elsewhere."""
        self.screen_change_signal.subscribe(self, self._hide_covered_notices)

    def _hide_covered_notices(self, _: Screen[Any]) -> None:
        # Textual shows them again when the screen is uncovered.
        for screen in self.screen_stack[:-1]:
            for rack in screen.query_children(ToastRack):
                rack.display = False

    def notify_info(self, text: str, *, seconds: float = 4) -> None:
        """Show a line of literal text for some seconds."""
        now, line = time.monotonic(), clean_line(text)
        self.last_notice = line
        self._shown_until = {shown: until for shown, until in self._shown_until.items() if until > now}
        if line == next(reversed(self._shown_until), None):
            return
        if line in self._shown_until:  # beneath a newer one, which is not true any more
            self.withdraw_notice(line)
        self._shown_until[line] = now + seconds
        self.notify(line, timeout=seconds, markup=False)
        self.set_timer(seconds + _REMOVAL_SECONDS, self._show_older_notice)

    def _show_older_notice(self) -> None:
        """Show the notice that was hidden beneath one that has ended, and draw the screen again.

        Textual styles only added children again, and does not clear a notice that was drawn over another one.
        """
        if self.is_running and self.screen_stack:
            for holder in self.screen.query("ToastHolder"):
                holder.update_node_styles()
            self.screen.refresh()

    def notify_error(self, message: str) -> None:
        """Show an error message, which stays longer."""
        self.notify_info(message, seconds=_ERROR_SECONDS)

    def withdraw_notice(self, text: str) -> None:
        """Remove a notice that is not true any more, if it is still shown."""
        line = clean_line(text)
        self._shown_until.pop(line, None)
        for screen in self.screen_stack:
            for toast in screen.query(Toast):
                if toast._notification.message == line:
                    toast._expire()
        self.set_timer(_REMOVAL_SECONDS, self._show_older_notice)

    def notify_once(self, text: str) -> None:
        """Show a notice, but only the first time that it is asked for."""
        if text not in self._notified_once:
            self._notified_once.add(text)
            self.notify_info(text, seconds=8)
