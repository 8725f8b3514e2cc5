"""Checks the keys that the user gives to commands."""

from __future__ import annotations

from string import ascii_letters, digits, punctuation

from importai_tui.config.value_types import InvalidSettingError, did_you_mean, make_error
from importai_tui.keymap import effective_keys, find_conflicts, find_shadowed_screen_keys, find_unbound_required
from importai_tui.keymap.commands import COMMANDS
from importai_tui.keymap.key_names import UnknownKeyError, format_keys, parse_key
from importai_tui.keymap.screens import SCREEN_COMMANDS, SCREENS_WITH_INPUT

_EXAMPLE = 'a key or a list of keys, like "J" or ["J", "ctrl+n"]'
_GROUPS = {command.id: command.group for command in SCREEN_COMMANDS}
_DEFAULTS = {command.id: {parse_key(key) for key in command.keys.split(",") if key} for command in SCREEN_COMMANDS}


class UserKeymap:
    """The keys of the user by command id, checked one by one and then together."""

    screen_command_ids = frozenset(command.id for command in SCREEN_COMMANDS if command.keys)
    """Ids of the commands of other screens; each of these needs a key."""
    command_ids = (*(command.id for command in COMMANDS), *sorted(screen_command_ids))
    """Ids of the commands that can be given keys."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[str, ...]] = {}

    def set_keys(self, id: str, value: object, *, replace: bool) -> None:
        """Set the keys of a command.

        Args:
            id: the id of the command.
            value: a key or a list of keys, as the file has them.
            replace: replace keys that were set before.

        Raises:
            InvalidSettingError: the command or a key is unknown, or the command has keys already.
        """
        if id not in self.command_ids:
            raise InvalidSettingError(_describe_unknown_id(id))
        if id in self.keys and not replace:
            raise InvalidSettingError("is set twice; remove one of the two")
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise make_error(_EXAMPLE, value)
        keys = tuple(dict.fromkeys(_parse_key(word) for word in words if word))
        if id in self.screen_command_ids and not keys:
            raise InvalidSettingError(f"needs at least one key: {_EXAMPLE}")
        typed_keys = (key for key in keys if _is_typed(key) and key not in _DEFAULTS[id])
        if _GROUPS.get(id) in SCREENS_WITH_INPUT and (letter := next(typed_keys, "")):
            raise InvalidSettingError(
                f'can\'t use the key "{format_keys((letter,))}", which types text there; use one like "f5" or "ctrl+n"'
            )
        self.keys[id] = keys

    def find_errors(self, preset: str) -> list[tuple[str, str]]:
        """Return the errors of all keys together: the id of the command that causes it, and a sentence."""
        errors = [
            (second, f'the key "{key}" is set for both {first} and {second}; remove it from one of them')
            for key, first, second in find_conflicts(self.keys)
        ]
        for required in find_unbound_required(effective_keys(preset, self.keys)):
            default_keys = set(effective_keys(preset, {})[required])
            taker = next((id for id, keys in self.keys.items() if default_keys & set(keys)), required)
            id = required if required in self.keys else taker
            errors.append((id, f'{required} would have no key left; set one, like {required} = "f10"'))
        for shadowed in find_shadowed_screen_keys(self.keys):
            group = _GROUPS[shadowed]
            taker = next(id for id in self.keys if _GROUPS.get(id) == group)
            errors.append((taker, f'{shadowed} would have no key left; set one, like "{shadowed}" = "f10"'))
        return errors


def _parse_key(word: str) -> str:
    try:
        return parse_key(word)
    except UnknownKeyError as error:
        raise InvalidSettingError(f'has the key "{word[:40]}", which {error}') from None


def _is_typed(key: str) -> bool:
    """Return True if the key types a character into an input line."""
    label = format_keys((key,))
    return key == "space" or (len(label) == 1 and label in ascii_letters + digits + punctuation)


def _describe_unknown_id(id: str) -> str:
    if any(command.id == id for command in SCREEN_COMMANDS):
        return "is a key of the input line, which can't be changed; remove it"
    return f"is not a command{did_you_mean(id, list(UserKeymap.command_ids)) or '; see importai-tui keys'}"
