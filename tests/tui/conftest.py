from __future__ import annotations

from collections.abc import Iterator

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.tui.fast_textual import speed_up_textual
from tests.tui.scripted_sync import SyncScript


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every app of these tests."""
    speed_up_textual(monkeypatch)


@pytest.fixture
def other(places: Places) -> Iterator[Library]:
    """Another window, or a sync: whatever stores beside the reader."""
    with Library.open(places) as opened:
        yield opened


@pytest.fixture
def script(places: Places) -> SyncScript:
    """A source of the test's own making."""
    return SyncScript(places)
