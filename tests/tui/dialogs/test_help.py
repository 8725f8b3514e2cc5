from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.containers import Vertical, VerticalScroll

from importai_tui.keymap import commands_with_keys, effective_keys
from importai_tui.keymap.commands import COMMANDS
from importai_tui.keymap.screens import SCREEN_COMMANDS, SCREENS, help_sections
from importai_tui.library.library import Library
from importai_tui.manual.tables import format_commands
from importai_tui.manual.topics import Topic, load_topic
from importai_tui.tui.dialogs.help import draw_help_row, draw_topic, make_help_rows
from importai_tui.tui.reading.footer_content import make_pane_hints
from importai_tui.tui.reading.panes import Pane
from tests.tui.sample_app import run_reader, store_issues


def draw_help(filter_text: str, section: str = "", width: int = 74) -> list[str]:
    rows = make_help_rows(help_sections(section, COMMANDS), filter_text, width)
    return [draw_help_row(row, width).plain.rstrip() for row in rows]


def test_words_filter_the_help() -> None:
    assert any("Next unread" in line for line in draw_help("unread next"))
    assert draw_help("zebra") == ["No matching shortcut or topic."]


def test_a_narrow_help_wraps_its_lines() -> None:
    assert max(map(cell_len, draw_help("", width=33))) <= 33
    _, *lines = draw_help("ctrl+z", width=33)
    description = next(command.description for command in COMMANDS if command.id == "suspend")
    assert " ".join(" ".join(lines).split()) == f"ctrl+z {description}"
    assert len(lines) > 1


@pytest.mark.parametrize(
    ("section", "heading", "first_key"),
    [
        ("list", "In the list", "enter"),
        ("story", "In the story", "space"),
        ("links", "In the links", "enter"),
        ("Works screen", "Works screen", "enter"),
        ("", "Moving", "j ↓"),
    ],
)
def test_the_help_starts_with_the_current_section(section: str, heading: str, first_key: str) -> None:
    lines = draw_help("", section)
    assert lines[0] == heading
    assert lines[1].startswith(first_key)


def test_a_misplaced_command_is_listed_in_its_group() -> None:
    *others, last = COMMANDS
    commands = (last, *others)
    headings = [section.heading for section in help_sections("", commands)]
    assert headings[0] == last.group
    assert len(headings) == len(set(headings))
    (group,) = (section for section in help_sections("", commands) if section.heading == last.group)
    assert [command.id for command in group.commands[:2]] == ["copy", "help"]
    assert format_commands(commands).count(f"**{last.group}**") == 1


@pytest.mark.parametrize("section", ["list", "story", "links", "Thread screen"])
def test_each_command_is_listed_once(section: str) -> None:
    screens = [command for command in SCREEN_COMMANDS if command.group in SCREENS]
    ids = [command.id for _, commands in help_sections(section, COMMANDS) for command in commands]
    assert sorted(ids) == sorted(command.id for command in (*COMMANDS, *screens) if command.key_label)


def test_the_help_and_hints_show_the_effective_keys() -> None:
    commands = commands_with_keys(effective_keys("newsboat", {"help": ("f9",), "mark.star": ()}))
    sections = help_sections("story", commands)
    (label,) = (command.key_label for _, listed in sections for command in listed if command.id == "mark.read")
    assert label == "N"
    keys = [hint.key for hint in make_pane_hints(Pane.STORY, links=[1, 2], zen=False, commands=commands)]
    assert keys == ["space", "1 2", "n", "F", "f9"]


async def test_enter_runs_a_command_or_opens_a_topic(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(40, 12)) as reader:
        await reader.press("?")
        assert "In the story" in reader.screen_text()
        assert "enter run" in reader.screen_text()
        await reader.press(*"star the", "enter")
        assert library.get_story_rows("12")[0].is_starred
        await reader.press("?", "end", "down", "escape")
        assert not reader.app.screen.is_modal
        await reader.press("?", *"newsletter cites")
        assert "Topics to read" in reader.screen_text()
        assert "enter read" in reader.screen_text()
        await reader.press("enter")
        assert "works: everything" in reader.screen_text()
        await reader.press("escape", "escape")
        assert not reader.app.screen.is_modal


async def test_the_manual_scrolls_sideways_to_wide_code(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(40, 12)) as reader:
        await reader.type(":", *"help works", "enter")
        lines = draw_topic(load_topic("works"), 34).plain.split("\n")
        text = reader.app.screen.query_one("#manual-text")
        assert text.size == (max(map(cell_len, lines)), len(lines))
        assert "esc back   l right" in reader.screen_text()
        await reader.press(*["right"] * 9)
        assert reader.app.screen.query_one(VerticalScroll).scroll_x == text.outer_size.width - 35


def test_a_topic_has_styles_instead_of_ticks() -> None:
    content = draw_topic(Topic("a", "words", "Press `q`.\n\n## A part\n"), 40)
    assert content.plain == "a: words\n\nPress q.\n\nA PART"
    assert [content.plain[span.start : span.end] for span in content.spans] == ["a", "q", "A PART"]


@pytest.mark.parametrize("keys", [("?",), ("t",), ("e",), ("ctrl+o",), ("#",)])
async def test_a_dialog_fills_a_tiny_windows_width(library: Library, keys: tuple[str, ...]) -> None:
    async with run_reader(store_issues(library), "12/1", size=(40, 12)) as reader:
        await reader.type(*keys)
        assert {(box.region.x, box.region.width) for box in reader.app.screen.query(Vertical)} >= {(0, 40)}
