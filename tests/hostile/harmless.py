"""What text from outside must be before anybody sees it. Told by Unicode's own tables, not by the program's."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

_CATEGORIES = {"Cc": "a control character", "Cs": "half a character", "Zl": "a line end", "Zp": "a paragraph's end"}
_DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_MARKS = {"\u061c", "\u200e", "\u200f"}
_DEPRECATED = {chr(code) for code in range(0x206A, 0x2070)}
"""Deprecated controls of Unicode, by which brackets were mirrored and digits changed."""


def find_unsafe_character(text: str, *, lines: bool = True) -> str | None:
    """What a terminal would obey in a text; None for one that is only shown. `lines`: it may have several."""
    if text.isprintable():  # no category of ours is
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
    """Every text inside a value of ours."""
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
    """Every text in it is only shown. Raises AssertionError, which says where one is not."""
    for text in find_texts(value):
        if fault := find_unsafe_character(text, lines=lines):
            raise AssertionError(fault)
