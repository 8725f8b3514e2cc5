"""What is stored behind the reader's back comes into the list, and what the reader looks at stays on its line."""

from __future__ import annotations

from dataclasses import replace

from importai_tui.library.library import Library
from importai_tui.tui.reading.live_update import REST, Throttle
from tests.tui.arriving import edit, follow, issue, many
from tests.tui.made import Reader, fill, long_story, made_issues, reading


def line_of(reader: Reader, words: str) -> int:
    """On which line of the list something stands."""
    found = [n for n, line in enumerate(reader.lines) if words in line]
    assert len(found) == 1, (words, reader.lines)
    return found[0]


async def test_rows_stay_on_their_lines_while_issues_come_in_above_and_below(library: Library, other: Library) -> None:
    async with reading(fill(library, many(*range(20, 60))), "40/1", size=(100, 20)) as reader:
        await reader.press("h", "j", "j", "j")
        before, pointed = reader.lines, reader.desk.story_list.issue_pointed
        assert pointed
        fill(other, many(*range(1, 20), *range(60, 90)))
        await follow(reader)
        assert len(reader.desk.session.index.heads) == 89
        assert reader.lines == before
        assert reader.desk.story_list.issue_pointed == pointed


async def test_the_row_under_the_cursor_stays_when_issues_come_in_between(library: Library, other: Library) -> None:
    async with reading(fill(library, many(*range(20, 40), *range(43, 60))), "36/1", size=(100, 20)) as reader:
        await reader.press("h")
        line = line_of(reader, "A long story called k36")
        fill(other, many(40, 41, 42))
        await follow(reader)
        assert line_of(reader, "A long story called k36") == line


async def test_a_list_at_its_very_top_shows_what_is_new(library: Library, other: Library) -> None:
    fill(library, [*many(*range(20, 59)), issue(59, "zebra", "moss")])
    async with reading(library, "59/2", size=(100, 20)) as reader:
        line = line_of(reader, "A long story called moss")
        fill(other, many(60))
        await follow(reader)
        assert line_of(reader, "Of number 60") == 7, "beneath the saved searches and the year"
        assert line_of(reader, "A long story called moss") == line + 1
        assert reader.at == ("59", 2)
        await reader.press("h", "k")
        await reader.pilot.pause(0.2)
        assert reader.at == ("59", 1), "the cursor is still on its story"


async def test_a_list_at_its_very_top_stays_with_the_cursor_when_more_comes_than_fits(
    library: Library, other: Library
) -> None:
    async with reading(fill(library, many(*range(20, 60))), "59/1", size=(100, 16)) as reader:
        await reader.press("h")
        line = line_of(reader, "A long story called k59")
        fill(other, many(*range(60, 90)))
        await follow(reader)
        assert line_of(reader, "A long story called k59") == line


async def test_a_list_out_of_sight_keeps_its_cursor(library: Library, other: Library) -> None:
    async with reading(fill(library, many(*range(20, 60))), "40/1", size=(50, 20)) as reader:
        assert not reader.desk.story_list.display
        fill(other, many(*range(60, 90)))
        await follow(reader)
        await reader.press("h")
        assert line_of(reader, "A long story called k40") > 0
        await reader.press("j", "j", "enter")
        assert reader.at == ("38", 1)


async def test_a_story_that_is_gone_leaves_the_cursor_near_by(library: Library, other: Library) -> None:
    fill(library, [issue(1, "zebra", "mountain", "quilt"), issue(2)])
    async with reading(library, "1/1") as reader:
        await reader.press("h", "j", "j")
        await reader.pilot.pause(0.2)
        edit(other, issue(1, "zebra", "mountain"))
        await follow(reader)
        await reader.press("k")
        await reader.pilot.pause(0.2)
        assert reader.at in (("1", 1), ("1", 2))


async def test_the_counts_follow(library: Library, other: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        fill(other, many(130))
        other.mark(["lake"], read=True)
        await follow(reader)
        assert "6 unread" in reader.text()
        assert [head.unread for head in reader.desk.session.index.heads] == [1, 3, 1, 1]


async def test_issues_come_in_at_intervals_and_not_one_by_one(library: Library, other: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        fill(other, many(130))
        reader.desk.tick()
        assert len(reader.desk.session.index.heads) == 4
        fill(other, many(131))
        reader.clock.now += REST / 2
        reader.desk.tick()
        assert len(reader.desk.session.index.heads) == 4
        reader.clock.now += REST
        reader.desk.tick()
        assert len(reader.desk.session.index.heads) == 5


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
    async with reading(fill(library), "12/1") as reader:
        await reader.pilot.press("A")
        await reader.pilot.pause()
        assert "Mark 6 shown stories read?" in reader.text()
        fill(other, many(130))
        edit(other, replace(made_issues()[0], stories=(long_story("old", 1), long_story("younger", 2))))
        for _ in range(5):
            reader.clock.now += 1
            reader.desk.tick()
        assert len(reader.desk.session.index.heads) == 3
        await reader.press("y")
        assert len(reader.desk.session.index.heads) == 4
        assert [head.unread for head in library.issue_heads()] == [1, 0, 0, 1]
