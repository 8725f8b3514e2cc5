"""Puts something true on the terminal at the start: the last frame, else a line."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.frame.kept import frame_file, read_frame
from importai_tui.frame.stamp import stamp
from importai_tui.paths import Places

if TYPE_CHECKING:
    from importai_tui.frame.terminal import Raised

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
    from importai_tui.frame.terminal import Raised

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
