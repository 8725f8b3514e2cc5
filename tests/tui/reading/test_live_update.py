"""Live updates: data stored by a sync or another window while a story is open."""

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


async def test_new_issues_do_not_move_the_open_story(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(100, 24)) as reader:
        await reader.press("space", "space", "j")
        view = reader.screen.story_view
        before, drawn = (
            (view.scroll_y, view.scroll_position, reader.open_story),
            list(view.blocks),
        )
        store_issues(other, make_issues(*range(1, 9), *range(130, 160)))
        await check_for_changes(reader)
        assert (view.scroll_y, view.scroll_position, reader.open_story) == before
        assert all(block is old for block, old in zip(view.blocks, drawn, strict=True))


@pytest.mark.parametrize("ref", ["12/1", "12/2", "12/3", "11/1"])
async def test_a_live_update_without_a_change_redraws_nothing(
    library: Library, other: Library, monkeypatch: pytest.MonkeyPatch, ref: str
) -> None:
    redrawn: list[object] = []
    monkeypatch.setattr(StoryView, "redraw", lambda _, blocks: redrawn.append(blocks))
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


async def test_a_tag_of_another_window_is_shown(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        other.tag(["rivers"], "meadow")
        await check_for_changes(reader)
        assert "#meadow" in reader.screen_text()


def make_issue_12(first: Story | None = None, *, added: int = 0, remaining: int = 20) -> Issue:
    """Return issue 12 with another first story, or with added or removed paragraphs of the second."""
    issue = sample_issues()[2]
    one, two, three = issue.stories
    more = tuple(Paragraph((Span(f"Put in later, {n}. " + "Much has happened since. " * 12),)) for n in range(added))
    return replace(issue, stories=(first or one, replace(two, blocks=(*more, *two.blocks[:remaining])), three))


async def test_new_issues_preserve_the_selection(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.click(offset=reader.find_on_screen("Somebody has"), times=3)
        store_issues(other, make_issues(130))
        await check_for_changes(reader)
        await reader.press("ctrl+c")
        assert reader.app.clipboard == "Somebody has taught machines (Example)¹ to count rivers."


async def test_an_edited_story_preserves_the_visible_words(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await reader.press("space", "space")
        view = reader.screen.story_view
        top = next(line for line in reader.screen_text().splitlines()[2:] if "Paragraph" in line)
        scrolled = view.scroll_y
        store_edited(other, make_issue_12(added=3))
        await check_for_changes(reader)
        await reader.pilot.pause(0.05)
        assert view.scroll_y > scrolled
        assert next(line for line in reader.screen_text().splitlines()[2:] if "Paragraph" in line)[28:] == top[28:]
        assert reader.open_story == ("12", 2)


async def test_an_edit_that_shows_the_end_marks_nothing(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await reader.press("space", "space", "space")
        store_edited(other, make_issue_12(remaining=3))
        await check_for_changes(reader)
        await reader.pilot.pause(0.05)
        assert reader.screen.story_view.is_at_end
        await reader.advance_clock(6)
        assert not library.state.is_read("canal")


async def test_new_issues_do_not_reset_the_read_timer(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.advance_clock(6)
        store_issues(other, make_issues(130))
        await reader.advance_clock(1)
        assert len(reader.screen.session.index.rows) == 4
        assert not library.state.is_read("rivers")
        await reader.advance_clock(8)
        assert library.state.is_read("rivers")


async def test_new_links_do_not_move_the_link_cursor(library: Library, other: Library) -> None:
    first = rich_story()
    links = (
        make_link(1, "Another", "https://example.org/0"),
        *(replace(found, n=found.n + 1) for found in first.links),
    )
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("l", "j")
        store_edited(other, make_issue_12(replace(first, links=links)))
        await check_for_changes(reader)
        assert " 4 riverlib" in reader.screen_text()
        await reader.press("enter")
        assert reader.browser.opened_urls == ["https://example.org/2"]


async def test_an_issue_with_a_new_number_stays_open(library: Library, other: Library) -> None:
    unnumbered = replace(make_issue(7, "one", "two"), number=None, title="Of number seven")
    async with run_reader(store_issues(library, [unnumbered, make_issue(3)]), "i7/2") as reader:
        assert reader.open_story == ("i7", 2)
        store_edited(other, make_issue(7, "one", "two"))
        await reader.press("r")
        assert library.state.is_read("two"), "a key before the update finds its story"
        await check_for_changes(reader)
        assert reader.open_story == ("7", 2)
        assert "7/2 " in reader.screen_text()
        await reader.press("J")
        assert reader.open_story == ("3", 1)


async def test_a_moved_story_is_found_by_its_key(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library, [make_issue(5, "one", "two")]), "5/2") as reader:
        store_edited(other, make_issue(5, "zero", "one", "two"))
        await check_for_changes(reader)
        assert reader.open_story == ("5", 3)
        assert "3 unread" in reader.screen_text()


async def test_a_story_moved_to_another_issue_is_found(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library, [make_issue(5, "zebra", "mountain", "quilt")]), "5/2") as reader:
        store_edited(other, make_issue(5, "zebra", "quilt"))
        store_issues(other, [make_issue(6, "mountain")])
        await check_for_changes(reader)
        assert reader.open_story == ("6", 1)


async def test_a_removed_story_stays_open(library: Library, other: Library) -> None:
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
async def test_every_key_works_before_an_edit_is_shown(library: Library, other: Library, keys: str) -> None:
    six, five = make_issue(6, "walnut", "anvil"), make_issue(5, "zebra", "mountain", "quilt")
    store_issues(library, [replace(six, number=None), five, make_issue(4, "umbrella", "fjord", "lantern")])
    async with run_reader(library, "5/2") as reader:
        store_edited(other, six, make_issue(5, "zebra", "mountain"), make_issue(4, "fjord", "lantern"))
        await reader.press(*keys)
        await reader.pilot.pause(0.2)
        await check_for_changes(reader)
        assert reader.screen.session.story
        assert reader.screen.session.story_row


async def test_first_issues_of_another_window_are_shown(library: Library, other: Library) -> None:
    async with run_reader(library) as reader:
        assert "No issues yet." in reader.screen_text()
        store_issues(other)
        await check_for_changes(reader)
        assert reader.open_story == ("12", 1)
        assert "No issues yet." not in reader.screen_text()


def test_a_scroll_position_is_restored_by_its_words() -> None:
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
