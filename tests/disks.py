"""File systems of our own, for what happens on a full one and on one that can only be read."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mount_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of that size ("600k") in a new folder; a test is skipped where none may be mounted."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def remount(folder: Path, mode: str) -> None:
    """From now on it can only be read ("ro"), or be written too ("rw")."""
    subprocess.run(["mount", "-o", f"remount,{mode}", folder], check=True)


def fill_disk(folder: Path) -> Path:
    """Leave no byte free there; the file to delete to make room."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    return ballast
