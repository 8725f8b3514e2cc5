"""Puts on what is set: at the start, and again whenever the file of settings has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from importai_tui.config import Config, ConfigError
from importai_tui.tui.services import Notifier

if TYPE_CHECKING:
    from importai_tui.config import ConfigWatcher

LOOK = 2.0
"""Seconds between two looks at the file: who saves it and turns to the reader sees what came of it."""


class SettingsHost(Notifier, Protocol):
    """The app as the watcher uses it."""

    @property
    def jobs(self) -> Syncs:
        """The jobs."""

    @property
    def synced_at(self) -> datetime | None:
        """The time of the last sync, aware UTC."""

    def today(self) -> datetime:
        """Return the present time, aware UTC."""

    def set_interval(self, interval: float, callback: Callable[[], object]) -> object:
        """Call a function again and again."""

    def put_on(self, config: Config, before: Config) -> None:
        """Use other settings."""


class Syncs(Protocol):
    """The jobs as the watcher uses them."""

    def sync_unasked(self) -> None:
        """Fetch what is new, because it is time."""


class Settling:
    """What is set, kept in step with the file; and the syncs that it asks for while the app lasts."""

    def __init__(self, app: SettingsHost, watch: ConfigWatcher | None) -> None:
        self._app = app
        self._watch = watch
        self._unset = Config()
        self._synced: datetime | None = None
        """When this began the last sync; one that failed is not begun again at once."""

    @property
    def config(self) -> Config:
        """What holds now."""
        return self._watch.config if self._watch else self._unset

    def begin(self) -> None:
        """Begins to look."""
        if self._watch:
            self._app.set_interval(LOOK, self.look)

    def look(self) -> None:
        """Follows the file, and the time."""
        before = self.config
        match self._watch.poll() if self._watch else None:
            case ConfigError() as fault:
                self._app.complain(f"{fault} Until then all stays as it was.")
            case Config() as config:
                self._app.put_on(config, before)
                self._app.say("The settings have changed, and hold from now on.", seconds=2)
        if self._is_sync_due():
            self._synced = self._app.today()
            self._app.jobs.sync_unasked()

    def _is_sync_due(self) -> bool:
        every, last = self.config.every, self._app.synced_at
        if every is None or last is None:
            return False
        now = self._app.today()
        # One in the future is of a clock that was wrong: it would hold off every other for as long.
        return not any(now - every <= at <= now for at in (last, self._synced) if at)
