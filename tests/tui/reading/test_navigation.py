"""The index of issues, reading lists, and the visit history, as values."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.library.position import ScrollPosition
from importai_tui.library.rows import StoryRow
from importai_tui.model import StoryKind
from importai_tui.tui.reading.navigation import MAX_ENTRIES, History, IssueIndex, ReadingList
from tests.tui.sample_app import TODAY
from tests.tui.widgets.rows import ISSUE_ROW


def make_row(key: str, *, is_read: bool = False) -> StoryRow:
    position = ord(key) - 96
    return StoryRow(f"12/{position}", key, position, StoryKind.STORY, f"Headline {key}", 0, is_read, False)


READING_LIST = ReadingList("Otters", tuple(make_row(key, is_read=key in "bd") for key in "abcd"))


@pytest.mark.parametrize(
    ("key", "back", "expected"),
    [("a", False, "c"), ("c", False, "a"), ("b", True, "a"), ("a", True, "c"), ("x", False, "a")],
)
def test_the_next_unread_story_wraps_around(key: str, back: bool, expected: str) -> None:
    unread = READING_LIST.find_next_unread(key, back=back)
    assert unread
    assert unread.key == expected


def test_a_reading_list_has_two_ends_and_a_start() -> None:
    assert READING_LIST.get_neighbour("a", -1) is None
    assert READING_LIST.get_neighbour("d", 1) is None
    assert READING_LIST.get_neighbour("b", 1) == READING_LIST.rows[2]
    assert READING_LIST.find_first_unread() == READING_LIST.rows[0]
    read_list = READING_LIST.with_marks({"a", "b", "c", "d"}, set())
    assert read_list.find_next_unread("b") is None
    assert read_list.find_first_unread() == read_list.rows[0]
    assert ReadingList("Nothing", ()).find_first_unread() is None


def test_the_index_counts_and_skips_empty_issues() -> None:
    index = IssueIndex(
        [
            ISSUE_ROW,
            ISSUE_ROW._replace(ref="e", story_count=0, unread_count=0),
            ISSUE_ROW._replace(ref="401", unread_count=1),
        ]
    )
    assert index.unread_count == 5
    assert index.get_neighbour("402", 1) == index.get_row("401")
    assert index.get_neighbour("402", -1) is None
    index.replace(ISSUE_ROW._replace(unread_count=0))
    assert index.unread_count == 1


def make_tale_row(key: str, *, is_read: bool = False) -> StoryRow:
    return StoryRow("402/1", key, 1, StoryKind.TECH_TALES, key, 100, is_read=is_read, is_starred=False)


BOOK = ReadingList("Tales", (make_tale_row("a"), make_tale_row("b", is_read=True), make_tale_row("c")), is_book=True)


def test_a_book_continues_with_read_stories_too() -> None:
    assert BOOK.find_next_unread("a") == make_tale_row("b", is_read=True)
    assert BOOK.find_next_unread("c") is None
    assert BOOK.find_next_unread("c", back=True) == make_tale_row("b", is_read=True)
    assert BOOK.find_next_unread("a", back=True) is None


def test_a_book_with_new_marks_remains_a_book() -> None:
    assert BOOK.with_marks({"a", "b", "c"}, set()).find_next_unread("a") == make_tale_row("b", is_read=True)


def test_stories_of_a_reading_list_have_positions() -> None:
    assert [BOOK.get_position(key) for key in "acx"] == [1, 3, 0]


KEYS = "abcde"
STEPS = st.lists(st.tuples(st.sampled_from(["open", "back", "forward", "leave", "remove"]), st.sampled_from(KEYS)))


def entry_keys(history: History) -> list[str]:
    return [entry.key for entry in history.entries]


def make_history(*names: str) -> History:
    """Return a history of stories that were opened one after another."""
    history = History()
    for n, name in enumerate(names):
        history.push(name, f"1/{n}", TODAY + timedelta(minutes=n))
    return history


def move_to(history: History, step: int, open_key: str = "", missing: str = "") -> str | None:
    """Move in the history and return the key of the new entry; stories in `missing` do not exist."""
    open_key = open_key or (history.current.key if history.current else "")
    entry = history.move(step, open_key, lambda entry: entry.key not in missing)
    return entry.key if entry else None


@given(STEPS)
def test_the_history_is_consistent_after_any_steps(steps: list[tuple[str, str]]) -> None:
    history, missing = History(), ""
    for action, key in steps:
        before = history.current
        match action:
            case "open":
                history.push(key, "1/1", TODAY)
                assert entry_keys(history)[-1:] == [key] or before == history.current
            case "leave":
                history.leave(key, ScrollPosition(3, 0.5))
            case "remove":
                missing = key
            case _:
                step = 1 if action == "forward" else -1
                if move_to(history, step, missing=missing) is None:
                    assert history.current == before
                elif before and before.key != missing:
                    assert move_to(history, -step, missing=missing) == before.key
                    move_to(history, step, missing=missing)
        visited = [visit.key for visit in history.visits]
        assert len(set(visited)) == len(visited)
        assert set(entry_keys(history)) <= set(visited)
        assert all(key != next_key for key, next_key in zip(entry_keys(history), entry_keys(history)[1:], strict=False))
        assert (history.current is None) is (not history.entries)
        loaded = History.from_json(history.to_json())
        assert (loaded.entries, loaded.current, loaded.visits) == (history.entries, history.current, history.visits)


def test_a_new_entry_drops_later_entries_but_no_visits() -> None:
    history = make_history("a", "b", "c")
    assert (move_to(history, -1), move_to(history, -1), move_to(history, -1)) == ("b", "a", None)
    history.push("d", "2/1", TODAY + timedelta(hours=1))
    assert entry_keys(history) == ["a", "d"]
    assert [visit.key for visit in history.visits] == ["d", "c", "b", "a"]


def test_missing_stories_are_skipped() -> None:
    history = make_history("a", "b", "c")
    assert move_to(history, -1, missing="b") == "a"
    assert move_to(history, 1) == "b"


def test_back_from_a_preview_leads_to_the_last_visit() -> None:
    history = make_history("a", "b")
    assert move_to(history, -1, open_key="preview") == "b"
    assert move_to(history, -1) == "a"
    assert move_to(history, 1, open_key="preview") == "b"


def test_the_oldest_entries_and_visits_are_dropped() -> None:
    history = make_history(*map(str, range(MAX_ENTRIES + 3)))
    assert entry_keys(history) == [str(n) for n in range(3, MAX_ENTRIES + 3)]
    assert len(history.visits) == MAX_ENTRIES
    assert history.current == history.entries[-1]


@pytest.mark.parametrize("text", ["", "7", "[]", '{"stops":[[1]]}', '{"at":0,"stops":[],"visits":[["a","b",1e99]]}'])
def test_an_invalid_value_is_an_empty_history(text: str) -> None:
    assert History.from_json(text).visits == ()
