"""Entry point of the program: runs the arguments and returns an exit status; errors are printed as one or two lines.

Without arguments, the splash is drawn before the app is imported. So this module imports little at the top, and click
only for a command.
"""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from importai_tui.cli.constants import COMPLETION_VARIABLE, EXIT_INTERRUPTED, PROGRAM
from importai_tui.errors import ReaderError
from importai_tui.wording import format_os_error

_EXIT_USAGE = 2
_GC_THRESHOLD = 10_000
"""New objects between two garbage collections; Python's default is 700."""
_STANDARD_OUTPUT, _ENABLE_ESCAPE_SEQUENCES = -11, 4
"""Constants of the Windows console: STD_OUTPUT_HANDLE, ENABLE_VIRTUAL_TERMINAL_PROCESSING."""
DEBUG_VARIABLE = "IMPORTAI_TUI_DEBUG"
"""If this variable is set, an unexpected error ends the program with its traceback; for developers."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program and exit with its status: 0 done, 1 nothing found or some inputs failed, 2 wrong usage."""
    if sys.platform == "win32":
        _prepare_windows()
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # A terminal without "…" in its encoding shows a "?".
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(_run_and_report(sys.argv[1:] if arguments is None else list(arguments)))


def _prepare_windows() -> None:
    """Let Windows find programs, encode text and handle escape sequences as other systems do."""
    # A program in the working folder must not run in place of one on the PATH.
    os.environ.setdefault("NoDefaultCurrentDirectoryInExePath", "1")
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if stream and not stream.isatty() and "PYTHONIOENCODING" not in os.environ:
            # The default for pipes and files is an old encoding of the region, without most characters.
            stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    if sys.platform == "win32":
        import ctypes

        handle = ctypes.windll.kernel32.GetStdHandle(_STANDARD_OUTPUT)
        mode = ctypes.c_ulong()
        if ctypes.windll.kernel32.GetConsoleMode(handle, ctypes.byref(mode)):
            ctypes.windll.kernel32.SetConsoleMode(handle, mode.value | _ENABLE_ESCAPE_SEQUENCES)


def _open_closed_streams() -> None:
    """Point standard streams that were closed before the start (`>&-`) at the null device.

    Otherwise the next opened file would get the number of the stream.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            # Standard output is opened for reading only, so that printing there fails instead of losing the text.
            null = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            os.set_inheritable(number, True)  # parser processes need the number to be taken too
            stream = open(number, "r" if name == "stdin" else "w", encoding="utf-8")  # noqa: PTH123, SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def _run_and_report(arguments: list[str]) -> int:
    """Run the program, print what goes wrong, and return the exit status."""
    if COMPLETION_VARIABLE in os.environ:
        return _complete(arguments)
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        _print_error("Stopped.")
        return EXIT_INTERRUPTED
    except ReaderError as error:
        _print_error(f"{PROGRAM}: {error}")
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        reason = format_os_error(error)
        if error.errno == errno.EBADF and not where:
            reason = "standard output is closed, so nothing can be printed."
        _print_error(f"{PROGRAM}: {where}{reason}")
        if not where:  # standard output may be full or closed: discard what Python has buffered for it
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        # An error in the program is also reported in one line; the traceback is for developers.
        if DEBUG_VARIABLE in os.environ:
            raise
        if problems := _find_archive_problems(arguments):  # a damaged row can make anything fail
            for problem in problems:
                _print_error(f"{PROGRAM}: {problem}")
            return 1
        _print_error(f"{PROGRAM}: {_describe_error(error)}")
        return 1


def _complete(arguments: list[str]) -> int:
    """Print completions for the shell, but no error, which would appear in the line that the user is typing."""
    try:
        return _run(arguments)
    except (Exception, KeyboardInterrupt):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # it may be what failed
        return 1


def _describe_error(error: Exception) -> str:
    """Describe an error in the program and name its log file. The app has logged its own errors already."""
    from importai_tui.error_log import ErrorLog, describe_error, error_log_file
    from importai_tui.paths import Places

    if notes := getattr(error, "__notes__", ()):
        return " ".join((describe_error(error, None), *notes))
    try:
        log = ErrorLog(error_log_file(Places.from_environment(os.environ)))
    except ReaderError:  # no home to write to
        log = None
    return describe_error(error, log)


def _find_archive_problems(arguments: list[str]) -> list[str]:
    """Return the problems of the archive, if the command may have used it."""
    from importai_tui.cli.doctor import find_archive_problems
    from importai_tui.paths import Places

    try:
        path = Places.from_environment(os.environ).archive
        return find_archive_problems(path) if path.exists() and "--demo" not in arguments else []
    except Exception:  # the first error is the one to report
        return []


def _print_error(line: str) -> None:
    # Imported here, because every import at the top delays the splash.
    from importai_tui.output.console import print_status

    print_status(line)


def _run(arguments: list[str]) -> int:
    """Open the app, or run the command that the arguments name; return the exit status."""
    if not arguments and COMPLETION_VARIABLE not in os.environ:
        _open_app()
        return 0
    # A short command makes little garbage. Frequent collections and the one at exit take a seventh of its time.
    gc.set_threshold(_GC_THRESHOLD)
    atexit.register(gc.freeze)
    import click

    from importai_tui.cli.root import root

    if COMPLETION_VARIABLE in os.environ:
        import importai_tui.cli.shells  # noqa: F401  (registers the shells with click)
    try:
        status = root.main(arguments, prog_name=PROGRAM, standalone_mode=False)
    except click.UsageError as error:
        _print_error(f"{PROGRAM}: {error.format_message()}")
        _print_error(f"Usage: {error.ctx.command_path if error.ctx else PROGRAM} --help")
        return _EXIT_USAGE
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except click.ClickException as error:
        raise ReaderError(error.format_message()) from error
    return status if isinstance(status, int) else 0


def _open_app() -> None:
    """Draw the splash, then import and open the app."""
    # Before the first screen is drawn there is hardly any garbage; collecting it takes a twentieth of the start.
    gc.disable()
    from importai_tui.splash import show_splash

    with show_splash(os.environ, use_snapshot=True):
        from importai_tui.cli.app import open_app
        from importai_tui.cli.context import CliContext

        open_app(CliContext(os.environ, demo=False), None)
