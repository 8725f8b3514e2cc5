"""What is shown on a terminal that standard output does not lead to, and what a pipe is given."""

from __future__ import annotations

import os
import struct

import pytest

from importai_tui.printing.console import emit_json, progress


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


@pytest.mark.parametrize("bad", ["\x1b[31m", "\x00", "\x08", "\x0c", "\x7f", "\x9b1m", "\u202e", "\ud800"])
def test_a_json_document_for_a_pipe_is_one_line_without_what_a_terminal_obeys(
    bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    emit_json({"title": f"Ötters{bad}\t“count”", "ids": [1, None]})
    assert capsys.readouterr().out == '{"title": "Ötters\\t“count”", "ids": [1, null]}\n'
