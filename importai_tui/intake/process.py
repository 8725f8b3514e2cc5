"""A process that reads pages: the end of it in there, and the end that asks it. It has no terminal and obeys no keys.

What goes through its pipes is pickled; both ends are this program, and nobody else can write into a pipe of two.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from importai_tui.intake.page import Page, TakenIn, take_in

LONGEST = 60
"""Seconds of the processor for one page. A megabyte takes less than one, and a page has five at the most."""
_LITTLE_GARBAGE = 20_000
"""Objects that are made before somebody looks for garbage: a page makes hardly any, and looking took one part in 30."""
_SILENT = (OSError, EOFError, pickle.UnpicklingError)
"""What comes of writing to a process that is dead, and of reading what it has not said to its end."""
_WHERE = "import sys; sys.path[:] = sys.argv[1:]; "
_SIZE = struct.Struct("!Q")


class ReaderProcess:
    """One such process, asked for one page at a time. It is started at the first, and again after it has died."""

    def __init__(self, program: str) -> None:
        """`program`: the Python that serves in it."""
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def read(self, page: Page) -> TakenIn:
        """Have a page read; where the process dies of it twice, or takes too long, that is what comes of the page."""
        for _ in range(2):  # for it may have been ended from outside
            if not self._begun():
                return take_in(page)
            taken = self._asked(page)
            if taken is not None:
                return taken
            if self._taken_away() == -signal.SIGPROF:
                return TakenIn(reason=f"takes longer than {LONGEST} seconds to read, which no issue does", failed=True)
        return TakenIn(reason="cannot be read: the process that read it died", failed=True)

    def stop(self) -> None:
        """End it for good, whatever it does; may be called from any thread."""
        self._stopped = True
        process = self._process
        if process:
            process.kill()

    def close(self) -> None:
        """End it and take it away; only when nobody reads any more."""
        self.stop()
        self._taken_away()

    def _begun(self) -> bool:
        """Whether there is a process that has come so far as to read; on some systems there may be none."""
        if self._process is None and not self._stopped:
            try:
                self._process = _started(self._program)
                self._receive()
            except _SILENT:
                self._taken_away()
        return self._process is not None or self._stopped

    def _asked(self, page: Page) -> TakenIn | None:
        process = self._process
        if process is None or self._stopped:
            return None
        try:
            assert process.stdin
            _send(process.stdin, page)
            return self._receive()
        except _SILENT:
            return None

    def _receive(self) -> TakenIn:
        assert self._process
        assert self._process.stdout
        taken: TakenIn = _receive(self._process.stdout)
        return taken

    def _taken_away(self) -> int:
        """Take away a process that is ending; how it did."""
        process, self._process = self._process, None
        if process is None:
            return 0
        with suppress(OSError):  # what was not sent is of no use now
            process.communicate()
        return process.returncode


def serve(read: Callable[[Page], TakenIn] = take_in, longest: float = LONGEST, nice: int = 0) -> None:
    """Read what standard input asks for until it ends, as it does too when whoever asks has died.

    `nice` is how far it stands back for all else that runs: see nice(2).
    """
    os.nice(nice)
    asked, answered = sys.stdin.buffer, sys.stdout.buffer
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    gc.freeze()
    gc.set_threshold(_LITTLE_GARBAGE)
    with suppress(EOFError, BrokenPipeError):
        _send(answered, TakenIn())  # it has come so far
        while True:
            page = _receive(asked)
            # Of a page that takes too long the system ends the process, also where Python would not come to do it.
            signal.setitimer(signal.ITIMER_PROF, longest)
            taken = read(page)
            signal.setitimer(signal.ITIMER_PROF, 0)
            _send(answered, taken)


def _started(program: str) -> subprocess.Popen[bytes]:
    """A session of its own has no terminal: no Ctrl-C and no hang-up reach it, and it can write to none."""
    return subprocess.Popen(
        [sys.executable, "-c", _WHERE + program, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(_SIZE.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    size = pipe.read(_SIZE.size)
    data = pipe.read(_SIZE.unpack(size)[0]) if len(size) == _SIZE.size else b""
    if not data:
        raise EOFError
    return pickle.loads(data)
