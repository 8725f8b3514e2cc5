"""The reading state as lines of JSON that another machine can merge; every function is pure.

The first line is a header, and every other line holds one register. Lines from other machines are never trusted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from importai_tui.json_text import parse_json
from importai_tui.parse.clean import clean_line
from importai_tui.state.fields import Register, StoryName, clean_story_name, validate_register
from importai_tui.state.values import StateValueError

FORMAT_NAME = "reading-state"
FORMAT_VERSION = 1
MAX_LINE_BYTES = 2 * 1024 * 1024
"""Larger than the longest quotation with its remark, even if each character takes four bytes or is escaped twice."""
NEWER_VERSION_ERROR = "This file was written by a newer importai-tui. Upgrade importai-tui to merge it."
_MAX_REPORTED_ERRORS = 20
"""Errors that are listed. Others are only counted, because a foreign file has an error in every line."""


@dataclass(frozen=True, slots=True)
class MergeResult:
    """Result of merging lines: counts of lines, and error messages."""

    applied: int
    ignored: int
    """Lines that were not newer than the local state."""
    invalid: int
    errors: tuple[str, ...]
    """A sentence for each of the first invalid lines."""
    future: int = 0
    """Lines with a time so far in the future that they count as the oldest."""


@dataclass(slots=True)
class ParsedLines:
    """The registers and story names of all lines parsed until now, and the errors found."""

    registers: list[Register] = field(default_factory=list)
    names: dict[str, StoryName] = field(default_factory=dict)
    invalid: int = 0
    errors: list[str] = field(default_factory=list)

    def add_error(self, sentence: str) -> None:
        """Count an invalid line; its message is stored for the first ones only."""
        self.invalid += 1
        if len(self.errors) < _MAX_REPORTED_ERRORS:
            self.errors.append(sentence)


def _format_header(machine: str, at: str) -> str:
    """Return the first line of a file; `at` is the time at which the file was created."""
    return _dump_object({"importai-tui": FORMAT_NAME, "version": FORMAT_VERSION, "machine": machine, "at": at})


def format_line(register: Register, name: StoryName) -> str:
    """Return the line of one register."""
    return _dump_object(
        {
            "key": register.key,
            "field": register.field,
            "value": register.value,
            "at": register.at,
            "machine": register.machine,
            "headline": name.headline,
            "issue": name.issue,
        }
    )


def format_lines(registers: Iterable[tuple[Register, StoryName]], machine: str, at: str) -> Iterator[str]:
    """Yield all lines of a state, without line ends."""
    yield _format_header(machine, at)
    for register, name in registers:
        yield format_line(register, name)


def find_header_error(line: str) -> str | None:
    """Return a sentence that says why the first line is not a valid header; None if it is valid."""
    head = _parse_object(line)
    version = head.get("version")
    if head.get("importai-tui") != FORMAT_NAME or not isinstance(version, int):
        return "Not an importai-tui reading state."
    if version > FORMAT_VERSION:
        return NEWER_VERSION_ERROR
    return None


def parse_lines(lines: Iterable[str]) -> ParsedLines:
    """Parse a whole file; the result has no registers if the first line is not a valid header."""
    parsed = ParsedLines()
    numbered = enumerate(lines, 1)
    for number, line in numbered:
        if error := find_header_error(line):
            parsed.add_error(_format_line_error(number, error))
            return parsed
        parse_registers(numbered, parsed)
        return parsed
    parsed.add_error("The file is empty.")
    return parsed


def parse_registers(numbered: Iterable[tuple[int, str]], parsed: ParsedLines) -> None:
    """Parse the numbered lines after the header and add them to `parsed`; invalid lines are counted and skipped."""
    for number, line in numbered:
        if not line.strip():
            continue
        try:
            register, name = _parse_register(line)
        except StateValueError as error:
            parsed.add_error(_format_line_error(number, clean_line(str(error))))
            continue
        parsed.registers.append(register)
        if name.headline or name.issue:
            parsed.names[register.key] = name


def _format_line_error(number: int, error: str) -> str:
    return f"Line {number}: {error[0].lower()}{error[1:]}"


def _parse_register(line: str) -> tuple[Register, StoryName]:
    if len(line) > MAX_LINE_BYTES:
        raise StateValueError("The line is too long.")
    values = _parse_object(line)
    match values:
        case {"key": str(key), "field": str(name), "value": str() | None as value, "at": str(at), "machine": str(by)}:
            register = validate_register(Register(key, name, value, at, by))
            return register, clean_story_name(values.get("headline"), values.get("issue"))
        case {"importai-tui": _}:
            raise StateValueError("The first line of another file; the lines after it are merged too.")
    raise StateValueError("Incomplete, or not from a reading state.")


def _parse_object(line: str) -> dict[str, Any]:
    """Return the line's JSON object; an empty one if it is no object."""
    try:
        values = parse_json(line)
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def _dump_object(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
