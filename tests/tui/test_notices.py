"""Notices and the line above the active pane: neither covers the text."""

from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def last_line(reader: RunningReader) -> str:
    return reader.screen_text().splitlines()[-1]


@pytest.mark.parametrize("size", [(140, 40), (80, 24), (40, 12)])
async def test_a_notice_covers_no_text(library: Library, size: tuple[int, int]) -> None:
    async with run_reader(store_issues(library), "12/2", size=size) as reader:
        await reader.press("l", "h")  # waits for what is drawn later: counts and related stories
        before = reader.screen_text().splitlines()
        reader.app.notify_info("One thing happened")
        await reader.pilot.pause()
        reader.app.notify_info("Another thing happened")
        await reader.pilot.pause()
        assert reader.screen_text().splitlines()[:-1] == before[:-1]
        assert last_line(reader).endswith("▌ Another thing happened")


async def test_an_older_notice_is_shown_again(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(40, 12)) as reader:
        reader.app.notify_info("The disk is full", seconds=60)
        reader.app.notify_info("Starred", seconds=2)
        await reader.pilot.pause()
        assert "Starred" in last_line(reader)
        await reader.wait_until(lambda: "The disk is full" in last_line(reader))


async def test_a_notice_leaves_the_input_line_visible(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await reader.type("/", "x")
        reader.app.notify_info("Downloaded 6 issues")
        await reader.pilot.pause()
        first, *_, last = reader.screen_text().splitlines()
        assert "Downloaded 6 issues" in first
        assert "x" in last


@pytest.mark.parametrize("key", ["v", "/", ":"])
async def test_a_line_of_input_repeats_no_notice(library: Library, key: str) -> None:
    async with run_reader(store_issues(library), "12/2", size=(40, 12)) as reader:
        reader.app.notify_info("Starred", seconds=60)
        await reader.pilot.pause()
        await reader.type(key)
        await reader.wait_until(lambda: "Starred" in reader.screen_text().splitlines()[0])
        assert reader.screen_text().count("Starred") == 1
        await reader.press("escape")
        await reader.wait_until(lambda: "Starred" in last_line(reader))
        assert reader.screen_text().count("Starred") == 1


async def test_a_notice_that_is_outdated_is_removed(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(40, 12)) as reader:
        reader.app.notify_info("Starred", seconds=60)
        reader.app.notify_error("The disk is full")
        await reader.pilot.pause()
        reader.app.withdraw_notice("The disk is full")
        await reader.wait_until(lambda: "Starred" in last_line(reader))
        reader.app.notify_error("The disk is full")
        await reader.wait_until(lambda: "The disk is full" in last_line(reader))
        # One that is shown beneath another becomes the newest.
        reader.app.notify_info("Starred", seconds=60)
        await reader.wait_until(lambda: "Starred" in last_line(reader))
        assert len(reader.app.query("Toast")) == 2


def active_line(reader: RunningReader) -> tuple[int, int]:
    """Return the columns of the line above the active pane: the first one, and the one after the last."""
    line = reader.screen_text().splitlines()[1]
    return line.find("▔"), line.rfind("▔") + 1


async def test_a_line_is_above_the_pane_with_the_keys(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(140, 40)) as reader:
        found = []
        for key in ("h", "l", "l"):
            await reader.press(key)
            found.append(active_line(reader))
        panes = (reader.screen.story_list, reader.screen.story_view, reader.screen.query_one("#links"))
        assert found == [(pane.region.x, pane.region.right) for pane in panes]
        await reader.press("z")
        assert active_line(reader) == (-1, 0)


async def test_several_warnings_are_shown_one_by_one(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "get_warnings", lambda: ("First warning", "Second warning", "Third warning"))
    async with run_reader(store_issues(library), "12/2", size=(40, 12)) as reader:
        assert len(reader.notices) == 3
        assert reader.screen_text().count("warning") == 1
        assert "First warning" in last_line(reader)
