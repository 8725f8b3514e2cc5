"""Copying with the platform's tools, through tmux, and with a sequence for the terminal."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from importai_tui.clipboard import TERMINAL_LIMIT, CopyResult, Place, copy_text, find_tools, format_sequence
from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.terminal import MAX_WAIT, make_environment, reader_command
from tests.tui.sample_app import store_issues

TEXT = "“Flüsse” 🌊\n$(touch owned)"
SEQUENCE = f"\x1b]52;c;{b64encode(TEXT.encode()).decode()}\a"

NEW_TMUX, OLD_TMUX = ("tmux", "load-buffer", "-w", "-"), ("tmux", "load-buffer", "-")
WAYLAND, XCLIP, XSEL = (
    ("wl-copy", "--type", "text/plain"),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
)
TOOLS: tuple[tuple[str, Mapping[str, str], list[tuple[str, ...]]], ...] = (
    ("linux", {}, []),
    ("linux", {"DISPLAY": ":0"}, [XCLIP, XSEL]),
    ("linux", {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, [WAYLAND, XCLIP, XSEL]),
    ("linux", {"TMUX": "/tmp/tmux-0/default,1,0"}, [NEW_TMUX, OLD_TMUX]),
    ("freebsd14", {"TMUX": "x", "DISPLAY": ":0"}, [NEW_TMUX, OLD_TMUX, XCLIP, XSEL]),
    ("linux", {"SSH_CONNECTION": "1 2 3 4", "DISPLAY": "localhost:10.0"}, []),
    ("linux", {"SSH_TTY": "/dev/pts/1", "WAYLAND_DISPLAY": "wayland-0"}, []),
    ("linux", {"SSH_TTY": "/dev/pts/1", "TMUX": "x", "DISPLAY": ":0"}, [NEW_TMUX, OLD_TMUX]),
    ("linux", {"WSL_DISTRO_NAME": "Debian"}, [("clip.exe",)]),
    ("linux", {"WSL_DISTRO_NAME": "Debian", "WAYLAND_DISPLAY": "wayland-0"}, [("clip.exe",), WAYLAND]),
    ("linux", {"TERMUX_VERSION": "0.118"}, [("termux-clipboard-set",)]),
    ("darwin", {}, [("pbcopy",)]),
    ("darwin", {"TMUX": "x"}, [NEW_TMUX, OLD_TMUX, ("pbcopy",)]),
    ("darwin", {"SSH_CONNECTION": "1 2 3 4"}, []),
    ("win32", {"SystemRoot": "D:\\Win"}, [("D:\\Win\\System32\\clip.exe",)]),
)


def test_tools_of_each_platform() -> None:
    for platform, environ, commands in TOOLS:
        assert [tool.command for tool in find_tools(environ, platform)] == commands, (platform, environ)


def test_windows_gets_utf_16_without_a_mark() -> None:
    (tool,) = find_tools({"WSL_DISTRO_NAME": "Debian"}, "linux")
    assert "a".encode(tool.encoding) == b"a\x00"


def test_screen_passes_the_sequence_on_in_short_strings() -> None:
    assert format_sequence(b"rivers") == "\x1b]52;c;cml2ZXJz\a"
    strings = format_sequence(b"rivers" * 100, in_screen=True).split("\x1b\\")
    assert strings.pop() == ""
    assert all(string.startswith("\x1bP") and len(string) <= 254 for string in strings)
    assert "".join(string[2:] for string in strings) == format_sequence(b"rivers" * 100)


class FakeTools:
    """A folder of fake programs; each is a line of shell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"PATH": f"{folder}:/usr/bin:/bin", "FOLDER": str(folder), "DISPLAY": ":0"}

    def add(self, name: str, line: str) -> None:
        """Add a program."""
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)

    def copy(self, text: str = TEXT, *own_command: str, **environ: str) -> CopyResult:
        """Copy a text."""
        return copy_text(text, {**self.environ, **environ}, "linux", own_command, timeout=1.0)

    def read(self, name: str) -> str:
        """Return a file that a program has written."""
        return (self.folder / name).read_text()


@pytest.fixture
def tools(tmp_path: Path) -> FakeTools:
    """Fake programs; xclip and xsel fail."""
    fakes = FakeTools(tmp_path)
    for name in ("xclip", "xsel"):
        fakes.add(name, "exit 1")
    return fakes


def test_a_tool_gets_the_text_and_may_stay(tools: FakeTools) -> None:
    # As the real one does, it leaves a process behind that has its output open. It has no terminal.
    tools.add(
        "xclip", "cat >$FOLDER/got; (: </dev/tty) 2>/dev/null && echo >$FOLDER/tty; sleep 600 & echo $! >$FOLDER/pid"
    )
    assert tools.copy() == CopyResult(Place.CLIPBOARD)
    assert tools.read("got") == TEXT
    assert not (tools.folder / "tty").exists()
    os.kill(int(tools.read("pid")), 9)  # fails if the copy has waited for it


def test_a_tool_that_fails_is_followed_by_others(tools: FakeTools) -> None:
    assert tools.copy() == CopyResult(Place.TERMINAL, SEQUENCE)
    tools.add("xclip", "echo $$ >$FOLDER/pid; exec sleep 60")
    tools.add("xsel", "cat >$FOLDER/got")
    assert tools.copy() == CopyResult(Place.CLIPBOARD)
    assert tools.read("got") == TEXT
    with pytest.raises(ProcessLookupError):
        os.kill(int(tools.read("pid")), 0)


def test_tmux_and_the_clipboard_both_get_the_text(tools: FakeTools) -> None:
    tools.add("tmux", 'echo "$*" >>$FOLDER/calls; cat >$FOLDER/buffer')
    assert tools.copy(TMUX="x") == CopyResult(Place.TMUX)
    assert tools.read("calls") == "load-buffer -w -\n"
    tools.add("xclip", "cat >$FOLDER/got")
    assert tools.copy(TMUX="x") == CopyResult(Place.CLIPBOARD)
    assert tools.read("buffer") == tools.read("got") == TEXT


def test_old_tmux_and_the_terminal_both_get_it(tools: FakeTools) -> None:
    tools.add("tmux", '[ "$2" != -w ] && cat >$FOLDER/buffer')
    assert tools.copy(TMUX="x") == CopyResult(Place.TMUX_BUFFER, SEQUENCE)
    assert tools.read("buffer") == TEXT


def test_the_users_own_command_comes_first(tools: FakeTools) -> None:
    tools.add("tmux", "touch $FOLDER/buffer")
    tools.add("mine", "cat >$FOLDER/$1")
    assert tools.copy(TEXT, "mine", "a;b", TMUX="x") == CopyResult(Place.CLIPBOARD)
    assert tools.read("a;b") == TEXT
    assert not (tools.folder / "buffer").exists()


def test_a_failure_of_the_own_command_is_reported(tools: FakeTools) -> None:
    tools.add("mine", "exit 3")
    for name, why in (("mine", "failed with exit status 3"), ("nothing", "wasn't found")):
        problem = f"clipboard.copy_command: {name} {why}"
        assert tools.copy(TEXT, name) == CopyResult(Place.TERMINAL, SEQUENCE, problem)


def test_a_text_too_long_for_terminals_is_not_sent(tools: FakeTools) -> None:
    assert tools.copy("x" * TERMINAL_LIMIT).place is Place.TERMINAL
    assert tools.copy("x" * (TERMINAL_LIMIT + 1)) == CopyResult(Place.NOWHERE)
    tools.add("xclip", "cat >$FOLDER/got")
    assert tools.copy("x" * (TERMINAL_LIMIT + 1)) == CopyResult(Place.CLIPBOARD)


@contextmanager
def x_server() -> Iterator[str]:
    """Run an X server without a screen; return its display, or an empty text if it is not installed."""
    if not (shutil.which("Xvfb") and shutil.which("xclip")):
        yield ""
        return
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "16x16x8", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout
        try:
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
def test_tmux_with_default_settings_has_the_copy(tmp_path: Path) -> None:
    with Library.open(Places.under(tmp_path)) as library:
        store_issues(library)
    tmux = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]

    def run(*words: str) -> str:
        return subprocess.run([*tmux, *words], env=environ, capture_output=True, text=True, check=False).stdout

    def wait_for(words: str) -> None:
        end = time.monotonic() + MAX_WAIT
        while words not in (screen := run("capture-pane", "-p")):
            assert time.monotonic() < end, screen
            time.sleep(0.05)

    with x_server() as display:
        environ = make_environment(tmp_path, **({"DISPLAY": display} if display else {}))
        try:
            run("new-session", "-d", "-x", "100", "-y", "30", *reader_command("12/1"))
            wait_for("Machines learn")
            run("send-keys", "Y")
            wait_for("Copied Markdown: Counting Rivers" if display else "Copied Markdown to tmux")
            copied = run("show-buffer")
            assert copied.startswith("[Counting Rivers](https://example.org/2)")
            run("send-keys", "q")
            if display:
                read = ["xclip", "-selection", "clipboard", "-o"]
                assert subprocess.run(read, env=environ, capture_output=True, text=True, check=True).stdout == copied
        finally:
            run("kill-server")
