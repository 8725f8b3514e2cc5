"""What is done for the reading state behind the reader's back: a check, copies, and the way to the shared folder.

It has a connection of its own, as another window has, so no key press waits for a slow disk or a folder that hangs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from importai_tui.error_log import ErrorLog, describe_error
from importai_tui.errors import DatabaseTrouble
from importai_tui.sqlite import Database
from importai_tui.state.backups import keep_daily
from importai_tui.state.integrity import differences, faults
from importai_tui.state.journal import Journal
from importai_tui.state.opening import COPY_SECONDS, identity
from importai_tui.state.schema import PLAN
from importai_tui.state.shared_folder import Shared

PAUSE = 1.0
"""Seconds between two looks at the shared folder: a mark is then with whatever carries it within two."""
_LONG_PAUSE = 10.0
"""Seconds before a state that cannot be opened is tried again."""


class Caretaking:
    """A run that lasts as long as the app. `run` blocks; `stop` may be called from any thread."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        shared: Path | None = None,
        error_log: ErrorLog | None = None,
        *,
        pause: float = PAUSE,
    ) -> None:
        """Look after the state at `path` and the folder `shared`.

        `error_log` takes the details of errors in the program; `pause` is in seconds, between two looks at the folder.
        """
        self._path, self._now, self._shared, self._error_log, self._pause = path, now, shared, error_log, pause
        self._stopped = threading.Event()
        self.faults: tuple[str, ...] = ()
        """What is wrong with the state's file, a sentence each; it is looked at when the run begins."""
        self.trouble: str | None = None
        """Why the state cannot be opened or written just now; None again as soon as it can."""
        self.sharing_trouble: str | None = None
        """The same of the shared folder."""

    def run(self) -> None:
        """Look after the state until it is stopped, and once at the least."""
        ended = False
        while not ended:
            try:
                # One that was taken away under us is not begun anew: that is nobody's wish.
                ended = identity(self._path) is not None and self._look_after()
            except DatabaseTrouble as trouble:
                self.trouble = str(trouble)
            except Exception as error:  # without this thread there would be no copies, and nothing would be shared
                self.trouble = describe_error(error, self._error_log)
            ended = ended or self._stopped.wait(_LONG_PAUSE)

    def stop(self) -> None:
        """Tell the shared folder what is new, and end."""
        self._stopped.set()

    def _look_after(self) -> bool:
        """Until it is stopped, or, which is False, another file has taken the place of this one.

        Raises:
            DatabaseTrouble: the state cannot be opened, or not be written.
        """
        with closing(Database(self._path, PLAN)) as database:
            self.faults = faults(database) or differences(database)
            if trouble := database.writing_trouble():
                # Closed again for a while, for as long as it is open here nobody in this process can write.
                raise DatabaseTrouble(trouble)
            self.trouble = None
            journal = Journal(database, self._now)
            shared = Shared(self._shared, database, journal, self._now) if self._shared else None
            opened, ended, copied, at_start = identity(self._path), False, 0, True
            copy_at = time.monotonic()
            while not ended and identity(self._path) == opened:
                ended = self._stopped.is_set()  # asked first: the last exchange, and the last copy, are after the stop
                if shared:
                    shared.exchange(at_start=at_start)
                    self.sharing_trouble = shared.trouble
                if (last := journal.last()) != copied and (ended or time.monotonic() >= copy_at):
                    # What was there at the start of the day's first run is a copy already.
                    self.faults = self.faults or keep_daily(database, self._now(), anew=not at_start, note=not ended)
                    copied, copy_at = last, time.monotonic() + COPY_SECONDS
                at_start = False
                self._stopped.wait(self._pause)
            return ended
