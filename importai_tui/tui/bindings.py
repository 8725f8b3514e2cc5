"""Textual bindings made from the command table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType

from importai_tui.keymap import commands_with_keys, effective_keys
from importai_tui.keymap.commands import Command
from importai_tui.keymap.key_names import format_keys
from importai_tui.keymap.screens import SCREEN_COMMANDS, SCREENS_WITH_INPUT, screen_commands
from importai_tui.tui.text import truncate

if TYPE_CHECKING:
    from importai_tui.config.schema import Config

COPY_KEY = "ctrl+c"
"""Copies what is selected on any screen but the reading screen, where it is the key of a command."""
GLOBAL_COMMAND_IDS = ("quit", "suspend", "redraw")
"""The ids of the commands whose keys work on every screen; each is also the name of its action."""


_MAX_LABEL = 60
"""Cells of the description of an own command in the palette and the help."""
_USER_GROUP = "Your commands"
"""The group of the user's own commands in the help."""


def make_command_table(config: Config) -> tuple[Command, ...]:
    """Return the commands of the reading screen with the user's keys, and behind them the user's own commands."""
    table = commands_with_keys(effective_keys(config.preset, config.keys))
    if not config.commands:
        return table
    # The help shows another way to run a command without a key.
    without_key = next((c.key_label for c in table if c.id == "run" and c.keys), ":run")
    own = (
        Command(
            command.id,
            command.key,
            format_keys((command.key,)) if command.key else without_key,
            f"run_user_command('{command.name}')",
            f"Run: {command.name} ({truncate(command.label, _MAX_LABEL)})",
            _USER_GROUP,
        )
        for command in config.commands
    )
    return (*table, *own)


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
