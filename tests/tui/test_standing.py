from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.library.rows import StoryRow
from importai_tui.model import StoryKind
from importai_tui.search.saved import DEFAULT_SEARCHES, saved_from_json
from importai_tui.tui.actions.search import SavedSearchActions
from importai_tui.tui.reading.navigation import ReadingList
from tests.tui.live_updates import check_for_changes
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def head(key: str, *, read: bool = False) -> StoryRow:
    return StoryRow(f"12/{ord(key) - 96}", key, ord(key) - 96, StoryKind.STORY, f"Headline {key}", 0, read, False)


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


def row(reader: RunningReader, name: str) -> str:
    return next(line for line in reader.list_lines if name in line)


async def test_saved_searches_stand_above_the_issues_with_what_is_unread_in_them(library: Library) -> None:
    store_issues(library).mark(["lake"], starred=True)
    async with run_reader(library, "12/1") as reader:
        await reader.wait_until(lambda: "1" in row(reader, "Tech Tales"))
        unread = int(row(reader, "Unread").split()[-1])
        assert unread == reader.screen.session.index.unread
        assert row(reader, "Starred").split()[-1] == "1"
        await reader.press("r")
        assert row(reader, "Unread").split()[-1] == str(unread - 1)
        await reader.advance_clock(1.5)
        await reader.wait_until(lambda: "1" in row(reader, "Tech Tales"))


async def test_one_walks_through_a_saved_search_as_through_an_issue(library: Library) -> None:
    store_issues(library).mark(["rivers", "lake", "old"], starred=True)
    async with run_reader(library, "12/2") as reader:
        await reader.press("h", "g", "j", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        keys = [head.key for head in reader.screen.session.rows]
        assert sorted(keys) == ["lake", "old", "rivers"]
        visited = [reader.screen.session.story.key] if reader.screen.session.story else []
        for _ in range(2):
            await reader.press("r", "n")
            visited.append(reader.screen.session.story.key if reader.screen.session.story else "")
        assert visited == keys
        assert all(library.state.is_read(key) for key in keys[:2])
        # What no longer is unread stays in sight.
        assert len(reader.screen.session.rows) == 3
        await reader.press("J")
        assert reader.last_notice == "This is the last story of Starred."
        await reader.press("escape", "escape")
        assert reader.screen.session.reading_list is None
        assert reader.open_story[0] == reader.screen.session.rows[0].ref.partition("/")[0]


def starred_rows(reader: RunningReader) -> list[str]:
    """Headlines of the rows of the open saved search that have a star."""
    return [line[10:38].strip() for line in reader.list_lines if line[:9].endswith("*•")]


async def test_a_star_shows_in_the_rows_of_a_saved_search(library: Library, other: Library) -> None:
    store_issues(library).mark(["lake"], starred=True)
    async with run_reader(library, "12/2", size=(140, 30)) as reader:
        await reader.press("h", "g", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        assert starred_rows(reader) == ["A long story called lake"]
        await reader.press("s")
        assert starred_rows(reader) == ["Machines learn to count ri…", "A long story called lake"]
        other.mark(["lake"], starred=False)
        other.mark(["old"], starred=True)
        await check_for_changes(reader)
        assert starred_rows(reader) == ["Machines learn to count ri…", "A long story called old"]
        await reader.press("s")
        assert starred_rows(reader) == ["A long story called old"]


async def test_all_read_means_what_is_shown_of_a_walk(library: Library) -> None:
    store_issues(library).mark(["rivers", "lake"], starred=True)
    async with run_reader(library, "12/2") as reader:
        await reader.press("h", "g", "j", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        await reader.pilot.press("A")
        await reader.pilot.pause()
        assert "Mark 2 stories of Starred read?" in reader.screen_text()
        reader.clock.now += 1
        await reader.press("y")
        assert library.state.is_read("rivers")
        assert reader.screen.session.index.unread


async def test_an_empty_search_says_what_to_do(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("h", "g", "j", "enter")
        await reader.wait_until(lambda: reader.notices)
        assert reader.last_notice == "Starred: no story. s stars a story."


async def test_a_search_is_saved_and_removed_after_a_question(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.screen.action_group(SavedSearchActions).save("Rivers", "rivers")
        await reader.press("h", "g")
        assert row(reader, "Rivers")
        await reader.press(*"jjjjj")
        await reader.pilot.press("delete")
        await reader.pilot.pause()
        reader.clock.now += 1
        await reader.press("y")
        assert not any("Rivers" in line for line in reader.list_lines[:7])
        assert reader.last_notice == "Removed; u brings it back. It looked for: rivers"
    async with run_reader(library, "12/1") as reader:
        await reader.pilot.pause()
        assert not any("Rivers" in line for line in reader.list_lines[:7])


def names(reader: RunningReader) -> list[str]:
    return [search.name for search in reader.screen.saved_searches.searches]


async def answer(reader: RunningReader, key: str) -> None:
    await reader.pilot.pause()
    reader.clock.now += 1
    await reader.press(key)


@pytest.mark.parametrize(("key", "line"), [("n", "rivers"), ("y", "lakes")])
async def test_another_search_of_the_name_is_replaced_only_after_a_question(
    library: Library, key: str, line: str
) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.screen.action_group(SavedSearchActions).save("Water", "rivers")
        await reader.press("h")
        reader.screen.action_group(SavedSearchActions).save("Water", "lakes")
        await reader.wait_until(lambda: 'Replace the saved search "Water"? It' in reader.screen_text())
        await answer(reader, key)
        assert [search.line for search in reader.screen.saved_searches.searches if search.name == "Water"] == [line]


async def test_the_same_search_is_saved_again_without_a_question(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        for _ in range(2):
            reader.screen.action_group(SavedSearchActions).save("Water", "rivers")
            await reader.press("h")
        assert names(reader).count("Water") == 1
        assert reader.last_notice == "Saved above the issues: Water"


async def test_a_removed_or_replaced_search_comes_back_with_u(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.screen.action_group(SavedSearchActions).save("Unread", "otters")
        await answer(reader, "y")
        before = reader.screen.saved_searches.searches
        await reader.press("h", "g")
        await reader.pilot.press("delete")
        await answer(reader, "y")
        assert "Unread" not in names(reader)
        await reader.press("u")
        assert reader.screen.saved_searches.searches == before
        assert reader.last_notice == "Undone: removed the search Unread"
        await reader.press("u")
        assert reader.last_notice == "Undone: replaced the search Unread"
        assert reader.screen.saved_searches.searches == DEFAULT_SEARCHES
    assert saved_from_json(library.state.load_value("searches")) == DEFAULT_SEARCHES


async def test_u_undoes_the_latest_change_first_whatever_it_is_of(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
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
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.screen.action_group(SavedSearchActions).save("Unread", "otters")
        await answer(reader, "y")
        await reader.advance_clock(1)
        # Nothing is found by it, which is known once it was counted.
        await reader.wait_until(
            lambda: "Unread" in (known := reader.screen.saved_searches._counts.by_name) and not known["Unread"].stories
        )
        await reader.screen.run_action("first_searches")
        await reader.press("h")
        assert reader.screen.saved_searches.searches == DEFAULT_SEARCHES
        assert row(reader, "Unread").split()[-1] == str(reader.screen.session.index.unread)
