"""The terminal from the start of the program until the app has it, or until the start has failed."""

from __future__ import annotations

import io
import os
import signal
import sys
import termios
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

ALTERNATE = "\x1b[?1049h"
"""To the screen that programs draw on. Some terminals clear it each time, so it is written once."""
_BEGIN = f"{ALTERNATE}\x1b[?25l\x1b[?7l\x1b[?2026h"
"""Without a cursor, and without lines that go on in the next: a row too long for the terminal is cut. What follows is
shown in one go by terminals that can do that."""
_CLEAR = "\x1b[2J"
_COMPLETE = "\x1b[0m\x1b[?2026l"
_END = "\x1b[?7h\x1b[?1049l\x1b[?25h"
_FAREWELLS = (signal.SIGTERM, signal.SIGHUP)
_INPUT, _LOCAL, _CHARACTERS = 0, 3, 6
"""Places in what `tcgetattr` gives."""
_Attributes = list[Any]
"""What it gives: numbers, and a list of characters."""


class Raised:
    """Something stands on the terminal, and the app is on its way.

    Keys are not echoed, and wait for the app; Ctrl-C still ends the program. What is written to the standard error
    meanwhile waits too: it belongs on the ordinary screen, and comes there when this is lowered.
    """

    def __init__(self, fd: int, columns: int, rows: Sequence[str], line: str = "") -> None:
        """Draw the rows of a frame, one for each of the terminal; without any, the line on a blank screen."""
        self.columns = columns
        self.rows = tuple(rows)
        """The frame as it was drawn; nothing where it is only a line."""
        self.attributes = termios.tcgetattr(fd)
        """The terminal's own: who leaves it brings them back."""
        self._fd = fd
        self._line = line
        self.handed_over = False
        """Whether somebody has taken the terminal over."""
        self._signals = {number: signal.signal(number, self._leave_by) for number in _FAREWELLS}
        # The app has a way of its own to be stopped and to go on; before that nobody would draw the frame again.
        self._signals[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        self._stderr = sys.stderr
        sys.stderr = self._waiting = io.StringIO()
        termios.tcsetattr(fd, termios.TCSANOW, _silent(fd, self.attributes))
        drawn = "".join(f"\x1b[{at};1H{row}" for at, row in enumerate(rows, 1))
        self._write(_BEGIN + (drawn or f"{_CLEAR}\x1b[1;1H{line}") + _COMPLETE)

    def show(self, sentence: str) -> None:
        """Show a sentence on a blank screen until the app draws its page, if it has not taken over yet."""
        if self.handed_over:
            return
        from textwrap import wrap  # rarely needed

        self.rows = ()  # so the app draws its whole page
        lines = wrap(sentence, max(1, self.columns - 4))
        drawn = "".join(f"\x1b[{at};3H{line}" for at, line in enumerate(lines, 3))
        self._write(f"{_CLEAR}\x1b[1;1H{self._line}{drawn}")

    def hand_over(self) -> None:
        """Somebody else has the terminal from now on, and gives it back as it was."""
        if not self.handed_over:
            self.handed_over = True
            sys.stderr = self._stderr
            for number, handler in self._signals.items():
                # Who has taken the terminal over may have taken this over too.
                if signal.getsignal(number) in (self._leave_by, signal.SIG_IGN):
                    signal.signal(number, handler)

    def lower(self) -> None:
        """Back to the ordinary screen, unless that has been done by whom it was handed over to; then what waited."""
        if not self.handed_over:
            with suppress(OSError, termios.error):  # the terminal may be gone
                self._write(_END)
                termios.tcsetattr(self._fd, termios.TCSANOW, self.attributes)
            self.hand_over()
        words = self._waiting.getvalue()
        self._waiting.seek(0)
        self._waiting.truncate()
        if words:
            with suppress(OSError):
                self._stderr.write(words)
                self._stderr.flush()

    def _leave_by(self, number: int, _: FrameType | None) -> None:
        self.lower()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _write(self, text: str) -> None:
        left = text.encode()
        while left:
            left = left[os.write(self._fd, left) :]


def _silent(fd: int, attributes: _Attributes) -> _Attributes:
    """The same without echo and without waiting for a line's end; keys come as they are, and Ctrl-C as a signal."""
    silent = attributes.copy()
    silent[_LOCAL] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    silent[_INPUT] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    silent[_CHARACTERS] = characters = attributes[_CHARACTERS].copy()
    characters[termios.VMIN] = 1
    # As keys: there is nothing yet that could be stopped and taken up again.
    characters[termios.VSUSP] = characters[termios.VQUIT] = os.fpathconf(fd, "PC_VDISABLE").to_bytes(1, "big")
    return silent
