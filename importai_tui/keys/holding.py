"""Which keys hold: a preset's claims go before the table's own keys, and a person's before both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from importai_tui.keys.commands import COMMANDS, LINKS_APART, Command
from importai_tui.keys.names import printed
from importai_tui.keys.presets import PRESETS

Keys = Mapping[str, tuple[str, ...]]
"""Ids of commands, and the keys of each."""

NEEDED = ("help", "quit")
"""The commands that one must never be left without."""


def keys_in_force(preset: str, own: Keys) -> dict[str, tuple[str, ...]]:
    """The keys of every command. What claims a key takes it from the command that had it."""
    held = {command.id: _own_keys(command) for command in COMMANDS}
    for claims in (PRESETS.get(preset, {}), own):
        claimed = {key for keys in claims.values() for key in keys}
        held = {
            id: claims[id] if id in claims else tuple(key for key in keys if key not in claimed)
            for id, keys in held.items()
        }
    return held


def claimed_twice(own: Keys) -> list[tuple[str, str, str]]:
    """Each key that is claimed for two commands, with the one that has it first and the other."""
    holders: dict[str, str] = {}
    return [(key, holders[key], id) for id, keys in own.items() for key in keys if holders.setdefault(key, id) != id]


def left_without(keys: Keys) -> list[str]:
    """The commands that one needs and that no key calls."""
    return [id for id in NEEDED if not keys[id]]


def commands_with(keys: Keys) -> tuple[Command, ...]:
    """The table with the keys that hold, as bindings and help want it."""
    apart = {link.id: link for link in LINKS_APART}
    table = COMMANDS
    if any(keys[link.id] != _own_keys(link) for link in LINKS_APART):
        table = tuple(apart.get(command.id, command) for command in COMMANDS)
    return tuple(_with(command, keys[command.id]) for command in table)


def _with(command: Command, keys: tuple[str, ...]) -> Command:
    return command if keys == _own_keys(command) else replace(command, keys=",".join(keys), shown=printed(keys))


def _own_keys(command: Command) -> tuple[str, ...]:
    return tuple(command.keys.split(",")) if command.keys else ()
