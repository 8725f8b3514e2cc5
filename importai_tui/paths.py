"""Where our files live. This room only names places: it makes, reads and deletes nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "IMPORTAI_TUI_HOME"
"""The variable that puts everything under one folder: for tests and portable installs."""


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one installation, each in a folder that may not exist yet.

    The archive and the reading state never share a folder: the whole cache folder may be deleted at any time.
    """

    archive: Path
    """The cache of parsed issues; it can always be rebuilt."""
    reading: Path
    """What the reader did; it can never be rebuilt."""
    config: Path
    """The settings that a person writes."""

    @property
    def cache_folder(self) -> Path:
        """The folder of the archive."""
        return self.archive.parent

    @property
    def data_folder(self) -> Path:
        """The folder of the reading state."""
        return self.reading.parent

    @property
    def config_folder(self) -> Path:
        """The folder of the settings."""
        return self.config.parent

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Places:
        """The places that the environment asks for, else the platform's own folders."""
        home = environ.get(HOME_VARIABLE)
        if home:
            return cls.under(Path(home).expanduser().absolute())
        # Imported here: a home of one's own needs no knowledge of platforms, and tests start a process each.
        from platformdirs import PlatformDirs

        folders = PlatformDirs("importai-tui", appauthor=False)
        return cls._in(folders.user_cache_path, folders.user_data_path, folders.user_config_path)

    @classmethod
    def under(cls, folder: Path) -> Places:
        """Everything below one folder."""
        return cls._in(folder / "cache", folder / "data", folder / "config")

    @classmethod
    def _in(cls, cache: Path, data: Path, config: Path) -> Places:
        return cls(cache / "archive.sqlite3", data / "reading.sqlite3", config / "config.toml")
