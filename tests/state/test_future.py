"""Changes whose time lies far in the future, from a clock that was wrong or from somebody who means harm."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.state.reading_state import ReadingState
from tests.state.machines import HEADER_LINE, OpenMachine, open_machines

HOSTILE = ["8999-12-31T23:59:59.999999+00:00", "2099-01-01T00:00:00.000000+00:00", "2025-04-01T00:00:00+00:00"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "carried"
    made.mkdir()
    return made


@pytest.fixture
def opens(tmp_path: Path, folder: Path) -> Iterator[OpenMachine]:
    with open_machines(tmp_path, folder) as opened:
        yield opened


def line(at: str, key: str = "ada", value: str | None = "2025-03-01T08:00:00+00:00", machine: str = "m") -> str:
    return json.dumps({"key": key, "field": "starred", "value": value, "at": at, "machine": machine})


def settle(*states: ReadingState) -> None:
    for _ in range(3):
        for state in states:
            state.poll_changes()


def state_of(state: ReadingState) -> list[str]:
    return list(state.export_lines())[1:]


@pytest.mark.parametrize("at", HOSTILE)
def test_a_later_change_wins_over_one_from_the_future(opens: OpenMachine, folder: Path, at: str) -> None:
    (folder / "importai-tui-0000000000000000.jsonl").write_text(f"{HEADER_LINE}\n{line(at)}\n")
    desk, lap = opens("desk"), opens("lap")
    assert "in the future" in (desk.sharing_error or "")
    assert desk.get_starred_keys() == {"ada"}
    desk.mark(["ada"], starred=False)
    settle(desk, lap)
    assert not desk.get_starred_keys() | lap.get_starred_keys()
    third = opens("third")
    assert not third.get_starred_keys()
    assert state_of(desk) == state_of(lap) == state_of(third)


@pytest.mark.parametrize("at", HOSTILE)
def test_a_change_from_the_future_is_reported_twice_at_most(opens: OpenMachine, folder: Path, at: str) -> None:
    (folder / "importai-tui-0000000000000000.jsonl").write_text(f"{HEADER_LINE}\n{line(at)}\n")
    reported = []
    for _ in range(5):
        with opens("desk") as desk:
            assert desk.get_starred_keys() == {"ada"}
            reported.append(bool(desk.sharing_error))
    assert reported[2:] == [False] * 3


@pytest.mark.parametrize("at", HOSTILE)
def test_an_earlier_change_wins_over_one_from_the_future(opens: OpenMachine, folder: Path, at: str) -> None:
    desk, lap = opens("desk"), opens("lap")
    desk.mark(["ada"], starred=True)
    desk.mark(["ada"], starred=False)
    settle(desk, lap)
    (folder / "importai-tui-0000000000000000.jsonl").write_text(f"{HEADER_LINE}\n{line(at)}\n")
    settle(desk, lap)
    assert not desk.get_starred_keys() | lap.get_starred_keys()


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_every_order_of_merging_gives_one_state(opens: OpenMachine, order: tuple[int, ...]) -> None:
    lines = [
        line(HOSTILE[0], value=None, machine="a"),
        line(HOSTILE[1], machine="b"),
        line("2025-03-02T00:00:00+00:00", machine="c"),
        line("2025-03-01T00:00:00+00:00", value=None, machine="d"),
    ]
    state = opens("-".join(map(str, order)), None)
    for at in order:
        state.merge([HEADER_LINE, lines[at]])
    assert state.get_starred_keys() == {"ada"}
    assert [json.loads(each)["machine"] for each in state_of(state)] == ["c"]


def put_register(state: ReadingState, at: str, value: str | None, machine: str, kind: str) -> None:
    """Store a register as an older version did, which believed every time."""
    since = "2025-03-01T08:00:00+00:00" if value else None
    with state._database.transaction():
        state._database.execute(
            "INSERT INTO journal (at, machine, kind, key, field, new) VALUES (?, ?, ?, 'ada', 'starred', ?)",
            (at, machine, kind, since),
        )
        sql = "INSERT OR REPLACE INTO register (key, field, value, at, machine) VALUES ('ada', 'starred', ?, ?, ?)"
        state._database.execute(sql, (since, at, machine))


@pytest.mark.parametrize("first", ["desk", "lap"])
def test_states_that_stored_such_a_change_come_to_one_state(opens: OpenMachine, first: str) -> None:
    desk, lap = opens("desk"), opens("lap")
    for state in (desk, lap):
        state.mark(["bob"], read=True)
        put_register(state, HOSTILE[0], "since", "m", "shared")
    # The change that could not leave this machine.
    put_register(desk, "9000-01-01T00:00:00.000000+00:00", None, desk._journal.machine, "change")
    settle(desk, lap)
    for state in (desk, lap):
        state.close()
    names = ["desk", "lap"] if first == "desk" else ["lap", "desk"]
    states = [opens(name) for name in names]
    settle(*states)
    assert [set(state.get_starred_keys()) for state in states] == [set(), set()]
    assert state_of(states[0]) == state_of(states[1])
    assert [state.find_problems() for state in states] == [(), ()]


def test_what_was_done_while_a_clock_was_wrong_is_kept_and_reaches_the_others(opens: OpenMachine) -> None:
    desk, lap = opens("desk"), opens("lap")
    lap.mark(["ada"], starred=True)
    lap.mark(["ada"], starred=False)
    desk.mark(["bob"], read=True)
    settle(desk, lap)
    desk.close()
    desk = opens("desk", ahead=9000)
    desk.mark(["ada"], starred=True)
    desk.mark(["cyd"], read=True)
    desk.mark(["cyd"], read=False)
    desk.close()
    settle(lap)
    assert not lap.get_starred_keys()
    desk = opens("desk")
    settle(desk, lap)
    assert desk.get_starred_keys() == lap.get_starred_keys() == {"ada"}
    assert desk.get_read_keys() == lap.get_read_keys() == {"bob"}
    assert state_of(desk) == state_of(lap)
    assert desk.find_problems() == ()


def test_a_file_is_read_again_once_the_time_has_come(opens: OpenMachine, folder: Path) -> None:
    lap = opens("lap")
    lap.mark(["ada"], starred=True)
    lap.mark(["ada"], starred=False)
    (folder / "importai-tui-0000000000000000.jsonl").write_text(f"{HEADER_LINE}\n{line('2025-03-20T00:00:00+00:00')}\n")
    lap.poll_changes()
    lap.close()
    lap = opens("lap", ahead=1)
    assert not lap.get_starred_keys()
    lap.close()
    assert opens("lap", ahead=14).get_starred_keys() == {"ada"}


@pytest.mark.parametrize("ahead", [-20_000, -300])
def test_a_clock_that_is_far_behind_changes_no_time(opens: OpenMachine, ahead: int) -> None:
    desk, lap = opens("desk"), opens("lap")
    lap.mark(["ada"], starred=True)
    settle(desk, lap)
    desk.mark(["ada"], starred=False)
    before = state_of(desk)
    desk.close()
    with opens("desk", ahead=ahead) as desk:
        assert state_of(desk) == before
        assert not desk.sharing_error
    desk = opens("desk")
    settle(desk, lap)
    assert not desk.get_starred_keys() | lap.get_starred_keys()
    assert state_of(desk) == state_of(lap) == before


def test_a_change_under_a_clock_without_battery_wins(opens: OpenMachine) -> None:
    desk, lap = opens("desk"), opens("lap")
    lap.mark(["ada"], starred=True)
    settle(desk, lap)
    desk.close()
    with opens("desk", ahead=-20_000) as desk:
        desk.mark(["ada"], starred=False)
    settle(lap)
    assert not lap.get_starred_keys()


@pytest.mark.parametrize("at", ["garbage", "9999-12-31T23:59:59.999999+00:00", "0000-00-00T00:00:00"])
def test_a_damaged_time_does_not_stop_the_next_change(opens: OpenMachine, at: str) -> None:
    desk = opens("desk", None)
    put_register(desk, at, "since", "m", "shared")
    desk.close()
    desk = opens("desk", None)
    desk.mark(["ada"], starred=False)
    assert not desk.get_starred_keys()
