"""Finds the line of each setting in a TOML file; the parser of the standard library does not report lines."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

_MAX_STATEMENT_LINES = 200
"""The search ends at a longer statement, so that no file takes long."""
_MAX_DEPTH = 4
"""Names in a key; no setting has more."""

KeyPath = tuple[str, ...]


def find_lines(text: str) -> dict[str, int]:
    """Return the line, from 1, of every table and key, by its names joined with dots. Ambiguous keys are left out.

    A TOML file is a series of statements, and no incomplete statement is valid TOML. So lines are added until they
    parse: they are one statement, and the parsed document has its keys.
    """
    found: dict[str, tuple[KeyPath, int]] = {}
    table: KeyPath = ()
    for number, first_line, document in _statements(text.replace("\r\n", "\n").split("\n")):
        if first_line.lstrip(" \t").startswith("["):
            table = _header_path(document)
            paths: list[KeyPath] = [table[:n] for n in range(1, min(len(table), _MAX_DEPTH) + 1)]
        else:
            paths = [(*table, *path) for path in _key_paths(document)]
        for path in paths:
            found.setdefault(".".join(path), (path, number))
            if found[".".join(path)][0] != path:
                found[".".join(path)] = (path, 0)
    return {key: line for key, (_, line) in found.items() if line}


def _statements(lines: list[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    start = 0
    while start < len(lines):
        for end in range(start + 1, min(start + _MAX_STATEMENT_LINES, len(lines)) + 1):
            try:
                document = tomllib.loads("\n".join(lines[start:end]))
            except (ValueError, RecursionError):
                continue
            yield start + 1, lines[start], document
            start = end
            break
        else:
            return


def _header_path(document: Any) -> KeyPath:
    path: list[str] = []
    while isinstance(document, dict) and len(document) == 1:
        [(name, document)] = document.items()
        path.append(name)
    return tuple(path)


def _key_paths(document: dict[str, Any], parents: KeyPath = ()) -> Iterator[KeyPath]:
    for name, value in document.items():
        yield (*parents, name)
        if isinstance(value, dict) and len(parents) < _MAX_DEPTH:
            yield from _key_paths(value, (*parents, name))
