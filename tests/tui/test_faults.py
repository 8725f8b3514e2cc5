"""Errors in the program itself: the reader reports them once, and goes on where it can."""

from __future__ import annotations

import errno
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from importai_tui.error_log import ErrorLog
from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.tui.actions.app import Appearance
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.dialogs.help import Help
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.search.screen import SearchScreen
from importai_tui.tui.widgets.issue_list import IssueList
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def fail(*_: object) -> None:
    raise KeyError("x")


async def fail_later(*_: object) -> None:
    raise KeyError("x")


@pytest.fixture
def log(tmp_path: Path) -> ErrorLog:
    return ErrorLog(tmp_path / "errors.log")


@asynccontextmanager
async def resilient(library: Library, log: ErrorLog) -> AsyncIterator[RunningReader]:
    """The app as it runs on a terminal, where it survives errors."""
    store_issues(library)
    async with run_reader(library, "12/1", error_log=log) as reader:
        await reader.wait_until(lambda: reader.app.is_ready)
        yield reader


def sentence(log: ErrorLog) -> str:
    return f"An error in the program (KeyError) was caught; you can read on. Details for a bug report: {log.path}"


async def test_an_action_that_raises_is_reported_and_keys_go_on(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Appearance, "action_wider", fail)
    async with resilient(library, log) as reader:
        await reader.press(">")
        assert reader.notices == [sentence(log)]
        await reader.press("J", "s")
        assert reader.open_story == ("12", 2)
        assert library.state.is_starred("canal")


async def test_an_error_in_a_worker_is_reported_and_keys_go_on(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ActionGroup, "ask", fail_later)
    async with resilient(library, log) as reader:
        await reader.pilot.press("e")
        await reader.pilot.pause()
        assert reader.notices == [sentence(log)]
        await reader.press("J")
        assert reader.open_story == ("12", 2)


async def test_the_same_error_is_announced_once(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Appearance, "action_wider", fail)
    async with resilient(library, log) as reader:
        await reader.press(">")
        reader.app._shown_until.clear()
        reader.app.clear_notifications()
        await reader.press(">", "<")
        assert reader.notices == []
        assert log.path.read_text().count("Traceback") == 1


@pytest.mark.parametrize("method", ["compose", "on_mount"])
@pytest.mark.parametrize(("key", "screen"), [("?", Help), ("F", SearchScreen)])
async def test_a_screen_that_cannot_be_opened_leads_back_to_reading(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch, key: str, screen: type, method: str
) -> None:
    monkeypatch.setattr(screen, method, fail)
    async with resilient(library, log) as reader:
        for _ in range(2):
            await reader.type(key)
            await reader.wait_until(lambda: isinstance(reader.app.screen, ReadingScreen))
        assert reader.notices == [sentence(log)]
        await reader.type("J")
        assert reader.open_story == ("12", 2)


async def test_a_widget_that_cannot_be_drawn_is_blank(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with resilient(library, log) as reader:
        monkeypatch.setattr(IssueList, "render_line", fail)
        await reader.press("h", "j", "l")
        assert sentence(log) in reader.notices
        assert "Lakes; ponds" not in reader.screen_text()
        assert "A long story called canal" in reader.screen_text()


async def test_an_error_that_a_person_can_understand_is_shown_as_it_is(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trouble(*_: object) -> None:
        raise DatabaseError("The archive is upside down.")

    monkeypatch.setattr(Appearance, "action_wider", trouble)
    async with resilient(library, log) as reader:
        await reader.press(">")
        assert reader.notices == ["The archive is upside down."]
        assert not log.path.exists()


async def test_a_screen_that_cannot_read_its_file_leads_back_to_reading(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trouble(*_: object) -> None:
        raise DatabaseError("The archive is upside down.")

    monkeypatch.setattr(Help, "on_mount", trouble)
    async with resilient(library, log) as reader:
        await reader.type("?")
        await reader.wait_until(lambda: isinstance(reader.app.screen, ReadingScreen))
        assert reader.notices == ["The archive is upside down."]


async def test_a_disk_that_fails_again_and_again_does_not_end_the_reader(library: Library, log: ErrorLog) -> None:
    def fail_at_disk() -> None:
        raise OSError(errno.EROFS, "Read-only file system", "/mnt/x")

    async with resilient(library, log) as reader:
        for _ in range(100):
            reader.app.call_later(fail_at_disk)
        await reader.press("J")
        assert reader.notices == ["/mnt/x: read-only file system."]
        assert reader.open_story == ("12", 2)


async def test_errors_without_end_end_the_reader_with_the_cause(library: Library, log: ErrorLog) -> None:
    ended: list[RunningReader] = []

    async def run() -> None:
        async with resilient(library, log) as reader:
            ended.append(reader)
            for _ in range(100):
                reader.app.call_later(fail)
            await reader.wait_until(lambda: not reader.app.is_running)

    with pytest.raises(KeyError):
        await run()
    app = ended[0].app
    assert isinstance(app.fatal_error, KeyError)
    assert app.return_code == 1
    assert app.fatal_error.__notes__ == [f"Details for a bug report: {log.path}"]


async def test_errors_with_keys_between_them_do_not_end_the_reader(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Appearance, "action_wider", fail)
    async with resilient(library, log) as reader:
        await reader.press(*[">"] * 50)
        assert reader.app.is_running
        assert reader.app.fatal_error is None


async def test_errors_without_end_in_another_screen_lead_back_first(library: Library, log: ErrorLog) -> None:
    async with resilient(library, log) as reader:
        await reader.type("?")
        for _ in range(25):
            reader.app.call_later(fail)
        await reader.wait_until(lambda: isinstance(reader.app.screen, ReadingScreen))
        assert reader.app.fatal_error is None


async def test_an_error_before_the_first_screen_ends_the_reader(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReadingScreen, "on_mount", fail)
    with pytest.raises(KeyError):
        async with resilient(library, log):
            pass


async def test_quitting_works_where_the_last_frame_cannot_be_drawn(
    library: Library, log: ErrorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importai_tui.tui.app.take_snapshot", fail_later)

    async def run() -> None:
        async with resilient(library, log) as reader:
            reader.app.takes_snapshot = True
            await reader.pilot.press("Q")
            await reader.wait_until(lambda: not reader.app.is_running)

    with pytest.raises(KeyError):
        await run()


def test_the_log_is_private_and_keeps_no_values(log: ErrorLog) -> None:
    note = "a note of mine"
    with pytest.raises(KeyError) as caught:
        fail(note)
    assert log.write(caught.value)
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    text = log.path.read_text()
    assert "KeyError: 'x'" in text
    assert "fail(note)" in text
    assert note not in text


def test_the_log_never_grows_without_bound(log: ErrorLog) -> None:
    for _ in range(40):
        log.write(ValueError("x" * 100_000))
    assert log.path.stat().st_size <= 256 * 1024


def test_the_log_is_not_written_through_a_link(log: ErrorLog, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    log.path.symlink_to(victim)
    assert not log.write(ValueError())
    assert victim.read_text() == "mine"
