"""Private folders, atomic writes, file locks and quarantine, also on file systems with limits."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from importai_tui.errors import LockError
from importai_tui.files import SQLITE_SUFFIXES, atomic_write, create_private_file, file_lock, is_same_path, quarantine
from tests.disks import fill_disk, mount_disk, remount


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "a.lock"


def without_locks(monkeypatch: pytest.MonkeyPatch, number: int, *kinds: str) -> None:
    """Let the system refuse locks of these kinds, as some network file systems do."""

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    for kind in kinds:
        monkeypatch.setattr(fcntl, kind, refuse)


def test_a_lock_is_exclusive(path: Path) -> None:
    with file_lock(path) as first, file_lock(path) as second:
        assert (first, second) == (True, False)
    with file_lock(path) as third:
        assert third


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_locks_yields_true(path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    without_locks(monkeypatch, number, "flock", "lockf")
    with file_lock(path, wait=True) as free:
        assert free


def test_without_flock_lockf_is_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_locks(monkeypatch, errno.ENOLCK, "flock")
    with file_lock(path) as free:
        assert free
        child = os.fork()
        if not child:
            with file_lock(path) as second:
                os._exit(int(second))
        assert os.waitpid(child, 0)[1] == 0


def test_a_folder_as_lock_file_is_reported(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(LockError, match=rf"{path}: is a directory. Move it away"), file_lock(path):
        pass


@pytest.mark.parametrize("number", [errno.EIO, errno.EBADF])
def test_any_other_lock_error_names_the_file(path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    without_locks(monkeypatch, number, "flock")
    with pytest.raises(LockError, match=str(path)), file_lock(path):
        pass


def test_a_read_only_disk_is_reported(tmp_path: Path) -> None:
    with mount_disk(tmp_path / "disk", "100k") as folder:
        remount(folder, "ro")
        with pytest.raises(LockError, match="read-only file system"), file_lock(folder / "a.lock"):
            pass


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with suppress(ValueError), atomic_write(path) as file:
        file.write(b"new")
        raise ValueError
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_atomic_write_is_private(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o644)
    with atomic_write(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_atomic_write_replaces_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"precious")
    link.symlink_to(target)
    with atomic_write(link) as file:
        file.write(b"new")
    assert target.read_bytes() == b"precious"
    assert not link.is_symlink()


@pytest.mark.parametrize("name", ["x" * 255, "\N{SNOWMAN}" * 85])
def test_a_name_of_any_length_is_written(tmp_path: Path, name: str) -> None:
    with atomic_write(tmp_path / name) as file:
        file.write(b"new")
    assert (tmp_path / name).read_bytes() == b"new"


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    with mount_disk(tmp_path / "disk", "100k") as folder:
        path = folder / "file"
        path.write_bytes(b"old")
        fill_disk(folder)
        with pytest.raises(OSError, match="No space left"), atomic_write(path) as file:
            file.write(b"x" * 50_000)
        assert path.read_bytes() == b"old"
        assert sorted(file.name for file in folder.iterdir()) == ["ballast", "file"]


def test_creating_a_private_file_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("there", "link"):
        with pytest.raises(FileExistsError):
            create_private_file(tmp_path / name)
    assert not (tmp_path / "nowhere").exists()


NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize("keep_original", [False, True])
def test_quarantine_includes_the_files_of_sqlite(tmp_path: Path, keep_original: bool) -> None:
    path = tmp_path / "a.sqlite3"
    for _ in range(2):
        for suffix in SQLITE_SUFFIXES:
            path.with_name(path.name + suffix).write_text(suffix)
        renamed = quarantine(path, NOW, keep_original=keep_original)
        assert renamed
        for suffix in SQLITE_SUFFIXES:
            assert renamed.with_name(renamed.name + suffix).read_text() == suffix
            assert path.with_name(path.name + suffix).exists() == (keep_original and not suffix)
    assert renamed
    assert renamed.name == "a-set-aside-20250303T120000Z-2.sqlite3"


def test_quarantine_of_a_missing_file_is_none(tmp_path: Path) -> None:
    assert quarantine(tmp_path / "a.sqlite3", NOW) is None


def test_quarantine_moves_a_single_wal_file(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite3-wal").write_text("log")
    assert quarantine(tmp_path / "a.sqlite3", NOW, keep_original=True) is None
    assert [path.name for path in tmp_path.iterdir()] == ["a-set-aside-20250303T120000Z.sqlite3-wal"]


def test_names_of_a_future_file_are_compared_through_links(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to("home")
    assert is_same_path(tmp_path / "home" / "new", tmp_path / "link" / "new")
    assert not is_same_path(tmp_path / "home" / "new", tmp_path / "link" / "other")
