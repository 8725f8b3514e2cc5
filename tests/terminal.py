"""A program in a terminal of its own: what it wrote and when, and the screen that a person sees."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import pyte

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "escape": "\x1b",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
}
"""What a terminal sends for keys that are no letters."""

_ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronized output: known, and reset
    b"\x1b[6n": b"\x1b[1;1R",
}
"""What Textual asks a terminal, and what one says to it."""
_UNSUPPORTED_BY_PYTE = re.compile(rb"\x1b\[[<>=][\d;]*[a-zA-Z]|\x1b\[\?\d+\$p")
"""It would draw their last letter."""
_ESCAPE_PAUSE = 0.2
"""Seconds; what comes sooner is one key with it, as it is when a terminal sends an arrow."""
MAX_WAIT = 20.0
"""Seconds; who waits longer has found a fault."""


class Chunk(NamedTuple):
    """What came in one go."""

    time: float
    """Seconds, on the clock of `time.perf_counter`."""
    data: bytes


class Terminal:
    """A child process on a pseudo-terminal. Use it as a context manager: what still runs at its end is killed."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        columns: int = 120,
        rows: int = 40,
        folder: Path | None = None,
    ) -> None:
        """Starts the command with this environment and no other."""
        self.chunks: list[Chunk] = []
        self._display = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._display)
        self._drawn = 0
        self.fd, inner = pty.openpty()
        _set_size(self.fd, columns, rows)
        self.start_time = time.perf_counter()
        self._process = subprocess.Popen(
            list(command),
            stdin=inner,
            stdout=inner,
            stderr=inner,
            cwd=folder,
            env={"TERM": "xterm-256color", **environ},
            start_new_session=True,
            preexec_fn=_hold_terminal,
        )
        os.close(inner)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self._process.poll()

    @property
    def output(self) -> bytes:
        """Every byte so far."""
        return b"".join(chunk.data for chunk in self.chunks)

    def read(self, seconds: float) -> bool:
        """Takes in what comes within that time, one chunk at the most; False where nothing came or all has ended."""
        try:
            if not select.select([self.fd], [], [], max(seconds, 0.0))[0]:
                return False
            data = os.read(self.fd, 1 << 16)
        except OSError:
            data = b""  # Linux says so where the last program on the terminal has gone
        if not data:
            return False
        self.chunks.append(Chunk(time.perf_counter(), data))
        for question, answer in _ANSWERS.items():
            if question in data:
                self.send(answer)
        return True

    def wait_until(self, condition: Callable[[], bool], seconds: float = MAX_WAIT) -> None:
        """Reads until that holds.

        Raises:
            AssertionError: it does not come to hold; the screen is told.
        """
        end = time.perf_counter() + seconds
        while not condition():
            left = end - time.perf_counter()
            assert left > 0, "\n".join(["not in time; the screen:", *self.screen])
            self.read(min(left, 0.05))

    def wait_until_shown(self, words: str, seconds: float = MAX_WAIT) -> None:
        """Reads until the screen shows these words in one row."""
        self.wait_until(lambda: any(words in row for row in self.screen), seconds)

    def wait_until_quiet(self, seconds: float = 0.3, timeout: float = MAX_WAIT) -> None:
        """Reads until nothing has come for so long."""
        end = time.perf_counter() + timeout
        while self.read(seconds) and time.perf_counter() < end:
            pass

    @property
    def screen(self) -> list[str]:
        """The rows as they stand, without blanks at their ends."""
        for chunk in self.chunks[self._drawn :]:
            self._stream.feed(_UNSUPPORTED_BY_PYTE.sub(b"", chunk.data))
        self._drawn = len(self.chunks)
        return [row.rstrip() for row in self._display.display]

    def send(self, data: bytes) -> None:
        """Types these bytes."""
        os.write(self.fd, data)

    def press(self, *keys: str) -> None:
        """Presses keys: a name of `KEYS`, `ctrl+` and a letter, or the characters themselves."""
        for key in keys:
            letter = key.removeprefix("ctrl+")
            self.send((chr(ord(letter) & 31) if letter != key else KEYS.get(key, key)).encode())
            if key == "escape":
                time.sleep(_ESCAPE_PAUSE)

    def resize(self, columns: int, rows: int) -> None:
        """Gives the terminal another size; the program is told as a terminal tells it."""
        self._draw_pending()
        _set_size(self.fd, columns, rows)
        if columns and rows:
            self._display.resize(rows, columns)

    def hang_up(self) -> None:
        """The window is closed: the terminal goes away, and the system sends SIGHUP."""
        os.close(self.fd)
        self.fd = -1

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Sends the program a signal."""
        self._process.send_signal(number)

    def wait(self, seconds: float = MAX_WAIT) -> int:
        """Reads on until the program has ended; its exit status, negative for a signal.

        Raises:
            AssertionError: it has not ended in time.
        """
        end = time.perf_counter() + seconds
        while (status := self.status) is None:
            assert time.perf_counter() < end, "the program has not ended in time"
            if self.fd < 0 or not self.read(0.02):
                time.sleep(0.01)
        while self.fd >= 0 and self.read(0.0):
            pass
        return status

    def memory(self) -> int:
        """Bytes of its memory that are in RAM and its own (Linux: Pss of all mappings)."""
        told = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE).group(1)) * 1024  # type: ignore[union-attr]

    def close(self) -> None:
        """Kills it if it still runs, and closes the terminal."""
        if self.status is None:
            self.kill()
            self.wait()
        if self.fd >= 0:
            self.hang_up()

    def _draw_pending(self) -> None:
        assert self.screen is not None


def reader_command(*words: str) -> list[str]:
    """The reader, as this Python runs it."""
    return [sys.executable, "-m", "importai_tui", *words]


def make_environment(home: Path, **more: str) -> dict[str, str]:
    """An environment with nothing but what a terminal and the reader need."""
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "PYTHONDONTWRITEBYTECODE") if name in os.environ
    }
    return {"HOME": str(home), "LANG": "C.UTF-8", **kept, "IMPORTAI_TUI_HOME": str(home), **more}


def _hold_terminal() -> None:
    """In the child: the terminal is its own, so it is told of sizes and of the terminal's end."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
