"""Changes of the settings file, automatic syncs, and the maintenance of the reading state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from importai_tui.clock import utc_now
from importai_tui.config import ConfigWatcher
from importai_tui.config.schema import Config
from importai_tui.error_log import ErrorLog
from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.state.maintenance import Maintenance
from importai_tui.state.reading_state import ReadingState
from importai_tui.tui.background_jobs import BackgroundSetup
from importai_tui.tui.watchers import ConfigReloader
from tests.tui.sample_app import TODAY, run_reader, store_issues

NEWSBOAT = '[keys]\npreset = "newsboat"\n"search" = []\n'


async def test_a_changed_file_applies_at_the_next_poll(library: Library, config_file: Path) -> None:
    async with run_reader(
        store_issues(library), "12/1", background=BackgroundSetup(config_watcher=ConfigWatcher(config_file, {}))
    ) as reader:
        config_file.write_text(f'[reading]\nmeasure = 66\ntheme = "paper"\nread_after = 20\n{NEWSBOAT}')
        reader.app.config_reloader.poll()
        await reader.press("N")  # newsboat's key for read and unread
        assert (reader.screen.panes.measure, reader.app.theme, reader.screen.read_timer._after) == (66, "paper", 20)
        assert "F search" not in reader.footer
        assert library.state.is_read(library.get_story("12", 1).key)
        assert library.state.load_value("theme") != "paper"


@pytest.mark.parametrize("wrong", ['[reading]\ntheme = "pap', "[reading]\nmeasure = 90\n", "\ud800[reading"])
def test_an_invalid_file_is_reported_and_changes_nothing(config_file: Path, wrong: str) -> None:
    config_file.write_text("[reading]\nmeasure = 66\n")
    app = FakeApp()
    reloader = ConfigReloader(cast(Any, app), ConfigWatcher(config_file, {}))
    config_file.write_bytes(wrong.encode("utf-8", "surrogatepass"))
    reloader.poll()
    reloader.poll()
    assert len(app.errors) == 1
    assert str(config_file) in app.errors[0]
    assert app.errors[0].endswith("Keeping the old settings until this is fixed.")
    assert (reloader.config.measure, app.applied) == (66, [])


def test_a_corrected_file_removes_its_error(config_file: Path) -> None:
    config_file.write_text("[reading]\nmeasure = 90\n")
    app = FakeApp()
    reloader = ConfigReloader(cast(Any, app), ConfigWatcher(config_file, {}))
    reloader.start()
    config_file.write_text("[reading]\nmeasure = 91\n# wrong again\n")
    reloader.poll()
    assert app.withdrawn == app.errors[:1]
    config_file.write_text("[reading]\nmeasure = 66\n")
    reloader.poll()
    assert app.withdrawn == app.errors


def test_an_invalid_file_is_reported_at_the_start(config_file: Path) -> None:
    config_file.write_text("[reading]\nmeasure = 90\n")
    app = FakeApp()
    ConfigReloader(cast(Any, app), ConfigWatcher(config_file, {})).start()
    assert "line 2: reading.measure" in app.errors[0]
    assert app.errors[0].endswith("It is ignored until this is fixed.")


def test_a_removed_file_restores_the_defaults(config_file: Path) -> None:
    config_file.write_text("[reading]\nmeasure = 66\n")
    app = FakeApp()
    reloader = ConfigReloader(cast(Any, app), ConfigWatcher(config_file, {}))
    config_file.unlink()
    reloader.poll()
    assert app.applied == [(Config(), Config(measure=66))]


async def test_a_change_lasts_until_its_setting_changes(library: Library, config_file: Path) -> None:
    config_file.write_text('[reading]\nmeasure = 66\ntheme = "paper"\n')
    async with run_reader(
        store_issues(library), background=BackgroundSetup(config_watcher=ConfigWatcher(config_file, {}))
    ) as reader:
        await reader.press("T", ">")
        config_file.write_text('[reading]\nmeasure = 66\ntheme = "paper"\nread_after = 20\n')
        reader.app.config_reloader.poll()
        assert (reader.screen.panes.measure, reader.app.theme) == (68, "ink")
        assert (library.state.load_value("measure"), library.state.load_value("theme")) == (None, None)
        config_file.write_text('[reading]\nmeasure = 70\ntheme = "nord"\n')
        reader.app.config_reloader.poll()
        assert (reader.screen.panes.measure, reader.app.theme) == (70, "nord")


@dataclass
class FakeApp:
    """The app as the reloader uses it; records the calls."""

    hours: float = 0
    synced_at: datetime | None = TODAY
    applied: list[tuple[Config, Config]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    syncs: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.jobs = SimpleNamespace(auto_sync=lambda: self.syncs.append(self.hours))

    def today(self) -> datetime:
        return TODAY + timedelta(hours=self.hours)

    def apply_config(self, config: Config, before: Config) -> None:
        self.applied.append((config, before))

    def notify_error(self, message: str) -> None:
        self.errors.append(message)

    def withdraw_notice(self, text: str) -> None:
        self.withdrawn.append(text)

    def set_interval(self, interval: float, callback: object) -> None:
        pass

    def notify_info(self, text: str, *, seconds: float = 4) -> None:
        pass


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("[sync]\nevery_hours = 2\n", [3, 6, 9]),  # each time: none of them has brought anything
        ("[sync]\nevery_hours = 0.5\n", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("[sync]\nevery_hours = 2\nmetered = true\n", []),
        ("[sync]\nevery_hours = 0\n", []),
        ("", []),
    ],
)
def test_an_open_app_syncs_again_after_some_hours(config_file: Path, text: str, begun: list[float]) -> None:
    config_file.write_text(text)
    app = FakeApp()
    reloader = ConfigReloader(cast(Any, app), ConfigWatcher(config_file, {}))
    for app.hours in range(10):
        reloader.poll()
        reloader.poll()
    assert app.syncs == begun


def test_any_sync_delays_the_next_automatic_one(config_file: Path) -> None:
    config_file.write_text("[sync]\nevery_hours = 2\n")
    app = FakeApp(hours=9, synced_at=None)
    reloader = ConfigReloader(cast(Any, app), ConfigWatcher(config_file, {}))
    reloader.poll()
    assert app.syncs == []
    app.synced_at = TODAY + timedelta(hours=8)
    reloader.poll()
    assert app.syncs == []
    app.hours = 11
    reloader.poll()
    assert app.syncs == [11]


def test_a_last_sync_in_the_future_delays_nothing(config_file: Path) -> None:
    config_file.write_text("[sync]\nevery_hours = 2\n")
    app = FakeApp(synced_at=TODAY + timedelta(days=400))
    reloader = ConfigReloader(cast(Any, app), ConfigWatcher(config_file, {}))
    reloader.poll()
    reloader.poll()
    assert app.syncs == [0], "and that one puts the next off"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shared = tmp_path / "shared"
    shared.mkdir()
    return shared


@pytest.fixture
def background(places: Places, folder: Path) -> BackgroundSetup:
    return BackgroundSetup(maintenance=lambda: Maintenance(places.reading, utc_now, folder, poll_interval=0.01))


async def test_a_mark_of_another_machine_arrives_while_open(
    library: Library, folder: Path, tmp_path: Path, background: BackgroundSetup
) -> None:
    async with run_reader(store_issues(library), "12/1", background=background) as reader:
        with ReadingState(tmp_path / "lap" / "reading.sqlite3", utc_now, folder) as laptop:
            laptop.mark(["lake"], read=True)
        await reader.wait_until(lambda: library.state.is_read("lake"))


async def test_a_mark_reaches_the_folder_when_quitting_at_once(
    library: Library, folder: Path, tmp_path: Path, background: BackgroundSetup
) -> None:
    async with run_reader(store_issues(library), "12/1", background=background) as reader:
        await reader.wait_until(lambda: list(folder.iterdir()))
        await reader.press("r", "q")
    with ReadingState(tmp_path / "lap" / "reading.sqlite3", utc_now, folder) as laptop:
        assert "rivers" in laptop.get_read_keys()


async def test_a_folder_problem_and_its_end_are_reported_once(
    library: Library, folder: Path, background: BackgroundSetup
) -> None:
    async with run_reader(store_issues(library), "12/1", background=background) as reader:
        await reader.wait_until(lambda: list(folder.iterdir()))
        folder.rename(folder.with_name("gone"))
        await reader.wait_until(lambda: any("Can't use the shared folder" in line for line in reader.notices))
        await reader.advance_clock(3)
        assert sum("Can't use the shared folder" in line for line in reader.notices) == 1
        folder.with_name("gone").rename(folder)
        await reader.wait_until(lambda: any("is back and up to date" in line for line in reader.notices))


async def test_an_error_in_the_thread_is_reported(library: Library, tmp_path: Path) -> None:
    class Failing(Maintenance):
        def run(self) -> None:
            raise KeyError("x")

    setup = BackgroundSetup(maintenance=lambda: Failing(tmp_path, utc_now), error_log=ErrorLog(tmp_path / "errors.log"))
    async with run_reader(store_issues(library), "12/1", background=setup) as reader:
        await reader.wait_until(lambda: reader.notices)
        assert "Internal error (KeyError)" in reader.last_notice
        await reader.press("J")
        assert reader.open_story == ("12", 2)
