"""Writes an export to a file: atomically, for its owner only, and over nothing but an unchanged older export."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from importai_tui.errors import ReaderError
from importai_tui.printing.console import path_text

_LARGEST_OWN = 100_000_000
"""Bytes of an existing file that are compared; no export is larger."""


def write_export(path: Path, data: bytes, is_own: Callable[[bytes], bool], *, force: bool = False) -> str:
    """Write the bytes and make them durable. Return the name of the file for people, of a link with its target.

    Args:
        path: the file; a link is followed.
        data: its whole contents.
        is_own: whether the contents of an existing file are an older export. Any other file is left alone, unless it
            is empty.
        force: replace any existing file.

    Raises:
        ReaderError: the file cannot be written, or is not ours.
    """
    shown = path_text(path)
    try:
        target = Path(os.path.realpath(path))
        if path.is_symlink():
            shown += f" (a link to {path_text(target)})"
        found = _status(path)
        if found is not None:
            _check_kind(found, shown)
            if not (force or _is_own(path, found.st_size, is_own)):
                raise ReaderError(
                    f"{shown} is there and is no unchanged export of importai-tui, so it is left alone. "
                    "Choose another name, or replace it with --force."
                )
        opened, part = tempfile.mkstemp(prefix=".importai-tui-", suffix=".part", dir=target.parent)
        try:
            with os.fdopen(opened, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(part).replace(target)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ReaderError(f"{shown} cannot be written: {reason}. Choose another place.") from error
    except ValueError as error:  # a NUL character
        raise ReaderError(f"{shown} is no name that a file can have. Choose another one.") from error
    return shown


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _check_kind(found: os.stat_result, shown: str) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise ReaderError(f"{shown} is a folder. Name a file in it.")
    if not stat.S_ISREG(found.st_mode):
        raise ReaderError(f"{shown} is no ordinary file. To write to a pipe, leave out --out.")


def _is_own(path: Path, size: int, is_own: Callable[[bytes], bool]) -> bool:
    return not size or (size <= _LARGEST_OWN and is_own(path.read_bytes()))
