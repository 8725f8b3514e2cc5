"""What the help and the footer tell of the keys, from the one table."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from importai_tui.config.render import format_keys_markdown
from importai_tui.keymap import commands_with_keys, effective_keys
from importai_tui.keymap.commands import COMMANDS
from importai_tui.keymap.screens import SCREEN_COMMANDS, help_sections
from importai_tui.tui.dialogs.help import draw_help_row, make_help_rows
from importai_tui.tui.dialogs.input_bars import draw_line_completions
from importai_tui.tui.reading.footer_content import hints_for
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.widgets.footer import FooterContent, Hint, draw_hints


def help_lines(words: str, here: str = "", width: int = 74) -> list[str]:
    told = help_sections(here, COMMANDS)
    return [draw_help_row(row, width).plain.rstrip() for row in make_help_rows(told, words, width)]


def test_help_is_searched_by_words() -> None:
    assert any("Next unread" in line for line in help_lines("unread next"))
    assert help_lines("zebra") == ["No key does that."]


def test_no_line_of_the_help_is_cut_in_a_narrow_window() -> None:
    assert max(map(cell_len, help_lines("", width=33))) <= 33
    _, *told = help_lines("back catalogue", width=33)
    assert " ".join(" ".join(told).split()) == "B The whole back catalogue; at a link: copy its BibTeX"
    assert len(told) > 1


@pytest.mark.parametrize(
    ("here", "heading", "first"),
    [
        ("list", "In the list", "enter"),
        ("story", "In the story", "space"),
        ("links", "At the links", "enter"),
        ("In the works", "In the works", "enter"),
        ("", "Moving", "j ↓"),
    ],
)
def test_the_help_begins_with_the_keys_of_where_one_is(here: str, heading: str, first: str) -> None:
    lines = help_lines("", here)
    assert lines[0] == heading
    assert lines[1].startswith(first)


def test_a_command_away_from_its_group_stands_under_the_heading_of_its_group() -> None:
    *others, last = COMMANDS
    commands = (last, *others)
    headings = [section.heading for section in help_sections("", commands)]
    assert headings[0] == last.group
    assert len(headings) == len(set(headings))
    (program,) = (section for section in help_sections("", commands) if section.heading == last.group)
    assert [command.id for command in program.commands[:2]] == ["copy", "help"]
    assert format_keys_markdown(commands).count(f"**{last.group}**") == 1


@pytest.mark.parametrize("here", ["list", "story", "links", "In a thread"])
def test_each_key_is_told_once_wherever_one_is(here: str) -> None:
    told = [command.id for section in help_sections(here, COMMANDS) for command in section.commands]
    assert sorted(told) == sorted(command.id for command in (*COMMANDS, *SCREEN_COMMANDS) if command.key_label)


def test_the_help_and_the_hints_tell_the_keys_that_hold() -> None:
    commands = commands_with_keys(effective_keys("newsboat", {"help": ("f9",), "mark.star": ()}))
    star = next(
        line for section in help_sections("story", commands) for line in section.commands if line.id == "mark.read"
    )
    assert star.key_label == "N"
    keys = [hint.key for hint in hints_for(Pane.STORY, links=[1, 2], zen=False, commands=commands)]
    assert keys == ["space", "1 2", "n", "F", "f9"]


@pytest.mark.parametrize(
    ("told", "keys"),
    [
        (hints_for(Pane.STORY, links=[1, 2, 3], zen=False), ["space", "1 2", "n", "s", "F", "?"]),
        (hints_for(Pane.STORY, links=[], zen=True, unread=False), ["space", "J", "s", "z", "?"]),
        (hints_for(Pane.LIST, links=[], zen=False), ["enter", "n", "r", "u", "F", "?"]),
        (hints_for(Pane.LIST, links=[], zen=False, unread=False, walk=True), ["enter", "S", "esc", "u", "F", "?"]),
        (hints_for(Pane.LINKS, links=[1], zen=False), ["enter", "y", "B", "p", "esc", "?"]),
        (hints_for(Pane.LINKS, links=[], zen=False), ["esc", "?"]),
        (hints_for(Pane.LIST, links=[], zen=False, empty=True), ["S", "B", "ctrl+g", "?"]),
    ],
)
def test_the_footer_tells_what_matters_where_one_is(told: tuple[Hint, ...], keys: list[str]) -> None:
    assert [hint.key for hint in told] == keys


def test_in_a_narrow_window_the_footer_still_tells_how_to_open_a_link() -> None:
    drawn = draw_hints(FooterContent(hints_for(Pane.STORY, links=[1, 2], zen=False)), 40).plain
    assert drawn.strip() == "space page   1 2 open link   ? help"


@pytest.mark.parametrize(
    ("taken", "drawn"),
    [(-1, "sync   sync.all   search"), (1, "sync   sync.all   search"), (3, "search   search.first")],
)
def test_of_the_lines_that_one_may_become_the_taken_one_is_always_seen(taken: int, drawn: str) -> None:
    assert draw_line_completions(("sync", "sync.all", "search", "search.first"), taken, 25).plain == drawn


def test_a_line_that_is_offered_is_drawn_as_text() -> None:
    drawn = draw_line_completions(("[/] [@click=app.quit]x[/]", "\x1b]0;title\x07"), 0, 60).plain
    assert drawn.startswith("[/] [@click=app.quit]x[/]   ")
    assert "\x1b" not in drawn
