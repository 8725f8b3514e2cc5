"""Tags, notes, highlights, scroll positions and works of a reading state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.state.fields import Edit, StoryName
from importai_tui.state.reading_state import ReadingState, get_work_key, is_work_key
from importai_tui.state.values import StateValueError
from tests.state.helpers import get_now

WORK = "arxiv:2502.08145"
LONG_WORK = "https://example.org/" + "x" * 1900


def test_a_tag_survives_a_restart(state: ReadingState, path: Path) -> None:
    change = state.tag(["ada", "bob", "ada"], "#robots")
    state.tag(["bob"], "Evals")
    assert (change.label, change.keys) == ("Tagged 2 stories #robots", ("ada", "bob"))
    with ReadingState(path, get_now) as reopened:
        assert reopened.count_tags() == (("Evals", 1), ("robots", 2))
        assert reopened.get_tags("bob") == ("Evals", "robots")
        assert reopened.get_tagged_keys("robots") == {"ada", "bob"}


def test_a_tag_without_stories_is_gone(state: ReadingState) -> None:
    state.tag(["ada"], "robots")
    assert state.tag(["ada"], "robots", on=False).label == "Removed tag #robots"
    assert state.count_tags() == ()
    assert state.get_tags("ada") == ()


def test_adding_a_tag_again_is_no_undo_step(state: ReadingState) -> None:
    state.tag(["ada"], "robots")
    assert state.tag(["ada"], "robots").keys == ()
    assert (change := state.undo())
    assert change.label == "Undid: tag #robots on 1 story"
    assert state.count_tags() == ()


@pytest.mark.parametrize("name", ["", "#", " \n ", "x" * 201, "\x1b[2J"])
def test_an_invalid_tag_name_is_rejected(state: ReadingState, name: str) -> None:
    with pytest.raises(StateValueError):
        state.tag(["ada"], name)
    assert state.undo() is None


def test_a_note_is_written_changed_and_removed(state: ReadingState, path: Path) -> None:
    labels = [state.set_note("ada", text).label for text in ("To read again.\nSoon.", "Read it.", "Read it.", "")]
    assert labels == ["Note saved", "Note updated", "Note unchanged", "Note deleted"]
    assert state.get_note("ada") is None
    assert not state.get_noted_keys()
    state.undo()
    state.undo()
    with ReadingState(path, get_now) as reopened:
        assert reopened.get_note("ada") == "To read again.\nSoon."
        assert reopened.get_noted_keys() == {"ada"}


def test_control_characters_are_removed_from_a_note(state: ReadingState) -> None:
    state.set_note("ada", "one\r\n\ttwo\x1b]0;title\x07\x9b31m\x00 \u202ethree")
    assert state.get_note("ada") == "one\n\ttwo three"


def test_a_note_that_is_too_long_is_rejected(state: ReadingState) -> None:
    state.set_note("ada", "short")
    with pytest.raises(StateValueError, match="Shorten it"):
        state.set_note("ada", "x" * 100_001)
    assert state.get_note("ada") == "short"


def test_a_highlight_is_added_remarked_and_removed(state: ReadingState, path: Path) -> None:
    second = state.add_highlight("ada", "A river\nis counted.", None, 7)
    first = state.add_highlight("ada", "Slow water.", "Why slow?", 2)
    state.set_remark("ada", second, "By whom?")
    with ReadingState(path, get_now) as reopened:
        highlights = [(h.id, h.quote, h.remark, h.paragraph) for h in reopened.get_highlights("ada")]
    assert highlights == [(first, "Slow water.", "Why slow?", 2), (second, "A river\nis counted.", "By whom?", 7)]
    state.remove_highlight("ada", first)
    assert [h.id for h in state.get_highlights("ada")] == [second]
    state.undo()
    state.undo()
    assert [h.remark for h in state.get_highlights("ada")] == ["Why slow?", None]


def test_a_remark_on_a_removed_highlight_changes_nothing(state: ReadingState) -> None:
    removed = state.add_highlight("ada", "Slow water.", None, 0)
    state.remove_highlight("ada", removed)
    assert state.set_remark("ada", removed, "Too late").keys == ()
    assert state.remove_highlight("ada", removed).keys == ()
    assert state.get_highlights("ada") == ()


def test_a_scroll_position_is_no_undo_step(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    state.save_scroll_position("ada", json.dumps({"paragraph": 3, "share": 0.25}))
    with ReadingState(path, get_now) as reopened:
        assert json.loads(reopened.get_scroll_position("ada") or "") == {"paragraph": 3, "share": 0.25}
    assert (change := state.undo())
    assert change.label == "Undid: 1 story marked read"
    assert state.get_scroll_position("ada")
    state.save_scroll_position("ada", None)
    assert state.get_scroll_position("ada") is None


@pytest.mark.parametrize("position", ["", "3", "{", '"words"', json.dumps(["x" * 200]), "[" * 100_000])
def test_an_invalid_scroll_position_is_rejected(state: ReadingState, position: str) -> None:
    with pytest.raises(StateValueError):
        state.save_scroll_position("ada", position)


def test_edits_of_many_fields_are_one_undo_step(state: ReadingState) -> None:
    at = get_now().isoformat()
    edits = [Edit("ada", "read", at), Edit("bob", "tag:robots", at), Edit("bob", "note", "Yes.")]
    assert state.change(edits, "Marked what a script asked for").keys == ("ada", "bob")
    assert (change := state.undo())
    assert change.label == "Undid: marked what a script asked for"
    assert not state.get_read_keys()
    assert state.count_tags() == ()
    assert state.get_note("bob") is None


@pytest.mark.parametrize(
    "edit",
    [
        Edit("ada", "colour", "red"),
        Edit("ada", "read", "yes"),
        Edit("ada", "read", "2025-13-41T99:00:00+00:00"),
        Edit("", "read", None),
        Edit("a\x1b[2Jda", "read", None),
        Edit("ada", "highlight:nothex!!", None),
        Edit("ada", "highlight:0a1b2c3d", '{"quote": ""}'),
        Edit("ada", "forecast:nothex!!", None),
        Edit("ada", "forecast:0a1b2c3d", '{"quote": "By 2030."}'),
        Edit("ada", "tag:two\nlines", None),
    ],
)
def test_one_invalid_edit_rejects_all_of_them(state: ReadingState, edit: Edit) -> None:
    with pytest.raises(StateValueError):
        state.change([Edit("bob", "note", "Fine."), edit], "Tried")
    assert state.get_note("bob") is None
    assert state.undo() is None


def test_story_names_are_stored_with_the_state(state: ReadingState) -> None:
    state.tag(["ada"], "robots", names={"ada": StoryName("What Ada said", "402", 3)})
    state.mark(["ada"], starred=True)
    (story,) = state.get_story_states()
    assert (story.key, story.name, story.fields) == (
        "ada",
        StoryName("What Ada said", "402", 3),
        ("starred", "tag:robots"),
    )


def test_an_undone_note_leaves_no_story_state(state: ReadingState) -> None:
    state.set_note("ada", "Yes.")
    state.undo()
    assert state.get_story_states() == ()


def test_tags_and_notes_of_another_window_are_loaded(state: ReadingState, path: Path) -> None:
    with ReadingState(path, get_now) as other:
        other.tag(["ada"], "robots")
        other.set_note("bob", "Yes.")
    assert state.get_tags("ada") == ("robots",)
    assert state.get_noted_keys() == {"bob"}
    assert state.poll_changes()
    assert not state.poll_changes()


def test_a_mark_removed_in_another_window_is_removed(state: ReadingState, path: Path) -> None:
    state.mark(["ada", "bob"], read=True)
    with ReadingState(path, get_now) as other:
        other.mark(["ada"], read=False)
    assert state.get_read_keys() == {"bob"}


def test_values_and_positions_of_another_window_are_no_change(state: ReadingState, path: Path) -> None:
    with ReadingState(path, get_now) as other:
        other.save_value("theme", "ink")
        other.save_scroll_position("ada", "[1]")
    assert not state.poll_changes()


def test_a_returned_set_shows_later_changes(state: ReadingState) -> None:
    read = state.get_read_keys()
    state.mark(["ada"], read=True)
    assert read == {"ada"}


def test_a_new_tag_has_hyphens_for_spaces(state: ReadingState) -> None:
    state.tag(["ada"], "distributed compute")
    assert state.get_tags("ada") == ("distributed-compute",)
    state.tag(["bob"], "Distributed  Compute")
    assert state.get_tagged_keys("distributed compute") == {"ada", "bob"}


def test_a_tag_in_use_keeps_its_spaces(state: ReadingState) -> None:
    state.change([Edit("ada", "tag:robots and law", "2025-03-03T12:00:00+00:00")], "Came")
    assert state.get_tagged_keys("robots-and-law") == {"ada"}
    state.tag(["bob"], "robots-and-law")
    assert state.get_tags("bob") == ("robots and law",)
    state.tag(["ada", "bob"], "Robots and law", on=False)
    assert state.count_tags() == ()


def test_tags_ignore_case(state: ReadingState) -> None:
    state.tag(["ada"], "Robots")
    assert state.tag(["bob"], "robots").label == "Tagged #Robots"
    assert state.get_tagged_keys("ROBOTS") == {"ada", "bob"}
    state.tag(["ada", "bob"], "robots", on=False)
    assert state.count_tags() == ()
    state.tag(["ada"], "robots")
    assert state.get_tags("ada") == ("robots",)


def test_two_existing_spellings_of_a_tag_stay_separate(state: ReadingState) -> None:
    state.change([Edit("ada", "tag:Robots", "2025-03-03T12:00:00+00:00")], "Came")
    state.change([Edit("bob", "tag:robots", "2025-03-03T12:00:00+00:00")], "Came")
    assert state.get_tagged_keys("robots") == {"bob"}
    assert state.get_tagged_keys("Robots") == {"ada"}


@pytest.mark.parametrize("work", [WORK, LONG_WORK])
def test_a_work_can_be_starred_and_undone(library: Library, work: str) -> None:
    change = library.state.star_work(work, True, "Counting Rivers")
    assert change.label == "Starred “Counting Rivers”"
    assert get_work_key(work) in library.state.get_starred_works()
    library.undo()
    assert get_work_key(work) not in library.state.get_starred_works()
    assert library.state.get_story_states() == ()


def test_opening_a_work_is_no_undo_step(library: Library, places: Places) -> None:
    library.mark(["river"], starred=True)
    library.state.record_work_opened(WORK, "Counting Rivers")
    library.undo()
    assert library.state.is_work_opened(WORK)
    assert not library.state.is_starred("river")
    with Library.open(places) as other:
        assert other.state.is_work_opened(WORK)


def test_the_state_of_works_is_merged(library: Library, tmp_path: Path) -> None:
    library.state.star_work(WORK, True, "Counting Rivers")
    library.state.record_work_opened(WORK, "Counting Rivers")
    with Library.open(Places.under(tmp_path / "elsewhere")) as other:
        result = other.state.merge(library.state.export_lines())
        assert (result.invalid, result.errors) == (0, ())
        assert get_work_key(WORK) in other.state.get_starred_works()
        assert other.state.is_work_opened(WORK)
        library.state.star_work(WORK, False, "Counting Rivers")
        other.state.merge(library.state.export_lines())
        assert get_work_key(WORK) not in other.state.get_starred_works()


def test_keys_of_works_are_short_and_unique() -> None:
    assert is_work_key(get_work_key(WORK))
    assert is_work_key(get_work_key(LONG_WORK))
    assert len(get_work_key(LONG_WORK)) < 200
    assert get_work_key(LONG_WORK) != get_work_key(LONG_WORK + "x")
    assert not is_work_key("counting-rivers-0a1b2c3d")


def test_a_story_is_highlighted_until_its_last_highlight_goes(state: ReadingState, path: Path) -> None:
    version = state.get_marks_version(["highlight:"])
    first, second = (state.add_highlight("otters", quote, None, 0, {}) for quote in ("rivers", "lakes"))
    (change,) = state.get_mark_changes(version) or ()
    assert (change.key, change.before, change.after) == ("otters", frozenset(), frozenset({"highlight:"}))
    state.remove_highlight("otters", first)
    assert state.get_marks(["highlight:"])["highlight:"] == {"otters"}
    with ReadingState(path, get_now) as other:
        assert other.get_marks(["highlight:"])["highlight:"] == {"otters"}
    state.remove_highlight("otters", second)
    assert state.get_marks(["highlight:"])["highlight:"] == set()
    state.undo()
    assert state.get_marks(["highlight:"])["highlight:"] == {"otters"}


def test_a_renamed_tag_keeps_its_stories_and_times(state: ReadingState) -> None:
    state.tag(["ada", "bob"], "robots")
    before = {row.key: row.value for row in state.get_annotations()}
    change = state.rename_tag("Robots", "#machine learning")
    assert (change.label, change.keys) == ("Renamed #robots to #machine-learning on 2 stories", ("ada", "bob"))
    assert state.count_tags() == (("machine-learning", 2),)
    assert {row.key: row.value for row in state.get_annotations()} == before
    assert (undone := state.undo())
    assert undone.label == "Undid: tag #robots renamed to #machine-learning"
    assert state.count_tags() == (("robots", 2),)


def test_a_tag_renamed_to_another_is_merged(state: ReadingState) -> None:
    state.tag(["ada", "bob"], "robots")
    state.tag(["bob", "cy"], "machines")
    assert state.find_new_tag_name("robots", "Machines") == "machines"
    assert state.rename_tag("robots", "Machines").label == "Merged #robots into #machines on 2 stories"
    assert state.count_tags() == (("machines", 3),)
    state.undo()
    assert state.count_tags() == (("machines", 2), ("robots", 2))
    assert state.get_tagged_keys("machines") == {"bob", "cy"}


def test_a_tag_can_be_respelled(state: ReadingState) -> None:
    state.tag(["ada"], "robots")
    assert state.rename_tag("robots", "Robots").keys == ("ada",)
    assert state.count_tags() == (("Robots", 1),)
    unchanged = state.rename_tag("Robots", "#Robots")
    assert (unchanged.label, unchanged.keys) == ("Tag unchanged", ())
    assert state.rename_tag("Robots", "x" * 200).label == f"Renamed #Robots to #{'x' * 39}… on 1 story"
    state.undo()
    with pytest.raises(StateValueError):
        state.rename_tag("Robots", "#")
    with pytest.raises(StateValueError):
        state.rename_tag("Robots", "x" * 201)


@pytest.mark.parametrize(
    ("key", "field"),
    [
        *(("ada", f"tag:{name}") for name in ("", "#", " robots ", "two\nlines", "x" * 201)),
        *(("a\x1b[2Jda", field) for field in ("note", "tag:robots", "highlight:0a1b2c3d")),
        ("ada", "highlight:nothex!!"),
    ],
)
def test_a_damaged_mark_can_be_removed(path: Path, key: str, field: str) -> None:
    with ReadingState(path, get_now) as state:
        state._database.execute("INSERT INTO register VALUES (?, ?, 'Old', '2025-01-01', 'm')", (key, field))
    kind, name = field.split(":") if ":" in field else (field, "")
    with ReadingState(path, get_now) as state:
        if kind == "tag":
            assert state.tag(tuple(state.get_tagged_keys(name)), name, on=False).keys == (key,)
        elif kind == "note":
            assert state.set_note(key, None).keys == (key,)
        else:
            assert state.remove_highlight(key, name).keys == (key,)
        assert not state.get_annotations()
        state.undo()
        assert [(row.key, row.field) for row in state.get_annotations()] == [(key, field)]


def test_annotations_are_those_of_stories_only(state: ReadingState) -> None:
    state.star_work(WORK, on=True, title="A paper")
    state.mark(["ada"], read=True)
    state.set_note("ada", "One", {"ada": StoryName("A headline", "402", 3)})
    version = state.get_version()
    state.set_note("bob", "Two")
    state.tag(["ada"], "robots")
    rows = [(row.key, row.field, row.headline, row.issue) for row in state.get_annotations(keys=["ada"])]
    assert rows == [("ada", "note", "A headline", "402"), ("ada", "tag:robots", "A headline", "402")]
    assert {row.key for row in state.get_annotations()} == {"ada", "bob"}
    assert len(state.get_annotations(newest=1)) == 1
    assert sorted(state.get_changed_keys(version)) == ["ada", "bob"]
