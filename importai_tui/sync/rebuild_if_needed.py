"""Checks whether stored pages must be parsed again, without loading the parser.

The app does this at each start, and hardly ever needs `rebuild`, which loads parser and worker processes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from importai_tui.library.library import Library
from importai_tui.parse import PARSER_VERSION

if TYPE_CHECKING:
    from importai_tui.sync.progress import BackgroundTask


class RebuildIfNeeded:
    """Background task that checks whether a rebuild is needed and only then creates and runs it."""

    def __init__(self, open_library: Callable[[], Library], create_task: Callable[[], BackgroundTask[int]]) -> None:
        self._open_library = open_library
        self._create_task = create_task
        self._task: BackgroundTask[int] | None = None
        self._stopped = False

    def run(self) -> int:
        """Run the rebuild if it is needed; return the number of rebuilt issues."""
        with self._open_library() as library:
            is_due = library.needs_rebuild(PARSER_VERSION)
        if not is_due or self._stopped:
            return 0
        self._task = self._create_task()
        if self._stopped:
            self._task.stop()
        return self._task.run()

    def stop(self) -> None:
        """Ask the task to end now."""
        self._stopped = True
        if self._task:
            self._task.stop()
