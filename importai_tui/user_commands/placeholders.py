"""Puts titles and URLs into the arguments of a program, so that no program or shell runs a part of them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from importai_tui.command_safety import ADDRESS_PLACEHOLDER, runs_address_here
from importai_tui.errors import UserCommandError
from importai_tui.parse.clean import clean_text, shorten
from importai_tui.programs import join_command

_MAX_VALUE = 4000
"""Characters of a value: longer than any URL or path, and shorter than any system's limit for an argument."""
_OWN_NAMES = frozenset({"ref", "file", "count"})
"""Values that this program makes; the others come from outside."""
_HARMLESS = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_./-]*")
"""Own values that are a word for every shell and interpreter: a slug or the folder of a file may be none."""
_SPECIAL_START = ("-", "+", "@", "<")
"""Programs take an argument that begins with one of these for an option, a command (`less +…`) or a file
(`curl -d @…`), also after an equals sign (`curl -F text=@…`)."""


def expand_home(command: Sequence[str]) -> list[str]:
    """Return the command with the home folder for `~/` at the beginning of a word, because no shell puts it there."""
    starts = ("~/", "~\\") if sys.platform == "win32" else ("~/",)
    return [str(Path(word).expanduser()) if word.startswith(starts) else word for word in command]


def fill_in(
    command: Sequence[str], values: Mapping[str, str], setting: str, environ: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """Return the command with each `{name}` in its arguments replaced by the value of that name.

    A value that begins with "-", "+", "@" or "<" gets a space in front at the start of an argument and after a "=",
    because programs take it for an option or a file. Names without a value stay as they are.

    Args:
        command: a program and its arguments.
        values: the value of each placeholder; they may come from outside.
        setting: the name of the setting, for the message of an error.
        environ: PATH finds the program.

    Raises:
        UserCommandError: the program, a shell or another interpreter would run a part of a value as a command.
    """
    cleaned = {name: shorten(clean_text(value).replace("\n", " "), _MAX_VALUE) for name, value in values.items()}
    used = _compile_names(cleaned)
    harmless = {name for name in _OWN_NAMES & cleaned.keys() if _HARMLESS.fullmatch(cleaned[name])}
    risky = _compile_names(cleaned.keys() - harmless)
    if used.search(command[0]):
        raise UserCommandError(f"{setting} must name its program without a placeholder: {command[0][:60]}")
    if any(risky.search(argument) for argument in command):
        # The check knows one placeholder.
        pattern = [risky.sub(ADDRESS_PLACEHOLDER, word.replace(ADDRESS_PLACEHOLDER, "")) for word in command]
        if runs_address_here(pattern, environ):
            raise UserCommandError(_format_unsafe(command, risky, setting))

    def insert(match: re.Match[str]) -> str:
        value = cleaned[match[0][1:-1]]
        is_start = match.start() == 0 or match.string[match.start() - 1] == "="
        return f" {value}" if is_start and value.startswith(_SPECIAL_START) else value

    return (command[0], *(used.sub(insert, argument) for argument in command[1:]))


def _compile_names(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(f"{{{name}}}") for name in names) or "(?!)")


def _format_unsafe(command: Sequence[str], risky: re.Pattern[str], setting: str) -> str:
    name = next(found[0] for argument in command if (found := risky.search(argument)))
    text = join_command(command)
    return (
        f"Not run: {setting} ({text[:80]}) could run parts of {name} as a command. Make {name} an argument of its own, "
        f'and use it as "$1" in a script (sh -c \'echo "$1"\' sh {name})'
    )
