"""Formats the file of `config --init` and the rows of `config --show`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap

from importai_tui.config.schema import KEYS_TABLE, SETTINGS, TABLES, LoadedConfig
from importai_tui.keymap.commands import COMMANDS, Command, describe_singly
from importai_tui.keymap.screens import list_rebindable

_WIDTH = 100
"""Characters of a line of the file."""

_HEADER = """\
# Settings of importai-tui
#
# Each setting is shown with its default. To change one, remove the "#" in front of it, edit the value and save.
# An open reader picks up the change within seconds.
# The text width and the theme can also be changed in the reader, which remembers them. If you set them here, this
# file wins at every start.
# Environment variables override this file: IMPORTAI_TUI_READING_MEASURE=66 sets measure in [reading].
"""
_KEYS_HEADER = """\
# Commands with their keys: a key, or a list of keys; [] for none. Assigning a key removes it from its previous command.
# The commands of the other screens follow at the end. They need at least one key each.
"""
_COMMANDS = """\
# Your own commands: programs that get a story, an issue, your highlights, works or a link. Only "run" is required.
# See: importai-tui help commands
#
#   [commands.summary]
#   run = ["llm", "-s", "Summarise this in three sentences."]
#   key = "f5"
#   input = "story"      # or "issue", "highlights", "works", "url", "none"
#   format = "text"      # or "markdown", "json"
#   show = "page"        # or "notice", "none", "terminal"
#   description = "Summarise the story"
"""


def format_default_file() -> str:
    """Return a file with all settings and their defaults in comments, and an example of a command."""
    return "\n".join([_HEADER, *(_format_table(table) for table in TABLES), _COMMANDS])


def _format_table(table: str) -> str:
    parts = [f"[{table}]\n"]
    for setting in SETTINGS:
        if setting.table == table:
            comment = "".join(f"# {line}\n" for line in wrap(setting.text, _WIDTH - 2))
            parts.append(f"{comment}# {setting.name} = {to_toml(setting.default)}\n")
    if table == KEYS_TABLE:
        commands = map(describe_singly, (*COMMANDS, *list_rebindable()))
        rows = (f"# {_format_keys(command)}\n" for command in commands)
        parts.append(_KEYS_HEADER + "".join(rows))
    return "\n".join(parts)


def _format_keys(command: Command) -> str:
    keys = command.keys.split(",") if command.keys else []
    return f"{to_toml(command.id)} = {to_toml(keys)}  # {command.description}"


def get_settings_rows(config: LoadedConfig) -> Iterator[tuple[str, str, str]]:
    """Yield the key, value and origin of each setting, and of the keys and the commands of the user."""
    for setting in SETTINGS:
        origin = config.origins.get(setting.key)
        unset = "default, or as last used in the reader" if setting.is_remembered else "default"
        value = getattr(config.config, setting.name) if origin else setting.default
        yield setting.key, _format_value(value), origin or unset
    commands = {command.id: command for command in config.config.commands}
    for id, keys in config.config.keys.items():
        if id in commands:
            continue
        yield f'{KEYS_TABLE}."{id}"', to_toml(list(keys)), config.origins.get(f"{KEYS_TABLE}.{id}", "")
    for id, command in commands.items():
        yield id, to_toml(list(command.run)), config.origins.get(id, "")


def _format_value(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is None:  # the file has an empty string for no name and no folder
        value = ""
    return to_toml(str(value) if isinstance(value, Path) else list(value) if isinstance(value, tuple) else value)


def to_toml(value: object) -> str:
    """Return a value as TOML; but for tables it is the same as JSON for these types."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{name} = {to_toml(item)}' for name, item in value.items())} }}" if value else "{}"
    return json.dumps(value, ensure_ascii=False)
