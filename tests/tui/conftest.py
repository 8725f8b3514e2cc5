from __future__ import annotations

from collections.abc import Iterator

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.tui.quick import be_quick
from tests.tui.runs import Script


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every app of these tests."""
    be_quick(monkeypatch)


@pytest.fixture
def other(places: Places) -> Iterator[Library]:
    """Another window, or a sync: whatever stores beside the reader."""
    with Library.open(places) as opened:
        yield opened


@pytest.fixture
def script(places: Places) -> Script:
    """A source of the test's own making."""
    return Script(places)
