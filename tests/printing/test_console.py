"""What is shown on a terminal that standard output does not lead to."""

from __future__ import annotations

import os
import struct

import pytest

from importai_tui.printing.console import progress


def test_the_line_of_progress_is_as_wide_as_the_terminal_it_stands_on(monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 33, 0, 0))
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr("sys.stderr", terminal)
        progress("x" * 200)
        written = os.read(ours, 1000).decode()
    os.close(ours)
    assert written == f"\r{'x' * 32}\r"
