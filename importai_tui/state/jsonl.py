"""The reading state as lines of JSON that another machine can merge. Pure: a line from elsewhere is never trusted.

What became of lines from elsewhere, in figures.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from importai_tui.json_text import parse_json
from importai_tui.parse.clean import clean_line
from importai_tui.state.fields import Register, StoryName, Unfit, checked_name, checked_register


@dataclass(frozen=True, slots=True)
class Merged:
    """What merging lines did. `applied`, `ignored` (no news) and `bad` are counts of lines."""

    applied: int
    ignored: int
    bad: int
    faults: tuple[str, ...]
    """A sentence for each of the first bad lines."""
    ahead: int = 0
    """How many lines have a time so far in the future that they count as the oldest."""


FORMAT = "reading-state"
VERSION = 1
LONGEST_LINE = 2 * 1024 * 1024
"""Bytes: the longest quotation and remark, each character four bytes or escaped twice, stay below."""
_TOLD = 20
"""Faults that are told; the others are only counted, for a foreign file is wrong in every line."""


@dataclass(slots=True)
class Told:
    """What lines have told so far."""

    registers: list[Register] = field(default_factory=list)
    names: dict[str, StoryName] = field(default_factory=dict)
    bad: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, sentence: str) -> None:
        """A line that is no use."""
        self.bad += 1
        if len(self.faults) < _TOLD:
            self.faults.append(sentence)


def written_head(machine: str, at: str) -> str:
    """The first line of a file; `at` is when it was begun."""
    return _line({"importai-tui": FORMAT, "version": VERSION, "machine": machine, "at": at})


def written_line(register: Register, name: StoryName) -> str:
    """The line of one register."""
    said = {
        "key": register.key,
        "field": register.field,
        "value": register.value,
        "at": register.at,
        "machine": register.machine,
    }
    return _line(said | {"headline": name.headline, "issue": name.issue})


NEWER = "It was written by a newer importai-tui. Upgrade this one to merge it."


def head_fault(line: str) -> str | None:
    """What is wrong with the first line of a file, a sentence; None where the file is ours."""
    head = _read(line)
    version = head.get("version")
    if head.get("importai-tui") != FORMAT or not isinstance(version, int):
        return "Its first line is not that of a reading state."
    if version > VERSION:
        return NEWER
    return None


def read_lines(lines: Iterable[str]) -> Told:
    """What a whole file tells; nothing where its first line is not ours."""
    told = Told()
    numbered = enumerate(lines, 1)
    for number, line in numbered:
        if fault := head_fault(line):
            told.fault(f"Line {number}: {fault[0].lower()}{fault[1:]}")
            return told
        read_registers(numbered, told)
        return told
    told.fault("It is empty.")
    return told


def read_registers(numbered: Iterable[tuple[int, str]], told: Told) -> None:
    """Add what the lines after the first tell; a line that is bad is counted and passed over."""
    for number, line in numbered:
        if not line.strip():
            continue
        try:
            register, name = _register(line)
        except Unfit as fault:
            told.fault(f"Line {number}: {clean_line(str(fault))}")
            continue
        told.registers.append(register)
        if name.headline or name.issue:
            told.names[register.key] = name


def _register(line: str) -> tuple[Register, StoryName]:
    if len(line) > LONGEST_LINE:
        raise Unfit("It is longer than any line of a reading state.")
    told = _read(line)
    match told:
        case {"key": str(key), "field": str(name), "value": str() | None as value, "at": str(at), "machine": str(by)}:
            register = checked_register(Register(key, name, value, at, by))
            return register, checked_name(told.get("headline"), told.get("issue"))
        case {"importai-tui": _}:
            raise Unfit("It is another first line: two files were joined. What follows is read all the same.")
    raise Unfit("It is cut off, or no line of a reading state.")


def _read(line: str) -> dict[str, Any]:
    try:
        told = parse_json(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def written(registers: Iterable[tuple[Register, StoryName]], machine: str, at: str) -> Iterator[str]:
    """All lines of a state, without line ends."""
    yield written_head(machine, at)
    for register, name in registers:
        yield written_line(register, name)
