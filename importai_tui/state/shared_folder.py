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

from importai_tui.errors import DatabaseTrouble
from importai_tui.files import atomic_write, file_lock
from importai_tui.json_text import parse_json
from importai_tui.sqlite import Database
from importai_tui.state.backups import remove_leftovers
from importai_tui.state.fields import Register, StoryName, stamp
from importai_tui.state.integrity import correct_future_times
from importai_tui.state.journal import Journal
from importai_tui.state.jsonl import LONGEST_LINE, NEWER, Told, head_fault, read_registers, written, written_line
from importai_tui.state.schema import lock_of

PREFIX, ENDING = "importai-tui-", ".jsonl"
"""What the names of our files, and of conflict copies of them, begin and end with."""
MOST_FILES = 200
"""Files with such a name that are read: some of a few machines, and all conflict copies of years."""
_MOST_OTHERS = 100
"""Files with another name before the ending that are looked at, for copies that a person has renamed."""
LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of a file that is read: ten times the state of a reader who has annotated every issue."""
_BATCH_LINES = 10_000
"""Lines merged at once: enough to be quick, few enough that a huge file costs no memory and no long lock."""
_BATCH_BYTES = 8 * 1024 * 1024
_PRINT = 512
"""Bytes at the beginning and before a spot that tell whether a file is still the one that was read."""
_LONGEST_HEAD = 4096
"""Bytes of a first line; ours has about a hundred, and a foreign file may be one line of any length."""
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Spot:
    """How far a file has been read, and what was there."""

    offset: int = 0
    print: str = ""
    due: str = ""
    """Lines before the offset have a time that was not believed: from this time on the file is read again."""

    def written(self) -> str:
        """Return the spot as it is stored."""
        return json.dumps([self.offset, self.print, *([self.due] if self.due else [])])

    @classmethod
    def read(cls, written: str | None) -> Spot:
        """Return the stored spot; the beginning of the file where the text is none."""
        try:
            offset, print_, *due = parse_json(written)
            return cls(int(offset), str(print_), *map(str, due[:1]))
        except (ValueError, TypeError):
            return cls()

    @classmethod
    def at(cls, file: BinaryIO, offset: int, due: str = "") -> Spot:
        """Return the spot at that offset of the file as it is now."""
        file.seek(0)
        seen = hashlib.blake2b(file.read(min(_PRINT, offset)), digest_size=16)
        file.seek(max(0, offset - _PRINT))
        seen.update(file.read(min(_PRINT, offset)))
        return cls(offset, seen.hexdigest(), due)

    def is_in(self, file: BinaryIO) -> bool:
        """Tell whether the file, up to here, is still the one that was read."""
        return self.offset > 0 and Spot.at(file, self.offset, self.due) == self


def text_of(path: Path) -> str:
    """Return a path as text that can be stored and printed, where it is not UTF-8 too."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def names_in(folder: Path) -> tuple[list[str], bool]:
    """Return the names that may be those of machines, and whether there are too many of them.

    The names alone are looked at, so a folder with thousands of other files costs nothing.
    """
    names = [name for name in os.listdir(folder) if name.endswith(ENDING)]  # noqa: PTH208 - a path each is slow
    # A machine's own file is shorter than its conflict copies, so it comes first.
    ours = sorted((name for name in names if name.startswith(PREFIX)), key=lambda name: (len(name), name))
    others = nsmallest(_MOST_OTHERS, (name for name in names if not name.startswith(PREFIX)))
    return [*ours[:MOST_FILES], *others], len(ours) > MOST_FILES


def state_of(path: Path) -> tuple[int, int] | None:
    """Return the size of a file and the time of its last change; None where it is no file, or gone."""
    try:
        found = path.stat()
    except OSError:  # removed just now, or a link that leads nowhere
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def open_file(path: Path, mode: str, *, follow: bool) -> BinaryIO:
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


def fault_of_head(file: BinaryIO) -> str | None:
    """Read the first line and say why it is not one of ours, or not whole."""
    file.seek(0)
    head = file.readline(_LONGEST_HEAD)
    return head_fault(decoded(head)) if head.endswith(b"\n") else "It is not whole."


def decoded(line: bytes) -> str:
    """Return the line as text; one that is no UTF-8 as no line, rather than one with another text."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"


def whole_lines(file: BinaryIO, offset: int) -> list[tuple[bytes, int]]:
    """Return the next lines that have an end, each with the offset behind it; of a line too long only its beginning.

    A last line without an end is left for later, as long as it may still become a line.
    """
    file.seek(offset)
    lines: list[tuple[bytes, int]] = []
    held = 0
    while len(lines) < _BATCH_LINES and held < _BATCH_BYTES and (line := file.readline(LONGEST_LINE + 1)):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE)
        if not rest and len(line) <= LONGEST_LINE:
            break
        lines.append((line, file.tell()))
        held += len(line)
    return lines


def end_of_lines(file: BinaryIO) -> int:
    """Return the offset behind the last line that has an end."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _PRINT)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def parts_in(folder: Path, own: str) -> Iterator[Path]:
    """Yield the unfinished files of ours in the folder, from processes that were killed; `own` is our file's name."""
    for name in os.listdir(folder):  # noqa: PTH208 - a path each is slow
        if name.startswith(f".{own}.") and name.endswith(".part"):
            yield folder / name


_WASTE = 4
"""So many times larger than needed makes a file worth writing anew, which every machine must then read whole."""
_SMALL = 64 * 1024
"""Bytes; below that a file is never worth writing anew: it is read in no time."""
_TOLD = "shared-told"
"""The setting that holds the journal's last line that our file there has."""
_READ_AGAIN = timedelta(days=1)
"""The least time until a file is read again for lines whose time was not believed."""


class Shared:
    """This machine's side of a shared folder."""

    def __init__(self, folder: Path, database: Database, journal: Journal, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._database, self._journal, self._now = database, journal, now
        self._own = folder / f"{PREFIX}{journal.machine}{ENDING}"
        self._seen: dict[str, tuple[int, int]] = {}
        self._line = -1
        self._problems: dict[str, str] = {}
        """A sentence for each file that cannot be read whole, by its name."""
        self.trouble: str | None = None
        """Why the last exchange was not whole, a sentence; None where it was."""

    def exchange(self, *, at_start: bool = False) -> bool:
        """Read what is new of the others', and tell what is new here; whether something changed here. Never raises.

        Args:
            at_start: also correct times and look whether our file is worth writing anew.
        """
        try:
            before = self._journal.last()
            self.trouble = self._exchange(at_start=at_start) or min(self._problems.values(), default=None)
            return self._journal.last() != before
        except DatabaseTrouble as trouble:
            self.trouble = str(trouble)
            return True  # what was merged before that is followed too

    def _exchange(self, *, at_start: bool) -> str | None:
        """Do what `exchange` does; returns why the folder cannot be used, None where it can."""
        try:
            if at_start:
                correct_future_times(self._database, self._journal)
            self._read_all()
            self._tell(at_start)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            folder = text_of(self._folder)
            return f"The shared folder {folder} cannot be used: {reason}. What is new waits here until it can."
        return None

    def _read_all(self) -> None:
        names, too_many = names_in(self._folder)
        self._note("", self._too_many() if too_many else None)
        for gone in self._problems.keys() - {"", *names}:
            del self._problems[gone]
        for name in names:
            path = self._folder / name
            state = state_of(path)
            if state and self._seen.get(name) != state:
                self._fold(path)
                self._seen[name] = state

    def _too_many(self) -> str:
        return (
            f"The shared folder {text_of(self._folder)} has more than {MOST_FILES} files named {PREFIX}….jsonl, and "
            "not all of them are read. Remove those that belong to no machine of yours."
        )

    def _note(self, name: str, problem: str | None) -> None:
        if problem:
            self._problems[name] = problem
        else:
            self._problems.pop(name, None)

    def _fold(self, path: Path) -> None:
        """Merge what is new of one file, as far as its lines are whole."""
        try:
            file = open_file(path, "rb", follow=path != self._own)
        except OSError:  # gone again, or none of our business
            return
        with file:
            spot = self._spot(path.name)
            is_due = bool(spot.due) and spot.due <= self._journal.latest_believed()
            known = not is_due and spot.is_in(file)
            fault = None if known else fault_of_head(file)
            offset = spot.offset if known else 0 if fault else file.tell()
            self._note(path.name, self._problem(path, file, fault, offset))
            if not known and path == self._own:
                self._line = -1  # something has taken the place of our file, so ours must be written again
            if not offset or path.name in self._problems:
                return
            due = spot.due if known else ""
            end = offset
            while batch := whole_lines(file, end):
                told = Told()
                read_registers(enumerate((decoded(line) for line, _ in batch), 1), told)
                self._journal.merge(told.registers, told.names, "shared")
                due = self._due(path, told.registers, due)
                end = batch[-1][1]
            if (known and end != spot.offset) or (not known and path != self._own):
                self._keep_spot(path.name, Spot.at(file, end, due))

    def _problem(self, path: Path, file: BinaryIO, fault: str | None, offset: int) -> str | None:
        """Say why one of our files is not read."""
        if fault == NEWER:
            return f"{text_of(path)} was written by a newer importai-tui. Upgrade this one to read what is new there."
        if offset and os.fstat(file.fileno()).st_size > LARGEST_FILE:
            size = LARGEST_FILE // (1024 * 1024)
            return f"{text_of(path)} is larger than {size} MB, so it is not read. Remove it from the shared folder."
        return None

    def _due(self, path: Path, registers: Sequence[Register], due: str) -> str:
        """Report registers from the future, and return when the file must be read again, as these may count by then."""
        limit = self._journal.latest_believed()
        ahead = [register.at for register in registers if register.at > limit]
        if not ahead:
            return due
        first = max(min(ahead), stamp(self._now() + _READ_AGAIN))
        self._note(
            path.name,
            f"{text_of(path)} has changes that are dated {max(ahead)[:10]}, in the future. They count as older than "
            "all others. Set the clock of that machine right.",
        )
        return min(first, due) if due else first

    def _tell(self, at_start: bool) -> None:
        """Append what has changed here since our file was last written, or write it anew."""
        last = self._journal.last()
        if last == self._line and state_of(self._own) and not at_start:
            return
        with file_lock(lock_of(self._database.path)) as free:
            if not free:  # another window is telling, and tells ours too
                return
            if at_start:
                remove_leftovers(parts_in(self._folder, self._own.name))
            told = int(self._setting(_TOLD) or 0)
            if not self._is_intact() or (at_start and self._is_wasteful()):
                self._write_anew()
            elif last > told:
                self._append(self._journal.to_tell(told))
            self._keep(_TOLD, str(last))
        self._line = last

    def _is_intact(self) -> bool:
        try:
            with open_file(self._own, "rb", follow=False) as file:
                return self._spot(self._own.name).is_in(file)
        except OSError:  # gone, or a link or a folder that something has put there
            return False

    def _is_wasteful(self) -> bool:
        size = self._own.stat().st_size
        return size > _SMALL and size > _WASTE * self._journal.size()

    def _needed(self) -> Iterator[str]:
        return written(self._journal.own_registers(), self._journal.machine, stamp(self._now()))

    def _append(self, registers: Sequence[tuple[Register, StoryName]]) -> None:
        if not registers:
            return
        lines = "".join(f"{written_line(register, name)}\n" for register, name in registers)
        with open_file(self._own, "r+b", follow=False) as file:
            end = end_of_lines(file)
            # A line that a crash has torn is told again, for it was never noted as told.
            file.truncate(end)
            file.seek(end)
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())
            self._keep_own(file)

    def _write_anew(self) -> None:
        with atomic_write(self._own) as file:
            file.writelines(f"{line}\n".encode() for line in self._needed())
            file.flush()
            # Before the file is in place: if that fails, it differs from what is noted here and is written again.
            self._keep_own(file)

    def _keep_own(self, file: BinaryIO) -> None:
        """Our own lines need not be read again."""
        end = file.seek(0, os.SEEK_END)
        self._keep_spot(self._own.name, Spot.at(file, end))
        found = os.fstat(file.fileno())
        self._seen[self._own.name] = (found.st_size, found.st_mtime_ns)

    def _spot(self, name: str) -> Spot:
        return Spot.read(self._setting(self._spot_name(name)))

    def _keep_spot(self, name: str, spot: Spot) -> None:
        self._keep(self._spot_name(name), spot.written())

    def _spot_name(self, name: str) -> str:
        return f"shared-spot:{text_of(self._folder / name)}"

    def _setting(self, name: str) -> str | None:
        rows = self._database.rows("SELECT value FROM setting WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def _keep(self, name: str, value: str) -> None:
        self._database.run("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))
