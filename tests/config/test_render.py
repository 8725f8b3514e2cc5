"""The file of `config --init` and the tables of the help agree with the settings."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from textual.theme import BUILTIN_THEMES

from importai_tui.config import load_config
from importai_tui.config.render import format_default_file
from importai_tui.config.schema import PRESET_NAMES, SETTINGS, THEMES, Config, variable_name
from importai_tui.keymap import PRESETS, effective_keys
from importai_tui.keymap.commands import COMMANDS
from importai_tui.tui.theme import INK_NAME, PAPER_NAME


def test_the_initial_file_sets_nothing(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(format_default_file())
    assert load_config(file, {}).config == Config()


def test_the_initial_file_shows_the_defaults(tmp_path: Path) -> None:
    every = re.sub(r"^# (\S+ = )", r"\1", format_default_file(), flags=re.MULTILINE)
    file = tmp_path / "config.toml"
    file.write_text(every)
    config, unset = load_config(file, {}).config, Config()
    assert effective_keys(config.preset, config.keys) == effective_keys(unset.preset, unset.keys)
    for setting in SETTINGS:
        assert tomllib.loads(every)[setting.table][setting.name] == setting.default
        if not setting.is_remembered:
            assert getattr(config, setting.name) == getattr(unset, setting.name), setting.key


def test_every_preset_can_be_set() -> None:
    assert set(PRESET_NAMES) == set(PRESETS)


def test_no_two_settings_share_a_variable() -> None:
    variables = [s.variable for s in SETTINGS] + [variable_name(f"keys.{command.id}") for command in COMMANDS]
    assert len(variables) == len(set(variables))


def test_every_theme_setting_exists() -> None:
    assert set(THEMES) - {"terminal", INK_NAME, PAPER_NAME} <= set(BUILTIN_THEMES)
