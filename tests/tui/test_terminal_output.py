"""A program on a real pseudo-terminal shows a hostile issue without sending its control sequences."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.paths import HOME_VARIABLE, Places
from tests.tui.sample_app import store_issues
from tests.tui.test_hostile import hostile_story

pty = pytest.importorskip("pty", reason="this platform has no pseudo-terminals")

PAYLOADS = (
    "\x1b]0;PWNED-TITLE\x1b\\",
    "\x1b]52;c;UFdORUQ=\x07",
    "\x9b31mPWNED-C1",
    "\x1bPPWNED-DCS\x1b\\",
    "\x1b]8;;https://evil.example\x1b\\",
)
LONGEST_WAIT = 30.0
"""Seconds; a start takes about one, a loaded machine several."""


def test_no_escape_sequence_reaches_the_terminal(places: Places, tmp_path: Path) -> None:
    words = "shown-to-the-end ".join(PAYLOADS) + " SEEN"
    with Library.open(places) as library:
        store_issues(
            library, [Issue(7, "seven", f"Import AI 7: {words}", "2025-01-01", None, (hostile_story("p", 1, words),))]
        )
    terminal, side = pty.openpty()
    environ = os.environ | {HOME_VARIABLE: str(tmp_path / "home"), "TERM": "xterm-256color"}
    program = subprocess.Popen(
        [sys.executable, "-m", "importai_tui"],
        stdin=side,
        stdout=side,
        stderr=side,
        env=environ | {"COLUMNS": "100", "LINES": "30"},
        start_new_session=True,
    )
    os.close(side)
    printed = b""
    try:
        printed += read_until(terminal, b"SEEN")
        os.write(terminal, b"q")
        printed += read_until(terminal, b"\x1b[?1049l")
    finally:
        os.close(terminal)
        program.kill()
        program.wait()
    assert b"SEEN" in printed
    for forbidden in (b"]0;PWNED", b"]52;c;UFd", b"\xc2\x9b", b"\x1bPPWNED", b"]8;;https://evil"):
        assert forbidden not in printed


def read_until(terminal: int, mark: bytes) -> bytes:
    """Return the output of the program up to the mark."""
    printed, end = b"", time.monotonic() + LONGEST_WAIT
    while mark not in printed and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                printed += os.read(terminal, 65536)
            except OSError:  # the program has ended and closed its side
                break
    return printed
