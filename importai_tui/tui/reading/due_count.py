"""Counts the forecasts that are due, for the row above the issues."""

from __future__ import annotations

from collections.abc import Callable

from importai_tui.tui.reading.session import ReadingSession


class DueCounter:
    """Counts again after a change of the archive or of the verdicts, and on a new day."""

    def __init__(self, session: ReadingSession, show: Callable[[int], object]) -> None:
        """Count for a session; `show` gets each count."""
        self._session = session
        self._show = show
        self._versions: object = None
        self._counted: object = None

    def update(self) -> None:
        """Count if something has changed. It may take some hundredths of a second, so not while the user types."""
        library, today = self._session.library, self._session.today
        archive_version = library.archive.get_data_version()
        versions = (archive_version, library.state.get_version(), today)
        if versions == self._versions:
            return
        # Most changes of the reading state are no verdicts.
        counted = (archive_version, library.state.get_forecasts(), today)
        if counted != self._counted:
            self._show(sum(forecast.is_due(today) for forecast in library.get_forecasts(today)))
        # Last, so that a count that fails is repeated.
        self._counted, self._versions = counted, versions
