"""Reads a line that is plainly well formed, without click, which takes longer to load than the command to run.

Whatever is not certain is left to click: help, completion, errors, other commands. click alone tells what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from importai_tui.cli.declared import DECLARED, LARGEST_NUMBER, Declared, Option

_COMPLETE_VARIABLE = "_IMPORTAI_TUI_COMPLETE"
"""The shell asks for completions; click answers."""
_DIGITS = len(str(LARGEST_NUMBER))
"""Of a number; click knows other ways to write one, and what to say of a longer one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A command and its parameters, each with its value."""

    command: Declared
    parameters: dict[str, object]


def read_plainly(arguments: Sequence[str], environ: Mapping[str, str]) -> Line | None:
    """The line as click would read it; None where click must read it."""
    command = DECLARED.get(arguments[0]) if arguments else None
    if command is None or _COMPLETE_VARIABLE in environ:
        return None
    parameters: dict[str, object] = {option.name: option.default for option in command.options}
    named = {option.flag: option for option in command.options}
    words: list[str] = []
    rest = iter(arguments[1:])
    for argument in rest:
        if argument == "--":
            words += rest
        elif _is_word(argument, command):
            words.append(argument)
        else:
            flag, equals, value = argument.partition("=")
            option = named.get(flag)
            if option is None or (equals and not option.takes_value):
                return None
            understood = _value(option, value if equals else next(rest, None)) if option.takes_value else True
            if understood is None:
                return None
            parameters[option.name] = understood
    if command.words:
        parameters[command.words] = tuple(words)
    elif len(words) != bool(command.word):
        return None
    elif command.word:
        parameters[command.word] = words[0]
    return Line(command, parameters)


def _is_word(argument: str, command: Declared) -> bool:
    if command.words:
        return not argument.startswith("--") and argument != "-h"
    return not argument.startswith("-") or argument == "-"


def _value(option: Option, written: str | None) -> int | str | None:
    """The value; None where it is none, or only perhaps."""
    if written is None or option.one_of:
        return written if written in option.one_of else None
    if written.isascii() and written.isdecimal() and len(written) <= _DIGITS and int(written) >= (option.least or 0):
        return int(written)
    return None
