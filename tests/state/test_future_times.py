"""Changes dated far in the future, by a wrong clock or by a hostile file."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from importai_tui.state.reading_state import ReadingState
from tests.state.helpers import (
    HEADER_LINE,
    MARKED_AT,
    OpenMachine,
    export_registers,
    format_register,
    write_machine_file,
)

FUTURE_TIMES = ["8999-12-31T23:59:59.999999+00:00", "2099-01-01T00:00:00.000000+00:00", "2025-04-01T00:00:00+00:00"]


def format_star(at: str, **changes: object) -> str:
    """Return the line of a star with this time."""
    return format_register(field="starred", at=at, **changes)


def exchange(*states: ReadingState) -> None:
    """Let all machines exchange their changes until nothing is new."""
    for _ in range(3):
        for state in states:
            state.poll_changes()


@pytest.mark.parametrize("at", FUTURE_TIMES)
def test_a_later_change_wins_over_a_future_one(open_machine: OpenMachine, shared_folder: Path, at: str) -> None:
    write_machine_file(shared_folder, format_star(at))
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    assert "in the future" in (desktop.sharing_error or "")
    assert desktop.get_starred_keys() == {"ada"}
    desktop.mark(["ada"], starred=False)
    exchange(desktop, laptop)
    assert not desktop.get_starred_keys() | laptop.get_starred_keys()
    third = open_machine("third")
    assert not third.get_starred_keys()
    assert export_registers(desktop) == export_registers(laptop) == export_registers(third)


@pytest.mark.parametrize("at", FUTURE_TIMES)
def test_a_future_change_is_reported_at_most_twice(open_machine: OpenMachine, shared_folder: Path, at: str) -> None:
    write_machine_file(shared_folder, format_star(at))
    reported = []
    for _ in range(5):
        with open_machine("desktop") as desktop:
            assert desktop.get_starred_keys() == {"ada"}
            reported.append(bool(desktop.sharing_error))
    assert reported[2:] == [False] * 3


@pytest.mark.parametrize("at", FUTURE_TIMES)
def test_an_earlier_change_wins_over_a_future_one(open_machine: OpenMachine, shared_folder: Path, at: str) -> None:
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    desktop.mark(["ada"], starred=True)
    desktop.mark(["ada"], starred=False)
    exchange(desktop, laptop)
    write_machine_file(shared_folder, format_star(at))
    exchange(desktop, laptop)
    assert not desktop.get_starred_keys() | laptop.get_starred_keys()


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_every_order_of_merging_gives_one_state(open_machine: OpenMachine, order: tuple[int, ...]) -> None:
    lines = [
        format_star(FUTURE_TIMES[0], value=None, machine="a"),
        format_star(FUTURE_TIMES[1], machine="b"),
        format_star("2025-03-02T00:00:00+00:00", machine="c"),
        format_star("2025-03-01T00:00:00+00:00", value=None, machine="d"),
    ]
    state = open_machine("-".join(map(str, order)), None)
    for n in order:
        state.merge([HEADER_LINE, lines[n]])
    assert state.get_starred_keys() == {"ada"}
    assert [json.loads(line)["machine"] for line in export_registers(state)] == ["c"]


def store_star(state: ReadingState, at: str, machine: str = "m", kind: str = "shared", *, is_set: bool = True) -> None:
    """Store a star as an older version did, which trusted every time."""
    value = MARKED_AT if is_set else None
    with state._database.transaction():
        state._database.execute(
            "INSERT INTO journal (at, machine, kind, key, field, new) VALUES (?, ?, ?, 'ada', 'starred', ?)",
            (at, machine, kind, value),
        )
        sql = "INSERT OR REPLACE INTO register (key, field, value, at, machine) VALUES ('ada', 'starred', ?, ?, ?)"
        state._database.execute(sql, (value, at, machine))


@pytest.mark.parametrize("first", ["desktop", "laptop"])
def test_states_with_a_stored_future_change_reach_one_state(open_machine: OpenMachine, first: str) -> None:
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    for state in (desktop, laptop):
        state.mark(["bob"], read=True)
        store_star(state, FUTURE_TIMES[0])
    # An own change with a time that no other machine accepts.
    store_star(desktop, "9000-01-01T00:00:00.000000+00:00", desktop._journal.machine, "change", is_set=False)
    exchange(desktop, laptop)
    for state in (desktop, laptop):
        state.close()
    names = ["desktop", "laptop"] if first == "desktop" else ["laptop", "desktop"]
    states = [open_machine(name) for name in names]
    exchange(*states)
    assert [set(state.get_starred_keys()) for state in states] == [set(), set()]
    assert export_registers(states[0]) == export_registers(states[1])
    assert [state.find_problems() for state in states] == [(), ()]


def test_changes_under_a_wrong_clock_reach_other_machines(open_machine: OpenMachine) -> None:
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    laptop.mark(["ada"], starred=True)
    laptop.mark(["ada"], starred=False)
    desktop.mark(["bob"], read=True)
    exchange(desktop, laptop)
    desktop.close()
    desktop = open_machine("desktop", days_ahead=9000)
    desktop.mark(["ada"], starred=True)
    desktop.mark(["cyd"], read=True)
    desktop.mark(["cyd"], read=False)
    desktop.close()
    exchange(laptop)
    assert not laptop.get_starred_keys()
    desktop = open_machine("desktop")
    exchange(desktop, laptop)
    assert desktop.get_starred_keys() == laptop.get_starred_keys() == {"ada"}
    assert desktop.get_read_keys() == laptop.get_read_keys() == {"bob"}
    assert export_registers(desktop) == export_registers(laptop)
    assert desktop.find_problems() == ()


def test_a_file_is_read_again_when_times_become_trusted(open_machine: OpenMachine, shared_folder: Path) -> None:
    laptop = open_machine("laptop")
    laptop.mark(["ada"], starred=True)
    laptop.mark(["ada"], starred=False)
    write_machine_file(shared_folder, format_star("2025-03-20T00:00:00+00:00"))
    laptop.poll_changes()
    laptop.close()
    laptop = open_machine("laptop", days_ahead=1)
    assert not laptop.get_starred_keys()
    laptop.close()
    assert open_machine("laptop", days_ahead=14).get_starred_keys() == {"ada"}


@pytest.mark.parametrize("ahead", [-20_000, -300])
def test_a_clock_far_behind_changes_no_time(open_machine: OpenMachine, ahead: int) -> None:
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    laptop.mark(["ada"], starred=True)
    exchange(desktop, laptop)
    desktop.mark(["ada"], starred=False)
    before = export_registers(desktop)
    desktop.close()
    with open_machine("desktop", days_ahead=ahead) as desktop:
        assert export_registers(desktop) == before
        assert not desktop.sharing_error
    desktop = open_machine("desktop")
    exchange(desktop, laptop)
    assert not desktop.get_starred_keys() | laptop.get_starred_keys()
    assert export_registers(desktop) == export_registers(laptop) == before


def test_a_change_under_a_reset_clock_wins(open_machine: OpenMachine) -> None:
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    laptop.mark(["ada"], starred=True)
    exchange(desktop, laptop)
    desktop.close()
    with open_machine("desktop", days_ahead=-20_000) as desktop:
        desktop.mark(["ada"], starred=False)
    exchange(laptop)
    assert not laptop.get_starred_keys()


@pytest.mark.parametrize("at", ["garbage", "9999-12-31T23:59:59.999999+00:00", "0000-00-00T00:00:00"])
def test_a_damaged_time_does_not_stop_the_next_change(open_machine: OpenMachine, at: str) -> None:
    desktop = open_machine("desktop", None)
    store_star(desktop, at)
    desktop.close()
    desktop = open_machine("desktop", None)
    desktop.mark(["ada"], starred=False)
    assert not desktop.get_starred_keys()
