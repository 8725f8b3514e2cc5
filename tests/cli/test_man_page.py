"""The man page, and the files that are installed for man and the shells."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import click
import pytest

from importai_tui import __version__
from importai_tui.cli.constants import PROGRAM
from importai_tui.cli.man_page import RELEASE_DATE, make_man_page
from importai_tui.cli.root import load_command, root
from importai_tui.manual.topics import TOPICS
from tests.conftest import RunProgram

REPOSITORY = Path(__file__).parents[2]
SHARE = REPOSITORY / "importai_tui" / "share"

page = cache(make_man_page)


def plain_page() -> str:
    """Return the page without escapes in its words."""
    return re.sub(r"\\[:&]|\\f[BIR]", "", page()).replace("\\-", "-")


def test_the_stored_man_page_is_current() -> None:
    stored = (SHARE / f"{PROGRAM}.1").read_text(encoding="utf-8")
    command = f".venv/bin/{PROGRAM} help --man > importai_tui/share/{PROGRAM}.1"
    assert stored == page(), f"a command or a help topic has changed; run: {command}"


def test_the_man_page_has_every_command_option_and_topic() -> None:
    text = plain_page()
    for name in root.commands:
        section = text.partition(f'.SS "{PROGRAM} {name}')[2].partition(".SS")[0]
        options = [o for param in load_command(name).params if isinstance(param, click.Option) for o in param.opts]
        assert section, name
        assert [option for option in options if option not in section] == []
    assert re.findall(r'^\.SH "HELP: (\w+)"$', text, re.MULTILINE) == [name.upper() for name in TOPICS]


def test_the_man_page_has_the_date_of_the_release() -> None:
    dates = re.findall(r"^## \[(.+)\] - (\S+)$", (REPOSITORY / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert dict(dates)[__version__] == RELEASE_DATE


def test_help_prints_the_man_page(run: RunProgram) -> None:
    printed = run("help", "--man")
    assert (printed.status, printed.out, printed.err) == (0, page(), "")
    assert run("help", "--man", "--all").status == 2


def test_man_reports_no_problems() -> None:
    checks = {"groff": ["-man", "-Tutf8", "-ww", "-z", "-rLL=40n"], "mandoc": ["-T", "lint"]}
    found = {name: path for name in checks if (path := shutil.which(name))}
    if not found:
        pytest.skip("neither groff nor mandoc is installed")
    for name, path in found.items():
        ran = subprocess.run([path, *checks[name]], input=page(), capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", ""), name


def test_every_shared_file_is_installed() -> None:
    build = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    installed = build["targets"]["wheel"]["shared-data"]
    assert {REPOSITORY / path for path in installed} == {*SHARE.iterdir()}
    for shell in ("bash", "zsh", "fish"):
        (path,) = (path for path, place in installed.items() if place.startswith(f"share/{shell}"))
        assert f"{PROGRAM} completion {shell}" in (REPOSITORY / path).read_text("utf-8")
