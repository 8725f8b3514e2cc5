"""The last way out of a damaged reading state: a new one that holds what can still be read of the old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from importai_tui.reading.backups import _remove, _set_aside, _taken_over, is_damaged
from importai_tui.reading.lock import alone


def begin_anew(path: Path, now: Callable[[], datetime]) -> str | None:
    """Set a damaged state aside and begin a new one with all that can be read of it; a sentence that tells so.

    For where no good copy is left. None where the file is not damaged: then it is left as it is.
    """
    with alone(path, wait=True):
        if path.stat().st_size and not is_damaged(path):
            return None
        fresh = path.with_name(f"{path.stem}-anew{path.suffix}")
        _remove(fresh)
        aside = _set_aside(path, now())
        taken = _taken_over(aside, fresh, now)
        fresh.replace(path)
        return f"The reading state was damaged. It is kept as {aside}, and a new one is in its place{taken}."
