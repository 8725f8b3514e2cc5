"""The table of commands as Textual's bindings."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding, BindingType

from importai_tui.keymap.commands import Command
from importai_tui.keymap.key_names import format_keys
from importai_tui.keymap.screens import SCREEN_COMMANDS, SCREENS_WITH_INPUT, screen_keys

EVERYWHERE = ("quit", "suspend")
"""The ids of the commands whose keys work on every screen, and their actions there."""


def bindings(commands: Iterable[Command]) -> list[Binding]:
    """The commands that have a key."""
    return [
        Binding(c.keys, c.action, c.words, id=c.id, show=False, priority=c.id in EVERYWHERE) for c in commands if c.keys
    ]


def bindings_in(place: str) -> list[BindingType]:
    """The keys of a place over the page; the ids are what a keymap changes."""
    typed = place in SCREENS_WITH_INPUT
    return [Binding(c.keys, c.action, c.words, id=c.id, priority=typed) for c in screen_keys(place)]


def key_within(app: object, id: str, shown: str) -> str:
    """How a hint names a key of another screen: as it is `shown`, unless a person has given the command others."""
    within: tuple[Command, ...] = getattr(app, "within", SCREEN_COMMANDS)
    mine = next(
        (c for c, table in zip(within, SCREEN_COMMANDS, strict=True) if c.id == id and c.keys != table.keys), None
    )
    return format_keys((mine.keys.partition(",")[0],)) if mine else shown


def keys_line(app: object, *told: tuple[str, str, str]) -> str:
    """A line of such hints: the id of each, its key, its words."""
    return "   ".join(f"{key_within(app, id, shown)} {words}" for id, shown, words in told)


def bindings_everywhere(commands: Iterable[Command]) -> list[Binding]:
    """Return the keys that work on any screen: those of quitting and of suspending that no line takes as a letter.

    They take the place of Textual's own, which come before all others even where a command was given one of them.
    """

    def keys(id: str) -> str:
        return ",".join(key for c in commands if c.id == id for key in c.keys.split(",") if len(key) > 1)

    everywhere = [Binding(keys(id), id, show=False, priority=True) for id in EVERYWHERE if keys(id)]
    return [*everywhere, Binding("ctrl+c", "help_quit", show=False, system=True)]
