"""Problems of registers, journal and undo steps, and their repair."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from importai_tui.state.reading_state import ReadingState
from tests.state.helpers import get_now, run_script


def use_state(state: ReadingState) -> None:
    state.mark(["ada", "bob"], read=True)
    state.tag(["ada"], "robots")
    state.set_note("cyd", "Yes.")
    state.mark(["bob"], read=False)
    state.undo()


def get_snapshot(state: ReadingState) -> tuple[object, ...]:
    return set(state.get_read_keys()), state.count_tags(), state.get_note("cyd")


def test_a_used_state_has_no_problems(state: ReadingState) -> None:
    use_state(state)
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
def test_registers_that_contradict_the_journal_are_found_and_rebuilt(state: ReadingState, path: Path, sql: str) -> None:
    use_state(state)
    before = get_snapshot(state)
    run_script(path, sql)
    with ReadingState(path, get_now) as reopened:
        (problem,) = reopened.find_problems()
        assert "importai-tui doctor --repair" in problem
        assert reopened.rebuild_from_journal()
        assert reopened.find_problems() == ()
        assert get_snapshot(reopened) == before


def test_a_journal_without_its_last_lines_loses_no_mark(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    state.mark(["bob"], read=True)
    state.set_note("cyd", "Yes.")
    run_script(path, "DELETE FROM journal WHERE id > 1; DELETE FROM step WHERE id > 1")
    with ReadingState(path, get_now) as reopened:
        assert reopened.find_problems()
        reopened.rebuild_from_journal()
        assert reopened.find_problems() == ()
        assert reopened.get_read_keys() == {"ada", "bob"}
        assert reopened.get_note("cyd") == "Yes."


def test_an_undo_step_without_journal_lines_is_removed(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    run_script(path, "INSERT INTO step (at, label, state) VALUES ('now', 'Marked a ghost', 'done')")
    assert any("undo steps" in problem for problem in state.find_problems())
    state.rebuild_from_journal()
    assert state.find_problems() == ()
    assert (change := state.undo())
    assert change.keys == ("ada",)


def test_journal_lines_without_their_undo_step_are_repaired(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    run_script(path, "PRAGMA foreign_keys = OFF; DELETE FROM step")
    assert any("journal lines" in problem for problem in state.find_problems())
    state.rebuild_from_journal()
    assert state.find_problems() == ()
    assert state.get_read_keys() == {"ada"}


def test_undo_wins_if_the_clock_went_back(path: Path) -> None:
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
    with ReadingState(path.with_name("other.sqlite3"), get_now) as other:
        other.merge(before)
        other.merge(after)
        assert not other.get_read_keys()
