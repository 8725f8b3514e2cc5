"""A folder that something else carries between machines: each appends to its own file and reads all the others'.

No file there is trusted, and nothing that goes wrong there stops a change from being kept here.

The files of a shared folder: which are looked at, how far each was read, and bounds for all that is read.

Anything may write there, so no name, size, link or line is trusted.
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
from importai_tui.files import atomic_write, file_lock
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

FILE_PREFIX, FILE_SUFFIX = "importai-tui-", ".jsonl"
"""What the names of our files, and of conflict copies of them, begin and end with."""
MAX_FILES = 200
"""Files with such a name that are read: some of a few machines, and all conflict copies of years."""
_MAX_OTHER_FILES = 100
"""Files with another name before the ending that are looked at, for copies that a person has renamed."""
MAX_FILE_BYTES = 64 * 1024 * 1024
"""Bytes of a file that is read: ten times the state of a reader who has annotated every issue."""
_BATCH_LINES = 10_000
"""Lines merged at once: enough to be quick, few enough that a huge file costs no memory and no long lock."""
_BATCH_BYTES = 8 * 1024 * 1024
_FINGERPRINT_BYTES = 512
"""Bytes at the beginning and before a spot that tell whether a file is still the one that was read."""
_MAX_HEADER_BYTES = 4096
"""Bytes of a first line; ours has about a hundred, and a foreign file may be one line of any length."""
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class FileOffset:
    """How far a file has been read, and what was there."""

    offset: int = 0
    fingerprint: str = ""
    reread_at: str = ""
    """Lines before the offset have a time that was not believed: from this time on the file is read again."""

    def to_json(self) -> str:
        """Return the spot as it is stored."""
        return json.dumps([self.offset, self.fingerprint, *([self.reread_at] if self.reread_at else [])])

    @classmethod
    def from_json(cls, written: str | None) -> FileOffset:
        """Return the stored spot; the beginning of the file where the text is none."""
        try:
            offset, print_, *due = parse_json(written)
            return cls(int(offset), str(print_), *map(str, due[:1]))
        except (ValueError, TypeError):
            return cls()

    @classmethod
    def measure(cls, file: BinaryIO, offset: int, due: str = "") -> FileOffset:
        """Return the spot at that offset of the file as it is now."""
        file.seek(0)
        seen = hashlib.blake2b(file.read(min(_FINGERPRINT_BYTES, offset)), digest_size=16)
        file.seek(max(0, offset - _FINGERPRINT_BYTES))
        seen.update(file.read(min(_FINGERPRINT_BYTES, offset)))
        return cls(offset, seen.hexdigest(), due)

    def matches(self, file: BinaryIO) -> bool:
        """Tell whether the file, up to here, is still the one that was read."""
        return self.offset > 0 and FileOffset.measure(file, self.offset, self.reread_at) == self


def format_path(path: Path) -> str:
    """Return a path as text that can be stored and printed, where it is not UTF-8 too."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def list_names(folder: Path) -> tuple[list[str], bool]:
    """Return the names that may be those of machines, and whether there are too many of them.

    The names alone are looked at, so a folder with thousands of other files costs nothing.
    """
    names = [name for name in os.listdir(folder) if name.endswith(FILE_SUFFIX)]  # noqa: PTH208 - a path each is slow
    # A machine's own file is shorter than its conflict copies, so it comes first.
    ours = sorted((name for name in names if name.startswith(FILE_PREFIX)), key=lambda name: (len(name), name))
    others = nsmallest(_MAX_OTHER_FILES, (name for name in names if not name.startswith(FILE_PREFIX)))
    return [*ours[:MAX_FILES], *others], len(ours) > MAX_FILES


def get_size_and_time(path: Path) -> tuple[int, int] | None:
    """Return the size of a file and the time of its last change; None where it is no file, or gone."""
    try:
        found = path.stat()
    except OSError:  # removed just now, or a link that leads nowhere
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def open_regular_file(path: Path, mode: str, *, follow: bool) -> BinaryIO:
    """Open a file that is there, "rb" or "r+b", without waiting for whatever may be in its place.

    Raises:
        OSError: it is gone, no file, or a link where links are not followed.
    """
    flags = (os.O_RDONLY if mode == "rb" else os.O_RDWR) | _NO_WAIT | (0 if follow else _NO_FOLLOW)
    opened = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise OSError(errno.EINVAL, "it is no file", str(path))
    return open(opened, mode)  # type: ignore[return-value]  # noqa: PTH123 - it is a number


def read_header_error(file: BinaryIO) -> str | None:
    """Read the first line and say why it is not one of ours, or not whole."""
    file.seek(0)
    head = file.readline(_MAX_HEADER_BYTES)
    return find_header_error(decode_line(head)) if head.endswith(b"\n") else "It is not whole."


def decode_line(line: bytes) -> str:
    """Return the line as text; one that is no UTF-8 as no line, rather than one with another text."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"


def read_whole_lines(file: BinaryIO, offset: int) -> list[tuple[bytes, int]]:
    """Return the next lines that have an end, each with the offset behind it; of a line too long only its beginning.

    A last line without an end is left for later, as long as it may still become a line.
    """
    file.seek(offset)
    lines: list[tuple[bytes, int]] = []
    held = 0
    while len(lines) < _BATCH_LINES and held < _BATCH_BYTES and (line := file.readline(MAX_LINE_BYTES + 1)):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES)
        if not rest and len(line) <= MAX_LINE_BYTES:
            break
        lines.append((line, file.tell()))
        held += len(line)
    return lines


def find_end_of_lines(file: BinaryIO) -> int:
    """Return the offset behind the last line that has an end."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _FINGERPRINT_BYTES)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def list_parts(folder: Path, own: str) -> Iterator[Path]:
    """Yield the unfinished files of ours in the folder, from processes that were killed; `own` is our file's name."""
    for name in os.listdir(folder):  # noqa: PTH208 - a path each is slow
        if name.startswith(f".{own}.") and name.endswith(".part"):
            yield folder / name


_COMPACTION_FACTOR = 4
"""So many times larger than needed makes a file worth writing anew, which every machine must then read whole."""
_MIN_COMPACTION_BYTES = 64 * 1024
"""Bytes; below that a file is never worth writing anew: it is read in no time."""
_WRITTEN_LINE_SETTING = "shared-told"
"""The setting that holds the journal's last line that our file there has."""
_REREAD_DELAY = timedelta(days=1)
"""The least time until a file is read again for lines whose time was not believed."""


class SharedFolder:
    """This machine's side of a shared folder."""

    def __init__(self, folder: Path, database: Database, journal: Journal, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._database, self._journal, self._now = database, journal, now
        self._own_path = folder / f"{FILE_PREFIX}{journal.machine}{FILE_SUFFIX}"
        self._seen_versions: dict[str, tuple[int, int]] = {}
        self._written_line = -1
        self._problems: dict[str, str] = {}
        """A sentence for each file that cannot be read whole, by its name."""
        self.error: str | None = None
        """Why the last exchange was not whole, a sentence; None where it was."""

    def exchange(self, *, at_start: bool = False) -> bool:
        """Read what is new of the others', and tell what is new here; whether something changed here. Never raises.

        Args:
            at_start: also correct times and look whether our file is worth writing anew.
        """
        try:
            before = self._journal.get_last_line_id()
            self.error = self._read_and_write(at_start=at_start) or min(self._problems.values(), default=None)
            return self._journal.get_last_line_id() != before
        except DatabaseError as trouble:
            self.error = str(trouble)
            return True  # what was merged before that is followed too

    def _read_and_write(self, *, at_start: bool) -> str | None:
        """Do what `exchange` does; returns why the folder cannot be used, None where it can."""
        try:
            if at_start:
                correct_future_times(self._database, self._journal)
            self._read_all()
            self._write_own_changes(at_start)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            folder = format_path(self._folder)
            return f"The shared folder {folder} cannot be used: {reason}. What is new waits here until it can."
        return None

    def _read_all(self) -> None:
        names, too_many = list_names(self._folder)
        self._set_problem("", self._format_too_many() if too_many else None)
        for gone in self._problems.keys() - {"", *names}:
            del self._problems[gone]
        for name in names:
            path = self._folder / name
            state = get_size_and_time(path)
            if state and self._seen_versions.get(name) != state:
                self._merge_file(path)
                self._seen_versions[name] = state

    def _format_too_many(self) -> str:
        return (
            f"The shared folder {format_path(self._folder)} has more than {MAX_FILES} files named "
            f"{FILE_PREFIX}….jsonl, and "
            "not all of them are read. Remove those that belong to no machine of yours."
        )

    def _set_problem(self, name: str, problem: str | None) -> None:
        if problem:
            self._problems[name] = problem
        else:
            self._problems.pop(name, None)

    def _merge_file(self, path: Path) -> None:
        """Merge what is new of one file, as far as its lines are whole."""
        try:
            file = open_regular_file(path, "rb", follow=path != self._own_path)
        except OSError:  # gone again, or none of our business
            return
        with file:
            spot = self._load_offset(path.name)
            is_due = bool(spot.reread_at) and spot.reread_at <= self._journal.get_time_limit()
            known = not is_due and spot.matches(file)
            fault = None if known else read_header_error(file)
            offset = spot.offset if known else 0 if fault else file.tell()
            self._set_problem(path.name, self._find_problem(path, file, fault, offset))
            if not known and path == self._own_path:
                self._written_line = -1  # something has taken the place of our file, so ours must be written again
            if not offset or path.name in self._problems:
                return
            due = spot.reread_at if known else ""
            end = offset
            while batch := read_whole_lines(file, end):
                told = ParsedLines()
                parse_registers(enumerate((decode_line(line) for line, _ in batch), 1), told)
                self._journal.merge(told.registers, told.names, "shared")
                due = self._get_reread_time(path, told.registers, due)
                end = batch[-1][1]
            if (known and end != spot.offset) or (not known and path != self._own_path):
                self._save_offset(path.name, FileOffset.measure(file, end, due))

    def _find_problem(self, path: Path, file: BinaryIO, fault: str | None, offset: int) -> str | None:
        """Say why one of our files is not read."""
        if fault == NEWER_VERSION_ERROR:
            return (
                f"{format_path(path)} was written by a newer importai-tui. Upgrade this one to read what is new there."
            )
        if offset and os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
            size = MAX_FILE_BYTES // (1024 * 1024)
            return f"{format_path(path)} is larger than {size} MB, so it is not read. Remove it from the shared folder."
        return None

    def _get_reread_time(self, path: Path, registers: Sequence[Register], due: str) -> str:
        """Report registers from the future, and return when the file must be read again, as these may count by then."""
        limit = self._journal.get_time_limit()
        ahead = [register.at for register in registers if register.at > limit]
        if not ahead:
            return due
        first = max(min(ahead), to_timestamp(self._now() + _REREAD_DELAY))
        self._set_problem(
            path.name,
            f"{format_path(path)} has changes that are dated {max(ahead)[:10]}, in the future. They count as older "
            "than all others. Set the clock of that machine right.",
        )
        return min(first, due) if due else first

    def _write_own_changes(self, at_start: bool) -> None:
        """Append what has changed here since our file was last written, or write it anew."""
        last = self._journal.get_last_line_id()
        if last == self._written_line and get_size_and_time(self._own_path) and not at_start:
            return
        with file_lock(get_lock_path(self._database.path)) as free:
            if not free:  # another window is telling, and tells ours too
                return
            if at_start:
                remove_stale_parts(list_parts(self._folder, self._own_path.name))
            told = int(self._load_value(_WRITTEN_LINE_SETTING) or 0)
            if not self._is_intact() or (at_start and self._needs_compaction()):
                self._compact()
            elif last > told:
                self._append_registers(self._journal.get_unshared_registers(told))
            self._save_value(_WRITTEN_LINE_SETTING, str(last))
        self._written_line = last

    def _is_intact(self) -> bool:
        try:
            with open_regular_file(self._own_path, "rb", follow=False) as file:
                return self._load_offset(self._own_path.name).matches(file)
        except OSError:  # gone, or a link or a folder that something has put there
            return False

    def _needs_compaction(self) -> bool:
        size = self._own_path.stat().st_size
        return size > _MIN_COMPACTION_BYTES and size > _COMPACTION_FACTOR * self._journal.estimate_size()

    def _format_own_lines(self) -> Iterator[str]:
        return format_lines(self._journal.get_own_registers(), self._journal.machine, to_timestamp(self._now()))

    def _append_registers(self, registers: Sequence[tuple[Register, StoryName]]) -> None:
        if not registers:
            return
        lines = "".join(f"{format_line(register, name)}\n" for register, name in registers)
        with open_regular_file(self._own_path, "r+b", follow=False) as file:
            end = find_end_of_lines(file)
            # A line that a crash has torn is told again, for it was never noted as told.
            file.truncate(end)
            file.seek(end)
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())
            self._save_own_offset(file)

    def _compact(self) -> None:
        with atomic_write(self._own_path) as file:
            file.writelines(f"{line}\n".encode() for line in self._format_own_lines())
            file.flush()
            # Before the file is in place: if that fails, it differs from what is noted here and is written again.
            self._save_own_offset(file)

    def _save_own_offset(self, file: BinaryIO) -> None:
        """Our own lines need not be read again."""
        end = file.seek(0, os.SEEK_END)
        self._save_offset(self._own_path.name, FileOffset.measure(file, end))
        found = os.fstat(file.fileno())
        self._seen_versions[self._own_path.name] = (found.st_size, found.st_mtime_ns)

    def _load_offset(self, name: str) -> FileOffset:
        return FileOffset.from_json(self._load_value(self._get_offset_setting(name)))

    def _save_offset(self, name: str, spot: FileOffset) -> None:
        self._save_value(self._get_offset_setting(name), spot.to_json())

    def _get_offset_setting(self, name: str) -> str:
        return f"shared-spot:{format_path(self._folder / name)}"

    def _load_value(self, name: str) -> str | None:
        rows = self._database.query("SELECT value FROM setting WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def _save_value(self, name: str, value: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))
