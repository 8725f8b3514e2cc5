from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from importai_tui.cli import main
from importai_tui.library.library import Library
from importai_tui.paths import HOME_VARIABLE, Places

# Little that is made while tests are found is garbage: until then nobody looks for any.
gc.disable()

SLOW_FILES = ("test_killed", "test_untrusted", "test_hostile", "test_codec")
"""Names of files with tests that take many seconds each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: one that begins last is waited for by processes that have nothing else to do any more."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in SLOW_FILES))


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: a process of six need not look through it for garbage again and again."""
    gc.freeze()
    gc.enable()


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.under(tmp_path / "home")


@pytest.fixture
def library(places: Places) -> Iterator[Library]:
    with Library.open(places) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class ProgramResult:
    """What a run of the program gave."""

    status: int
    out: str
    err: str


RunProgram = Callable[..., ProgramResult]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> RunProgram:
    """Runs the program in this process, in a home of its own, the one of `places`."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):  # no browser unless a test brings one
        monkeypatch.delenv(name, raising=False)

    def run_program(*arguments: str | Path) -> ProgramResult:
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return ProgramResult(int(left.value.code or 0), out, err)

    return run_program
