from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from importai_tui.cli import main
from importai_tui.library.library import Library
from importai_tui.paths import HOME_VARIABLE, Places

# No deadlines: how long an example takes depends on what else the machine does.
settings.register_profile("importai-tui", deadline=None)
settings.load_profile("importai-tui")

# Without stored bytecode, each process and each program that a test starts would compile everything again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A shell ignores SIGINT in its background jobs, and each program that a test starts would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests wait mostly for the disk, and files in memory survive a killed process too. The folder must be executable and
# large: that of a container may have 64 MB.
MEMORY_FOLDER, NEEDED_BYTES = Path("/dev/shm"), 2 << 30
if os.access(MEMORY_FOLDER, os.W_OK):
    memory = os.statvfs(MEMORY_FOLDER)
    if not memory.f_flag & os.ST_NOEXEC and memory.f_bavail * memory.f_frsize >= NEEDED_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY_FOLDER))

# Little of what pytest creates during collection is garbage, so there is nothing to collect until its end.
gc.disable()

SLOW_FILES = (
    *("test_killed", "test_bad_feeds", "test_terminal_output", "test_bytes", "test_faults", "test_disks"),
    *("test_untrusted", "test_hostile", "test_screenshots", "test_fatal_errors"),
)
"""Names of files with tests that take many seconds each, longest first."""
WORDPRESS = "tests/sync/wordpress/"
SMOKE_TEST = "test_smoke.py"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Run the smoke test only if it is named, as `.ci/lowest` does; it repeats what other tests check."""
    is_named = any(SMOKE_TEST in argument for argument in config.args)
    return True if collection_path.name == SMOKE_TEST and not is_named else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the first process begin with the slow tests, and the second with those on WordPress.

    A slow test that starts last would keep the other processes waiting. The tests on WordPress run in one process,
    because each process that runs any of them starts its own site.
    """
    site = [item for item in items if WORDPRESS in item.nodeid]
    others = sorted((item for item in items if WORDPRESS not in item.nodeid), key=_rank_by_time)
    start = len(items) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = [*others[:start], *site, *others[start:]]


def _rank_by_time(item: pytest.Item) -> int:
    return next((rank for rank, name in enumerate(SLOW_FILES) if name in item.nodeid), len(SLOW_FILES))


def pytest_collection_finish() -> None:
    """Exclude the collected tests from garbage collection, because they live until the end."""
    gc.freeze()
    gc.enable()


CopyReady = Callable[[Callable[[Path], object], Path], None]
"""Takes a function that fills a folder, and the folder: see `copy_ready`."""


@pytest.fixture(scope="session")
def copy_ready(tmp_path_factory: pytest.TempPathFactory) -> CopyReady:
    """Return a function that creates a folder: `fill` fills the first one, and later ones are copies of it."""
    ready: dict[Callable[[Path], object], Path] = {}

    def copy(fill: Callable[[Path], object], folder: Path) -> None:
        if fill not in ready:
            ready[fill] = tmp_path_factory.mktemp("ready") / folder.name
            fill(ready[fill])
        shutil.copytree(ready[fill], folder)

    return copy


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.under(tmp_path / "home")


@pytest.fixture
def library(places: Places) -> Iterator[Library]:
    with Library.open(places) as library:
        yield library


@dataclass(frozen=True, slots=True)
class ProgramResult:
    """Exit status and output of the program."""

    status: int
    out: str
    err: str


RunProgram = Callable[..., ProgramResult]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> RunProgram:
    """Return a function that runs the program in this process, with the home folder of `places`."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):  # no browser unless a test brings one
        monkeypatch.delenv(name, raising=False)

    def run_program(*arguments: str | Path) -> ProgramResult:
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit_info:
            main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return ProgramResult(int(exit_info.value.code or 0), out, err)

    return run_program
