from __future__ import annotations

from collections.abc import Iterator

import pytest

from importai_tui.library import Library
from importai_tui.paths import Places
from tests.tui.runs import Script


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot looks every 20 ms whether the app has come to rest, three times a key; it may look sooner."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 1 / 200)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 1 / 4000)


@pytest.fixture
def other(places: Places) -> Iterator[Library]:
    """Another window, or a sync: whatever stores beside the reader."""
    with Library.open(places) as opened:
        yield opened


@pytest.fixture
def script(places: Places) -> Script:
    """A source of the test's own making."""
    return Script(places)
