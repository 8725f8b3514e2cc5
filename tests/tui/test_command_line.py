"""The line of commands, the help from which one runs a command, and what else the palette offers."""

from __future__ import annotations

from importai_tui.keymap.command_line import GoTo, KnownNames
from importai_tui.library.library import Library
from importai_tui.search.saved import SavedSearch
from importai_tui.tui.dialogs.input_bars import CommandBar, EnteredCommand
from importai_tui.tui.dialogs.palette import ItemProvider
from tests.tui.sample_app import run_reader, store_issues

KNOWN = KnownNames({"402": 7, "12": 3}, ("ink", "paper"))


async def test_a_line_that_is_not_understood_stays_to_be_corrected(library: Library) -> None:
    closed: list[EnteredCommand | None] = []
    async with run_reader(store_issues(library), size=(80, 24)) as reader:
        reader.app.push_screen(CommandBar(KNOWN, ["sync", "theme ink"]), closed.append)
        await reader.press(*"[/]x", "enter")
        assert '"[/]x" is no command and no issue here' in reader.screen_text()
        assert reader.footer.startswith("  : [/]x")
        await reader.press("up", "up", "up")
        assert reader.footer.startswith("  : theme ink")
        await reader.press("down", "down")
        assert reader.footer.startswith("  : [/]x")
        await reader.press("ctrl+u", "4", "tab", "/", "7", "enter")
        assert closed == [EnteredCommand("402/7", GoTo("402/7"))]


async def test_the_help_does_what_the_chosen_line_says(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(40, 12)) as reader:
        await reader.press("?")
        assert "In the story" in reader.screen_text()
        assert "enter does it" in reader.screen_text()
        await reader.press(*"star the", "enter")
        assert library.get_story_rows("12")[0].is_starred
        await reader.press("?", "end", "down", "escape")
        assert not reader.app.screen.is_modal


async def test_the_palette_offers_what_has_a_name_and_themes_literally(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        reader.screen.saved_searches.change((SavedSearch("[/] otters", "otters"),), "Saved")
        provider = ItemProvider(reader.screen)
        found = [hit async for hit in provider.search("otters saved")]
        assert [str(hit.prompt) for hit in found] == ["Saved search: [/] otters"]
        themes = [hit async for hit in provider.search("theme paper")]
        themes[0].command()
        assert reader.app.theme == "paper"
