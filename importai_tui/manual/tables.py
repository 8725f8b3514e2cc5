"""Markdown tables of commands, keys and settings, for the pages of the help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from importai_tui.config.render import to_toml
from importai_tui.config.schema import SETTINGS
from importai_tui.keymap import PRESETS
from importai_tui.keymap.commands import COMMANDS, Command, group_commands
from importai_tui.keymap.key_names import format_keys
from importai_tui.keymap.screens import SCREEN_COMMANDS


def format_commands(commands: Iterable[Command]) -> str:
    """Return the commands that have keys, with their ids, by group."""
    rows: list[tuple[str, ...]] = []
    for group, members in group_commands(commands).items():
        if shown := [command for command in members if command.key_label]:
            rows.append((f"**{group}**", "", ""))
            rows += ((_format_keys(command.key_label), command.description, f"`{command.id}`") for command in shown)
    return _format_table(("keys", "what they do", "id"), rows)


def format_screen_commands() -> str:
    """Return the keys of other screens and of dialogs, without their ids."""
    rows: list[tuple[str, str]] = []
    for group, members in group_commands(SCREEN_COMMANDS).items():
        rows.append((f"**{group}**", ""))
        rows += ((_format_keys(command.key_label), command.description) for command in members if command.key_label)
    return _format_table(("keys", "what they do"), rows)


def format_commands_without_keys() -> str:
    """Return the commands that only the palette has."""
    rows = ((command.description, command.id) for command in COMMANDS if not command.keys)
    return _format_table(("in the palette", "id"), rows)


def format_presets() -> str:
    """Return the keys that each preset changes."""
    descriptions = {command.id: command.description for command in COMMANDS}
    rows: list[tuple[str, str]] = []
    for preset, changes in PRESETS.items():
        rows.append((f"**{preset}**", ""))
        rows += ((_format_keys(format_keys(keys)), descriptions[id]) for id, keys in changes.items() if keys)
    return _format_table(("keys", "what they do"), rows)


def format_settings() -> str:
    """Return the settings with their defaults."""
    rows = ((f"`{setting.key}`", _format_code(to_toml(setting.default)), setting.text) for setting in SETTINGS)
    return _format_table(("setting", "default", "what it does"), rows)


def _format_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (header, ["---"] * len(header), *rows)
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _format_keys(label: str) -> str:
    return " ".join(_format_code(key) if key != "…" else key for key in label.split())


def _format_code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


TABLES: Mapping[str, Callable[[], str]] = {
    "<!-- keys -->": lambda: format_commands(COMMANDS),
    "<!-- keys within -->": format_screen_commands,
    "<!-- commands without a key -->": format_commands_without_keys,
    "<!-- presets -->": format_presets,
    "<!-- settings -->": format_settings,
}
"""The marker of each table in the pages, and the function that makes the table."""
