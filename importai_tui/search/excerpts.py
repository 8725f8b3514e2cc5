"""The piece of a story that shows why it was found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a story on one line, ellipses where something was cut off.

    `highlights` are the matches in `text`, each from one character to before another. `block` is the index of the
    story's block that it is from, -1 where it is the tagline or nothing matches in the text.
    """

    text: str
    highlights: tuple[tuple[int, int], ...] = ()
    block: int = -1
