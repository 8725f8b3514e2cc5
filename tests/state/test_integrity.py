from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from importai_tui.state.reading_state import ReadingState
from tests.state.conftest import now


def spoil(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)


def lived_in(state: ReadingState) -> None:
    state.mark(["ada", "bob"], read=True)
    state.tag(["ada"], "robots")
    state.set_note("cyd", "Yes.")
    state.mark(["bob"], read=False)
    state.undo()


def stands(state: ReadingState) -> tuple[object, ...]:
    return set(state.get_read_keys()), state.count_tags(), state.get_note("cyd")


def test_a_state_in_use_is_well(state: ReadingState) -> None:
    lived_in(state)
    assert state.find_problems() == ()
    assert state.rebuild_from_journal() == 0


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM register",
        "UPDATE register SET value = NULL WHERE key = 'bob'",
        "DELETE FROM register WHERE field = 'note'",
        "UPDATE register SET machine = 'elsewhere'",
    ],
)
def test_registers_that_do_not_agree_with_the_journal_are_told_and_rebuilt(
    state: ReadingState, path: Path, sql: str
) -> None:
    lived_in(state)
    before = stands(state)
    spoil(path, sql)
    with ReadingState(path, now) as again:
        (fault,) = again.find_problems()
        assert "importai-tui doctor --repair" in fault
        assert again.rebuild_from_journal()
        assert again.find_problems() == ()
        assert stands(again) == before


def test_a_journal_that_lost_its_end_loses_no_mark(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    state.mark(["bob"], read=True)
    state.set_note("cyd", "Yes.")
    spoil(path, "DELETE FROM journal WHERE id > 1; DELETE FROM step WHERE id > 1")
    with ReadingState(path, now) as again:
        assert again.find_problems()
        again.rebuild_from_journal()
        assert again.find_problems() == ()
        assert again.get_read_keys() == {"ada", "bob"}
        assert again.get_note("cyd") == "Yes."


def test_a_step_that_lost_what_it_changed_is_told_and_goes(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    spoil(path, "INSERT INTO step (at, label, state) VALUES ('now', 'Marked a ghost', 'done')")
    assert any("undo steps" in fault for fault in state.find_problems())
    state.rebuild_from_journal()
    assert state.find_problems() == ()
    assert (undone := state.undo())
    assert undone.keys == ("ada",)


def test_journal_lines_without_their_step_are_told_and_mended(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    spoil(path, "PRAGMA foreign_keys = OFF; DELETE FROM step")
    assert any("journal lines" in fault for fault in state.find_problems())
    state.rebuild_from_journal()
    assert state.find_problems() == ()
    assert state.get_read_keys() == {"ada"}


def test_undo_wins_over_a_clock_that_went_back(path: Path) -> None:
    clock = [datetime(2030, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)]
    with ReadingState(path, lambda: clock[0]) as state:
        state.mark(["ada"], read=True)
        before = list(state.export_lines())
        clock.reverse()
        state.undo()
        after = list(state.export_lines())
        assert state.merge(before).applied == 0
        assert not state.get_read_keys()
        assert state.find_problems() == ()
    with ReadingState(path.with_name("other.sqlite3"), now) as other:
        other.merge(before)
        other.merge(after)
        assert not other.get_read_keys()
