"""Keys that are typed faster than screens open."""

from __future__ import annotations

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from textual.widgets import Input

from importai_tui.library.library import Library
from tests.tui.sample_app import RunningReader, run_reader, store_issues


async def type_at_once(reader: RunningReader, *keys: str) -> None:
    """Send keys without a pause, as a fast typist or a busy machine does."""
    for key in keys:
        reader.app.post_message(Key(_character_to_key(key), key) if len(key) == 1 else Key(key, None))
    await reader.pilot.pause()
    await reader.wait_until(lambda: not reader.app._held_input)
    await reader.pilot.pause()


async def test_letters_typed_at_once_go_into_the_tag(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_at_once(reader, *"trqs")
        await reader.press("enter")
        assert library.state.get_tags("rivers") == ("rqs",)
        assert not library.state.is_read("rivers")


async def test_letters_typed_at_once_go_into_the_note(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_at_once(reader, *"eQuit")
        await reader.press("ctrl+s")
        assert library.state.get_note("rivers") == "Quit"


@pytest.mark.parametrize("key", ["F", "W", ":", "?", "/"])
async def test_no_letter_typed_at_once_runs_a_command(library: Library, key: str) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_at_once(reader, key, *"rsR")
        assert not library.state.get_read_keys()
        assert not library.state.get_starred_keys()
        assert reader.app.screen.query_one(Input).value == "rsR"


async def test_a_number_typed_at_once_opens_its_link(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_at_once(reader, "#", "2", "enter")
        await reader.wait_until(lambda: reader.browser.opened_urls)
        assert reader.app.screen is reader.screen


async def test_enter_typed_at_once_waits_for_the_palette(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.press("ctrl+p")
        await reader.wait_until(lambda: "Page down" in reader.screen_text())
        await type_at_once(reader, *"theme nord", "enter")
        await reader.wait_until(lambda: reader.app.theme == "nord")
        assert reader.open_story == ("12", 1)


async def test_keys_after_enter_are_commands_again(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_at_once(reader, *"tab", "enter", "s")
        assert library.state.get_tags("rivers") == ("ab",)
        assert library.state.get_starred_keys() == {"rivers"}


async def test_commands_typed_at_once_run_in_order(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_at_once(reader, "s", "J", "s", "u")
        assert library.state.get_starred_keys() == {"rivers"}
        assert reader.open_story == ("12", 2)


async def test_quitting_waits_for_an_opening_screen(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_at_once(reader, "F", "ctrl+q")
        await reader.wait_until(lambda: not reader.app.is_running)
    assert reader.app.return_code == 0
