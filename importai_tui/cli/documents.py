"""The documents that paths name: which files of a folder may be issues, and their bytes, whatever lies at a path.

The pages of a document, each understood or refused; nothing that is in a file leaves here as a traceback.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from importai_tui.errors import UnreadableInput
from importai_tui.model import Told

if TYPE_CHECKING:
    from importai_tui.parse.pipeline import Parsed

STANDARD_INPUT = "-"

LARGEST_DOCUMENT = 20_000_000
"""Bytes. The longest issue is under 1 MB with its page around it; more than this is no issue but would fill memory."""
LARGEST_CONTAINER = 400_000_000
"""Bytes. Mailboxes and exports hold many pages; each of them is still held to what a page may have."""

ENDINGS = frozenset({".html", ".htm", ".txt", ".md", ".markdown", ".eml", ".mbox", ".xml", ".json", ".zip"})
"""What is looked for in a folder. A file that is named outright may have any ending."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that gave no issue. `reason` goes on from the path: "is empty"."""

    path: str
    reason: str


def find_documents(paths: Iterable[str]) -> tuple[list[str], list[Failure]]:
    """The documents that the paths name, folders searched through; and the folders that gave none."""
    documents: list[str] = []
    failures: list[Failure] = []
    for path in paths:
        if path == STANDARD_INPUT or not Path(path).is_dir():
            documents.append(path)
            continue
        found, closed = _search(path)
        documents += found
        failures += closed
        if not found and not closed:
            failures.append(Failure(path, f"holds no file that could be an issue ({', '.join(sorted(ENDINGS))})"))
    return documents, failures


def read_document(path: str) -> bytes:
    """The bytes of a document.

    Raises:
        UnreadableInput: there is none, or it is too large, or it is a pipe or a device; the reason goes on from
            the path.
    """
    if path == STANDARD_INPUT:
        return _read(sys.stdin.buffer)
    with open_document(path) as file:
        try:
            return _read(file)
        except OSError as error:
            raise UnreadableInput(_reason(error)) from error


def open_document(path: str) -> BinaryIO:
    """A document that is a file, open. Raises UnreadableInput as `read_document` does, but for its size."""
    try:
        # Looked at before it is opened: opening a pipe waits, and opening a device may do anything.
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise UnreadableInput(f'is no ordinary file; a pipe can be read as "{STANDARD_INPUT}"')
        # And should it be swapped for a pipe in between, this still does not wait.
        return os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")
    except OSError as error:
        raise UnreadableInput(_reason(error)) from error
    except ValueError as error:  # a NUL in the path
        raise UnreadableInput("is no path") from error


def _search(folder: str) -> tuple[list[str], list[Failure]]:
    found: list[str] = []
    closed: list[Failure] = []

    def note(error: OSError) -> None:
        closed.append(Failure(str(error.filename), _reason(error)))

    for where, folders, files in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names = sorted(name for name in files if not name.startswith("."))
        found += [os.path.join(where, name) for name in names if Path(name).suffix.lower() in ENDINGS]  # noqa: PTH118
    return found, closed


def _read(file: BinaryIO) -> bytes:
    """The whole file, or UnreadableInput as soon as it proves too large."""
    head = file.read(8)
    limit = LARGEST_CONTAINER if head.startswith((b"From ", b"PK\x03\x04")) else LARGEST_DOCUMENT
    data = head + file.read(limit)
    if len(data) > limit:
        raise UnreadableInput(f"is too large: more than {limit // 1_000_000} MB, which no issue is")
    return data


def _reason(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "is not there"
        case PermissionError():
            return "may not be read (no permission)"
        case _:
            return f"cannot be read: {(error.strerror or str(error)).lower()}"


def pages_of(path: str, said: Told) -> list[Parsed]:
    """Every page of a document, each with its issue or the reason why it gave none.

    Raises:
        UnreadableInput: the document cannot be read, or holds several issues of which one number is said.
    """
    from importai_tui.parse.pipeline import parse_issues

    data = read_document(path)
    try:
        pages = list(parse_issues(data, Path(path).name, said))
    except UnreadableInput:
        raise
    except Exception as error:
        # A document can be anything; whatever it makes the parser stumble over must not lose the others.
        raise UnreadableInput(f"cannot be understood ({type(error).__name__})") from error
    if not pages:
        raise UnreadableInput("holds nothing")
    if said and len(pages) > 1:
        raise UnreadableInput(f"holds {len(pages)} pages, and --number, --title and --date are for one")
    return pages
