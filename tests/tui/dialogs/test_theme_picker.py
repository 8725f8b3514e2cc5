from __future__ import annotations

from importai_tui.library.library import Library
from tests.tui.sample_app import RunningReader, run_reader, store_issues


async def open_picker(reader: RunningReader) -> None:
    await reader.screen.run_action("screen.choose_theme")
    await reader.pilot.pause()
    await reader.pilot.pause()


async def test_moving_the_cursor_previews_a_theme(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(120, 40)) as reader:
        await open_picker(reader)
        assert "enter use   esc cancel" in reader.screen_text()
        await reader.type("j")
        assert reader.app.theme == "paper"
        assert library.state.load_value("theme") is None
        await reader.type("enter")
        assert (reader.app.theme, library.state.load_value("theme")) == ("paper", "paper")
        assert not reader.app.screen.is_modal


async def test_escape_restores_the_theme(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(40, 12)) as reader:
        await open_picker(reader)
        await reader.type("down", "down", "escape")
        assert (reader.app.theme, library.state.load_value("theme")) == ("ink", None)
        assert not reader.app.screen.is_modal


async def test_few_colours_offer_fewer_themes(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(120, 40)) as reader:
        reader.app.color_system = "standard"
        await open_picker(reader)
        names = [line.split()[-2] for line in reader.screen_text().splitlines() if line.endswith(("dark", "light"))]
        assert "ink" in names
        assert "paper" not in names
