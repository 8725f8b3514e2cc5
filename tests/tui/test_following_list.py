"""What is stored behind the reader's back comes into the list, and what the reader looks at stays on its line."""

from __future__ import annotations

from dataclasses import replace

from importai_tui.library.library import Library
from importai_tui.tui.reading.live_update import REST, Throttle
from tests.tui.live_updates import check_for_changes, make_issue, make_issues, store_edited
from tests.tui.sample_app import RunningReader, long_story, run_reader, sample_issues, store_issues


def line_of(reader: RunningReader, words: str) -> int:
    """On which line of the list something stands."""
    found = [n for n, line in enumerate(reader.list_lines) if words in line]
    assert len(found) == 1, (words, reader.list_lines)
    return found[0]


async def test_rows_stay_on_their_lines_while_issues_come_in_above_and_below(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library, make_issues(*range(20, 60))), "40/1", size=(100, 20)) as reader:
        await reader.press("h", "j", "j", "j")
        before, pointed = reader.list_lines, reader.screen.story_list.selected_issue
        assert pointed
        store_issues(other, make_issues(*range(1, 20), *range(60, 90)))
        await check_for_changes(reader)
        assert len(reader.screen.session.index.heads) == 89
        assert reader.list_lines == before
        assert reader.screen.story_list.selected_issue == pointed


async def test_the_row_under_the_cursor_stays_when_issues_come_in_between(library: Library, other: Library) -> None:
    async with run_reader(
        store_issues(library, make_issues(*range(20, 40), *range(43, 60))), "36/1", size=(100, 20)
    ) as reader:
        await reader.press("h")
        line = line_of(reader, "A long story called k36")
        store_issues(other, make_issues(40, 41, 42))
        await check_for_changes(reader)
        assert line_of(reader, "A long story called k36") == line


async def test_a_list_at_its_very_top_shows_what_is_new(library: Library, other: Library) -> None:
    store_issues(library, [*make_issues(*range(20, 59)), make_issue(59, "zebra", "moss")])
    async with run_reader(library, "59/2", size=(100, 20)) as reader:
        line = line_of(reader, "A long story called moss")
        store_issues(other, make_issues(60))
        await check_for_changes(reader)
        assert line_of(reader, "Of number 60") == 7, "beneath the saved searches and the year"
        assert line_of(reader, "A long story called moss") == line + 1
        assert reader.open_story == ("59", 2)
        await reader.press("h", "k")
        await reader.pilot.pause(0.2)
        assert reader.open_story == ("59", 1), "the cursor is still on its story"


async def test_a_list_at_its_very_top_stays_with_the_cursor_when_more_comes_than_fits(
    library: Library, other: Library
) -> None:
    async with run_reader(store_issues(library, make_issues(*range(20, 60))), "59/1", size=(100, 16)) as reader:
        await reader.press("h")
        line = line_of(reader, "A long story called k59")
        store_issues(other, make_issues(*range(60, 90)))
        await check_for_changes(reader)
        assert line_of(reader, "A long story called k59") == line


async def test_a_list_out_of_sight_keeps_its_cursor(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library, make_issues(*range(20, 60))), "40/1", size=(50, 20)) as reader:
        assert not reader.screen.story_list.display
        store_issues(other, make_issues(*range(60, 90)))
        await check_for_changes(reader)
        await reader.press("h")
        assert line_of(reader, "A long story called k40") > 0
        await reader.press("j", "j", "enter")
        assert reader.open_story == ("38", 1)


async def test_a_story_that_is_gone_leaves_the_cursor_near_by(library: Library, other: Library) -> None:
    store_issues(library, [make_issue(1, "zebra", "mountain", "quilt"), make_issue(2)])
    async with run_reader(library, "1/1") as reader:
        await reader.press("h", "j", "j")
        await reader.pilot.pause(0.2)
        store_edited(other, make_issue(1, "zebra", "mountain"))
        await check_for_changes(reader)
        await reader.press("k")
        await reader.pilot.pause(0.2)
        assert reader.open_story in (("1", 1), ("1", 2))


async def test_the_counts_follow(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        store_issues(other, make_issues(130))
        other.mark(["lake"], read=True)
        await check_for_changes(reader)
        assert "6 unread" in reader.screen_text()
        assert [head.unread_count for head in reader.screen.session.index.heads] == [1, 3, 1, 1]


async def test_issues_come_in_at_intervals_and_not_one_by_one(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        store_issues(other, make_issues(130))
        reader.screen.tick()
        assert len(reader.screen.session.index.heads) == 4
        store_issues(other, make_issues(131))
        reader.clock.now += REST / 2
        reader.screen.tick()
        assert len(reader.screen.session.index.heads) == 4
        reader.clock.now += REST
        reader.screen.tick()
        assert len(reader.screen.session.index.heads) == 5


def test_a_slow_look_is_followed_by_a_longer_rest() -> None:
    pace = Throttle()
    assert pace.is_due(0)
    pace.took(0, 0.01)
    assert not pace.is_due(1.9)
    assert pace.is_due(2.1)
    pace.took(10, 10.2)
    assert not pace.is_due(18.1)
    assert pace.is_due(18.3)


async def test_nothing_moves_beneath_a_question_and_what_came_in_is_not_meant_by_it(
    library: Library, other: Library
) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.press("A")
        await reader.pilot.pause()
        assert "Mark 6 shown stories read?" in reader.screen_text()
        store_issues(other, make_issues(130))
        store_edited(other, replace(sample_issues()[0], stories=(long_story("old", 1), long_story("younger", 2))))
        for _ in range(5):
            reader.clock.now += 1
            reader.screen.tick()
        assert len(reader.screen.session.index.heads) == 3
        await reader.press("y")
        assert len(reader.screen.session.index.heads) == 4
        assert [head.unread_count for head in library.get_issue_rows()] == [1, 0, 0, 1]
