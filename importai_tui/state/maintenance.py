"""Background maintenance of the reading state: checks it, copies it and syncs it with the shared folder.

It has its own database connection, so that no key press waits for a slow disk or folder.
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
from importai_tui.files import get_file_identity
from importai_tui.sqlite import Database
from importai_tui.state.backups import make_daily_copy
from importai_tui.state.integrity import find_copy_differences, find_problems
from importai_tui.state.journal import Journal
from importai_tui.state.opening import COPY_INTERVAL
from importai_tui.state.schema import DATABASE_SPEC
from importai_tui.state.shared_folder import SharedFolder

POLL_INTERVAL = 1.0
"""Seconds between two exchanges with the shared folder, so that a mark is there within two seconds."""
_RETRY_DELAY = 10.0
"""Seconds until a state that cannot be opened is tried again."""


class Maintenance:
    """Maintains the reading state as long as the app runs. `run` blocks; any thread may call `stop`."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        shared_folder: Path | None = None,
        error_log: ErrorLog | None = None,
        *,
        poll_interval: float = POLL_INTERVAL,
    ) -> None:
        """Prepare the maintenance of the state at `path`, and of the shared folder if there is one.

        Unexpected errors go to `error_log`; `poll_interval` is the time between two exchanges in seconds.
        """
        self._path = path
        self._now = now
        self._shared_folder = shared_folder
        self._error_log = error_log
        self._poll_interval = poll_interval
        self._stop_event = threading.Event()
        self.problems: tuple[str, ...] = ()
        """Sentences about damage of the file, found when the run started."""
        self.error: str | None = None
        """Why the state cannot be opened or written; None again as soon as it can."""
        self.sharing_error: str | None = None
        """Why the shared folder cannot be used; None again as soon as it can."""

    def run(self) -> None:
        """Maintain the state until `stop` is called; runs at least once."""
        has_ended = False
        while not has_ended:
            try:
                # A file that was removed while the app runs must not be created again.
                has_ended = get_file_identity(self._path) is not None and self._maintain()
            except DatabaseError as error:
                self.error = str(error)
            except Exception as error:  # without this thread there would be no copies and no sharing
                self.error = describe_error(error, self._error_log)
            has_ended = has_ended or self._stop_event.wait(_RETRY_DELAY)

    def stop(self) -> None:
        """Make `run` write the last changes to the shared folder and return."""
        self._stop_event.set()

    def _maintain(self) -> bool:
        """Maintain the open file. Return True after `stop`, and False if another file replaced this one.

        Raises:
            DatabaseError: the state cannot be opened or written.
        """
        with closing(Database(self._path, DATABASE_SPEC)) as database:
            self.problems = find_problems(database) or find_copy_differences(database)
            if problem := database.get_write_problem():
                # Close it until the next try: while it is open here, no connection of this process can write.
                raise DatabaseError(problem)
            self.error = None
            journal = Journal(database, self._now)
            shared = SharedFolder(self._shared_folder, database, journal, self._now) if self._shared_folder else None
            file_identity, has_ended, copied_line, at_start = get_file_identity(self._path), False, 0, True
            copy_at = time.monotonic()
            while not has_ended and get_file_identity(self._path) == file_identity:
                # Read before the work, so that the last exchange and the last copy follow after `stop`.
                has_ended = self._stop_event.is_set()
                if shared:
                    shared.exchange(at_start=at_start)
                    self.sharing_error = shared.error
                last_line = journal.get_last_line_id()
                if last_line != copied_line and (has_ended or time.monotonic() >= copy_at):
                    # The copy at the start does not replace today's copy, which has the changes of before.
                    self.problems = self.problems or make_daily_copy(
                        database, self._now(), replace=not at_start, save_digest=not has_ended
                    )
                    copied_line, copy_at = last_line, time.monotonic() + COPY_INTERVAL
                at_start = False
                self._stop_event.wait(self._poll_interval)
            return has_ended
