"""Watchers of the running app: the settings file, the reading state, and signals of the system."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, Any, Protocol

from textual.app import App

from importai_tui.config.schema import Config
from importai_tui.tui.services import Notifier

if TYPE_CHECKING:
    from importai_tui.config import ConfigWatcher
    from importai_tui.state.maintenance import Maintenance
    from importai_tui.tui.fatal_errors import ResilientApp

CONFIG_POLL_INTERVAL = 2.0
"""Seconds between two checks of the settings file: a user who saves it sees the effect on returning here."""
_STATE_POLL_INTERVAL = 1.0
"""Seconds between two checks for problems with the reading state: the user can do nothing sooner."""
_STOP_TIMEOUT = 2.0
"""Seconds that quitting waits for the shared folder, which may hang; missed changes are written next time."""
_TERMINAL_POLL_INTERVAL = 2.0
"""Seconds between two checks that the terminal exists: Textual would read the end of a closed one for ever."""
_EXIT_SIGNALS = ("SIGHUP", "SIGTERM")
"""The terminal was closed, or the system shuts down: quit as if asked to, and save everything."""


class ConfigHost(Notifier, Protocol):
    """The app as the watcher uses it."""

    @property
    def jobs(self) -> AutoSyncer:
        """The jobs."""

    @property
    def synced_at(self) -> datetime | None:
        """The time of the last sync, aware UTC."""

    def today(self) -> datetime:
        """Return the present time, aware UTC."""

    def set_interval(self, interval: float, callback: Callable[[], object]) -> object:
        """Call a function again and again."""

    def apply_config(self, config: Config, before: Config) -> None:
        """Use other settings."""

    def withdraw_notice(self, text: str) -> None:
        """Remove a notice that is not true any more."""


class AutoSyncer(Protocol):
    """The jobs as the watcher uses them."""

    def auto_sync(self) -> None:
        """Queue a sync that the user did not ask for."""


class ConfigReloader:
    """Applies the settings when their file changes, and starts the automatic syncs that they ask for."""

    def __init__(self, app: ConfigHost, watcher: ConfigWatcher | None) -> None:
        self._app = app
        self._watcher = watcher
        self._default_config = Config()
        self._reported_problems = ""
        self._last_auto_sync: datetime | None = None
        """When this object last started a sync; a failed sync is not repeated at once."""

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self._watcher.config if self._watcher else self._default_config

    def start(self) -> None:
        """Report problems with the settings, and start polling."""
        if self._watcher:
            self._report_problems(self._watcher.start_summary)
            self._app.set_interval(CONFIG_POLL_INTERVAL, self.poll)

    def poll(self) -> None:
        """Apply a changed settings file, and start a sync that is due."""
        before = self.config
        if loaded := self._watcher and self._watcher.poll():
            self._report_problems(loaded.summarize_problems("Keeping the old settings until this is fixed."))
            if not loaded.problems:
                self._app.apply_config(loaded.config, before)
                self._app.notify_info("Settings reloaded", seconds=2)
        if self._is_sync_due():
            self._last_auto_sync = self._app.today()
            self._app.jobs.auto_sync()

    def _report_problems(self, problems: str) -> None:
        """Show the problems with the settings in place of the former ones; empty if there are none."""
        if self._reported_problems:
            self._app.withdraw_notice(self._reported_problems)
        if problems:
            self._app.notify_error(problems)
        self._reported_problems = problems

    def _is_sync_due(self) -> bool:
        every, last = self.config.sync_interval, self._app.synced_at
        if every is None or last is None:
            return False
        now = self._app.today()
        # A time in the future comes from a wrong clock, and must not delay the next sync.
        return not any(now - every <= at <= now for at in (last, self._last_auto_sync) if at)


class StateMonitor:
    """Runs the maintenance of the reading state in a thread, and reports its problems.

    The thread is a daemon, because nothing that it does can be lost.
    """

    def __init__(self, app: ResilientApp, maintenance: Maintenance) -> None:
        self._app = app
        self._maintenance = maintenance
        self._reported: dict[str, str] = {}
        self._thread = threading.Thread(target=self._run, name="maintenance", daemon=True)
        self._thread.start()
        app.set_interval(_STATE_POLL_INTERVAL, self.poll)

    def _run(self) -> None:
        try:
            self._maintenance.run()
        except Exception as error:  # the thread has ended; the user goes on reading and gets a notice
            self._app.call_later(self._app.recover_from, error)

    async def stop(self) -> None:
        """Stop the thread, and wait up to 2 s for its last exchange with the shared folder."""
        self._maintenance.stop()
        await asyncio.to_thread(self._thread.join, _STOP_TIMEOUT)

    def poll(self) -> None:
        """Report new problems and recoveries; each once, not every second."""
        maintenance = self._maintenance
        self._report("faults", next(iter(maintenance.problems), None), "")
        self._report("state", maintenance.error, "Saving works again")
        self._report("shared", maintenance.sharing_error, "The shared folder is back and up to date")

    def _report(self, topic: str, problem: str | None, recovery: str) -> None:
        if problem and problem != self._reported.get(topic):
            self._reported[topic] = problem
            self._app.notify_error(problem)
        elif not problem and (former := self._reported.pop(topic, "")):
            self._app.withdraw_notice(former)
            if recovery:
                self._app.notify_info(recovery)


def install_signal_handlers(app: App[Any], redraw: Callable[[], object]) -> None:
    """Handle signals of the system from now on, and draw the screen again with `redraw` after a stop.

    Call it in the app's event loop.
    """
    loop = asyncio.get_running_loop()
    for name in _EXIT_SIGNALS:
        with suppress(NotImplementedError, RuntimeError, AttributeError):  # the system or the loop has none
            loop.add_signal_handler(getattr(signal, name), app.exit)
    if not app.is_headless and _has_terminal():
        app.set_interval(_TERMINAL_POLL_INTERVAL, lambda: None if _has_terminal() else app.exit())
        with suppress(NotImplementedError, RuntimeError, AttributeError):
            _handle_stop_signals(app, redraw, loop)


def can_suspend() -> bool:
    """Return True if there is a shell that can resume a stopped process.

    A shell with job control gives each job a process group of its own. Without one nothing would resume the app.
    """
    return sys.platform != "win32" and os.getpgrp() != os.getsid(0)


def _handle_stop_signals(app: App[Any], redraw: Callable[[], object], loop: asyncio.AbstractEventLoop) -> None:
    """Restore the terminal once after a stop.

    Textual starts its driver again at each SIGCONT, and leaves the running threads. They never end, and neither does
    the program, unless a SIGTSTP stopped it. But `kill -STOP` stops it too, and `timeout`, systemd and a closing shell
    send SIGCONT to a process that was never stopped.
    """
    if sys.platform == "win32":
        return
    stop, resume = signal.getsignal(signal.SIGTSTP), signal.getsignal(signal.SIGCONT)
    assert callable(stop)
    assert callable(resume)
    is_stopped = False

    def on_stop(number: int, frame: FrameType | None) -> None:
        nonlocal is_stopped
        is_stopped = True
        stop(number, frame)

    def on_continue() -> None:
        nonlocal is_stopped
        if is_stopped:
            is_stopped = False
            resume(signal.SIGCONT, None)
            redraw()  # Textual waits for a resize event, but the size may be the same
        elif _has_terminal():
            with app.suspend():
                pass

    signal.signal(signal.SIGTSTP, on_stop)
    loop.add_signal_handler(signal.SIGCONT, on_continue)


def _has_terminal() -> bool:
    return sys.__stdin__ is not None and sys.__stdin__.isatty()
