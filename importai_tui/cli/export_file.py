"""Writes an export to a file. It replaces only an unchanged older export, which it knows by a stored digest."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.errors import ReaderError
from importai_tui.files import atomic_write
from importai_tui.printing.console import path_text

if TYPE_CHECKING:
    from importai_tui.library import Library

_SETTING = "exports"
"""The name under which the reading state stores the digests."""
_MAX_DIGESTS = 200
"""Digests that are stored, the latest first. They stand for the contents, so a file may be renamed."""
_MAX_COMPARED_BYTES = 100_000_000
"""A larger file counts as changed; no export is as large."""


def write_export(library: Library, path: Path, data: bytes, *, force: bool = False) -> str:
    """Write the bytes to the file, atomic and durable. Return its name for users, of a link with its target.

    Args:
        library: stores the digest of the export.
        path: the file; a link is followed. An existing file must be empty or an unchanged export.
        data: the whole contents.
        force: replace any existing file.

    Raises:
        ReaderError: the file cannot be written, or is not an unchanged export.
    """
    _store_digest(library, data)
    shown = path_text(path)
    try:
        target = Path(os.path.realpath(path))
        if path.is_symlink():
            shown += f" (a link to {path_text(target)})"
        status = _status(path)
        if status is not None:
            _require_regular_file(status, shown)
            if not (force or _is_unchanged_export(library, path, status.st_size)):
                raise ReaderError(
                    f"{shown} is there and is no unchanged export of importai-tui, so it is left alone. "
                    "Choose another name, or replace it with --force."
                )
        with atomic_write(target) as file:
            file.write(data)
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


def _require_regular_file(status: os.stat_result, shown: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ReaderError(f"{shown} is a folder. Name a file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise ReaderError(f"{shown} is no ordinary file. To write to a pipe, leave out --out.")


def _is_unchanged_export(library: Library, path: Path, size: int) -> bool:
    return not size or (size <= _MAX_COMPARED_BYTES and _digest(path.read_bytes()) in _stored_digests(library))


def _store_digest(library: Library, data: bytes) -> None:
    digests = dict.fromkeys([_digest(data), *_stored_digests(library)])
    # An export to another disk also works when the reading state cannot be written.
    with suppress(ReaderError):
        library.state.remember(_SETTING, " ".join([*digests][:_MAX_DIGESTS]))


def _stored_digests(library: Library) -> list[str]:
    return (library.state.recall(_SETTING) or "").split()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
