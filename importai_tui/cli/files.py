"""Writes a document of ours to a file: whole or not at all, for its owner only, over nothing but an older one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from importai_tui.cli.own_exports import IsOwn
from importai_tui.errors import ReaderError

_LARGEST_OWN = 100_000_000
"""Bytes of a file that is there that are looked at: a hundred thousand works are half of it, and more is no export."""


def write_over_own(path: Path, text: str, is_own: IsOwn) -> None:
    """Write the text, and make it durable.

    Args:
        path: the file; a link is followed.
        text: its whole contents.
        is_own: tells whether a file that is there is an older one. One that is not empty and is none is left alone.

    Raises:
        ReaderError: the file cannot be written, or is not ours.
    """
    try:
        target = path.resolve()
        _refuse_what_is_not_ours(target, path, is_own)
        opened, part = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        try:
            with os.fdopen(opened, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            Path(part).replace(target)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ReaderError(f"{path} cannot be written: {reason}. Choose another place.") from error


def _refuse_what_is_not_ours(target: Path, path: Path, is_own: IsOwn) -> None:
    if target.is_dir():
        raise ReaderError(f"{path} is a folder. Name a file in it to write to.")
    if not target.exists():
        return
    if not target.is_file():
        raise ReaderError(f"{path} is no ordinary file. Leave --out away to write to a pipe.")
    with target.open("rb") as file:
        found = file.read(_LARGEST_OWN + 1)
    if found and not (len(found) <= _LARGEST_OWN and is_own(found.decode(errors="replace"))):
        raise ReaderError(f"{path} is there and is no such export, so it is left alone. Choose another name.")
