"""Whether the file of settings is another than before: one question to the file system, cheap enough to ask often."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from importai_tui.config.config import BadSetting, Config
from importai_tui.config.reading import read_config


class Stamp(NamedTuple):
    """What tells one version of a file from another without reading it."""

    changed: int
    size: int
    inode: int


class Changed(NamedTuple):
    """Another version of the file, and what it sets: the settings, or why there are none."""

    stamp: Stamp | None
    found: Config | BadSetting


def stamp_of(path: Path) -> Stamp | None:
    """The version that is there now; None where no file is, or none that can be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


def changed(path: Path, before: Stamp | None, environ: Mapping[str, str] = os.environ) -> Changed | None:
    """What the file sets now, if it is no more the version `before`.

    It is stamped before it is read: one that is written meanwhile is seen to have changed at the next look.
    """
    stamp = stamp_of(path)
    if stamp == before:
        return None
    try:
        return Changed(stamp, read_config(path, environ))
    except BadSetting as fault:
        return Changed(stamp, fault)


class Watch:
    """The settings as they are, and looks at whether the file has become another. Raises BadSetting when it is made."""

    def __init__(self, path: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._path, self._environ = path, environ
        # Before it is read: one that is written meanwhile is seen to have changed at the first look.
        self._stamp = stamp_of(path)
        self.config = read_config(path, environ)

    def look(self) -> Config | BadSetting | None:
        """What is set now if the file has changed since the last look; a file that is wrong leaves all as it was."""
        found = changed(self._path, self._stamp, self._environ)
        if found is None:
            return None
        self._stamp = found.stamp
        if isinstance(found.found, Config):
            self.config = found.found
        return found.found
