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
from importai_tui.state.fields import Register, StateValueError, StoryName, clean_story_name, validate_register


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What merging lines did. `applied`, `ignored` (no news) and `bad` are counts of lines."""

    applied: int
    ignored: int
    invalid: int
    errors: tuple[str, ...]
    """A sentence for each of the first bad lines."""
    future: int = 0
    """How many lines have a time so far in the future that they count as the oldest."""


FORMAT_NAME = "reading-state"
FORMAT_VERSION = 1
MAX_LINE_BYTES = 2 * 1024 * 1024
"""Bytes: the longest quotation and remark, each character four bytes or escaped twice, stay below."""
_MAX_REPORTED_ERRORS = 20
"""Faults that are told; the others are only counted, for a foreign file is wrong in every line."""


@dataclass(slots=True)
class ParsedLines:
    """What lines have told so far."""

    registers: list[Register] = field(default_factory=list)
    names: dict[str, StoryName] = field(default_factory=dict)
    invalid: int = 0
    errors: list[str] = field(default_factory=list)

    def add_error(self, sentence: str) -> None:
        """A line that is no use."""
        self.invalid += 1
        if len(self.errors) < _MAX_REPORTED_ERRORS:
            self.errors.append(sentence)


def format_header(machine: str, at: str) -> str:
    """The first line of a file; `at` is when it was begun."""
    return _dump_object({"importai-tui": FORMAT_NAME, "version": FORMAT_VERSION, "machine": machine, "at": at})


def format_line(register: Register, name: StoryName) -> str:
    """The line of one register."""
    said = {
        "key": register.key,
        "field": register.field,
        "value": register.value,
        "at": register.at,
        "machine": register.machine,
    }
    return _dump_object(said | {"headline": name.headline, "issue": name.issue})


NEWER_VERSION_ERROR = "It was written by a newer importai-tui. Upgrade this one to merge it."


def find_header_error(line: str) -> str | None:
    """What is wrong with the first line of a file, a sentence; None where the file is ours."""
    head = _parse_object(line)
    version = head.get("version")
    if head.get("importai-tui") != FORMAT_NAME or not isinstance(version, int):
        return "Its first line is not that of a reading state."
    if version > FORMAT_VERSION:
        return NEWER_VERSION_ERROR
    return None


def parse_lines(lines: Iterable[str]) -> ParsedLines:
    """What a whole file tells; nothing where its first line is not ours."""
    told = ParsedLines()
    numbered = enumerate(lines, 1)
    for number, line in numbered:
        if fault := find_header_error(line):
            told.add_error(f"Line {number}: {fault[0].lower()}{fault[1:]}")
            return told
        parse_registers(numbered, told)
        return told
    told.add_error("It is empty.")
    return told


def parse_registers(numbered: Iterable[tuple[int, str]], parsed: ParsedLines) -> None:
    """Add what the lines after the first tell; a line that is bad is counted and passed over."""
    for number, line in numbered:
        if not line.strip():
            continue
        try:
            register, name = _parse_register(line)
        except StateValueError as fault:
            parsed.add_error(f"Line {number}: {clean_line(str(fault))}")
            continue
        parsed.registers.append(register)
        if name.headline or name.issue:
            parsed.names[register.key] = name


def _parse_register(line: str) -> tuple[Register, StoryName]:
    if len(line) > MAX_LINE_BYTES:
        raise StateValueError("It is longer than any line of a reading state.")
    told = _parse_object(line)
    match told:
        case {"key": str(key), "field": str(name), "value": str() | None as value, "at": str(at), "machine": str(by)}:
            register = validate_register(Register(key, name, value, at, by))
            return register, clean_story_name(told.get("headline"), told.get("issue"))
        case {"importai-tui": _}:
            raise StateValueError("It is another first line: two files were joined. What follows is read all the same.")
    raise StateValueError("It is cut off, or no line of a reading state.")


def _parse_object(line: str) -> dict[str, Any]:
    try:
        told = parse_json(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _dump_object(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def format_lines(registers: Iterable[tuple[Register, StoryName]], machine: str, at: str) -> Iterator[str]:
    """All lines of a state, without line ends."""
    yield format_header(machine, at)
    for register, name in registers:
        yield format_line(register, name)
