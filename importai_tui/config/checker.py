"""Checks all settings of a file and of the environment, and reports every error with its line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importai_tui.config.schema import (
    KEYS_TABLE,
    SETTINGS,
    TABLES,
    VARIABLE_PREFIX,
    Config,
    LoadedConfig,
    variable_name,
)
from importai_tui.config.toml_lines import find_lines
from importai_tui.config.user_commands import COMMANDS_TABLE, UserCommand, read_user_command
from importai_tui.config.value_types import InvalidSettingError, WordsByName, did_you_mean

if TYPE_CHECKING:
    from importai_tui.config.user_keymap import UserKeymap

_MAX_ID_PARTS = 3
"""Parts of a command's id, separated by dots."""
_MAX_NAME = 60
"""Characters of an unknown name that a message repeats."""


class Checker:
    """Checks the text of one file together with the environment."""

    def __init__(self, path: Path, text: str, environ: Mapping[str, str]) -> None:
        self._path = path
        self._text = text
        self._environ = environ
        self._values: dict[str, Any] = {}
        self._variables: dict[str, str] = {}
        """The variable that set each valid key; empty if the file did."""
        self._errors: list[str] = []
        self._has_keys = False
        self._commands: dict[str, UserCommand] = {}
        """The valid commands of the user, by id."""

    def check(self) -> LoadedConfig:
        """Return the settings with all problems. An invalid setting has its default."""
        for table, values in self._parse().items():
            self._read_table(table, values)
        self._read_variables()
        config = Config(**self._values)
        if any(command.key for command in self._commands.values()):
            # Last, so that a key that is set twice stays with the command in [keys].
            self._has_keys = True
            self._keymap.keys |= {id: (command.key,) for id, command in self._commands.items() if command.key}
        if self._has_keys:
            self._reject_impossible_keys(config.preset)
            config = replace(config, keys=self._keymap.keys)
        if self._commands:
            config = replace(config, commands=tuple(self._commands.values()))
        origins = {key: variable or self._line(key) for key, variable in self._variables.items()}
        return LoadedConfig(config, origins, tuple(self._errors))

    def _parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._text)
        except (ValueError, RecursionError) as error:  # also huge numbers and deeply nested brackets
            self._errors.append(f"{self._path} is not valid TOML: {error}. Fix it or move it away.")
            return {}

    def _reject_impossible_keys(self, preset: str) -> None:
        """Reject keys that only together are invalid, until the others are valid."""
        while errors := self._keymap.find_errors(preset):
            id, message = errors[0]
            self._keymap.keys.pop(id)
            if id in self._commands:
                self._add_error(f"{id}.key", f"{id}.key: {message}")
                del self._commands[id], self._variables[id]
                continue
            key = f"{KEYS_TABLE}.{id}"
            self._add_error(key, message)
            del self._variables[key]

    def _read_table(self, table: str, values: object) -> None:
        names = [*TABLES, COMMANDS_TABLE]
        if table not in names:
            hint = did_you_mean(table, names) or f" (known: {', '.join(f'[{name}]' for name in names)})"
            self._add_error(table, f"unknown table [{_shorten(table)}]{hint}")
            return
        if not isinstance(values, dict):
            self._add_error(table, f'"{table}" must be a table: write [{table}], and its settings below')
            return
        if table == COMMANDS_TABLE:
            self._read_commands(values)
            return
        known = {setting.name: setting for setting in SETTINGS if setting.table == table}
        for name, value in values.items():
            key = f"{table}.{name}"
            setting = known.get(name)
            if setting and isinstance(setting.value_type, WordsByName) and isinstance(value, dict):
                self._values[name] = dict(self._read_entries(key, setting.value_type, value))
                self._variables[key] = ""
            elif setting:
                try:
                    self._values[name] = setting.value_type.parse(value)
                    self._variables[key] = ""
                except InvalidSettingError as error:
                    self._add_error(key, f"{key} {error}")
            elif table == KEYS_TABLE:
                for id, keys in _flatten(name, value):
                    self._set_keys(id, keys, "")
            else:
                hint = did_you_mean(name, list(known), f"{table}.")
                hint = hint or f" (known: {', '.join(setting.key for setting in known.values())})"
                self._add_error(key, f"unknown setting {_shorten(key)}{hint}")

    def _read_entries(
        self, key: str, value_type: WordsByName, table: Mapping[str, object]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the valid entries of a setting that is a table."""
        for name, value in table.items():
            try:
                yield name, value_type.parse_entry(name, value)
            except InvalidSettingError as error:
                self._add_error(f"{key}.{name}", f"{key if name not in value_type.names else f'{key}.{name}'} {error}")

    def _read_commands(self, tables: Mapping[str, object]) -> None:
        for name, table in tables.items():
            command = read_user_command(name, table)
            if isinstance(command, UserCommand):
                self._commands[command.id] = command
                self._variables[command.id] = ""
                continue
            for error in command:
                self._add_error(*error)

    def _read_variables(self) -> None:
        for setting in SETTINGS:
            text = self._environ.get(setting.variable)
            if text is None:
                continue
            try:
                self._values[setting.name] = setting.value_type.parse(setting.value_type.from_variable(text))
                self._variables[setting.key] = setting.variable
            except InvalidSettingError as error:
                self._errors.append(_end_sentence(f"{setting.variable} {error}"))
        known = {setting.variable for setting in SETTINGS}
        prefixes = tuple(f"{VARIABLE_PREFIX}{table.upper()}_" for table in TABLES)
        others = sorted(name for name in self._environ if name.startswith(prefixes) and name not in known)
        if not others:
            return
        ids = {variable_name(f"{KEYS_TABLE}.{id}"): id for id in self._keymap.command_ids}
        for name in others:
            if id := ids.get(name):
                self._set_keys(id, self._environ[name].split(), name)
            else:
                hint = did_you_mean(name, [*(setting.variable for setting in SETTINGS), *ids]) or "; remove it"
                self._errors.append(_end_sentence(f"{_shorten(name)} is not a setting{hint}"))

    @cached_property
    def _keymap(self) -> UserKeymap:
        # Imported here, because most files set no keys, and the tables of keys are large.
        from importai_tui.config.user_keymap import UserKeymap

        return UserKeymap()

    def _set_keys(self, id: str, keys: object, variable: str) -> None:
        self._has_keys = True
        key = f"{KEYS_TABLE}.{id}"
        try:
            self._keymap.set_keys(id, keys, replace=bool(variable))
            self._variables[key] = variable
        except InvalidSettingError as error:
            if variable:
                self._errors.append(_end_sentence(f"{variable} {error}"))
            else:
                self._add_error(key, f"{_shorten(id)} {error}")

    def _add_error(self, key: str, message: str) -> None:
        self._errors.append(_end_sentence(f"{self._place(key)}: {message}"))

    def _place(self, key: str) -> str:
        if variable := self._variables.get(key):
            return variable
        line = self._lines.get(key)
        return f"{self._path}, line {line}" if line else str(self._path)

    def _line(self, key: str) -> str:
        line = self._lines.get(key)
        return f"line {line}" if line else "in the file"

    @cached_property
    def _lines(self) -> Mapping[str, int]:
        return find_lines(self._text)


def _flatten(name: str, value: object, depth: int = 1) -> Iterator[tuple[str, object]]:
    """Yield ids with their keys: TOML reads an id with dots and without quotation marks as nested tables."""
    if isinstance(value, dict) and value and depth < _MAX_ID_PARTS:
        for inner_name, inner in value.items():
            yield from _flatten(f"{name}.{inner_name}", inner, depth + 1)
    else:
        yield name, value


def _shorten(name: str) -> str:
    return name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"


def _end_sentence(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."
