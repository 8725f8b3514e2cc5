"""Opens libraries, changes the state of stories, and reads it again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.paths import Places
from importai_tui.state.fields import Edit, StoryName
from importai_tui.state.store import ChangeResult
from tests.examples import make_issue


def store_all(library: Library, issues: Sequence[Issue]) -> None:
    for issue in issues:
        library.store(issue, b"page", "page.html")


@pytest.fixture
def filled(library: Library) -> Library:
    store_all(library, [make_issue("a1", "a2", number=401, date="2025-02-24"), make_issue("x1", slug="a-slug")])
    return library


def test_open_creates_only_the_two_databases(places: Places) -> None:
    Library.open(places).close()
    files = {path.name for path in places.cache_folder.parent.rglob("*") if path.is_file()}
    assert files == {"archive.sqlite3", "reading.sqlite3"}


def test_undo_and_redo_change_a_mark(filled: Library) -> None:
    filled.mark(["a1"], read=True)
    assert filled.state.is_read("a1")
    assert (change := filled.undo())
    assert change.keys == ("a1",)
    assert not filled.state.is_read("a1")
    assert filled.redo()
    assert filled.state.is_read("a1")


def test_marks_survive_the_loss_of_the_cache(places: Places) -> None:
    issue = make_issue("ada", "bob", number=7)
    with Library.open(places) as library:
        store_all(library, [issue])
        library.mark(["bob"], read=True, starred=True)
        library.state.save_value("theme", "paper")
    shutil.rmtree(places.cache_folder)
    with Library.open(places) as library:
        assert library.is_empty()
        # The same issue from another source, without its number and with other words.
        store_all(library, [replace(issue, number=None, stories=make_issue("ada", "bob", links=3).stories)])
        rows = library.get_story_rows("latest")
        assert [(row.is_read, row.is_starred) for row in rows] == [(False, False), (True, True)]
        assert library.state.load_value("theme") == "paper"


def test_on_close_runs_once(places: Places) -> None:
    calls: list[str] = []
    library = Library.open(places, on_close=lambda: calls.append("closed"))
    library.close()
    library.close()
    assert calls == ["closed"]


CHANGES: dict[str, Callable[[Library], object]] = {
    "mark": lambda library: library.mark(["a2"], read=True),
    "tag": lambda library: library.tag(["a2"], "robots"),
    "note": lambda library: library.set_note("a2", "Yes."),
    "highlight": lambda library: library.add_highlight("a2", "Slow water."),
    "scroll position": lambda library: library.save_scroll_position("a2", "[1]"),
    "change": lambda library: library.change([Edit("a2", "note", "Yes.")], "Noted"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_saves_the_name_of_the_story(filled: Library, change: str) -> None:
    CHANGES[change](filled)
    (story,) = filled.state.get_story_states()
    assert (story.key, story.name) == ("a2", StoryName("The headline of a2", "401", 2))


def test_a_name_has_the_slug_without_a_number(filled: Library) -> None:
    filled.mark(["x1"], read=True)
    assert filled.state.get_story_states()[0].name == StoryName("The headline of x1", "a-slug", 1)


def test_a_story_that_is_not_archived_has_state(filled: Library) -> None:
    filled.tag(["gone"], "robots")
    (story,) = filled.state.get_story_states()
    assert (story.key, story.name) == ("gone", StoryName(None))


def test_state_is_there_after_a_restart(filled: Library, places: Places) -> None:
    filled.tag(["a1", "a2"], "robots")
    filled.set_note("a1", "Yes.")
    highlight = filled.add_highlight("a1", "Slow water.", None, 3)
    assert isinstance(filled.state.set_remark("a1", highlight, "Why?"), ChangeResult)
    filled.save_scroll_position("a1", "[1]")
    with Library.open(places) as again:
        state = again.state
        assert state.count_tags() == (("robots", 2),)
        assert state.get_tagged_keys("robots") == {"a1", "a2"}
        assert state.get_tags("a2") == ("robots",)
        assert state.get_note("a1") == "Yes."
        assert state.get_noted_keys() == {"a1"}
        assert [highlight.remark for highlight in state.get_highlights("a1")] == ["Why?"]
        assert state.get_scroll_position("a1") == "[1]"
        state.remove_highlight("a1", highlight)
        assert state.get_highlights("a1") == ()
        assert state.find_problems() == ()
        assert state.rebuild_from_journal() == 0
        assert state.warnings() == ()


def test_state_can_be_merged_into_another_library(filled: Library, places: Places) -> None:
    filled.mark(["a1"], read=True)
    with Library.open(Places.under(places.data_folder / "other")) as other:
        assert other.state.merge(filled.state.export_lines()).applied == 1
        assert other.state.is_read("a1")
