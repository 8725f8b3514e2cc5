"""Splits and joins command lines and finds programs by the rules of the platform; detects ssh."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

NO_CONSOLE = 0x0800_0200 if sys.platform == "win32" else 0
"""Flags that start a program without our console and our Ctrl+C on Windows. Elsewhere a new session does that."""

_WINDOWS_PART = re.compile(r'(\\*)"|(\s+)|(\\+|[^\\"\s]+)')
"""A quotation mark with the backslashes before it, blanks, or other characters."""


def split_command(line: str, platform: str = sys.platform) -> list[str]:
    """Split a command line into words: like a POSIX shell, and on Windows like its programs.

    On Windows, blanks separate words, unless they are within double quotation marks. A backslash is an ordinary
    character, except before a quotation mark.

    Args:
        line: a program and its arguments.
        platform: as `sys.platform`.

    Raises:
        ValueError: a quotation mark has no partner.
    """
    if platform != "win32":
        import shlex  # here, because few commands need it

        return shlex.split(line)
    words: list[str] = []
    is_quoted = is_word = False
    for slashes, blanks, other in _WINDOWS_PART.findall(line):
        if blanks and not is_quoted:
            is_word = False
            continue
        if not is_word:
            words.append("")
            is_word = True
        if blanks or other:
            words[-1] += blanks or other
        else:
            words[-1] += slashes[: len(slashes) // 2]
            if len(slashes) % 2:
                words[-1] += '"'
            else:
                is_quoted = not is_quoted
    if is_quoted:
        raise ValueError("No closing quotation mark")
    return words


def split_program(line: str, environ: Mapping[str, str], platform: str = sys.platform) -> list[str]:
    """Split the value of a variable like PAGER into words. It may also be the path of a program with blanks in it.

    Return an empty list if there is no word, or if a quotation mark has no partner.
    """
    if find_program(line, environ):
        return [line]
    try:
        return split_command(line, platform)
    except ValueError:
        return []


def join_command(words: Sequence[str], platform: str = sys.platform) -> str:
    """Return the command line that `split_command` splits into these words."""
    if platform != "win32":
        import shlex

        return shlex.join(words)
    from subprocess import list2cmdline

    return list2cmdline(words)


def find_program(name: str, environ: Mapping[str, str]) -> str | None:
    """Return the path of a program that is installed, or None."""
    from shutil import which  # here, because it imports the compression modules

    path = environ.get("PATH")
    if sys.platform == "win32" and sys.version_info < (3, 12) and Path(name).name == name:
        # This version looks in the working folder before it looks on the PATH, unless the PATH has that folder.
        found = which(name, path=f"{path or ''}{os.pathsep}.")
        return found if found and Path(found).parent != Path() else None
    return which(name, path=path)


def resolve_program(command: Sequence[str], environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the command to start: on Windows with the path of its program, because Windows finds only ".exe" files."""
    program, *arguments = command
    if sys.platform == "win32":
        program = find_program(program, environ) or program
    return [program, *arguments]


def is_remote(environ: Mapping[str, str]) -> bool:
    """Return True over ssh, where the browser and the clipboard of this computer are not those of the user."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
