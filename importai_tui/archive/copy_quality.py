"""Compares how well two copies of an issue came through converters and mail programs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from importai_tui.archive.stories import LazyStory
from importai_tui.model import StoryKind

_DAMAGE = re.compile(r"\ufffd|â€|Ã[\u0080-\u00bf]|Â[\u00a0-\u00bf]|(?<=[^\W\d_])\?(?=[^\W\d_])")
"""A character that was lost, UTF-8 read as windows-1252, or a question mark in place of an apostrophe."""
_MIN_DAMAGE = 3
"""More damaged characters than in the other copy. Fewer may be the author's."""


class CopyQuality(NamedTuple):
    """Measures of the stories of a copy; notes count neither as stories nor for their taglines."""

    damage: int
    stories: int
    taglines: int


def measure_quality(stories: Iterable[LazyStory]) -> CopyQuality:
    """Measure the stories of a copy."""
    damage, count, taglines = 0, 0, 0
    for story in stories:
        for text in (story.headline, story.tagline or "", *story.get_block_texts()):
            damage += sum(1 for _ in _DAMAGE.finditer(text))
        if story.kind != StoryKind.NOTE:
            count += 1
            taglines += story.tagline is not None
    return CopyQuality(damage, count, taglines)


def is_damaged(copy: CopyQuality, stored: CopyQuality) -> bool:
    """Return True if a copy has more damaged characters than the stored one."""
    return copy.damage >= stored.damage + _MIN_DAMAGE


def is_poorer(copy: CopyQuality, stored: CopyQuality) -> bool:
    """Return True if a copy is damaged, or has fewer stories or taglines than the stored one."""
    return is_damaged(copy, stored) or copy.stories < stored.stories or copy.taglines < stored.taglines
