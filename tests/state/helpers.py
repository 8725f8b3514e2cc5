"""Helpers for tests of the reading state: clocks, machines with a shared folder, copies, and damage."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from importai_tui.state.reading_state import ReadingState

NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)
HEADER_LINE = '{"importai-tui":"reading-state","version":1,"machine":"m","at":"2025-03-01T00:00:00.000000+00:00"}'
MARKED_AT = "2025-03-01T08:00:00+00:00"
NOT_A_DATABASE = b"no database " * 1000

OpenMachine = Callable[..., ReadingState]
"""Opens the state of a machine by its name; see `open_machines`."""


def get_now() -> datetime:
    return NOW


def open_on_day(path: Path, day: int = 0) -> ReadingState:
    """Open a state, `day` days after `NOW`."""
    return ReadingState(path, lambda: NOW + timedelta(days=day))


def mark_on_day(path: Path, *keys: str, day: int = 0) -> None:
    """Open a state, mark stories read and close it."""
    with open_on_day(path, day) as state:
        state.mark(keys, read=True)


@contextmanager
def open_machines(home: Path, shared_folder: Path) -> Iterator[OpenMachine]:
    """Yield a function that opens the state of a machine by name.

    All clocks agree, and each reading of one is a second later; `days_ahead` sets a clock wrong.
    """
    ticks = count()

    with ExitStack() as stack:

        def open_machine(name: str, folder: Path | None = shared_folder, days_ahead: float = 0) -> ReadingState:
            def now() -> datetime:
                return datetime(2025, 3, 3, tzinfo=UTC) + timedelta(days=days_ahead, seconds=next(ticks))

            return stack.enter_context(ReadingState(home / name / "reading.sqlite3", now, folder))

        yield open_machine


def get_own_file(shared_folder: Path, state: ReadingState) -> Path:
    """Return a machine's own file in the shared folder."""
    return shared_folder / f"importai-tui-{state._journal.machine}.jsonl"


def write_machine_file(shared_folder: Path, *lines: str) -> Path:
    """Write the file of another machine with these lines after the header."""
    file = shared_folder / "importai-tui-0000000000000000.jsonl"
    file.write_text("".join(f"{line}\n" for line in (HEADER_LINE, *lines)), encoding="utf-8")
    return file


def format_register(**changes: object) -> str:
    """Return a valid line for the story "ada", with some of its values replaced."""
    values: dict[str, object] = {"key": "ada", "field": "read", "value": MARKED_AT, "at": MARKED_AT, "machine": "m"}
    return json.dumps(values | changes)


def export_registers(state: ReadingState) -> list[str]:
    """Return the exported lines without the header."""
    return list(state.export_lines())[1:]


def list_backups(path: Path) -> list[Path]:
    return sorted((path.parent / "backups").glob("*"))


def create_state_with_backup(path: Path) -> None:
    """Create a state with "ada" in today's copy and with "bob" marked since."""
    mark_on_day(path, "ada")
    open_on_day(path).close()
    mark_on_day(path, "bob")


def create_long_history(path: Path) -> None:
    """Create a state with a week of copies, from day 1 to day 7."""
    for day in range(7):
        mark_on_day(path, *(f"old-{day}-{n}" for n in range(20)), day=day)
    open_on_day(path, 7).close()


def replace_by_new_state(path: Path, day: int) -> None:
    """Replace the file by another state, like a restored home folder or another tool would."""
    path.unlink()
    fresh = path.with_name("elsewhere") / "reading.sqlite3"
    with open_on_day(fresh, day) as state:
        state.mark(["new"], starred=True)
    fresh.replace(path)


def run_script(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def overwrite_root_page(path: Path, name: str, size: int = 4096) -> None:
    """Damage the first bytes of the first page of a table or an index."""
    ((page,),) = query(path, f"SELECT rootpage FROM sqlite_schema WHERE name = '{name}'")
    assert isinstance(page, int)
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * size)


def get_ended_process_id() -> int:
    """Return the id of a process that has ended."""
    return int(subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True).stdout)
