"""Cancels a task of an event loop from another thread, or at Ctrl+C."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TypeVar

from importai_tui.http.transport import DaemonExecutor

_Result = TypeVar("_Result")


class Canceller:
    """Cancels a task from another thread, even before it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped = False
        self._cancel: Callable[[], object] | None = None

    def cancel(self) -> None:
        """Cancel the task now, or as soon as it starts."""
        with self._lock:
            self._stopped = True
            if self._cancel:
                self._cancel()

    async def run(self, work: Coroutine[None, None, _Result]) -> _Result:
        """Run the work as a task that `cancel` can cancel. In the main thread, the first Ctrl+C cancels it too."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        loop.set_default_executor(DaemonExecutor())
        assert task
        with self._lock:
            self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
            if self._stopped:
                task.cancel()
        try:
            with _woken_by_interrupts(loop):
                return await work
        finally:
            with self._lock:
                self._cancel = None


@contextmanager
def _woken_by_interrupts(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Make SIGINT wake up the loop of the main thread, whose task `asyncio.run` cancels then.

    Without it, a signal that comes just before the loop begins to wait is handled at the next event: after the 20
    seconds that a silent server is given.
    """
    handler = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if sys.platform == "win32" or not (is_main and handler):  # on Windows, Python itself wakes up the loop
        yield
        return
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        handler = signal.getsignal(signal.SIGINT)  # after a second signal, asyncio.run has restored the default one
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, handler)
