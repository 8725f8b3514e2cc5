"""Exporting and merging the reading state as lines of JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from importai_tui.state.fields import StoryName
from importai_tui.state.reading_state import ReadingState
from tests.state.helpers import HEADER_LINE, export_registers, format_register, get_now


def test_a_state_is_merged_completely_on_another_machine(state: ReadingState, path: Path) -> None:
    state.mark(["ada", "bob"], read=True, names={"ada": StoryName("What Ada said", "402", 1)})
    state.mark(["bob"], read=False, starred=True)
    state.tag(["ada"], "robots")
    state.set_note("cyd", 'Two lines,\n"quoted" and — odd: ☃ \u2028.')
    state.add_highlight("ada", "Slow water.", "Why?", 2)
    state.save_scroll_position("ada", '{"paragraph":2}')
    with ReadingState(path.with_name("other.sqlite3"), get_now) as other:
        result = other.merge(state.export_lines())
        assert (result.applied, result.ignored, result.invalid) == (7, 0, 0)
        assert export_registers(other) == export_registers(state)
        assert other.get_read_keys() == {"ada"}
        assert other.get_starred_keys() == {"bob"}
        assert other.get_tags("ada") == ("robots",)
        assert other.get_noted_keys() == {"cyd"}
        assert other.get_highlights("ada") == state.get_highlights("ada")
        assert other.get_story_states()[0].name == StoryName("What Ada said", "402")
        assert other.find_problems() == ()


def test_the_header_describes_the_file(state: ReadingState) -> None:
    state.mark(["ada"], read=True, names={"ada": StoryName("What Ada said", "402", 1)})
    header, values = map(json.loads, state.export_lines())
    assert header["importai-tui"] == "reading-state"
    assert header["version"] == 1
    assert list(values) == ["key", "field", "value", "at", "machine", "headline", "issue"]
    assert (values["key"], values["headline"], values["issue"]) == ("ada", "What Ada said", "402")
    assert values["machine"] == header["machine"]


def test_an_undone_change_is_undone_on_the_other_machine(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    with ReadingState(path.with_name("other.sqlite3"), get_now) as other:
        other.merge(state.export_lines())
        state.undo()
        other.merge(state.export_lines())
        assert not other.get_read_keys()


def test_merging_twice_changes_nothing(state: ReadingState) -> None:
    assert state.merge([HEADER_LINE, format_register()]).applied == 1
    result = state.merge([HEADER_LINE, format_register()])
    assert (result.applied, result.ignored) == (0, 1)
    assert not state.poll_changes()


def test_a_merge_is_no_undo_step(state: ReadingState) -> None:
    state.mark(["bob"], read=True)
    state.merge([HEADER_LINE, format_register()])
    assert state.find_problems() == ()
    assert (change := state.undo())
    assert change.keys == ("bob",)
    assert state.get_read_keys() == {"ada"}
    assert state.undo() is None


def test_undoing_an_older_step_keeps_a_newer_merge(state: ReadingState) -> None:
    state.set_note("ada", "Mine.")
    state.merge([HEADER_LINE, format_register(field="note", value="Theirs, later.", at="2025-03-04T00:00:00+00:00")])
    assert state.undo() is None
    assert state.get_note("ada") == "Theirs, later."


def test_a_merge_shows_in_another_window(state: ReadingState, path: Path) -> None:
    with ReadingState(path, get_now) as other:
        state.merge([HEADER_LINE, format_register()])
        assert other.get_read_keys() == {"ada"}


@pytest.mark.parametrize(
    "invalid_line",
    [
        format_register()[:-20],
        "not JSON at all",
        "[1, 2]",
        "null",
        "[" * 100_000,
        '{"key": "ada"}',
        format_register(key=7),
        format_register(key=""),
        format_register(key="x" * 201),
        format_register(key="a\x1bda"),
        format_register(field="colour"),
        format_register(field="tag:"),
        format_register(value="yesterday"),
        format_register(value=1),
        format_register(value=["2025"]),
        format_register(at="soon"),
        format_register(at=None),
        format_register(at="9999-12-31T23:59:59+00:00"),
        format_register(at="2025-03-01T08:00:00+02:00"),
        format_register(machine=""),
        format_register(machine="../../x"),
        format_register(field="note", value="x" * 100_001),
        format_register(field="highlight:12345678", value='{"quote": "q", "remark": 3, "paragraph": 0}'),
        format_register(field="highlight:12345678", value='{"quote": "q", "remark": null, "paragraph": true}'),
        format_register(field="highlight:12345678", value="[" * 100_000),
        format_register(field="place", value="{"),
        " " * 3_000_000 + format_register(),
        HEADER_LINE,
    ],
)
def test_an_invalid_line_is_reported_and_skipped(state: ReadingState, invalid_line: str) -> None:
    valid_line = format_register(key="bob")
    result = state.merge([HEADER_LINE, invalid_line, "", valid_line])
    assert (result.applied, result.ignored, result.invalid) == (1, 0, 1)
    assert result.errors[0].startswith("Line 2: ")
    assert result.errors[0][8] == result.errors[0][8].lower()
    assert result.errors[0].isprintable()
    assert state.get_read_keys() == {"bob"}
    assert [story.key for story in state.get_story_states()] == ["bob"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "empty"),
        ([format_register()], "reading state"),
        (["<!doctype html>", format_register()], "reading state"),
        (['{"importai-tui": "reading-state", "version": "1"}', format_register()], "reading state"),
        (['{"importai-tui": "something-else", "version": 1}', format_register()], "reading state"),
        (['{"importai-tui": "reading-state", "version": 2}', format_register()], "newer importai-tui"),
    ],
)
def test_a_foreign_file_is_reported_and_skipped(state: ReadingState, lines: list[str], message: str) -> None:
    result = state.merge(lines)
    assert (result.applied, result.ignored, result.invalid) == (0, 0, 1)
    assert message in result.errors[0]
    assert state.get_story_states() == ()


def test_only_the_first_invalid_lines_are_reported(state: ReadingState) -> None:
    result = state.merge([HEADER_LINE, *["rubbish"] * 500])
    assert result.invalid == 500
    assert len(result.errors) == 20


def test_texts_from_other_machines_are_cleaned(state: ReadingState) -> None:
    quote = json.dumps({"quote": "q\x1b[31mred", "remark": "r\ud800\x07", "paragraph": 1, "more": 1})
    lines = [
        format_register(field="note", value="one\n\x1b]52;c;AAAA\x07two"),
        format_register(field="highlight:12345678", value=quote),
        format_register(headline="What\x1b[2J Ada\nsaid", issue=["x"]),
    ]
    state.merge([HEADER_LINE, *lines])
    assert state.get_note("ada") == "one\ntwo"
    (highlight,) = state.get_highlights("ada")
    assert (highlight.quote, highlight.remark) == ("qred", "r")
    assert state.get_story_states()[0].name == StoryName("What Ada said")
