"""Where the reader left off, in whatever way one reads: the app and plain reading go on from each other's place."""

from __future__ import annotations

import json
from contextlib import suppress

from importai_tui.errors import DatabaseTrouble, NotFound
from importai_tui.json_text import parse_json
from importai_tui.library.library import Library

_PLACE = "place"
"""The setting that the app keeps its place in: issue, position, key, and the place inside the story in two numbers."""


def left_off(library: Library) -> tuple[str, int] | None:
    """The issue and position of the story that was open last, if the archive still holds it."""
    try:
        issue, position, key, *_ = parse_json(library.state.recall(_PLACE))
    except (ValueError, TypeError):  # never written, or by another version
        return None
    return _found(library, str(key)) or _found(library, f"{issue}/{position}")


def keep_left_off(library: Library, issue_ref: str, position: int, key: str) -> None:
    """Keep that this story is open; the place inside it stays what it was. Nothing happens where it cannot be kept."""
    if left_off(library) != (issue_ref, position):
        with suppress(DatabaseTrouble):
            library.state.remember(_PLACE, json.dumps([issue_ref, position, key, *place_inside(library, key)]))


def place_inside(library: Library, key: str) -> tuple[int, float]:
    """The piece of the story that was at the top of the pane, from 0, and how much of it was above: from 0 to 1."""
    try:
        piece, share = parse_json(library.state.place_of(key))
        return int(piece), float(share)
    except (ValueError, TypeError):
        return 0, 0.0


def _found(library: Library, ref: str) -> tuple[str, int] | None:
    try:
        issue, position = library.resolve(ref)
    except NotFound:
        return None
    return (issue, position) if position is not None else None
