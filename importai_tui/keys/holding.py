"""Which keys hold: a preset's claims go before the table's own keys, and a person's before both."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from importai_tui.keys.commands import COMMANDS, LINKS_APART, Command
from importai_tui.keys.names import printed
from importai_tui.keys.presets import PRESETS
from importai_tui.keys.within import WITHIN

Keys = Mapping[str, tuple[str, ...]]
"""Ids of commands, and the keys of each."""

_PLACES = {command.id: command.group for command in WITHIN if command.keys}
"""Of the keys inside other screens, the place of each."""
NEEDED = ("help", "quit")
"""The commands that one must never be left without."""


def keys_in_force(preset: str, own: Keys) -> dict[str, tuple[str, ...]]:
    """The keys of every command. What claims a key takes it from the command that had it."""
    held = {command.id: _own_keys(command) for command in COMMANDS}
    for claims in (PRESETS.get(preset, {}), {id: keys for id, keys in own.items() if id in held}):
        claimed = {key for keys in claims.values() for key in keys}
        held = {
            id: claims[id] if id in claims else tuple(key for key in keys if key not in claimed)
            for id, keys in held.items()
        }
    return held


def claimed_twice(own: Keys) -> list[tuple[str, str, str]]:
    """Each key that is claimed for two commands of one place, with the one that has it first and the other."""
    holders: dict[tuple[str, str], str] = {}
    claims = [(_PLACES.get(id, ""), key, id) for id, keys in own.items() for key in keys]
    return [(key, holders[place, key], id) for place, key, id in claims if holders.setdefault((place, key), id) != id]


def within_in_force(own: Keys) -> tuple[Command, ...]:
    """The keys inside the other screens, a person's own among them: those are taken from others of their place."""
    claimed = {(_PLACES[id], key) for id, keys in own.items() if id in _PLACES for key in keys}
    return tuple(_within(command, own.get(command.id, ()), claimed) for command in WITHIN)


def lost_within(own: Keys) -> list[str]:
    """The commands of other screens that lose all their keys to a person's own."""
    now = within_in_force(own)
    return [before.id for before, after in zip(WITHIN, now, strict=True) if before.keys and not after.keys]


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


def _within(command: Command, own: tuple[str, ...], claimed: Collection[tuple[str, str]]) -> Command:
    keys = own or tuple(key for key in _own_keys(command) if (command.group, key) not in claimed)
    if keys == _own_keys(command):
        return command
    # What the help does not tell it does not tell under another key either.
    return replace(command, keys=",".join(keys), shown=printed(keys) if command.shown else "")


def _with(command: Command, keys: tuple[str, ...]) -> Command:
    return command if keys == _own_keys(command) else replace(command, keys=",".join(keys), shown=printed(keys))


def _own_keys(command: Command) -> tuple[str, ...]:
    return tuple(command.keys.split(",")) if command.keys else ()
