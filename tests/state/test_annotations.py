from __future__ import annotations

import json
from pathlib import Path

import pytest

from importai_tui.state.fields import Edit, StateValueError, StoryName
from importai_tui.state.reading_state import ReadingState
from tests.state.conftest import now


def test_a_tag_is_there_after_a_restart(state: ReadingState, path: Path) -> None:
    change = state.tag(["ada", "bob", "ada"], "#robots")
    state.tag(["bob"], "Evals")
    assert (change.label, change.keys) == ("Tagged 2 stories #robots", ("ada", "bob"))
    with ReadingState(path, now) as again:
        assert again.count_tags() == (("Evals", 1), ("robots", 2))
        assert again.get_tags("bob") == ("Evals", "robots")
        assert again.get_tagged_keys("robots") == {"ada", "bob"}


def test_a_tag_that_is_taken_away_from_its_last_story_is_gone(state: ReadingState) -> None:
    state.tag(["ada"], "robots")
    assert state.tag(["ada"], "robots", on=False).label == "Took the tag #robots off 1 story"
    assert state.count_tags() == ()
    assert state.get_tags("ada") == ()


def test_a_tag_that_is_there_already_is_no_step(state: ReadingState) -> None:
    state.tag(["ada"], "robots")
    assert state.tag(["ada"], "robots").keys == ()
    assert (undone := state.undo())
    assert undone.label == "Undone: tagged 1 story #robots"
    assert state.count_tags() == ()


@pytest.mark.parametrize("name", ["", "#", " \n ", "x" * 201, "\x1b[2J"])
def test_a_tag_needs_a_name(state: ReadingState, name: str) -> None:
    with pytest.raises(StateValueError):
        state.tag(["ada"], name)
    assert state.undo() is None


def test_a_note_is_written_changed_and_removed(state: ReadingState, path: Path) -> None:
    labels = [state.set_note("ada", text).label for text in ("To read again.\nSoon.", "Read it.", "Read it.", "")]
    assert labels == ["Wrote a note", "Changed a note", "Nothing to write, the note is so already", "Removed a note"]
    assert state.get_note("ada") is None
    assert not state.get_noted_keys()
    state.undo()
    state.undo()
    with ReadingState(path, now) as again:
        assert again.get_note("ada") == "To read again.\nSoon."
        assert again.get_noted_keys() == {"ada"}


def test_a_note_keeps_its_lines_and_nothing_that_a_terminal_obeys(state: ReadingState) -> None:
    state.set_note("ada", "one\r\n\ttwo\x1b]0;title\x07\x9b31m\x00 \u202ethree")
    assert state.get_note("ada") == "one\n\ttwo three"


def test_a_note_that_is_too_long_is_refused_and_the_old_one_stays(state: ReadingState) -> None:
    state.set_note("ada", "short")
    with pytest.raises(StateValueError, match="Shorten it"):
        state.set_note("ada", "x" * 100_001)
    assert state.get_note("ada") == "short"


def test_a_highlight_is_kept_remarked_and_dropped(state: ReadingState, path: Path) -> None:
    late = state.add_highlight("ada", "A river\nis counted.", None, 7)
    early = state.add_highlight("ada", "Slow water.", "Why slow?", 2)
    state.set_remark("ada", late, "By whom?")
    with ReadingState(path, now) as again:
        told = [(h.id, h.quote, h.remark, h.paragraph) for h in again.get_highlights("ada")]
    assert told == [(early, "Slow water.", "Why slow?", 2), (late, "A river\nis counted.", "By whom?", 7)]
    state.remove_highlight("ada", early)
    assert [h.id for h in state.get_highlights("ada")] == [late]
    state.undo()
    state.undo()
    assert [h.remark for h in state.get_highlights("ada")] == ["Why slow?", None]


def test_a_remark_to_a_highlight_that_is_gone_changes_nothing(state: ReadingState) -> None:
    gone = state.add_highlight("ada", "Slow water.", None, 0)
    state.remove_highlight("ada", gone)
    assert state.set_remark("ada", gone, "Too late").keys == ()
    assert state.remove_highlight("ada", gone).keys == ()
    assert state.get_highlights("ada") == ()


def test_a_place_is_no_undo_step(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    state.save_scroll_position("ada", json.dumps({"paragraph": 3, "share": 0.25}))
    with ReadingState(path, now) as again:
        assert json.loads(again.get_scroll_position("ada") or "") == {"paragraph": 3, "share": 0.25}
    assert (undone := state.undo())
    assert undone.label == "Undone: marked 1 story read"
    assert state.get_scroll_position("ada")
    state.save_scroll_position("ada", None)
    assert state.get_scroll_position("ada") is None


@pytest.mark.parametrize("place", ["", "3", "{", '"words"', json.dumps(["x" * 200]), "[" * 100_000])
def test_a_place_is_a_small_json_value(state: ReadingState, place: str) -> None:
    with pytest.raises(StateValueError):
        state.save_scroll_position("ada", place)


def test_edits_of_many_fields_are_one_step(state: ReadingState) -> None:
    at = now().isoformat()
    edits = [Edit("ada", "read", at), Edit("bob", "tag:robots", at), Edit("bob", "note", "Yes.")]
    assert state.change(edits, "Marked what a script asked for").keys == ("ada", "bob")
    assert (undone := state.undo())
    assert undone.label == "Undone: marked what a script asked for"
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
        Edit("ada", "tag:two\nlines", None),
    ],
)
def test_one_unfit_edit_keeps_all_of_them_out(state: ReadingState, edit: Edit) -> None:
    with pytest.raises(StateValueError):
        state.change([Edit("bob", "note", "Fine."), edit], "Tried")
    assert state.get_note("bob") is None
    assert state.undo() is None


def test_what_a_key_stands_for_outlives_the_archive(state: ReadingState) -> None:
    state.tag(["ada"], "robots", names={"ada": StoryName("What Ada said", "402", 3)})
    state.mark(["ada"], starred=True)
    (kept,) = state.get_story_states()
    assert (kept.key, kept.name, kept.fields) == (
        "ada",
        StoryName("What Ada said", "402", 3),
        ("starred", "tag:robots"),
    )


def test_what_was_taken_back_is_not_kept(state: ReadingState) -> None:
    state.set_note("ada", "Yes.")
    state.undo()
    assert state.get_story_states() == ()


def test_tags_and_notes_of_another_window_show_here(state: ReadingState, path: Path) -> None:
    with ReadingState(path, now) as other:
        other.tag(["ada"], "robots")
        other.set_note("bob", "Yes.")
    assert state.get_tags("ada") == ("robots",)
    assert state.get_noted_keys() == {"bob"}
    assert state.poll_changes()
    assert not state.poll_changes()


def test_a_mark_that_another_window_took_away_goes_here_too(state: ReadingState, path: Path) -> None:
    state.mark(["ada", "bob"], read=True)
    with ReadingState(path, now) as other:
        other.mark(["ada"], read=False)
    assert state.get_read_keys() == {"bob"}


def test_a_setting_or_a_place_of_another_window_is_no_change(state: ReadingState, path: Path) -> None:
    with ReadingState(path, now) as other:
        other.save_value("theme", "ink")
        other.save_scroll_position("ada", "[1]")
    assert not state.poll_changes()


def test_the_sets_follow_without_being_asked_again(state: ReadingState) -> None:
    read = state.get_read_keys()
    state.mark(["ada"], read=True)
    assert read == {"ada"}


def test_a_tag_in_other_capitals_is_the_tag_in_use(state: ReadingState) -> None:
    state.tag(["ada"], "Robots")
    assert state.tag(["bob"], "robots").label == "Tagged 1 story #Robots"
    assert state.get_tagged_keys("ROBOTS") == {"ada", "bob"}
    state.tag(["ada", "bob"], "robots", on=False)
    assert state.count_tags() == ()
    state.tag(["ada"], "robots")
    assert state.get_tags("ada") == ("robots",)


def test_of_two_spellings_that_came_together_each_is_itself(state: ReadingState) -> None:
    state.change([Edit("ada", "tag:Robots", "2025-03-03T12:00:00+00:00")], "Came")
    state.change([Edit("bob", "tag:robots", "2025-03-03T12:00:00+00:00")], "Came")
    assert state.get_tagged_keys("robots") == {"bob"}
    assert state.get_tagged_keys("Robots") == {"ada"}
