"""The commands with the keys that hold, for what offers them."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from importai_tui.keymap import COMMANDS, SCREEN_COMMANDS, Command


@runtime_checkable
class Keyed(Protocol):
    """An app that has been given keys of a preset's, or of a person's own."""

    commands: tuple[Command, ...]
    """The table with the keys that hold."""
    within: tuple[Command, ...]
    """The same of the other screens."""


def held_by(app: object) -> tuple[Command, ...]:
    """The table as this app has it; the table's own keys where it has been told of none."""
    return app.commands if isinstance(app, Keyed) else COMMANDS


def held_within(app: object) -> tuple[Command, ...]:
    """The same of the other screens."""
    return app.within if isinstance(app, Keyed) else SCREEN_COMMANDS
