from __future__ import annotations

from dataclasses import replace

import pytest

from importai_tui.library.library import Library
from importai_tui.search.saved import DEFAULT_SEARCHES, load_searches
from importai_tui.tui.actions.search import SavedSearchActions
from tests.tui.live_updates import check_for_changes, make_issue
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def find_row(reader: RunningReader, name: str) -> str:
    return next(line for line in reader.list_lines if name in line)


def starred_rows(reader: RunningReader) -> list[str]:
    """Return the headlines with a star in the open saved search."""
    return [line[11:38].strip() for line in reader.list_lines if line[:10].endswith("★ •")]


def get_names(reader: RunningReader) -> list[str]:
    return [search.name for search in reader.screen.saved_searches.searches]


async def answer_question(reader: RunningReader, key: str) -> None:
    await reader.pilot.pause()
    reader.clock.now += 1
    await reader.press(key)


async def test_saved_searches_are_listed_with_unread_counts(library: Library) -> None:
    store_issues(library).mark(["lake"], starred=True)
    async with run_reader(library, "12/1") as reader:
        await reader.wait_until(lambda: "1" in find_row(reader, "Tech Tales"))
        unread = int(find_row(reader, "Unread").split()[-1])
        assert unread == reader.screen.session.index.unread_count
        assert find_row(reader, "Starred").split()[-1] == "1/1"
        await reader.press("r")
        assert find_row(reader, "Unread").split()[-1] == str(unread - 1)
        await reader.advance_clock(1.5)
        await reader.wait_until(lambda: "1" in find_row(reader, "Tech Tales"))


async def test_a_saved_search_opens_as_a_reading_list(library: Library) -> None:
    store_issues(library).mark(["rivers", "lake", "old"], starred=True)
    async with run_reader(library, "12/2") as reader:
        await reader.press("h", "g", "j", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        keys = [row.key for row in reader.screen.session.rows]
        assert sorted(keys) == ["lake", "old", "rivers"]
        visited = [reader.screen.session.story.key] if reader.screen.session.story else []
        for _ in range(2):
            await reader.press("r", "n")
            visited.append(reader.screen.session.story.key if reader.screen.session.story else "")
        assert visited == keys
        assert all(library.state.is_read(key) for key in keys[:2])
        # Stories that are read now stay in the list.
        assert len(reader.screen.session.rows) == 3
        await reader.press("J")
        assert reader.last_notice == "This is the last story in Starred"
        await reader.press("escape", "escape")
        assert reader.screen.session.reading_list is None
        assert reader.open_story[0] == reader.screen.session.rows[0].ref.partition("/")[0]


async def test_stars_appear_in_the_rows_of_a_saved_search(library: Library, other: Library) -> None:
    store_issues(library).mark(["lake"], starred=True)
    async with run_reader(library, "12/2", size=(160, 30)) as reader:
        await reader.press("h", "g", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        assert starred_rows(reader) == ["A long story called lake"]
        await reader.press("s")
        assert starred_rows(reader) == ["Machines learn to count…", "A long story called lake"]
        other.mark(["lake"], starred=False)
        other.mark(["old"], starred=True)
        await check_for_changes(reader)
        assert starred_rows(reader) == ["Machines learn to count…", "A long story called old"]
        await reader.press("s")
        assert starred_rows(reader) == ["A long story called old"]


async def test_all_read_marks_the_stories_of_the_reading_list(library: Library) -> None:
    store_issues(library).mark(["rivers", "lake"], starred=True)
    async with run_reader(library, "12/2") as reader:
        await reader.press("h", "g", "j", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        await reader.pilot.press("A")
        await reader.pilot.pause()
        assert "Mark all 2 listed stories as read?" in reader.screen_text()
        reader.clock.now += 1
        await reader.press("y")
        assert library.state.is_read("rivers")
        assert reader.screen.session.index.unread_count


async def test_an_empty_saved_search_gives_advice(library: Library) -> None:
    library = store_issues(library)
    library.mark([key for entry in library.archive.get_entries() for key in entry.story_keys], read=True)
    async with run_reader(library, "12/1") as reader:
        reader.screen.action_group(SavedSearchActions).save("Otters", "zebras")
        await reader.press("h", "g", "enter")
        await reader.wait_until(lambda: "No stories in “Unread”; S checks for new issues" in reader.notices)
        reader.screen.action_group(SavedSearchActions).action_open_saved_search("Otters")
        await reader.wait_until(lambda: "No stories in “Otters”" in reader.notices)


async def test_a_saved_search_is_removed_after_confirmation(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.screen.action_group(SavedSearchActions).save("Rivers", "rivers")
        await reader.press("h", "g")
        assert find_row(reader, "Rivers")
        await reader.press(*"jjj")
        await reader.pilot.press("delete")
        await reader.pilot.pause()
        reader.clock.now += 1
        await reader.press("y")
        assert "Rivers" not in get_names(reader)
        assert not any(line.strip().startswith("Rivers") for line in reader.list_lines)
        assert reader.last_notice == "Deleted search “Rivers”: rivers (u to undo)"
    async with run_reader(library, "12/1") as reader:
        await reader.pilot.pause()
        assert "Rivers" not in get_names(reader)
        assert not any(line.strip().startswith("Rivers") for line in reader.list_lines)


@pytest.mark.parametrize(("key", "line"), [("n", "rivers"), ("y", "lakes")])
async def test_a_saved_search_is_replaced_only_after_confirmation(library: Library, key: str, line: str) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.screen.action_group(SavedSearchActions).save("Water", "rivers")
        await reader.press("h")
        reader.screen.action_group(SavedSearchActions).save("Water", "lakes")
        await reader.wait_until(lambda: "Replace saved search “Water”" in reader.screen_text())
        await answer_question(reader, key)
        assert [search.line for search in reader.screen.saved_searches.searches if search.name == "Water"] == [line]


async def test_the_same_search_is_saved_again_without_confirmation(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        for _ in range(2):
            reader.screen.action_group(SavedSearchActions).save("Water", "rivers")
            await reader.press("h")
        assert get_names(reader).count("Water") == 1
        assert reader.last_notice == "Saved search “Water” (top of the list)"


async def test_undo_restores_removed_and_replaced_searches(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.screen.action_group(SavedSearchActions).save("Unread", "otters")
        await answer_question(reader, "y")
        before = reader.screen.saved_searches.searches
        await reader.press("h", "g")
        await reader.pilot.press("delete")
        await answer_question(reader, "y")
        assert "Unread" not in get_names(reader)
        await reader.press("u")
        assert reader.screen.saved_searches.searches == before
        assert reader.last_notice == "Undid: search “Unread” deleted"
        await reader.press("u")
        assert reader.last_notice == "Undid: search “Unread” replaced"
        assert reader.screen.saved_searches.searches == DEFAULT_SEARCHES
    assert load_searches(library.state.load_value) == DEFAULT_SEARCHES


async def test_undo_reverts_marks_and_searches_in_order(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await reader.press("s", "h", "g")
        await reader.pilot.press("delete")
        await answer_question(reader, "y")
        await reader.press("G", "r", "u")
        assert "Unread" not in get_names(reader)
        await reader.press("u")
        assert get_names(reader)[0] == "Unread"
        assert library.state.is_starred("canal")
        await reader.press("u")
        assert not library.state.is_starred("canal")


async def test_redo_repeats_marks_and_searches_in_order(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await reader.press("s", "h", "g")
        await reader.pilot.press("delete")
        await answer_question(reader, "y")
        await reader.press("u", "u")
        assert get_names(reader)[0] == "Unread"
        await reader.press("ctrl+r")
        assert library.state.is_starred("canal")
        assert get_names(reader)[0] == "Unread"
        await reader.press("ctrl+r")
        assert "Unread" not in get_names(reader)
        assert reader.last_notice == "Redid: search “Unread” deleted"
        await reader.press("u")
        assert get_names(reader)[0] == "Unread"


async def test_a_new_mark_ends_the_redo_of_searches(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await reader.press("h", "g")
        await reader.pilot.press("delete")
        await answer_question(reader, "y")
        await reader.press("u", "G", "s", "u", "ctrl+r", "ctrl+r")
        assert get_names(reader)[0] == "Unread"
        assert reader.last_notice == "Nothing to redo"


async def test_default_searches_replace_others_of_their_names(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.screen.action_group(SavedSearchActions).save("Unread", "otters")
        await answer_question(reader, "y")
        await reader.advance_clock(1)
        # The row of a search without stories is shown once the search is counted.
        counts = reader.screen.saved_searches._counts
        assert counts
        await reader.wait_until(lambda: "Unread" in counts.by_name and not counts.by_name["Unread"].stories)
        await reader.screen.run_action("first_searches")
        await reader.press("h")
        assert reader.screen.saved_searches.searches == DEFAULT_SEARCHES
        assert find_row(reader, "Unread").split()[-1] == str(reader.screen.session.index.unread_count)


async def test_a_list_of_marks_is_shown_while_it_has_stories(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await reader.wait_until(lambda: "/" in find_row(reader, "Tech Tales"))
        shown = [line.split()[0] for line in reader.list_lines[:4] if line.strip()]
        assert shown == ["Unread", "Tech", "Essays"]
        library.add_highlight("rivers", "rivers")
        library.set_note("rivers", "Count them.")
        library.tag(["canal", "lake"], "water")
        await reader.press("s")
        await reader.advance_clock(1.5)
        await reader.wait_until(lambda: any("Tags" in line for line in reader.list_lines))
        rows = {line.split()[0]: line.split()[-1] for line in reader.list_lines[:5]}
        assert rows == {"Unread": rows["Unread"], "Starred": "1/1", "Highlights": "1/1", "Notes": "1/1", "Tags": "2/2"}
        await reader.press("r")
        await reader.advance_clock(1.5)
        await reader.wait_until(lambda: find_row(reader, "Tags").split()[-1] == "1/2")
        await reader.press("s")
        await reader.advance_clock(1.5)
        await reader.wait_until(lambda: not any("Starred" in line for line in reader.list_lines))


async def test_a_filtered_list_stays_when_counts_change(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await reader.press("h")
        await reader.pilot.press("f", *"rivers", "enter")
        before = reader.list_lines[:3]
        await reader.press("r")
        await reader.advance_clock(1.5)
        assert [line.split()[0] for line in reader.list_lines[:3]] == [line.split()[0] for line in before]
        assert not any("Unread" in line for line in reader.list_lines)


async def test_a_standing_list_sorts_undated_issues_by_number(library: Library) -> None:
    issues = [make_issue(number, f"k{number}") for number in (31, 34, 32, 35, 33)]
    undated = [replace(issue, date=None) if issue.number in (32, 33, 35) else issue for issue in issues]
    async with run_reader(store_issues(library, undated), "31/1") as reader:
        await reader.press("h", "g", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        assert [row.ref for row in reader.screen.session.rows] == ["35/1", "34/1", "33/1", "32/1", "31/1"]
        assert [row.number for row in reader.screen.session.index.rows] == [35, 34, 33, 32, 31]
