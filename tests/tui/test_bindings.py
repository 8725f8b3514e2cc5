"""Keys of the user in all panes and screens."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.binding import Binding

from importai_tui.config import ConfigWatcher
from importai_tui.config.schema import Config
from importai_tui.config.user_commands import UserCommand
from importai_tui.keymap import PRESETS, effective_keys
from importai_tui.keymap.commands import COMMANDS
from importai_tui.library.library import Library
from importai_tui.tui.background_jobs import BackgroundSetup
from importai_tui.tui.bindings import make_command_table
from importai_tui.tui.dialogs.note_editor import NoteDialog
from importai_tui.tui.skim.screen import SkimScreen
from tests.tui.sample_app import run_reader, store_issues


async def test_user_keys_apply_on_other_screens(library: Library, config_file: Path) -> None:
    config_file.write_text('[keys]\n"digest.star" = "j"\n"digest.choose" = "f7"\n"note.keep" = "f6"\n')
    async with run_reader(
        store_issues(library), "12/1", background=BackgroundSetup(config_watcher=ConfigWatcher(config_file, {}))
    ) as reader:
        key = library.get_story("12", 1).key
        await reader.pilot.press("d")
        await reader.wait_until(lambda: isinstance(reader.app.screen, SkimScreen))
        assert "f7 full story" in reader.footer
        await reader.pilot.press("j")
        assert library.state.is_starred(key)
        await reader.pilot.press("down", "j")
        assert library.state.is_starred(library.get_story("12", 2).key)
        await reader.pilot.press("escape", "e")
        await reader.wait_until(lambda: isinstance(reader.app.screen, NoteDialog))
        assert "f6 save" in reader.screen_text()


def test_own_commands_join_the_table() -> None:
    commands = (UserCommand("cat", ("cat",), "C"), UserCommand("llm", ("llm", "-s"), description="Summarise " * 7))
    *_, cat, llm = make_command_table(Config(commands=commands, keys={"commands.cat": ("C",)}))
    assert (cat.keys, cat.key_label, cat.description) == ("C", "C", "Run: cat (cat)")
    assert cat.action == "run_user_command('cat')"
    # The help names the key of the list for a command without a key of its own.
    assert (llm.keys, llm.key_label, llm.description[-9:]) == ("", "|", "mmarise…)")
    assert make_command_table(Config(commands=commands, keys={"run": ()}))[-1].key_label == ":run"


CONFIGS = [
    *(Config(preset=preset) for preset in ("", *PRESETS)),
    # Keys that Textual would keep for itself, or for a pane that scrolls.
    Config(keys={"mark.star": ("ctrl+q",), "move.up": ("ctrl+p",), "mark.tag": ("up", "pagedown", "tab", "ctrl+c")}),
    Config(keys={"quit": ("f10",), "palette": (), "help": ("?", "comma"), "link.1": ("[",)}),
]


async def test_every_key_calls_its_command_in_every_pane(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        before = Config()
        for config in CONFIGS:
            reader.app.apply_config(config, before)
            before = config
            for pane in (reader.screen.story_view, reader.screen.story_list, reader.screen.link_list):
                reader.app.screen.set_focus(pane)
                called = reader.app.screen.active_bindings
                ids = {key: bound.binding.id for key, bound in called.items() if bound.binding.id}
                expected = {
                    to_textual_key(key): id
                    for id, keys in effective_keys(config.preset, config.keys).items()
                    for key in keys
                }
                assert ids == expected


def to_textual_key(key: str) -> str:
    """Return the key in Textual's spelling."""
    (binding,) = Binding.make_bindings([Binding(key, "x", "x")])
    return binding.key


@pytest.mark.parametrize("keys", [("f10",), ("Q", "ctrl+q")])
async def test_quit_keys_in_the_search_save_the_position(library: Library, keys: tuple[str, ...]) -> None:
    async with run_reader(store_issues(library), "11/2") as reader:
        reader.app.apply_config(Config(keys={"quit": keys}), Config())
        await reader.pilot.press("F")
        await reader.pilot.pause()
        await reader.pilot.press(keys[-1])
        await reader.pilot.pause()
        assert reader.app.return_code == 0
    assert (library.state.load_value("place") or "").startswith('["11", 2')


def test_b_downloads_every_issue_in_every_pane() -> None:
    actions = {command.keys: command.action for command in COMMANDS}
    assert (actions["B"], actions["ctrl+t"]) == ("sync_all", "copy_bibtex")


def test_every_command_has_its_own_id_and_keys() -> None:
    keys = [key for command in COMMANDS for key in command.keys.split(",") if key]
    assert len(keys) == len(set(keys))
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert all(command.description for command in COMMANDS)
