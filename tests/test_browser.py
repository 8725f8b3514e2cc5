"""Opening addresses in a browser, and commands that are refused because a shell would execute the address."""

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


def open_with(
    environ: Mapping[str, str],
    platform: str = "linux",
    configured: Sequence[str] | None = None,
    url: str = URL,
    failing: frozenset[str] = frozenset(),
) -> tuple[list[list[str]], OpenResult]:
    """Open an address; return the commands that were started, and the result. Programs in `failing` fail."""
    commands: list[list[str]] = []

    def spawn(command: list[str]) -> bool:
        commands.append(command)
        return command[0] not in failing

    return commands, make_opener(environ, platform, configured, spawn)(url)


def test_the_configured_program_comes_first() -> None:
    commands, result = open_with({"BROWSER": "firefox", "DISPLAY": ":0"}, configured=["my-browser", "--new"])
    assert commands == [["my-browser", "--new", URL]]
    assert result == OpenResult(True, URL, f"Opened {URL}")


def test_browser_is_split_like_a_shell_command() -> None:
    commands, _ = open_with({"BROWSER": "'my browser' --profile='a b' --url=%s;x"})
    assert commands == [["my browser", "--profile=a b", f"--url={URL};x"]]


def test_a_kind_of_link_has_its_own_program() -> None:
    commands: list[list[str]] = []

    def spawn(command: list[str]) -> bool:
        commands.append(command)
        return command[0] != "broken"

    openers = {
        "post": list[str](),
        "video": ["mpv"],
        "pdf": ["zathura", "--url=%s"],
        "code": ["broken"],
        "news": ["sh", "-c", "%s"],
    }
    open_address = make_opener({}, "linux", ["firefox"], spawn, openers)
    for url, kind, expected in (
        (URL, "video", [["mpv", URL]]),
        (URL, "pdf", [["zathura", f"--url={URL}"]]),
        ("https://arxiv.org/pdf/2502.19187", "paper", [["zathura", "--url=https://arxiv.org/pdf/2502.19187"]]),
        ("https://arxiv.org/abs/2502.19187", "paper", [["firefox", "https://arxiv.org/abs/2502.19187"]]),
        ("https://example.org/a.PDF?x", "video", [["zathura", "--url=https://example.org/a.PDF?x"]]),
        (URL, "post", [["firefox", URL]]),
        (URL, "code", [["broken", URL], ["firefox", URL]]),
        (URL, "", [["firefox", URL]]),
    ):
        commands.clear()
        result = open_address(url, kind)
        assert result.is_opened
        assert result.failed_program == ("broken" if kind == "code" else "")
        assert result.message.endswith(f"Opened {url}")
        assert commands == expected
    with pytest.raises(UnsafeOpenerError, match=r"links\.openers\.news"):
        open_address(URL, "news")


def test_a_failing_program_is_followed_by_the_next() -> None:
    environ = {"BROWSER": os.pathsep.join(["one", "", "two --tab", "'unclosed"]), "DISPLAY": ":0"}
    commands, result = open_with(environ, failing=frozenset({"one", "two"}))
    assert commands == [["one", URL], ["two", "--tab", URL], ["xdg-open", URL]]
    assert result.is_opened


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
    assert open_with(environ, platform)[0] == [[program, URL]]


def test_without_a_display_nothing_is_started() -> None:
    commands, result = open_with({})
    assert commands == []
    assert result == OpenResult(False, URL, "No browser found.")


@pytest.mark.parametrize(
    ("platform", "environ", "programs"),
    [
        ("darwin", {"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, []),
        ("darwin", {"SSH_TTY": "/dev/ttys001", "BROWSER": "my-browser"}, ["my-browser"]),
        ("linux", {"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22", "WSL_DISTRO_NAME": "Debian"}, []),
        ("linux", {"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22", "DISPLAY": "localhost:10.0"}, ["xdg-open"]),
        ("win32", {"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, []),
    ],
)
def test_no_browser_opens_on_the_other_side_of_ssh(
    platform: str, environ: dict[str, str], programs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(os, "startfile", started.append, raising=False)
    commands, result = open_with(environ, platform)
    assert commands == [[program, URL] for program in programs]
    assert not started
    assert result.message == (f"Opened {URL}" if programs else "No browser over ssh.")


def test_a_text_browser_is_never_started(tmp_path: Path) -> None:
    (tmp_path / "w3m").touch(mode=0o755)
    (tmp_path / "nice-name").symlink_to(tmp_path / "w3m")
    browsers = os.pathsep.join(["lynx", "/usr/bin/w3m -o x=y", "www-browser", "nice-name"])
    commands, result = open_with({"BROWSER": browsers, "PATH": str(tmp_path)})
    assert commands == []
    assert not result.is_opened


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
        open_with({"BROWSER": "firefox"}, url=url)


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
    with pytest.raises(UnsafeOpenerError) as error:
        open_with(environ, configured=configured, url=ATTACK)
    assert origin in str(error.value)
    assert """sh -c 'firefox "$1"' sh %s""" in str(error.value)


def test_a_link_to_a_shell_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dash").touch(mode=0o755)
    (tmp_path / "browse").symlink_to(tmp_path / "dash")
    with pytest.raises(UnsafeOpenerError):
        open_with({"BROWSER": "browse -c %s", "PATH": str(tmp_path)})


def test_a_shell_parameter_is_not_executed(tmp_path: Path) -> None:
    script = f"echo \"$1\" > '{tmp_path}/part'; mv '{tmp_path}/part' '{tmp_path}/seen'"
    result = make_opener({"PATH": os.environ["PATH"]}, "linux", ["sh", "-c", script, "sh", "%s"])(ATTACK)
    wait_for_file(tmp_path / "seen")
    assert result.is_opened
    assert (tmp_path / "seen").read_text() == f"{ATTACK}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["seen"]


def wait_for_file(path: Path) -> None:
    deadline = monotonic() + 5
    while not path.exists() and monotonic() < deadline:
        sleep(0.01)


FAKE_BROWSER = """\
import sys
from pathlib import Path
Path(sys.argv[1]).write_text("\\n".join(sys.argv[2:]))
sys.exit(int(sys.argv[2]))
"""


def make_fake_browser(tmp_path: Path, name: str, status: int) -> str:
    script = tmp_path / "browser.py"
    script.write_text(FAKE_BROWSER)
    return f"'{sys.executable}' '{script}' '{tmp_path / name}' {status}"


def test_a_real_program_receives_the_address_as_one_argument(tmp_path: Path) -> None:
    url = "https://example.org/?q=$(touch+pwned);ls&x='a'"
    result = make_opener({"BROWSER": make_fake_browser(tmp_path, "seen", 0)}, "linux")(url)
    wait_for_file(tmp_path / "seen")
    assert result.is_opened
    assert (tmp_path / "seen").read_text() == f"0\n{url}"


def test_a_missing_program_is_no_browser() -> None:
    assert not make_opener({"BROWSER": "/no/such/program"}, "linux")(URL).is_opened


def test_a_browser_that_stays_open_is_not_waited_for(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    program = f"import pathlib, time; time.sleep(5); pathlib.Path({str(closed)!r}).touch()"
    assert make_opener({}, "linux", [sys.executable, "-c", program])(URL).is_opened
    assert not closed.exists()
