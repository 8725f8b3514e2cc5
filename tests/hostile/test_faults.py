"""The real program, and what may befall it: killed, stopped, resized to nothing, left without a terminal."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from importai_tui.library import Library
from importai_tui.paths import Places
from tests.conftest import Run
from tests.hostile.test_privacy import open_to_others, umask
from tests.terminal import Terminal, environ_of, reader_command
from tests.tui.made import fill

FIRST, SECOND = "Somebody has taught machines", "The rivers were counted again"
"""Words of the first story of the newest issue, and of the second."""
SIZES = ((0, 0), (1, 1), (3, 2), (1, 60), (200, 1), (0, 24), (17, 5), (400, 3))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Library.open(Places.under(tmp_path / "home")) as library:
        fill(library)
    return tmp_path / "home"


def stars(home: Path) -> set[str]:
    """The starred stories, after a look at whether both files are whole."""
    with Library.open(Places.under(home)) as library:
        assert library.check_state() == library.archive_damage() == library.state_warnings() == ()
        assert library.rebuild_state() == 0
        return {json.loads(line)["key"] for line in list(library.state_lines())[1:] if '"starred"' in line}


def test_two_readers_and_a_script_mark_at_once_and_a_kill_loses_nothing_that_was_shown(home: Path) -> None:
    with (
        umask(0),
        Terminal(reader_command("12/1"), environ_of(home)) as one,
        Terminal(reader_command("12/2"), environ_of(home)) as other,
    ):
        one.until_shows(FIRST)
        other.until_shows(SECOND)
        one.press("s")
        other.press("s")
        subprocess.run([*reader_command("mark", "11/1", "--star")], env=environ_of(home), check=True)
        one.until_shows("Starred.")
        other.until_shows("Starred.")
        one.kill(signal.SIGKILL)
        other.hang_up()
        assert one.wait() == -signal.SIGKILL
        other.wait()
    assert stars(home) == {"rivers", "canal", "lake"}
    assert open_to_others(home) == []


def test_sizes_of_nothing_and_a_stop_from_outside_are_no_end(home: Path) -> None:
    with Terminal(reader_command("12/1"), environ_of(home), columns=0, rows=0) as terminal:
        before = termios.tcgetattr(terminal.fd)
        terminal.until_quiet(0.5)
        for columns, rows in SIZES:
            terminal.resize(columns, rows)
            terminal.read(0.05)
        terminal.resize(100, 30)
        terminal.until_shows(FIRST)
        for number in (signal.SIGCONT, signal.SIGSTOP, signal.SIGCONT, signal.SIGPIPE):
            terminal.kill(number)
            terminal.until_quiet(0.2)
        terminal.press("s")
        terminal.until_shows("Starred.")
        terminal.press("Q")
        assert terminal.wait() == 0
        assert termios.tcgetattr(terminal.fd) == before
    assert stars(home) == {"rivers"}


def test_a_terminal_that_goes_away_without_a_word_is_noticed(home: Path) -> None:
    # The shell has the terminal, and alone is told of its end.
    command = ["sh", "-c", 'trap "" HUP; "$@"; exit 7', "sh", *reader_command("12/1")]
    with Terminal(command, environ_of(home)) as terminal:
        terminal.until_shows(FIRST)
        terminal.press("s")
        terminal.until_shows("Starred.")
        terminal.hang_up()
        assert terminal.wait() == 7
    assert stars(home) == {"rivers"}


def test_a_fault_of_the_reader_is_told_in_a_line_and_what_was_done_is_kept(home: Path) -> None:
    broken = """
from importai_tui.cli import main
from importai_tui.tui.commands.appearance import Appearance
Appearance.action_wider = lambda self, step: [][7]
main(["12/1"])
"""
    reader = [sys.executable, "-c", broken]
    with Terminal(reader, environ_of(home)) as terminal:
        before = termios.tcgetattr(terminal.fd)
        terminal.until_shows(FIRST)
        terminal.press("s")
        terminal.until_shows("Starred.")
        terminal.press(">")
        assert terminal.wait() == 1
        assert termios.tcgetattr(terminal.fd) == before
        told = terminal.output.rpartition(b"\x1b[?1049l")[2]
    assert b"a fault of the program: IndexError" in told
    assert b"rivers" not in told
    assert stars(home) == {"rivers"}


def test_a_terminal_that_can_only_print_is_told_how_to_read(home: Path) -> None:
    with Terminal(reader_command(), environ_of(home, TERM="dumb")) as terminal:
        assert terminal.wait() == 1
    assert b"read --plain" in terminal.output
    assert b"\x1b" not in terminal.output


@pytest.mark.parametrize(
    ("closed", "arguments", "status", "told"),
    [
        (">&-", "list", 1, "standard output is closed"),
        (">&-", "--version", 1, "standard output is closed"),
        (">&- 2>&-", "export", 1, ""),
        ("2>&-", "show nothing", 1, ""),
        ("<&- >&- 2>&-", "mark 12/1 --star", 0, ""),
        ("<&-", "import -", 1, "- is empty"),
        ("<&-", "", 1, "needs a terminal"),
        ("> /dev/full", "list", 1, "no space left"),
    ],
)
def test_a_stream_that_is_closed_is_told_and_nothing_is_written_in_its_place(
    home: Path, closed: str, arguments: str, status: int, told: str
) -> None:
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *reader_command(*arguments.split())]
    ran = subprocess.run(command, env=environ_of(home), capture_output=True, text=True, check=False)
    assert ran.returncode == status, ran.stderr
    assert told in ran.stderr
    assert "fault" not in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stderr + ran.stdout
    assert stars(home) == ({"rivers"} if "--star" in arguments else set())


IN_THE_WAY = ("folder", "pipe", "link to nowhere", "link to itself", "garbage", "half of it")
PLACES = (
    "cache/archive.sqlite3",
    "cache/sync.lock",
    "data/reading.sqlite3",
    "data/reading.sqlite3.lock",
    "data/backups",
    "config/config.toml",
)


def put(kind: str, path: Path) -> None:
    """Put something else where that file is, or was to be."""
    half = path.read_bytes()[: path.stat().st_size // 2] if path.is_file() else b"\0\xff"
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "link to nowhere":
            path.symlink_to("/nowhere/at/all")
        case "link to itself":
            path.symlink_to(path.name)
        case "garbage":
            path.write_bytes(b"no file of ours \0\xff" * 500)
        case "half of it":
            path.write_bytes(half)


@pytest.mark.parametrize("kind", IN_THE_WAY)
@pytest.mark.parametrize("place", PLACES)
def test_whatever_lies_in_the_place_of_a_file_the_answer_is_a_line_and_no_mark_is_lost(
    run: Run, home: Path, place: str, kind: str
) -> None:
    run("mark", "12/1", "--star")
    run("list")  # a copy of the state is made
    kept = (home / "data" / "reading.sqlite3").read_bytes()
    put(kind, home / place)
    for command in ("list", "mark 12/2 --read", "sync --source http://127.0.0.1:9/", "doctor", "export"):
        ran = run(*command.split())
        assert ran.status in (0, 1)
        assert "fault of the program" not in ran.err
        assert ran.status == 0 or ran.err.strip() or "Wrong:" in ran.out
    if place == "data/reading.sqlite3" and (home / place).is_file():
        assert "rivers" in stars(home)  # from the copy
        return
    for path in (home / place, *home.glob("data/*-wal"), *home.glob("data/*-shm")):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path == home / place or place.startswith("data/reading.sqlite3"):
            path.unlink(missing_ok=True)
    if place == "data/reading.sqlite3":
        (home / place).write_bytes(kept)
    assert stars(home) == {"rivers"}


@pytest.mark.parametrize("argument", ["\udcff", "12/\udcff", "a\ud800/1"])
@pytest.mark.parametrize("command", ["show", "links", "mark", "open", "read"])
def test_a_ref_that_is_no_text_names_nothing(run: Run, home: Path, command: str, argument: str) -> None:
    ran = run(command, argument, *(["--read"] if command == "mark" else []))
    assert ran.status == 1
    assert "fault" not in ran.err
    assert stars(home) == set()


def test_a_home_of_nobody_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORTAI_TUI_HOME", "~nobody-of-that-name/x")
    ran = run("list")
    assert ran.status == 1
    assert "IMPORTAI_TUI_HOME=~nobody-of-that-name/x names no folder" in ran.err
