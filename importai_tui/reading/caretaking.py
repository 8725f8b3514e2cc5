"""What is done for the reading state behind the reader's back: a copy once a day, and the way to the shared folder.

It has a connection of its own, as another window has, so no key press waits for a slow disk or a folder that hangs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from importai_tui.archive.database import Database
from importai_tui.errors import DatabaseTrouble
from importai_tui.reading.backups import keep_daily
from importai_tui.reading.journal import Journal
from importai_tui.reading.opening import identity
from importai_tui.reading.schema import PLAN
from importai_tui.reading.shared import Shared

PAUSE = 1.0
"""Seconds between two looks at the shared folder: a mark is then with whatever carries it within two."""
_LONG_PAUSE = 10.0
"""Seconds before a state that cannot be opened is tried again."""


class Caretaking:
    """A run that lasts as long as the app. `run` blocks; `stop` may be called from any thread."""

    def __init__(
        self, path: Path, now: Callable[[], datetime], shared: Path | None = None, *, pause: float = PAUSE
    ) -> None:
        """Look after the state at `path`, with a `pause` of so many seconds between two looks at what is `shared`."""
        self._path, self._now, self._shared, self._pause = path, now, shared, pause
        self._stopped = threading.Event()
        self.faults: tuple[str, ...] = ()
        """What is wrong with the state's file, a sentence each; it is looked at once, before the copy of the day."""
        self.trouble: str | None = None
        """Why the shared folder, or the state, cannot be used just now; None again as soon as it can."""

    def run(self) -> None:
        """Look after the state until it is stopped, and once at the least."""
        ended = False
        while not ended:
            try:
                # One that was taken away under us is not begun anew: that is nobody's wish.
                ended = identity(self._path) is not None and self._look_after()
            except DatabaseTrouble as trouble:
                self.trouble = str(trouble)
            ended = ended or self._stopped.wait(_LONG_PAUSE)

    def stop(self) -> None:
        """Tell the shared folder what is new, and end."""
        self._stopped.set()

    def _look_after(self) -> bool:
        """Until it is stopped, or, which is False, another file has taken the place of this one."""
        with closing(Database(self._path, PLAN)) as database:
            self.faults = keep_daily(database, self._now())
            if self._shared is None:
                return self._stopped.wait()
            shared = Shared(self._shared, database, Journal(database, self._now), self._now)
            opened, ended, at_start = identity(self._path), False, True
            while not ended and identity(self._path) == opened:
                ended = self._stopped.is_set()  # asked first: the last exchange is one after the stop
                shared.exchange(at_start=at_start)
                self.trouble, at_start = shared.trouble, False
                self._stopped.wait(self._pause)
            return ended
