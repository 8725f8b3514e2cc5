"""Threads that nobody waits for: the system's look-up of a name cannot be stopped, and may take half a minute."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import Any, ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class LooseThreads(ThreadPoolExecutor):
    """An executor for an event loop that has to end at once when it is told to.

    The standard one is waited for when the loop closes, and again when the program ends.
    """

    def submit(self, fn: Callable[_Given, _Result], /, *args: _Given.args, **kwargs: _Given.kwargs) -> Future[_Result]:
        """Begins it in a thread of its own."""
        future: Future[_Result] = Future()

        def work() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:
                    future.set_exception(error)

        Thread(target=work, daemon=True).start()
        return future

    def shutdown(self, *_: Any, **__: Any) -> None:
        """Waits for nothing."""
