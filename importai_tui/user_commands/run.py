"""Runs a prepared command: in the background with its output collected, or in the terminal.

No shell is involved. The text is in an unnamed temporary file, so a program that never reads it cannot block us.
"""

from __future__ import annotations

import codecs
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock, Thread, Timer, current_thread, main_thread
from time import monotonic
from typing import IO, NamedTuple

from importai_tui.pager import ignore_interrupts
from importai_tui.parse.clean import clean_text
from importai_tui.program_errors import describe_exit, describe_start_error
from importai_tui.programs import NO_CONSOLE, resolve_program
from importai_tui.user_commands.prepare import PreparedCommand
from importai_tui.wording import format_os_error

MAX_OUTPUT_BYTES = 1_000_000
"""Bytes of the output that are kept; the rest is read and discarded, so that the program can finish."""
STOP_SECONDS = 2.0
"""Time that a stopped program has to end by itself."""
LAST_LINES = 10
"""Lines of standard error that a result has, at most."""
_LATE_OUTPUT_SECONDS = 0.5
"""Time to wait for output after the program has ended: a program that it left running may hold the pipe open."""
_KEPT_ERROR_BYTES = 4_000
_CHUNK_BYTES = 65_536
_END_SIGNALS = ("SIGTERM", "SIGHUP", "SIGQUIT")


class CommandResult(NamedTuple):
    """The result of a command that has ended or was not started."""

    output: str = ""
    """Its standard output, cleaned like text from the network, at most MAX_OUTPUT_BYTES; empty if it had
    the terminal."""
    exit_status: int | None = None
    """Its exit status; negative for the signal that killed it; None if it was not started."""
    last_lines: str = ""
    """The last lines of standard error, cleaned."""
    is_truncated: bool = False
    """True if it printed more than `output` has."""
    is_stopped: bool = False
    """True if `stop` ended it."""
    problem: str = ""
    """The reason for a failure, a sentence without its end; empty if the exit status is 0, or `stop` ended it."""


class CommandRun:
    """One run of a command in the background, without the terminal."""

    def __init__(self, prepared: PreparedCommand) -> None:
        """Prepare to run; nothing is started yet."""
        self.prepared = prepared
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False
        self._has_ended = False
        self._output = _Buffer(MAX_OUTPUT_BYTES)
        self._errors = _Buffer(_KEPT_ERROR_BYTES, keeps_end=True)
        self._cleaned = (0, "")
        """The number of bytes that were cleaned last, and the text: cleaning a megabyte takes up to 0.2 s."""

    @property
    def output(self) -> str:
        """The output of the program so far, cleaned; from any thread."""
        data = self._output.get_bytes()
        size, text = self._cleaned
        if size != len(data):
            text = clean_output(data)
            self._cleaned = (len(data), text)
        return text

    @property
    def is_stopped(self) -> bool:
        """True from the call of `stop` on: the program may still need a moment to end."""
        return self._is_stopped

    def run(self) -> CommandResult:
        """Run the program until it ends. Call it once, in a thread; a failure is in the result."""
        try:
            with _open_input(self.prepared, subprocess.DEVNULL) as stdin:
                return self._run(stdin)
        except OSError as error:
            return CommandResult(problem=_describe_file_error(error))

    def stop(self) -> None:
        """Ask the program and those that it started to end, and kill them after STOP_SECONDS; from any thread.

        It returns at once, and `run` returns when they have ended.
        """
        with self._lock:
            if self._is_stopped or self._has_ended:
                return
            self._is_stopped = True
            process = self._process
        if process:
            _signal_group(process, signal.SIGTERM)
            # Even if the program itself has ended by then; no other gets its id so soon.
            timer = Timer(STOP_SECONDS, _signal_group, [process, _KILL])
            timer.daemon = True
            timer.start()

    def _run(self, stdin: IO[bytes] | int | None) -> CommandResult:
        with self._lock:
            if self._is_stopped:
                return CommandResult(is_stopped=True)
            try:
                # A new session has no terminal, so the program can neither read our keys nor draw over our screen.
                process = self._process = subprocess.Popen(
                    resolve_program(self.prepared.argv),
                    stdin=stdin,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                    creationflags=NO_CONSOLE,
                )
            except (OSError, ValueError) as error:
                return CommandResult(problem=describe_start_error(self.prepared.argv[0], error))
        assert process.stdout
        assert process.stderr
        readers = [
            Thread(target=buffer.fill, args=[pipe], daemon=True)
            for buffer, pipe in ((self._output, process.stdout), (self._errors, process.stderr))
        ]
        for reader in readers:
            reader.start()
        status = process.wait()
        # Programs that ignore SIGTERM hold the pipes of a stopped run until they are killed.
        deadline = monotonic() + _LATE_OUTPUT_SECONDS + (STOP_SECONDS if self._is_stopped else 0)
        for reader in readers:
            reader.join(max(deadline - monotonic(), 0))
        with self._lock:
            self._has_ended = True
        return CommandResult(
            self.output,
            status,
            "\n".join(clean_output(self._errors.get_bytes()).split("\n")[-LAST_LINES:]),
            self._output.is_full,
            self._is_stopped,
            "" if self._is_stopped else describe_exit(self.prepared.argv[0], status),
        )


def run_in_terminal(prepared: PreparedCommand) -> CommandResult:
    """Run a program that has the terminal, and wait until it ends; a failure is in the result.

    It reads its text from standard input and keys from `/dev/tty`, as `less` does. With a `file`, or without a text,
    standard input is ours. Ctrl-C reaches only the program, and signals to end are passed on to it.
    """
    try:
        with _pass_signals_on() as set_program, _open_input(prepared, None) as stdin, ignore_interrupts():
            try:
                process = subprocess.Popen(resolve_program(prepared.argv), stdin=stdin)
            except (OSError, ValueError) as error:
                return CommandResult(problem=describe_start_error(prepared.argv[0], error))
            set_program(process)
            status = process.wait()
    except OSError as error:
        return CommandResult(problem=_describe_file_error(error))
    return CommandResult(exit_status=status, problem=describe_exit(prepared.argv[0], status))


@contextmanager
def _pass_signals_on() -> Iterator[Callable[[subprocess.Popen[bytes]], None]]:
    """Send the signals that would end this process to the program instead, so that its file is deleted afterwards.

    Yields a function to call with the program once it has started. Outside the main thread nothing is passed on.
    """
    programs: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def pass_on(number: int, _: object) -> None:
        if not programs:
            early.append(number)
        for program in programs:
            program.send_signal(number)

    def set_program(program: subprocess.Popen[bytes]) -> None:
        programs.append(program)
        for number in early:
            program.send_signal(number)

    is_main = current_thread() is main_thread()
    numbers = [getattr(signal, name) for name in _END_SIGNALS if is_main and hasattr(signal, name)]
    before = {number: old for number in numbers if (old := signal.getsignal(number)) not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, pass_on)
    try:
        yield set_program
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def clean_output(data: bytes) -> str:
    """Return output as text that is safe to draw: without escape sequences and the lines that a later one overwrote."""
    # Not the end of the data: a character may be incomplete in it.
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(data)
    lines = text.replace("\r\n", "\n").split("\n")
    return clean_text("\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)).strip("\n")


class _Buffer:
    """Collects what a pipe gives, up to a limit: the beginning, or the end."""

    def __init__(self, limit: int, *, keeps_end: bool = False) -> None:
        self._data = bytearray()
        self._limit = limit
        self._keeps_end = keeps_end
        self._lock = Lock()
        self.is_full = False
        """True if there was more than the limit."""

    def get_bytes(self) -> bytes:
        with self._lock:
            return bytes(self._data)

    def fill(self, pipe: IO[bytes]) -> None:
        with pipe:
            while chunk := os.read(pipe.fileno(), _CHUNK_BYTES):
                with self._lock:
                    self._add(chunk)

    def _add(self, chunk: bytes) -> None:
        if self._keeps_end:
            self._data += chunk
            del self._data[: -self._limit]
        else:
            room = self._limit - len(self._data)
            self._data += chunk[:room]
            self.is_full = self.is_full or len(chunk) > room


@contextmanager
def _open_input(prepared: PreparedCommand, without_text: int | None) -> Iterator[IO[bytes] | int | None]:
    """Create the file and the standard input of a program, and delete them afterwards.

    Raises:
        OSError: a temporary file cannot be written.
    """
    with ExitStack() as stack:
        if prepared.file:
            stack.callback(shutil.rmtree, prepared.file.parent, ignore_errors=True)
            _create_private_file(prepared.file, prepared.file_text)
        if prepared.stdin_text is None:
            yield without_text
        else:
            stdin = stack.enter_context(tempfile.TemporaryFile())
            stdin.write(prepared.stdin_text.encode("utf-8", "replace"))
            stdin.seek(0)
            yield stdin


def _create_private_file(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text, encoding="utf-8", errors="replace", newline="\n")


_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to the program and those that it started; nothing happens if they have ended."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
    except OSError:
        pass


def _describe_file_error(error: OSError) -> str:
    return f"Can't write a temporary file: {format_os_error(error)}"
