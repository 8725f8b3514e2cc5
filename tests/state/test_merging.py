"""Merging is independent of the order of files and machines."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from importai_tui.state.fields import Register, pick_winners
from importai_tui.state.reading_state import ReadingState
from tests.state.helpers import export_registers

TIMES = st.sampled_from([f"2025-03-0{day}T00:00:00.000000+00:00" for day in (1, 2)])
REGISTERS = st.builds(
    Register,
    st.sampled_from(["ada", "bob"]),
    st.sampled_from(["note", "tag:x"]),
    st.sampled_from([None, "", "Yes.", "No."]),
    TIMES,
    st.sampled_from(["desktop", "laptop"]),
)
FILES = st.lists(REGISTERS, max_size=8)


def merge_files(*files: Sequence[Register]) -> dict[tuple[str, str], Register]:
    return pick_winners([register for file in files for register in file])


@given(st.lists(FILES, min_size=3, max_size=3))
def test_the_order_of_merging_does_not_matter(files: list[list[Register]]) -> None:
    one, two, three = files
    states = [merge_files(*order) for order in itertools.permutations(files)]
    states.append(merge_files(list(merge_files(one, two).values()), three))
    states.append(merge_files(one, list(merge_files(two, three).values())))
    states.append(merge_files(one, two, three, two, one))
    assert all(state == states[0] for state in states)


ACTIONS = st.tuples(
    st.integers(0, 2),  # the index of the machine
    st.sampled_from(["ada", "bob"]),
    st.sampled_from(["read", "unread", "star", "tag", "untag", "note", "no note", "undo", "redo", "merge"]),
    st.integers(-3, 3),  # days that its clock is wrong
    st.integers(0, 2),  # the machine whose changes it merges
)


def apply_action(state: ReadingState, key: str, action: str, text: str) -> None:
    match action:
        case "read" | "unread":
            state.mark([key], read=action == "read")
        case "star":
            state.mark([key], starred=True)
        case "tag" | "untag":
            state.tag([key], "robots", on=action == "tag")
        case "note" | "no note":
            state.set_note(key, text if action == "note" else None)
        case "undo":
            state.undo()
        case "redo":
            state.redo()


@settings(max_examples=25)  # each example writes nine databases
@given(st.lists(ACTIONS, max_size=14))
def test_three_machines_reach_one_state_in_every_order(
    history: list[tuple[int, str, str, int, int]],
) -> None:
    clock = [datetime(2025, 3, 3, tzinfo=UTC)]
    with TemporaryDirectory() as folder, ExitStack() as stack:

        def open_state(name: str) -> ReadingState:
            return stack.enter_context(ReadingState(Path(folder) / f"{name}.sqlite3", lambda: clock[0]))

        machines = [open_state(str(n)) for n in range(3)]
        for n, (at, key, action, days, other) in enumerate(history):
            clock[0] = datetime(2025, 3, 3, tzinfo=UTC) + timedelta(days=days)
            if action == "merge":
                machines[at].merge(machines[other].export_lines())
            else:
                apply_action(machines[at], key, action, f"Note {n}.")
        files = [list(machine.export_lines()) for machine in machines]
        states = []
        for n, order in enumerate(itertools.permutations(files)):
            fresh = open_state(f"fresh-{n}")
            for file in order:
                fresh.merge(file)
            assert fresh.find_problems() == ()
            states.append(export_registers(fresh))
        for machine in machines:
            for file in files:
                machine.merge(file)
            states.append(export_registers(machine))
            assert machine.find_problems() == ()
        assert all(state == states[0] for state in states)
