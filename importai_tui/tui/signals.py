"""What the system tells a running app by a signal, or by taking its terminal away: to leave, or to go on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import Any

from textual.app import App

_FAREWELLS = ("SIGHUP", "SIGTERM")
"""The terminal was closed, or the system goes down: we leave as if asked to, with all that is being written kept."""
_LOOK = 2.0
"""Seconds between two looks at whether the terminal is there; of one that is gone Textual reads the end for ever."""


def heed_signals(app: App[Any]) -> None:
    """Has the app heed them from now on. Call it where the app's loop runs."""
    loop = asyncio.get_running_loop()
    for name in _FAREWELLS:
        with suppress(NotImplementedError, RuntimeError, AttributeError):  # where the system, or the loop, has none
            loop.add_signal_handler(getattr(signal, name), app.exit)
    if not app.is_headless and _has_terminal():
        app.set_interval(_LOOK, lambda: None if _has_terminal() else app.exit())
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
