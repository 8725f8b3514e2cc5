"""Exports from the reader: the dialog, and the lines of `:export`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from importai_tui.errors import ReaderError
from importai_tui.library.library import Library
from importai_tui.output.books import StoryList
from importai_tui.query.parser import parse_query
from importai_tui.tui.actions.export import load_last_paths, shorten_home
from importai_tui.tui.background_jobs import BackgroundSetup
from importai_tui.tui.dialogs.export import ExportTarget, draw_target
from importai_tui.tui.reading.navigation import ReadingList
from tests.tui.sample_app import run_reader, store_issues


async def test_an_export_says_where_the_file_is(library: Library) -> None:
    def export(words: Sequence[str]) -> str:
        if "bad" in words:
            raise ReaderError("bad cannot be written")
        return f"Wrote {words}"

    def export_book(source: str | StoryList, out: str) -> str:
        return f"Book {source} {out}"

    background = BackgroundSetup(export=export, export_book=export_book)
    async with run_reader(store_issues(library), "12/1", background=background) as reader:
        await reader.type(":", *"export --out 'my notes.md'", "enter")
        await reader.type(":", *"export --out bad", "enter")
        assert reader.notices == ["Wrote ['--out', 'my notes.md']", "bad cannot be written"]

        # The dialog stays open after an error, and offers the last path again.
        await reader.type("ctrl+e", "ctrl+u", "enter")
        assert "Type the path of a file or folder" in reader.screen_text()
        await reader.type(*"bad", "enter")
        assert "bad cannot be written" in reader.screen_text()
        await reader.type("down", "ctrl+u", *"~/my notes", "enter")
        assert reader.last_notice == "Wrote ['--notes', '--each', '~/my notes']"
        await reader.type(":", *"export", "enter")
        assert "~/my notes" in reader.screen_text()
        await reader.pilot.click(offset=reader.find_on_screen("Notes for Zotero"))
        assert "~/import-ai-notes.ris" in reader.screen_text()
        await reader.type("up", "up")
        await reader.type("up", "enter")
        assert reader.last_notice == "Wrote ['--notes', '--out', '~/import-ai-notes.md']"
        await reader.type("ctrl+e", *(["down"] * 9), "enter")
        assert reader.last_notice == "Book 12 ~/import-ai-12.epub"


@pytest.mark.parametrize("width", [20, 40, 80])
def test_a_row_fits_into_its_width(width: int) -> None:
    async def run(_: str) -> str:
        return ""

    drawn = draw_target(ExportTarget("x", "This list: Otters [AI]", "EPUB", "x.epub", run), width, strong=False)
    assert drawn.cell_length <= width
    assert ("EPUB" in drawn.plain) is (width >= 40)


@pytest.mark.parametrize(
    ("text", "paths"),
    [(None, {}), ("{", {}), ("[]", {}), ('{"notes": "x", "ris": 7}', {"notes": "x"})],
)
def test_damaged_paths_are_ignored(text: str | None, paths: dict[str, str]) -> None:
    assert load_last_paths(text) == paths


def test_a_path_at_home_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert shorten_home(tmp_path / "Documents") == Path("~/Documents")
    assert shorten_home(Path("/elsewhere")) == Path("/elsewhere")


def test_a_search_has_the_title_of_the_command_line() -> None:
    assert ReadingList("Search: chips", (), query=parse_query(" chips")).book_title == parse_query("chips").text
    assert ReadingList("Unread", ()).book_title == "Unread"
