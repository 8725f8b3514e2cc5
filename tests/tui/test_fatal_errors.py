"""Errors in the program: each is reported once, and the user can go on where possible."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from importai_tui.error_log import ErrorLog
from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.tui.actions.app import AppearanceActions
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.dialogs.help import HelpDialog
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.search.screen import SearchScreen
from importai_tui.tui.widgets.issue_list import IssueList
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def fail(*_: object) -> None:
    raise KeyError("x")


async def fail_async(*_: object) -> None:
    raise KeyError("x")


class OpeningScreen(ModalScreen[None]):
    """A screen during whose opening the app ends, as after a signal."""

    def compose(self) -> ComposeResult:
        self.app.exit()
        yield Static("words", id="words")

    def on_mount(self) -> None:
        self.query_one("#words")


@pytest.fixture
def log(tmp_path: Path) -> ErrorLog:
    return ErrorLog(tmp_path / "errors.log")


@asynccontextmanager
async def run_resilient_reader(library: Library, log: ErrorLog) -> AsyncIterator[RunningReader]:
    """The app as it runs on a terminal, where it survives errors."""
    store_issues(library)
    async with run_reader(library, "12/1", error_log=log) as reader:
        await reader.wait_until(lambda: reader.app.is_ready)
        yield reader


async def run_and_quit(library: Library, log: ErrorLog) -> None:
    async with run_resilient_reader(library, log) as reader:
        reader.app.takes_snapshot = True
        await reader.pilot.press("Q")
        await reader.wait_until(lambda: not reader.app.is_running)


def error_message(log: ErrorLog) -> str:
    return f"Internal error (KeyError); you can keep reading. Details are in {log.path}; please report it."


async def test_an_error_in_an_action_is_reported(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AppearanceActions, "action_wider", fail)
    async with run_resilient_reader(library, log) as reader:
        await reader.press(">")
        assert reader.notices == [error_message(log)]
        await reader.press("J", "s")
        assert reader.open_story == ("12", 2)
        assert library.state.is_starred("canal")


async def test_an_error_in_a_worker_is_reported(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ActionGroup, "ask", fail_async)
    async with run_resilient_reader(library, log) as reader:
        await reader.pilot.press("e")
        await reader.pilot.pause()
        assert reader.notices == [error_message(log)]
        await reader.press("J")
        assert reader.open_story == ("12", 2)


async def test_the_same_error_is_announced_once(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AppearanceActions, "action_wider", fail)
    async with run_resilient_reader(library, log) as reader:
        await reader.press(">")
        reader.app._shown_until.clear()
        reader.app.clear_notifications()
        await reader.press(">", "<")
        assert reader.notices == []
        assert log.path.read_text().count("Traceback") == 1


@pytest.mark.parametrize("method", ["compose", "on_mount"])
@pytest.mark.parametrize(("key", "screen"), [("?", HelpDialog), ("F", SearchScreen)])
async def test_a_screen_that_fails_to_open_is_closed(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch, key: str, screen: type, method: str
) -> None:
    monkeypatch.setattr(screen, method, fail)
    async with run_resilient_reader(library, log) as reader:
        for _ in range(2):
            await reader.type(key)
            await reader.wait_until(lambda: isinstance(reader.app.screen, ReadingScreen))
        assert reader.notices == [error_message(log)]
        await reader.type("J")
        assert reader.open_story == ("12", 2)


async def test_a_widget_that_fails_to_draw_is_blank(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_resilient_reader(library, log) as reader:
        monkeypatch.setattr(IssueList, "draw_line", fail)
        await reader.press("h", "j", "l")
        assert error_message(log) in reader.notices
        assert "Lakes; ponds" not in reader.screen_text()
        assert "A long story called canal" in reader.screen_text()


async def test_an_expected_error_shows_its_own_message(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_with_message(*_: object) -> None:
        raise DatabaseError("The archive is upside down.")

    monkeypatch.setattr(AppearanceActions, "action_wider", fail_with_message)
    async with run_resilient_reader(library, log) as reader:
        await reader.press(">")
        assert reader.notices == ["The archive is upside down."]
        assert not log.path.exists()


async def test_a_screen_with_an_expected_error_is_closed(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_with_message(*_: object) -> None:
        raise DatabaseError("The archive is upside down.")

    monkeypatch.setattr(HelpDialog, "on_mount", fail_with_message)
    async with run_resilient_reader(library, log) as reader:
        await reader.type("?")
        await reader.wait_until(lambda: isinstance(reader.app.screen, ReadingScreen))
        assert reader.notices == ["The archive is upside down."]


async def test_repeated_disk_errors_do_not_end_the_app(library: Library, log: ErrorLog) -> None:
    def fail_at_disk() -> None:
        raise OSError(errno.EROFS, "Read-only file system", "/mnt/x")

    async with run_resilient_reader(library, log) as reader:
        for _ in range(100):
            reader.app.call_later(fail_at_disk)
        await reader.press("J")
        assert reader.notices == ["/mnt/x: read-only file system."]
        assert reader.open_story == ("12", 2)


async def test_endless_errors_end_the_app_with_their_cause(library: Library, log: ErrorLog) -> None:
    readers: list[RunningReader] = []

    async def run() -> None:
        async with run_resilient_reader(library, log) as reader:
            readers.append(reader)
            for _ in range(100):
                reader.app.call_later(fail)
            await reader.wait_until(lambda: not reader.app.is_running)

    with pytest.raises(KeyError):
        await run()
    app = readers[0].app
    assert isinstance(app.fatal_error, KeyError)
    assert app.return_code == 1
    assert app.fatal_error.__notes__ == [f"Details are in {log.path}; please report it."]


async def test_errors_with_keys_between_them_are_survived(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AppearanceActions, "action_wider", fail)
    async with run_resilient_reader(library, log) as reader:
        await reader.press(*[">"] * 50)
        assert reader.app.is_running
        assert reader.app.fatal_error is None


async def test_endless_errors_in_another_screen_close_it(library: Library, log: ErrorLog) -> None:
    async with run_resilient_reader(library, log) as reader:
        await reader.type("?")
        for _ in range(25):
            reader.app.call_later(fail)
        await reader.wait_until(lambda: isinstance(reader.app.screen, ReadingScreen))
        assert reader.app.fatal_error is None


async def test_an_error_before_the_first_screen_ends_the_app(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReadingScreen, "on_mount", fail)
    with pytest.raises(KeyError):
        async with run_resilient_reader(library, log):
            pass


async def test_quitting_while_a_screen_opens_is_no_error(library: Library, log: ErrorLog) -> None:
    async with run_resilient_reader(library, log) as reader:
        reader.app.push_screen(OpeningScreen())
        while reader.app.is_running:
            await asyncio.sleep(0.01)
    assert reader.app.fatal_error is None
    assert reader.app.return_code == 0


async def test_an_error_of_saving_at_the_end_is_reported(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReadingScreen, "on_unmount", fail)
    with pytest.raises(KeyError):
        await run_and_quit(library, log)


async def test_quitting_works_if_the_snapshot_fails(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importai_tui.tui.app.take_snapshot", fail_async)
    with pytest.raises(KeyError):
        await run_and_quit(library, log)
