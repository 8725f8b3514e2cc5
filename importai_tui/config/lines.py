"""On which line of a file each setting stands, which the TOML of the standard library does not tell."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

_LONGEST = 200
"""Lines of one statement: a longer one is looked for no further, so that no file takes long."""
_DEEPEST = 4
"""Names in a row: no setting has more."""

Path = tuple[str, ...]


def lines_of(text: str) -> dict[str, int]:
    """The line, from 1, of every table and key, by its names joined with dots. What is not certain is left out.

    A file that can be read is a row of statements, and no beginning of a statement is one: the lines that are needed
    until something can be read are exactly one statement, and what is read of it says what it names.
    """
    found: dict[str, tuple[Path, int]] = {}
    table: Path = ()
    for number, first, document in _statements(text.replace("\r\n", "\n").split("\n")):
        if first.lstrip(" \t").startswith("["):
            table = _header(document)
            named: list[Path] = [table[:n] for n in range(1, min(len(table), _DEEPEST) + 1)]
        else:
            named = [(*table, *path) for path in _paths(document)]
        for path in named:
            found.setdefault(".".join(path), (path, number))
            if found[".".join(path)][0] != path:
                found[".".join(path)] = (path, 0)
    return {key: line for key, (_, line) in found.items() if line}


def _statements(lines: list[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    at = 0
    while at < len(lines):
        for end in range(at + 1, min(at + _LONGEST, len(lines)) + 1):
            try:
                document = tomllib.loads("\n".join(lines[at:end]))
            except (ValueError, RecursionError):
                continue
            yield at + 1, lines[at], document
            at = end
            break
        else:
            return


def _header(document: Any) -> Path:
    path: list[str] = []
    while isinstance(document, dict) and len(document) == 1:
        [(name, document)] = document.items()
        path.append(name)
    return tuple(path)


def _paths(document: dict[str, Any], above: Path = ()) -> Iterator[Path]:
    for name, value in document.items():
        yield (*above, name)
        if isinstance(value, dict) and len(above) < _DEEPEST:
            yield from _paths(value, (*above, name))
