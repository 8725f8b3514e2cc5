"""Messages about an editor that failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from importai_tui.editor import EditorError, EditorKilledError
from importai_tui.tui.actions.note_editor import _describe_failure
from importai_tui.tui.reading.draft_files import find_left_drafts, open_draft_file
from importai_tui.tui.reading.drafts import DraftTarget


@pytest.mark.parametrize(
    ("error", "text", "message", "is_kept", "is_recovered"),
    [
        (EditorError("x failed"), "Old", "x failed. Note unchanged.", False, False),
        (EditorError("x failed."), "New", "x failed. Note unchanged; your text is in PATH", True, False),
        (
            EditorKilledError("x ended"),
            "New",
            "x ended. Note unchanged; the next edit goes on with your text",
            True,
            True,
        ),
    ],
)
def test_a_changed_text_is_kept(
    error: EditorError, text: str, message: str, is_kept: bool, is_recovered: bool, tmp_path: Path
) -> None:
    state = tmp_path / "reading.sqlite3"
    with open_draft_file(state, DraftTarget("rivers"), "Old", "Old", "Rivers") as file:
        file.path.write_text(text)
        assert _describe_failure(error, "note", file, "Old") == message.replace("PATH", str(file.path))
    assert file.path.exists() == is_kept
    assert [draft.text for _, draft in find_left_drafts(state)] == ["New"] * is_recovered
