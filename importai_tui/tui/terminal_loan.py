"""Lends the terminal to other programs, and takes it back in whatever state they left it.

Nothing is drawn meanwhile, and no key reaches the reader. Its threads run on.
"""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from textual.app import App, SuspendNotSupported

from importai_tui.errors import ReaderError

_NORMAL_MODES = (
    "\x1b[?1047l"  # the screen with the history, without moving the cursor
    "\x1b7\x1b[r\x1b8"  # all lines scroll
    "\x1b[?1;9;1000;1002;1003;1004;1006;1015;2004l\x1b>"  # plain arrow keys, no reports of mouse, focus and pastes
    "\x1b[=0u\x1b[>4m"  # plain keys, as the protocol of kitty and xterm's modifyOtherKeys change them
    "\x1b[4l\x1b[?7h\x1b[?25h\x1b(B\x0f\x1b[m"  # overwriting, wrapping, cursor, letters instead of lines, no colours
)
"""Resets what a program that was killed leaves behind."""
_CURSOR_QUERY = "\x1b[6n"
_CURSOR_REPORT = re.compile(rb"\x1b\[\d+;\d+R")
_REPORT_SECONDS = 0.5
"""Seconds to wait for the position of the cursor; over ssh an answer takes a while."""
_PROMPT = "\r\n\x1b[7m Press enter to return to importai-tui \x1b[m "


class TerminalLoanError(ReaderError):
    """The terminal cannot be lent."""


@contextmanager
def lend_terminal(app: App[Any], *, waits: bool = False) -> Iterator[None]:
    """Give the terminal to the programs that the block runs and waits for, as it was before the reader started.

    The keys that interrupt reach only those programs. Ctrl+Z stops them and the reader, if a shell can resume both.

    Args:
        app: the reader.
        waits: if a program has printed something, wait for Enter, so that it can be read before the reader covers it.

    Raises:
        TerminalLoanError: the reader does not draw on a terminal, or the terminal was closed meanwhile.
    """
    failure: Exception | None = None
    terminal: _Terminal | None = None
    try:
        with app.suspend(), _signals_for_children():
            terminal = _Terminal() if sys.platform != "win32" else None
            before = terminal.leave_last_line() if terminal and waits else None
            try:
                yield
            except Exception as error:  # Textual would not take the terminal back
                failure = error
            if terminal:
                terminal.take_back()
                if waits and (before is None or terminal.find_cursor() != before):
                    terminal.wait_for_enter()
            elif waits:
                with suppress(EOFError, OSError):
                    input(_PROMPT)
    except SuspendNotSupported as error:
        raise TerminalLoanError("Other programs can't use this terminal") from error
    if terminal and terminal.is_closed:
        raise TerminalLoanError("The terminal was closed") from failure
    if failure:
        raise failure


@contextmanager
def _signals_for_children() -> Iterator[None]:
    """Let the keys that send signals act on the programs. Use it in the main thread."""
    hung_up = False

    def pass_on(number: int, _: object) -> None:
        # The system tells only the first process of a terminal, which this one is if no shell has started it.
        nonlocal hung_up
        hung_up = True
        signal.signal(number, signal.SIG_IGN)
        if sys.platform != "win32":
            os.killpg(os.getpgrp(), number)

    actions: dict[str, Callable[..., None] | signal.Handlers] = {
        # Unlike an ignored signal, a handler is not inherited by the programs.
        **dict.fromkeys(("SIGINT", "SIGQUIT"), lambda *_: None),
        # Stop together with the program, and do not draw when the shell resumes both.
        **dict.fromkeys(("SIGTSTP", "SIGCONT"), signal.SIG_DFL),
        "SIGHUP": pass_on,
    }
    numbers = {getattr(signal, name): action for name, action in actions.items() if hasattr(signal, name)}
    before = {number: signal.signal(number, action) for number, action in numbers.items()}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)
            if sys.platform != "win32":
                signal.siginterrupt(number, False)  # as asyncio has set it
        if hung_up and sys.platform != "win32":
            signal.raise_signal(signal.SIGHUP)


class _Terminal:
    """The terminal while it is lent. POSIX only."""

    def __init__(self) -> None:
        import termios

        assert sys.__stdin__ is not None
        self._file = sys.__stdin__.fileno()
        self._attributes: list[Any] = []
        if sys.platform != "win32":
            self._attributes = termios.tcgetattr(self._file)

    @property
    def is_closed(self) -> bool:
        """True if there is no terminal any more."""
        return not os.isatty(self._file)

    def take_back(self) -> None:
        """Become the foreground of the terminal again, and reset it. What was typed and not read is dropped."""
        if sys.platform == "win32":
            return
        import termios

        # A shell that was killed leaves the terminal to its own process group; others are stopped when they change it.
        before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        try:
            with suppress(OSError):
                os.tcsetpgrp(self._file, os.getpgrp())
            with suppress(OSError, termios.error):
                termios.tcsetattr(self._file, termios.TCSAFLUSH, self._attributes)
            self._write(_NORMAL_MODES)
        finally:
            signal.signal(signal.SIGTTOU, before)

    def leave_last_line(self) -> bytes | None:
        """Move the cursor out of the last line, where printed lines would not move it; return its position."""
        self._write("\r\n\x1b[A")
        return self.find_cursor()

    def find_cursor(self) -> bytes | None:
        """Return the position of the cursor as the terminal reports it; None if it does not."""
        if sys.platform == "win32":
            return None
        import termios
        import tty

        try:
            tty.setcbreak(self._file, termios.TCSANOW)
            self._write(_CURSOR_QUERY)
            return self._read_report()
        except (OSError, termios.error):
            return None
        finally:
            with suppress(OSError, termios.error):
                termios.tcsetattr(self._file, termios.TCSANOW, self._attributes)

    def wait_for_enter(self) -> None:
        """Ask for Enter, and wait for it."""
        self._write(_PROMPT)
        with suppress(OSError):
            while (typed := os.read(self._file, 1024)) and b"\n" not in typed:
                pass

    def _read_report(self) -> bytes | None:
        data, end = b"", time.monotonic() + _REPORT_SECONDS
        while (seconds := end - time.monotonic()) > 0 and select.select([self._file], [], [], seconds)[0]:
            data += os.read(self._file, 1024)
            if found := _CURSOR_REPORT.search(data):
                return found[0]
        return None

    def _write(self, text: str) -> None:
        assert sys.__stdout__ is not None
        with suppress(OSError):  # the terminal was closed
            os.write(sys.__stdout__.fileno(), text.encode())
