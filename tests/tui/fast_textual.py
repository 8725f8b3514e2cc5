"""What Textual would do again for each app of a test process, done once; what it would keep for long, not kept.

Only work that comes to nothing in a test is left out: every screen is still styled, laid out and drawn.
"""

from __future__ import annotations

from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_parsed: dict[tuple[object, ...], list[RuleSet]] = {}
"""The rules of each source, for each set of colours: they depend on nothing else, and styling only reads them."""
_parse_rules = Stylesheet._parse_rules


def parse_once(stylesheet: Stylesheet, css: str, read_from: Any, *rest: Any, **named: Any) -> list[RuleSet]:
    """The same as the stylesheet's own, which remembers no longer than its app lives."""
    # The colours by their value, not by the dictionary that holds them: each app has one of its own.
    key = (css, read_from, rest, *sorted(named.items()), *sorted(stylesheet._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse_rules(stylesheet, css, read_from, *rest, **named)
    return _parsed[key]


class NullCache:
    """In place of the seven caches that each strip of a line makes for itself: few strips are ever asked twice."""

    def get(self, key: object) -> None:
        """It is not there."""

    def __setitem__(self, key: object, value: object) -> None:
        """Let it go."""


_NULL_CACHE = NullCache()


def speed_up_textual(patch: pytest.MonkeyPatch) -> None:
    """Patch Textual for one test."""
    # The pilot looks every 20 ms whether the app has come to rest, three times a key; it may look sooner.
    patch.setattr("textual._wait.SLEEP_GRANULARITY", 1 / 200)
    patch.setattr("textual._wait.SLEEP_IDLE", 1 / 4000)
    patch.setattr(Stylesheet, "_parse_rules", parse_once)
    patch.setattr("textual.strip.FIFOCache", lambda _size: _NULL_CACHE)
