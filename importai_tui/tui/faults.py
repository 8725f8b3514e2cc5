"""An app whose fault is told in a line by whoever ran it: Textual would print what it held, notes and all."""

from __future__ import annotations

from typing import Any

from textual.app import App


class ToldFaults(App[Any]):
    """Ends at an unexpected exception as any app does, and keeps it."""

    fault: Exception | None = None
    """What ended the app; None where it ended as it was asked to."""

    def _handle_exception(self, error: Exception) -> None:
        self.fault = self.fault or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()
