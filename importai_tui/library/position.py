"""The position of the user in a story and in the archive, as the app and plain reading both store it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass

from importai_tui.errors import DatabaseError, NotFoundError
from importai_tui.json_text import parse_json
from importai_tui.library.library import Library

LAST_POSITION_SETTING = "place"
"""The setting that holds the last position: issue, position, key, and the two numbers of a `ScrollPosition`."""
GUIDE_POSITION_SETTING = "guide-place"
"""The same for the built-in guide."""


@dataclass(frozen=True, slots=True)
class ScrollPosition:
    """A position in a story that does not depend on the width: a piece, and the share of its words above (0 to 1).

    Pieces count from 0: headline, tagline, facts, then each paragraph and list item. Share 0 is the gap above the
    piece; at its first words it is a little more.
    """

    block: int = 0
    share: float = 0.0

    @property
    def values(self) -> list[int | float]:
        """The two numbers as they are stored."""
        return [self.block, round(self.share, 3)]

    @classmethod
    def from_values(cls, block: object, share: object) -> ScrollPosition | None:
        """Make a position of two stored numbers; None if no story has such a position."""
        try:
            found = cls(int(block), float(share))  # type: ignore[call-overload, arg-type]
        except (ValueError, TypeError, OverflowError):
            return None
        return found if found.block >= 0 and 0 <= found.share <= 1 else None

    def to_json(self) -> str:
        """Return the text that is stored with the marks of the story."""
        return json.dumps(self.values)

    @classmethod
    def from_json(cls, text: str | None) -> ScrollPosition | None:
        """Read a stored text, perhaps from another machine; None if it is no position."""
        try:
            piece, share = parse_json(text)
        except (ValueError, TypeError):
            return None
        return cls.from_values(piece, share)


@dataclass(frozen=True, slots=True)
class ReadingPosition:
    """A story, and the position in it. The key finds the story again when its issue was imported again."""

    issue: str
    position: int
    key: str = ""
    scroll: ScrollPosition = ScrollPosition()

    def to_json(self) -> str:
        """Return the text that is stored as a setting."""
        return json.dumps([self.issue, self.position, self.key, *self.scroll.values])


def resolve_story(library: Library, key: str, ref: str) -> tuple[str, int] | None:
    """Return issue and position of the story with this key, else of the one with this reference; None without both."""
    for name in (key, ref):
        try:
            issue, position = library.resolve(name)
        except NotFoundError:
            continue
        if position is not None:
            return issue, position
    return None


def load_last_position(library: Library, setting: str = LAST_POSITION_SETTING) -> ReadingPosition | None:
    """Return the last position; None if there is none, or the archive no longer holds its story."""
    try:
        issue, position, key, *scroll = parse_json(library.state.load_value(setting))
    except (ValueError, TypeError):  # never stored, or by another version
        return None
    if not (found := resolve_story(library, str(key), f"{issue}/{position}")):
        return None
    at = ScrollPosition.from_values(*scroll) if len(scroll) == 2 else None
    return ReadingPosition(*found, str(key), at or ScrollPosition())


def save_last_position(library: Library, issue_ref: str, position: int, key: str) -> None:
    """Save that this story is open; the position inside it stays the same. Nothing happens if it cannot be saved."""
    last = load_last_position(library)
    if last is None or (last.issue, last.position) != (issue_ref, position):
        scroll = load_scroll_position(library, key) or ScrollPosition()
        with suppress(DatabaseError):
            library.state.save_value(LAST_POSITION_SETTING, ReadingPosition(issue_ref, position, key, scroll).to_json())


def load_scroll_position(library: Library, key: str) -> ScrollPosition | None:
    """Return the saved position inside a story."""
    return ScrollPosition.from_json(library.state.get_scroll_position(key))
