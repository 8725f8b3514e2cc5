"""Checks that text from outside is safe to show. Uses Unicode's own tables and not the program's."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

_CATEGORIES = {"Cc": "a control character", "Cs": "half a character", "Zl": "a line end", "Zp": "a paragraph's end"}
_DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_MARKS = {"\u061c", "\u200e", "\u200f"}
_DEPRECATED = {chr(code) for code in range(0x206A, 0x2070)}
"""Deprecated controls of Unicode, which mirrored brackets and changed digits."""


def find_unsafe_character(text: str, *, lines: bool = True) -> str | None:
    """Describe the first character that a terminal would execute; None for safe text.

    `lines` allows line breaks and tabs.
    """
    if text.isprintable():  # then it has no character of these categories
        return None
    for at, character in enumerate(text):
        if character in "\n\t" and lines:
            continue
        what = _CATEGORIES.get(unicodedata.category(character))
        if unicodedata.bidirectional(character) in _DIRECTIONS or character in _MARKS:
            what = "a direction of writing"
        if character in _DEPRECATED:
            what = "a deprecated control"
        if what:
            return f"{what}, U+{ord(character):04X}, at {at} of {text[max(0, at - 20) : at + 20]!r}"
    return None


def find_texts(value: object) -> Iterator[str]:
    """Yield every text inside a value of the program."""
    if isinstance(value, str):
        yield str(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from find_texts(key)
            yield from find_texts(inner)
    elif is_dataclass(value):
        for field in fields(value):
            yield from find_texts(getattr(value, field.name))
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        for inner in value:
            yield from find_texts(inner)


def assert_harmless(value: object, *, lines: bool = True) -> None:
    """Check that every text inside a value is safe to show.

    Raises:
        AssertionError: a text is unsafe; the message says where.
    """
    for text in find_texts(value):
        if problem := find_unsafe_character(text, lines=lines):
            raise AssertionError(problem)
