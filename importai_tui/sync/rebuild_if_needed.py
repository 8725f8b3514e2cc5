"""Rebuild only if an older parser has read stored pages. Without any, the parser need not be loaded."""

from __future__ import annotations

from collections.abc import Callable

from importai_tui.library import Library
from importai_tui.parse.version import PARSER_VERSION
from importai_tui.sync.progress import BackgroundTask


class RebuildIfNeeded:
    """Background task that checks whether a rebuild is needed and only then creates and runs it."""

    def __init__(self, open_library: Callable[[], Library], make: Callable[[], BackgroundTask[int]]) -> None:
        self._open_library = open_library
        self._make = make
        self._run: BackgroundTask[int] | None = None
        self._stopped = False

    def run(self) -> int:
        """Return the number of rebuilt issues."""
        with self._open_library() as library:
            is_due = library.is_behind(PARSER_VERSION)
        if not is_due or self._stopped:
            return 0
        self._run = self._make()
        if self._stopped:
            self._run.stop()
        return self._run.run()

    def stop(self) -> None:
        """Ask the task to end now."""
        self._stopped = True
        if self._run:
            self._run.stop()
