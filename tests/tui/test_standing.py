from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.library.rows import StoryHead
from importai_tui.model import StoryKind
from importai_tui.search.saved import FIRST, read_saved
from importai_tui.tui.actions.search import SavedSearchActions
from importai_tui.tui.reading.navigation import ReadingList
from tests.tui.arriving import follow
from tests.tui.made import Reader, fill, reading


def head(key: str, *, read: bool = False) -> StoryHead:
    return StoryHead(f"12/{ord(key) - 96}", key, ord(key) - 96, StoryKind.STORY, f"Headline {key}", 0, read, False)


WALK = ReadingList("Otters", tuple(head(key, read=key in "bd") for key in "abcd"))


@pytest.mark.parametrize(
    ("key", "back", "found"),
    [("a", False, "c"), ("c", False, "a"), ("b", True, "a"), ("a", True, "c"), ("x", False, "a")],
)
def test_a_walk_finds_the_next_unread_story_and_wraps_round(key: str, back: bool, found: str) -> None:
    unread = WALK.next_unread(key, back=back)
    assert unread
    assert unread.key == found


def test_a_walk_has_two_ends_and_knows_where_to_begin() -> None:
    assert WALK.neighbour("a", -1) is None
    assert WALK.neighbour("d", 1) is None
    assert WALK.neighbour("b", 1) == WALK.heads[2]
    assert WALK.first_unread() == WALK.heads[0]
    done = WALK.marked({"a", "b", "c", "d"}, set())
    assert done.next_unread("b") is None
    assert done.first_unread() == done.heads[0]
    assert ReadingList("Nothing", ()).first_unread() is None


def row(reader: Reader, name: str) -> str:
    return next(line for line in reader.lines if name in line)


async def test_saved_searches_stand_above_the_issues_with_what_is_unread_in_them(library: Library) -> None:
    fill(library).mark(["lake"], starred=True)
    async with reading(library, "12/1") as reader:
        await reader.until(lambda: "1" in row(reader, "Tech Tales"))
        unread = int(row(reader, "Unread").split()[-1])
        assert unread == reader.desk.session.index.unread
        assert row(reader, "Starred").split()[-1] == "1"
        await reader.press("r")
        assert row(reader, "Unread").split()[-1] == str(unread - 1)
        await reader.wait(1.5)
        await reader.until(lambda: "1" in row(reader, "Tech Tales"))


async def test_one_walks_through_a_saved_search_as_through_an_issue(library: Library) -> None:
    fill(library).mark(["rivers", "lake", "old"], starred=True)
    async with reading(library, "12/2") as reader:
        await reader.press("h", "g", "j", "enter")
        await reader.until(lambda: reader.desk.session.reading_list)
        keys = [head.key for head in reader.desk.session.rows]
        assert sorted(keys) == ["lake", "old", "rivers"]
        visited = [reader.desk.session.story.key] if reader.desk.session.story else []
        for _ in range(2):
            await reader.press("r", "n")
            visited.append(reader.desk.session.story.key if reader.desk.session.story else "")
        assert visited == keys
        assert all(library.state.is_read(key) for key in keys[:2])
        # What no longer is unread stays in sight.
        assert len(reader.desk.session.rows) == 3
        await reader.press("J")
        assert reader.said == "This is the last story of Starred."
        await reader.press("escape", "escape")
        assert reader.desk.session.reading_list is None
        assert reader.at[0] == reader.desk.session.rows[0].ref.partition("/")[0]


def starred_rows(reader: Reader) -> list[str]:
    """Headlines of the rows of the open saved search that have a star."""
    return [line[10:38].strip() for line in reader.lines if line[:9].endswith("*•")]


async def test_a_star_shows_in_the_rows_of_a_saved_search(library: Library, other: Library) -> None:
    fill(library).mark(["lake"], starred=True)
    async with reading(library, "12/2", size=(140, 30)) as reader:
        await reader.press("h", "g", "enter")
        await reader.until(lambda: reader.desk.session.reading_list)
        assert starred_rows(reader) == ["A long story called lake"]
        await reader.press("s")
        assert starred_rows(reader) == ["Machines learn to count ri…", "A long story called lake"]
        other.mark(["lake"], starred=False)
        other.mark(["old"], starred=True)
        await follow(reader)
        assert starred_rows(reader) == ["Machines learn to count ri…", "A long story called old"]
        await reader.press("s")
        assert starred_rows(reader) == ["A long story called old"]


async def test_all_read_means_what_is_shown_of_a_walk(library: Library) -> None:
    fill(library).mark(["rivers", "lake"], starred=True)
    async with reading(library, "12/2") as reader:
        await reader.press("h", "g", "j", "enter")
        await reader.until(lambda: reader.desk.session.reading_list)
        await reader.pilot.press("A")
        await reader.pilot.pause()
        assert "Mark 2 stories of Starred read?" in reader.text()
        reader.clock.now += 1
        await reader.press("y")
        assert library.state.is_read("rivers")
        assert reader.desk.session.index.unread


async def test_an_empty_search_says_what_to_do(library: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        await reader.press("h", "g", "j", "enter")
        await reader.until(lambda: reader.heard)
        assert reader.said == "Starred: no story. s stars a story."


async def test_a_search_is_saved_and_removed_after_a_question(library: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        reader.desk.action_group(SavedSearchActions).save("Rivers", "rivers")
        await reader.press("h", "g")
        assert row(reader, "Rivers")
        await reader.press(*"jjjjj")
        await reader.pilot.press("delete")
        await reader.pilot.pause()
        reader.clock.now += 1
        await reader.press("y")
        assert not any("Rivers" in line for line in reader.lines[:7])
        assert reader.said == "Removed; u brings it back. It looked for: rivers"
    async with reading(library, "12/1") as reader:
        await reader.pilot.pause()
        assert not any("Rivers" in line for line in reader.lines[:7])


def names(reader: Reader) -> list[str]:
    return [search.name for search in reader.desk.saved_searches.searches]


async def answer(reader: Reader, key: str) -> None:
    await reader.pilot.pause()
    reader.clock.now += 1
    await reader.press(key)


@pytest.mark.parametrize(("key", "line"), [("n", "rivers"), ("y", "lakes")])
async def test_another_search_of_the_name_is_replaced_only_after_a_question(
    library: Library, key: str, line: str
) -> None:
    async with reading(fill(library), "12/1") as reader:
        reader.desk.action_group(SavedSearchActions).save("Water", "rivers")
        await reader.press("h")
        reader.desk.action_group(SavedSearchActions).save("Water", "lakes")
        await reader.until(lambda: 'Replace the saved search "Water"? It' in reader.text())
        await answer(reader, key)
        assert [search.line for search in reader.desk.saved_searches.searches if search.name == "Water"] == [line]


async def test_the_same_search_is_saved_again_without_a_question(library: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        for _ in range(2):
            reader.desk.action_group(SavedSearchActions).save("Water", "rivers")
            await reader.press("h")
        assert names(reader).count("Water") == 1
        assert reader.said == "Saved above the issues: Water"


async def test_a_removed_or_replaced_search_comes_back_with_u(library: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        reader.desk.action_group(SavedSearchActions).save("Unread", "otters")
        await answer(reader, "y")
        before = reader.desk.saved_searches.searches
        await reader.press("h", "g")
        await reader.pilot.press("delete")
        await answer(reader, "y")
        assert "Unread" not in names(reader)
        await reader.press("u")
        assert reader.desk.saved_searches.searches == before
        assert reader.said == "Undone: removed the search Unread"
        await reader.press("u")
        assert reader.said == "Undone: replaced the search Unread"
        assert reader.desk.saved_searches.searches == FIRST
    assert read_saved(library.state.recall("searches")) == FIRST


async def test_u_undoes_the_latest_change_first_whatever_it_is_of(library: Library) -> None:
    async with reading(fill(library), "12/2") as reader:
        await reader.press("s", "h", "g")
        await reader.pilot.press("delete")
        await answer(reader, "y")
        await reader.press("G", "r", "u")
        assert "Unread" not in names(reader)
        await reader.press("u")
        assert names(reader)[0] == "Unread"
        assert library.state.is_starred("canal")
        await reader.press("u")
        assert not library.state.is_starred("canal")


async def test_the_first_searches_come_back_in_the_place_of_others_of_their_names(library: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        reader.desk.action_group(SavedSearchActions).save("Unread", "otters")
        await answer(reader, "y")
        await reader.wait(1)
        # Nothing is found by it, which is known once it was counted.
        await reader.until(
            lambda: "Unread" in (known := reader.desk.saved_searches._counts.known) and not known["Unread"].stories
        )
        await reader.desk.run_action("first_searches")
        await reader.press("h")
        assert reader.desk.saved_searches.searches == FIRST
        assert row(reader, "Unread").split()[-1] == str(reader.desk.session.index.unread)
