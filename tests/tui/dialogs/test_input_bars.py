from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from importai_tui.cli.import_ import ImportJob
from importai_tui.keymap.command_line import GoTo, KnownNames
from importai_tui.library.library import Library
from importai_tui.parse_pool import PageParser
from importai_tui.paths import Places
from importai_tui.sync.progress import OnProgress
from importai_tui.tui.background_jobs import BackgroundSetup
from importai_tui.tui.dialogs.help import HelpDialog
from importai_tui.tui.dialogs.input_bars import CommandBar, EnteredCommand, draw_line_completions
from importai_tui.tui.search.screen import SearchScreen
from tests.examples import make_page
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
        await reader.press(*"402/9", "enter")
        assert "Issue 402 has only 7 stories" in reader.screen_text()
        assert reader.footer.startswith("  : 402/9")
        await reader.press("up", "up", "up")
        assert reader.footer.startswith("  : theme ink")
        await reader.press("down", "down")
        assert reader.footer.startswith("  : 402/9")
        await reader.press("ctrl+u", "4", "tab", "/", "7", "enter")
        assert closed == [EnteredCommand("402/7", GoTo("402/7"))]


async def test_a_colon_after_an_error_starts_afresh(library: Library) -> None:
    async with run_reader(store_issues(library), size=(80, 24)) as reader:
        await reader.type(":", *"999", "enter")
        assert "Issue 999 isn't in your archive" in reader.screen_text()
        await reader.type(":")
        assert reader.footer.startswith("  : 402/3, search")
        await reader.type(*"1/2")
        assert reader.footer.startswith("  : 1/2")


async def test_an_unknown_word_offers_the_search(library: Library) -> None:
    async with run_reader(store_issues(library), size=(80, 24)) as reader:
        await reader.type(":", *"rivers")
        assert "Search for “rivers”?  enter" in reader.screen_text()
        await reader.type("enter")
        assert isinstance(reader.app.screen, SearchScreen)
        assert reader.app.screen.line.value == "rivers"


async def test_a_typing_error_is_searched_at_second_enter(library: Library) -> None:
    async with run_reader(store_issues(library), size=(80, 24)) as reader:
        await reader.type(":", *"serach", "enter")
        assert "Unknown command or issue: serach. Did you mean search?" in reader.screen_text()
        await reader.type("enter")
        assert isinstance(reader.app.screen, SearchScreen)


async def test_tag_and_open_take_arguments(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.type(":", *"tag slow water", "enter")
        assert library.state.get_tags("rivers") == ("slow-water",)
        await reader.type(":", *"open 2", "enter")
        await reader.wait_until(lambda: reader.browser.opened_urls)
        assert reader.browser.opened_urls == ["https://example.org/2"]


async def test_import_runs_as_a_background_job(tmp_path: Path) -> None:
    (tmp_path / "my issue.html").write_bytes(make_page("voles"))

    def make_import(paths: Sequence[str], on_progress: OnProgress) -> ImportJob:
        return ImportJob(lambda: Library.open(places), paths, on_progress, PageParser(1))

    places = Places.under(tmp_path / "home")
    background = BackgroundSetup(import_files=make_import)
    with Library.open(places) as other:
        async with run_reader(store_issues(other), background=background) as reader:
            await reader.type(":", *f"import {tmp_path}/my issue.html", "enter")
            await reader.wait_until(lambda: reader.notices)
            assert reader.notices == ["Imported 1 issue"]
            assert len(reader.screen.session.index.rows) == 4


async def test_the_number_prompt_stays_after_a_wrong_number(library: Library) -> None:
    async with run_reader(store_issues(library), size=(80, 24)) as reader:
        await reader.type("#", "9", "enter")
        assert "No link 9; this story has 3 links" in reader.screen_text()
        await reader.type("2", "enter")
        await reader.wait_until(lambda: reader.browser.opened_urls)
        assert reader.browser.opened_urls == ["https://example.org/2"]


@pytest.mark.parametrize(("key", "heading"), [("#", "Number prompt"), ("A", "Question"), ("v", "Highlighting")])
async def test_question_mark_helps_where_no_text_is_typed(library: Library, key: str, heading: str) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.type(key)
        await reader.type("?")
        assert isinstance(reader.app.screen, HelpDialog)
        assert heading in reader.screen_text()
