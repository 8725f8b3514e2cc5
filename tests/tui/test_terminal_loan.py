"""The terminal after other programs had it."""

from __future__ import annotations

import termios
from pathlib import Path

from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.tui.reading.draft_files import find_left_drafts
from tests.terminal import Terminal, make_environment, reader_command
from tests.tui.sample_app import store_issues

EDITOR = r"""#!/bin/sh
stty raw -echo
printf '\033[?1049h\033[?1000h\033[?1h\033[2;3r\033[31mediting'
test -s "$1" && printf 'Half a thought' > "$1" && printf 'half' && exec sleep 60
printf 'From the \033[31meditor' > "$1"
"""
"""An editor that leaves the terminal as no program should; when it is started with a text, it goes on and on."""
CONFIG = '[commands.interrupted]\nrun = ["sh", "-c", "kill -INT 0"]\nshow = "terminal"\nkey = "f5"\n'


def test_the_reader_goes_on_after_an_editor(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o700)
    places = Places.under(tmp_path)
    places.config_folder.mkdir()
    places.config.write_text(CONFIG)
    with Library.open(places) as library:
        store_issues(library)
    with Terminal(reader_command("12/1"), make_environment(tmp_path, EDITOR=str(editor))) as terminal:
        attributes = termios.tcgetattr(terminal.fd)
        terminal.wait_until_shown("Slow water")
        terminal.press("E")
        terminal.wait_until_shown("Note saved")
        terminal.press("\x1b[15~")  # f5, whose program interrupts all others on the terminal
        terminal.press("J")
        terminal.wait_until_shown("A long story called canal")
        terminal.press("Q")
        assert terminal.wait() == 0
        assert termios.tcgetattr(terminal.fd) == attributes
    with Library.open(places) as library:
        assert library.state.get_note("rivers") == "From the editor"
    assert list(find_left_drafts(places.reading)) == []
    # The terminal is closed while the editor has it.
    with Terminal(reader_command("12/1"), make_environment(tmp_path, EDITOR=str(editor))) as terminal:
        terminal.wait_until_shown("Slow water")
        terminal.press("E")
        terminal.wait_until_shown("half")
        terminal.hang_up()
        assert terminal.wait() == 0
    assert [draft.text for _, draft in find_left_drafts(places.reading)] == ["Half a thought"]
