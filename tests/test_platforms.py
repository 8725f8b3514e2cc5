"""Simulates macOS and Windows: removes the functions that they lack, and imitates their behaviour."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import date, datetime
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from types import SimpleNamespace
from typing import Self

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importai_tui import cli, parse_pool
from importai_tui.browser import make_opener
from importai_tui.cli import export_files, export_folder
from importai_tui.cli.documents import find_documents
from importai_tui.errors import UnsafeOpenerError
from importai_tui.files import atomic_write, file_lock
from importai_tui.output.console import print_data
from importai_tui.parse_pool import ParserError, ParserProcess, WorkerLimits
from importai_tui.paths import Places
from importai_tui.programs import find_program, join_command, split_command
from importai_tui.sqlite import get_read_only_uri, supports_shared_memory
from importai_tui.tui.marks import annotation_list
from importai_tui.tui.reading.draft_files import open_draft_file
from importai_tui.tui.reading.drafts import DraftTarget
from tests.state.helpers import list_backups, mark_on_day

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="simulates Windows")

IMPORT_ALL = """
import asyncio, concurrent.futures.process, multiprocessing.popen_spawn_posix, os, pkgutil, signal, sys
import click.shell_completion, httpx2, importlib, subprocess, tempfile, textual.app, textual.widgets
import importai_tui

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name in ("fcntl", "grp", "pwd", "resource", "termios", "tty"):
            raise ImportError(f"{name} is blocked")

for name in ("fcntl", "grp", "pwd", "resource", "termios", "tty"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Blocker())
for module, names in (
    (os, "fork killpg getpgrp setsid getsid nice geteuid getuid fchmod mkfifo sched_getaffinity O_CLOEXEC O_NOFOLLOW"),
    (signal, "SIGPROF SIGHUP SIGTSTP SIGCONT SIGKILL SIGTTOU setitimer pthread_sigmask siginterrupt"),
):
    for name in names.split():
        vars(module).pop(name, None)
sys.platform = "win32"
for module in pkgutil.walk_packages(importai_tui.__path__, "importai_tui."):
    name = module.name.removeprefix("importai_tui.")
    if name != "tui.terminal" and not name.startswith(("mcp_server.", "web_server.")):
        importlib.import_module(module.name)
print(sum(name.startswith("importai_tui.") for name in sys.modules))
"""
"""Imports all modules without those that Windows lacks, except the driver for POSIX terminals, and the servers,
whose libraries take a second."""


def test_every_module_imports_on_windows() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=False)
    assert not done.stderr
    assert int(done.stdout) > 300


WINDOWS = SimpleNamespace(platform="win32")
"""Replaces `sys` in one module, because other modules need the real platform."""


class WindowsLimits(WorkerLimits):
    """Limits of a parser process that has no functions of POSIX."""

    def apply(self) -> None:
        """Remove them first."""
        vars(parse_pool)["sys"] = WINDOWS
        for module, name in ((os, "setsid"), (os, "nice"), (signal, "setitimer"), (signal, "SIGPROF")):
            vars(module).pop(name, None)
        super().apply()


def test_a_parser_process_has_a_time_limit_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_pool, "sys", WINDOWS)
    monkeypatch.delattr(signal, "SIGPROF")
    with closing(ParserProcess(WindowsLimits(seconds=0.3))) as process:
        assert process.run(abs, -1) == 1
        with pytest.raises(ParserError, match=r"takes longer than 0\.3 seconds"):
            process.run(time.sleep, 60)


@pytest.mark.parametrize("blocked_times", [2, 1000])
def test_a_file_that_is_open_is_replaced_later(
    blocked_times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows does not replace a file that a program has open."""
    delays: list[float] = []
    replace = Path.replace

    def replace_if_closed(source: Path, target: Path) -> Path:
        if len(delays) < blocked_times:
            raise PermissionError(errno.EACCES, "in use")
        return replace(source, target)

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(time, "sleep", delays.append)
    monkeypatch.setattr(Path, "replace", replace_if_closed)
    path = tmp_path / "notes.md"
    path.write_text("old")
    if blocked_times == 2:
        with atomic_write(path) as file:
            file.write(b"new")
    else:
        with pytest.raises(PermissionError), atomic_write(path) as file:
            file.write(b"new")
        assert sum(delays) < 1
    assert path.read_text() == ("new" if blocked_times == 2 else "old")
    assert list(tmp_path.iterdir()) == [path]


def test_a_lock_is_exclusive_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked: set[int] = set()

    def lock(file: int, mode: int, size: int) -> None:
        assert size == 1
        if mode == 0 and file in locked:
            locked.remove(file)
        elif mode == 0 or locked:
            raise PermissionError(errno.EACCES, "locked")
        else:
            locked.add(file)

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=lock, LK_NBLCK=2, LK_UNLCK=0))
    with file_lock(tmp_path / "a.lock") as first, file_lock(tmp_path / "a.lock") as second:
        assert (first, second) == (True, False)
    assert not locked


def test_a_probe_that_a_scanner_opens_changes_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink, tries = Path.unlink, []

    def unlink_later(path: Path, missing_ok: bool = False) -> None:
        tries.append(path)
        if len(tries) == 1:
            raise PermissionError(errno.EACCES, "in use")
        unlink(path, missing_ok)

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(Path, "unlink", unlink_later)
    assert supports_shared_memory(tmp_path / "a.sqlite3")
    assert not list(tmp_path.iterdir())


def test_only_files_open_for_writing_are_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to sync a file that is open for reading; then no copy would be made."""
    import fcntl

    sync = os.fsync

    def sync_if_writable(file: int) -> None:
        if fcntl.fcntl(file, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, "not open for writing")
        sync(file)

    monkeypatch.setattr(os, "fsync", sync_if_writable)
    path = tmp_path / "reading.sqlite3"
    mark_on_day(path, "ada")
    mark_on_day(path, "bob")
    assert len(list_backups(path)) == 1


def test_macos_flushes_the_cache_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    commands: list[int] = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", lambda _, command: commands.append(command))
    with atomic_write(tmp_path / "notes.md") as file:
        file.write(b"text")
    assert commands == [51, 51]  # the file and its folder


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r"C:\Windows\notepad.exe /A", [r"C:\Windows\notepad.exe", "/A"]),
        (r'"C:\Program Files\Vim\gvim.exe" --nofork', [r"C:\Program Files\Vim\gvim.exe", "--nofork"]),
        (r'browser --profile="a b"  x', ["browser", "--profile=a b", "x"]),
        ("less 'it''s'", ["less", "'it''s'"]),
        (r'a "say \"hi\"" \\server\share "d\\"', ["a", 'say "hi"', r"\\server\share", "d\\"]),
        ('a "" b', ["a", "", "b"]),
        ("", []),
    ],
)
def test_a_command_line_is_split_as_on_windows(line: str, words: list[str]) -> None:
    assert split_command(line, "win32") == words


@given(st.lists(st.text('ab \\"\t', max_size=6), max_size=4))
@example(["a\\\\", ""])
def test_a_joined_command_line_is_split_into_its_words(words: list[str]) -> None:
    assert split_command(join_command(words, "win32"), "win32") == words


def test_browsers_are_split_by_the_rules_of_windows() -> None:
    commands: list[list[str]] = []

    def spawn(command: list[str]) -> bool:
        commands.append(command)
        return len(commands) == 2

    browsers = r'C:\lynx\LYNX.EXE;"C:\Program Files\A\a.exe" --new;C:\b\b.exe --url=%s'
    make_opener({"BROWSER": browsers}, "win32", spawn=spawn)("https://example.org/")
    assert commands == [
        [r"C:\Program Files\A\a.exe", "--new", "https://example.org/"],
        [r"C:\b\b.exe", "--url=https://example.org/"],
    ]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="newer versions ask Windows where to look")
def test_windows_runs_programs_of_the_path_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work, installed = tmp_path / "work", tmp_path / "bin"
    for path in (work / "less.EXE", work / "nano.EXE", installed / "less.EXE", installed / "code.CMD"):
        path.parent.mkdir(exist_ok=True)
        path.touch(0o755)
    monkeypatch.chdir(work)
    monkeypatch.setenv("PATHEXT", ".EXE:.CMD")
    monkeypatch.setattr(sys, "platform", "win32")
    environ = {"PATH": str(installed), "BROWSER": "code"}
    assert find_program("less", environ) == str(installed / "less.EXE")
    assert find_program("nano", environ) is None
    with pytest.raises(UnsafeOpenerError):  # cmd.exe would run a part of an address
        make_opener(environ, "win32", spawn=lambda _: True)("https://example.org/?a&calc")


def test_piped_text_is_utf8_with_unix_line_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NoDefaultCurrentDirectoryInExePath", "")
    data = BytesIO()
    stream = TextIOWrapper(data, encoding="cp1252", newline="\r\n")
    monkeypatch.setattr(cli, "sys", SimpleNamespace(platform="linux", stdin=None, stdout=stream, stderr=None))
    cli._prepare_windows()
    stream.write("日本\n")
    stream.flush()
    assert data.getvalue() == "日本\n".encode()


def test_a_closed_pipe_ends_the_output_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows reports it as an invalid argument."""

    class Pipe(StringIO):
        def write(self, _: str) -> int:
            raise OSError(errno.EINVAL, "invalid argument")

        def fileno(self) -> int:
            return os.open(os.devnull, os.O_WRONLY)

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "stdout", Pipe())
    with pytest.raises(SystemExit, match="0"):
        print_data("text")


def test_own_files_are_recognised_in_another_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export to such a name would replace the reading state on macOS and Windows."""
    places = Places.under(tmp_path / "home")
    for folder in (places.data_folder, places.config_folder, places.cache_folder):
        folder.mkdir(parents=True)
    places.config.touch()

    def is_same(one: Path, other: Path) -> bool:
        return str(one).casefold() == str(other).casefold()

    monkeypatch.setattr(Path, "samefile", is_same)
    home = tmp_path / "HOME"
    for name in ("Data/READING.sqlite3", "data/Reading.sqlite3-WAL", "Cache/ARCHIVE.sqlite3", "CONFIG/config.TOML"):
        assert export_files._is_own_file(places, home / name), name
    assert not export_files._is_own_file(places, home / "data" / "notes.md")
    assert export_folder._is_own_folder(places, home / "Data" / "Notes")
    assert not export_folder._is_own_folder(places, tmp_path / "notes")


def test_locks_of_drafts_are_removed_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remove = shutil.rmtree

    def remove_unlocked(folder: Path, ignore_errors: bool = False) -> None:
        if (folder / "target.json").exists():
            for path in folder.iterdir():
                if path.name != "lock":
                    path.unlink()
        else:
            remove(folder, ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", remove_unlocked)
    state = tmp_path / "reading.sqlite3"
    with open_draft_file(state, DraftTarget("ada"), "text", "", "note") as file:
        file.remove()
    assert not file.path.parent.exists()


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PureWindowsPath(r"C:\Ada\my notes.sqlite3"), "file:///C:/Ada/my%20notes.sqlite3?mode=ro"),
        (PureWindowsPath(r"\\server\ada\a.sqlite3"), "file:////server/ada/a.sqlite3?mode=ro"),
        (PurePosixPath("/home/ada/a#b.sqlite3"), "file:///home/ada/a%23b.sqlite3?mode=ro"),
    ],
)
def test_sqlite_opens_network_folders_of_windows(path: PurePath, uri: str) -> None:
    assert get_read_only_uri(path) == uri


def test_patterns_are_expanded_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [str(tmp_path / name) for name in ("1.html", "2.html", "[3].html")]
    for name in names:
        Path(name).touch()
    patterns = [str(tmp_path / "?.html"), names[2], str(tmp_path / "*.eml")]
    monkeypatch.setattr(sys, "platform", "win32")
    assert find_documents(patterns) == ([*names, patterns[2]], [])


def test_times_before_1970_have_no_day_on_windows() -> None:
    class OldTime(datetime):
        def astimezone(self, _: object = None) -> Self:
            raise OSError(errno.EINVAL, "invalid argument")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(annotation_list, "datetime", OldTime)
        assert annotation_list.format_mark_day("1969-01-01T00:00:00+00:00", date(2025, 3, 3)) == ""


def test_no_text_goes_to_a_hidden_stream_of_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(OSError, match=r"[Ii]nvalid"), atomic_write(tmp_path / "notes: may.md") as file:
        file.write(b"text")
    assert not list(tmp_path.iterdir())
