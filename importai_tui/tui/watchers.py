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
    from importai_tui.state.maintenance import Caretaking
    from importai_tui.tui.fatal_errors import ResilientApp

_LOOK = 1.0
"""Seconds between two looks at whether something is wrong: nobody can do anything about it sooner."""
_FAREWELL = 2.0
"""Seconds that leaving waits for the shared folder, which may hang; what it was not told it is told the next time."""


class Care:
    """It begins at once. The thread is no obstacle to leaving the program: nothing that it does can be lost."""

    def __init__(self, app: ResilientApp, caretaking: Caretaking) -> None:
        self._app = app
        self._caretaking = caretaking
        self._told: dict[str, str] = {}
        self._thread = threading.Thread(target=self._run, name="caretaking", daemon=True)
        self._thread.start()
        app.set_interval(_LOOK, self.look)

    def _run(self) -> None:
        try:
            self._caretaking.run()
        except Exception as error:  # the thread is over; the user reads on, and is told
            self._app.call_later(self._app.survive, error)

    async def end(self) -> None:
        """Let it say its last word."""
        self._caretaking.stop()
        await asyncio.to_thread(self._thread.join, _FAREWELL)

    def look(self) -> None:
        """Tells what has gone wrong since the last look, or goes well again; once, and not each second."""
        care = self._caretaking
        self._tell("faults", next(iter(care.faults), None), "")
        self._tell("state", care.trouble, "What you do is kept again.")
        self._tell("shared", care.sharing_trouble, "The shared folder can be used again, and has what is new.")

    def _tell(self, what: str, trouble: str | None, over: str) -> None:
        if trouble and trouble != self._told.get(what):
            self._told[what] = trouble
            self._app.complain(trouble)
        elif not trouble and self._told.pop(what, "") and over:
            self._app.say(over)


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


_FAREWELLS = ("SIGHUP", "SIGTERM")
"""The terminal was closed, or the system goes down: we leave as if asked to, with all that is being written kept."""
_LOOK_SIGNALS = 2.0
"""Seconds between two looks at whether the terminal is there; of one that is gone Textual reads the end for ever."""


def heed_signals(app: App[Any]) -> None:
    """Has the app heed them from now on. Call it where the app's loop runs."""
    loop = asyncio.get_running_loop()
    for name in _FAREWELLS:
        with suppress(NotImplementedError, RuntimeError, AttributeError):  # where the system, or the loop, has none
            loop.add_signal_handler(getattr(signal, name), app.exit)
    if not app.is_headless and _has_terminal():
        app.set_interval(_LOOK_SIGNALS, lambda: None if _has_terminal() else app.exit())
        with suppress(NotImplementedError, RuntimeError, AttributeError):
            _go_on_after_stops(app, loop)


def can_suspend() -> bool:
    """Return whether there is a shell that can resume a process that is stopped.

    A shell with job control gives each job a process group of its own. Without one nothing would ever resume us.
    """
    return hasattr(os, "getsid") and os.getpgrp() != os.getsid(0)


def _go_on_after_stops(app: App[Any], loop: asyncio.AbstractEventLoop) -> None:
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
