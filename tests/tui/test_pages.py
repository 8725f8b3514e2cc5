from __future__ import annotations

import pytest

from importai_tui.tui.reading.drafts import Draft, Page, joined


@pytest.mark.parametrize(
    ("present", "before", "text", "then"),
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
def test_a_draft_takes_no_words_from_another_window(
    present: str | None, before: str | None, text: str, then: str
) -> None:
    assert joined(present, Draft(text, before)) == then


@pytest.mark.parametrize("page", [Page("a"), Page("a", "0a1b2c3d")])
def test_what_was_jotted_down_is_read_again(page: Page) -> None:
    assert Page.read_jotted(page.jotted("Half\n[a] thought")) == (page, "Half\n[a] thought")


@pytest.mark.parametrize("jotted", [None, "", "x", "[]", "[1, 2]", '["", "", ""]', "{}"])
def test_what_is_none_of_ours_is_no_draft(jotted: str | None) -> None:
    assert Page.read_jotted(jotted) is None
