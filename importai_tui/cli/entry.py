"""From the arguments to an exit status; no failure leaves here as a traceback."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from importai_tui.cli.program import INTERRUPTED, PROGRAM, WRONG_USE
from importai_tui.errors import ReaderError, WrongUse

DEBUG_VARIABLE = "IMPORTAI_TUI_DEBUG"
"""Set: an unexpected error ends the program with its traceback, for those who work on it."""
_MANY_OBJECTS = 100_000
"""Of them Python looks for garbage, and not of every 700 as usual: a command that prints what there is makes fewer and
throws hardly any away, and the looking takes 5 ms of 50."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program and leave with its status: 0 done, 1 nothing found or some inputs failed, 2 wrong usage."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no "…" shows a "?"; that is no reason to fail.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    status = _status(sys.argv[1:] if arguments is None else list(arguments))
    _leave_at_once(status)
    sys.exit(status)


def _leave_at_once(status: int) -> None:
    """End the process, where nobody has asked to be called at its end and there is no thread to wait for.

    Python would take everything apart first: 7 ms of a command that takes 50, for what the system takes back anyway.
    """
    if {"atexit", "threading"}.isdisjoint(sys.modules):
        with suppress(OSError, ValueError):  # else Python's own end tells what could not be written
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)


def _open_what_is_closed() -> None:
    """A stream that was closed before we began (`>&-`) leads nowhere.

    Else the next file that is opened would have its number, and be written to or read in its place.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            # Standard output can only be read: who prints there is told, instead of losing what is printed.
            nowhere = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, open(number, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _status(arguments: list[str]) -> int:
    try:
        return _run(arguments)
    except WrongUse as error:
        _tell(f"{PROGRAM}: {error}")
        _tell(f"How to use it: {error.command} --help")
        return WRONG_USE
    except KeyboardInterrupt:
        _tell("Stopped.")
        return INTERRUPTED
    except ReaderError as error:
        _tell(f"{PROGRAM}: {error}")
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        reason = (error.strerror or str(error)).lower()
        if error.errno == errno.EBADF and not where:
            reason = "standard output is closed, so nothing can be printed there."
        _tell(f"{PROGRAM}: {where}{reason}")
        if not where:  # it may be standard output that takes no more: what Python still has for it leads nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        # An error in the program is reported in a line too; the traceback is for those who ask for it.
        if DEBUG_VARIABLE in os.environ:
            raise
        if faults := _archive_faults(arguments):  # a damaged row can make anything fail
            for fault in faults:
                _tell(f"{PROGRAM}: {fault}")
            return 1
        _tell(f"{PROGRAM}: {_describe(error)}")
        return 1


def _describe(error: Exception) -> str:
    """Describe an error in the program, and say where its details are. The reader has logged its own already."""
    from importai_tui.error_log import ErrorLog, describe_error, error_log_file
    from importai_tui.paths import Places

    if notes := getattr(error, "__notes__", ()):
        return " ".join((describe_error(error, None), *notes))
    try:
        log = ErrorLog(error_log_file(Places.from_environment(os.environ)))
    except ReaderError:  # no home to write to
        log = None
    return describe_error(error, log)


def _archive_faults(arguments: list[str]) -> list[str]:
    """Return what is wrong with the archive, if the command has used it."""
    from importai_tui.cli.doctor_archive import archive_faults
    from importai_tui.paths import Places

    try:
        path = Places.from_environment(os.environ).archive
        return archive_faults(path) if path.exists() and "--demo" not in arguments else []
    except Exception:  # the first error is the one to report
        return []


def _tell(line: str) -> None:
    # Imported here: whatever is imported before the first frame makes one wait for it.
    from importai_tui.printing.console import narrate

    narrate(line)


def _run(arguments: list[str]) -> int:
    """Run what the arguments ask for: here where that is plain, else click looks at them."""
    if not arguments and "_IMPORTAI_TUI_COMPLETE" not in os.environ:
        return _read()
    usual = gc.get_threshold()
    gc.set_threshold(_MANY_OBJECTS)
    from importai_tui.cli.plainly import read_plainly
    from importai_tui.cli.session import Session

    if line := read_plainly(arguments, os.environ):
        return line.command.run(Session(os.environ, demo=False), line.parameters)
    gc.set_threshold(*usual)
    from importai_tui.cli.root import run

    return run(arguments)


def _read() -> int:
    """Open the reader. Before anything more is loaded, what it will show stands on the terminal."""
    from importai_tui.frame.shown import showing

    with showing(os.environ, frame=True):
        from importai_tui.cli.session import Session
        from importai_tui.cli.starting import open_reader

        open_reader(Session(os.environ, demo=False), None)
    return 0
