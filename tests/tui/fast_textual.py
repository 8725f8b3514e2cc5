"""Speeds Textual up: rules are parsed once for all apps of a test process, line caches are dropped, and a headless app
skips drawing that it would discard.

Only work without effect on a test is saved: every screen is still styled, laid out and drawn.
"""

from __future__ import annotations

from typing import Any

import pytest
from textual._compositor import Compositor
from textual._context import active_app
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region

_parsed: dict[tuple[object, ...], list[RuleSet]] = {}
"""The rules of each source for each set of colours. They depend on nothing else, and styling only reads them."""
_parse_rules = Stylesheet._parse_rules
_render_update = Compositor.render_update


def parse_once(stylesheet: Stylesheet, css: str, read_from: Any, *rest: Any, **named: Any) -> list[RuleSet]:
    """Parse a source once; the original caches the rules only as long as its app lives."""
    # The key has the colours' values, because each app has a dictionary of its own.
    key = (css, read_from, rest, *sorted(named.items()), *sorted(stylesheet._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse_rules(stylesheet, css, read_from, *rest, **named)
    return _parsed[key]


def draw_update(compositor: Compositor, full: bool = False, **options: Any) -> Any:
    """Draw each changed widget. Return the lines of the update only if an app shows them, or for a picture."""
    app = active_app.get()
    is_shown = not app.is_headless or "_display" in vars(app)
    if is_shown or full:  # only pictures of a screen ask for a full update
        return _render_update(compositor, full, **options)
    vars(compositor)["_render_chops"] = lambda crop, _is_rendered_line: _draw_widgets(compositor, crop)
    try:
        return _render_update(compositor, **options)
    finally:
        del vars(compositor)["_render_chops"]


def _draw_widgets(compositor: Compositor, crop: Region) -> list[Any]:
    for _ in compositor._get_renders(crop):
        pass
    return []


class NullCache:
    """Replaces the seven caches that each strip makes for itself: few strips are asked twice."""

    def get(self, key: object) -> None:
        """Return None: nothing is cached."""

    def __setitem__(self, key: object, value: object) -> None:
        """Cache nothing."""


_NULL_CACHE = NullCache()


def speed_up_textual(patch: pytest.MonkeyPatch) -> None:
    """Patch Textual for one test."""
    # The pilot checks every 20 ms if the app is idle, three times a key; it can check more often.
    patch.setattr("textual._wait.SLEEP_GRANULARITY", 1 / 200)
    patch.setattr("textual._wait.SLEEP_IDLE", 1 / 4000)
    patch.setattr(Stylesheet, "_parse_rules", parse_once)
    patch.setattr(Compositor, "render_update", draw_update)
    patch.setattr("textual.strip.FIFOCache", lambda _size: _NULL_CACHE)
