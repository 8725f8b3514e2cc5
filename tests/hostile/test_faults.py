"""The program under faults: kill, stop, tiny sizes, a lost terminal, broken files."""

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

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.conftest import RunProgram
from tests.examples import make_page
from tests.hostile.test_privacy import find_public_paths, umask
from tests.terminal import Terminal, make_environment, reader_command
from tests.tui.sample_app import store_issues

FIRST, SECOND = "Somebody has taught machines", "The rivers were counted again"
"""Text of the first and of the second story of the newest issue."""
SIZES = ((0, 0), (1, 1), (3, 2), (1, 60), (200, 1), (0, 24), (17, 5), (400, 3))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Library.open(Places.under(tmp_path / "home")) as library:
        store_issues(library)
    return tmp_path / "home"


def stars(home: Path) -> set[str]:
    """Check both databases, and return the keys of the starred stories."""
    with Library.open(Places.under(home)) as library:
        assert library.state.find_problems() == library.archive.find_problems() == library.state.warnings() == ()
        assert library.state.rebuild_from_journal() == 0
        return {json.loads(line)["key"] for line in list(library.state.export_lines())[1:] if '"starred"' in line}


def test_killed_and_concurrent_processes_lose_no_mark(home: Path) -> None:
    with (
        umask(0),
        Terminal(reader_command("12/1"), make_environment(home)) as first,
        Terminal(reader_command("12/2"), make_environment(home)) as second,
    ):
        first.wait_until_shown(FIRST)
        second.wait_until_shown(SECOND)
        first.press("s")
        second.press("s")
        subprocess.run([*reader_command("mark", "11/1", "--star")], env=make_environment(home), check=True)
        first.wait_until_shown("★")
        second.wait_until_shown("★")
        first.kill(signal.SIGKILL)
        second.hang_up()
        assert first.wait() == -signal.SIGKILL
        second.wait()
    assert stars(home) == {"rivers", "canal", "lake"}
    assert find_public_paths(home) == []


def test_app_survives_tiny_sizes_and_stop_signals(home: Path) -> None:
    with Terminal(reader_command("12/1"), make_environment(home), columns=0, rows=0) as terminal:
        before = termios.tcgetattr(terminal.fd)
        terminal.wait_until_quiet(0.5)
        for columns, rows in SIZES:
            terminal.resize(columns, rows)
            terminal.read(0.05)
        terminal.resize(100, 30)
        terminal.wait_until_shown(FIRST)
        terminal.wait_until_quiet(0.2)
        shown = terminal.screen
        for number in (signal.SIGCONT, signal.SIGSTOP, signal.SIGCONT, signal.SIGPIPE):
            terminal.kill(number)
            terminal.wait_until_quiet(0.2)
            if number == signal.SIGSTOP:
                terminal.write_over(b"\x1b[2J\x1b[HWritten meanwhile")
                terminal.wait_until_shown("Written meanwhile")
        terminal.wait_until(lambda: terminal.screen == shown)
        terminal.press("s")
        terminal.wait_until_shown("★")
        terminal.press("Q")
        assert terminal.wait() == 0
        assert termios.tcgetattr(terminal.fd) == before
    assert stars(home) == {"rivers"}


def test_app_ends_if_its_terminal_disappears(home: Path) -> None:
    # Only the shell, which owns the terminal, gets the hang-up signal.
    command = ["sh", "-c", 'trap "" HUP; "$@"; exit 7', "sh", *reader_command("12/1")]
    with Terminal(command, make_environment(home)) as terminal:
        terminal.wait_until_shown(FIRST)
        terminal.press("s")
        terminal.wait_until_shown("★")
        terminal.hang_up()
        assert terminal.wait() == 7
    assert stars(home) == {"rivers"}


BROKEN = """
from importai_tui.cli import main
from importai_tui.tui.actions.app import AppearanceActions
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.terminal_input import TerminalInput
def fail(*_, **__):
    raise IndexError("list index out of range")
{broken} = fail
main(["12/1"])
"""


def broken_reader(broken: str) -> list[str]:
    """Return the command of an app with a method that always raises."""
    return [sys.executable, "-c", BROKEN.format(broken=broken)]


def test_error_is_reported_and_the_app_continues(home: Path) -> None:
    with Terminal(broken_reader("AppearanceActions.action_wider"), make_environment(home)) as terminal:
        terminal.wait_until_shown(FIRST)
        terminal.press("s")
        terminal.wait_until_shown("★")
        terminal.press(">")
        terminal.wait_until_shown("Internal error (IndexError)")
        terminal.press("J")
        terminal.wait_until_shown(SECOND)
        terminal.press("Q")
        assert terminal.wait() == 0
    log = home / "cache" / "errors.log"
    assert "IndexError" in log.read_text()
    assert "rivers" not in log.read_text()
    assert find_public_paths(home) == []
    assert stars(home) == {"rivers"}


@pytest.mark.parametrize("broken", ["ReadingScreen.on_mount", "ReadingScreen.on_tick", "TerminalInput.feed_bytes"])
def test_fatal_error_ends_the_app_with_a_message(home: Path, broken: str) -> None:
    with Terminal(broken_reader(broken), make_environment(home)) as terminal:
        before = termios.tcgetattr(terminal.fd)
        assert terminal.wait(60) == 1
        assert termios.tcgetattr(terminal.fd) == before
        message = terminal.output.rpartition(b"\x1b[?1049l")[2]
    assert b"Internal error (IndexError)" in message
    assert b"errors.log" in message
    assert b"Traceback" not in message
    assert b"rivers" not in message


INVALID_INPUT = (
    b"\xe9",
    b"\xea",
    b"\x1b[M \xc8!",
    b"\x1b[1114112u",
    b"\x1b[106;1;1114112u",
    b"\x1b[55555555555555555555u",
    b"\x1b[<0;99999999999999999999;5M",
    b"\x1b[48;9999999;9999999;1;1t",
    b"\x1b]11;rgb:0000/0000/0000\x1b\\",
)


def test_invalid_input_changes_nothing(home: Path) -> None:
    with Terminal(reader_command("12/1"), make_environment(home)) as terminal:
        terminal.wait_until_shown(FIRST)
        terminal.wait_until_quiet(0.5)
        for data in INVALID_INPUT:
            terminal.send(data)
        terminal.wait_until_quiet(0.3)
        terminal.press("s")
        terminal.wait_until_shown("★")
        terminal.press("Q")
        assert terminal.wait() == 0
    assert stars(home) == {"rivers"}


def test_standard_error_may_be_a_file(home: Path, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    command = ["sh", "-c", f'exec "$@" 2>{errors}', "sh", *reader_command("12/1")]
    with Terminal(command, make_environment(home)) as terminal:
        terminal.wait_until_shown(FIRST)
        terminal.press("Q")
        assert terminal.wait() == 0
    assert errors.read_text() == ""


def test_ctrl_z_suspends_the_app_until_fg(home: Path) -> None:
    shell = make_environment(home, PS1="ready> ", HISTFILE="")
    with Terminal(["bash", "--norc", "-i"], shell, columns=100, rows=30) as terminal:
        terminal.wait_until_shown("ready>")
        terminal.send(" ".join(reader_command("12/1")).encode() + b"\n")
        terminal.wait_until_shown(FIRST)
        shown = {"J": SECOND, "F": "Search", "totters": "otters", "e": "Your note"}
        for keys, words in shown.items():  # also on other screens, and while text is typed
            terminal.press(*keys)
            terminal.wait_until_shown(words)
            terminal.wait_until_quiet(0.6)
            before, bytes_before = terminal.screen, len(terminal.output)
            terminal.press("ctrl+z")
            terminal.wait_until_shown("Stopped")
            assert b"\x1b[?1049l" in terminal.output[bytes_before:]
            terminal.send(b"clear; echo from the sh''ell\n")
            terminal.wait_until_shown("from the shell")
            terminal.send(b"fg\n")
            terminal.wait_until(lambda before=before: terminal.screen == before)  # type: ignore[misc]
            assert b"\x1b[?1049h" in terminal.output[bytes_before:]
            terminal.wait_until_quiet(0.3)
            if keys != "J":
                terminal.press("escape")
                terminal.wait_until(lambda words=words: words not in "\n".join(terminal.screen))  # type: ignore[misc]
        terminal.press("Q")
        terminal.wait_until_quiet(0.5)
        terminal.send(b"echo status=$?\n")
        terminal.wait_until_shown("status=0")


def test_ctrl_z_is_ignored_without_job_control(home: Path) -> None:
    with Terminal(reader_command("12/1"), make_environment(home)) as terminal:
        terminal.wait_until_shown(FIRST)
        terminal.wait_until_quiet(0.5)
        terminal.press("ctrl+z")
        terminal.wait_until_shown("Can't suspend")
        terminal.press("Q")
        assert terminal.wait() == 0


def test_dumb_terminal_gets_a_hint_to_plain_reading(home: Path) -> None:
    with Terminal(reader_command(), make_environment(home, TERM="dumb")) as terminal:
        assert terminal.wait() == 1
    assert b"read --plain" in terminal.output
    assert b"\x1b" not in terminal.output


@pytest.mark.parametrize(
    ("closed", "arguments", "status", "message"),
    [
        (">&-", "list", 1, "standard output is closed"),
        (">&-", "--version", 1, "standard output is closed"),
        (">&- 2>&-", "export", 1, ""),
        ("2>&-", "show nothing", 1, ""),
        ("<&- >&- 2>&-", "mark 12/1 --star", 0, ""),
        ("<&-", "import -", 1, "-: empty file"),
        ("<&-", "", 1, "needs a terminal"),
        ("> /dev/full", "list", 1, "no space left"),
    ],
)
def test_closed_stream_is_reported(home: Path, closed: str, arguments: str, status: int, message: str) -> None:
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *reader_command(*arguments.split())]
    ran = subprocess.run(command, env=make_environment(home), capture_output=True, text=True, check=False)
    assert ran.returncode == status, ran.stderr
    assert message in ran.stderr
    assert "Internal error" not in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stderr + ran.stdout
    assert stars(home) == ({"rivers"} if "--star" in arguments else set())


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_parser_processes_work_with_closed_streams(tmp_path: Path, closed: str) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    padding = b"<!--" + b" " * 100_000 + b"-->"  # enough bytes that the import starts parser processes
    for number in range(1, 13):
        (pages / f"import-ai-{number}.html").write_bytes(make_page(f"otters {number}") + padding)
    home = tmp_path / "home"
    home.mkdir()
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *reader_command("import", str(pages))]
    subprocess.run(command, env=make_environment(home), capture_output=True, check=False)
    with Library.open(Places.under(home)) as library:
        assert len(library.get_issue_rows()) == 12


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
    """Put an obstacle at the path of a file."""
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
def test_obstacle_at_a_file_path_loses_no_mark(run: RunProgram, home: Path, place: str, kind: str) -> None:
    run("mark", "12/1", "--star")
    run("list")  # makes a copy of the state
    saved = (home / "data" / "reading.sqlite3").read_bytes()
    put(kind, home / place)
    for command in ("list", "mark 12/2 --read", "sync --source http://127.0.0.1:9/", "doctor", "export"):
        ran = run(*command.split())
        assert ran.status in (0, 1)
        assert "Internal error" not in ran.err
        assert ran.status == 0 or ran.err.strip() or "Problem:" in ran.out
    if place == "data/reading.sqlite3" and (home / place).is_file():
        assert "rivers" in stars(home)  # from the copy
        return
    for path in (home / place, *home.glob("data/*-wal"), *home.glob("data/*-shm")):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path == home / place or place.startswith("data/reading.sqlite3"):
            path.unlink(missing_ok=True)
    if place == "data/reading.sqlite3":
        (home / place).write_bytes(saved)
    assert stars(home) == {"rivers"}


@pytest.mark.parametrize("argument", ["\udcff", "12/\udcff", "a\ud800/1"])
@pytest.mark.parametrize("command", ["show", "links", "mark", "open", "read"])
def test_ref_with_surrogates_matches_nothing(run: RunProgram, home: Path, command: str, argument: str) -> None:
    ran = run(command, argument, *(["--read"] if command == "mark" else []))
    assert ran.status == 1
    assert "Internal error" not in ran.err
    assert stars(home) == set()


def test_home_of_an_unknown_user_is_reported(run: RunProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORTAI_TUI_HOME", "~nobody-of-that-name/x")
    ran = run("list")
    assert ran.status == 1
    assert "IMPORTAI_TUI_HOME=~nobody-of-that-name/x is not a folder" in ran.err
