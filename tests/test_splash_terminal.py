"""The terminal while something is raised on it, and when that is lowered or handed over."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import termios
from collections.abc import Iterator

import pytest

from importai_tui.splash import Splash

SILENT = termios.ECHO | termios.ICANON


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """A terminal: the end of who looks at it, and the program's."""
    outer, inner = pty.openpty()
    yield outer, inner
    os.close(outer)
    os.close(inner)


def written(outer: int) -> str:
    told = b""
    while select.select([outer], [], [], 0.05)[0]:
        told += os.read(outer, 1 << 16)
    return told.decode()


def test_the_splash_disables_echo_but_not_ctrl_c(ends: tuple[int, int]) -> None:
    outer, inner = ends
    before = termios.tcgetattr(inner)
    raised = Splash(inner, 80, ("one", "two"))
    local = termios.tcgetattr(inner)[3]
    assert (local & SILENT, local & termios.ISIG) == (0, termios.ISIG)
    raised.hide()
    assert termios.tcgetattr(inner) == before
    assert written(outer).endswith("\x1b[?7h\x1b[?1049l\x1b[?25h")


def test_standard_error_is_buffered_until_hidden(ends: tuple[int, int], capsys: pytest.CaptureFixture[str]) -> None:
    stderr = sys.stderr
    raised = Splash(ends[1], 80, (), "opening…")
    sys.stderr.write("A warning.\n")
    assert capsys.readouterr().err == ""
    raised.hide()
    raised.hide()
    assert capsys.readouterr().err == "A warning.\n"
    assert sys.stderr is stderr


def test_after_hand_over_hide_writes_nothing(ends: tuple[int, int]) -> None:
    outer, inner = ends
    raised = Splash(inner, 80, ("one", "two"))
    raised.hand_over()
    written(outer)
    raised.hide()
    assert written(outer) == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP])
def test_hide_restores_the_signal_handlers(number: signal.Signals, ends: tuple[int, int]) -> None:
    before = signal.getsignal(number)
    raised = Splash(ends[1], 80, ("one",))
    assert signal.getsignal(number) != before
    raised.hide()
    assert signal.getsignal(number) == before


@pytest.mark.parametrize("rows", [(), ("one", "two")])
def test_a_message_replaces_the_snapshot(ends: tuple[int, int], rows: tuple[str, ...]) -> None:
    raised = Splash(ends[1], 20, rows, "opening…")
    written(ends[0])
    raised.show_message("Waiting for another program.")
    assert written(ends[0]).endswith("opening…\x1b[3;3HWaiting for\x1b[4;3Hanother program.")
    assert raised.rows == ()
    raised.hand_over()
    raised.show_message("Too late.")
    assert written(ends[0]) == ""
    raised.hide()
