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
from importai_tui.errors import DatabaseError
from importai_tui.sqlite import Database
from importai_tui.state.backups import make_daily_copy
from importai_tui.state.integrity import find_copy_differences, find_problems
from importai_tui.state.journal import Journal
from importai_tui.state.opening import COPY_INTERVAL, get_file_identity
from importai_tui.state.schema import DATABASE_SPEC
from importai_tui.state.shared_folder import SharedFolder

POLL_INTERVAL = 1.0
"""Seconds between two looks at the shared folder: a mark is then with whatever carries it within two."""
_RETRY_DELAY = 10.0
"""Seconds before a state that cannot be opened is tried again."""


class Maintenance:
    """A run that lasts as long as the app. `run` blocks; `stop` may be called from any thread."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        shared_folder: Path | None = None,
        error_log: ErrorLog | None = None,
        *,
        poll_interval: float = POLL_INTERVAL,
    ) -> None:
        """Look after the state at `path` and the folder `shared`.

        `error_log` takes the details of errors in the program; `pause` is in seconds, between two looks at the folder.
        """
        self._path, self._now, self._shared_folder, self._error_log, self._poll_interval = (
            path,
            now,
            shared_folder,
            error_log,
            poll_interval,
        )
        self._stop_event = threading.Event()
        self.problems: tuple[str, ...] = ()
        """What is wrong with the state's file, a sentence each; it is looked at when the run begins."""
        self.error: str | None = None
        """Why the state cannot be opened or written just now; None again as soon as it can."""
        self.sharing_error: str | None = None
        """The same of the shared folder."""

    def run(self) -> None:
        """Look after the state until it is stopped, and once at the least."""
        ended = False
        while not ended:
            try:
                # One that was taken away under us is not begun anew: that is nobody's wish.
                ended = get_file_identity(self._path) is not None and self._maintain()
            except DatabaseError as trouble:
                self.error = str(trouble)
            except Exception as error:  # without this thread there would be no copies, and nothing would be shared
                self.error = describe_error(error, self._error_log)
            ended = ended or self._stop_event.wait(_RETRY_DELAY)

    def stop(self) -> None:
        """Tell the shared folder what is new, and end."""
        self._stop_event.set()

    def _maintain(self) -> bool:
        """Until it is stopped, or, which is False, another file has taken the place of this one.

        Raises:
            DatabaseTrouble: the state cannot be opened, or not be written.
        """
        with closing(Database(self._path, DATABASE_SPEC)) as database:
            self.problems = find_problems(database) or find_copy_differences(database)
            if trouble := database.get_write_problem():
                # Closed again for a while, for as long as it is open here nobody in this process can write.
                raise DatabaseError(trouble)
            self.error = None
            journal = Journal(database, self._now)
            shared = SharedFolder(self._shared_folder, database, journal, self._now) if self._shared_folder else None
            opened, ended, copied, at_start = get_file_identity(self._path), False, 0, True
            copy_at = time.monotonic()
            while not ended and get_file_identity(self._path) == opened:
                ended = (
                    self._stop_event.is_set()
                )  # asked first: the last exchange, and the last copy, are after the stop
                if shared:
                    shared.exchange(at_start=at_start)
                    self.sharing_error = shared.error
                if (last := journal.get_last_line_id()) != copied and (ended or time.monotonic() >= copy_at):
                    # What was there at the start of the day's first run is a copy already.
                    self.problems = self.problems or make_daily_copy(
                        database, self._now(), replace=not at_start, save_digest=not ended
                    )
                    copied, copy_at = last, time.monotonic() + COPY_INTERVAL
                at_start = False
                self._stop_event.wait(self._poll_interval)
            return ended
