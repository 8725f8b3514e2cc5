"""Finds the user's text editor and runs it on a file, without a shell. The caller gives it the terminal."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from importai_tui.errors import ReaderError
from importai_tui.program_errors import describe_exit, describe_start_error
from importai_tui.programs import find_program, join_command, resolve_program, split_program

_VARIABLES = ("VISUAL", "EDITOR")
_DEFAULTS = ("sensible-editor", "nano", "vi", "notepad")
"""Editors to try if no variable names one: Debian's choice of the user, then the most common ones."""
_WAIT_OPTIONS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(
        (
            "code",
            "code-insiders",
            "codium",
            "vscodium",
            "cursor",
            "windsurf",
            "subl",
            "zed",
            "zeditor",
            "atom",
            "gedit",
        ),
        ("--wait", "-w"),
    ),
    "mate": ("--wait", "-w"),
    "kate": ("--block", "-b"),
    "gvim": ("--nofork", "-f"),
    "mvim": ("--nofork", "-f"),
    "open": ("-W", "--wait-apps"),
}
"""Editors with a window of their own that return at once, and the options with which they wait until it is closed."""
_NO_WAIT_OPTIONS = ("-n", "--no-wait")
"""Options with which emacsclient returns at once."""


class EditorError(ReaderError):
    """No editor can be started, or it failed."""


class EditorKilledError(EditorError):
    """A signal ended the editor, as when the system shuts down: the user did not mean to discard the text."""


def find_editor(environ: Mapping[str, str]) -> list[str]:
    """Return the program and its arguments: `$VISUAL`, else `$EDITOR`, else the first common editor that is installed.

    Raises:
        EditorError: there is none, or it would return before the user has edited anything.
    """
    for variable in _VARIABLES:
        value = environ.get(variable, "").strip()
        if not value:
            continue
        command = split_program(value, environ)
        if not command or not find_program(command[0], environ):
            name = command[0] if command else value
            raise EditorError(f"Can't find the editor “{name[:80]}”. Set {variable} to one that is installed.")
        if advice := _find_missing_option(command, variable):
            raise EditorError(advice)
        return command
    if found := next((program for program in _DEFAULTS if find_program(program, environ)), None):
        return [found]
    raise EditorError("No editor found. Install one, such as nano, or set VISUAL or EDITOR.")


def run_editor(command: Sequence[str], file: Path) -> None:
    """Run the editor on a file, and wait until it ends.

    Raises:
        EditorKilledError: a signal ended it.
        EditorError: it did not start, or it ended with an error.
    """
    try:
        status = subprocess.run(resolve_program([*command, str(file)]), check=False).returncode
    except (OSError, ValueError) as error:  # not executable, or not a program
        raise EditorError(describe_start_error(command[0], error)) from error
    if problem := describe_exit(command[0], status):
        raise EditorKilledError(problem) if status < 0 else EditorError(problem)


def _find_missing_option(command: Sequence[str], variable: str) -> str:
    """Return what to set if the editor would return at once; an empty text if it waits."""
    name = Path(command[0]).stem.lower()
    if name == "emacsclient" and (found := next((word for word in command if word in _NO_WAIT_OPTIONS), "")):
        return f"emacsclient doesn't wait for you with {found}. Remove that from {variable}."
    options = _WAIT_OPTIONS.get(name, ())
    if not options or any(option in command[1:] for option in options):
        return ""
    better = join_command([*command, options[0]])
    return f'{name} doesn\'t wait until you close the file. Set {variable}="{better}".'
