"""Shows a long text in the system's pager, which is started without a shell. The caller cleans the text."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import current_thread, main_thread

from importai_tui.programs import find_program, resolve_program, split_program

_DEFAULT_PAGERS = ("less", "more")
_LESS_OPTIONS = "FX"
"""Options of less if LESS is not set: print a text of one screen at once, and do not clear the screen at the end."""
_NOT_STARTED_STATUSES = (126, 127)
"""Exit statuses of `env` and shells that could not start their program."""


def show_in_pager(text: str, environ: Mapping[str, str], encoding: str = "utf-8") -> bool:
    """Show the text and wait until the user quits the pager. Return False if there is no pager and nothing was shown.

    Args:
        text: clean text.
        environ: PAGER may name a program with arguments; an empty one means no pager. TERM, PATH and the variables of
            the pager itself are also used.
        encoding: the encoding of the terminal.
    """
    command = _find_command(environ)
    if not command:
        return False
    try:
        with ignore_interrupts():
            process = subprocess.Popen(
                resolve_program(command, environ),
                stdin=subprocess.PIPE,
                env=_with_default_options(environ, encoding),
            )
            process.communicate(text.encode(encoding, "replace"))
    except (OSError, ValueError):  # the program is missing, not executable, or its name is invalid
        return False
    return process.returncode not in _NOT_STARTED_STATUSES


@contextmanager
def ignore_interrupts() -> Iterator[None]:
    """Ignore Ctrl-C, because a program that has the terminal handles it and may keep running.

    Unlike an ignored signal, a handler is not inherited by the program. Outside the main thread it does nothing.
    """
    if current_thread() is not main_thread():
        yield
        return
    old_handler = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, old_handler)


def _find_command(environ: Mapping[str, str]) -> list[str]:
    if (command := environ.get("PAGER")) is not None:
        return split_program(command, environ)
    if environ.get("TERM", "dumb") == "dumb":  # less would warn and wait for a key
        return []
    found = next((program for program in _DEFAULT_PAGERS if find_program(program, environ)), None)
    return [found] if found else []


def _with_default_options(environ: Mapping[str, str], encoding: str) -> dict[str, str]:
    defaults = {"LESS": _LESS_OPTIONS}
    if encoding.lower().replace("-", "") == "utf8":
        defaults["LESSCHARSET"] = "utf-8"
    return defaults | dict(environ)
