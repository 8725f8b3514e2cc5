"""Tests how the reader shows issues whose date is estimated."""

from __future__ import annotations

from dataclasses import replace

from importai_tui.library.library import Library
from tests.tui.live_updates import check_for_changes, make_issue
from tests.tui.sample_app import run_reader, store_issues


async def test_a_story_says_that_its_date_is_estimated(library: Library) -> None:
    first, undated, last = (make_issue(number) for number in (24, 25, 26))
    store_issues(library, [first, replace(undated, date=None), last])
    async with run_reader(library, "25/1", size=(120, 30)) as reader:
        assert "25/1   about 29 December 2020   " in reader.screen_text()
        assert [line.split()[0] for line in reader.list_lines if line.strip()][-6:] == [
            "2021",
            "26",
            "2020",
            "▌",
            "▌",
            "24",
        ]


async def test_an_estimate_appears_when_neighbours_arrive(library: Library, other: Library) -> None:
    first, undated, last = (make_issue(number) for number in (2, 3, 4))
    store_issues(library, [replace(undated, date=None)])
    async with run_reader(library, "3/1", size=(120, 30)) as reader:
        assert "about" not in reader.screen_text()
        store_issues(other, [first, last])
        await check_for_changes(reader)
        assert "about 29 January 2020" in reader.screen_text()


async def test_old_issues_without_a_date_have_a_heading(library: Library) -> None:
    newest, dated, old, oldest = (make_issue(number) for number in (26, 25, 3, 2))
    undated = [replace(issue, date=None) for issue in (newest, old, oldest)]
    async with run_reader(store_issues(library, [dated, *undated]), "25/1", size=(120, 30)) as reader:
        lines = [line.split()[0] for line in reader.list_lines if line.strip()]
        assert lines[-7:] == ["26", "2021", "▌", "▌", "No", "3", "2"]
