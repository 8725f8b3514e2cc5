from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic, sleep

import pytest

from importai_tui.browser import OpenResult, make_opener
from importai_tui.errors import RefusedAddressError, UnsafeOpenerError

URL = "https://example.org/a?b=c&d=e"


def started_by(
    environ: Mapping[str, str],
    platform: str = "linux",
    configured: Sequence[str] | None = None,
    url: str = URL,
    failing: frozenset[str] = frozenset(),
) -> tuple[list[list[str]], OpenResult]:
    """The commands that opening an address starts; those of a program in `failing` fail."""
    commands: list[list[str]] = []

    def spawn(command: list[str]) -> bool:
        commands.append(command)
        return command[0] not in failing

    return commands, make_opener(environ, platform, configured, spawn)(url)


def test_the_configured_program_comes_first() -> None:
    commands, opened = started_by({"BROWSER": "firefox", "DISPLAY": ":0"}, configured=["my-browser", "--new"])
    assert commands == [["my-browser", "--new", URL]]
    assert opened == OpenResult(True, URL, f"Opened {URL}")


def test_browser_is_split_like_a_shell_command() -> None:
    commands, _ = started_by({"BROWSER": "'my browser' --profile='a b' --url=%s;x"})
    assert commands == [["my browser", "--profile=a b", f"--url={URL};x"]]


def test_a_failing_program_is_followed_by_the_next() -> None:
    environ = {"BROWSER": os.pathsep.join(["one", "", "two --tab", "'unclosed"]), "DISPLAY": ":0"}
    commands, opened = started_by(environ, failing=frozenset({"one", "two"}))
    assert commands == [["one", URL], ["two", "--tab", URL], ["xdg-open", URL]]
    assert opened.is_opened


@pytest.mark.parametrize(
    ("platform", "environ", "program"),
    [
        ("darwin", {}, "open"),
        ("linux", {"DISPLAY": ":0"}, "xdg-open"),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, "xdg-open"),
        ("linux", {"WSL_DISTRO_NAME": "Debian"}, "wslview"),
    ],
)
def test_each_platform_has_its_own_program(platform: str, environ: dict[str, str], program: str) -> None:
    assert started_by(environ, platform)[0] == [[program, URL]]


def test_without_a_display_nothing_is_started() -> None:
    commands, opened = started_by({"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"})
    assert commands == []
    assert opened == OpenResult(False, URL, "No browser here.")


def test_a_text_browser_is_never_started(tmp_path: Path) -> None:
    (tmp_path / "w3m").touch(mode=0o755)
    (tmp_path / "nice-name").symlink_to(tmp_path / "w3m")
    browsers = os.pathsep.join(["lynx", "/usr/bin/w3m -o x=y", "www-browser", "nice-name"])
    commands, opened = started_by({"BROWSER": browsers, "PATH": str(tmp_path)})
    assert commands == []
    assert not opened.is_opened


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "-https://example.org",
        "https://user:secret@example.org/",
        "https://example.org/\x1b]0;x\x07",
        "java\nscript:alert(1)",
        "https://",
        "",
    ],
)
def test_an_unsafe_address_starts_nothing(url: str) -> None:
    with pytest.raises(RefusedAddressError):
        started_by({"BROWSER": "firefox"}, url=url)


ATTACK = "https://example.org/;touch$IFS$0;$(reboot)"


@pytest.mark.parametrize(
    ("environ", "configured", "origin"),
    [
        ({"BROWSER": "sh -c 'firefox %s'"}, None, "BROWSER"),
        ({"BROWSER": os.pathsep.join(["bash -c %s", "firefox"]), "DISPLAY": ":0"}, None, "BROWSER"),
        ({"BROWSER": "firefox"}, ["cmd", "/c", "start", "%s"], "links.opener"),
    ],
)
def test_a_shell_that_runs_the_address_is_refused(
    environ: Mapping[str, str], configured: Sequence[str] | None, origin: str
) -> None:
    with pytest.raises(UnsafeOpenerError) as refused:
        started_by(environ, configured=configured, url=ATTACK)
    assert origin in str(refused.value)
    assert """sh -c 'firefox "$1"' sh %s""" in str(refused.value)


def test_a_link_to_a_shell_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dash").touch(mode=0o755)
    (tmp_path / "browse").symlink_to(tmp_path / "dash")
    with pytest.raises(UnsafeOpenerError):
        started_by({"BROWSER": "browse -c %s", "PATH": str(tmp_path)})


def test_a_shell_parameter_is_not_executed(tmp_path: Path) -> None:
    script = f"echo \"$1\" > '{tmp_path}/part'; mv '{tmp_path}/part' '{tmp_path}/seen'"
    opened = make_opener({"PATH": os.environ["PATH"]}, "linux", ["sh", "-c", script, "sh", "%s"])(ATTACK)
    until_there(tmp_path / "seen")
    assert opened.is_opened
    assert (tmp_path / "seen").read_text() == f"{ATTACK}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["seen"]


def until_there(path: Path) -> None:
    until = monotonic() + 5
    while not path.exists() and monotonic() < until:
        sleep(0.01)


STAND_IN = """\
import sys
from pathlib import Path
Path(sys.argv[1]).write_text("\\n".join(sys.argv[2:]))
sys.exit(int(sys.argv[2]))
"""


def stand_in(tmp_path: Path, name: str, status: int) -> str:
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)
    return f"'{sys.executable}' '{script}' '{tmp_path / name}' {status}"


def test_a_real_program_receives_the_address_as_one_argument(tmp_path: Path) -> None:
    url = "https://example.org/?q=$(touch+pwned);ls&x='a'"
    opened = make_opener({"BROWSER": stand_in(tmp_path, "seen", 0)}, "linux")(url)
    until_there(tmp_path / "seen")
    assert opened.is_opened
    assert (tmp_path / "seen").read_text() == f"0\n{url}"


def test_a_missing_program_is_no_browser() -> None:
    assert not make_opener({"BROWSER": "/no/such/program"}, "linux")(URL).is_opened


def test_a_browser_that_stays_open_is_not_waited_for(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    program = f"import pathlib, time; time.sleep(5); pathlib.Path({str(closed)!r}).touch()"
    assert make_opener({}, "linux", [sys.executable, "-c", program])(URL).is_opened
    assert not closed.exists()
