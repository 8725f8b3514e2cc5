from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from importai_tui.pager import show_in_pager

KEEP = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"


def environ(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], **more}


def test_a_pager_with_arguments_is_given_the_text_alone(tmp_path: Path) -> None:
    seen = tmp_path / "a folder; touch owned"
    seen.parent.mkdir(exist_ok=True)
    assert show_in_pager("Otters – naïve\n", environ(PAGER=f"'{sys.executable}' -c \"{KEEP}\" '{seen}'"))
    assert seen.read_text(encoding="utf-8") == "Otters – naïve\n"
    assert list(tmp_path.iterdir()) == [seen]


@pytest.mark.parametrize(
    "told",
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
def test_without_a_pager_nothing_is_shown_and_that_is_said(told: dict[str, str]) -> None:
    assert not show_in_pager("Otters\n", environ(**told))


def test_a_pager_that_is_left_early_is_no_failure() -> None:
    assert show_in_pager("Otters\n" * 100_000, environ(PAGER="true"))


def test_ctrl_c_is_for_the_pager_and_ours_again_afterwards() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupts = "import os, signal; os.kill(os.getppid(), signal.SIGINT)"
    assert show_in_pager("Otters\n", environ(PAGER=f"'{sys.executable}' -c '{interrupts}'"))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_less_is_told_to_end_where_the_text_fits_on_the_screen(tmp_path: Path) -> None:
    less = tmp_path / "less"
    less.write_text(f'#!/bin/sh\necho "$LESS $LESSCHARSET" > "{tmp_path / "told"}"\n')
    less.chmod(0o755)
    assert show_in_pager("Otters\n", {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "TERM": "xterm"})
    assert (tmp_path / "told").read_text() == "FX utf-8\n"
