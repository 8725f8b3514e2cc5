"""Writes of the reading state that fail, or wait because another program holds the lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from textual.widgets._toast import Toast

from importai_tui.error_log import ErrorLog
from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.tui.reading.state_writer import NOT_SAVED
from importai_tui.tui.widgets.footer import FooterContent, Hint, draw_hints
from tests.tui.sample_app import RunningReader, run_reader, store_issues

WAITING = "Waiting for another program that uses reading.sqlite3…"


@contextmanager
def lock_database(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a database, as a writer does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


async def wait_until_saved(reader: RunningReader) -> None:
    await reader.wait_until(lambda: not reader.screen.writer.waiting)


async def test_a_change_is_saved_when_the_lock_ends(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with lock_database(library.state.path):
            await reader.press("s")
            assert WAITING in reader.footer
            assert reader.notices == []
            assert not library.state.is_starred("rivers")
        await wait_until_saved(reader)
        assert library.state.is_starred("rivers")
        assert reader.last_notice == "Starred 1 story"
        assert WAITING not in reader.footer


async def test_a_narrow_footer_names_the_locked_file(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1", size=(40, 12)) as reader:
        with lock_database(library.state.path):
            await reader.press("s")
            assert "reading.sqlite3 is in use…" in reader.footer
        await wait_until_saved(reader)
        assert "in use" not in reader.footer


async def test_keys_work_while_a_change_waits(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with lock_database(library.state.path):
            await reader.press("s", "J")
            assert reader.open_story == ("12", 2)
            assert "A long story called canal" in reader.screen_text()
            assert WAITING in reader.footer


async def test_waiting_changes_are_saved_in_order(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with lock_database(library.state.path):
            await reader.press("r", "J", "s", "u")
        await wait_until_saved(reader)
        assert library.state.is_read("rivers")
        assert not library.state.is_starred("canal")
        await reader.press("u")
        assert not library.state.is_read("rivers")


async def test_the_list_shows_a_late_mark(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with lock_database(library.state.path):
            await reader.press("R")
            assert "6 unread" in reader.screen_text()
        await wait_until_saved(reader)
        assert "3 unread" in reader.screen_text()


async def test_a_waiting_note_is_saved_once(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with lock_database(library.state.path):
            await reader.type("e", "h", "i", "ctrl+s")
            await reader.type("Q")
            assert "1 change is not saved" in reader.screen_text()
            assert "printed" in reader.screen_text()
            await reader.type("n")
        await wait_until_saved(reader)
        assert library.state.get_note("rivers") == "hi"
        assert reader.screen.drafts.unsaved_texts() == []


async def test_undo_reverts_a_waiting_note(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with lock_database(library.state.path):
            await reader.type("s", "e", "h", "i", "ctrl+s", "u", "Q", "n")
        await wait_until_saved(reader)
        assert library.state.get_note("rivers") is None
        assert library.state.is_starred("rivers")


async def test_a_waiting_note_is_printed_at_a_forced_exit(library: Library) -> None:
    store_issues(library)
    with lock_database(library.state.path):
        async with run_reader(library, "12/1") as reader:
            await reader.type("e", "h", "i", "ctrl+s")
            reader.app.exit()
        assert reader.app.unsaved_texts == ["hi"]
        assert reader.app.unsaved_changes == 1


async def test_a_note_saved_at_the_end_is_not_printed(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with lock_database(library.state.path):
            await reader.type("e", "h", "i", "ctrl+s")
    assert reader.app.unsaved_texts == []
    assert library.state.get_note("rivers") == "hi"


async def test_a_long_lock_is_reported_and_loses_nothing(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with lock_database(library.state.path):
            await reader.press("s")
            reader.clock.now += 31
            await reader.wait_until(lambda: reader.notices)
            assert reader.last_notice.startswith("1 change is not saved yet. The reading state")
            assert WAITING in reader.footer
        await wait_until_saved(reader)
        assert library.state.is_starred("rivers")


async def test_quitting_asks_while_a_change_waits(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with lock_database(library.state.path):
            await reader.type("s", "Q")
            assert "1 change is not saved" in reader.screen_text()
            await reader.type("n")
            assert reader.app.is_running
        await wait_until_saved(reader)


async def test_lost_changes_are_counted_at_the_end(library: Library) -> None:
    store_issues(library)
    with lock_database(library.state.path):
        async with run_reader(library, "12/1") as reader:
            await reader.type("s", "J", "s", "Q", "y")
        assert reader.app.unsaved_changes == 2
    assert not library.state.is_starred("rivers")


async def test_quitting_saves_waiting_changes(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with lock_database(library.state.path):
            await reader.press("s")
    assert reader.app.unsaved_changes == 0
    assert library.state.is_starred("rivers")


async def test_a_locked_archive_does_not_block_marks(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        with lock_database(library.archive.path):
            await reader.press("J", "s")
        assert library.state.is_starred("canal")


async def test_a_lock_that_blocks_reads_is_waited_for(library: Library, tmp_path: Path) -> None:
    store_issues(library)
    # A file without a write-ahead log, as on a network folder: a writer locks readers out.
    library.state._database.query("PRAGMA journal_mode = DELETE")
    async with run_reader(library, "12/1", error_log=ErrorLog(tmp_path / "errors.log")) as reader:
        with lock_database(library.state.path):
            await reader.press("J", "s", "K")
            await reader.advance_clock(2)
            assert WAITING in reader.footer
        await wait_until_saved(reader)
        await reader.advance_clock(1)
        assert WAITING not in reader.footer
        await reader.press("J")
        assert reader.open_story[0] == "12"
        assert not (tmp_path / "errors.log").exists()


def cancel_position_save(reader: RunningReader) -> None:
    """Cancel the delayed save of the position, whose success would end the warning."""
    assert reader.screen.position.timer
    reader.screen.position.timer.stop()


async def test_quitting_while_the_archive_is_damaged_is_no_error(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> int:
        raise DatabaseError("The archive is damaged.")

    store_issues(library)
    async with run_reader(library) as reader:
        reader.app.takes_snapshot = True
        await reader.wait_until(lambda: not any(worker.is_running for worker in reader.app.workers))
        monkeypatch.setattr(library.archive, "get_data_version", fail)
        await reader.type("Q")
        await reader.wait_until(lambda: not reader.app.is_running)
    assert reader.app.fatal_error is None
    assert reader.app.snapshot is None


async def test_a_state_warning_is_shown_at_the_start(library: Library) -> None:
    store_issues(library)
    library.state.warning = "The reading state was damaged and is restored from [yesterday]."
    async with run_reader(library) as reader:
        assert reader.notices == ["The reading state was damaged and is restored from [yesterday]."]


async def test_the_footer_warns_while_writes_fail(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1", size=(80, 24)) as reader:
        database.execute("PRAGMA query_only = ON")
        await reader.press("s")
        assert NOT_SAVED in reader.footer
        assert not library.state.is_starred("rivers")
        await reader.press("J")
        assert reader.open_story == ("12", 2)
        assert NOT_SAVED in reader.footer
        database.execute("PRAGMA query_only = OFF")
        await reader.press("s")
        assert NOT_SAVED not in reader.footer
        assert library.state.is_starred("canal")


async def test_failed_position_saves_are_reported_once(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/2") as reader:
        database.execute("PRAGMA query_only = ON")
        for _ in range(3):
            await reader.press("J", "K")
            reader.screen.position.save()
        assert len(reader.notices) == 1


async def test_a_successful_retry_removes_the_warning(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/3") as reader:
        database.execute("PRAGMA query_only = ON")
        reader.screen.position.save()
        cancel_position_save(reader)
        await reader.advance_clock(30)
        assert NOT_SAVED in reader.footer
        database.execute("PRAGMA query_only = OFF")
        await reader.advance_clock(11)
        assert NOT_SAVED not in reader.footer


async def test_an_undo_without_effect_does_not_remove_the_warning(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1") as reader:
        cancel_position_save(reader)
        database.execute("PRAGMA query_only = ON")
        await reader.press("r")
        database.execute("PRAGMA query_only = OFF")
        await reader.press("u")
        assert NOT_SAVED in reader.footer


@pytest.mark.parametrize("width", [16, 40, 80])
def test_a_warning_replaces_other_notes(width: int) -> None:
    hints = (*(Hint(str(n), "does something", "x") for n in range(5)), Hint("?", "help", "help"))
    drawn = draw_hints(FooterContent(hints, "a note", warning=NOT_SAVED), width).plain
    assert "a note" not in drawn
    assert (NOT_SAVED in drawn) is (width > 16)


async def test_a_failed_write_shows_no_success(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1") as reader:
        await reader.press("s")
        database.execute("PRAGMA query_only = ON")
        await reader.press("s", "u", "ctrl+r")
        assert reader.notices[0] == "Starred"
        assert all("Can't write" in line for line in reader.notices[1:])


async def test_the_same_error_is_shown_once(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1", size=(40, 12)) as reader:
        database.execute("PRAGMA query_only = ON")
        await reader.press("s", "r", "s")
        assert len(reader.notices) == 1
        toasts = list(reader.app.screen.query(Toast))
        assert [toast.region.right <= 40 and toast.region.x >= 0 for toast in toasts] == [True]
