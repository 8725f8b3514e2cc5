"""Output on a terminal and in a pipe."""

from __future__ import annotations

import io
import os
import re
import struct
import sys

import pytest

from importai_tui.output.console import (
    format_path,
    get_columns,
    print_data,
    print_json,
    print_lines,
    print_paged,
    print_status,
    show_progress,
)
from importai_tui.output.lines import Run


def test_the_progress_line_fills_its_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 33, 0, 0))
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr("sys.stderr", terminal)
        show_progress("x" * 200)
        written = os.read(ours, 1000).decode()
    os.close(ours)
    assert written == f"\r{'x' * 32}\r"


@pytest.mark.parametrize("bad", ["\x1b[31m", "\x00", "\x08", "\x0c", "\x7f", "\x9b1m", "\u202e", "\ud800"])
def test_json_for_a_pipe_is_one_clean_line(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"title": f"Ötters{bad}\t“count”", "ids": [1, None]})
    assert capsys.readouterr().out == '{"title": "Ötters\\t“count”", "ids": [1, null]}\n'


@pytest.mark.parametrize("width", ["99999999999", "9" * 30])
def test_the_terminal_width_is_limited(width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", width)
    assert get_columns() == 10_000


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/a/é 水.md", "/a/é 水.md"),
        ("caf\udce9", "caf\\xe9"),
        ("a\x1b[31m\n", "a\\x1b[31m\\x0a"),
        ("a\u202eb", "a\\u202eb"),
        ("a\U000e0041", "a\\U000e0041"),
    ],
)
def test_unprintable_characters_of_a_path_are_escaped(path: str, shown: str) -> None:
    assert format_path(path) == shown


def test_invalid_utf8_is_printed_escaped(capfd: pytest.CaptureFixture[str]) -> None:
    print_data("caf\udce9")
    print_json({"path": "caf\udce9"})
    print_status("caf\udce9")
    assert capfd.readouterr() == ('caf\\xe9\n{"path": "caf\\\\xe9"}\n', "caf\\xe9\n")


def test_a_long_word_in_a_message_is_truncated(capfd: pytest.CaptureFixture[str]) -> None:
    print_status(f"{'x' * 100_000} is not there")
    assert capfd.readouterr().err == f"{'x' * 100}… is not there\n"


@pytest.mark.parametrize(
    ("run", "printed"),
    [
        (
            Run("水", "https://example.org/水?a;b"),
            "\x1b]8;id={id};https://example.org/%E6%B0%B4?a;b\x1b\\水\x1b]8;;\x1b\\",
        ),
        (
            Run("a\x1b]8;;https://evil.example\x1b\\b\x1b", "https://example.org"),
            "\x1b]8;id={id};https://example.org\x1b\\ab\x1b]8;;\x1b\\",
        ),
        (Run("a", "https://example.org/\x1b\\"), "a"),
        (Run("a", "https://user@example.org"), "a"),
        (Run("a", "file:///etc/passwd"), "a"),
        (Run("", "https://example.org"), ""),
    ],
)
def test_only_safe_addresses_become_hyperlinks(run: Run, printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_lines([[run]], hyperlinks=True)
    out = capsys.readouterr().out
    assert re.sub("id=[0-9a-f]{1,8};", "id={id};", out) == f"{printed}\n"
    print_lines([[run]])
    assert "\x1b" not in capsys.readouterr().out


def test_ctrl_c_ends_an_open_hyperlink(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    class Interrupted(io.StringIO):
        def write(self, text: str) -> int:
            written.append(text)
            if len(written) == 1:
                raise KeyboardInterrupt
            return len(text)

    monkeypatch.setattr("sys.stdout", Interrupted())
    with pytest.raises(KeyboardInterrupt):
        print_lines([[Run("a", "https://example.org")]], hyperlinks=True)
    assert written[1:] == ["\x1b]8;;\x1b\\"]


def test_a_hyperlink_ends_if_its_pager_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setattr("importai_tui.pager.show_in_pager", lambda *_, **__: True)
    print_paged([[Run("a", "https://example.org")]], hyperlinks=True)
    assert terminal.getvalue() == "\x1b]8;;\x1b\\"
    print_paged(["a"])
    assert terminal.getvalue() == "\x1b]8;;\x1b\\"
