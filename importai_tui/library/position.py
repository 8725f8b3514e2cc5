"""Saves and loads the position of the user, in a story and in the archive; the app and plain reading share it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import NamedTuple

from importai_tui.errors import DatabaseError, NotFoundError
from importai_tui.json_text import parse_json
from importai_tui.library.library import Library

LAST_POSITION_SETTING = "place"
"""Name of the setting with the last position: issue, position, key, and the two numbers of a `ScrollPosition`."""
GUIDE_POSITION_SETTING = "guide-place"
"""Name of the setting with the last position in the built-in guide."""


class ScrollPosition(NamedTuple):
    """A position in a story that does not depend on the width: a block, and the share of its words above (0 to 1).

    Blocks count from 0: headline, tagline, byline, then each paragraph and list item. Share 0 is the gap above the
    block. At its first words the share is a little more.
    """

    block: int = 0
    share: float = 0.0

    @property
    def values(self) -> list[int | float]:
        """The two numbers as they are stored."""
        return [self.block, round(self.share, 3)]

    @classmethod
    def from_values(cls, block: object, share: object) -> ScrollPosition | None:
        """Make a position from two stored numbers; return None if they are invalid."""
        try:
            position = cls(int(block), float(share))  # type: ignore[call-overload, arg-type]
        except (ValueError, TypeError, OverflowError):
            return None
        return position if position.block >= 0 and 0 <= position.share <= 1 else None

    def to_json(self) -> str:
        """Return the text that is stored in the state of the story."""
        return json.dumps(self.values)

    @classmethod
    def from_json(cls, text: str | None) -> ScrollPosition | None:
        """Parse a stored text, perhaps from another machine; return None if it is invalid."""
        try:
            block, share = parse_json(text)
        except (ValueError, TypeError):
            return None
        return cls.from_values(block, share)


class ReadingPosition(NamedTuple):
    """A story and the scroll position in it. The key still finds the story if its issue was imported again."""

    issue: str
    position: int
    key: str = ""
    scroll: ScrollPosition = ScrollPosition()

    def to_json(self) -> str:
        """Return the text that is stored as a setting."""
        return json.dumps([self.issue, self.position, self.key, *self.scroll.values])


def resolve_story(library: Library, key: str, ref: str) -> tuple[str, int] | None:
    """Return issue and position of the story with this key, or else with this reference; None if both are unknown."""
    for name in (key, ref):
        try:
            issue, position = library.resolve(name)
        except NotFoundError:
            continue
        if position is not None:
            return issue, position
    return None


def load_last_position(library: Library, setting: str = LAST_POSITION_SETTING) -> ReadingPosition | None:
    """Return the last position; None if there is none, or the archive no longer has its story."""
    try:
        issue, position, key, *scroll = parse_json(library.state.load_value(setting))
    except (ValueError, TypeError):  # never stored, or by another version
        return None
    if not (found := resolve_story(library, str(key), f"{issue}/{position}")):
        return None
    scroll_position = ScrollPosition.from_values(*scroll) if len(scroll) == 2 else None
    return ReadingPosition(*found, str(key), scroll_position or ScrollPosition())


def save_last_position(library: Library, issue_ref: str, position: int, key: str) -> None:
    """Save that this story is open, with the saved scroll position in it. Ignores database errors."""
    last = load_last_position(library)
    if last is None or (last.issue, last.position) != (issue_ref, position):
        scroll = load_scroll_position(library, key) or ScrollPosition()
        with suppress(DatabaseError):
            value = ReadingPosition(issue_ref, position, key, scroll).to_json()
            library.state.save_value(LAST_POSITION_SETTING, value)


def load_scroll_position(library: Library, key: str) -> ScrollPosition | None:
    """Return the saved scroll position in a story."""
    return ScrollPosition.from_json(library.state.get_scroll_position(key))
