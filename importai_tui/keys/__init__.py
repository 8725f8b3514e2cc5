"""What the reader's keys are called and what they do: plain tables, for settings, bindings, help and the command line.

This room knows no screen and no file.
"""

from importai_tui.keys.commands import COMMANDS, Command
from importai_tui.keys.holding import claimed_twice, commands_with, keys_in_force, left_without
from importai_tui.keys.names import UnknownKey, key_named, printed
from importai_tui.keys.presets import PRESETS
from importai_tui.keys.within import WITHIN

__all__ = [
    "COMMANDS",
    "PRESETS",
    "WITHIN",
    "Command",
    "UnknownKey",
    "claimed_twice",
    "commands_with",
    "key_named",
    "keys_in_force",
    "left_without",
    "printed",
]
