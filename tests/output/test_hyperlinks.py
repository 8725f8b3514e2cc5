"""Terminals with and without hyperlinks."""

from __future__ import annotations

import pytest

from importai_tui.output.hyperlinks import has_hyperlinks


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, True),
        ({"TERM": "xterm"}, False),
        ({"TERM": "xterm-256color", "COLORTERM": "gnome-terminal"}, False),
        ({"TERM": "xterm-256color", "VTE_VERSION": "5000"}, False),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7200"}, True),
        ({"TERM": "screen-256color"}, False),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, True),
        ({"TERM": "dumb", "TMUX": "/tmp/tmux-0/default,1,0"}, False),  # a shell in Emacs inside tmux
        ({"TERM": "linux"}, False),
        ({"TERM": "dumb"}, False),
        ({}, False),
        ({"TERM": "linux", "FORCE_HYPERLINK": "1"}, True),
        ({"TERM": "xterm-kitty", "FORCE_HYPERLINK": "0"}, False),
    ],
)
def test_unsuitable_terminals_get_no_hyperlinks(environ: dict[str, str], expected: bool) -> None:
    assert has_hyperlinks("auto", environ, "linux") is expected
    assert has_hyperlinks("always", environ, "linux")
    assert not has_hyperlinks("never", environ, "linux")


def test_the_old_windows_console_gets_no_hyperlinks() -> None:
    assert not has_hyperlinks("auto", {}, "win32")
    assert has_hyperlinks("auto", {"WT_SESSION": "1"}, "win32")
