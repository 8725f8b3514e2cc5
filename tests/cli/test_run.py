"""The command `run`: programs of the user in a shell."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.conftest import RunProgram
from tests.examples import make_page

CONFIG = """
[commands.show-it]
run = ["sh", "-c", 'cat; echo "$1 $2"; exit 3', "sh", "{ref}", "{url}"]
key = "f5"
input = "url"
description = "Show it"
[commands.gone]
run = ["no-such-program"]
input = "none"
[commands.bad]
runn = ["ls"]
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_program_gets_the_terminal_and_gives_its_status(run: RunProgram, tmp_path: Path) -> None:
    listed = run("run")
    assert (listed.status, listed.out, listed.err) == (
        0,
        "",
        "You have no commands yet. See: importai-tui help commands\n",
    )
    (tmp_path / "home" / "config").mkdir(parents=True, exist_ok=True)
    (tmp_path / "home" / "config" / "config.toml").write_text(CONFIG)
    page = tmp_path / "otters.html"
    page.write_bytes(make_page("otters"))
    run("import", page, "--number", "7")

    listed = run("run")
    assert listed.out == "show-it  f5  Show it\ngone         no-such-program\n"
    ran = run("run", "show-it", "7/2", "1")
    url = "https://example.org/otters/2"
    assert (ran.status, ran.out) == (3, f"{url}\n7/2 {url}\n")
    assert run("run", "gone", "7").err.endswith(
        "no-such-program wasn't found: it isn't installed, or not on your PATH.\n"
    )
    for words, status, message in (
        (["gone", "8"], 1, "Issue 8 isn't in your archive."),
        (["show"], 2, 'No command “show”; did you mean "show-it"?'),
        (["zzz"], 2, "No command “zzz”. See your commands: importai-tui run"),
        (["bad"], 1, "line 11: unknown setting commands.bad.runn"),
        (["ba"], 2, "No command “ba”"),
        (["show-it", "7/2", "9"], 1, "7/2 has only 1 link"),
    ):
        ran = run("run", *words)
        assert (ran.status, ran.out) == (status, "")
        assert message in ran.err
