"""The driver of the terminal: draws on standard output, and reads input that need not be valid."""

from __future__ import annotations

import os
import selectors
import sys
from contextlib import suppress
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

from importai_tui.frame.shown import raised
from importai_tui.frame.terminal import ALTERNATE
from importai_tui.tui.faults import ResilientApp
from importai_tui.tui.terminal_input import TerminalInput

_POLL = 0.1
"""Seconds between two looks for timeouts, and whether the driver was stopped."""
_READ = 4096
"""Bytes that are read at once."""


class TerminalDriver(LinuxDriver):
    """Textual's driver, with its input made tolerant, and the first frame of `importai_tui.frame` taken over.

    Where the first frame is on the terminal already, the alternate screen is not entered again, so nothing flickers.
    """

    _is_up = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Textual draws on standard error, which may be a file: `importai-tui 2>file` would leave the terminal blank.
        assert sys.__stdout__ is not None
        self._file = sys.__stdout__

    def start_application_mode(self) -> None:
        """Take the terminal over. After a suspension there is no first frame any more."""
        shown = raised()
        self._is_up = shown is not None and not shown.handed_over
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._is_up and shown:
            self._is_up = False
            self.attrs_before = shown.attributes
            shown.hand_over()

    def write(self, data: str) -> None:
        """Write to the terminal; entering the alternate screen is left out where the first frame is on it."""
        if not (self._is_up and data == ALTERNATE):
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
        if selector.select(_POLL):
            data = os.read(self.fileno, _READ)
            if not data:
                self.exit_event.wait(_POLL)  # the terminal is gone, and the file says so without end
            for event in parser.feed_bytes(data):
                self.process_message(event)
        for event in parser.tick():
            self.process_message(event)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:
            with suppress(RuntimeError):  # the app has ended meanwhile
                if isinstance(error, OSError):
                    self._loop.call_soon_threadsafe(self._app.exit)  # the terminal is gone: leave as after a SIGHUP
                elif isinstance(self._app, ResilientApp):
                    self._loop.call_soon_threadsafe(self._app.end_with, error)  # a reader without keys is of no use
