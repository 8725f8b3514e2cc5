"""The keys that a person gives to commands: known ids, keys that there are, none for two commands."""

from __future__ import annotations

from string import ascii_letters, digits, punctuation

from importai_tui.config.kinds import Wrong, meant, must_be
from importai_tui.keys import (
    COMMANDS,
    TYPED_IN,
    WITHIN,
    UnknownKey,
    claimed_twice,
    key_named,
    keys_in_force,
    left_without,
    lost_within,
    printed,
)

_EXAMPLE = 'a key or a list of keys, like "J" or ["J", "ctrl+n"]'


_PLACES = {command.id: command.group for command in WITHIN}
_DEFAULTS = {command.id: {key_named(key) for key in command.keys.split(",") if key} for command in WITHIN}


class OwnKeys:
    """What is given so far."""

    within = frozenset(command.id for command in WITHIN if command.keys)
    """Those of other screens, which need a key each."""
    known = (*(command.id for command in COMMANDS), *sorted(within))
    """The commands that can be given keys."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[str, ...]] = {}

    def give(self, id: str, written: object, *, over: bool) -> None:
        """Gives a command its keys; `over` those that it has been given.

        Raises:
            Wrong: there is no such command, or no such key, or the command has been given keys.
        """
        if id not in self.known:
            raise Wrong(_unknown(id))
        if id in self.keys and not over:
            raise Wrong("is set twice; keep one of the two")
        words = [written] if isinstance(written, str) else written
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise must_be(_EXAMPLE, written)
        self.keys[id] = tuple(dict.fromkeys(_named(word) for word in words if word))
        if id in self.within and not self.keys[id]:
            raise Wrong(f"needs a key: it is another screen's; give it {_EXAMPLE}")
        typed = (key for key in self.keys[id] if _is_typed(key) and key not in _DEFAULTS[id])
        if _PLACES.get(id) in TYPED_IN and (letter := next(typed, "")):
            raise Wrong(f'has the key "{printed((letter,))}", which is typed there; give it one like "f5" or "ctrl+n"')

    def faults(self, preset: str) -> list[tuple[str, str]]:
        """What is wrong with all of them together: the id of the command that makes it so, and a sentence."""
        found = [
            (second, f'the key "{key}" is given to {first} and to {second}; take it away from one of them')
            for key, first, second in claimed_twice(self.keys)
        ]
        for needed in left_without(keys_in_force(preset, self.keys)):
            lost = set(keys_in_force(preset, {})[needed])
            taker = next((id for id, keys in self.keys.items() if lost & set(keys)), needed)
            culprit = needed if needed in self.keys else taker
            found.append((culprit, f'{needed} would have no key left; give it one, like {needed} = "f10"'))
        for robbed in lost_within(self.keys):
            place = _PLACES[robbed]
            taker = next(id for id in self.keys if _PLACES.get(id) == place)
            found.append((taker, f'{robbed} would have no key left; give it one, like "{robbed}" = "f10"'))
        return found


def _named(word: str) -> str:
    try:
        return key_named(word)
    except UnknownKey as unknown:
        raise Wrong(f'has the key "{word[:40]}", which {unknown}') from None


def _is_typed(key: str) -> bool:
    """Whether it puts a letter or a sign into a line."""
    sign = printed((key,))
    return key == "space" or (len(sign) == 1 and sign in ascii_letters + digits + punctuation)


def _unknown(id: str) -> str:
    if any(command.id == id for command in WITHIN):
        return "is a key of the line one types in, and cannot be changed; take it away"
    return f"is no command{meant(id, list(OwnKeys.known)) or '; importai-tui keys names them all'}"
