"""Puts on what is set: at the start, and again whenever the file of settings has changed.

What the system tells a running app by a signal, or by taking its terminal away: to leave, or to go on.

The thread that looks after the reading state while the app runs, and what the reader is told of it.
"""

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

from importai_tui.config.schema import Config, ConfigError
from importai_tui.tui.services import Notifier

if TYPE_CHECKING:
    from importai_tui.config import ConfigWatcher
    from importai_tui.state.maintenance import Maintenance
    from importai_tui.tui.fatal_errors import ResilientApp

_STATE_POLL_INTERVAL = 1.0
"""Seconds between two looks at whether something is wrong: nobody can do anything about it sooner."""
_STOP_TIMEOUT = 2.0
"""Seconds that leaving waits for the shared folder, which may hang; what it was not told it is told the next time."""


class StateMonitor:
    """It begins at once. The thread is no obstacle to leaving the program: nothing that it does can be lost."""

    def __init__(self, app: ResilientApp, maintenance: Maintenance) -> None:
        self._app = app
        self._maintenance = maintenance
        self._reported: dict[str, str] = {}
        self._thread = threading.Thread(target=self._run, name="caretaking", daemon=True)
        self._thread.start()
        app.set_interval(_STATE_POLL_INTERVAL, self.poll)

    def _run(self) -> None:
        try:
            self._maintenance.run()
        except Exception as error:  # the thread is over; the user reads on, and is told
            self._app.call_later(self._app.recover_from, error)

    async def stop(self) -> None:
        """Let it say its last word."""
        self._maintenance.stop()
        await asyncio.to_thread(self._thread.join, _STOP_TIMEOUT)

    def poll(self) -> None:
        """Tells what has gone wrong since the last look, or goes well again; once, and not each second."""
        care = self._maintenance
        self._report("faults", next(iter(care.problems), None), "")
        self._report("state", care.error, "What you do is kept again.")
        self._report("shared", care.sharing_error, "The shared folder can be used again, and has what is new.")

    def _report(self, topic: str, problem: str | None, recovery: str) -> None:
        if problem and problem != self._reported.get(topic):
            self._reported[topic] = problem
            self._app.notify_error(problem)
        elif not problem and self._reported.pop(topic, "") and recovery:
            self._app.notify_info(recovery)


CONFIG_POLL_INTERVAL = 2.0
"""Seconds between two looks at the file: who saves it and turns to the reader sees what came of it."""


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


class AutoSyncer(Protocol):
    """The jobs as the watcher uses them."""

    def auto_sync(self) -> None:
        """Fetch what is new, because it is time."""


class ConfigReloader:
    """What is set, kept in step with the file; and the syncs that it asks for while the app lasts."""

    def __init__(self, app: ConfigHost, watcher: ConfigWatcher | None) -> None:
        self._app = app
        self._watcher = watcher
        self._default_config = Config()
        self._last_auto_sync: datetime | None = None
        """When this began the last sync; one that failed is not begun again at once."""

    @property
    def config(self) -> Config:
        """What holds now."""
        return self._watcher.config if self._watcher else self._default_config

    def start(self) -> None:
        """Begins to look."""
        if self._watcher:
            self._app.set_interval(CONFIG_POLL_INTERVAL, self.poll)

    def poll(self) -> None:
        """Follows the file, and the time."""
        before = self.config
        match self._watcher.poll() if self._watcher else None:
            case ConfigError() as fault:
                self._app.notify_error(f"{fault} Until then all stays as it was.")
            case Config() as config:
                self._app.apply_config(config, before)
                self._app.notify_info("The settings have changed, and hold from now on.", seconds=2)
        if self._is_sync_due():
            self._last_auto_sync = self._app.today()
            self._app.jobs.auto_sync()

    def _is_sync_due(self) -> bool:
        every, last = self.config.sync_interval, self._app.synced_at
        if every is None or last is None:
            return False
        now = self._app.today()
        # One in the future is of a clock that was wrong: it would hold off every other for as long.
        return not any(now - every <= at <= now for at in (last, self._last_auto_sync) if at)


_EXIT_SIGNALS = ("SIGHUP", "SIGTERM")
"""The terminal was closed, or the system goes down: we leave as if asked to, with all that is being written kept."""
_TERMINAL_POLL_INTERVAL = 2.0
"""Seconds between two looks at whether the terminal is there; of one that is gone Textual reads the end for ever."""


def install_signal_handlers(app: App[Any]) -> None:
    """Has the app heed them from now on. Call it where the app's loop runs."""
    loop = asyncio.get_running_loop()
    for name in _EXIT_SIGNALS:
        with suppress(NotImplementedError, RuntimeError, AttributeError):  # where the system, or the loop, has none
            loop.add_signal_handler(getattr(signal, name), app.exit)
    if not app.is_headless and _has_terminal():
        app.set_interval(_TERMINAL_POLL_INTERVAL, lambda: None if _has_terminal() else app.exit())
        with suppress(NotImplementedError, RuntimeError, AttributeError):
            _handle_stop_signals(app, loop)


def can_suspend() -> bool:
    """Return whether there is a shell that can resume a process that is stopped.

    A shell with job control gives each job a process group of its own. Without one nothing would ever resume us.
    """
    return hasattr(os, "getsid") and os.getpgrp() != os.getsid(0)


def _handle_stop_signals(app: App[Any], loop: asyncio.AbstractEventLoop) -> None:
    """One who is told to go on puts the terminal back as the app needs it, once.

    Textual begins anew at each SIGCONT, and leaves the threads that run already: none of them ever ends, and nor does
    the program, if it was not a SIGTSTP that stopped it. But `kill -STOP` does too, and `timeout`, systemd and a shell
    that ends send SIGCONT to one that was never stopped.
    """
    stop, go_on = signal.getsignal(signal.SIGTSTP), signal.getsignal(signal.SIGCONT)
    assert callable(stop)
    assert callable(go_on)
    stopped = False

    def stopping(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        stop(number, frame)

    def going_on() -> None:
        nonlocal stopped
        if stopped:
            stopped = False
            go_on(signal.SIGCONT, None)
            app.refresh(layout=True)  # Textual relies on an event of the size, which may be the same
        elif _has_terminal():
            with app.suspend():
                pass

    signal.signal(signal.SIGTSTP, stopping)
    loop.add_signal_handler(signal.SIGCONT, going_on)


def _has_terminal() -> bool:
    return sys.__stdin__ is not None and sys.__stdin__.isatty()
