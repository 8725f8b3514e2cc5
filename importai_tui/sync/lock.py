"""One sync at a time: two would ask the same server the same things."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from importai_tui.errors import SyncTrouble
from importai_tui.folders import make_folder
from importai_tui.lock import alone


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock on that file, whose folder is made where there is none.

    Raises:
        SyncTrouble: another sync holds it, or the file system allows no lock.
    """
    with ExitStack() as stack:
        try:
            make_folder(path.parent)
            free = stack.enter_context(alone(path))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SyncTrouble(f"The lock file {path} cannot be used: {reason}. Check its folder.") from error
        if not free:
            raise SyncTrouble("Another sync is running. Wait for it, or stop it there.")
        yield
