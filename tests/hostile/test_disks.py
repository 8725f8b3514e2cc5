"""The program on a full disk and on a read-only disk: errors are reported, and reading continues."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.tui.reading.state_writer import NOT_SAVED
from tests.disks import fill_disk, mount_disk, remount
from tests.hostile.test_faults import FIRST, SECOND, stars
from tests.terminal import Terminal, make_environment, reader_command
from tests.tui.sample_app import store_issues


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A filled home on its own small disk."""
    with mount_disk(tmp_path / "disk", "4m") as small:
        with Library.open(Places.under(small / "home")) as library:
            store_issues(library)
        yield small / "home"


def is_shown(terminal: Terminal, words: str) -> bool:
    terminal.wait_until_quiet()
    return any(words in line for line in terminal.screen)


def test_full_disk_is_reported_and_marking_resumes_later(home: Path) -> None:
    with Terminal(reader_command("12/1"), make_environment(home)) as terminal:
        terminal.wait_until_shown(FIRST)
        terminal.wait_until_quiet()
        ballast = fill_disk(home.parent)
        for _ in range(200):  # until the space that SQLite has reserved for its log is used up
            if is_shown(terminal, NOT_SAVED):
                break
            terminal.press("s")
        terminal.wait_until_shown(NOT_SAVED)
        terminal.press("J")
        terminal.wait_until_shown(SECOND)
        ballast.unlink()
        terminal.press("s")
        terminal.wait_until_shown("★")
        assert not is_shown(terminal, NOT_SAVED)
        terminal.kill()
        terminal.wait()
    assert "canal" in stars(home)


def test_read_only_disk_is_reported_and_loses_nothing(home: Path) -> None:
    with Library.open(Places.under(home)) as library:
        library.mark(["lake"], starred=True)
    remount(home.parent, "ro")
    with Terminal(reader_command("12/1"), make_environment(home)) as terminal:
        terminal.wait_until_shown(FIRST)
        terminal.press("s")
        terminal.wait_until_shown(NOT_SAVED)
        terminal.press("J")
        terminal.wait_until_shown(SECOND)
        terminal.press("q")
        assert terminal.wait() == 0
    remount(home.parent, "rw")
    assert stars(home) == {"lake"}
