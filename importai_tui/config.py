"""The settings that a person writes, in `config.toml`. A missing file is the same as an empty one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from importai_tui.errors import ReaderError

_TABLES = {"links": {"opener"}}
"""Every setting that there is."""


class BadSetting(ReaderError):
    """The file of settings cannot be understood; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Config:
    """What is set. `opener` is a program and its arguments; "%s" stands for the address, else it is added."""

    opener: tuple[str, ...] = ()


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
            raise BadSetting(f'{path}: there is no setting "{table}"; there is [links] opener.')
        for name in values:
            if name not in _TABLES[table]:
                raise BadSetting(f'{path}: there is no setting "{table}.{name}"; there is {", ".join(_TABLES[table])}.')
    return Config(opener=_command(path, settings.get("links", {}).get("opener", [])))


def _command(path: Path, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(word, str) and word for word in value):
        return tuple(value)
    raise BadSetting(f'{path}: links.opener is a list of words, like ["firefox", "--new-tab"].')
