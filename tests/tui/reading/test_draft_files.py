"""Notes in the files of an editor."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from importai_tui.state.values import MAX_TEXT_LENGTH
from importai_tui.tui.reading.draft_files import DraftFileError, find_left_drafts, open_draft_file
from importai_tui.tui.reading.drafts import Draft, DraftTarget

TARGET = DraftTarget("rivers", "0a1b2c3d")


def test_a_note_is_in_a_private_file(tmp_path: Path) -> None:
    with open_draft_file(tmp_path / "reading.sqlite3", TARGET, "A note", "", "12 1 Étude: [/] rivers") as file:
        assert file.path.name == "12-1-tude-rivers.md"
        assert file.path.stat().st_mode & 0o777 == 0o600
        assert file.path.parent.stat().st_mode & 0o777 == 0o700
        file.path.write_bytes(b"\xef\xbb\xbfMore\x1b[31m\r\nwords\xff\n\n")
        assert file.read() == "More\nwords\ufffd"
        file.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("length", [MAX_TEXT_LENGTH + 1, 4 * MAX_TEXT_LENGTH + 1])
def test_a_text_that_is_too_long_stays(tmp_path: Path, length: int) -> None:
    with open_draft_file(tmp_path / "reading.sqlite3", TARGET, "", "", "x") as file:
        file.path.write_text("x" * length)
        with pytest.raises(DraftFileError, match="too long"):
            file.read()
        assert file.path.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    with open_draft_file(tmp_path / "reading.sqlite3", TARGET, "", "", "x") as file:
        file.path.unlink()
        os.mkfifo(file.path)
        with pytest.raises(DraftFileError, match="not a file any more"):
            file.read()


def test_changed_files_are_found_after_a_crash(tmp_path: Path) -> None:
    state = tmp_path / "reading.sqlite3"
    texts = {"changed": "New", "unchanged": "Old", "emptied": "", "abandoned": "New"}
    files = {}
    for name, text in texts.items():
        with open_draft_file(state, TARGET, "Old", "Old", name) as files[name]:
            files[name].path.write_text(text)
            assert list(find_left_drafts(state)) == [(files["changed"], Draft("New", "Old"))][: len(files) - 1]
    files["abandoned"].abandon()
    assert list(find_left_drafts(state)) == [(files["changed"], Draft("New", "Old"))]
    for file in files.values():
        if (target := file.path.with_name("target.json")).exists():
            os.utime(target, (0, 0))
    assert [draft.text for _, draft in find_left_drafts(state)] == ["New"]
    assert [name for name, file in files.items() if file.path.exists()] == ["changed", "abandoned"]
