from __future__ import annotations

import pytest
from textual.widgets._toast import Toast

from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.tui.reading.state_writer import NOT_SAVED
from importai_tui.tui.widgets.footer import FooterContent, Hint, draw_hints
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def forget_the_place(reader: RunningReader) -> None:
    """It waits for a moment of rest to be written: should that work, it would be the proof that writing does."""
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


async def test_a_warning_of_the_state_is_told_at_the_start(library: Library) -> None:
    store_issues(library)
    library.state.warning = "The reading state was damaged and is restored from [yesterday]."
    async with run_reader(library) as reader:
        assert reader.notices == ["The reading state was damaged and is restored from [yesterday]."]


async def test_while_marks_cannot_be_kept_the_footer_says_so_and_reading_goes_on(library: Library) -> None:
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


async def test_trouble_with_what_nobody_asked_for_is_told_once(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/2") as reader:
        database.execute("PRAGMA query_only = ON")
        for _ in range(3):
            await reader.press("J", "K")
            reader.screen.position.save()
        assert len(reader.notices) == 1


async def test_it_is_tried_again_and_the_footer_is_quiet_when_it_works(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/3") as reader:
        database.execute("PRAGMA query_only = ON")
        reader.screen.position.save()
        forget_the_place(reader)
        await reader.advance_clock(30)
        assert NOT_SAVED in reader.footer
        database.execute("PRAGMA query_only = OFF")
        await reader.advance_clock(11)
        assert NOT_SAVED not in reader.footer


async def test_finding_nothing_to_undo_is_no_proof_that_writing_works(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1") as reader:
        forget_the_place(reader)
        database.execute("PRAGMA query_only = ON")
        await reader.press("r")
        database.execute("PRAGMA query_only = OFF")
        await reader.press("u")
        assert NOT_SAVED in reader.footer


@pytest.mark.parametrize("width", [16, 40, 80])
def test_a_warning_that_lasts_comes_before_other_notes(width: int) -> None:
    hints = (*(Hint(str(n), "does something", "x") for n in range(5)), Hint("?", "help", "help"))
    drawn = draw_hints(FooterContent(hints, "a note", warning=NOT_SAVED), width).plain
    assert "a note" not in drawn
    assert (NOT_SAVED in drawn) is (width > 16)


async def test_what_was_not_kept_is_not_said_to_be_so(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1") as reader:
        await reader.press("s")
        database.execute("PRAGMA query_only = ON")
        await reader.press("s", "u", "ctrl+r")
        assert reader.notices[0] == "Starred."
        assert all("cannot be written" in line for line in reader.notices[1:])


async def test_the_same_trouble_stands_once_on_the_screen_and_within_it(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1", size=(40, 12)) as reader:
        database.execute("PRAGMA query_only = ON")
        await reader.press("s", "r", "s")
        assert len(reader.notices) == 1
        toasts = list(reader.app.screen.query(Toast))
        assert [toast.region.right <= 40 and toast.region.x >= 0 for toast in toasts] == [True]
