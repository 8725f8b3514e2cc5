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

from importai_tui.errors import UnreadableInputError
from importai_tui.model import GivenFacts

if TYPE_CHECKING:
    from importai_tui.parse.pipeline import ParseResult

STANDARD_INPUT = "-"

MAX_DOCUMENT_BYTES = 20_000_000
"""Bytes. The longest issue is under 1 MB with its page around it; more than this is no issue but would fill memory."""
MAX_CONTAINER_BYTES = 400_000_000
"""Bytes. Mailboxes and exports hold many pages; each of them is still held to what a page may have."""

DOCUMENT_SUFFIXES = frozenset({".html", ".htm", ".txt", ".md", ".markdown", ".eml", ".mbox", ".xml", ".json", ".zip"})
"""What is looked for in a folder. A file that is named outright may have any ending."""


@dataclass(frozen=True, slots=True)
class InputFailure:
    """An input that gave no issue. `reason` goes on from the path: "is empty"."""

    path: str
    reason: str


def find_documents(paths: Iterable[str]) -> tuple[list[str], list[InputFailure]]:
    """The documents that the paths name, folders searched through; and the folders that gave none."""
    documents: list[str] = []
    failures: list[InputFailure] = []
    for path in paths:
        if path == STANDARD_INPUT or not Path(path).is_dir():
            documents.append(path)
            continue
        found, closed = _find_in_folder(path)
        documents += found
        failures += closed
        if not found and not closed:
            failures.append(
                InputFailure(path, f"holds no file that could be an issue ({', '.join(sorted(DOCUMENT_SUFFIXES))})")
            )
    return documents, failures


def read_document(path: str) -> bytes:
    """The bytes of a document.

    Raises:
        UnreadableInput: there is none, or it is too large, or it is a pipe or a device; the reason goes on from
            the path.
    """
    if path == STANDARD_INPUT:
        return _read_limited(sys.stdin.buffer)
    with open_document(path) as file:
        try:
            return _read_limited(file)
        except OSError as error:
            raise UnreadableInputError(_describe_os_error(error)) from error


def open_document(path: str) -> BinaryIO:
    """A document that is a file, open. Raises UnreadableInput as `read_document` does, but for its size."""
    try:
        # Looked at before it is opened: opening a pipe waits, and opening a device may do anything.
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise UnreadableInputError(f'is no ordinary file; a pipe can be read as "{STANDARD_INPUT}"')
        # And should it be swapped for a pipe in between, this still does not wait.
        return os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")
    except OSError as error:
        raise UnreadableInputError(_describe_os_error(error)) from error
    except ValueError as error:  # a NUL in the path
        raise UnreadableInputError("is no path") from error


def _find_in_folder(folder: str) -> tuple[list[str], list[InputFailure]]:
    found: list[str] = []
    closed: list[InputFailure] = []

    def note(error: OSError) -> None:
        closed.append(InputFailure(str(error.filename), _describe_os_error(error)))

    for where, folders, files in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names = sorted(name for name in files if not name.startswith("."))
        found += [os.path.join(where, name) for name in names if Path(name).suffix.lower() in DOCUMENT_SUFFIXES]  # noqa: PTH118
    return found, closed


def _read_limited(file: BinaryIO) -> bytes:
    """The whole file, or UnreadableInput as soon as it proves too large."""
    head = file.read(8)
    limit = MAX_CONTAINER_BYTES if head.startswith((b"From ", b"PK\x03\x04")) else MAX_DOCUMENT_BYTES
    data = head + file.read(limit)
    if len(data) > limit:
        raise UnreadableInputError(f"is too large: more than {limit // 1_000_000} MB, which no issue is")
    return data


def _describe_os_error(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "is not there"
        case PermissionError():
            return "may not be read (no permission)"
        case _:
            return f"cannot be read: {(error.strerror or str(error)).lower()}"


def parse_pages(path: str, given_facts: GivenFacts) -> list[ParseResult]:
    """Every page of a document, each with its issue or the reason why it gave none.

    Raises:
        UnreadableInput: the document cannot be read, or holds several issues of which one number is said.
    """
    from importai_tui.parse.pipeline import parse_issues

    data = read_document(path)
    try:
        pages = list(parse_issues(data, Path(path).name, given_facts))
    except UnreadableInputError:
        raise
    except Exception as error:
        # A document can be anything; whatever it makes the parser stumble over must not lose the others.
        raise UnreadableInputError(f"cannot be understood ({type(error).__name__})") from error
    if not pages:
        raise UnreadableInputError("holds nothing")
    if given_facts and len(pages) > 1:
        raise UnreadableInputError(f"holds {len(pages)} pages, and --number, --title and --date are for one")
    return pages
