"""Finding the user's editor, and running it on a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from importai_tui.editor import EditorError, find_editor, run_editor


def make_programs(folder: Path, *names: str) -> str:
    """Make programs that do nothing, and return the folder as a PATH."""
    for name in names:
        program = folder / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("environ", "command"),
    [
        ({"VISUAL": "micro -x", "EDITOR": "vi"}, ["micro", "-x"]),
        ({"VISUAL": " ", "EDITOR": "vi -c 'set tw=72'"}, ["vi", "-c", "set tw=72"]),
        ({"EDITOR": "my editor"}, ["my editor"]),
        ({}, ["nano"]),
        ({"EDITOR": "code --new-window --wait"}, ["code", "--new-window", "--wait"]),
        ({"EDITOR": "gvim -f"}, ["gvim", "-f"]),
        ({"EDITOR": "emacsclient -t"}, ["emacsclient", "-t"]),
    ],
)
def test_the_editor_is_found(environ: dict[str, str], command: list[str], tmp_path: Path) -> None:
    names = ("vi", "nano", "micro", "my editor", "code", "gvim", "emacsclient")
    assert find_editor({"PATH": make_programs(tmp_path, *names), **environ}) == command


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"VISUAL": "nowhere -x"}, "Can't find the editor “nowhere”. Set VISUAL to one that is installed."),
        ({"EDITOR": "vi 'x"}, "Can't find the editor “vi 'x”. Set EDITOR to one that is installed."),
        ({"EDITOR": "code -n"}, 'code doesn\'t wait until you close the file. Set EDITOR="code -n --wait".'),
        ({"VISUAL": "emacsclient -n"}, "emacsclient doesn't wait for you with -n. Remove that from VISUAL."),
        ({}, "No editor found. Install one, such as nano, or set VISUAL or EDITOR."),
    ],
)
def test_an_unusable_editor_is_explained(environ: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(EditorError) as caught:
        find_editor({"PATH": make_programs(tmp_path, "code", "emacsclient"), **environ})
    assert str(caught.value) == message


def test_a_failed_editor_is_reported(tmp_path: Path) -> None:
    for command, message in (
        (["sh", "-c", "exit 3"], "sh failed with exit status 3"),
        (["sh", "-c", "kill -9 $$"], "sh was ended by SIGKILL"),
        ([str(tmp_path)], f"{tmp_path} is a folder, not a program"),
    ):
        with pytest.raises(EditorError, match=message):
            run_editor(command, tmp_path / "note.md")
