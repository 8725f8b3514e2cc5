"""The thread that looks after the reading state while the app runs, and what the reader is told of it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from importai_tui.reading.caretaking import Caretaking

if TYPE_CHECKING:
    from importai_tui.tui.app import ReaderApp

_LOOK = 1.0
"""Seconds between two looks at whether something is wrong: nobody can do anything about it sooner."""
_FAREWELL = 2.0
"""Seconds that leaving waits for the shared folder, which may hang; what it was not told it is told the next time."""


class Care:
    """It begins at once. The thread is no obstacle to leaving the program: nothing that it does can be lost."""

    def __init__(self, app: ReaderApp, caretaking: Caretaking) -> None:
        self._app = app
        self._caretaking = caretaking
        self._told: str | None = None
        self._faults_told = False
        self._thread = threading.Thread(target=caretaking.run, name="caretaking", daemon=True)
        self._thread.start()
        app.set_interval(_LOOK, self.look)

    async def end(self) -> None:
        """Let it say its last word."""
        self._caretaking.stop()
        await asyncio.to_thread(self._thread.join, _FAREWELL)

    def look(self) -> None:
        """Tells what has gone wrong since the last look, or goes well again; once, and not each second."""
        if self._caretaking.faults and not self._faults_told:
            self._faults_told = True
            self._app.complain(self._caretaking.faults[0])
        trouble = self._caretaking.trouble
        if trouble == self._told:
            return
        self._told = trouble
        if trouble:
            self._app.complain(trouble)
        else:
            self._app.say("The shared folder can be used again, and has what is new.")
