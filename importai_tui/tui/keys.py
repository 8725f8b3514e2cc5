"""The table of commands as Textual's bindings."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding

from importai_tui.keys import Command


def bindings(commands: Iterable[Command]) -> list[Binding]:
    """The commands that have a key."""
    return [
        Binding(c.keys, c.action, c.words, id=c.id, show=False, priority=c.id == "quit") for c in commands if c.keys
    ]
