"""The file lock, and file systems without one."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from importai_tui.errors import LockTrouble
from importai_tui.lock import alone
from tests.disks import disk, remount


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "a.lock"


def without_locks(monkeypatch: pytest.MonkeyPatch, number: int, *kinds: str) -> None:
    """Let the system refuse locks of these kinds, as some network file systems do."""

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    for kind in kinds:
        monkeypatch.setattr(fcntl, kind, refuse)


def test_a_lock_is_held_by_one_at_a_time(path: Path) -> None:
    with alone(path) as first, alone(path) as second:
        assert (first, second) == (True, False)
    with alone(path) as third:
        assert third


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_without_any_locks_the_work_goes_on(path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    without_locks(monkeypatch, number, "flock", "lockf")
    with alone(path, wait=True) as free:
        assert free


def test_without_flock_the_other_kind_is_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_locks(monkeypatch, errno.ENOLCK, "flock")
    with alone(path) as free:
        assert free
        child = os.fork()
        if not child:
            with alone(path) as second:
                os._exit(int(second))
        assert os.waitpid(child, 0)[1] == 0


def test_a_folder_in_its_place_is_named(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(LockTrouble, match=rf"{path} cannot be used: is a directory. Move it away"), alone(path):
        pass


@pytest.mark.parametrize("number", [errno.EIO, errno.EBADF])
def test_any_other_failure_names_the_file(path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    without_locks(monkeypatch, number, "flock")
    with pytest.raises(LockTrouble, match=str(path)), alone(path):
        pass


def test_a_read_only_disk_is_named(tmp_path: Path) -> None:
    with disk(tmp_path / "disk", "100k") as folder:
        remount(folder, "ro")
        with pytest.raises(LockTrouble, match="read-only file system"), alone(folder / "a.lock"):
            pass
