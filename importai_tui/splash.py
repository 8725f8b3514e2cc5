"""Splash screen: shows the snapshot of the last session, or one line, until the app has drawn its first screen.

The snapshot file has a key and the rows of the screen. It is shown only if the key matches and all rows are safe.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from importai_tui import __version__
from importai_tui.files import atomic_write
from importai_tui.paths import Places

with suppress(ImportError):  # Windows, where there is no splash
    import termios

ENTER_ALTERNATE_SCREEN = "\x1b[?1049h"
"""Switches to the alternate screen. Some terminals clear it each time, so it is written only once."""
_BEGIN_SCREEN = f"{ENTER_ALTERNATE_SCREEN}\x1b[?25l\x1b[?7l\x1b[?2026h"
"""Hides the cursor, turns off line wrapping, and begins a synchronized update, which some terminals draw at once."""
_CLEAR_SCREEN = "\x1b[2J"
_END_UPDATE = "\x1b[0m\x1b[?2026l"
_RESTORE_SCREEN = "\x1b[?7h\x1b[?1049l\x1b[?25h"
_PLACEHOLDER = "  \x1b[1mImport AI\x1b[0m   opening…"
"""Shown at the position of the header."""
_EXIT_SIGNALS = ("SIGTERM", "SIGHUP")
_INPUT, _LOCAL, _CHARACTERS = 0, 3, 6
"""Indexes in the result of `tcgetattr`."""
_Attributes = list[Any]
"""The result of `tcgetattr`: numbers, and a list of characters."""
_FILE_NAME = "first-frame"
_MAX_FILE_BYTES = 1 << 20
"""Bytes; a snapshot of a very large terminal has less than half."""
_STYLE_VARIABLES = ("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "FORCE_COLOR", "LANG", "LC_ALL", "LC_CTYPE")
"""Environment variables that select colours and characters."""
_VARIABLE_PREFIXES = ("TEXTUAL", "IMPORTAI_TUI_", "RICH_", "TTY_")
"""Prefixes of other variables that change the screen."""
_DUMB_TERMINALS = ("", "dumb", "unknown")
_DRIVER_VARIABLES = ("COLUMNS", "LINES", "TEXTUAL_DRIVER")
"""Variables that make the app draw in another size than the terminal's, or in another way."""


class Splash:
    """The splash on the terminal while the app starts.

    Keys are not echoed and wait for the app; Ctrl-C still ends the program. Standard error is buffered, and written
    when the splash is hidden, because it belongs on the normal screen.
    """

    def __init__(self, fd: int, columns: int, rows: Sequence[str], line: str = "") -> None:
        """Draw the rows of a snapshot, one for each row of the terminal; without rows, draw the line."""
        self.columns = columns
        self.rows = tuple(rows)
        """The rows that were drawn; empty if it is only a line."""
        self.terminal_attributes: _Attributes = []
        """The attributes to restore when the terminal is released."""
        if sys.platform != "win32":
            self.terminal_attributes = termios.tcgetattr(fd)  # first of all, because the terminal may be gone
        self._fd = fd
        self._line = line
        self.is_handed_over = False
        """True if the app has taken over the terminal."""
        numbers = [getattr(signal, name) for name in _EXIT_SIGNALS]
        self._old_handlers = {number: signal.signal(number, self._exit_on_signal) for number in numbers}
        self._stderr = sys.stderr
        sys.stderr = self._stderr_buffer = io.StringIO()
        if sys.platform != "win32":
            # The app handles Ctrl-Z itself; before that, nothing would redraw the snapshot after a stop.
            self._old_handlers[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
            termios.tcsetattr(fd, termios.TCSANOW, _without_echo(fd, self.terminal_attributes))
        screen = "".join(f"\x1b[{number};1H{row}" for number, row in enumerate(rows, 1))
        self._write(_BEGIN_SCREEN + (screen or f"{_CLEAR_SCREEN}\x1b[1;1H{line}") + _END_UPDATE)

    def show_message(self, message: str) -> None:
        """Show a message on a blank screen, unless the app has taken over the terminal."""
        if self.is_handed_over:
            return
        from textwrap import wrap  # here, because it is rarely needed

        self.rows = ()  # so that the app draws its whole screen
        lines = wrap(message, max(1, self.columns - 4))
        screen = "".join(f"\x1b[{number};3H{line}" for number, line in enumerate(lines, 3))
        self._write(f"{_CLEAR_SCREEN}\x1b[1;1H{self._line}{screen}")

    def hand_over(self) -> None:
        """Leave the terminal to the app, which restores it at its end."""
        if not self.is_handed_over:
            self.is_handed_over = True
            sys.stderr = self._stderr
            for number, handler in self._old_handlers.items():
                # The app may have installed its own handler already.
                if signal.getsignal(number) in (self._exit_on_signal, signal.SIG_IGN):
                    signal.signal(number, handler)

    def hide(self) -> None:
        """Restore the normal screen, unless the app has taken over; then write the buffered standard error."""
        if sys.platform != "win32" and not self.is_handed_over:
            with suppress(OSError, termios.error):  # the terminal may be gone
                self._write(_RESTORE_SCREEN)
                termios.tcsetattr(self._fd, termios.TCSANOW, self.terminal_attributes)
            self.hand_over()
        text = self._stderr_buffer.getvalue()
        self._stderr_buffer.seek(0)
        self._stderr_buffer.truncate()
        if text:
            with suppress(OSError):
                self._stderr.write(text)
                self._stderr.flush()

    def _exit_on_signal(self, number: int, _: FrameType | None) -> None:
        self.hide()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _write(self, text: str) -> None:
        data = text.encode()
        while data:
            data = data[os.write(self._fd, data) :]


_splash: Splash | None = None
"""The splash on the terminal. There is only one terminal, so there is only one splash."""


@contextmanager
def show_splash(environ: Mapping[str, str], *, use_snapshot: bool) -> Iterator[None]:
    """Show the splash until the app takes over the terminal, or until the end of the block.

    Args:
        environ: the environment.
        use_snapshot: show the stored snapshot if its key matches; otherwise the splash is a line.
    """
    global _splash
    if sys.platform == "win32":
        yield
        return
    if _splash or not (terminal := _find_terminal(environ)):
        yield
        return
    try:
        # Ctrl-C must not interrupt this, or the splash could not be hidden.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            rows = _load_rows(terminal, environ) if use_snapshot else ()
            _splash = Splash(terminal.fd, terminal.columns, rows, _PLACEHOLDER)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        yield
    finally:
        if _splash:
            _splash.hide()
            _splash = None


def current_splash() -> Splash | None:
    """Return the splash on the terminal, or None."""
    return _splash


def snapshot_file(places: Places) -> Path:
    """Return the path of the snapshot; the file may be deleted at any time."""
    return places.cache_folder / _FILE_NAME


def snapshot_key(places: Places, environ: Mapping[str, str], columns: int, rows: int) -> str:
    """Return the key of a snapshot: lines, none empty, that change whenever the app may draw another screen."""
    variables = (
        f"{name}={environ[name]!r}"
        for name in sorted(environ)
        if name in _STYLE_VARIABLES or name.startswith(_VARIABLE_PREFIXES)
    )
    return "\n".join((f"version {__version__}", f"size {columns}x{rows}", *variables, *_file_versions(places)))


def save_snapshot(path: Path, key: str, rows: Sequence[str]) -> None:
    """Write the snapshot, private and atomic, unless a row is not safe.

    A failing write is ignored, because the next start is only slower.
    """
    if not all(is_safe_row(row) for row in rows):
        return
    with suppress(OSError), atomic_write(path) as file:
        file.write("\n".join((key, "", *rows)).encode())


def load_snapshot(path: Path, key: str, row_count: int) -> tuple[str, ...]:
    """Return the rows of the snapshot if it has this key, this number of rows, and only safe rows; else nothing."""
    try:
        if not path.is_file():  # reading a pipe would block
            return ()
        with path.open("rb") as file:
            stored_key, _, body = file.read(_MAX_FILE_BYTES).decode().partition("\n\n")
    except (OSError, ValueError):
        return ()
    rows = tuple(body.split("\n"))
    return rows if stored_key == key and len(rows) == row_count and all(is_safe_row(row) for row in rows) else ()


def is_safe_row(row: str) -> bool:
    """Return True if the row is printable text with colours, and has no other control sequence."""
    text, *coloured = row.split("\x1b")
    return text.isprintable() and all(_is_coloured_text(part) for part in coloured)


def _without_echo(fd: int, attributes: _Attributes) -> _Attributes:
    """Return the attributes without echo and line buffering; keys arrive unchanged, and Ctrl-C as a signal."""
    if sys.platform == "win32":
        return attributes
    changed = attributes.copy()
    changed[_LOCAL] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    changed[_INPUT] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    changed[_CHARACTERS] = characters = attributes[_CHARACTERS].copy()
    characters[termios.VMIN] = 1
    # Ctrl-Z and Ctrl-\ arrive as keys, because the program cannot be suspended yet.
    characters[termios.VSUSP] = characters[termios.VQUIT] = os.fpathconf(fd, "PC_VDISABLE").to_bytes(1, "big")
    return changed


def _is_coloured_text(part: str) -> bool:
    """Return True for what follows the escape character of a colour: `[1;38;5;188m` and printable text."""
    numbers, end, text = part.partition("m")
    digits = numbers.replace(";", "0")[1:]
    is_colour = numbers[:1] == "[" and bool(end) and digits.isascii() and (digits.isdigit() or not digits)
    return is_colour and text.isprintable()


def _file_versions(places: Places) -> Iterator[str]:
    for path in (places.archive, places.reading):
        yield f"{str(path)!r} {_file_version(path)}"
        # The write-ahead log has changes that are not in the database yet. An idle second window leaves it empty.
        yield f"wal {_file_version(path.with_name(f'{path.name}-wal'), ignore_empty=True)}"
    yield f"{str(places.config)!r} {_file_version(places.config)}"


def _file_version(path: Path, *, ignore_empty: bool = False) -> str:
    try:
        status = path.stat()
    except OSError:
        return "none"
    return "none" if ignore_empty and not status.st_size else f"{status.st_mtime_ns} {status.st_size} {status.st_ino}"


class _TerminalInfo(NamedTuple):
    """The terminal: the file descriptor of standard output, and the size in cells."""

    fd: int
    columns: int
    rows: int


def _find_terminal(environ: Mapping[str, str]) -> _TerminalInfo | None:
    """Return the terminal that the app will draw on; None if there is none, or if the app draws in another way."""
    if (
        sys.platform == "win32"
        or environ.get("TERM", "") in _DUMB_TERMINALS
        or any(name in environ for name in _DRIVER_VARIABLES)
    ):
        return None
    try:
        # Standard error is not checked, because it may be a file.
        stdin, stdout = (stream.fileno() for stream in (sys.__stdin__, sys.__stdout__) if stream)
        is_same = os.fstat(stdin).st_rdev == os.fstat(stdout).st_rdev and os.isatty(stdin)
        # In the background the app waits until it is brought to the foreground; so must the splash.
        if not is_same or os.tcgetpgrp(stdin) != os.getpgrp():
            return None
        columns, rows = os.get_terminal_size(stdout)
    except (OSError, ValueError):
        return None  # a stream is closed
    return _TerminalInfo(stdout, columns, rows) if columns > 1 and rows > 1 else None


def _load_rows(terminal: _TerminalInfo, environ: Mapping[str, str]) -> tuple[str, ...]:
    places = Places.from_environment(environ)
    key = snapshot_key(places, environ, terminal.columns, terminal.rows)
    return load_snapshot(snapshot_file(places), key, terminal.rows)
