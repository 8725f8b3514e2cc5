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
    ConfigError,
    variable_name,
)
from importai_tui.config.toml_lines import find_lines
from importai_tui.config.value_types import InvalidSettingError, did_you_mean

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
        """The variable that set each key; empty if the file did."""
        self._errors: list[str] = []
        self._has_keys = False

    def check(self) -> Config:
        """Return the settings.

        Raises:
            ConfigError: with all errors that were found.
        """
        try:
            tables = tomllib.loads(self._text)
        except (ValueError, RecursionError) as error:  # also huge numbers and deeply nested brackets
            raise ConfigError(f"{self._path} cannot be read: {error}. Correct it, or move it away.") from error
        for table, values in tables.items():
            self._read_table(table, values)
        self._read_variables()
        config = Config(**self._values)
        if self._has_keys:
            config = replace(config, keys=self._keymap.keys)
            for id, message in self._keymap.find_errors(config.preset):
                self._add_error(f"{KEYS_TABLE}.{id}", message)
        if self._errors:
            raise ConfigError(*self._errors)
        return config

    def origins(self) -> dict[str, str]:
        """Return where each setting was set: "line 3" or the name of a variable. Call it after `check`."""
        return {key: variable or self._line(key) for key, variable in self._variables.items()}

    def _read_table(self, table: str, values: object) -> None:
        if table not in TABLES:
            hint = did_you_mean(table, list(TABLES)) or "; there are " + ", ".join(f"[{name}]" for name in TABLES)
            self._add_error(table, f'there is no setting "{_shorten(table)}"{hint}')
            return
        if not isinstance(values, dict):
            self._add_error(table, f'"{table}" is a table: write [{table}] and its settings below')
            return
        known = {setting.name: setting for setting in SETTINGS if setting.table == table}
        for name, value in values.items():
            key = f"{table}.{name}"
            if setting := known.get(name):
                try:
                    self._values[name] = setting.value_type.parse(value)
                except InvalidSettingError as error:
                    self._add_error(key, f"{key} {error}")
                self._variables[key] = ""
            elif table == KEYS_TABLE:
                for id, keys in _flatten(name, value):
                    self._set_keys(id, keys, "")
            else:
                hint = did_you_mean(name, list(known), f"{table}.")
                hint = hint or "; there is " + ", ".join(setting.key for setting in known.values())
                self._add_error(key, f'there is no setting "{_shorten(key)}"{hint}')

    def _read_variables(self) -> None:
        for setting in SETTINGS:
            text = self._environ.get(setting.variable)
            if text is None:
                continue
            try:
                self._values[setting.name] = setting.value_type.parse(setting.value_type.from_variable(text))
            except InvalidSettingError as error:
                self._errors.append(_end_sentence(f"{setting.variable} {error}"))
            self._variables[setting.key] = setting.variable
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
                hint = did_you_mean(name, [*(setting.variable for setting in SETTINGS), *ids]) or ": take it away"
                self._errors.append(_end_sentence(f"{_shorten(name)} sets nothing{hint}"))

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
        except InvalidSettingError as error:
            if variable:
                self._errors.append(_end_sentence(f"{variable} {error}"))
            else:
                self._add_error(key, f'"{_shorten(id)}" {error}')
        self._variables[key] = variable

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
