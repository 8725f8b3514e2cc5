"""Writes a file for each story with notes into a folder. Only unchanged files of the program are replaced."""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.errors import ReaderError
from importai_tui.files import atomic_write, is_same_path, make_private_folder
from importai_tui.output.annotated_stories import AnnotatedStory
from importai_tui.output.console import format_path
from importai_tui.output.note_files import NoteFile, fold_name, format_note_file, make_note_name, parse_note_file
from importai_tui.wording import format_os_error, plural

if TYPE_CHECKING:
    from importai_tui.library.library import Library
    from importai_tui.paths import Places

_SUFFIX = ".md"
_MAX_FILE_BYTES = 20_000_000
"""A larger file is not one of ours."""
_WRITERS = 16
_MAX_NAMED = 5
"""Files of one kind that the summary names."""
_PART = re.compile(r"\..{1,52}\.\d+\.[0-9a-f]{8}\.part", re.DOTALL)
"""The names of half-written files (`files.atomic_write`), which a killed run leaves behind."""
_PART_SECONDS = 3600
"""An older half-written file is not one of a run on another computer."""
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(slots=True)
class FolderReport:
    """The result of writing a folder; each list has names of files."""

    folder: str
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    """Files that were kept because the user has edited them."""
    without_story: list[str] = field(default_factory=list)
    """Files that were kept although their stories have no notes any more."""
    failed: list[str] = field(default_factory=list)
    """Files that could not be written, each with the reason."""

    @property
    def lines(self) -> list[str]:
        """The summary for the user."""
        written = len(self.new) + len(self.changed)
        unchanged = f" ({len(self.unchanged):,} unchanged)" if self.unchanged else ""
        parts = [f"{len(names):,} {kind}" for names, kind in ((self.new, "new"), (self.changed, "changed")) if names]
        if written:
            lines = [f"Wrote {plural(written, 'file')} to {self.folder}: {', '.join(parts)}{unchanged}"]
        elif self.unchanged:
            lines = [
                f"Nothing to write: {plural(len(self.unchanged), 'file is', 'files are')} up to date in {self.folder}"
            ]
        else:
            lines = [f"Wrote no files to {self.folder}"]
        if self.edited:
            lines.append(f"Kept {plural(len(self.edited), 'file')} that you edited: {_format_names(self.edited)}")
        if self.without_story:
            noun = plural(len(self.without_story), "file of a story", "files of stories")
            lines.append(f"Kept {noun} without notes now: {_format_names(self.without_story)}")
        if self.failed:
            lines.append(f"Can't write {plural(len(self.failed), 'file')}: {_format_names(self.failed)}")
        return lines


def write_note_files(library: Library, places: Places, folder: Path, stories: Iterable[AnnotatedStory]) -> FolderReport:
    """Write the file of each story, each atomically. A file is found by the story's key, so users may rename it.

    Args:
        library: has the stories.
        places: the files of the program itself; the folder may not be among them.
        folder: the folder, which is made if there is none. Nothing outside of it is read or written.
        stories: the stories with notes.

    Raises:
        ReaderError: the folder cannot be used.
    """
    name = format_path(folder)
    try:
        if _is_own_folder(places, folder):
            raise ReaderError(f"{name} belongs to importai-tui itself. Choose another folder.")
        target = Path(os.path.realpath(folder))
        make_private_folder(target)
        writer = _FolderWriter(library, target, FolderReport(name))
    except NotADirectoryError as error:
        raise ReaderError(f"{name} is not a folder. Choose another name.") from error
    except OSError as error:
        reason = format_os_error(error)
        raise ReaderError(f"Can't use {name}: {reason}. Choose another folder.") from error
    except ValueError as error:  # a NUL character
        raise ReaderError(f"{name} is not a valid folder name.") from error
    return writer.write_all(stories)


class _FolderWriter:
    def __init__(self, library: Library, folder: Path, report: FolderReport) -> None:
        self._library = library
        self._folder = folder
        self._report = report
        self._taken: set[str] = set()
        """The names of everything in the folder, in the form in which file systems compare them."""
        self._files: dict[str, tuple[str, NoteFile]] = {}
        """Files by their key. If there are copies, an unchanged one comes before an edited one."""
        self._read_folder()

    def write_all(self, stories: Iterable[AnnotatedStory]) -> FolderReport:
        """Write the files of all stories."""
        stories = [*stories]
        self._follow_keys({story.state.key for story in stories})
        # Several threads, because each file waits for the disk, which takes ten times as long one after another.
        pool = ThreadPoolExecutor(_WRITERS)
        try:
            for outcome in [pool.submit(job) for job in map(self._prepare, stories) if job]:
                outcome.result()
        finally:
            pool.shutdown(cancel_futures=True)
        self._report.failed.sort()
        self._report.without_story = sorted(name for name, file in self._files.values() if file.has_mark)
        return self._report

    def _read_folder(self) -> None:
        with os.scandir(self._folder) as entries:
            names = sorted(entry.name for entry in entries)
        self._taken = set(map(fold_name, names))
        for name in names:
            if _PART.fullmatch(name):
                _remove_old_part(self._folder / name)
            if name.lower().endswith(_SUFFIX) and (text := _read_text(self._folder / name)) is not None:
                file = parse_note_file(text)
                if file and (file.key not in self._files or self._files[file.key][1].is_edited > file.is_edited):
                    self._files[file.key] = name, file

    def _follow_keys(self, keys: set[str]) -> None:
        """Find the present key of a story whose key has changed since its file was written."""
        for old_key in self._files.keys() - keys:
            for key in self._library.state.get_successor_keys(old_key):
                if key in keys and key not in self._files:
                    self._files[key] = self._files.pop(old_key)
                    break

    def _prepare(self, story: AnnotatedStory) -> Callable[[], None] | None:
        """Return a function that writes the file of a story; None if there is nothing to write."""
        text = format_note_file(story, story.load_story(self._library))
        if not (found := self._files.pop(story.state.key, None)):
            # The file of the story may be one that cannot be read now; a second one would stay beside it.
            usual = f"{make_note_name(story)}{_SUFFIX}"
            if fold_name(usual) in self._taken and (reason := _find_read_error(self._folder / usual)):
                self._report.failed.append(f"{usual} ({reason})")
                return None
            return partial(self._replace, self._make_name(story), text, self._report.new)
        name = found[0]
        # Read again, because the user may have saved the file since the folder was read.
        present = _read_text(self._folder / name)
        file = parse_note_file(present) if present else None
        if not file or file.is_edited:
            self._report.edited.append(name)
        elif present == text:
            self._report.unchanged.append(name)
        else:
            return partial(self._replace, name, text, self._report.changed)
        return None

    def _replace(self, name: str, text: str, done: list[str]) -> None:
        """Write a file, and add its name to `done`, or to the failed ones."""
        path = self._folder / name
        try:
            if done is self._report.new and os.path.lexists(path):
                if _read_text(path) == text:  # another run has just written it
                    self._report.unchanged.append(name)
                    return
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            with atomic_write(path) as file:
                file.write(text.encode())
            done.append(name)
        except OSError as error:
            self._report.failed.append(f"{name} ({format_os_error(error)})")

    def _make_name(self, story: AnnotatedStory) -> str:
        stem = make_note_name(story)
        name, n = f"{stem}{_SUFFIX}", 1
        while fold_name(name) in self._taken:
            n += 1
            name = f"{stem} {n}{_SUFFIX}"
        self._taken.add(fold_name(name))
        return name


def _is_own_folder(places: Places, folder: Path) -> bool:
    """Return True for a folder of the program, and for one inside it. Raises ValueError for an impossible name."""
    target = Path(os.path.realpath(folder))
    own_folders = (places.cache_folder, places.data_folder, places.config_folder)
    return any(is_same_path(folder, own) for folder in (target, *target.parents) for own in own_folders)


def _remove_old_part(path: Path) -> None:
    with suppress(OSError):
        status = path.lstat()
        if stat.S_ISREG(status.st_mode) and time.time() - status.st_mtime > _PART_SECONDS:
            path.unlink()


def _find_read_error(path: Path) -> str:
    """Return why a regular file cannot be read, such as one that a synced folder has only online; empty if it can."""
    try:
        if stat.S_ISREG(path.lstat().st_mode):
            with path.open("rb") as file:
                file.read(1)
    except FileNotFoundError:  # its name has another case
        return ""
    except OSError as error:
        return format_os_error(error)
    return ""


def _read_text(path: Path) -> str | None:
    """Read a file with Unix line ends; None if it is a link, not a regular file, too large, or not text."""
    try:
        opened = os.open(path, _READ_FLAGS)
        with os.fdopen(opened, "rb") as file:
            status = os.fstat(opened)
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_FILE_BYTES:
                return None
            return file.read(_MAX_FILE_BYTES).decode().replace("\r\n", "\n")
    except (OSError, ValueError):
        return None


def _format_names(names: list[str]) -> str:
    more = f" and {len(names) - _MAX_NAMED:,} more" if len(names) > _MAX_NAMED else ""
    return ", ".join(map(format_path, names[:_MAX_NAMED])) + more
