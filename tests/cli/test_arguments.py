"""Hostile values for every argument and option of every command: each is data, or refused with a message."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from importai_tui.cli.root import CLI_COMMANDS, load_command
from importai_tui.web_server.access import AccessRules
from tests.conftest import RunProgram
from tests.examples import make_page

VALUES = (
    *("", "-", "--", "-1", "0", "9" * 20, "9" * 5000, "1e9", "\u0661", "\u00b2"),
    *("\0", "a\0b", "caf\udce9", "\ud800", "\x1b]0;x\x07", "a\nb", "x" * 300, "x" * 10_000),
    *("7/" + "9" * 20, "7/0", "7/-1", "7/1/1", "7/\u0661", "7/\u00b2", "loop", "loop/x", "file/x", "folder"),
    *("/dev/null", "~nobody-of-that-name/x", '"', "OR OR", "issue:" + "9" * 20, "in:" + "9" * 20, "after:9999-99-99"),
)
REQUIRED = {"ref": "7", "refs": "7", "paths": "file", "words": "otters", "file": "file"}
"""A valid value for each required argument."""
MORE_ARGUMENTS = {"card": ["--offline"], "mark": ["--read"], "sync": ["--source", "http://127.0.0.1:9/"]}
"""More arguments that some commands need. None asks a server: the sync uses a port without one."""
WITH_OPTION = {("export", "form"): ["--works"]}


def make_command_lines(name: str) -> list[list[str]]:
    """Return command lines of one command, each with one hostile value."""
    command = load_command(name)
    arguments = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    lines = []
    for hostile in arguments:
        before = [REQUIRED[other.name] for other in arguments if other is not hostile and other.name in REQUIRED]
        lines += [[name, *MORE_ARGUMENTS.get(name, ()), "--", *before, value] for value in VALUES]
    required = [REQUIRED[argument.name] for argument in arguments if argument.name in REQUIRED]
    for option in options:
        others = [*MORE_ARGUMENTS.get(name, ()), *WITH_OPTION.get((name, option.name or ""), ())]
        values = VALUES[:3] if option.is_flag else VALUES
        lines += [[name, *required, *others, f"{option.opts[0]}={value}"] for value in values]
    return lines


async def announce_only(
    _program: list[str], _rules: AccessRules, host: str, port: int, announce: Callable[[list[str], int], None]
) -> None:
    """Replace the web server, which would look up the host and never end."""
    announce([host], port)


@pytest.mark.parametrize("name", CLI_COMMANDS)
def test_no_argument_causes_an_error_in_the_program(
    run: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(make_page("otters"))
    run("import", page, "--number", 7)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("importai_tui.web_server.server.run_server", announce_only)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    for line in make_command_lines(name):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"nothing")))
        ran = run(*line)
        shown = [word[:40] for word in line], ran.err[:500]
        assert ran.status in (0, 1, 2), shown
        assert "Internal error" not in ran.err, shown
        assert ran.err or ran.status == 0 or name == "doctor", shown
        assert max(map(len, ran.err.splitlines()), default=0) < 5000, shown


@pytest.mark.parametrize("value", ["", "-x", "--", "7/" + "9" * 20, "\0", "caf\udce9", "x" * 10_000, "9" * 5000])
def test_no_first_word_causes_an_error_in_the_program(run: RunProgram, value: str) -> None:
    for line in ([value], ["--demo", value], [value, value]):
        ran = run(*line)
        assert ran.status in (1, 2)
        assert ran.err.startswith("importai-tui: ")
        assert "Internal error" not in ran.err


@pytest.mark.parametrize(
    "limit", ["0", "-1", "1001", "1000000000", "99999999999999999999", "9" * 5000, "ten", "", "\0"]
)
def test_an_invalid_limit_is_a_usage_error(run: RunProgram, limit: str) -> None:
    ran = run("search", "otters", f"--limit={limit}")
    assert (ran.status, ran.out) == (2, "")
    assert "--limit" in ran.err


def test_the_largest_limit_prints_every_story(run: RunProgram, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(make_page("otters"))
    run("import", tmp_path / "page.html", "--number", 7)
    assert run("search", "otters", "--limit", "1000").status == 0
