from __future__ import annotations

import pytest

from importai_tui.keymap.command_line import GoTo, KnownNames
from importai_tui.library.library import Library
from importai_tui.tui.dialogs.input_bars import CommandBar, EnteredCommand, draw_line_completions
from tests.tui.sample_app import run_reader, store_issues

NAMES = KnownNames({"402": 7, "12": 3}, ("ink", "paper"))


@pytest.mark.parametrize(
    ("selected", "text"),
    [(-1, "sync   sync.all   search"), (1, "sync   sync.all   search"), (3, "search   search.first")],
)
def test_the_selected_completion_is_visible(selected: int, text: str) -> None:
    assert draw_line_completions(("sync", "sync.all", "search", "search.first"), selected, 25).plain == text


def test_completions_are_drawn_as_plain_text() -> None:
    text = draw_line_completions(("[/] [@click=app.quit]x[/]", "\x1b]0;title\x07"), 0, 60).plain
    assert text.startswith("[/] [@click=app.quit]x[/]   ")
    assert "\x1b" not in text


async def test_an_invalid_command_stays_for_correction(library: Library) -> None:
    closed: list[EnteredCommand | None] = []
    async with run_reader(store_issues(library), size=(80, 24)) as reader:
        reader.app.push_screen(CommandBar(NAMES, ["sync", "theme ink"]), closed.append)
        await reader.press(*"[/]x", "enter")
        assert '"[/]x" is no command and no issue here' in reader.screen_text()
        assert reader.footer.startswith("  : [/]x")
        await reader.press("up", "up", "up")
        assert reader.footer.startswith("  : theme ink")
        await reader.press("down", "down")
        assert reader.footer.startswith("  : [/]x")
        await reader.press("ctrl+u", "4", "tab", "/", "7", "enter")
        assert closed == [EnteredCommand("402/7", GoTo("402/7"))]
