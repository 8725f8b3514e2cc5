"""Output to a terminal, a pipe and the clipboard from a home full of hostile text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from importai_tui.links.urls import validate_url
from importai_tui.paths import Places
from tests.hostile.grammar import COMMAND_FORMS, PIPED_FORMS, find_clipboard_texts, find_offence
from tests.hostile.hostile_commands import capture_output, make_commands
from tests.hostile.hostile_home import COMMON_WORD, fill_home
from tests.hostile.payloads import PAYLOADS
from tests.hostile.safe_text import find_unsafe_character
from tests.hostile.screen_tour import run_tour

_STORIES = 15


def bundled(payloads: Mapping[str, str]) -> dict[str, str]:
    """Combine all payloads into a few texts."""
    texts = list(payloads.values())
    return {str(n): " ".join(texts[n::_STORIES]) for n in range(_STORIES)}


def test_app_writes_only_known_sequences_and_restores_the_terminal(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill_home(Places.under(home), bundled(PAYLOADS))
    tour = run_tour(home, list(PAYLOADS.values()), stories=1)
    assert tour.problems == (), tour.output[-3000:]
    copies = find_clipboard_texts(tour.output)
    assert len(copies) >= 3
    assert "OWNED" not in copies
    assert [problem for text in copies if (problem := find_unsafe_character(text))] == []


@pytest.mark.parametrize("on_a_terminal", [True, False])
def test_commands_print_only_text(tmp_path: Path, on_a_terminal: bool) -> None:
    home = tmp_path / "home"
    newest = fill_home(Places.under(home), bundled(PAYLOADS))
    output = capture_output(
        list(make_commands(PAYLOADS, tmp_path, newest)), home, tmp_path, on_a_terminal=on_a_terminal
    )
    assert find_offence(output, COMMAND_FORMS if on_a_terminal else PIPED_FORMS) is None
    addresses = {match.decode() for match in re.findall(rb"\x1b\]8;id=[0-9a-f]+;([^\x1b]+)", output)}
    assert bool(addresses) == on_a_terminal
    assert [address for address in addresses if validate_url(address) != address] == []
    assert output.count(COMMON_WORD.encode()) > 100
    assert b"Internal error" not in output
    assert b"Traceback" not in output
