"""Writes exports to files. An existing file is replaced only if it is an unchanged export, known by a stored digest."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.errors import ReaderError
from importai_tui.files import atomic_write, is_same_path
from importai_tui.output.console import format_path
from importai_tui.state.schema import get_backup_folder
from importai_tui.wording import format_os_error

if TYPE_CHECKING:
    from importai_tui.library.library import Library
    from importai_tui.paths import Places

_DIGESTS_SETTING = "exports"
"""The name under which the reading state stores the digests."""
_MAX_DIGESTS = 200
"""Digests that are stored, the latest first. They identify the contents, so a file may be renamed."""
_MAX_COMPARED_BYTES = 100_000_000
"""A larger file counts as changed; no export is as large."""


def write_export(library: Library, places: Places, path: Path, data: bytes, *, force: bool = False) -> str:
    """Write the bytes to the file, atomic and durable. Return its path for users; a link with its target.

    Args:
        library: stores the digest of the export.
        places: the files of the program itself, which no export replaces.
        path: the file; a link is followed. An existing file must be empty or an unchanged export.
        data: the whole contents.
        force: replace any existing file.

    Raises:
        ReaderError: the file cannot be written, or is not an unchanged export.
    """
    name = format_path(path)
    if _is_own_file(places, path):
        raise ReaderError(f"{name} belongs to importai-tui itself. Choose another file.")
    _store_digest(library, data)
    try:
        target = Path(os.path.realpath(path))
        if path.is_symlink():
            name += f" (a link to {format_path(target)})"
        status = _get_status(path)
        if status is not None:
            _require_regular_file(status, name)
            if not (force or _is_unchanged_export(library, path, status.st_size)):
                raise ReaderError(
                    f"{name} exists and isn't an unchanged importai-tui export; not overwritten. "
                    "Choose another name, or use --force."
                )
        with atomic_write(target) as file:
            file.write(data)
    except OSError as error:
        reason = format_os_error(error)
        raise ReaderError(f"Can't write {name}: {reason}. Choose another location.") from error
    except ValueError as error:  # a NUL character
        raise ReaderError(f"{name} is not a valid file name.") from error
    return name


def make_absolute(path: str) -> Path:
    """Return the whole path of a file that a user of the reader names, who does not know the working directory.

    Raises:
        ReaderError: the path begins with "~" and a name that no user has.
    """
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError as error:
        raise ReaderError(f"There is no user for {format_path(path)}. Choose another path.") from error


def _is_own_file(places: Places, out: Path) -> bool:
    """Return True if this is a file of the program."""
    try:
        target = Path(os.path.realpath(out))
    except ValueError:  # no name that a file can have
        return False
    if is_same_path(target, Path(os.path.realpath(places.config))) or is_same_path(
        target.parent, get_backup_folder(places.reading)
    ):
        return True
    name = target.name.casefold()
    databases = (places.archive, places.cards, places.reading)
    return any(name.startswith(path.stem) and is_same_path(target.parent, path.parent) for path in databases)


def _get_status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _require_regular_file(status: os.stat_result, name: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ReaderError(f"{name} is a folder. Give the name of a file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise ReaderError(f"{name} is not a regular file. To write to a pipe, omit --out.")


def _is_unchanged_export(library: Library, path: Path, size: int) -> bool:
    return not size or (size <= _MAX_COMPARED_BYTES and _compute_digest(path.read_bytes()) in _load_digests(library))


def _store_digest(library: Library, data: bytes) -> None:
    digests = dict.fromkeys([_compute_digest(data), *_load_digests(library)])
    # An export to another disk also works when the reading state cannot be written.
    with suppress(ReaderError):
        library.state.save_value(_DIGESTS_SETTING, " ".join([*digests][:_MAX_DIGESTS]))


def _load_digests(library: Library) -> list[str]:
    return (library.state.load_value(_DIGESTS_SETTING) or "").split()


def _compute_digest(data: bytes) -> str:
    return sha256(data).hexdigest()
