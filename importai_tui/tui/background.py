"""What may run behind the reader's back, as the app is given it from outside. It knows no source and no network."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importai_tui.config import ConfigWatcher
    from importai_tui.error_log import ErrorLog
    from importai_tui.library import Library
    from importai_tui.reading.caretaking import Caretaking
    from importai_tui.sync.progress import BackgroundTask, OnProgress, Report


@dataclass(frozen=True, slots=True)
class Background:
    """What may run behind the reader's back, each thing once it is asked for."""

    sync: Callable[[bool, OnProgress, Set[int]], BackgroundTask[Report]] | None = None
    """Makes a sync; true for the whole back catalogue, the numbers are of issues that are wanted besides what is new.
    None where there is nothing to ask: the demo."""
    rebuild: Callable[[OnProgress], BackgroundTask[int]] | None = None
    """Makes a run that reads again the pages of issues which an older parser has read; it counts those issues."""
    caretaking: Callable[[], Caretaking] | None = None
    """Makes the run that looks after the reading state as long as the app lasts."""
    open_library: Callable[[], Library] | None = None
    """Opens the reader's own archive, for who leaves the guide that stood in its place."""
    start_after: timedelta | None = None
    """How long ago the last sync must be for one to begin with the app; None for never."""
    error_log: ErrorLog | None = None
    """Takes the details of errors in the program."""
    settings: ConfigWatcher | None = None
    """What is set, and the looks at whether that has changed; None: all is as it is without a file."""
