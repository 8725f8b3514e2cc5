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
def test_a_row_is_printable_text_in_colours(row: str) -> None:
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
def test_whatever_else_a_terminal_would_obey_is_no_row(row: str) -> None:
    assert not is_safe_row(row)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A home whose files are there."""
    places = Places.under(tmp_path)
    for path in (places.archive, places.reading, places.config):
        path.parent.mkdir()
        path.write_bytes(b"1")
    return places


def test_a_frame_is_read_as_it_was_kept_and_is_its_owners_alone(places: Places) -> None:
    path, true_of = snapshot_file(places), snapshot_key(places, ENVIRON, 80, 3)
    save_snapshot(path, true_of, ROWS)
    assert load_snapshot(path, snapshot_key(places, ENVIRON, 80, 3), 3) == ROWS
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(path.parent.iterdir()) == [places.archive, path]


def test_what_is_no_frame_is_not_kept(places: Places) -> None:
    save_snapshot(snapshot_file(places), "true", ("\x1b[2J",))
    assert not snapshot_file(places).exists()


def test_a_frame_that_cannot_be_kept_stops_nobody(tmp_path: Path) -> None:
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
def test_a_file_that_is_no_frame_of_so_many_rows_is_passed_over(held: bytes, tmp_path: Path) -> None:
    path = tmp_path / "frame"
    path.write_bytes(held)
    assert load_snapshot(path, "true", 3) == ()


@pytest.mark.parametrize("put", [os.mkfifo, os.mkdir, lambda path: path.symlink_to(path)])
def test_what_is_no_file_at_all_is_passed_over_and_nobody_waits_for_it(
    put: Callable[[Path], object], tmp_path: Path
) -> None:
    put(tmp_path / "frame")
    assert load_snapshot(tmp_path / "frame", "true", 3) == ()


@pytest.mark.parametrize("changed", ["archive", "reading", "config", "wal", "theme", "TERM", "NO_COLOR", "size"])
def test_a_frame_is_no_longer_true_when_what_it_was_drawn_from_has_changed(changed: str, places: Places) -> None:
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


def test_a_frame_is_still_true_where_nothing_that_matters_has_changed(places: Places) -> None:
    before = snapshot_key(places, ENVIRON, 80, 3)
    places.reading.with_name("reading.sqlite3-wal").write_bytes(b"")  # another window is open, and has written nothing
    assert snapshot_key(places, {**ENVIRON, "PATH": "/usr/bin"}, 80, 3) == before
