"""The table of commands as Textual's bindings."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding, BindingType

from importai_tui.keymap.commands import Command
from importai_tui.keymap.key_names import format_keys
from importai_tui.keymap.screens import SCREEN_COMMANDS, SCREENS_WITH_INPUT, screen_commands

GLOBAL_COMMAND_IDS = ("quit", "suspend")
"""The ids of the commands whose keys work on every screen, and their actions there."""


def make_bindings(commands: Iterable[Command]) -> list[Binding]:
    """The commands that have a key."""
    return [
        Binding(c.keys, c.action, c.description, id=c.id, show=False, priority=c.id in GLOBAL_COMMAND_IDS)
        for c in commands
        if c.keys
    ]


def make_screen_bindings(place: str) -> list[BindingType]:
    """The keys of a place over the page; the ids are what a keymap changes."""
    typed = place in SCREENS_WITH_INPUT
    return [Binding(c.keys, c.action, c.description, id=c.id, priority=typed) for c in screen_commands(place)]


def format_screen_key(app: object, id: str, default: str) -> str:
    """How a hint names a key of another screen: as it is `shown`, unless a person has given the command others."""
    within: tuple[Command, ...] = getattr(app, "screen_commands", SCREEN_COMMANDS)
    mine = next(
        (c for c, table in zip(within, SCREEN_COMMANDS, strict=True) if c.id == id and c.keys != table.keys), None
    )
    return format_keys((mine.keys.partition(",")[0],)) if mine else default


def format_key_hints(app: object, *told: tuple[str, str, str]) -> str:
    """A line of such hints: the id of each, its key, its words."""
    return "   ".join(f"{format_screen_key(app, id, shown)} {words}" for id, shown, words in told)


def make_global_bindings(commands: Iterable[Command]) -> list[Binding]:
    """Return the keys that work on any screen: those of quitting and of suspending that no line takes as a letter.

    They take the place of Textual's own, which come before all others even where a command was given one of them.
    """

    def keys(id: str) -> str:
        return ",".join(key for c in commands if c.id == id for key in c.keys.split(",") if len(key) > 1)

    everywhere = [Binding(keys(id), id, show=False, priority=True) for id in GLOBAL_COMMAND_IDS if keys(id)]
    return [*everywhere, Binding("ctrl+c", "help_quit", show=False, system=True)]
