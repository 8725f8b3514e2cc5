"""The snapshot file, its key, and the splash on a terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from importai_tui.paths import Places
from importai_tui.splash import Splash, is_safe_row, load_snapshot, save_snapshot, snapshot_file, snapshot_key

ROWS = ("\x1b[1;38;5;188m Import AI \x1b[0m", "", "• Otters – “rivers”")
ENVIRON = {"TERM": "xterm", "PATH": "/bin", "IMPORTAI_TUI_READING_THEME": "ink"}


@pytest.mark.parametrize("row", [*ROWS, "\x1b[m", "\x1b[38;2;1;2;3mx", "日本"])
def test_printable_coloured_text_is_safe(row: str) -> None:
    assert is_safe_row(row)


@pytest.mark.parametrize(
    "row",
    [
        "\x1b[2J",
        "\x1b[?1049l",
        "\x1b]0;title\x07",
        "\x1b]52;c;eA==\x1b\\",
        "\x1b[1;1Hx",
        "\x1b",
        "\x1b[31",
        "\x1b[38:5:1m",
        "\x1b[٣m",
        "a\rb",
        "a\tb",
        "\x9b31m",
        "\x00",
        "a\u202eb",
        "a\u2028b",
    ],
)
def test_other_control_sequences_are_not_safe(row: str) -> None:
    assert not is_safe_row(row)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A home with all files."""
    places = Places.under(tmp_path)
    for path in (places.archive, places.reading, places.config):
        path.parent.mkdir()
        path.write_bytes(b"1")
    return places


def test_a_saved_snapshot_is_loaded_and_private(places: Places) -> None:
    path, key = snapshot_file(places), snapshot_key(places, ENVIRON, 80, 3)
    save_snapshot(path, key, ROWS)
    assert load_snapshot(path, snapshot_key(places, ENVIRON, 80, 3), 3) == ROWS
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(path.parent.iterdir()) == [places.archive, path]


def test_unsafe_rows_are_not_saved(places: Places) -> None:
    save_snapshot(snapshot_file(places), "true", ("\x1b[2J",))
    assert not snapshot_file(places).exists()


def test_a_snapshot_that_cannot_be_saved_is_no_error(tmp_path: Path) -> None:
    save_snapshot(tmp_path / "nowhere" / "frame", "true", ROWS)
    assert load_snapshot(tmp_path / "nowhere" / "frame", "true", 3) == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"true",
        b"true\n\n",
        b"other\n\na\nb\nc",
        b"true\n\na\nb",
        b"true\n\na\nb\nc\nd",
        b"true\n\na\nb\n\x1b[2Jc",
        b"true\n\na\nb\n\xff",
    ],
)
def test_an_invalid_snapshot_is_ignored(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "frame"
    path.write_bytes(content)
    assert load_snapshot(path, "true", 3) == ()


@pytest.mark.parametrize("put", [os.mkfifo, os.mkdir, lambda path: path.symlink_to(path)])
def test_other_kinds_of_files_are_ignored(put: Callable[[Path], object], tmp_path: Path) -> None:
    put(tmp_path / "frame")
    assert load_snapshot(tmp_path / "frame", "true", 3) == ()


@pytest.mark.parametrize("changed", ["archive", "reading", "config", "wal", "theme", "TERM", "NO_COLOR", "size"])
def test_a_change_changes_the_snapshot_key(changed: str, places: Places) -> None:
    before, environ, columns = snapshot_key(places, ENVIRON, 80, 3), dict(ENVIRON), 80
    match changed:
        case "archive" | "reading" | "config":
            path: Path = getattr(places, changed)
            os.utime(path, ns=(1, 1))
        case "wal":
            places.reading.with_name("reading.sqlite3-wal").write_bytes(b"more")
        case "theme":
            environ["IMPORTAI_TUI_READING_THEME"] = "paper"
        case "size":
            columns = 81
        case name:
            environ[name] = "another"
    assert snapshot_key(places, environ, columns, 3) != before


def test_irrelevant_changes_keep_the_snapshot_key(places: Places) -> None:
    before = snapshot_key(places, ENVIRON, 80, 3)
    places.reading.with_name("reading.sqlite3-wal").write_bytes(b"")  # another window is open and idle
    assert snapshot_key(places, {**ENVIRON, "PATH": "/usr/bin"}, 80, 3) == before


ECHO_FLAGS = termios.ECHO | termios.ICANON


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """The two ends of a terminal: that of the test, and that of the program."""
    outer, inner = pty.openpty()
    yield outer, inner
    os.close(outer)
    os.close(inner)


def read_output(outer: int) -> str:
    data = b""
    while select.select([outer], [], [], 0.05)[0]:
        data += os.read(outer, 1 << 16)
    return data.decode()


def test_the_splash_disables_echo_but_not_ctrl_c(ends: tuple[int, int]) -> None:
    outer, inner = ends
    before = termios.tcgetattr(inner)
    splash = Splash(inner, 80, ("one", "two"))
    local = termios.tcgetattr(inner)[3]
    assert (local & ECHO_FLAGS, local & termios.ISIG) == (0, termios.ISIG)
    splash.hide()
    assert termios.tcgetattr(inner) == before
    assert read_output(outer).endswith("\x1b[?7h\x1b[?1049l\x1b[?25h")


def test_standard_error_is_buffered_until_hidden(ends: tuple[int, int], capsys: pytest.CaptureFixture[str]) -> None:
    stderr = sys.stderr
    splash = Splash(ends[1], 80, (), "opening…")
    sys.stderr.write("A warning.\n")
    assert capsys.readouterr().err == ""
    splash.hide()
    splash.hide()
    assert capsys.readouterr().err == "A warning.\n"
    assert sys.stderr is stderr


def test_after_hand_over_hide_writes_nothing(ends: tuple[int, int]) -> None:
    outer, inner = ends
    splash = Splash(inner, 80, ("one", "two"))
    splash.hand_over()
    read_output(outer)
    splash.hide()
    assert read_output(outer) == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP])
def test_hide_restores_the_signal_handlers(number: signal.Signals, ends: tuple[int, int]) -> None:
    before = signal.getsignal(number)
    splash = Splash(ends[1], 80, ("one",))
    assert signal.getsignal(number) != before
    splash.hide()
    assert signal.getsignal(number) == before


@pytest.mark.parametrize("rows", [(), ("one", "two")])
def test_a_message_replaces_the_snapshot(ends: tuple[int, int], rows: tuple[str, ...]) -> None:
    splash = Splash(ends[1], 20, rows, "opening…")
    read_output(ends[0])
    splash.show_message("Waiting for another program.")
    assert read_output(ends[0]).endswith("opening…\x1b[3;3HWaiting for\x1b[4;3Hanother program.")
    assert splash.rows == ()
    splash.hand_over()
    splash.show_message("Too late.")
    assert read_output(ends[0]) == ""
    splash.hide()


def test_a_lost_terminal_changes_neither_signals_nor_stderr() -> None:
    def get_state() -> tuple[object, ...]:
        return sys.stderr, *map(signal.getsignal, (signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP))

    before = get_state()
    with open(os.devnull, "w") as file, pytest.raises(termios.error):  # noqa: PTH123
        Splash(file.fileno(), 80, ())
    assert get_state() == before
