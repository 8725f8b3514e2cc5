"""What is stored behind the reader's back changes the open story only where that has changed, and marks nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition
from importai_tui.model import Issue, Paragraph, Span, Story
from importai_tui.tui.widgets.link_list import LinkList
from importai_tui.tui.widgets.story_view import StoryView, relocate_position
from tests.tui.live_updates import check_for_changes, make_issue, make_issues, store_edited
from tests.tui.sample_app import make_link, rich_story, run_reader, sample_issues, store_issues


async def test_an_open_story_stays_where_it_is_while_issues_come_in(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(100, 24)) as reader:
        await reader.press("space", "space", "j")
        view = reader.screen.story_view
        before, drawn = (
            (view.scroll_y, view.scroll_position, reader.open_story),
            [piece.content for piece in view.block_views],
        )
        store_issues(other, make_issues(*range(1, 9), *range(130, 160)))
        await check_for_changes(reader)
        assert (view.scroll_y, view.scroll_position, reader.open_story) == before
        assert all(piece.content is old for piece, old in zip(view.block_views, drawn, strict=True))


@pytest.mark.parametrize("ref", ["12/1", "12/2", "12/3", "11/1"])
async def test_a_live_update_without_a_change_redraws_nothing(
    library: Library, other: Library, monkeypatch: pytest.MonkeyPatch, ref: str
) -> None:
    redrawn: list[object] = []
    monkeypatch.setattr(StoryView, "redraw", lambda _, pieces: redrawn.append(pieces))
    monkeypatch.setattr(LinkList, "replace_links", lambda _, links, __: redrawn.append(links))
    store_issues(library)
    issue_ref, position = library.resolve(ref)
    assert position
    key = library.get_story(issue_ref, position).key
    for tag in ("meadow", "wool"):
        library.tag([key], tag)
    library.set_note(key, "Count them again.")
    async with run_reader(library, ref) as reader:
        assert "#meadow #wool" in reader.screen_text()
        store_issues(other, make_issues(130))
        await check_for_changes(reader)
        assert len(reader.screen.session.index.rows) == 4
        assert redrawn == []


async def test_a_tag_given_in_another_window_shows_under_the_headline(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        other.tag(["rivers"], "meadow")
        await check_for_changes(reader)
        assert "#meadow" in reader.screen_text()


def twelve(first: Story | None = None, *, before: int = 0, kept: int = 20) -> Issue:
    """Issue 12 with another first story, or with paragraphs put in before the second story's, or cut off after."""
    issue = sample_issues()[2]
    one, two, three = issue.stories
    more = tuple(Paragraph((Span(f"Put in later, {n}. " + "Much has happened since. " * 12),)) for n in range(before))
    return replace(issue, stories=(first or one, replace(two, blocks=(*more, *two.blocks[:kept])), three))


async def test_words_stay_selected_while_issues_come_in(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.screen.story_view.query("BlockView")[3].text_select_all()
        store_issues(other, make_issues(130))
        await check_for_changes(reader)
        await reader.press("ctrl+c")
        assert reader.app.clipboard == "Somebody has taught machines (Example)¹ to count rivers."


async def test_an_edited_story_is_drawn_anew_with_the_same_words_in_view(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await reader.press("space", "space")
        view = reader.screen.story_view
        top = next(line for line in reader.screen_text().splitlines()[2:] if "Paragraph" in line)
        scrolled = view.scroll_y
        store_edited(other, twelve(before=3))
        await check_for_changes(reader)
        await reader.pilot.pause(0.05)
        assert view.scroll_y > scrolled
        assert next(line for line in reader.screen_text().splitlines()[2:] if "Paragraph" in line)[28:] == top[28:]
        assert reader.open_story == ("12", 2)


async def test_an_edit_that_brings_the_end_into_view_marks_nothing(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await reader.press("space", "space", "space")
        store_edited(other, twelve(kept=3))
        await check_for_changes(reader)
        await reader.pilot.pause(0.05)
        assert reader.screen.story_view.is_at_end
        await reader.advance_clock(6)
        assert not library.state.is_read("canal")


async def test_reading_time_goes_on_counting_over_what_comes_in(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.advance_clock(6)
        store_issues(other, make_issues(130))
        await reader.advance_clock(1)
        assert len(reader.screen.session.index.rows) == 4
        assert not library.state.is_read("rivers")
        await reader.advance_clock(8)
        assert library.state.is_read("rivers")


async def test_new_links_of_an_edited_story_leave_the_cursor_on_its_link(library: Library, other: Library) -> None:
    first = rich_story()
    links = (
        make_link(1, "Another", "https://example.org/0"),
        *(replace(found, n=found.n + 1) for found in first.links),
    )
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("l", "j")
        store_edited(other, twelve(replace(first, links=links)))
        await check_for_changes(reader)
        assert " 4 riverlib" in reader.screen_text()
        await reader.press("enter")
        assert reader.browser.opened_urls == ["https://example.org/2"]


async def test_an_issue_that_learns_its_number_stays_open_under_it(library: Library, other: Library) -> None:
    unnumbered = replace(make_issue(7, "one", "two"), number=None, title="Of number seven")
    async with run_reader(store_issues(library, [unnumbered, make_issue(3)]), "i7/2") as reader:
        assert reader.open_story == ("i7", 2)
        store_edited(other, make_issue(7, "one", "two"))
        await reader.press("r")
        assert library.state.is_read("two"), "a key between two looks finds its story"
        await check_for_changes(reader)
        assert reader.open_story == ("7", 2)
        assert "7/2 " in reader.screen_text()
        await reader.press("J")
        assert reader.open_story == ("3", 1)


async def test_a_story_that_has_moved_is_found_by_its_key(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library, [make_issue(5, "one", "two")]), "5/2") as reader:
        store_edited(other, make_issue(5, "zero", "one", "two"))
        await check_for_changes(reader)
        assert reader.open_story == ("5", 3)
        assert "3 unread" in reader.screen_text()


async def test_a_story_that_has_gone_to_another_issue_is_found_there(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library, [make_issue(5, "zebra", "mountain", "quilt")]), "5/2") as reader:
        store_edited(other, make_issue(5, "zebra", "quilt"))
        store_issues(other, [make_issue(6, "mountain")])
        await check_for_changes(reader)
        assert reader.open_story == ("6", 1)


async def test_a_story_that_is_gone_stays_until_the_reader_moves_on(library: Library, other: Library) -> None:
    async with run_reader(
        store_issues(library, [make_issue(5, "zebra", "mountain", "quilt"), make_issue(4)]), "5/3"
    ) as reader:
        store_edited(other, make_issue(5, "zebra", "mountain"))
        await check_for_changes(reader)
        assert "A long story called quilt" in reader.screen_text()
        await reader.press("s", "r", "u", "y", "j", "space", "b", "h", "k", "l")
        await reader.press("K", "J", "K")
        assert reader.open_story[0] == "5"
        assert "quilt" not in reader.screen_text()
        assert [story.key for story in reader.screen.session.stories] == ["zebra", "mountain"]


@pytest.mark.parametrize("keys", ["J", "JJ", "K", "n", "N", "]", "[", "R", "hj", "hkkr", "hjjr"])
async def test_no_key_stumbles_over_an_edit_that_the_screen_has_not_yet_seen(
    library: Library, other: Library, keys: str
) -> None:
    six, five = make_issue(6, "walnut", "anvil"), make_issue(5, "zebra", "mountain", "quilt")
    store_issues(library, [replace(six, number=None), five, make_issue(4, "umbrella", "fjord", "lantern")])
    async with run_reader(library, "5/2") as reader:
        store_edited(other, six, make_issue(5, "zebra", "mountain"), make_issue(4, "fjord", "lantern"))
        await reader.press(*keys)
        await reader.pilot.pause(0.2)
        await check_for_changes(reader)
        assert reader.screen.session.story
        assert reader.screen.session.story_row


async def test_another_window_that_brings_the_first_issues_fills_the_list(library: Library, other: Library) -> None:
    async with run_reader(library) as reader:
        assert "No issues yet." in reader.screen_text()
        store_issues(other)
        await check_for_changes(reader)
        assert reader.open_story == ("12", 1)
        assert "No issues yet." not in reader.screen_text()


async def test_an_undo_shows_in_issues_that_are_not_open(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("R", "]", "u")
        assert [head.unread_count for head in reader.screen.session.index.rows] == [3, 2, 1]
        assert "6 unread" in reader.screen_text()
        await reader.press("ctrl+r")
        assert [head.unread_count for head in reader.screen.session.index.rows] == [0, 2, 1]


def test_a_spot_is_found_again_by_its_words_else_by_its_place() -> None:
    words = ["head", "one", "two", "three"]
    assert relocate_position(ScrollPosition(2, 0.5), words, ["head", "zero", "one", "two", "three"]) == ScrollPosition(
        3, 0.5
    )
    assert relocate_position(ScrollPosition(2, 0.5), words, ["head", "one", "another", "three"]) == ScrollPosition(
        2, 0.5
    )
    assert relocate_position(ScrollPosition(3), words, ["head"]) == ScrollPosition(0)
    assert relocate_position(ScrollPosition(3), ["", "x", "", ""], ["", "x", "", ""]) == ScrollPosition(3)
    assert relocate_position(ScrollPosition(1), words, []) == ScrollPosition()
