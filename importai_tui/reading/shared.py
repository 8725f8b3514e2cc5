"""A folder that something else carries between machines: each appends to its own file and reads all the others'.

No file there is trusted, and nothing that goes wrong there stops a change from being kept here.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from importai_tui.archive.database import Database
from importai_tui.errors import DatabaseTrouble
from importai_tui.lock import alone
from importai_tui.reading.beside import lock_of
from importai_tui.reading.fields import Register, StoryName, stamp
from importai_tui.reading.journal import Journal
from importai_tui.reading.lines import LONGEST_LINE, NEWER, Told, head_fault, read_registers, written, written_line
from importai_tui.values import value

_WASTE = 4
"""So many times larger than needed makes a file worth writing anew, which every machine must then read whole."""
_SMALL = 64 * 1024
"""Bytes; below that a file is never worth writing anew: it is read in no time."""
_PRINT = 512
"""Bytes at the beginning and before a spot that tell whether a file is still the one that was read."""
_LONGEST_HEAD = 4096
"""Bytes of a first line; ours has about a hundred, and a foreign file may be one line of any length."""
_BATCH = 10_000
"""Lines merged at once: enough to be quick, few enough that a huge file costs no memory and no long lock."""
_TOLD = "shared-told"
"""The setting that holds the journal's last line that our file there has."""


@value
class _Spot:
    """How far a file has been read, and what was there."""

    offset: int = 0
    print: str = ""

    def written(self) -> str:
        return json.dumps([self.offset, self.print])

    @classmethod
    def read(cls, written: str | None) -> _Spot:
        try:
            offset, print_ = json.loads(written or "")
            return cls(int(offset), str(print_))
        except (ValueError, TypeError):
            return cls()

    @classmethod
    def at(cls, file: BinaryIO, offset: int) -> _Spot:
        """The spot at that offset of the file as it is now."""
        file.seek(0)
        seen = hashlib.blake2b(file.read(min(_PRINT, offset)), digest_size=16)
        file.seek(max(0, offset - _PRINT))
        seen.update(file.read(min(_PRINT, offset)))
        return cls(offset, seen.hexdigest())

    def is_in(self, file: BinaryIO) -> bool:
        """Whether the file, up to here, is still the one that was read."""
        return self.offset > 0 and _Spot.at(file, self.offset) == self


class Shared:
    """This machine's side of a shared folder."""

    def __init__(self, folder: Path, database: Database, journal: Journal, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._database, self._journal, self._now = database, journal, now
        self._own = folder / f"importai-tui-{journal.machine}.jsonl"
        self._seen: dict[str, tuple[int, int]] = {}
        self._line = -1
        self._newer: set[str] = set()
        self.trouble: str | None = None
        """Why the last exchange was not whole, a sentence; None where it was."""

    def exchange(self, *, at_start: bool = False) -> bool:
        """Read what is new of the others', and tell what is new here; whether something changed here. Never raises.

        Args:
            at_start: also look whether our file is worth writing anew.
        """
        self.trouble = None
        before = self._journal.last()
        try:
            for path, state in self._files():
                if self._seen.get(path.name) != state:
                    self._fold(path)
                    self._seen[path.name] = state
            self._tell(at_start)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self.trouble = (
                f"The shared folder {self._folder} cannot be used: {reason}. What is new waits here until it can."
            )
        except DatabaseTrouble as trouble:
            self.trouble = str(trouble)
        if self._newer and not self.trouble:
            path = self._folder / min(self._newer)
            self.trouble = f"{path} was written by a newer importai-tui. Upgrade this one to read what is new there."
        return self._journal.last() != before

    def _files(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        """Every file that may be a machine's, with its size and the time of its last change."""
        for path in sorted(self._folder.iterdir()):
            if path.name.endswith(".jsonl") and path.is_file():
                try:
                    found = path.stat()
                except FileNotFoundError:  # whatever carries the folder has just taken it away
                    continue
                yield path, (found.st_size, found.st_mtime_ns)

    def _fold(self, path: Path) -> None:
        """Merge what is new of one file, as far as its lines are whole."""
        try:
            file = path.open("rb")
        except (FileNotFoundError, PermissionError):  # gone again, or none of our business
            return
        with file:
            spot = self._spot(path.name)
            known = spot.is_in(file)
            fault = None if known else _fault_of_head(file)
            (self._newer.add if fault == NEWER else self._newer.discard)(path.name)
            offset = spot.offset if known else 0 if fault else file.tell()
            if not known and path == self._own:
                self._line = -1  # something has taken the place of our file, so ours must be written again
            if not offset:
                return
            while batch := _whole_lines(file, offset):
                told = Told()
                read_registers(enumerate((_decoded(line) for line, _ in batch), 1), told)
                self._journal.merge(told.registers, told.names, "shared")
                offset = batch[-1][1]
            if (known and offset != spot.offset) or (not known and path != self._own):
                self._keep_spot(path.name, _Spot.at(file, offset))

    def _tell(self, at_start: bool) -> None:
        """Append what has changed here since our file was last written, or write it anew."""
        last = self._journal.last()
        if last == self._line and self._own.exists() and not at_start:
            return
        with alone(lock_of(self._database.path)) as free:
            if not free:  # another window is telling, and tells ours too
                return
            told = int(self._setting(_TOLD) or 0)
            if not self._is_intact() or (at_start and self._is_wasteful()):
                self._write_anew()
            elif last > told:
                self._append(self._journal.to_tell(told))
            self._keep(_TOLD, str(last))
        self._line = last

    def _is_intact(self) -> bool:
        try:
            with self._own.open("rb") as file:
                return self._spot(self._own.name).is_in(file)
        except FileNotFoundError:
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
        with self._own.open("r+b") as file:
            end = _end_of_lines(file)
            # A line that a crash has torn is told again, for it was never noted as told.
            file.truncate(end)
            file.seek(end)
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())
            self._keep_own(file)

    def _write_anew(self) -> None:
        part = self._own.with_name(f".{self._own.name}.{os.getpid()}.part")
        try:
            part.touch(mode=0o600)  # for its owner alone, whatever the folder is for
            with part.open("w+b") as file:
                file.writelines(f"{line}\n".encode() for line in self._needed())
                file.flush()
                os.fsync(file.fileno())
                part.replace(self._own)
                _settle(self._folder)
                self._keep_own(file)
        finally:
            part.unlink(missing_ok=True)

    def _keep_own(self, file: BinaryIO) -> None:
        """Our own lines need not be read again."""
        end = file.seek(0, os.SEEK_END)
        self._keep_spot(self._own.name, _Spot.at(file, end))
        found = os.fstat(file.fileno())
        self._seen[self._own.name] = (found.st_size, found.st_mtime_ns)

    def _spot(self, name: str) -> _Spot:
        return _Spot.read(self._setting(f"shared-spot:{self._folder}/{name}"))

    def _keep_spot(self, name: str, spot: _Spot) -> None:
        self._keep(f"shared-spot:{self._folder}/{name}", spot.written())

    def _setting(self, name: str) -> str | None:
        rows = self._database.rows("SELECT value FROM setting WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def _keep(self, name: str, value: str) -> None:
        self._database.run("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))


def _fault_of_head(file: BinaryIO) -> str | None:
    """Reads the first line: why it is not one of ours, or not whole."""
    file.seek(0)
    head = file.readline(_LONGEST_HEAD)
    return head_fault(_decoded(head)) if head.endswith(b"\n") else "It is not whole."


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:  # a changed byte: better no line than one with another text
        return "\N{REPLACEMENT CHARACTER}"


def _whole_lines(file: BinaryIO, offset: int) -> list[tuple[bytes, int]]:
    """The next lines that have an end, each with the offset behind it; of one that is too long only the beginning."""
    file.seek(offset)
    lines: list[tuple[bytes, int]] = []
    while len(lines) < _BATCH and (line := file.readline(LONGEST_LINE + 1)):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE)
        if not rest:
            break
        lines.append((line, file.tell()))
    return lines


def _settle(folder: Path) -> None:
    """Make a new name in the folder survive a power cut, where the system can."""
    try:
        opened = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        with suppress(OSError):
            os.fsync(opened)
    finally:
        os.close(opened)


def _end_of_lines(file: BinaryIO) -> int:
    """The offset behind the last line that has an end."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _PRINT)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
