"""Shows a long text in the system's pager, which is started without a shell. The caller cleans the text."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import current_thread, main_thread

from importai_tui.command_safety import find_program_names
from importai_tui.programs import find_program, resolve_program, split_program

_DEFAULT_PAGERS = ("less", "more")
_LESS_OPTIONS = "FX"
"""Options of less if LESS is not set: print a text of one screen at once, and do not clear the screen at the end."""
_LESS_LINK_OPTION = "-R"
"""Makes less show hyperlinks instead of their escape sequences."""
_FIRST_LINKING_LESS = 566
"""The first version of less that knows hyperlinks. An older one would show parts of their sequences as text."""
_LESS_VERSION = re.compile(rb"less (\d+)")
_VERSION_TIMEOUT = 2.0
"""Seconds."""
_NOT_STARTED_STATUSES = (126, 127)
"""Exit statuses of `env` and shells that could not start their program."""


def show_in_pager(
    text: str, environ: Mapping[str, str], encoding: str = "utf-8", *, linked_text: str | None = None
) -> bool:
    """Show the text and wait until the user quits the pager. Return False if there is no pager and nothing was shown.

    Args:
        text: clean text.
        environ: PAGER may name a program with arguments; an empty one means no pager. TERM, PATH and the variables of
            the pager itself are also used.
        encoding: the encoding of the terminal.
        linked_text: the same text with hyperlinks, for a pager that is known to show them.
    """
    command = _find_command(environ)
    if not command:
        return False
    if linked_text is not None and (linking_command := _find_linking_command(command, environ)):
        command, text = linking_command, linked_text
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


def _find_linking_command(command: list[str], environ: Mapping[str, str]) -> list[str] | None:
    """Return the command that shows hyperlinks; None unless the program is known to support them.

    `more` and `most` count the bytes of the sequences as text, and bat starts another pager.
    """
    names = {Path(name).stem for name in find_program_names(command[0], environ)}
    if "cat" in names:
        return command
    if "less" not in names:
        return None
    try:
        answer = subprocess.run(
            resolve_program([command[0], "--version"], environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=dict(environ),
            timeout=_VERSION_TIMEOUT,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    version = _LESS_VERSION.match(answer.stdout)
    has_links = version and int(version[1]) >= _FIRST_LINKING_LESS
    return [command[0], _LESS_LINK_OPTION, *command[1:]] if has_links else None


def _with_default_options(environ: Mapping[str, str], encoding: str) -> dict[str, str]:
    defaults = {"LESS": _LESS_OPTIONS}
    if encoding.lower().replace("-", "") == "utf8":
        defaults["LESSCHARSET"] = "utf-8"
    return defaults | dict(environ)
