"""Makes a folder of ours: for its owner alone, as are the files in it."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make the folder, and those above it that are missing, each 0700 whatever the umask; one that is there stays.

    With `parents`, `Path.mkdir` would leave those above it to the umask, and who may write there may put another
    folder in the place of ours.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileNotFoundError:
        if folder.parent.exists():  # it is the system that makes no folders here
            raise
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from None
