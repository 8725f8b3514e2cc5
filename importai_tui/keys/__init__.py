"""What the reader's keys are called and what they do: plain tables, for settings, bindings, help and the command line.

This room knows no screen and no file.
"""

from importai_tui.keys.commands import COMMANDS, Command
from importai_tui.keys.holding import (
    claimed_twice,
    commands_with,
    keys_in_force,
    left_without,
    lost_within,
    within_in_force,
)
from importai_tui.keys.names import UnknownKey, key_named, printed
from importai_tui.keys.presets import PRESETS
from importai_tui.keys.within import TYPED_IN, WITHIN, keys_within

__all__ = [
    "COMMANDS",
    "PRESETS",
    "TYPED_IN",
    "WITHIN",
    "Command",
    "UnknownKey",
    "claimed_twice",
    "commands_with",
    "key_named",
    "keys_in_force",
    "keys_within",
    "left_without",
    "lost_within",
    "printed",
    "within_in_force",
]
