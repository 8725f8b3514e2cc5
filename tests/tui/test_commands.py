from __future__ import annotations

import pytest

from importai_tui.keymap import COMMANDS
from importai_tui.library import Library
from importai_tui.tui.commands.commands import Commands, actions_of
from importai_tui.tui.commands.groups import AT_A_KEY
from importai_tui.tui.commands.moving import Moving
from importai_tui.tui.page.hints import Advice
from importai_tui.tui.page.listener import Listener, Listeners
from importai_tui.tui.reading_screen import ReadingScreen
from tests.tui.made import Browser


@pytest.fixture
def screen(library: Library) -> ReadingScreen:
    """A reading screen that no app shows."""
    return ReadingScreen(library, Browser(), lambda: 0.0, None, guide=False)


class Says(Listener):
    """Adds a word of its own to the footer, and steps back if told so."""

    def __init__(self, word: str, *, steps: bool = False) -> None:
        self.word, self.steps, self.asked = word, steps, 0

    def advised(self, advice: Advice) -> Advice:
        return Advice(note=advice.note + self.word)

    def stepped_out(self) -> bool:
        self.asked += 1
        return self.steps


def test_each_command_of_the_table_finds_its_method_on_the_screen(screen: ReadingScreen) -> None:
    names = {command.action.partition("(")[0] for command in COMMANDS}
    assert {name for name in names if not callable(getattr(screen, f"action_{name}", None))} == set()


def test_a_group_that_waits_for_a_key_is_made_by_each_of_its_actions(screen: ReadingScreen) -> None:
    assert not vars(screen).keys() & AT_A_KEY.keys()
    for name, actions in AT_A_KEY.items():
        group = getattr(screen, name)
        assert {own for own in dir(group) if own.startswith("action_")} == {f"action_{action}" for action in actions}
        assert all(getattr(screen, f"action_{action}").__self__ is group for action in actions)


def test_no_group_that_waits_hides_what_another_does(screen: ReadingScreen) -> None:
    made = [one for one in vars(screen).values() if isinstance(one, Commands)]
    actions_of([*made, *(getattr(screen, name) for name in AT_A_KEY)], object())


def test_a_group_listens_in_its_place_from_its_first_key_on(screen: ReadingScreen) -> None:
    def heard(name: str) -> int | None:
        one = getattr(screen, name)
        return screen.listeners._all.index(one) if one in screen.listeners._all else None

    assert heard("tales") is None
    assert getattr(screen, "action_tales")  # noqa: B009 - mypy does not see it
    assert (heard("following"), heard("tales"), heard("catching_up")) == (1, 2, 3)


def test_two_commands_with_one_name_are_an_error(screen: ReadingScreen) -> None:
    class Again(Commands):
        def action_down(self) -> None:
            """Hides another."""

    with pytest.raises(TypeError, match="action_down of Again is there already"):
        actions_of([Moving(screen, screen.matching), Again(screen)], object())


def test_a_command_that_would_hide_what_the_screen_does_itself_is_an_error(screen: ReadingScreen) -> None:
    class Copying(Commands):
        def action_copy_text(self) -> None:
            """Hides Textual's own."""

    with pytest.raises(TypeError, match="action_copy_text of Copying is there already"):
        actions_of([Copying(screen)], screen)


def test_the_last_listener_has_the_last_word_in_the_footer() -> None:
    assert Listeners(Says("a"), Says("b")).advised(Advice(note=".")).note == ".ab"


def test_once_one_has_stepped_back_nobody_else_is_asked() -> None:
    first, second, third = Says("a"), Says("b", steps=True), Says("c", steps=True)
    assert Listeners(first, second, third).stepped_out()
    assert (first.asked, second.asked, third.asked) == (1, 1, 0)
