"""What Textual remembers of what is gone: thousands of places and styles, and whole widgets.

Its caches are bounded, but to fill them takes 10 MB of stories, and 80 MB of screens that were opened and left.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from textual._styles_cache import StylesCache
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip

_STORIES = 50
"""Shown between two times: it takes some milliseconds."""
_PLACES = (
    Region.contains_region,
    Region.grow,
    Region.intersection,
    Region.overlaps,
    Region.shrink,
    Region.translate,
    Region.union,
)


class Forgetting:
    """Counts the stories that are shown, and now and then has the old ones forgotten."""

    def __init__(self) -> None:
        self._shown = 0

    def another(self) -> None:
        """Another story is about to be shown."""
        self._shown += 1
        if self._shown % _STORIES == 0:
            forget()


def forget_widgets() -> None:
    """Lets go of widgets that were taken away: of each that ever had a border or a ground one cache keeps all lines.

    Textual 8.2.8; its issue 6665.
    """
    clear: Callable[[], None] | None = getattr(StylesCache.get_inner_outer, "cache_clear", None)
    if clear:
        clear()


def forget() -> None:
    """Empties the caches of whatever depends on where something stood, and looks for what nobody holds any more."""
    for remembered in _PLACES:
        remembered.cache_clear()
    forget_widgets()
    # Each run of words is a style of its own: it knows where in the story it stands, for what is selected.
    Strip.render_ansi.cache_clear()
    ANSIToTruecolor.truecolor_style.cache_clear()
    # Left to itself it comes when there is a quarter more than there was, and leaves holes in what it gives back.
    gc.collect()
