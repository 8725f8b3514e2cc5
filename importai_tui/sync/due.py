"""Rebuilding where there is something to rebuild: mostly there is not, and then the parser need not even be loaded."""

from __future__ import annotations

from collections.abc import Callable

from importai_tui.library import Library
from importai_tui.parse.version import PARSER_VERSION
from importai_tui.sync.report import Run


class WhereDue:
    """A run that looks whether another has anything to do, and only then makes it and is that one."""

    def __init__(self, open_library: Callable[[], Library], make: Callable[[], Run[int]]) -> None:
        self._open_library = open_library
        self._make = make
        self._run: Run[int] | None = None
        self._stopped = False

    def run(self) -> int:
        """What the run has done."""
        with self._open_library() as library:
            is_due = library.is_behind(PARSER_VERSION)
        if not is_due or self._stopped:
            return 0
        self._run = self._make()
        if self._stopped:
            self._run.stop()
        return self._run.run()

    def stop(self) -> None:
        """Ask it to end now."""
        self._stopped = True
        if self._run:
            self._run.stop()
