"""Notes and comments that the user edits in an editor of their own: each in a file that survives a crash.

A file is in a private folder of its own, together with the name of the note and its stored text. The folder is removed
once the note is saved. What a crash leaves is found at the next start.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from importai_tui.errors import ReaderError
from importai_tui.files import create_private_file, file_lock, make_private_folder
from importai_tui.parse.clean import clean_text
from importai_tui.state.values import MAX_TEXT_LENGTH
from importai_tui.tui.reading.drafts import Draft, DraftTarget, get_draft_folder
from importai_tui.wording import format_os_error

_PREFIX = "note-"
_TARGET, _LOCK = "target.json", "lock"
_MAX_BYTES = 4 * MAX_TEXT_LENGTH
"""Bytes of the longest text that can be saved, in UTF-8."""
_MAX_NAME = 30
_MAX_AGE = 24 * 3600.0
"""Seconds for which an unchanged file is kept: an editor in a window of its own may still have it open."""


class DraftFileError(ReaderError):
    """The file of a note cannot be written or read."""


class DraftFile(NamedTuple):
    """A note or a comment in a file."""

    path: Path
    """The text. No other file in its folder ends in `.md`, except what the editor makes."""
    target: DraftTarget
    original: str
    """The stored text when the user began to write."""

    def read(self) -> str:
        """Return the text, cleaned: it will be drawn.

        Raises:
            DraftFileError: it cannot be read, or is too long to be a note.
        """
        text = None
        try:
            status = self.path.stat()
            if not S_ISREG(status.st_mode):  # reading a pipe would wait for ever
                raise DraftFileError(f"{self.path} is not a file any more")
            if status.st_size <= _MAX_BYTES:
                text = clean_text(self.path.read_bytes().decode("utf-8-sig", "replace")).strip()
        except OSError as error:
            raise DraftFileError(f"Can't read {self.path}: {format_os_error(error)}") from error
        if text is None or len(text) > MAX_TEXT_LENGTH:
            raise DraftFileError(f"The text is too long; the limit is {MAX_TEXT_LENGTH:,} characters")
        return text

    def remove(self) -> None:
        """Remove the file and its folders; what cannot be removed stays."""
        shutil.rmtree(self.path.parent, ignore_errors=True)
        with suppress(OSError):  # there are files of other notes
            self.path.parent.parent.rmdir()

    def abandon(self) -> Path:
        """Leave the file to the user: it is not saved at the next start any more. Return its path."""
        with suppress(OSError):
            self.path.with_name(_TARGET).unlink()
        return self.path


@contextmanager
def open_draft_file(state: Path, target: DraftTarget, text: str, original: str, name: str) -> Iterator[DraftFile]:
    """Write a text to a file; while the block runs, no other window takes the file for the rest of a crash.

    Args:
        state: the file of the reading state.
        target: the note or comment.
        text: the text at first.
        original: the stored text.
        name: words for the name of the file, which the editor shows.

    Raises:
        DraftFileError: the file cannot be written.
    """
    folder = get_draft_folder(state)
    own = None
    with ExitStack() as stack:
        try:
            make_private_folder(folder)
            own = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
            stack.enter_context(_lock_folder(own))
            path = own / f"{_make_name(name)}.md"
            with create_private_file(path) as file:
                file.write(f"{text}\n".encode() if text else b"")
            with create_private_file(own / _TARGET) as file:
                file.write(target.to_json(original).encode())
        except OSError as error:
            if own:
                shutil.rmtree(own, ignore_errors=True)
            raise DraftFileError(f"Can't write to {folder}: {format_os_error(error)}") from error
        yield DraftFile(path, target, original)


def find_left_drafts(state: Path) -> Iterator[tuple[DraftFile, Draft]]:
    """Yield the changed files that a crash, or an editor that did not wait, has left, each with its text.

    Unchanged ones, and emptied ones, are removed after a day: nobody was asked whether to delete the note. Files that
    another window uses are not touched.
    """
    for path in sorted(get_draft_folder(state).glob(f"{_PREFIX}*/{_TARGET}")):
        with ExitStack() as stack:
            try:
                is_free = stack.enter_context(_lock_folder(path.parent))
                found = DraftTarget.from_json(path.read_text(encoding="utf-8"))
                text = next(path.parent.glob("[!.]*.md"), None)
                if not (is_free and found and text):
                    continue
                target, original = found
                file = DraftFile(text, target, original)
                draft = Draft(file.read(), original)
                is_old = time.time() - path.stat().st_mtime > _MAX_AGE
            except (OSError, ReaderError, ValueError):
                continue
            if draft.text and draft.text != original.strip():
                yield file, draft
            elif is_old:
                file.remove()


@contextmanager
def _lock_folder(folder: Path) -> Iterator[bool]:
    """Lock the folder of a file; the value is False if another window has the lock."""
    with file_lock(folder / _LOCK) as is_free:
        yield is_free
    with suppress(OSError):  # on Windows the lock file was in use when the folder was removed
        if [path.name for path in folder.iterdir()] == [_LOCK]:
            shutil.rmtree(folder)


def _make_name(words: str) -> str:
    """Return the words as a name that is safe on every file system."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower())[:_MAX_NAME].strip("-") or "note"
