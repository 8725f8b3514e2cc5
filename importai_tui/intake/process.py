"""A process that parses pages and feeds for another one. It has limits of time and memory, and no terminal.

Tasks and results go through its pipes as pickles. Both ends are this program, and nobody else can write into the pipes.
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
from typing import IO, Any, NamedTuple, TypeVar

from importai_tui.errors import UnreadableInput
from importai_tui.intake.page import failure_reason

TIME_LIMIT = 60
"""Seconds of processor time for one task. A megabyte takes less than one, and a page has five at the most."""
MEMORY_LIMIT = 500_000_000
"""Bytes that the process may allocate. Measured: a page of 5 MB takes up to 83 MB, a feed of 20 MB takes 153 MB."""
_GARBAGE_THRESHOLD = 20_000
"""Allocations between two garbage collections. Parsing makes hardly any cycles; the usual 700 cost 3 % of the time."""
_BROKEN_PIPE = (OSError, EOFError, pickle.UnpicklingError)
"""Errors of writing to a process that has ended, and of reading an answer that breaks off."""
_SET_PATH = "import sys; sys.path[:] = sys.argv[1:]; "
_SIZE = struct.Struct("!Q")

_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")


class ParserFailed(UnreadableInput):
    """The task came to grief: it raised, took too long, took too much memory, or its process died."""


class _Answer(NamedTuple):
    """The result of a task: its value, or the reason why there is none. `failed`: an error, and no refusal."""

    value: Any = None
    reason: str = ""
    failed: bool = False


class ParserProcess:
    """One such process, which does one task at a time. It starts with the first task, and again after it has died."""

    def __init__(self, program: str) -> None:
        """`program`: Python code that calls `serve`."""
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def run(self, task: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
        """The task's value; `task` is a function of a module. Where no process starts, it runs in this one.

        Raises:
            UnreadableInput: the task raised it.
            ParserFailed: the task failed in any other way. The text follows the name of the input.
        """
        for _ in range(2):  # the process may have been ended from outside
            answer = self._ask(task, argument) if self._start() else perform(task, argument)
            if answer is not None:
                value: _Value = _unwrap(answer)
                return value
            if self._reap() == -signal.SIGPROF:
                raise ParserFailed(f"takes longer than {TIME_LIMIT} seconds to read, which no issue does")
        raise ParserFailed("cannot be read: the process that read it died")

    def stop(self) -> None:
        """End the process for good, whatever it does; may be called from any thread."""
        self._stopped = True
        process = self._process
        if process:
            process.kill()

    def close(self) -> None:
        """End the process and free what belongs to it; no task may be running."""
        self.stop()
        self._reap()

    def _start(self) -> bool:
        """Start the process if there is none; False on a system where none can be started."""
        if self._process is None and not self._stopped:
            try:
                self._process = _spawn(self._program)
                self._receive()
            except _BROKEN_PIPE:
                self._reap()
        return self._process is not None or self._stopped

    def _ask(self, task: Callable[[_Argument], object], argument: _Argument) -> _Answer | None:
        process = self._process
        if process is None or self._stopped:
            return None
        try:
            assert process.stdin
            _send(process.stdin, (task, argument))
            return self._receive()
        except _BROKEN_PIPE:
            return None

    def _receive(self) -> _Answer:
        assert self._process
        assert self._process.stdout
        answer: _Answer = _receive(self._process.stdout)
        return answer

    def _reap(self) -> int:
        """Wait for a process that is ending; its return code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        with suppress(OSError):  # what was not sent is of no use now
            process.communicate()
        return process.returncode


def serve(time_limit: float = TIME_LIMIT, memory_limit: int = MEMORY_LIMIT, nice: int = 0) -> None:
    """Do the tasks that standard input asks for, until it ends; it ends too when the asking process dies.

    `nice` lowers the priority of this process: see nice(2).
    """
    os.nice(nice)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    gc.freeze()
    gc.set_threshold(_GARBAGE_THRESHOLD)
    _limit_memory(memory_limit)
    with suppress(EOFError, BrokenPipeError):
        _send(answers, _Answer())  # ready
        while True:
            task, argument = _receive(requests)
            # The system ends a process that takes too long, also inside C code where Python runs no signal handler.
            signal.setitimer(signal.ITIMER_PROF, time_limit)
            answer = perform(task, argument)
            signal.setitimer(signal.ITIMER_PROF, 0)
            _send(answers, answer)


def perform(task: Callable[[_Argument], object], argument: _Argument) -> _Answer:
    """Do a task here. No exception leaves it, because the input can be anything."""
    try:
        return _Answer(task(argument))
    except UnreadableInput as error:
        return _Answer(reason=str(error))
    except Exception as error:
        return _Answer(reason=failure_reason(error), failed=True)


def _unwrap(answer: _Answer) -> Any:
    if answer.failed:
        raise ParserFailed(answer.reason)
    if answer.reason:
        raise UnreadableInput(answer.reason)
    return answer.value


def _limit_memory(limit: int) -> None:
    """Limit what this process may allocate, on systems that can: then an allocation fails, and with it the task."""
    with suppress(ImportError, AttributeError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _spawn(program: str) -> subprocess.Popen[bytes]:
    """A session of its own has no terminal: no Ctrl-C and no hang-up reach it, and it can write to none."""
    return subprocess.Popen(
        [sys.executable, "-c", _SET_PATH + program, *sys.path],
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
