"""The terminal from the start of the program until the app has it, or until the start has failed.

Puts something true on the terminal at the start: the last frame, else a line.

The file of the frame: its stamp, then its rows. What is not plainly a frame is never written to a terminal.

What a frame is true of: where one of these has changed, it is not shown.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from importai_tui import __version__
from importai_tui.files import atomic_write
from importai_tui.paths import Places

ENTER_ALTERNATE_SCREEN = "\x1b[?1049h"
"""To the screen that programs draw on. Some terminals clear it each time, so it is written once."""
_BEGIN = f"{ENTER_ALTERNATE_SCREEN}\x1b[?25l\x1b[?7l\x1b[?2026h"
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


class Splash:
    """Something stands on the terminal, and the app is on its way.

    Keys are not echoed, and wait for the app; Ctrl-C still ends the program. What is written to the standard error
    meanwhile waits too: it belongs on the ordinary screen, and comes there when this is lowered.
    """

    def __init__(self, fd: int, columns: int, rows: Sequence[str], line: str = "") -> None:
        """Draw the rows of a frame, one for each of the terminal; without any, the line on a blank screen."""
        self.columns = columns
        self.rows = tuple(rows)
        """The frame as it was drawn; nothing where it is only a line."""
        self.terminal_attributes = termios.tcgetattr(fd)
        """The terminal's own: who leaves it brings them back."""
        self._fd = fd
        self._line = line
        self.is_handed_over = False
        """Whether somebody has taken the terminal over."""
        self._old_handlers = {number: signal.signal(number, self._exit_on_signal) for number in _FAREWELLS}
        # The app has a way of its own to be stopped and to go on; before that nobody would draw the frame again.
        self._old_handlers[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        self._stderr = sys.stderr
        sys.stderr = self._stderr_buffer = io.StringIO()
        termios.tcsetattr(fd, termios.TCSANOW, _without_echo(fd, self.terminal_attributes))
        drawn = "".join(f"\x1b[{at};1H{row}" for at, row in enumerate(rows, 1))
        self._write(_BEGIN + (drawn or f"{_CLEAR}\x1b[1;1H{line}") + _COMPLETE)

    def show_message(self, message: str) -> None:
        """Show a sentence on a blank screen until the app draws its page, if it has not taken over yet."""
        if self.is_handed_over:
            return
        from textwrap import wrap  # rarely needed

        self.rows = ()  # so the app draws its whole page
        lines = wrap(message, max(1, self.columns - 4))
        drawn = "".join(f"\x1b[{at};3H{line}" for at, line in enumerate(lines, 3))
        self._write(f"{_CLEAR}\x1b[1;1H{self._line}{drawn}")

    def hand_over(self) -> None:
        """Somebody else has the terminal from now on, and gives it back as it was."""
        if not self.is_handed_over:
            self.is_handed_over = True
            sys.stderr = self._stderr
            for number, handler in self._old_handlers.items():
                # Who has taken the terminal over may have taken this over too.
                if signal.getsignal(number) in (self._exit_on_signal, signal.SIG_IGN):
                    signal.signal(number, handler)

    def hide(self) -> None:
        """Back to the ordinary screen, unless that has been done by whom it was handed over to; then what waited."""
        if not self.is_handed_over:
            with suppress(OSError, termios.error):  # the terminal may be gone
                self._write(_END)
                termios.tcsetattr(self._fd, termios.TCSANOW, self.terminal_attributes)
            self.hand_over()
        words = self._stderr_buffer.getvalue()
        self._stderr_buffer.seek(0)
        self._stderr_buffer.truncate()
        if words:
            with suppress(OSError):
                self._stderr.write(words)
                self._stderr.flush()

    def _exit_on_signal(self, number: int, _: FrameType | None) -> None:
        self.hide()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _write(self, text: str) -> None:
        left = text.encode()
        while left:
            left = left[os.write(self._fd, left) :]


def _without_echo(fd: int, attributes: _Attributes) -> _Attributes:
    """The same without echo and without waiting for a line's end; keys come as they are, and Ctrl-C as a signal."""
    silent = attributes.copy()
    silent[_LOCAL] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    silent[_INPUT] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    silent[_CHARACTERS] = characters = attributes[_CHARACTERS].copy()
    characters[termios.VMIN] = 1
    # As keys: there is nothing yet that could be stopped and taken up again.
    characters[termios.VSUSP] = characters[termios.VQUIT] = os.fpathconf(fd, "PC_VDISABLE").to_bytes(1, "big")
    return silent


_NAME = "first-frame"
_MOST = 1 << 20
"""Bytes: a frame of a whole wall of a terminal is not half as long."""


def snapshot_file(places: Places) -> Path:
    """Where the frame of an installation is kept; it may be deleted at any time."""
    return places.cache_folder / _NAME


def save_snapshot(path: Path, key: str, rows: Sequence[str]) -> None:
    """Write the frame, for its owner alone and whole or not at all; one that is no frame is not written.

    What cannot be written is not kept: the next start is only less quick.
    """
    if not all(is_safe_row(row) for row in rows):
        return
    with suppress(OSError), atomic_write(path) as file:
        file.write("\n".join((key, "", *rows)).encode())


def load_snapshot(path: Path, key: str, row_count: int) -> tuple[str, ...]:
    """The rows of the frame that was kept under this stamp; nothing where there is none, or it is no frame of so many.

    The stamp is compared before anything else is looked at.
    """
    try:
        if not path.is_file():  # a pipe would keep whoever reads it waiting
            return ()
        with path.open("rb") as file:
            head, _, body = file.read(_MOST).decode().partition("\n\n")
    except (OSError, ValueError):
        return ()
    rows = tuple(body.split("\n"))
    return rows if head == key and len(rows) == row_count and all(is_safe_row(row) for row in rows) else ()


def is_safe_row(row: str) -> bool:
    """Whether it is printable text in colours, and nothing that a terminal would obey besides."""
    words, *coloured = row.split("\x1b")
    return words.isprintable() and all(_is_coloured_text(part) for part in coloured)


def _is_coloured_text(part: str) -> bool:
    numbers, ends, words = part.partition("m")
    plain = numbers.replace(";", "0")[1:]
    is_colour = numbers[:1] == "[" and bool(ends) and plain.isascii() and (plain.isdigit() or not plain)
    return is_colour and words.isprintable()


_LOOKS = ("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "FORCE_COLOR", "LANG", "LC_ALL", "LC_CTYPE")
"""Variables by which colours and characters are chosen."""
_OURS = ("TEXTUAL", "IMPORTAI_TUI_", "RICH_", "TTY_")
"""How others begin that change what is drawn."""


def snapshot_key(places: Places, environ: Mapping[str, str], columns: int, rows: int) -> str:
    """Lines that are the same as long as the app would draw the same; none of them is empty."""
    told = (f"{name}={environ[name]!r}" for name in sorted(environ) if name in _LOOKS or name.startswith(_OURS))
    return "\n".join((f"version {__version__}", f"size {columns}x{rows}", *told, *_file_versions(places)))


def _file_versions(places: Places) -> Iterator[str]:
    for path in (places.archive, places.reading):
        yield f"{str(path)!r} {_file_version(path)}"
        # What is not yet in the database itself. A second window that has written nothing leaves it empty.
        yield f"wal {_file_version(path.with_name(f'{path.name}-wal'), ignore_empty=True)}"
    yield f"{str(places.config)!r} {_file_version(places.config)}"


def _file_version(path: Path, *, ignore_empty: bool = False) -> str:
    try:
        found = path.stat()
    except OSError:
        return "none"
    return "none" if ignore_empty and not found.st_size else f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"


_LINE = "  \x1b[1mImport AI\x1b[0m   opening…"
"""Where the header will stand."""
_DUMB = ("", "dumb", "unknown")
_ELSEWHERE = ("COLUMNS", "LINES", "TEXTUAL_DRIVER")
"""Variables by which the app draws in another size than the terminal's, or in another way."""

_splash: Splash | None = None
"""There is one terminal, so there is one of these."""


class _TerminalInfo(NamedTuple):
    """A terminal: the number of standard output, which the app draws on, and its size in cells."""

    fd: int
    columns: int
    rows: int


@contextmanager
def show_splash(environ: Mapping[str, str], *, use_snapshot: bool) -> Iterator[None]:
    """Something stands on the terminal until the app takes it over, or until the end of the block.

    Args:
        environ: the environment.
        frame: show the frame that was kept, if the app would draw the same; else, and without one, it is a line.
    """
    global _splash
    if _splash or not (found := _find_terminal(environ)):
        yield
        return
    try:
        # Not in the middle: nobody would know yet what to take away again.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            _splash = _draw_splash(found, environ, use_snapshot=use_snapshot)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        yield
    finally:
        if _splash:
            _splash.hide()
            _splash = None


def current_splash() -> Splash | None:
    """What is shown; None where nothing is."""
    return _splash


def _draw_splash(found: _TerminalInfo, environ: Mapping[str, str], *, use_snapshot: bool) -> Splash:

    rows: tuple[str, ...] = ()
    if use_snapshot:
        places = Places.from_environment(environ)
        rows = load_snapshot(
            snapshot_file(places), snapshot_key(places, environ, found.columns, found.rows), found.rows
        )
    return Splash(found.fd, found.columns, rows, _LINE)


def _find_terminal(environ: Mapping[str, str]) -> _TerminalInfo | None:
    """The terminal that the app will draw on; None where it is none, or where the app would find another way."""
    if os.name != "posix" or environ.get("TERM", "") in _DUMB or any(name in environ for name in _ELSEWHERE):
        return None
    try:
        # Standard error may be a file.
        stdin, stdout = (stream.fileno() for stream in (sys.__stdin__, sys.__stdout__) if stream)
        is_one = os.fstat(stdin).st_rdev == os.fstat(stdout).st_rdev and os.isatty(stdin)
        # In the background the app waits until it is brought forward; so must its first frame.
        if not is_one or os.tcgetpgrp(stdin) != os.getpgrp():
            return None
        columns, rows = os.get_terminal_size(stdout)
    except (OSError, ValueError):
        return None  # one of them is closed
    return _TerminalInfo(stdout, columns, rows) if columns > 1 and rows > 1 else None
