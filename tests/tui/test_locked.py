"""Another program holds a lock on the reading state, as a database browser does while it edits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from importai_tui.error_log import ErrorLog
from importai_tui.library.library import Library
from tests.tui.sample_app import RunningReader, run_reader, store_issues

WAITING = "Waiting for another program that uses reading.sqlite3…"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a writer that is not done."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


async def until_saved(reader: RunningReader) -> None:
    await reader.wait_until(lambda: not reader.screen.writer.waiting)


async def test_a_change_waits_for_the_lock_and_is_saved_then(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.press("s")
            assert WAITING in reader.footer
            assert reader.notices == []
            assert not library.state.is_starred("rivers")
        await until_saved(reader)
        assert library.state.is_starred("rivers")
        assert reader.last_notice == "Starred 1 story."
        assert WAITING not in reader.footer


async def test_a_narrow_footer_names_the_file_that_is_in_use(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1", size=(40, 12)) as reader:
        with locked(library.state.path):
            await reader.press("s")
            assert "reading.sqlite3 is in use…" in reader.footer
        await until_saved(reader)
        assert "in use" not in reader.footer


async def test_keys_work_while_a_change_waits(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.press("s", "J")
            assert reader.open_story == ("12", 2)
            assert "A long story called canal" in reader.screen_text()
            assert WAITING in reader.footer


async def test_changes_that_wait_are_saved_in_order(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.press("r", "J", "s", "u")
        await until_saved(reader)
        assert library.state.is_read("rivers")
        assert not library.state.is_starred("canal")
        await reader.press("u")
        assert not library.state.is_read("rivers")


async def test_the_list_shows_a_mark_that_was_saved_late(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.press("R")
            assert "6 unread" in reader.screen_text()
        await until_saved(reader)
        assert "3 unread" in reader.screen_text()


async def test_a_note_that_waits_is_saved_once(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.type("e", "h", "i", "escape")
            await reader.type("Q")
            assert "1 change is not saved" in reader.screen_text()
            assert "printed" in reader.screen_text()
            await reader.type("n")
        await until_saved(reader)
        assert library.state.get_note("rivers") == "hi"
        assert reader.screen.drafts.unsaved_texts() == []


async def test_an_undo_takes_back_the_note_that_waits_before_it(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.type("s", "e", "h", "i", "escape", "u", "Q", "n")
        await until_saved(reader)
        assert library.state.get_note("rivers") is None
        assert library.state.is_starred("rivers")


async def test_a_note_that_waits_is_printed_when_the_system_ends_the_reader(library: Library) -> None:
    store_issues(library)
    with locked(library.state.path):
        async with run_reader(library, "12/1") as reader:
            await reader.type("e", "h", "i", "escape")
            reader.app.exit()
        assert reader.app.unsaved_texts == ["hi"]
        assert reader.app.unsaved_changes == 1


async def test_a_note_that_is_saved_at_the_end_is_not_printed(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.type("e", "h", "i", "escape")
    assert reader.app.unsaved_texts == []
    assert library.state.get_note("rivers") == "hi"


async def test_a_lock_that_stays_is_reported_and_nothing_is_dropped(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.press("s")
            reader.clock.now += 31
            await reader.wait_until(lambda: reader.notices)
            assert reader.last_notice.startswith("1 change is not saved yet. The reading state")
            assert WAITING in reader.footer
        await until_saved(reader)
        assert library.state.is_starred("rivers")


async def test_quitting_asks_while_a_change_waits(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.type("s", "Q")
            assert "1 change is not saved" in reader.screen_text()
            await reader.type("n")
            assert reader.app.is_running
        await until_saved(reader)


async def test_changes_that_are_lost_at_the_end_are_counted(library: Library) -> None:
    store_issues(library)
    with locked(library.state.path):
        async with run_reader(library, "12/1") as reader:
            await reader.type("s", "J", "s", "Q", "y")
        assert reader.app.unsaved_changes == 2
    assert not library.state.is_starred("rivers")


async def test_quitting_saves_what_waits_if_the_lock_is_gone_by_then(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.press("s")
    assert reader.app.unsaved_changes == 0
    assert library.state.is_starred("rivers")


async def test_a_lock_on_the_archive_disturbs_no_mark(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with locked(library.archive.path):
            await reader.press("J", "s")
        assert library.state.is_starred("canal")


async def test_a_lock_that_blocks_reading_too_is_waited_for(library: Library, tmp_path: Path) -> None:
    store_issues(library)
    # A file without a write-ahead log, as on a network folder: a writer locks readers out.
    library.state._database.query("PRAGMA journal_mode = DELETE")
    async with run_reader(library, "12/1", error_log=ErrorLog(tmp_path / "errors.log")) as reader:
        with locked(library.state.path):
            await reader.press("J", "s", "K")
            await reader.advance_clock(2)
            assert WAITING in reader.footer
        await until_saved(reader)
        await reader.advance_clock(1)
        assert WAITING not in reader.footer
        await reader.press("J")
        assert reader.open_story[0] == "12"
        assert not (tmp_path / "errors.log").exists()
