"""The thread that looks after the reading state while the app runs, and what the reader is told of it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importai_tui.reading.caretaking import Caretaking
    from importai_tui.tui.faults import ResilientApp

_LOOK = 1.0
"""Seconds between two looks at whether something is wrong: nobody can do anything about it sooner."""
_FAREWELL = 2.0
"""Seconds that leaving waits for the shared folder, which may hang; what it was not told it is told the next time."""


class Care:
    """It begins at once. The thread is no obstacle to leaving the program: nothing that it does can be lost."""

    def __init__(self, app: ResilientApp, caretaking: Caretaking) -> None:
        self._app = app
        self._caretaking = caretaking
        self._told: dict[str, str] = {}
        self._thread = threading.Thread(target=self._run, name="caretaking", daemon=True)
        self._thread.start()
        app.set_interval(_LOOK, self.look)

    def _run(self) -> None:
        try:
            self._caretaking.run()
        except Exception as error:  # the thread is over; the user reads on, and is told
            self._app.call_later(self._app.survive, error)

    async def end(self) -> None:
        """Let it say its last word."""
        self._caretaking.stop()
        await asyncio.to_thread(self._thread.join, _FAREWELL)

    def look(self) -> None:
        """Tells what has gone wrong since the last look, or goes well again; once, and not each second."""
        care = self._caretaking
        self._tell("faults", next(iter(care.faults), None), "")
        self._tell("state", care.trouble, "What you do is kept again.")
        self._tell("shared", care.sharing_trouble, "The shared folder can be used again, and has what is new.")

    def _tell(self, what: str, trouble: str | None, over: str) -> None:
        if trouble and trouble != self._told.get(what):
            self._told[what] = trouble
            self._app.complain(trouble)
        elif not trouble and self._told.pop(what, "") and over:
            self._app.say(over)
