from __future__ import annotations

from pathlib import Path

import pytest

from importai_tui.clock import utc_now
from importai_tui.error_log import ErrorLog
from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.state.maintenance import Maintenance
from importai_tui.state.reading_state import ReadingState
from importai_tui.tui.background_jobs import BackgroundSetup
from tests.tui.sample_app import run_reader, store_issues


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shared"
    made.mkdir()
    return made


@pytest.fixture
def background(places: Places, folder: Path) -> BackgroundSetup:
    return BackgroundSetup(maintenance=lambda: Maintenance(places.reading, utc_now, folder, poll_interval=0.01))


async def test_a_mark_of_another_machine_shows_while_the_app_is_open(
    library: Library, folder: Path, tmp_path: Path, background: BackgroundSetup
) -> None:
    async with run_reader(store_issues(library), "12/1", background=background) as reader:
        with ReadingState(tmp_path / "lap" / "reading.sqlite3", utc_now, folder) as lap:
            lap.mark(["lake"], read=True)
        await reader.wait_until(lambda: library.state.is_read("lake"))


async def test_a_mark_reaches_the_folder_also_when_one_leaves_at_once(
    library: Library, folder: Path, tmp_path: Path, background: BackgroundSetup
) -> None:
    async with run_reader(store_issues(library), "12/1", background=background) as reader:
        await reader.wait_until(lambda: list(folder.iterdir()))
        await reader.press("r", "q")
    with ReadingState(tmp_path / "lap" / "reading.sqlite3", utc_now, folder) as lap:
        assert "rivers" in lap.get_read_keys()


async def test_trouble_with_the_folder_is_told_once_and_that_it_is_over(
    library: Library, folder: Path, background: BackgroundSetup
) -> None:
    async with run_reader(store_issues(library), "12/1", background=background) as reader:
        await reader.wait_until(lambda: list(folder.iterdir()))
        folder.rename(folder.with_name("gone"))
        await reader.wait_until(lambda: any("cannot be used" in line for line in reader.notices))
        await reader.advance_clock(3)
        assert sum("cannot be used" in line for line in reader.notices) == 1
        folder.with_name("gone").rename(folder)
        await reader.wait_until(lambda: any("can be used again" in line for line in reader.notices))


async def test_an_error_in_the_thread_is_reported_and_keys_go_on(library: Library, tmp_path: Path) -> None:
    class Failing(Maintenance):
        def run(self) -> None:
            raise KeyError("x")

    care = BackgroundSetup(maintenance=lambda: Failing(tmp_path, utc_now), error_log=ErrorLog(tmp_path / "errors.log"))
    async with run_reader(store_issues(library), "12/1", background=care) as reader:
        await reader.wait_until(lambda: reader.notices)
        assert "An error in the program (KeyError) was caught" in reader.last_notice
        await reader.press("J")
        assert reader.open_story == ("12", 2)
