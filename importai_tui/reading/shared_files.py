"""The files of a shared folder: which are looked at, how far each was read, and bounds for all that is read.

Anything may write there, so no name, size, link or line is trusted.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nsmallest
from pathlib import Path
from typing import BinaryIO

from importai_tui.json_text import parse_json
from importai_tui.reading.lines import LONGEST_LINE, head_fault

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
