"""A program on a pseudo-terminal: its output with times, and the screen that a user sees."""

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
"""The bytes that a terminal sends for keys that are no letters."""

_ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronized output: known, and reset
    b"\x1b[6n": b"\x1b[1;1R",
}
"""Queries of Textual, with the answers of a terminal."""
_UNSUPPORTED_BY_PYTE = re.compile(rb"\x1b\[[<>=][\d;]*[a-zA-Z]|\x1b\[\?\d+\$p")
"""Sequences whose last letter pyte would draw."""
_ESCAPE_PAUSE = 0.2
"""Seconds; what comes sooner is one key with the escape, like an arrow."""
MAX_WAIT = 20.0
"""Seconds; a test that waits longer has failed."""


class Chunk(NamedTuple):
    """The bytes of one read."""

    time: float
    """Seconds, on the clock of `time.perf_counter`."""
    data: bytes


class Terminal:
    """A child process on a pseudo-terminal. Use it as a context manager, which kills the process at its end."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        columns: int = 120,
        rows: int = 40,
        folder: Path | None = None,
    ) -> None:
        """Start the command with this environment and no other."""
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
        """The id of the process."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while the process runs."""
        return self._process.poll()

    @property
    def output(self) -> bytes:
        """All bytes so far."""
        return b"".join(chunk.data for chunk in self.chunks)

    def read(self, seconds: float) -> bool:
        """Read at most one chunk within that time; return False if nothing came or the program has ended."""
        try:
            if not select.select([self.fd], [], [], max(seconds, 0.0))[0]:
                return False
            data = os.read(self.fd, 1 << 16)
        except OSError:
            data = b""  # Linux raises this when the last program on the terminal has ended
        if not data:
            return False
        self.chunks.append(Chunk(time.perf_counter(), data))
        for question, answer in _ANSWERS.items():
            if question in data:
                self.send(answer)
        return True

    def wait_until(self, condition: Callable[[], bool], seconds: float = MAX_WAIT) -> None:
        """Read until the condition is true.

        Raises:
            AssertionError: it was not true in time; the message has the screen.
        """
        end = time.perf_counter() + seconds
        while not condition():
            remaining = end - time.perf_counter()
            assert remaining > 0, "\n".join(["not in time; the screen:", *self.screen])
            self.read(min(remaining, 0.05))

    def wait_until_shown(self, words: str, seconds: float = MAX_WAIT) -> None:
        """Read until one row of the screen shows these words."""
        self.wait_until(lambda: any(words in row for row in self.screen), seconds)

    def wait_until_quiet(self, seconds: float = 0.3, timeout: float = MAX_WAIT) -> None:
        """Read until nothing has come for so long."""
        end = time.perf_counter() + timeout
        while self.read(seconds) and time.perf_counter() < end:
            pass

    @property
    def screen(self) -> list[str]:
        """The rows of the screen, without trailing blanks."""
        for chunk in self.chunks[self._drawn :]:
            self._stream.feed(_UNSUPPORTED_BY_PYTE.sub(b"", chunk.data))
        self._drawn = len(self.chunks)
        return [row.rstrip() for row in self._display.display]

    def send(self, data: bytes) -> None:
        """Type these bytes."""
        os.write(self.fd, data)

    def press(self, *keys: str) -> None:
        """Press keys: a name of `KEYS`, `ctrl+` and a letter, or the characters themselves."""
        for key in keys:
            letter = key.removeprefix("ctrl+")
            self.send((chr(ord(letter) & 31) if letter != key else KEYS.get(key, key)).encode())
            if key == "escape":
                time.sleep(_ESCAPE_PAUSE)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, and notify the program as a terminal does."""
        self._draw_pending()
        _set_size(self.fd, columns, rows)
        if columns and rows:
            self._display.resize(rows, columns)

    def write_over(self, data: bytes) -> None:
        """Write to the terminal as another program does."""
        with Path(f"/proc/{self.pid}/fd/1").open("wb", buffering=0) as terminal:
            terminal.write(data)

    def hang_up(self) -> None:
        """Close the terminal; the system sends SIGHUP."""
        os.close(self.fd)
        self.fd = -1

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to the program."""
        self._process.send_signal(number)

    def wait(self, seconds: float = MAX_WAIT) -> int:
        """Read until the program has ended; return its exit status, negative for a signal.

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
        """Return the bytes of memory of the program (Linux: Pss of all mappings); shared pages count in part."""
        return self._read_memory("Pss")

    def private_memory(self) -> int:
        """Return the bytes of memory that the program has allocated; other programs cannot change them."""
        return self._read_memory("Anonymous")

    def _read_memory(self, name: str) -> int:
        text = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE).group(1)) * 1024  # type: ignore[union-attr]

    def close(self) -> None:
        """Kill the program if it still runs, and close the terminal."""
        if self.status is None:
            self.kill()
            self.wait()
        if self.fd >= 0:
            self.hang_up()

    def _draw_pending(self) -> None:
        assert self.screen is not None


def reader_command(*words: str) -> list[str]:
    """Return the command that runs the reader with this Python."""
    return [sys.executable, "-m", "importai_tui", *words]


def make_environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment with only what a terminal and the reader need."""
    inherited = {
        name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "PYTHONDONTWRITEBYTECODE") if name in os.environ
    }
    return {"HOME": str(home), "LANG": "C.UTF-8", **inherited, "IMPORTAI_TUI_HOME": str(home), **more}


def _hold_terminal() -> None:
    """Make the terminal the child's controlling terminal, so that it gets SIGWINCH and SIGHUP."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
