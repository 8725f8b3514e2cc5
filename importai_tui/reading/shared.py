"""A folder that something else carries between machines: each appends to its own file and reads all the others'.

No file there is trusted, and nothing that goes wrong there stops a change from being kept here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from importai_tui.archive.database import Database
from importai_tui.errors import DatabaseTrouble
from importai_tui.files import atomic_write, file_lock
from importai_tui.reading.beside import lock_of
from importai_tui.reading.fields import Register, StoryName, stamp
from importai_tui.reading.future import correct_future_times
from importai_tui.reading.journal import Journal
from importai_tui.reading.leftovers import remove_leftovers
from importai_tui.reading.lines import NEWER, Told, read_registers, written, written_line
from importai_tui.reading.shared_files import (
    ENDING,
    LARGEST_FILE,
    MOST_FILES,
    PREFIX,
    Spot,
    decoded,
    end_of_lines,
    fault_of_head,
    names_in,
    open_file,
    parts_in,
    state_of,
    text_of,
    whole_lines,
)

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
