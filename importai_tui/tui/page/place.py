"""Where the reader left off, as one small remembered text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from importai_tui.errors import NotFound
from importai_tui.json_text import parse_json
from importai_tui.library import Library
from importai_tui.tui.story.view import Spot


@dataclass(frozen=True, slots=True)
class Place:
    """A story and the spot in it. The key finds the story again when its issue was imported anew."""

    issue: str
    position: int
    key: str = ""
    spot: Spot = field(default_factory=Spot)

    def written(self) -> str:
        """As it is remembered."""
        return json.dumps([self.issue, self.position, self.key, self.spot.piece, round(self.spot.share, 3)])


def written_spot(spot: Spot) -> str:
    """A place inside a story, as it is kept beside the story's marks."""
    return json.dumps([spot.piece, round(spot.share, 3)])


def read_spot(written: str | None) -> Spot | None:
    """The kept place; it may come from another machine, and what is no place of ours is none."""
    try:
        piece, share = parse_json(written)
        return _spot(piece, share)
    except (ValueError, TypeError):
        return None


def _spot(piece: object, share: object) -> Spot | None:
    """Make a spot of two stored numbers; None where no story has such a spot."""
    spot = Spot(int(piece), float(share))  # type: ignore[call-overload, arg-type]
    return spot if spot.piece >= 0 and 0 <= spot.share <= 1 else None


def read_place(written: str | None, library: Library) -> Place | None:
    """The remembered place, if the library still holds it; a text of another version is no place."""
    try:
        issue, position, key, piece, share = parse_json(written)
        spot = _spot(piece, share) or Spot()
    except (ValueError, TypeError):
        return None
    found = found_again(library, str(key), f"{issue}/{position}")
    return Place(*found, str(key), spot) if found else None


def found_again(library: Library, key: str, ref: str) -> tuple[str, int] | None:
    """Where the story with this key is now, else the one with this reference; None where the library holds neither."""
    for name in (key, ref):
        try:
            issue, position = library.resolve(name)
        except NotFound:
            continue
        if position is not None:
            return issue, position
    return None
