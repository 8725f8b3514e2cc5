"""Reads the settings of the user: environment variables override `config.toml`, and the file overrides defaults.

A missing file counts as an empty one.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.config.schema import VARIABLE_PREFIX, Config, ConfigError, ConfigWithOrigins
from importai_tui.paths import HOME_VARIABLE

if TYPE_CHECKING:
    from importai_tui.config.checker import Checker

__all__ = [
    "Config",
    "ConfigError",
    "ConfigWatcher",
    "ConfigWithOrigins",
    "read_config",
    "read_config_with_origins",
]


def read_config(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Return the settings of the file and the environment.

    Raises:
        ConfigError: the file cannot be read or is not TOML, or a setting is unknown or invalid.
    """
    checker = _make_checker(path, environ)
    return checker.check() if checker else Config()


def read_config_with_origins(path: Path, environ: Mapping[str, str] = os.environ) -> ConfigWithOrigins:
    """Return the settings, and where each was set. Raises ConfigError as `read_config` does."""
    checker = _make_checker(path, environ)
    return ConfigWithOrigins(checker.check(), checker.origins()) if checker else ConfigWithOrigins(Config(), {})


class ConfigWatcher:
    """The current settings; `poll` reads the file again when it has changed. The constructor raises ConfigError."""

    def __init__(self, path: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._path, self._environ = path, environ
        self._version = _file_version(path)
        self.config = read_config(path, environ)

    def poll(self) -> Config | ConfigError | None:
        """Return the new settings, or why they are invalid; None if the file has not changed since the last call.

        Invalid settings leave `config` as it was.
        """
        # Taken before the file is read, so that a change in between is seen by the next call.
        version = _file_version(self._path)
        if version == self._version:
            return None
        self._version = version
        try:
            self.config = read_config(self._path, self._environ)
        except ConfigError as error:
            return error
        return self.config


def _make_checker(path: Path, environ: Mapping[str, str]) -> Checker | None:
    """Return the checker; None if nothing is set."""
    text = _read_file(path)
    if not text.strip() and not any(_is_setting(name) for name in environ):
        return None
    # Imported here, because a command without settings starts faster without the TOML parser.
    from importai_tui.config.checker import Checker

    return Checker(path, text, environ)


def _file_version(path: Path) -> tuple[int, int, int] | None:
    """Return the time of the last change, the size and the inode; None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _read_file(path: Path) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would block, and a device might never end
            raise ConfigError(f"{path} is no file, so it cannot hold the settings. Move it away.")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except NotADirectoryError as error:
        file = next((folder for folder in path.parents if folder.exists()), path)
        raise ConfigError(f"{path} cannot be read: {file} is a file, not a folder. Move that file away.") from error
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise ConfigError(f"{path} cannot be read: {reason.lower()}. Correct it, or move it away.") from error


def _is_setting(name: str) -> bool:
    return name.startswith(VARIABLE_PREFIX) and name != HOME_VARIABLE
