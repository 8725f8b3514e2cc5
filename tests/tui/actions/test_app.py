"""Actions for the whole program: guide, quit, copy, palette and help."""

from __future__ import annotations

from pathlib import Path

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.tui.sample_app import run_reader, sample_issues, store_issues


async def test_the_guide_can_be_hidden_at_the_start(library: Library) -> None:
    async with run_reader(store_issues(library), guide=True) as reader:
        assert reader.open_story == ("12", 1)
        await reader.press("ctrl+g")
        assert library.state.load_value("guide") == "away"
        assert reader.last_notice.startswith("The demo has only this guide.")


async def test_leaving_the_guide_returns_to_the_archive(library: Library, tmp_path: Path) -> None:
    def open_guide() -> Library:
        return store_issues(Library.open(Places.under(tmp_path / "guide")), sample_issues()[:1])

    async with run_reader(store_issues(library), "12/1", open_guide=open_guide) as reader:
        await reader.press("ctrl+g")
        assert reader.open_story == ("10", 1)
        assert "Import AI · guide" in reader.screen_text()
        await reader.press("q")
        assert reader.open_story == ("12", 1)
        assert library.state.load_value("guide") is None
        await reader.press("ctrl+g", "ctrl+g")
        assert reader.open_story == ("12", 1)


async def test_q_in_a_narrow_window_steps_back_first(library: Library) -> None:
    async with run_reader(store_issues(library), size=(40, 12)) as reader:
        await reader.press("q")
        assert reader.screen.pane.name == "LIST"
        await reader.press("q")
        assert reader.app._exit


async def test_ctrl_c_copies_selected_words(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.click(offset=reader.find_on_screen("Somebody has"), times=3)
        await reader.press("ctrl+c")
        assert reader.app.clipboard == "Somebody has taught machines (Example)¹ to count rivers."
        assert not reader.app._exit


async def test_the_palette_finds_commands_and_issues(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.press("ctrl+p", *"lakes")
        await reader.pilot.pause(0.6)
        await reader.pilot.press("enter")
        await reader.press()
        assert reader.open_story == ("11", 1)
        await reader.pilot.press("ctrl+p", *"star")
        await reader.pilot.pause(0.6)
        await reader.pilot.press("enter")
        await reader.press()
        assert library.get_story_rows("11")[0].is_starred


async def test_typed_words_filter_the_help(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("?")
        assert "In the story" in reader.screen_text()
        await reader.press(*"undo")
        assert "Undo the last change" in reader.screen_text()
        assert "Star or unstar the story" not in reader.screen_text()
        await reader.press("escape")
        assert len(sample_issues()) == len(reader.screen.session.index.rows)
