"""The base of all action groups."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TypeVar

from textual.screen import Screen
from textual.worker import WorkType

from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import ReadingSession

Answer = TypeVar("Answer")


class ActionGroup:
    """Actions that belong together. They change the session through its methods and show it on the screen."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        self.session = session
        self.screen = screen

    def run_dialog(self, dialog: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run an async method that asks the user something; it takes the place of one that still asks."""
        work: WorkType[None] = dialog
        self.screen.run_worker(work, exclusive=True, group="dialog")

    async def ask(self, question: Screen[Answer]) -> Answer:
        """Show a dialog, within `run_dialog`, and wait for the answer."""
        return await self.screen.app.push_screen_wait(question)
