"""The settings that a person writes, in `config.toml`. A missing file is the same as an empty one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from importai_tui.errors import ReaderError

_TABLES = {
    "links": ("opener",),
    "sync": ("sources", "back_catalogue", "start_after_hours", "metered"),
    "state": ("shared_folder",),
}
"""Every setting that there is."""


_MOST_HOURS = 8760
"""A year: who wants longer wants 0."""


class BadSetting(ReaderError):
    """The file of settings cannot be understood; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Config:
    """What is set.

    `opener` is a program and its arguments; "%s" stands for the address, else it is added. `sources` and
    `back_catalogue` are names of sources or addresses: what every sync asks, and where holes and the past come from
    (None: nowhere). The reader syncs when it starts and the last sync was more than `start_after_hours` ago; 0 is
    never. `metered`: the network costs money, so the reader never syncs unasked. `shared_folder`: what carries the
    reading state between machines (None: nothing does); it need not be there now.
    """

    opener: tuple[str, ...] = ()
    sources: tuple[str, ...] = ("substack",)
    back_catalogue: str | None = "mirror"
    start_after_hours: float = 6
    metered: bool = False
    shared_folder: Path | None = None

    @property
    def start_after(self) -> timedelta | None:
        """How old the last sync may be before the reader syncs at its start; None for never."""
        return timedelta(hours=self.start_after_hours) if self.start_after_hours and not self.metered else None


def read_config(path: Path) -> Config:
    """The settings in a file.

    Raises:
        BadSetting: it cannot be read, is no TOML, or holds a setting that is unknown or of the wrong kind.
    """
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"{path} cannot be read: {error}. Correct it, or move it away.") from error
    for table, values in settings.items():
        if table not in _TABLES or not isinstance(values, dict):
            known = ", ".join(f"[{name}]" for name in _TABLES)
            raise BadSetting(f'{path}: there is no setting "{table}"; there are the tables {known}.')
        for name in values:
            if name not in _TABLES[table]:
                raise BadSetting(f'{path}: there is no setting "{table}.{name}"; there is {", ".join(_TABLES[table])}.')
    return _Settings(path, settings).config()


class _Settings:
    """The settings of a file, each held to its kind."""

    def __init__(self, path: Path, tables: dict[str, Any]) -> None:
        self._path = path
        self._tables = tables

    def config(self) -> Config:
        unset = Config()
        opener = self._words("links", "opener", 'like ["firefox", "--new-tab"]')
        sources = self._words("sync", "sources", 'like ["substack", "https://example.org/feed"]')
        catalogue = self._text("sync", "back_catalogue")
        hours = self._hours("sync", "start_after_hours")
        return Config(
            opener=unset.opener if opener is None else opener,
            sources=unset.sources if sources is None else sources,
            # An empty name is how a person says that there is none.
            back_catalogue=unset.back_catalogue if catalogue is None else catalogue or None,
            start_after_hours=unset.start_after_hours if hours is None else hours,
            metered=self._is_set("sync", "metered"),
            shared_folder=self._folder("state", "shared_folder"),
        )

    def _words(self, table: str, name: str, example: str) -> tuple[str, ...] | None:
        value = self._value(table, name)
        if value is None or (isinstance(value, list) and all(isinstance(word, str) and word for word in value)):
            return None if value is None else tuple(value)
        raise BadSetting(f"{self._path}: {table}.{name} is a list of words, {example}.")

    def _text(self, table: str, name: str) -> str | None:
        value = self._value(table, name)
        if value is None or isinstance(value, str):
            return value
        raise BadSetting(f'{self._path}: {table}.{name} is a word or an address in quotation marks, like "mirror".')

    def _folder(self, table: str, name: str) -> Path | None:
        value = self._value(table, name)
        if value is None or value == "":
            return None
        try:
            # A folder relative to wherever the program happens to be started would be a different one each time.
            if isinstance(value, str) and "\0" not in value and (folder := Path(value).expanduser()).is_absolute():
                return folder
        except RuntimeError:  # a home that nobody knows
            pass
        raise BadSetting(f'{self._path}: {table}.{name} is the whole path of a folder, like "~/Sync/importai-tui".')

    def _hours(self, table: str, name: str) -> float | None:
        value = self._value(table, name)
        if value is None:
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _MOST_HOURS:
            return float(value)
        raise BadSetting(f"{self._path}: {table}.{name} is a number of hours, 0 for never, at most {_MOST_HOURS}.")

    def _is_set(self, table: str, name: str) -> bool:
        value = self._value(table, name)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise BadSetting(f"{self._path}: {table}.{name} is true or false.")

    def _value(self, table: str, name: str) -> Any:
        return self._tables.get(table, {}).get(name)
