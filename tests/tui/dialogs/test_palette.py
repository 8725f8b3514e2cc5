from __future__ import annotations

import re
from pathlib import Path

import textual.command

import importai_tui.tui
from importai_tui.library.library import Library
from importai_tui.search.saved import SavedSearch
from importai_tui.tui.dialogs.palette import CommandProvider, ItemProvider, StoryProvider, find_headlines
from tests.tui.sample_app import run_reader, store_issues


async def test_the_palette_finds_saved_searches_and_themes(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        reader.screen.saved_searches.change((SavedSearch("[/] otters", "otters"),), "Saved")
        provider = ItemProvider(reader.screen)
        searches = [hit async for hit in provider.search("otters saved")]
        assert [str(hit.prompt).strip() for hit in searches] == ["Saved search: [/] otters"]
        themes = [hit async for hit in provider.search("theme paper")]
        themes[0].command()
        assert reader.app.theme == "paper"


async def test_a_command_takes_one_row_with_its_key(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        hits = [hit async for hit in CommandProvider(reader.screen).search("older issue")]
        assert str(hits[0].prompt).split() == ["]", "Older", "issue"]
        assert hits[0].help is None


async def test_the_palette_finds_stories_by_headline(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1") as reader:
        (hit,) = [hit async for hit in StoryProvider(reader.screen).search("count machi")]
        assert str(hit.prompt).split()[:3] == ["12/1", "Machines", "learn"]
        hit.command()
        assert reader.open_story == ("12", 1)


def test_odd_words_find_no_headline(library: Library) -> None:
    assert not find_headlines(store_issues(library).archive.path, '"(*: [/]')


async def test_a_small_palette_shows_several_commands(library: Library) -> None:
    async with run_reader(store_issues(library), size=(40, 12)) as reader:
        await reader.pilot.press("ctrl+p")
        await reader.pilot.pause(0.6)
        assert (
            sum(
                line.strip().startswith(("space", "n ", "N ", "J ", "K ", "b "))
                for line in reader.screen_text().splitlines()
            )
            >= 4
        )


def test_no_widget_is_named_like_one_of_textual() -> None:
    # Styles are found by the name of a class: once Textual's palette was open, its CommandList hid ours.
    sources = Path(importai_tui.tui.__file__).parent.rglob("*.py")
    ours = {name for path in sources for name in re.findall(r"^class (\w+)", path.read_text("utf-8"), re.MULTILINE)}
    assert ours.isdisjoint(vars(textual.command))
