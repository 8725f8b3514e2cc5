"""Fixtures of all tests of the terminal interface."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.tui.fast_textual import speed_up_textual
from tests.tui.scripted_sync import SyncScript


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speed Textual up for every test."""
    speed_up_textual(monkeypatch)


@pytest.fixture
def other(places: Places) -> Iterator[Library]:
    """A second library on the same files, like another window or a sync."""
    with Library.open(places) as opened:
        yield opened


@pytest.fixture
def script(places: Places) -> SyncScript:
    """A scripted sync."""
    return SyncScript(places)


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    """The path of a settings file that does not exist yet."""
    return tmp_path / "config.toml"
