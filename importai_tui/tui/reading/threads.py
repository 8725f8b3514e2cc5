"""Runs functions in threads for one screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from importai_tui.tui.services import Services


class ThreadRunner:
    """Starts threads that belong to one screen."""

    def __init__(self, screen: Screen[Any], services: Services) -> None:
        self._screen = screen
        self._services = services

    def run(self, work: Callable[[], None], *, group: str, exclusive: bool = True, exit_on_error: bool = True) -> None:
        """Run `work` in a thread.

        Args:
            work: the function; it may change the screen only through `call` or a message.
            group: the name of the group of threads.
            exclusive: cancel the threads of the group, because their results are out of date.
            exit_on_error: end the app after an unexpected error; else `Services.recover_from` decides.
        """

        def run() -> None:
            try:
                work()
            except Exception as error:
                if not exit_on_error:
                    self._screen.app.call_later(self._services.recover_from, error)
                raise

        self._screen.run_worker(run, thread=True, group=group, exclusive=exclusive, exit_on_error=exit_on_error)

    def call(self, function: Callable[..., object], *args: Any, **kwargs: Any) -> None:
        """Call a function in the app's thread, from another thread, and wait for it."""
        self._screen.app.call_from_thread(function, *args, **kwargs)
