from __future__ import annotations

import json
from pathlib import Path

import pytest

from importai_tui.state.fields import StoryName
from importai_tui.state.reading_state import ReadingState
from tests.state.conftest import now

HEAD = '{"importai-tui":"reading-state","version":1,"machine":"lap","at":"2025-03-01T00:00:00.000000+00:00"}'
GOOD = {"key": "ada", "field": "read", "value": "2025-03-01T08:00:00+00:00", "at": "2025-03-01T08:00:00+00:00"} | {
    "machine": "lap"
}


def line(**changed: object) -> str:
    return json.dumps(GOOD | changed)


def test_a_state_goes_to_another_machine_whole(state: ReadingState, path: Path) -> None:
    state.mark(["ada", "bob"], read=True, names={"ada": StoryName("What Ada said", "402", 1)})
    state.mark(["bob"], read=False, starred=True)
    state.tag(["ada"], "robots")
    state.set_note("cyd", 'Two lines,\n"quoted" and — odd: ☃ \u2028.')
    state.add_highlight("ada", "Slow water.", "Why?", 2)
    state.save_scroll_position("ada", '{"paragraph":2}')
    with ReadingState(path.with_name("other.sqlite3"), now) as other:
        merged = other.merge(state.export_lines())
        assert (merged.applied, merged.ignored, merged.invalid) == (7, 0, 0)
        assert list(other.export_lines())[1:] == list(state.export_lines())[1:]
        assert other.get_read_keys() == {"ada"}
        assert other.get_starred_keys() == {"bob"}
        assert other.get_tags("ada") == ("robots",)
        assert other.get_noted_keys() == {"cyd"}
        assert other.get_highlights("ada") == state.get_highlights("ada")
        assert other.get_story_states()[0].name == StoryName("What Ada said", "402")
        assert other.find_problems() == ()


def test_the_first_line_says_what_the_file_is(state: ReadingState) -> None:
    state.mark(["ada"], read=True, names={"ada": StoryName("What Ada said", "402", 1)})
    head, told = map(json.loads, state.export_lines())
    assert head["importai-tui"] == "reading-state"
    assert head["version"] == 1
    assert list(told) == ["key", "field", "value", "at", "machine", "headline", "issue"]
    assert (told["key"], told["headline"], told["issue"]) == ("ada", "What Ada said", "402")
    assert told["machine"] == head["machine"]


def test_what_was_taken_back_here_is_taken_back_there(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    with ReadingState(path.with_name("other.sqlite3"), now) as other:
        other.merge(state.export_lines())
        state.undo()
        other.merge(state.export_lines())
        assert not other.get_read_keys()


def test_merging_again_changes_nothing(state: ReadingState) -> None:
    assert state.merge([HEAD, line()]).applied == 1
    merged = state.merge([HEAD, line()])
    assert (merged.applied, merged.ignored) == (0, 1)
    assert not state.poll_changes()


def test_a_merge_is_in_the_journal_and_no_undo_step(state: ReadingState) -> None:
    state.mark(["bob"], read=True)
    state.merge([HEAD, line()])
    assert state.find_problems() == ()
    assert (undone := state.undo())
    assert undone.keys == ("bob",)
    assert state.get_read_keys() == {"ada"}
    assert state.undo() is None


def test_an_older_step_does_not_undo_a_newer_merge(state: ReadingState) -> None:
    state.set_note("ada", "Mine.")
    state.merge([HEAD, line(field="note", value="Theirs, later.", at="2025-03-04T00:00:00+00:00")])
    assert (undone := state.undo())
    assert undone.keys == ()
    assert state.get_note("ada") == "Theirs, later."


def test_a_merge_shows_in_another_window(state: ReadingState, path: Path) -> None:
    with ReadingState(path, now) as other:
        state.merge([HEAD, line()])
        assert other.get_read_keys() == {"ada"}


@pytest.mark.parametrize(
    "bad",
    [
        line()[:-20],
        "not JSON at all",
        "[1, 2]",
        "null",
        "[" * 100_000,
        '{"key": "ada"}',
        line(key=7),
        line(key=""),
        line(key="x" * 201),
        line(key="a\x1bda"),
        line(field="colour"),
        line(field="tag:"),
        line(value="yesterday"),
        line(value=1),
        line(value=["2025"]),
        line(at="soon"),
        line(at=None),
        line(at="9999-12-31T23:59:59+00:00"),
        line(at="2025-03-01T08:00:00+02:00"),
        line(machine=""),
        line(machine="../../x"),
        line(field="note", value="x" * 100_001),
        line(field="highlight:12345678", value='{"quote": "q", "remark": 3, "paragraph": 0}'),
        line(field="highlight:12345678", value='{"quote": "q", "remark": null, "paragraph": true}'),
        line(field="highlight:12345678", value="[" * 100_000),
        line(field="place", value="{"),
        " " * 3_000_000 + line(),
        HEAD,
    ],
)
def test_a_bad_line_is_named_and_does_no_harm(state: ReadingState, bad: str) -> None:
    good = line(key="bob")
    merged = state.merge([HEAD, bad, "", good])
    assert (merged.applied, merged.ignored, merged.invalid) == (1, 0, 1)
    assert merged.errors[0].startswith("Line 2: ")
    assert merged.errors[0].isprintable()
    assert state.get_read_keys() == {"bob"}
    assert [kept.key for kept in state.get_story_states()] == ["bob"]


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([], "empty"),
        ([line()], "first line"),
        (["<!doctype html>", line()], "first line"),
        (['{"importai-tui": "reading-state", "version": "1"}', line()], "first line"),
        (['{"importai-tui": "something-else", "version": 1}', line()], "first line"),
        (['{"importai-tui": "reading-state", "version": 2}', line()], "newer importai-tui"),
    ],
)
def test_a_foreign_file_is_named_and_left_out(state: ReadingState, lines: list[str], fault: str) -> None:
    merged = state.merge(lines)
    assert (merged.applied, merged.ignored, merged.invalid) == (0, 0, 1)
    assert fault in merged.errors[0]
    assert state.get_story_states() == ()


def test_of_many_bad_lines_only_the_first_are_told(state: ReadingState) -> None:
    merged = state.merge([HEAD, *["rubbish"] * 500])
    assert merged.invalid == 500
    assert len(merged.errors) == 20


def test_a_text_from_elsewhere_is_cleaned_before_it_is_kept(state: ReadingState) -> None:
    quote = json.dumps({"quote": "q\x1b[31mred", "remark": "r\ud800\x07", "paragraph": 1, "more": 1})
    lines = [
        line(field="note", value="one\n\x1b]52;c;AAAA\x07two"),
        line(field="highlight:12345678", value=quote),
        line(headline="What\x1b[2J Ada\nsaid", issue=["x"]),
    ]
    state.merge([HEAD, *lines])
    assert state.get_note("ada") == "one\ntwo"
    (highlight,) = state.get_highlights("ada")
    assert (highlight.quote, highlight.remark) == ("qred", "r")
    assert state.get_story_states()[0].name == StoryName("What Ada said")
