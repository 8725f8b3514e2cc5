"""Holds every setting to its kind, and says of each that is wrong where it stands and what would be right."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importai_tui.config.config import BadSetting, Config
from importai_tui.config.kinds import Wrong, meant
from importai_tui.config.settings import KEYS, PREFIX, SETTINGS, TABLES, variable_of

if TYPE_CHECKING:
    from importai_tui.config.keys import OwnKeys

_DEEPEST = 3
"""Names in a row of a command's id."""


class Check:
    """One look through the text of a file, and the environment."""

    def __init__(self, path: Path, text: str, environ: Mapping[str, str]) -> None:
        self._path = path
        self._text = text
        self._environ = environ
        self._values: dict[str, Any] = {}
        self._origins: dict[str, str] = {}
        self._faults: list[str] = []
        self._are_keys_given = False

    def config(self) -> Config:
        """What holds.

        Raises:
            BadSetting: with all faults that there are.
        """
        try:
            tables = tomllib.loads(self._text)
        except (ValueError, RecursionError) as error:  # numbers and brackets beyond all measure among them
            raise BadSetting(f"{self._path} cannot be read: {error}. Correct it, or move it away.") from error
        for table, values in tables.items():
            self._read_table(table, values)
        self._read_variables()
        config = Config(**self._values)
        if self._are_keys_given:
            config = replace(config, keys=self._own.keys)
            for id, fault in self._own.faults(config.preset):
                self._blame(f"{KEYS}.{id}", fault)
        if self._faults:
            raise BadSetting(*self._faults)
        return config

    def origins(self) -> dict[str, str]:
        """Where each setting that is set was set: a line of the file, or a variable."""
        return {key: variable or self._line(key) for key, variable in self._origins.items()}

    def _read_table(self, table: str, values: object) -> None:
        if table not in TABLES:
            near = meant(table, list(TABLES)) or "; there are " + ", ".join(f"[{name}]" for name in TABLES)
            self._blame(table, f'there is no setting "{_cut(table)}"{near}')
            return
        if not isinstance(values, dict):
            self._blame(table, f'"{table}" is a table: write [{table}] and its settings below')
            return
        known = {setting.name: setting for setting in SETTINGS if setting.table == table}
        for name, value in values.items():
            key = f"{table}.{name}"
            if setting := known.get(name):
                try:
                    self._values[setting.field] = setting.kind.value(value)
                except Wrong as wrong:
                    self._blame(key, f"{key} {wrong}")
                self._origins[key] = ""
            elif table == KEYS:
                for id, keys in _flat(name, value):
                    self._give(id, keys, "")
            else:
                near = meant(name, list(known), f"{table}.") or "; there is " + ", ".join(s.key for s in known.values())
                self._blame(key, f'there is no setting "{_cut(key)}"{near}')

    def _read_variables(self) -> None:
        environ = self._environ
        known = set()
        for setting in SETTINGS:
            known.add(setting.variable)
            words = environ.get(setting.variable)
            if words is None:
                continue
            try:
                self._values[setting.field] = setting.kind.value(setting.kind.of_words(words))
            except Wrong as wrong:
                self._faults.append(_ended(f"{setting.variable} {wrong}"))
            self._origins[setting.key] = setting.variable
        starts = tuple(f"{PREFIX}{table.upper()}_" for table in TABLES)
        others = sorted(name for name in environ if name.startswith(starts) and name not in known)
        if not others:
            return
        ids = {variable_of(f"{KEYS}.{id}"): id for id in self._own.known}
        for name in others:
            if id := ids.get(name):
                self._give(id, environ[name].split(), name)
            else:
                near = meant(name, [*known, *ids]) or ": take it away"
                self._faults.append(_ended(f"{_cut(name)} sets nothing{near}"))

    @cached_property
    def _own(self) -> OwnKeys:
        # Most files give no keys, and every command reads the settings.
        from importai_tui.config.keys import OwnKeys

        return OwnKeys()

    def _give(self, id: str, keys: object, variable: str) -> None:
        self._are_keys_given = True
        key = f"{KEYS}.{id}"
        try:
            self._own.give(id, keys, over=bool(variable))
        except Wrong as wrong:
            if variable:
                self._faults.append(_ended(f"{variable} {wrong}"))
            else:
                self._blame(key, f'"{_cut(id)}" {wrong}')
        self._origins[key] = variable

    def _blame(self, key: str, fault: str) -> None:
        self._faults.append(_ended(f"{self._place(key)}: {fault}"))

    def _place(self, key: str) -> str:
        if variable := self._origins.get(key):
            return variable
        line = self._lines.get(key)
        return f"{self._path}, line {line}" if line else str(self._path)

    def _line(self, key: str) -> str:
        line = self._lines.get(key)
        return f"line {line}" if line else "in the file"

    @cached_property
    def _lines(self) -> Mapping[str, int]:
        from importai_tui.config.lines import lines_of

        return lines_of(self._text)


def _flat(name: str, value: object, depth: int = 1) -> Iterator[tuple[str, object]]:
    """An id with a dot that is written without quotation marks is a table in a table to TOML."""
    if isinstance(value, dict) and value and depth < _DEEPEST:
        for below, inner in value.items():
            yield from _flat(f"{name}.{below}", inner, depth + 1)
    else:
        yield name, value


def _cut(name: str) -> str:
    return name if len(name) <= 60 else name[:59] + "…"


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."
