"""Textual bindings made from the command table."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding, BindingType

from importai_tui.keymap.commands import Command
from importai_tui.keymap.key_names import format_keys
from importai_tui.keymap.screens import SCREEN_COMMANDS, SCREENS_WITH_INPUT, screen_commands

COPY_KEY = "ctrl+c"
"""Copies what is selected on any screen but the reading screen, where it is the key of a command."""
GLOBAL_COMMAND_IDS = ("quit", "suspend", "redraw")
"""The ids of the commands whose keys work on every screen; each is also the name of its action."""


def make_bindings(commands: Iterable[Command]) -> list[Binding]:
    """Return the bindings of the commands that have a key."""
    return [
        Binding(c.keys, c.action, c.description, id=c.id, show=False, priority=c.id in GLOBAL_COMMAND_IDS)
        for c in commands
        if c.keys
    ]


def make_screen_bindings(screen: str) -> list[BindingType]:
    """Return the bindings of another screen; a keymap changes them by their ids."""
    has_input = screen in SCREENS_WITH_INPUT
    # First, because the same key closes many screens. It does nothing if nothing is selected.
    copy = Binding(COPY_KEY, "copy_text", show=False, priority=has_input)
    commands = screen_commands(screen)
    return [copy, *(Binding(c.keys, c.action, c.description, id=c.id, priority=has_input) for c in commands)]


def format_screen_key(app: object, id: str, default: str) -> str:
    """Return the key of a command of another screen for a hint: the user's own key, else `default`."""
    commands: tuple[Command, ...] = getattr(app, "screen_commands", SCREEN_COMMANDS)
    own = next(
        (c for c, table in zip(commands, SCREEN_COMMANDS, strict=True) if c.id == id and c.keys != table.keys),
        None,
    )
    return format_keys((own.keys.partition(",")[0],)) if own else default


def format_key_hints(app: object, *hints: tuple[str, str, str]) -> str:
    """Return hints in a line. Each hint is the id of a command, its default key, and some words."""
    return "   ".join(f"{format_screen_key(app, id, default)} {words}" for id, default, words in hints)


def make_global_bindings(commands: Iterable[Command]) -> list[Binding]:
    """Return the bindings of quitting and suspending that work on any screen, except keys that type a letter.

    They replace Textual's own bindings, which would win over all others, even over a user's key.
    """

    def keys(id: str) -> str:
        return ",".join(key for c in commands if c.id == id for key in c.keys.split(",") if len(key) > 1)

    global_bindings = [Binding(keys(id), id, show=False, priority=True) for id in GLOBAL_COMMAND_IDS if keys(id)]
    return [*global_bindings, Binding("ctrl+c", "help_quit", show=False, system=True)]
