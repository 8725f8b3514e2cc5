"""Several machines with one shared folder, for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from importai_tui.state.reading_state import ReadingState

START = datetime(2025, 3, 3, tzinfo=UTC)
OpenMachine = Callable[..., ReadingState]
HEADER_LINE = '{"importai-tui":"reading-state","version":1,"machine":"lap","at":"2025-03-01T00:00:00+00:00"}'


@contextmanager
def open_machines(home: Path, folder: Path) -> Iterator[OpenMachine]:
    """Yield a function that opens the state of a machine by name.

    The clocks agree, and each look at one is a second later; `ahead` sets one wrong by so many days.
    """
    ticks = count()

    with ExitStack() as stack:

        def open_state(name: str, shared: Path | None = folder, ahead: float = 0) -> ReadingState:
            def now() -> datetime:
                return START + timedelta(days=ahead, seconds=next(ticks))

            return stack.enter_context(ReadingState(home / name / "reading.sqlite3", now, shared))

        yield open_state


def get_own_file(folder: Path, state: ReadingState) -> Path:
    return folder / f"importai-tui-{state._journal.machine}.jsonl"
