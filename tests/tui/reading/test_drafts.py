from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from importai_tui.library.library import Library
from importai_tui.state.store import ChangeResult
from importai_tui.tui.reading.drafts import Draft, DraftStore, DraftTarget, merge_draft


@pytest.mark.parametrize(
    ("stored", "original", "text", "merged"),
    [
        (None, None, "New", "New"),
        ("Old", "Old", "Newer", "Newer"),
        ("Old", "Old", "", ""),
        ("Theirs", "Old", "Mine", "Theirs\n\nMine"),
        ("Theirs", None, "Mine", "Theirs\n\nMine"),
        ("Old and more", "Old", "Old", "Old and more"),
        ("Old", None, "Old and more", "Old and more"),
        (None, "Old", "Mine", "Mine"),
    ],
)
def test_a_draft_keeps_the_text_of_another_window(
    stored: str | None, original: str | None, text: str, merged: str
) -> None:
    assert merge_draft(stored, Draft(text, original)) == merged


@pytest.mark.parametrize("page", [DraftTarget("a"), DraftTarget("a", "0a1b2c3d"), DraftTarget("a", "forecast:0a")])
def test_a_saved_draft_is_loaded_again(page: DraftTarget) -> None:
    assert DraftTarget.from_json(page.to_json("Half\n[a] thought")) == (page, "Half\n[a] thought")


@pytest.mark.parametrize("value", [None, "", "x", "[]", "[1, 2]", '["", "", ""]', "{}"])
def test_invalid_values_are_not_drafts(value: str | None) -> None:
    assert DraftTarget.from_json(value) is None


def test_a_later_draft_replaces_the_unsaved_file(library: Library) -> None:
    results = iter([False, True])

    def try_write(write: Callable[[], ChangeResult], **_: str) -> ChangeResult | None:
        return write() if next(results) else None

    session: Any = SimpleNamespace(library=library)
    writer: Any = SimpleNamespace(try_write=try_write)
    drafts = DraftStore(session, writer, notify=lambda *_, **__: None, on_change=lambda: None)
    removed: list[str] = []
    target = DraftTarget("rivers")
    drafts.save(target, Draft("First", None), on_saved=lambda: removed.append("first"))
    assert (drafts.take(target), removed) == (Draft("First", None), [])
    drafts.save(target, Draft("Second", None), on_saved=lambda: removed.append("second"))
    assert (target.read(library), removed) == ("Second", ["first", "second"])


@pytest.mark.parametrize("part", ["0a1b2c3d", "forecast:0a"])
def test_a_comment_on_something_gone_is_in_the_note(library: Library, part: str) -> None:
    library.state.set_note("rivers", "A note")
    change = DraftTarget("rivers", part).write(library, Draft("A comment", None))
    assert "is gone meanwhile" in change.label
    assert library.state.get_note("rivers") == "A note\n\nA comment"
    assert DraftTarget("delta", part).write(library, Draft("", "Old")).keys == ()
