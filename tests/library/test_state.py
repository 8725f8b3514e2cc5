from __future__ import annotations

from collections.abc import Callable

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.state.fields import Edit, StoryName
from importai_tui.state.store import ChangeResult
from tests.examples import make_issue


@pytest.fixture
def filled(library: Library) -> Library:
    for issue in (make_issue("a1", "a2", number=401, date="2025-02-24"), make_issue("x1", slug="a-slug")):
        library.store(issue, b"page", "page.html")
    return library


CHANGES: dict[str, Callable[[Library], object]] = {
    "mark": lambda library: library.mark(["a2"], read=True),
    "tag": lambda library: library.tag(["a2"], "robots"),
    "note": lambda library: library.set_note("a2", "Yes."),
    "highlight": lambda library: library.add_highlight("a2", "Slow water."),
    "place": lambda library: library.save_scroll_position("a2", "[1]"),
    "change": lambda library: library.change([Edit("a2", "note", "Yes.")], "Noted"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_kept_says_what_it_is_of(filled: Library, change: str) -> None:
    CHANGES[change](filled)
    (kept,) = filled.state.get_story_states()
    assert (kept.key, kept.name) == ("a2", StoryName("The headline of a2", "401", 2))


def test_a_story_of_an_issue_without_a_number_is_named_by_its_slug(filled: Library) -> None:
    filled.mark(["x1"], read=True)
    assert filled.state.get_story_states()[0].name == StoryName("The headline of x1", "a-slug", 1)


def test_a_story_that_the_archive_does_not_hold_keeps_its_state(filled: Library) -> None:
    filled.tag(["gone"], "robots")
    (kept,) = filled.state.get_story_states()
    assert (kept.key, kept.name) == ("gone", StoryName(None))


def test_everything_kept_is_there_after_a_restart(filled: Library, places: Places) -> None:
    filled.tag(["a1", "a2"], "robots")
    filled.set_note("a1", "Yes.")
    passage = filled.add_highlight("a1", "Slow water.", None, 3)
    assert isinstance(filled.state.set_remark("a1", passage, "Why?"), ChangeResult)
    filled.save_scroll_position("a1", "[1]")
    with Library.open(places) as again:
        assert again.state.count_tags() == (("robots", 2),)
        assert again.state.get_tagged_keys("robots") == {"a1", "a2"}
        assert again.state.get_tags("a2") == ("robots",)
        assert again.state.get_note("a1") == "Yes."
        assert again.state.get_noted_keys() == {"a1"}
        assert [h.remark for h in again.state.get_highlights("a1")] == ["Why?"]
        assert again.state.get_scroll_position("a1") == "[1]"
        again.state.remove_highlight("a1", passage)
        assert again.state.get_highlights("a1") == ()
        assert again.state.find_problems() == ()
        assert again.state.rebuild_from_journal() == 0
        assert again.state.warnings() == ()


def test_state_goes_from_library_to_library(filled: Library, places: Places) -> None:
    filled.mark(["a1"], read=True)
    with Library.open(Places.under(places.data_folder / "other")) as other:
        assert other.state.merge(filled.state.export_lines()).applied == 1
        assert other.state.is_read("a1")
