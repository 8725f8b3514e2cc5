"""Parses the names of keys that users write, and formats keys for the help."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable

_ALIASES = {
    " ": "space",
    ",": "comma",
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "bs": "backspace",
}
_LABELS = {
    "comma": ",",
    "delete": "del",
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}

_MOVEMENT_KEYS = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown")
_OTHER_KEYS = ("enter", "escape", "space", "tab", "shift+tab", "backspace", "delete", "comma")

_TERMINAL_EQUIVALENTS = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+h": "backspace",
    "ctrl+[": "escape",
    "shift+space": "space",
    "shift+enter": "enter",
    "ctrl+enter": "enter",
    "shift+escape": "escape",
    "shift+backspace": "backspace",
    "ctrl+tab": "tab",
}
"""Keys that most terminals send as another key (xterm's control sequences; C0 has no more codes)."""

KEY_NAMES = frozenset(
    {
        *_OTHER_KEYS,
        *(f"f{n}" for n in range(1, 13)),
        *(f"{modifier}{key}" for modifier in ("", "shift+", "ctrl+", "alt+") for key in _MOVEMENT_KEYS),
        *(f"ctrl+{letter}" for letter in string.ascii_lowercase if f"ctrl+{letter}" not in _TERMINAL_EQUIVALENTS),
        *(f"alt+{sign}" for sign in string.ascii_letters + string.digits),
    }
)
"""Names of all keys that a terminal can distinguish; a printable character is its own name."""


class UnknownKeyError(ValueError):
    """No terminal sends a key of this name. The text is a predicate ("is not …") and suggests a correct name."""


def parse_key(text: str) -> str:
    """Return the normal name of a key that a user wrote.

    Raises:
        UnknownKey: there is no such key, or terminals send it as another one.
    """
    name = _ALIASES.get(text, text)
    if len(name) == 1 and name.isprintable() and not unicodedata.combining(name):
        return name
    *modifiers, key = name.split("+")
    modifiers = [modifier.lower() for modifier in modifiers]
    if modifiers == ["shift"] and len(key) == 1:
        raise UnknownKeyError(f'is not a key name; write "{key.upper()}" for the letter with shift')
    # A letter keeps its case only after alt: with ctrl, terminals send the same for both.
    key = key if modifiers == ["alt"] and len(key) == 1 else _ALIASES.get(key.lower(), key.lower())
    name = "+".join([*modifiers, key])
    if name in _TERMINAL_EQUIVALENTS:
        raise UnknownKeyError(f'is the same as "{_TERMINAL_EQUIVALENTS[name]}" in a terminal; choose another key')
    if name in KEY_NAMES:
        return name
    if name in (punctuation := _punctuation_by_name()):
        return punctuation[name]
    raise UnknownKeyError(f"is not a key that terminals send{_format_suggestion(name)}")


def format_keys(keys: Iterable[str]) -> str:
    """Return the keys as the help shows them, separated by spaces."""
    return " ".join("+".join(_LABELS.get(part, part) for part in _split_key(key)) for key in keys)


def _split_key(key: str) -> list[str]:
    return key.split("+") if len(key) > 1 else [key]


def _punctuation_by_name() -> dict[str, str]:
    """Return punctuation characters by their Unicode names, as Textual spells them."""
    names = {unicodedata.name(sign).lower().replace("-", "_").replace(" ", "_"): sign for sign in string.punctuation}
    short = {"slash": "/", "backslash": "\\", "at": "@", "minus": "-", "plus": "+", "underscore": "_"}
    return {name: _ALIASES.get(sign, sign) for name, sign in (names | short).items()}


def _format_suggestion(name: str) -> str:
    from difflib import get_close_matches

    similar = get_close_matches(name[:40], sorted({*KEY_NAMES, *_punctuation_by_name()}), 1)
    return f'; did you mean "{similar[0]}"?' if similar else '; keys are like "J", "ctrl+n", "f5" or "pagedown"'
