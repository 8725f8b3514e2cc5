"""Another program holds a lock on the reading state, as a database browser does while it edits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from importai_tui.error_log import ErrorLog
from importai_tui.library.library import Library
from tests.tui.made import Reader, fill, reading

WAITING = "Waiting for another program that uses reading.sqlite3…"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a writer that is not done."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


async def until_saved(reader: Reader) -> None:
    await reader.until(lambda: not reader.desk.writer.waiting)


async def test_a_change_waits_for_the_lock_and_is_saved_then(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.press("s")
            assert WAITING in reader.footer
            assert reader.heard == []
            assert not library.state.is_starred("rivers")
        await until_saved(reader)
        assert library.state.is_starred("rivers")
        assert reader.said == "Starred 1 story."
        assert WAITING not in reader.footer


async def test_a_narrow_footer_names_the_file_that_is_in_use(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1", size=(40, 12)) as reader:
        with locked(library.state.path):
            await reader.press("s")
            assert "reading.sqlite3 is in use…" in reader.footer
        await until_saved(reader)
        assert "in use" not in reader.footer


async def test_keys_work_while_a_change_waits(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.press("s", "J")
            assert reader.at == ("12", 2)
            assert "A long story called canal" in reader.text()
            assert WAITING in reader.footer


async def test_changes_that_wait_are_saved_in_order(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.press("r", "J", "s", "u")
        await until_saved(reader)
        assert library.state.is_read("rivers")
        assert not library.state.is_starred("canal")
        await reader.press("u")
        assert not library.state.is_read("rivers")


async def test_the_list_shows_a_mark_that_was_saved_late(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.press("R")
            assert "6 unread" in reader.text()
        await until_saved(reader)
        assert "3 unread" in reader.text()


async def test_a_note_that_waits_is_saved_once(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.type("e", "h", "i", "escape")
            await reader.type("Q")
            assert "1 change is not saved" in reader.text()
            assert "printed" in reader.text()
            await reader.type("n")
        await until_saved(reader)
        assert library.state.note_of("rivers") == "hi"
        assert reader.desk.drafts.unsaved_texts() == []


async def test_an_undo_takes_back_the_note_that_waits_before_it(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.type("s", "e", "h", "i", "escape", "u", "Q", "n")
        await until_saved(reader)
        assert library.state.note_of("rivers") is None
        assert library.state.is_starred("rivers")


async def test_a_note_that_waits_is_printed_when_the_system_ends_the_reader(library: Library) -> None:
    fill(library)
    with locked(library.state.path):
        async with reading(library, "12/1") as reader:
            await reader.type("e", "h", "i", "escape")
            reader.app.exit()
        assert reader.app.unkept == ["hi"]
        assert reader.app.lost_changes == 1


async def test_a_note_that_is_saved_at_the_end_is_not_printed(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.type("e", "h", "i", "escape")
    assert reader.app.unkept == []
    assert library.state.note_of("rivers") == "hi"


async def test_a_lock_that_stays_is_reported_and_nothing_is_dropped(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.press("s")
            reader.clock.now += 31
            await reader.until(lambda: reader.heard)
            assert reader.said.startswith("1 change is not saved yet. The reading state")
            assert WAITING in reader.footer
        await until_saved(reader)
        assert library.state.is_starred("rivers")


async def test_quitting_asks_while_a_change_waits(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.type("s", "Q")
            assert "1 change is not saved" in reader.text()
            await reader.type("n")
            assert reader.app.is_running
        await until_saved(reader)


async def test_changes_that_are_lost_at_the_end_are_counted(library: Library) -> None:
    fill(library)
    with locked(library.state.path):
        async with reading(library, "12/1") as reader:
            await reader.type("s", "J", "s", "Q", "y")
        assert reader.app.lost_changes == 2
    assert not library.state.is_starred("rivers")


async def test_quitting_saves_what_waits_if_the_lock_is_gone_by_then(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1") as reader:
        with locked(library.state.path):
            await reader.press("s")
    assert reader.app.lost_changes == 0
    assert library.state.is_starred("rivers")


async def test_a_lock_on_the_archive_disturbs_no_mark(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1") as reader:
        with locked(library.archive.path):
            await reader.press("J", "s")
        assert library.state.is_starred("canal")


async def test_a_lock_that_blocks_reading_too_is_waited_for(library: Library, tmp_path: Path) -> None:
    fill(library)
    # A file without a write-ahead log, as on a network folder: a writer locks readers out.
    library.state._database.rows("PRAGMA journal_mode = DELETE")
    async with reading(library, "12/1", error_log=ErrorLog(tmp_path / "errors.log")) as reader:
        with locked(library.state.path):
            await reader.press("J", "s", "K")
            await reader.wait(2)
            assert WAITING in reader.footer
        await until_saved(reader)
        await reader.wait(1)
        assert WAITING not in reader.footer
        await reader.press("J")
        assert reader.at[0] == "12"
        assert not (tmp_path / "errors.log").exists()
