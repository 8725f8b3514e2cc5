"""Colours reckoned with: how far two stand apart, and one moved until it can be read. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from textual.color import BLACK, WHITE, Color

READABLE = 4.5
"""The least contrast of text and its ground: level AA of WCAG 2.1, section 1.4.3."""
_STEPS = 25
"""From one colour to another, when looking for the nearest that will do."""


def contrast(one: Color, other: Color) -> float:
    """The ratio of WCAG 2.1: 1 for the same colour, 21 for black and white."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(colour: Color, grounds: Iterable[Color]) -> Color:
    """The colour, so much lighter or darker, away from the grounds, that it can be read on all of them.

    It keeps its hue as long as it can: the end of the way is white, or black.
    """
    wanted = tuple(grounds)
    end = max((WHITE, BLACK), key=lambda end: min(contrast(end, ground) for ground in wanted))
    shades = (colour.blend(end, step / _STEPS) for step in range(_STEPS))
    return next((shade for shade in shades if all(contrast(shade, ground) >= READABLE for ground in wanted)), end)


def tinted(ground: Color, hue: Color, share: float, text: Color, room: float) -> Color:
    """The ground with a share of a hue, or with as much of it as leaves to text that share of its contrast there.

    It never leaves less than can be read.
    """
    least = max(READABLE, room * contrast(text, ground))
    shades = (ground.blend(hue, share * (_STEPS - step) / _STEPS) for step in range(_STEPS))
    return next((shade for shade in shades if contrast(text, shade) >= least), ground)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
