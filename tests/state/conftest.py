from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from importai_tui.state.reading_state import ReadingState


def now() -> datetime:
    return datetime(2025, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "reading.sqlite3"


@pytest.fixture
def state(path: Path) -> Iterator[ReadingState]:
    with ReadingState(path, now) as opened:
        yield opened
