"""The tables of commands, the names of keys, and the effective keys."""

from __future__ import annotations

from collections import Counter

import pytest
from textual.binding import Binding

from importai_tui.keymap import (
    PRESETS,
    REQUIRED,
    commands_with_keys,
    effective_keys,
    effective_screen_keys,
    find_conflicts,
    find_shadowed_screen_keys,
)
from importai_tui.keymap.commands import COMMANDS, Command, group_commands
from importai_tui.keymap.key_names import UnknownKeyError, format_keys, parse_key
from importai_tui.keymap.screens import SCREEN_COMMANDS, list_rebindable
from importai_tui.tui.bindings import make_bindings
from importai_tui.tui.dialogs.help import HelpDialog
from importai_tui.tui.dialogs.input_bars import CommandBar
from importai_tui.tui.dialogs.note_editor import NoteDialog
from importai_tui.tui.dialogs.passage_picker import PassagePicker
from importai_tui.tui.dialogs.questions import ConfirmDialog
from importai_tui.tui.dialogs.tags import TagDialog
from importai_tui.tui.dialogs.visited import VisitedDialog
from importai_tui.tui.search.screen import SearchScreen
from importai_tui.tui.threads.dialogs import ReferencePicker
from importai_tui.tui.threads.screen import ThreadScreen
from importai_tui.tui.works.dialogs import CitingStoryPicker
from importai_tui.tui.works.screen import WorksScreen

IDS = {command.id for command in COMMANDS}


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_no_two_commands_share_a_key(preset: str) -> None:
    keys_by_id = effective_keys(preset, {})
    assert [
        key for key, count in Counter(key for keys in keys_by_id.values() for key in keys).items() if count > 1
    ] == []


_SCREENS = {screen: [*members] for screen, members in group_commands(SCREEN_COMMANDS).items()}


@pytest.mark.parametrize("members", _SCREENS.values(), ids=_SCREENS)
def test_keys_of_a_screen_are_unique(members: list[Command]) -> None:
    keys = [key for command in members for key in command.keys.split(",") if key]
    assert len(keys) == len(set(keys))
    shown = [key for command in members for key in command.key_label.split()]
    assert len(shown) == len(set(shown))


def test_a_user_key_overrides_only_in_its_screen() -> None:
    effective = {command.id: command for command in effective_screen_keys({"digest.star": ("j", "f6")})}
    assert (effective["digest.star"].keys, effective["digest.star"].key_label) == ("j,f6", "j f6")
    assert (effective["digest.down"].keys, effective["digest.down"].key_label) == ("down", "↓")
    assert effective["thread.down"].keys == "j,down"
    assert effective_keys("", {"digest.star": ("j",)})["move.down"] == ("j", "down")


def test_the_keys_of_dialogs_are_not_offered() -> None:
    ids = {command.id for command in list_rebindable()}
    assert not {"confirm.yes", "confirm.no", "manual.close"} & ids
    assert {"works.star", "thread.choose", "digest.star", "trend.later"} <= ids


def test_each_row_of_the_keys_has_a_key() -> None:
    omitted = [command.id for command in SCREEN_COMMANDS if not command.key_label]
    all_series = ("card.link", "card.card", "digest.link", "digest.card")
    assert omitted == [f"{series}.{n}" for series in all_series for n in range(2, 11)]


def test_a_key_conflicts_only_within_one_screen() -> None:
    assert find_conflicts({"digest.star": ("f6",), "thread.choose": ("f6",), "story.next": ("f6",)}) == []
    assert find_conflicts({"digest.star": ("f6",), "digest.undo": ("f6",)}) == [("f6", "digest.star", "digest.undo")]


def test_shadowed_screen_commands_are_found() -> None:
    assert find_shadowed_screen_keys({"digest.undo": ("s",)}) == ["digest.star"]


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_preset_leaves_each_command_a_key(preset: str) -> None:
    keys_by_id = effective_keys(preset, {})
    without = {c.id: c.keys for c in COMMANDS if c.keys and not keys_by_id[c.id]}
    assert without == {}, f"the preset {preset} gives these keys to other commands: see PRESETS in keymap/__init__.py"
    assert all(keys_by_id[id] for id in REQUIRED)


@pytest.mark.parametrize("claims", PRESETS.values(), ids=PRESETS.keys())
def test_presets_name_existing_commands_and_keys(claims: dict[str, tuple[str, ...]]) -> None:
    assert set(claims) <= IDS
    assert all(parse_key(key) == key for keys in claims.values() for key in keys)


def test_keys_of_the_table_have_normal_names() -> None:
    keys = [key for command in COMMANDS for key in command.keys.split(",") if key]
    assert keys == [parse_key(key) for key in keys]


def test_user_keys_override_preset_and_defaults() -> None:
    keys_by_id = effective_keys("newsboat", {"view.zen": ("p", "s")})
    assert keys_by_id["view.zen"] == ("p", "s")
    assert keys_by_id["story.previous_unread"] == ()
    assert keys_by_id["mark.star"] == ()
    assert keys_by_id["mark.all"] == ("C",)


def test_changed_keys_are_bound_and_shown() -> None:
    table = {
        c.id: c for c in commands_with_keys(effective_keys("", {"help": (",", "f9"), "link.3": ("comma", "alt+left")}))
    }
    assert table["help"].key_label == ", f9"
    assert (table["link.3"].keys, table["link.3"].key_label) == ("comma,alt+left", ", alt+←")
    assert (table["link.1"].key_label, table["link.1"].description) == ("1", "Open link 1")
    assert commands_with_keys(effective_keys("", {})) == COMMANDS


def test_a_command_without_keys_has_no_binding() -> None:
    bound = make_bindings(commands_with_keys(effective_keys("", {"view.zen": ()})))
    assert {command.id for command in COMMANDS if command.keys} - {binding.id for binding in bound} == {"view.zen"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("J", "J"),
        ("é", "é"),
        ("ctrl+N", "ctrl+n"),
        ("Ctrl+n", "ctrl+n"),
        ("alt+N", "alt+N"),
        ("Escape", "escape"),
        ("esc", "escape"),
        (" ", "space"),
        (",", "comma"),
        ("PgDn", "pagedown"),
        ("question_mark", "?"),
        ("slash", "/"),
        ("F5", "f5"),
        ("+", "+"),
    ],
)
def test_common_spellings_of_keys_are_parsed(text: str, name: str) -> None:
    assert parse_key(text) == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ctrl+i", '"tab" in a terminal'),
        ("ctrl+m", '"enter" in a terminal'),
        ("shift+space", '"space" in a terminal'),
        ("shift+j", 'write "J"'),
        ("pagedwn", 'did you mean "pagedown"?'),
        ("crtl+n", 'did you mean "ctrl+n"?'),
        ("super+x", "not a key that terminals send"),
        ("", "not a key"),
        ("\x1b", "not a key"),
    ],
)
def test_unknown_keys_are_refused_with_a_suggestion(text: str, words: str) -> None:
    with pytest.raises(UnknownKeyError) as refusal:
        parse_key(text)
    assert words in str(refusal.value)


def test_the_help_shows_the_bound_keys_of_screens() -> None:
    screens = (
        *(
            CitingStoryPicker,
            ReferencePicker,
            CommandBar,
            ConfirmDialog,
            HelpDialog,
            NoteDialog,
            PassagePicker,
            SearchScreen,
        ),
        *(TagDialog, ThreadScreen, VisitedDialog, WorksScreen),
    )
    bound = {b.id: b.key for screen in screens for b in screen.BINDINGS if isinstance(b, Binding)}
    commands = [command for command in SCREEN_COMMANDS if command.id in bound]
    assert len(commands) > 20
    for command in commands:
        keys = {parse_key(key) for key in bound[command.id].split(",")}
        assert set(command.key_label.split()) <= {format_keys((key,)) for key in keys}, command.id
