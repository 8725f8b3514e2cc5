from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition
from importai_tui.tui.dialogs.visited import VisitedStory, draw_visited, filter_visited, format_visit_day
from importai_tui.tui.reading.navigation import MAX_ENTRIES, History
from tests.tui.sample_app import TODAY, run_reader, store_issues

SMALL = (80, 24)
KEYS = "abcde"
STEPS = st.lists(st.tuples(st.sampled_from(["come", "back", "forward", "leave", "gone"]), st.sampled_from(KEYS)))


def keys(history: History) -> list[str]:
    return [stop.key for stop in history.entries]


def walked(*names: str) -> History:
    """A history of stories that were come to one after another."""
    history = History()
    for n, name in enumerate(names):
        history.push(name, f"1/{n}", TODAY + timedelta(minutes=n))
    return history


def turn(history: History, step: int, here: str = "", gone: str = "") -> str | None:
    """The key of the stop that one comes to from the present one."""
    here = here or (history.current.key if history.current else "")
    stop = history.move(step, here, lambda stop: stop.key not in gone)
    return stop.key if stop else None


@given(STEPS)
def test_whatever_the_reader_does_the_way_is_whole_and_back_undoes_forward(steps: list[tuple[str, str]]) -> None:
    history, gone = History(), ""
    for what, key in steps:
        before = history.current
        match what:
            case "come":
                history.push(key, "1/1", TODAY)
                assert keys(history)[-1:] == [key] or before == history.current
            case "leave":
                history.leave(key, ScrollPosition(3, 0.5))
            case "gone":
                gone = key
            case _:
                step = 1 if what == "forward" else -1
                if turn(history, step, gone=gone) is None:
                    assert history.current == before
                elif before and before.key != gone:
                    assert turn(history, -step, gone=gone) == before.key
                    turn(history, step, gone=gone)
        visited = [visit.key for visit in history.visits]
        assert len(set(visited)) == len(visited)
        assert set(keys(history)) <= set(visited)
        assert all(one != other for one, other in zip(keys(history), keys(history)[1:], strict=False))
        assert (history.current is None) is (not history.entries)
        again = History.from_json(history.to_json())
        assert (again.entries, again.current, again.visits) == (history.entries, history.current, history.visits)


def test_coming_to_another_story_forgets_the_way_forward_and_no_visit() -> None:
    history = walked("a", "b", "c")
    assert (turn(history, -1), turn(history, -1), turn(history, -1)) == ("b", "a", None)
    history.push("d", "2/1", TODAY + timedelta(hours=1))
    assert keys(history) == ["a", "d"]
    assert [visit.key for visit in history.visits] == ["d", "c", "b", "a"]


def test_a_story_that_is_gone_is_passed_over_and_may_come_again() -> None:
    history = walked("a", "b", "c")
    assert turn(history, -1, gone="b") == "a"
    assert turn(history, 1) == "b"


def test_from_a_preview_back_is_to_the_story_that_was_visited_last() -> None:
    history = walked("a", "b")
    assert turn(history, -1, here="preview") == "b"
    assert turn(history, -1) == "a"
    assert turn(history, 1, here="preview") == "b"


def test_the_oldest_stops_and_visits_are_forgotten() -> None:
    history = walked(*map(str, range(MAX_ENTRIES + 3)))
    assert keys(history) == [str(n) for n in range(3, MAX_ENTRIES + 3)]
    assert len(history.visits) == MAX_ENTRIES
    assert history.current == history.entries[-1]


@pytest.mark.parametrize("written", ["", "7", "[]", '{"stops":[[1]]}', '{"at":0,"stops":[],"visits":[["a","b",1e99]]}'])
def test_what_is_no_history_is_an_empty_one(written: str) -> None:
    assert History.from_json(written).visits == ()


def test_a_day_is_said_as_one_says_it() -> None:
    days = [date(2025, 1, 20), date(2025, 1, 19), date(2025, 1, 3), date(2024, 12, 31)]
    assert [format_visit_day(day, days[0]) for day in days] == ["today", "yesterday", "3 Jan", "Dec 2024"]


@pytest.mark.parametrize("width", [30, 56, 90])
def test_a_visited_story_is_drawn_in_its_room_and_found_by_any_of_its_words(width: int) -> None:
    row = VisitedStory(
        "k", "402/3", date(2025, 1, 3), "Otters [AI] count the rivers of the whole world, and then the lakes"
    )
    drawn = draw_visited(row, "3 Jan", width, strong=False)
    assert drawn.cell_length <= width
    assert "Otters [AI]" in drawn.plain
    assert ("402/3" in drawn.plain) is (width >= 56)
    assert filter_visited([row], "RIVERS otter") == filter_visited([row], "402/3") == [row]
    assert filter_visited([row], "otters zebra") == []


async def test_back_and_forward_find_each_story_as_it_was_left_also_after_a_restart(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=SMALL) as reader:
        await reader.press("space", "space")
        spot = reader.screen.story_view.scroll_position
        # The cursor that passes over a story is no visit, and neither is a story that has another's place.
        await reader.press("h", "j")
        await reader.pilot.pause(0.2)
        assert reader.open_story == ("12", 3)
        await reader.press("]", "alt+left")
        assert reader.open_story == ("12", 2)
        await reader.pilot.pause(0.05)
        assert reader.screen.story_view.scroll_position == spot
        await reader.press("H")
        assert reader.last_notice == "There is no story to go back to."
        await reader.press("q")
    # The story that lies ahead has got another key by then, and stands where it stood.
    library.state.save_value("history", (library.state.load_value("history") or "").replace('"lake"', '"mere"'))
    async with run_reader(library, size=SMALL) as reader:
        assert reader.open_story == ("12", 2)
        await reader.press("L")
        assert reader.open_story == ("11", 1)
        await reader.press("H")
        assert reader.open_story == ("12", 2)
        await reader.press("L")
        await reader.press("K", "L")
        assert reader.last_notice == "There is no story to go forward to."
        assert reader.open_story == ("12", 3)


async def test_the_list_of_visited_stories_is_narrowed_and_goes_there(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(40, 12)) as reader:
        await reader.press("J", "]", "h")
        await reader.pilot.press("ctrl+o")
        await reader.pilot.pause()
        rows = [line.split() for line in reader.screen_text().splitlines()]
        assert [row[:2] for row in rows if "long" in row or "River" in row] == [
            ["today", "A"],
            ["The", "River"],
            ["A", "long"],
        ]
        # The cursor stands on the story before the open one.
        await reader.pilot.press("enter")
        await reader.pilot.pause()
        assert reader.open_story == ("12", 3)
        await reader.pilot.press("ctrl+o", *"LO", "space", *"nal", "enter")
        await reader.pilot.pause()
        assert reader.open_story == ("12", 2)
