"""The keys of the app: tables of commands and keys, and the effective keys with presets and the user's own keys.

The package imports no screen and reads no file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from importai_tui.keymap.commands import COMMANDS, SERIES, Command, group_commands
from importai_tui.keymap.key_names import UnknownKeyError, format_keys, parse_key
from importai_tui.keymap.screens import SCREEN_COMMANDS, SCREENS_WITH_INPUT, screen_commands

__all__ = [
    "COMMANDS",
    "PRESETS",
    "REQUIRED",
    "SCREENS_WITH_INPUT",
    "SCREEN_COMMANDS",
    "Command",
    "UnknownKeyError",
    "commands_with_keys",
    "effective_keys",
    "effective_screen_keys",
    "find_conflicts",
    "find_shadowed_screen_keys",
    "find_unbound_required",
    "format_keys",
    "group_commands",
    "parse_key",
    "screen_commands",
]

_NEWSBOAT = {
    "story.next_unread": ("n",),
    "story.previous_unread": ("p",),
    "mark.read": ("N",),
    "mark.issue": ("A",),
    "mark.all": ("C",),
    "sync": ("r", "R"),
    "link.panel": ("u", "P"),
    # Newsboat has no undo.
    "mark.undo": ("U",),
    # It shows the entry before this one with p.
    "link.card": ("V",),
}
"""The keys of newsboat: n p N A C, r R to reload, u for the list of links."""

_LESS = {
    "move.half_down": ("d", "ctrl+d"),
    "move.half_up": ("u", "ctrl+u"),
    "read.on": ("space", "f"),
    "read.page_up": ("b",),
    "filter": ("&",),
    "skim": ("D",),
    "mark.undo": ("U",),
    "link.pdf": ("V",),
}
"""The keys of less: d u half a page, f b a page, & filters lines."""

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {"newsboat": _NEWSBOAT, "less": _LESS}
"""The keys that each preset changes, by the ids of the commands."""

Keys = Mapping[str, tuple[str, ...]]
"""The keys of each command, by the id of the command."""

_SCREEN_BY_ID = {command.id: command.group for command in SCREEN_COMMANDS if command.keys}
"""The screen of each command of another screen, by its id."""
REQUIRED = ("help", "quit")
"""Ids of the commands that always need a key."""


def effective_keys(preset: str, own: Keys) -> dict[str, tuple[str, ...]]:
    """Return the keys of every command: the user's own over the preset over the defaults.

    A key that is given to a command is taken from the command that had it. An own command, which is not in the result,
    takes its keys too.
    """
    effective = {command.id: _get_default_keys(command) for command in COMMANDS}
    for claims in (PRESETS.get(preset, {}), {id: keys for id, keys in own.items() if id not in _SCREEN_BY_ID}):
        claimed = {key for keys in claims.values() for key in keys}
        effective = {
            id: claims[id] if id in claims else tuple(key for key in keys if key not in claimed)
            for id, keys in effective.items()
        }
    return effective


def find_conflicts(own: Keys) -> list[tuple[str, str, str]]:
    """Return each key that is given to two commands of one screen, with both ids in order."""
    owners: dict[tuple[str, str], str] = {}
    claims = [(_SCREEN_BY_ID.get(id, ""), key, id) for id, keys in own.items() for key in keys]
    return [(key, owners[screen, key], id) for screen, key, id in claims if owners.setdefault((screen, key), id) != id]


def effective_screen_keys(own: Keys) -> tuple[Command, ...]:
    """Return the commands of other screens with their keys; a key of the user is taken from others of its screen."""
    claimed = {(_SCREEN_BY_ID[id], key) for id, keys in own.items() if id in _SCREEN_BY_ID for key in keys}
    return tuple(_with_own_keys(command, own.get(command.id, ()), claimed) for command in SCREEN_COMMANDS)


def find_shadowed_screen_keys(own: Keys) -> list[str]:
    """Return the ids of commands of other screens that lose all keys to keys of the user."""
    effective = effective_screen_keys(own)
    return [old.id for old, new in zip(SCREEN_COMMANDS, effective, strict=True) if old.keys and not new.keys]


def find_unbound_required(keys: Keys) -> list[str]:
    """Return the ids of required commands without a key."""
    return [id for id in REQUIRED if not keys[id]]


def commands_with_keys(keys: Keys) -> tuple[Command, ...]:
    """Return `COMMANDS` with these keys, for bindings and help."""
    changed = (series for series in SERIES if any(keys[each.id] != _get_default_keys(each) for each in series))
    separate = {command.id: command for series in changed for command in series}
    table = (separate.get(command.id, command) for command in COMMANDS)
    return tuple(_with_keys(command, keys[command.id]) for command in table)


def _with_own_keys(command: Command, own: tuple[str, ...], claimed: Collection[tuple[str, str]]) -> Command:
    keys = own or tuple(key for key in _get_default_keys(command) if (command.group, key) not in claimed)
    return _with_keys(command, keys)


def _with_keys(command: Command, keys: tuple[str, ...]) -> Command:
    if keys == _get_default_keys(command):
        return command
    return command._replace(keys=",".join(keys), key_label=format_keys(keys))


def _get_default_keys(command: Command) -> tuple[str, ...]:
    return tuple(command.keys.split(",")) if command.keys else ()
