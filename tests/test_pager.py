from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from importai_tui.pager import show_in_pager

SAVE_INPUT = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"


def make_environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], **more}


def test_a_pager_with_arguments_gets_the_text(tmp_path: Path) -> None:
    seen = tmp_path / "a folder; touch owned"
    seen.parent.mkdir(exist_ok=True)
    assert show_in_pager("Otters – naïve\n", make_environment(PAGER=f"'{sys.executable}' -c \"{SAVE_INPUT}\" '{seen}'"))
    assert seen.read_text(encoding="utf-8") == "Otters – naïve\n"
    assert list(tmp_path.iterdir()) == [seen]


@pytest.mark.parametrize(
    "variables",
    [
        {"PAGER": ""},
        {"PAGER": "no-such-pager -x"},
        {"PAGER": "'never closed"},
        {"PAGER": "/"},
        {"PAGER": "env no-such-pager"},
        {"TERM": "dumb"},
        {},
        {"TERM": "xterm", "PATH": "/nowhere"},
    ],
)
def test_without_a_pager_the_result_is_false(variables: dict[str, str]) -> None:
    assert not show_in_pager("Otters\n", make_environment(**variables))


def test_a_pager_that_quits_early_is_no_error() -> None:
    assert show_in_pager("Otters\n" * 100_000, make_environment(PAGER="true"))


def test_the_ctrl_c_handler_is_restored() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupts = "import os, signal; os.kill(os.getppid(), signal.SIGINT)"
    assert show_in_pager("Otters\n", make_environment(PAGER=f"'{sys.executable}' -c '{interrupts}'"))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_less_quits_if_the_text_fits(tmp_path: Path) -> None:
    less = tmp_path / "less"
    less.write_text(f'#!/bin/sh\necho "$LESS $LESSCHARSET" > "{tmp_path / "seen"}"\n')
    less.chmod(0o755)
    assert show_in_pager("Otters\n", {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "TERM": "xterm"})
    assert (tmp_path / "seen").read_text() == "FX utf-8\n"


@pytest.mark.parametrize(
    ("program", "version", "seen"),
    [
        ("less", "less 590 (GNU regular expressions)", "-R -i linked"),
        ("less", "less 563 (GNU regular expressions)", "-i plain"),
        ("less", "BusyBox v1.36", "-i plain"),
        ("more", "less 590", "-i plain"),
        ("cat", "", "-i linked"),
    ],
)
def test_only_a_pager_that_shows_hyperlinks_gets_them(program: str, version: str, seen: str, tmp_path: Path) -> None:
    pager = tmp_path / program
    pager.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "{version}" && exit\necho "$* $(cat)" > "{tmp_path / "seen"}"\n'
    )
    pager.chmod(0o755)
    assert show_in_pager("plain\n", make_environment(PAGER=f"'{pager}' -i"), linked_text="linked\n")
    assert (tmp_path / "seen").read_text() == f"{seen}\n"
