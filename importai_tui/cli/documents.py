"""Finds input files and reads their bytes within limits."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from importai_tui.errors import UnreadableInputError
from importai_tui.wording import format_os_error

STANDARD_INPUT = "-"

MAX_DOCUMENT_BYTES = 20_000_000
"""Limit for one page. The longest issue takes less than 1 MB as a page; a larger file would only fill memory."""
MAX_CONTAINER_BYTES = 400_000_000
"""Limit for mailboxes and exports, which hold many pages; each page has its own limit."""

DOCUMENT_SUFFIXES = frozenset({
    ".html", ".htm", ".txt", ".md", ".markdown", ".eml", ".emlx", ".mbox", ".mhtml", ".mht", ".xml", ".json", ".zip",
})  # fmt: skip
"""Files that are read in folders, besides mails without a suffix. A file that is named itself may have any suffix."""
_MAILDIR_FOLDERS = ("cur", "new")
_SNIFFED_BYTES = 8_000
"""Enough for the first headers of a mail."""


@dataclass(frozen=True, slots=True)
class InputFailure:
    """An input without an issue. `reason` follows the path and a colon: "empty file"."""

    path: str
    reason: str


def find_documents(paths: Iterable[str]) -> tuple[list[str], list[InputFailure]]:
    """Return the files that the paths name, with those in folders, and the folders without any."""
    documents: list[str] = []
    failures: list[InputFailure] = []
    for path in _expand_patterns(paths):
        if path == STANDARD_INPUT or not Path(path).is_dir():
            documents.append(path)
            continue
        found, unreadable = _find_in_folder(path)
        documents += found
        failures += unreadable
        if not found and not unreadable:
            suffixes = ", ".join(sorted(DOCUMENT_SUFFIXES))
            failures.append(InputFailure(path, f"no files to import in this folder ({suffixes})"))
    return documents, failures


def _expand_patterns(paths: Iterable[str]) -> Iterator[str]:
    """Yield the paths. On Windows, where the shell does not, expand patterns like `*.html`."""
    for path in paths:
        if sys.platform == "win32" and any(letter in path for letter in "*?[") and not os.path.lexists(path):
            from glob import glob  # here, because other systems do not need it

            yield from sorted(glob(path)) or [path]  # noqa: PTH207
        else:
            yield path


def read_document(path: str) -> bytes:
    """Return the bytes of a document.

    Raises:
        UnreadableInputError: it is missing, too large, a pipe or a device; the text follows the path and a colon.
    """
    if path == STANDARD_INPUT:
        return _read_limited(sys.stdin.buffer)
    with open_document(path) as file:
        try:
            return _read_limited(file)
        except OSError as error:
            raise UnreadableInputError(_describe_os_error(error)) from error


def open_document(path: str) -> BinaryIO:
    """Open a document that is a file. Raises UnreadableInputError as `read_document` does, but not for its size."""
    try:
        # Checked before it is opened: opening a pipe blocks, and opening a device may do anything.
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise UnreadableInputError(f'not a regular file (use "{STANDARD_INPUT}" to read a pipe)')
        # If the file is replaced by a pipe in between, O_NONBLOCK keeps this from blocking.
        return os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb")
    except OSError as error:
        if path.startswith(("http://", "https://")):
            raise UnreadableInputError("a web address, not a file; save the page in your browser first") from error
        raise UnreadableInputError(_describe_os_error(error)) from error
    except ValueError as error:  # a NUL in the path
        raise UnreadableInputError("not a valid path") from error


def _find_in_folder(folder: str) -> tuple[list[str], list[InputFailure]]:
    found: list[str] = []
    unreadable: list[InputFailure] = []

    def on_error(error: OSError) -> None:
        unreadable.append(InputFailure(str(error.filename), _describe_os_error(error)))

    for parent, folders, files in os.walk(folder, onerror=on_error):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names = sorted(name for name in files if not name.startswith("."))
        found += [path for name in names if _is_document(path := os.path.join(parent, name))]  # noqa: PTH118
    return found, unreadable


def _is_document(path: str) -> bool:
    """Return True if a file in a folder is read: by its suffix, or a mail of Maildir, Thunderbird or Apple Mail."""
    file = Path(path)
    suffix = file.suffix.lower()
    if suffix in DOCUMENT_SUFFIXES:
        return True
    if suffix and file.parent.name not in _MAILDIR_FOLDERS:
        return False
    from importai_tui.parse.mail import looks_like_mail

    try:
        with open_document(path) as opened:
            return looks_like_mail(opened.read(_SNIFFED_BYTES))
    except (OSError, UnreadableInputError):
        return False


def _read_limited(file: BinaryIO) -> bytes:
    """Return the whole file. Raises UnreadableInputError as soon as it is too large."""
    head = file.read(8)
    limit = MAX_CONTAINER_BYTES if head.startswith((b"From ", b"PK\x03\x04")) else MAX_DOCUMENT_BYTES
    data = head + file.read(limit)
    if len(data) > limit:
        raise UnreadableInputError(f"too large (more than {limit // 1_000_000} MB)")
    return data


def _describe_os_error(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "no such file"
        case PermissionError():
            return "permission denied"
        case _:
            return f"can't be read ({format_os_error(error)})"
