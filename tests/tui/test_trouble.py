from __future__ import annotations

import pytest
from textual.widgets._toast import Toast

from importai_tui.errors import DatabaseTrouble
from importai_tui.library.library import Library
from importai_tui.tui.reading.state_writer import NOT_KEPT
from importai_tui.tui.widgets.footer import Advice, Hint, draw_hints
from tests.tui.made import Reader, fill, reading


def forget_the_place(reader: Reader) -> None:
    """It waits for a moment of rest to be written: should that work, it would be the proof that writing does."""
    assert reader.desk.position.timer
    reader.desk.position.timer.stop()


async def test_quitting_while_the_archive_is_damaged_is_no_error(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> int:
        raise DatabaseTrouble("The archive is damaged.")

    fill(library)
    async with reading(library) as reader:
        reader.app.keeps_frame = True
        await reader.until(lambda: not any(worker.is_running for worker in reader.app.workers))
        monkeypatch.setattr(library.archive, "version", fail)
        await reader.type("Q")
        await reader.until(lambda: not reader.app.is_running)
    assert reader.app.fault is None
    assert reader.app.last_frame is None


async def test_a_warning_of_the_state_is_told_at_the_start(library: Library) -> None:
    fill(library)
    library.state.warning = "The reading state was damaged and is restored from [yesterday]."
    async with reading(library) as reader:
        assert reader.heard == ["The reading state was damaged and is restored from [yesterday]."]


async def test_while_marks_cannot_be_kept_the_footer_says_so_and_reading_goes_on(library: Library) -> None:
    database = fill(library).state._database
    async with reading(library, "12/1", size=(80, 24)) as reader:
        database.run("PRAGMA query_only = ON")
        await reader.press("s")
        assert NOT_KEPT in reader.footer
        assert not library.state.is_starred("rivers")
        await reader.press("J")
        assert reader.at == ("12", 2)
        assert NOT_KEPT in reader.footer
        database.run("PRAGMA query_only = OFF")
        await reader.press("s")
        assert NOT_KEPT not in reader.footer
        assert library.state.is_starred("canal")


async def test_trouble_with_what_nobody_asked_for_is_told_once(library: Library) -> None:
    database = fill(library).state._database
    async with reading(library, "12/2") as reader:
        database.run("PRAGMA query_only = ON")
        for _ in range(3):
            await reader.press("J", "K")
            reader.desk.position.save()
        assert len(reader.heard) == 1


async def test_it_is_tried_again_and_the_footer_is_quiet_when_it_works(library: Library) -> None:
    database = fill(library).state._database
    async with reading(library, "12/3") as reader:
        database.run("PRAGMA query_only = ON")
        reader.desk.position.save()
        forget_the_place(reader)
        await reader.wait(30)
        assert NOT_KEPT in reader.footer
        database.run("PRAGMA query_only = OFF")
        await reader.wait(11)
        assert NOT_KEPT not in reader.footer


async def test_finding_nothing_to_undo_is_no_proof_that_writing_works(library: Library) -> None:
    database = fill(library).state._database
    async with reading(library, "12/1") as reader:
        forget_the_place(reader)
        database.run("PRAGMA query_only = ON")
        await reader.press("r")
        database.run("PRAGMA query_only = OFF")
        await reader.press("u")
        assert NOT_KEPT in reader.footer


@pytest.mark.parametrize("width", [16, 40, 80])
def test_a_warning_that_lasts_comes_before_other_notes(width: int) -> None:
    hints = (*(Hint(str(n), "does something", "x") for n in range(5)), Hint("?", "help", "help"))
    drawn = draw_hints(Advice(hints, "a note", trouble=NOT_KEPT), width).plain
    assert "a note" not in drawn
    assert (NOT_KEPT in drawn) is (width > 16)


async def test_what_was_not_kept_is_not_said_to_be_so(library: Library) -> None:
    database = fill(library).state._database
    async with reading(library, "12/1") as reader:
        await reader.press("s")
        database.run("PRAGMA query_only = ON")
        await reader.press("s", "u", "ctrl+r")
        assert reader.heard[0] == "Starred."
        assert all("cannot be written" in line for line in reader.heard[1:])


async def test_the_same_trouble_stands_once_on_the_screen_and_within_it(library: Library) -> None:
    database = fill(library).state._database
    async with reading(library, "12/1", size=(40, 12)) as reader:
        database.run("PRAGMA query_only = ON")
        await reader.press("s", "r", "s")
        assert len(reader.heard) == 1
        toasts = list(reader.app.screen.query(Toast))
        assert [toast.region.right <= 40 and toast.region.x >= 0 for toast in toasts] == [True]
