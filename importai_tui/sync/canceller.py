"""Cancels a task of an event loop from another thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
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
        """Run the work as a task that `cancel` can cancel."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        loop.set_default_executor(DaemonExecutor())
        assert task
        with self._lock:
            self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
            if self._stopped:
                task.cancel()
        try:
            return await work
        finally:
            with self._lock:
                self._cancel = None
