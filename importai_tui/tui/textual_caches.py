"""Replaces a cache of Textual that holds closed widgets: 80 MB of screens that were opened and closed.

Textual's other caches are bounded, and the reader's own line views hardly use them: clearing them after each 50 stories
did not change the memory after 2,000.
"""

from __future__ import annotations

from textual._styles_cache import StylesCache
from textual.color import Color
from textual.style import Style


def cache_no_widgets() -> None:
    """Replace Textual's cache that keeps each widget which ever had a border or a background, with all its lines.

    Textual 8.2.8; its issue 6665.
    """
    StylesCache.get_inner_outer = _inner_outer  # type: ignore[method-assign, assignment]


def _inner_outer(_: StylesCache, base_background: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base_background + background), Style(background=base_background)
