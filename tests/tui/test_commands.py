from __future__ import annotations

import pytest

from importai_tui.keys import COMMANDS
from importai_tui.library import Library
from importai_tui.tui.commands.commands import Commands, actions_of
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
