"""Runs work in a thread beside the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from importai_tui.tui.services import Services


class ThreadRunner:
    """Runs functions in threads that belong to one screen."""

    def __init__(self, screen: Screen[Any], services: Services) -> None:
        self._screen = screen
        self._services = services

    def run(self, work: Callable[[], None], *, group: str, exclusive: bool = True, exit_on_error: bool = True) -> None:
        """Run `work` in a thread.

        Args:
            work: it may touch the screen only through `call`, or by posting a message.
            group: the name of the work.
            exclusive: cancel what runs in the group, because its result is out of date.
            exit_on_error: an unexpected error ends an app without an error log; else it is only reported.
        """

        def run() -> None:
            try:
                work()
            except Exception as error:
                if not exit_on_error:
                    self._screen.app.call_later(self._services.recover_from, error)
                raise

        self._screen.run_worker(run, thread=True, group=group, exclusive=exclusive, exit_on_error=exit_on_error)

    def call(self, act: Callable[..., object], *given: Any, **named: Any) -> None:
        """Call `act` in the app's thread, from a thread, and wait for it."""
        self._screen.app.call_from_thread(act, *given, **named)
