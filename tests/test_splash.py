"""The file of the frame, and what it is true of: whatever is not plainly the frame that belongs here is not shown."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from importai_tui.paths import Places
from importai_tui.splash import is_safe_row, load_snapshot, save_snapshot, snapshot_file, snapshot_key

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
    """A home whose files are there."""
    places = Places.under(tmp_path)
    for path in (places.archive, places.reading, places.config):
        path.parent.mkdir()
        path.write_bytes(b"1")
    return places


def test_a_saved_snapshot_is_loaded_and_private(places: Places) -> None:
    path, true_of = snapshot_file(places), snapshot_key(places, ENVIRON, 80, 3)
    save_snapshot(path, true_of, ROWS)
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
    "held",
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
def test_an_invalid_snapshot_is_ignored(held: bytes, tmp_path: Path) -> None:
    path = tmp_path / "frame"
    path.write_bytes(held)
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
    places.reading.with_name("reading.sqlite3-wal").write_bytes(b"")  # another window is open, and has written nothing
    assert snapshot_key(places, {**ENVIRON, "PATH": "/usr/bin"}, 80, 3) == before
