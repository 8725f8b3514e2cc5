"""A terminal driver with the tolerant input of `terminal_input`; it takes over the terminal from the splash."""

from __future__ import annotations

import os
import selectors
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

from importai_tui.splash import ENTER_ALTERNATE_SCREEN, current_splash
from importai_tui.tui.fatal_errors import ResilientApp
from importai_tui.tui.terminal_input import TerminalInput

_POLL_INTERVAL = 0.1
"""Seconds between two checks for timeouts and for the driver's end."""
_READ_SIZE = 4096
"""Bytes to read at once."""


class TerminalDriver(LinuxDriver):
    """Textual's driver with tolerant input; it takes over the terminal from the splash of `importai_tui.splash`.

    If the splash is on the terminal, the driver does not enter the alternate screen again, so nothing flickers.
    """

    _has_splash = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Textual draws on standard error, which may be a file: `importai-tui 2>file` would leave the terminal blank.
        assert sys.__stdout__ is not None
        self._file = sys.__stdout__

    def start_application_mode(self) -> None:
        """Take the terminal over from the splash. After a suspension there is no splash any more."""
        if self._file and not self._file.isatty():
            # It was closed while another program had it. The thread that writes would end at the first error, and the
            # app would wait for it for ever.
            self._file = Path(os.devnull).open("w")  # noqa: SIM115  # to the end of the app
        shown = current_splash()
        self._has_splash = shown is not None and not shown.is_handed_over
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._has_splash and shown:
            self._has_splash = False
            self.attrs_before = shown.terminal_attributes
            shown.hand_over()

    def write(self, data: str) -> None:
        """Write to the terminal, but do not enter the alternate screen if the splash is on it."""
        if not (self._has_splash and data == ENTER_ALTERNATE_SCREEN):
            super().write(data)

    def run_input_thread(self) -> None:
        """Read input and send it to the app, until the driver is stopped."""
        parser = TerminalInput(self._debug)
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                self._read_once(selector, parser)
            self._read_once(selector, parser)

    def _read_once(self, selector: selectors.BaseSelector, parser: TerminalInput) -> None:
        if selector.select(_POLL_INTERVAL):
            data = os.read(self.fileno, _READ_SIZE)
            if not data:
                self.exit_event.wait(_POLL_INTERVAL)  # the terminal is gone, and every read returns at once
            for event in parser.feed_bytes(data):
                self.process_message(event)
        for event in parser.tick():
            self.process_message(event)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:
            with suppress(RuntimeError):  # the app has ended
                if isinstance(error, OSError):
                    self._loop.call_soon_threadsafe(self._app.exit)  # the terminal is gone: exit as after a SIGHUP
                elif isinstance(self._app, ResilientApp):
                    self._loop.call_soon_threadsafe(self._app.exit_with_error, error)  # without keys the app is useless
