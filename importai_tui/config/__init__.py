"""Reads the settings of the user: environment variables override `config.toml`, and the file overrides defaults.

A missing file counts as an empty one. An invalid setting is reported, and its default is used.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from importai_tui.config.schema import VARIABLE_PREFIX, Config, LoadedConfig
from importai_tui.paths import HOME_VARIABLE

__all__ = ["Config", "ConfigWatcher", "LoadedConfig", "load_config"]

LoadConfig = Callable[[Path, Mapping[str, str]], LoadedConfig]
"""Loads the settings of a file and an environment."""


def load_config(path: Path, environ: Mapping[str, str] = os.environ) -> LoadedConfig:
    """Return the settings of the file and the environment, where each was set, and the problems with them.

    It raises nothing: a file that cannot be read or is not TOML is a problem, and all defaults are used.
    """
    text, problems = "", tuple[str, ...]()
    try:
        text = _read_file(path)
    except _UnreadableFileError as error:
        problems = (str(error),)
    if not text.strip() and not any(_is_setting(name) for name in environ):
        return LoadedConfig(Config(), {}, problems)
    # Imported here, because a command without settings starts faster without the TOML parser.
    from importai_tui.config.checker import Checker

    loaded = Checker(path, text, environ).check()
    return loaded._replace(problems=(*problems, *loaded.problems))


class ConfigWatcher:
    """The current settings; `poll` reads the file again when it has changed."""

    def __init__(self, path: Path, environ: Mapping[str, str] = os.environ, load: LoadConfig = load_config) -> None:
        self.path = path
        self._environ, self._load = environ, load
        self._version = _file_version(path)
        loaded = load(path, environ)
        self.config = loaded.config
        self.start_summary = loaded.summarize_problems()
        """The problems of the settings that were loaded first; empty without any."""

    def poll(self) -> LoadedConfig | None:
        """Return the settings of a changed file with their problems; None if it has not changed since the last call.

        With a problem, `config` stays as it was, because the user may be in the middle of an edit.
        """
        # Taken before the file is read, so that a change in between is seen by the next call.
        version = _file_version(self.path)
        if version == self._version:
            return None
        self._version = version
        loaded = self._load(self.path, self._environ)
        if not loaded.problems:
            self.config = loaded.config
        return loaded


class _UnreadableFileError(Exception):
    """The file cannot be read; the text is a message for the user."""


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
            raise _UnreadableFileError(f"{path} is not a file. Move it away and create a file of that name.")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except NotADirectoryError as error:
        file = next((folder for folder in path.parents if folder.exists()), path)
        message = f"Can't read {path}: {file} is a file, not a folder. Move that file away."
        raise _UnreadableFileError(message) from error
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise _UnreadableFileError(f"Can't read {path}: {reason.lower()}. Fix it or move it away.") from error


def _is_setting(name: str) -> bool:
    return name.startswith(VARIABLE_PREFIX) and name != HOME_VARIABLE
