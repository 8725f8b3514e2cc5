"""The table of actions and the classes that have them."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

import pytest

from importai_tui.keymap.commands import COMMANDS
from importai_tui.library.library import Library
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.reading.action_table import ACTIONS_OF_CLASS, find_action_class
from importai_tui.tui.reading.screen import ReadingScreen
from tests.tui.sample_app import TODAY, FakeBrowser


@pytest.fixture
def screen(library: Library) -> ReadingScreen:
    """Return a reading screen without an app."""
    services = cast("Any", SimpleNamespace(today=lambda: TODAY, copy=print))
    return ReadingScreen(library, services, FakeBrowser(), lambda: 0.0)


def test_each_command_has_its_method_on_the_screen(screen: ReadingScreen) -> None:
    names = {command.action.partition("(")[0] for command in COMMANDS}
    assert {name for name in names if not callable(getattr(screen, f"action_{name}", None))} == set()


@pytest.mark.parametrize("group", ACTIONS_OF_CLASS)
def test_a_group_has_the_actions_of_the_table(screen: ReadingScreen, group: str) -> None:
    methods = {f"action_{action}" for action in ACTIONS_OF_CLASS[group]}
    module, class_name = find_action_class(next(iter(methods))) or ("", "")
    group_class: type[ActionGroup] = getattr(import_module(module), class_name)
    assert {name for name in dir(group_class) if name.startswith("action_")} == methods
    assert all(getattr(screen, name).__self__ is screen.action_group(group_class) for name in methods)


def test_each_action_has_one_group() -> None:
    actions = [action for group in ACTIONS_OF_CLASS.values() for action in group]
    assert len(actions) == len(set(actions))


def test_textual_has_no_action_of_the_same_name() -> None:
    hidden = {a for actions in ACTIONS_OF_CLASS.values() for a in actions if hasattr(ReadingScreen, f"action_{a}")}
    assert hidden == set()


def test_an_unknown_action_is_an_error(screen: ReadingScreen) -> None:
    with pytest.raises(AttributeError, match="no attribute action_fly"):
        getattr(screen, "action_fly")  # noqa: B009 - mypy would find it
