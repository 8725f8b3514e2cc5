"""The terminal's driver where the first frame is on the terminal already: it changes hands, and nobody sees that."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver

from importai_tui.frame.shown import raised
from importai_tui.frame.terminal import ALTERNATE


class TakingOver(LinuxDriver):
    """The terminal's driver where something is raised already: it is not raised again, so nothing flickers."""

    _is_up = False

    def start_application_mode(self) -> None:
        """Takes the terminal over; after a suspension nothing is raised any more."""
        shown = raised()
        self._is_up = shown is not None and not shown.handed_over
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._is_up and shown:
            self._is_up = False
            self.attrs_before = shown.attributes
            shown.hand_over()

    def write(self, data: str) -> None:
        """All but the step to the screen that is there already."""
        if not (self._is_up and data == ALTERNATE):
            super().write(data)
