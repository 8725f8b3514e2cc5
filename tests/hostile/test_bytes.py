"""What reaches a terminal, a pipe and the clipboard from a home full of hostile words: the short form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from importai_tui.paths import Places
from tests.hostile.grammar import COMMAND_FORMS, PIPED_FORMS, find_clipboard_texts, find_offence
from tests.hostile.harmless import find_unsafe_character
from tests.hostile.home import COMMON_WORD, fill_home
from tests.hostile.orders import capture_output, make_commands
from tests.hostile.payloads import PAYLOADS
from tests.hostile.walk import run_tour

_STORIES = 15


def bundled(words: Mapping[str, str]) -> dict[str, str]:
    """All payloads in few stories."""
    every = list(words.values())
    return {str(n): " ".join(every[n::_STORIES]) for n in range(_STORIES)}


def test_app_writes_only_known_sequences_and_restores_the_terminal(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill_home(Places.under(home), bundled(PAYLOADS))
    walked = run_tour(home, list(PAYLOADS.values()), stories=1)
    assert walked.problems == ()
    copies = find_clipboard_texts(walked.output)
    assert len(copies) >= 3
    assert "OWNED" not in copies
    assert [fault for text in copies if (fault := find_unsafe_character(text))] == []


@pytest.mark.parametrize("on_a_terminal", [True, False])
def test_commands_print_only_text(tmp_path: Path, on_a_terminal: bool) -> None:
    home = tmp_path / "home"
    newest = fill_home(Places.under(home), bundled(PAYLOADS))
    output = capture_output(
        list(make_commands(PAYLOADS, tmp_path, newest)), home, tmp_path, on_a_terminal=on_a_terminal
    )
    assert find_offence(output, COMMAND_FORMS if on_a_terminal else PIPED_FORMS) is None
    assert output.count(COMMON_WORD.encode()) > 100
    assert b"An error in the program" not in output
    assert b"Traceback" not in output
