"""Commands of the user: each is a table `[commands.NAME]` that says which program gets what, and where its output goes.

The programs are started by `importai_tui.user_commands`.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from importai_tui.config.value_types import InvalidSettingError, OneOf, Words, did_you_mean, make_error
from importai_tui.programs import join_command

COMMANDS_TABLE = "commands"
"""The table of the file that has a table for each command."""

INPUTS = ("story", "issue", "highlights", "works", "url", "none")
"""The kinds of text that a command can get. With "none" its standard input is empty, or the terminal's."""
FORMATS = ("text", "markdown", "json")
"""The format of that text."""
OUTPUTS = ("page", "notice", "none", "terminal")
"""The places where the reader can show the output. With "terminal" the program gets the whole terminal."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_MAX_DESCRIPTION = 80


class UserCommand(NamedTuple):
    """A command of the user, as the file has it."""

    name: str
    run: tuple[str, ...]
    """The program and its arguments, with `{url}`, `{title}`, `{ref}` and `{file}`; never empty."""
    key: str = ""
    """The normal name of its key in the reader; empty for none."""
    input: str = "story"
    """One of INPUTS."""
    format: str = "text"
    """One of FORMATS."""
    show: str = "page"
    """One of OUTPUTS."""
    description: str = ""
    """For the palette and the help; empty for none."""

    @property
    def id(self) -> str:
        """The key of its table, which is also its id in `Config.keys`: "commands.summary"."""
        return f"{COMMANDS_TABLE}.{self.name}"

    @property
    def label(self) -> str:
        """Its description, or the beginning of its command line if it has none."""
        if self.description:
            return self.description
        text = " ".join(join_command(self.run).split())
        return text if len(text) <= _MAX_DESCRIPTION else f"{text[: _MAX_DESCRIPTION - 1]}…"


class CommandMistake(NamedTuple):
    """A mistake in the table of a command."""

    key: str
    """The key of the setting: "commands.summary.key"."""
    message: str
    """A sentence without its end."""


_FIELDS = UserCommand._fields[1:]


def read_user_command(name: str, table: object) -> UserCommand | list[CommandMistake]:
    """Return the command that a table declares, or all mistakes in it."""
    id = f"{COMMANDS_TABLE}.{name}"
    if not _NAME.fullmatch(name):
        rule = "use up to 40 letters, digits, hyphens and underscores, with a letter or digit first"
        return [CommandMistake(id, f'the name of [commands."{name[:40]}"] has other characters: {rule}')]
    if not isinstance(table, dict):
        example = f'write [{id}], and below it run = ["program", "argument"]'
        return [CommandMistake(id, f'"{id}" must be a table: {example}')]
    values: dict[str, Any] = {}
    errors: list[CommandMistake] = []
    for field, value in table.items():
        key = f"{id}.{field}"
        if field not in _FIELDS:
            hint = did_you_mean(field, list(_FIELDS)) or f" (known: {', '.join(_FIELDS)})"
            errors.append(CommandMistake(key, f"unknown setting {key[:60]}{hint}"))
            continue
        try:
            values[field] = _parse_field(field, value)
        except InvalidSettingError as error:
            errors.append(CommandMistake(key, f"{key} {error}"))
    if "run" not in table:
        errors.append(CommandMistake(id, f'{id} needs its program: run = ["program", "argument"]'))
    return errors or UserCommand(name, **values)


def _parse_field(field: str, value: object) -> Any:
    """Return the value of a field."""
    match field:
        case "run":
            if (run := Words('["llm", "-s", "Summarise"]').parse(value)) and run[0].strip():
                return run
            raise make_error('a program with its arguments, like ["llm", "-s", "Summarise"]', value)
        case "key":
            return _parse_command_key(value)
        case "input":
            return OneOf(INPUTS, "the name of an input").parse(value)
        case "format":
            return OneOf(FORMATS, "the name of a format").parse(value)
        case "show":
            return OneOf(OUTPUTS, "the name of an output").parse(value)
        case _:
            if isinstance(value, str) and value.isprintable() and len(value) <= _MAX_DESCRIPTION:
                return value
            raise make_error(f"a line of up to {_MAX_DESCRIPTION} characters", value)


def _parse_command_key(value: object) -> str:
    # Imported here, because most commands have no key, and the tables of keys are large.
    from importai_tui.keymap.key_names import UnknownKeyError, parse_key

    if not isinstance(value, str):
        raise make_error('a key, like "f5"', value)
    try:
        return parse_key(value) if value else ""
    except UnknownKeyError as error:
        raise InvalidSettingError(f'is "{value[:40]}", which {error}') from None
