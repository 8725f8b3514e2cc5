"""One sync at a time: two would ask the same server the same things."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from importai_tui.errors import LockTrouble, SyncTrouble
from importai_tui.files import file_lock


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock on that file.

    Raises:
        SyncTrouble: another sync holds it, or the file cannot be used.
    """
    with ExitStack() as stack:
        try:
            free = stack.enter_context(file_lock(path))
        except LockTrouble as trouble:
            raise SyncTrouble(str(trouble)) from trouble
        if not free:
            raise SyncTrouble("Another sync is running. Wait for it, or stop it there.")
        yield
