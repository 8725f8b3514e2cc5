"""Sets of keys for hands that have learned another program: what each changes, by the ids of the commands."""

from __future__ import annotations

from collections.abc import Mapping

_NEWSBOAT = {
    "story.next_unread": ("n",),
    "story.previous_unread": ("p",),
    "mark.read": ("N",),
    "mark.issue": ("A",),
    "mark.all": ("C",),
    "sync": ("r", "R"),
    "link.panel": ("u", "P"),
    # Newsboat cannot undo, so its hands expect nothing there.
    "mark.undo": ("U",),
    "link.pdf": ("D",),
}
"""As newsboat has them: n p N A C, r R to reload, u for the list of links."""

_LESS = {
    "move.half_down": ("d", "ctrl+d"),
    "move.half_up": ("u", "ctrl+u"),
    "read.on": ("space", "f"),
    "read.page_up": ("b",),
    "filter": ("&",),
    "skim": ("D",),
    "mark.undo": ("U",),
}
"""As less has them: d u half a page, f b a page, & shows only what matches."""

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {"newsboat": _NEWSBOAT, "less": _LESS}
