"""The folder that another program carries between machines, like a synced cloud folder.

Each machine appends to its own file and reads the files of all others. Any program may write there, so no name, size,
link or line is trusted. An error there never prevents a change from being stored here.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from pathlib import Path
from typing import BinaryIO

from importai_tui.errors import DatabaseError
from importai_tui.files import atomic_write, file_lock, flush_to_disk
from importai_tui.json_text import parse_json
from importai_tui.sqlite import Database
from importai_tui.state.backups import remove_stale_parts
from importai_tui.state.fields import Register, StoryName, to_timestamp
from importai_tui.state.integrity import correct_future_times
from importai_tui.state.journal import Journal
from importai_tui.state.jsonl import (
    MAX_LINE_BYTES,
    NEWER_VERSION_ERROR,
    ParsedLines,
    find_header_error,
    format_line,
    format_lines,
    parse_registers,
)
from importai_tui.state.schema import get_lock_path
from importai_tui.wording import format_os_error

_FILE_PREFIX, _FILE_SUFFIX = "importai-tui-", ".jsonl"
"""Prefix and suffix of the names of our files, and of conflict copies of them."""
MAX_FILES = 200
"""Files with this prefix that are read: those of a few machines, and the conflict copies of years."""
_MAX_OTHER_FILES = 100
"""Files with the suffix alone that are read, because a user may have renamed a copy."""
MAX_FILE_BYTES = 64 * 1024 * 1024
"""Larger files are not read. This is ten times the state of a user who has annotated every issue."""
_BATCH_LINES = 10_000
"""Lines merged in one transaction: a huge file then needs little memory and no long lock."""
_BATCH_BYTES = 8 * 1024 * 1024
_FINGERPRINT_BYTES = 512
"""Bytes at the start of a file and before an offset that identify the file that was read."""
_MAX_HEADER_BYTES = 4096
"""Our header has about a hundred bytes, but a foreign file may be one line of any length."""
_COMPACTION_FACTOR = 4
"""A file that is larger than needed by this factor is compacted. Every machine must then read it whole."""
_MIN_COMPACTION_BYTES = 64 * 1024
"""Smaller files are never compacted, because reading them takes no time."""
_REREAD_DELAY = timedelta(days=1)
"""Minimum time until a file is read again for lines whose time was not trusted."""
_WRITTEN_LINE_SETTING = "shared-told"
"""Setting with the id of the last journal line that is in our file."""
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class _FileOffset:
    """The offset up to which a file was read, with a fingerprint of the file."""

    offset: int = 0
    fingerprint: str = ""
    reread_at: str = ""
    """Time from which the file is read again, because earlier lines have a time that was not trusted; may be empty."""

    def to_json(self) -> str:
        """Return the offset as JSON, a list."""
        return json.dumps([self.offset, self.fingerprint, *([self.reread_at] if self.reread_at else [])])

    @classmethod
    def from_json(cls, text: str | None) -> _FileOffset:
        """Create an offset from JSON; the start of the file if the text is not valid."""
        try:
            offset, fingerprint, *reread_at = parse_json(text)
            return cls(int(offset), str(fingerprint), *map(str, reread_at[:1]))
        except (ValueError, TypeError):
            return cls()

    @classmethod
    def measure(cls, file: BinaryIO, offset: int, reread_at: str = "") -> _FileOffset:
        """Create an offset with the fingerprint of the file as it is now."""
        file.seek(0)
        digest = hashlib.blake2b(file.read(min(_FINGERPRINT_BYTES, offset)), digest_size=16)
        file.seek(max(0, offset - _FINGERPRINT_BYTES))
        digest.update(file.read(min(_FINGERPRINT_BYTES, offset)))
        return cls(offset, digest.hexdigest(), reread_at)

    def matches(self, file: BinaryIO) -> bool:
        """Return True if the file, up to the offset, is still the one that was read."""
        return self.offset > 0 and _FileOffset.measure(file, self.offset, self.reread_at) == self


class SharedFolder:
    """This machine's side of a shared folder."""

    def __init__(self, folder: Path, database: Database, journal: Journal, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._database, self._journal, self._now = database, journal, now
        self._own_path = folder / f"{_FILE_PREFIX}{journal.machine}{_FILE_SUFFIX}"
        self._seen_versions: dict[str, tuple[int, int]] = {}
        """Size and time of each file that was read, by its name."""
        self._written_line = -1
        self._problems: dict[str, str] = {}
        """A sentence about each file that could not be read completely, by its name."""
        self.error: str | None = None
        """A sentence that says why the last exchange was not complete; None if it was."""

    def exchange(self, *, at_start: bool = False) -> bool:
        """Read new changes of other machines and write new local ones. Never raises.

        Returns True if the local state may have changed. With `at_start`, wrong times are corrected and our file is
        compacted if needed.
        """
        try:
            before = self._journal.get_last_line_id()
            self.error = self._read_and_write(at_start=at_start) or min(self._problems.values(), default=None)
            return self._journal.get_last_line_id() != before
        except DatabaseError as error:
            self.error = str(error)
            return True  # changes may have been merged before the error

    def _read_and_write(self, *, at_start: bool) -> str | None:
        """Do the work of `exchange`; returns why the folder cannot be used, or None."""
        try:
            if at_start:
                correct_future_times(self._database, self._journal)
            self._read_all()
            self._write_own_changes(at_start)
        except OSError as error:
            reason = format_os_error(error)
            folder = _format_path(self._folder)
            return f"Can't use the shared folder {folder}: {reason}. Changes are kept here until it works again."
        return None

    def _read_all(self) -> None:
        names, too_many = _list_names(self._folder)
        too_many_files = (
            f"The shared folder {_format_path(self._folder)} has more than {MAX_FILES} files named "
            f"{_FILE_PREFIX}….jsonl, and not all of them are read. Remove those that aren't from your machines."
        )
        self._set_problem("", too_many_files if too_many else None)
        for removed in self._problems.keys() - {"", *names}:
            del self._problems[removed]
        for name in names:
            path = self._folder / name
            version = _get_size_and_time(path)
            if version and self._seen_versions.get(name) != version:
                self._merge_file(path)
                self._seen_versions[name] = version

    def _set_problem(self, name: str, problem: str | None) -> None:
        if problem:
            self._problems[name] = problem
        else:
            self._problems.pop(name, None)

    def _merge_file(self, path: Path) -> None:
        """Merge the new complete lines of one file."""
        try:
            file = _open_regular_file(path, "rb", follow=path != self._own_path)
        except OSError:  # removed just now, or no regular file
            return
        with file:
            saved = self._load_offset(path.name)
            is_due = bool(saved.reread_at) and saved.reread_at <= self._journal.get_time_limit()
            is_known = not is_due and saved.matches(file)
            error = None if is_known else _read_header_error(file)
            start = saved.offset if is_known else 0 if error else file.tell()
            self._set_problem(path.name, self._find_problem(path, file, error, start))
            if not is_known and path == self._own_path:
                self._written_line = -1  # another file replaced ours, so ours must be written again
            if not start or path.name in self._problems:
                return
            reread_at = saved.reread_at if is_known else ""
            end = start
            while batch := _read_whole_lines(file, end):
                parsed = ParsedLines()
                parse_registers(enumerate((_decode_line(line) for line, _ in batch), 1), parsed)
                self._journal.merge(parsed.registers, parsed.names, "shared")
                reread_at = self._get_reread_time(path, parsed.registers, reread_at)
                end = batch[-1][1]
            if (is_known and end != saved.offset) or (not is_known and path != self._own_path):
                self._save_offset(path.name, _FileOffset.measure(file, end, reread_at))

    def _find_problem(self, path: Path, file: BinaryIO, error: str | None, offset: int) -> str | None:
        """Return a sentence that says why a file with a valid name is not read, or None."""
        if error == NEWER_VERSION_ERROR:
            return f"{_format_path(path)} was written by a newer importai-tui. Upgrade this one to read it."
        if offset and os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
            size = MAX_FILE_BYTES // (1024 * 1024)
            return f"{_format_path(path)} is larger than {size} MB, so it isn't read. Remove it from the shared folder."
        return None

    def _get_reread_time(self, path: Path, registers: Sequence[Register], reread_at: str) -> str:
        """Report registers dated in the future, and return when the file must be read again to trust them."""
        limit = self._journal.get_time_limit()
        future = [register.at for register in registers if register.at > limit]
        if not future:
            return reread_at
        earliest = max(min(future), to_timestamp(self._now() + _REREAD_DELAY))
        self._set_problem(
            path.name,
            f"{_format_path(path)} has changes dated {max(future)[:10]}, in the future. They count as older "
            "than all others. Correct the clock of that machine.",
        )
        return min(earliest, reread_at) if reread_at else earliest

    def _write_own_changes(self, at_start: bool) -> None:
        """Append the changes since the last write to our file, or compact it."""
        last_line = self._journal.get_last_line_id()
        if last_line == self._written_line and _get_size_and_time(self._own_path) and not at_start:
            return
        with file_lock(get_lock_path(self._database.path)) as is_locked:
            if not is_locked:  # another window is writing, our changes included
                return
            if at_start:
                remove_stale_parts(_list_parts(self._folder, self._own_path.name))
            written_line = int(self._load_value(_WRITTEN_LINE_SETTING) or 0)
            if not self._is_intact() or (at_start and self._needs_compaction()):
                self._compact()
            elif last_line > written_line:
                self._append_registers(self._journal.get_unshared_registers(written_line))
            self._save_value(_WRITTEN_LINE_SETTING, str(last_line))
        self._written_line = last_line

    def _is_intact(self) -> bool:
        """Return True if our file is as this machine wrote it last."""
        try:
            with _open_regular_file(self._own_path, "rb", follow=False) as file:
                return self._load_offset(self._own_path.name).matches(file)
        except OSError:  # our file is gone, or replaced by a link or a folder
            return False

    def _needs_compaction(self) -> bool:
        size = self._own_path.stat().st_size
        return size > _MIN_COMPACTION_BYTES and size > _COMPACTION_FACTOR * self._journal.estimate_size()

    def _append_registers(self, registers: Sequence[tuple[Register, StoryName]]) -> None:
        if not registers:
            return
        lines = "".join(f"{format_line(register, name)}\n" for register, name in registers)
        with _open_regular_file(self._own_path, "r+b", follow=False) as file:
            end = _find_end_of_lines(file)
            # A line that a crash has cut off is written again, because `_WRITTEN_LINE_SETTING` is saved last.
            file.truncate(end)
            file.seek(end)
            file.write(lines.encode())
            file.flush()
            flush_to_disk(file.fileno())
            self._save_own_offset(file)

    def _compact(self) -> None:
        """Rewrite our file with one line for each register."""
        registers, now = self._journal.get_own_registers(), to_timestamp(self._now())
        with atomic_write(self._own_path) as file:
            file.writelines(f"{line}\n".encode() for line in format_lines(registers, self._journal.machine, now))
            file.flush()
            # Saved before the file is replaced: if that fails, the offset does not match and the file is rewritten.
            self._save_own_offset(file)

    def _save_own_offset(self, file: BinaryIO) -> None:
        """Mark our file as read to its end, because its lines are stored here already."""
        end = file.seek(0, os.SEEK_END)
        self._save_offset(self._own_path.name, _FileOffset.measure(file, end))
        status = os.fstat(file.fileno())
        self._seen_versions[self._own_path.name] = (status.st_size, status.st_mtime_ns)

    def _load_offset(self, name: str) -> _FileOffset:
        return _FileOffset.from_json(self._load_value(self._get_offset_setting(name)))

    def _save_offset(self, name: str, offset: _FileOffset) -> None:
        self._save_value(self._get_offset_setting(name), offset.to_json())

    def _get_offset_setting(self, name: str) -> str:
        return f"shared-spot:{_format_path(self._folder / name)}"

    def _load_value(self, name: str) -> str | None:
        rows = self._database.query("SELECT value FROM setting WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def _save_value(self, name: str, value: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))


def _format_path(path: Path) -> str:
    """Return a path as text that can be stored and printed, even if it is not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _list_names(folder: Path) -> tuple[list[str], bool]:
    """Return the names of files to read, and True if there are too many of ours.

    Only names are checked, so that thousands of other files in the folder cost no time.
    """
    names = [name for name in os.listdir(folder) if name.endswith(_FILE_SUFFIX)]  # noqa: PTH208 - a path each is slow
    # A machine's own file has a shorter name than its conflict copies, so it comes first.
    ours = sorted((name for name in names if name.startswith(_FILE_PREFIX)), key=lambda name: (len(name), name))
    others = nsmallest(_MAX_OTHER_FILES, (name for name in names if not name.startswith(_FILE_PREFIX)))
    return [*ours[:MAX_FILES], *others], len(ours) > MAX_FILES


def _get_size_and_time(path: Path) -> tuple[int, int] | None:
    """Return a file's size and the time of its last change; None if it is no regular file or does not exist."""
    try:
        status = path.stat()
    except OSError:  # removed just now, or a broken link
        return None
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def _open_regular_file(path: Path, mode: str, *, follow: bool) -> BinaryIO:
    """Open an existing file in mode "rb" or "r+b"; never waits, even if there is a pipe at the path.

    Raises:
        OSError: there is no regular file, or there is a link and `follow` is not set.
    """
    flags = (os.O_RDONLY if mode == "rb" else os.O_RDWR) | _NO_WAIT | (0 if follow else _NO_FOLLOW)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return open(descriptor, mode)  # type: ignore[return-value]  # noqa: PTH123 - it is a number


def _read_header_error(file: BinaryIO) -> str | None:
    """Read the first line; return a sentence if it is no valid or complete header."""
    file.seek(0)
    header = file.readline(_MAX_HEADER_BYTES)
    return find_header_error(_decode_line(header)) if header.endswith(b"\n") else "The first line is incomplete."


def _decode_line(line: bytes) -> str:
    """Return the line as text. A line that is not UTF-8 becomes an invalid line, not one with another text."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"


def _read_whole_lines(file: BinaryIO, offset: int) -> list[tuple[bytes, int]]:
    """Return the next complete lines, each with the offset of its end; lines that are too long are cut.

    A last line without a line end is not returned until it is too long to become a valid line.
    """
    file.seek(offset)
    lines: list[tuple[bytes, int]] = []
    size = 0
    while len(lines) < _BATCH_LINES and size < _BATCH_BYTES and (line := file.readline(MAX_LINE_BYTES + 1)):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES)
        if not rest and len(line) <= MAX_LINE_BYTES:
            break
        lines.append((line, file.tell()))
        size += len(line)
    return lines


def _find_end_of_lines(file: BinaryIO) -> int:
    """Return the offset of the end of the last complete line."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _FINGERPRINT_BYTES)
        file.seek(start)
        position = file.read(end - start).rfind(b"\n")
        if position >= 0:
            return start + position + 1
        end = start
    return 0


def _list_parts(folder: Path, own: str) -> Iterator[Path]:
    """Yield half-written versions of the file named `own`, which killed processes left in the folder."""
    for name in os.listdir(folder):  # noqa: PTH208 - a path each is slow
        if name.startswith(f".{own}.") and name.endswith(".part"):
            yield folder / name
