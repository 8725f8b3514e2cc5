"""A private log file with the details of errors in the program, for a bug report."""

from __future__ import annotations

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path

from importai_tui import __version__
from importai_tui.paths import Places
from importai_tui.wording import format_os_error

_FILE_NAME = "errors.log"
_MAX_BYTES = 256 * 1024
"""A longer file is emptied first, so that the log never fills a disk."""
_MAX_ENTRY_CHARACTERS = 16 * 1024
"""Characters of one traceback; the last lines are the most useful."""


def error_log_file(places: Places) -> Path:
    """Return the path of the log of an installation; the file may be deleted at any time."""
    return places.cache_folder / _FILE_NAME


class ErrorLog:
    """Appends tracebacks to a private file. Values of variables are left out, because they may hold notes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, error: BaseException) -> bool:
        """Append an error with its traceback. Return False if the file cannot be written."""
        details = "".join(traceback.format_exception(error))[-_MAX_ENTRY_CHARACTERS:]
        entry = f"{datetime.now(UTC).isoformat(timespec='seconds')} importai-tui {__version__}\n{details}\n"
        try:
            # Do not follow a link: another user who may write in this folder could redirect the log.
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            with os.fdopen(os.open(self.path, flags, 0o600), "ab") as file:
                if os.fstat(file.fileno()).st_size + len(entry) > _MAX_BYTES:
                    file.truncate(0)
                file.write(entry.encode("utf-8", "backslashreplace"))
        except OSError:
            return False
        return True


def describe_error(error: Exception, log: ErrorLog | None) -> str:
    """Describe an unexpected exception in a sentence for the user. An error in the program goes to the log."""
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{format_os_error(error)}."
    details = f" Details are in {log.path}; please report it." if log and log.write(error) else ""
    return f"Internal error ({type(error).__name__}).{details}"
