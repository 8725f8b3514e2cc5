"""A driver for the reader in a browser. It has the tolerant input of `terminal_input`, and exits with its server."""

from __future__ import annotations

from contextlib import suppress

import textual.drivers.web_driver
from textual.drivers._byte_stream import ByteStream

from importai_tui.tui.terminal_input import TerminalInput


class WebDriver(textual.drivers.web_driver.WebDriver):
    """Textual's driver with tolerant input."""

    def write(self, data: str) -> None:
        """Send what a terminal would get. If the server has been killed, the end of the input ends the app."""
        with suppress(OSError):
            super().write(data)

    def write_meta(self, data: dict[str, object]) -> None:
        """Send a message to the server, if it still runs."""
        with suppress(OSError):
            super().write_meta(data)

    def run_input_thread(self) -> None:
        """Send the input from the server to the app, until the driver is stopped or the server exits."""
        parser = TerminalInput(self._debug)
        stream = ByteStream()
        for data in self._input_reader:
            for packet_type, payload in stream.feed(data) if data else ():
                if packet_type == "D":
                    for event in parser.feed_bytes(payload):
                        self.process_message(event)
                else:
                    self._on_meta(packet_type, payload)
            for event in parser.tick():
                self.process_message(event)
        if not self.exit_event.is_set():
            # The server was killed. Without this the reader would keep running unseen.
            self._app.call_later(self._app.exit)
