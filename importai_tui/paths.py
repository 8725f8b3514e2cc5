"""The paths of the program's files. This module only names them: it creates, reads and deletes nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from importai_tui.errors import ReaderError

HOME_VARIABLE = "IMPORTAI_TUI_HOME"
"""Environment variable that puts all files under one folder, for tests and portable installs."""


def get_cards_file(archive: Path) -> Path:
    """Return the file of the cards that belong to an archive."""
    return archive.with_name("cards.sqlite3")


def get_documents_folder() -> Path:
    """Return the user's folder of documents, else the home folder, as a place for exports."""
    # Imported here, because only exports need it.
    from platformdirs import user_documents_path

    try:
        documents = user_documents_path()
        return documents if documents.is_dir() else Path.home()
    except (OSError, RuntimeError):  # no home folder
        return Path()


class Places(NamedTuple):
    """The files of one installation; their folders may not exist yet.

    The archive and the reading state never share a folder, because users may delete the cache folder at any time.
    """

    archive: Path
    """The cache of parsed issues; it can always be rebuilt."""
    reading: Path
    """The reading state; it can never be rebuilt."""
    config: Path
    """The settings file, which users write."""

    @property
    def cards(self) -> Path:
        """The cards of cited works; they can be fetched again."""
        return get_cards_file(self.archive)

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
        """Return the paths under IMPORTAI_TUI_HOME, else in the platform's folders.

        Raises:
            ReaderError: IMPORTAI_TUI_HOME cannot be a folder, or the user has no home folder.
        """
        home = environ.get(HOME_VARIABLE)
        if home:
            try:
                folder = Path(home).expanduser().absolute()
                _check_folder(folder)
                return cls.under(folder)
            except (RuntimeError, OSError) as error:  # no such user, or the working directory was removed
                raise ReaderError(
                    f"{HOME_VARIABLE}={home} is not a folder. Set it to the absolute path of a folder."
                ) from error
        # Imported here, because IMPORTAI_TUI_HOME does not need it, and tests start many processes.
        from platformdirs import PlatformDirs

        folders = PlatformDirs("importai-tui", appauthor=False)
        try:
            return cls._in(folders.user_cache_path, folders.user_data_path, folders.user_config_path)
        except RuntimeError as error:  # in a container, for a user that the system does not know
            raise ReaderError(
                f"You have no home folder. Set {HOME_VARIABLE} to the absolute path of a folder."
            ) from error

    @classmethod
    def under(cls, folder: Path) -> Places:
        """Return paths that are all below one folder."""
        return cls._in(folder / "cache", folder / "data", folder / "config")

    @classmethod
    def _in(cls, cache: Path, data: Path, config: Path) -> Places:
        return cls(cache / "archive.sqlite3", data / "reading.sqlite3", config / "config.toml")


def _check_folder(home: Path) -> None:
    """Raise ReaderError if the home, or a path above it, is a file or a link to nothing."""
    for folder in (home, *home.parents):
        try:
            if folder.is_dir():
                return
            is_other = folder.exists() or folder.is_symlink()
        except PermissionError:  # the command that opens a file there reports it
            return
        if is_other:
            raise ReaderError(f"{HOME_VARIABLE}: {folder} is not a folder. Set it to the path of a folder.")
