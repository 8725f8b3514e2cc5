"""Describes in words why a program of the user was not started, or has failed."""

from __future__ import annotations

import errno
import shutil
import signal
from pathlib import Path

from importai_tui.wording import format_os_error


def describe_start_error(program: str, error: OSError | ValueError) -> str:
    """Return why a program was not started, a sentence without its end."""
    match error:
        case FileNotFoundError() if shutil.which(program):
            return f"{program} can't be started: the interpreter in its first line is missing"
        case FileNotFoundError() | NotADirectoryError():
            where = (
                "there is no such file" if Path(program).name != program else "it isn't installed, or not on your PATH"
            )
            return f"{program} wasn't found: {where}"
        case PermissionError() if Path(program).is_dir():
            return f"{program} is a folder, not a program"
        case PermissionError():
            return f"{program} isn't executable"
        case OSError(errno=errno.ENOEXEC):
            return (
                f"{program} can't be started: it isn't a program for this system, or it is a script whose first line "
                "doesn't begin with #!"
            )
        case OSError():
            return f"{program} can't be started: {format_os_error(error)}"
        case _:
            return f"{program} can't be started: {error}"


def describe_exit(program: str, status: int) -> str:
    """Return why a program failed, a sentence without its end; empty for success.

    Args:
        program: its name, or its path.
        status: its exit status; negative for the signal that ended it.
    """
    name = Path(program).name[:80]
    if status >= 0:
        return f"{name} failed with exit status {status}" if status else ""
    try:
        return f"{name} was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"{name} was ended by signal {-status}"
