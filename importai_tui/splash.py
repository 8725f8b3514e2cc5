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


_NAME = "first-frame"
_MOST = 1 << 20
"""Bytes: a frame of a whole wall of a terminal is not half as long."""


def frame_file(places: Places) -> Path:
    """Where the frame of an installation is kept; it may be deleted at any time."""
    return places.cache_folder / _NAME


def keep_frame(path: Path, stamp: str, rows: Sequence[str]) -> None:
    """Write the frame, for its owner alone and whole or not at all; one that is no frame is not written.

    What cannot be written is not kept: the next start is only less quick.
    """
    if not all(is_row(row) for row in rows):
        return
    with suppress(OSError), atomic_write(path) as file:
        file.write("\n".join((stamp, "", *rows)).encode())


def read_frame(path: Path, stamp: str, count: int) -> tuple[str, ...]:
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
    return rows if head == stamp and len(rows) == count and all(is_row(row) for row in rows) else ()


def is_row(row: str) -> bool:
    """Whether it is printable text in colours, and nothing that a terminal would obey besides."""
    words, *coloured = row.split("\x1b")
    return words.isprintable() and all(_is_coloured(part) for part in coloured)


def _is_coloured(part: str) -> bool:
    numbers, ends, words = part.partition("m")
    plain = numbers.replace(";", "0")[1:]
    is_colour = numbers[:1] == "[" and bool(ends) and plain.isascii() and (plain.isdigit() or not plain)
    return is_colour and words.isprintable()


_LOOKS = ("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "FORCE_COLOR", "LANG", "LC_ALL", "LC_CTYPE")
"""Variables by which colours and characters are chosen."""
_OURS = ("TEXTUAL", "IMPORTAI_TUI_", "RICH_", "TTY_")
"""How others begin that change what is drawn."""


def stamp(places: Places, environ: Mapping[str, str], columns: int, rows: int) -> str:
    """Lines that are the same as long as the app would draw the same; none of them is empty."""
    told = (f"{name}={environ[name]!r}" for name in sorted(environ) if name in _LOOKS or name.startswith(_OURS))
    return "\n".join((f"version {__version__}", f"size {columns}x{rows}", *told, *_files(places)))


def _files(places: Places) -> Iterator[str]:
    for path in (places.archive, places.reading):
        yield f"{str(path)!r} {_file(path)}"
        # What is not yet in the database itself. A second window that has written nothing leaves it empty.
        yield f"wal {_file(path.with_name(f'{path.name}-wal'), but_empty=True)}"
    yield f"{str(places.config)!r} {_file(places.config)}"


def _file(path: Path, *, but_empty: bool = False) -> str:
    try:
        found = path.stat()
    except OSError:
        return "none"
    return "none" if but_empty and not found.st_size else f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"


_LINE = "  \x1b[1mImport AI\x1b[0m   opening…"
"""Where the header will stand."""
_DUMB = ("", "dumb", "unknown")
_ELSEWHERE = ("COLUMNS", "LINES", "TEXTUAL_DRIVER")
"""Variables by which the app draws in another size than the terminal's, or in another way."""

_raised: Raised | None = None
"""There is one terminal, so there is one of these."""


class _Found(NamedTuple):
    """A terminal: the number of standard output, which the app draws on, and its size in cells."""

    fd: int
    columns: int
    rows: int


@contextmanager
def showing(environ: Mapping[str, str], *, frame: bool) -> Iterator[None]:
    """Something stands on the terminal until the app takes it over, or until the end of the block.

    Args:
        environ: the environment.
        frame: show the frame that was kept, if the app would draw the same; else, and without one, it is a line.
    """
    global _raised
    if _raised or not (found := _terminal(environ)):
        yield
        return
    try:
        # Not in the middle: nobody would know yet what to take away again.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            _raised = _raise(found, environ, frame=frame)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        yield
    finally:
        if _raised:
            _raised.lower()
            _raised = None


def raised() -> Raised | None:
    """What is shown; None where nothing is."""
    return _raised


def _raise(found: _Found, environ: Mapping[str, str], *, frame: bool) -> Raised:

    rows: tuple[str, ...] = ()
    if frame:
        places = Places.from_environment(environ)
        rows = read_frame(frame_file(places), stamp(places, environ, found.columns, found.rows), found.rows)
    return Raised(found.fd, found.columns, rows, _LINE)


def _terminal(environ: Mapping[str, str]) -> _Found | None:
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
    return _Found(stdout, columns, rows) if columns > 1 and rows > 1 else None
