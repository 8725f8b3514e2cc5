from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.state.reading_state import ReadingState
from tests.state.helpers import OpenMachine, get_now, open_machines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of a reading state that does not exist yet."""
    return tmp_path / "data" / "reading.sqlite3"


@pytest.fixture
def state(path: Path) -> Iterator[ReadingState]:
    with ReadingState(path, get_now) as state:
        yield state


@pytest.fixture
def shared_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


@pytest.fixture
def open_machine(tmp_path: Path, shared_folder: Path) -> Iterator[OpenMachine]:
    with open_machines(tmp_path, shared_folder) as open_machine:
        yield open_machine
