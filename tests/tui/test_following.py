"""What is stored behind the reader's back changes the open story only where that has changed, and marks nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition
from importai_tui.model import Issue, Paragraph, Span, Story
from importai_tui.tui.widgets.link_list import LinkList
from importai_tui.tui.widgets.story_view import StoryView, spot_again
from tests.tui.arriving import edit, follow, issue, many
from tests.tui.made import fill, link, made_issues, reading, rich_story


async def test_an_open_story_stays_where_it_is_while_issues_come_in(library: Library, other: Library) -> None:
    async with reading(fill(library), "12/2", size=(100, 24)) as reader:
        await reader.press("space", "space", "j")
        view = reader.desk.story_view
        before, drawn = (view.scroll_y, view.spot, reader.at), [piece.content for piece in view.shown]
        fill(other, many(*range(1, 9), *range(130, 160)))
        await follow(reader)
        assert (view.scroll_y, view.spot, reader.at) == before
        assert all(piece.content is old for piece, old in zip(view.shown, drawn, strict=True))


@pytest.mark.parametrize("ref", ["12/1", "12/2", "12/3", "11/1"])
async def test_a_live_update_without_a_change_redraws_nothing(
    library: Library, other: Library, monkeypatch: pytest.MonkeyPatch, ref: str
) -> None:
    redrawn: list[object] = []
    monkeypatch.setattr(StoryView, "redraw", lambda _, pieces: redrawn.append(pieces))
    monkeypatch.setattr(LinkList, "replace_links", lambda _, links, __: redrawn.append(links))
    fill(library)
    issue_ref, position = library.resolve(ref)
    assert position
    key = library.story(issue_ref, position).key
    for tag in ("meadow", "wool"):
        library.tag([key], tag)
    library.set_note(key, "Count them again.")
    async with reading(library, ref) as reader:
        assert "#meadow #wool" in reader.text()
        fill(other, many(130))
        await follow(reader)
        assert len(reader.desk.session.index.heads) == 4
        assert redrawn == []


async def test_a_tag_given_in_another_window_shows_under_the_headline(library: Library, other: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        other.tag(["rivers"], "meadow")
        await follow(reader)
        assert "#meadow" in reader.text()


def twelve(first: Story | None = None, *, before: int = 0, kept: int = 20) -> Issue:
    """Issue 12 with another first story, or with paragraphs put in before the second story's, or cut off after."""
    issue = made_issues()[2]
    one, two, three = issue.stories
    more = tuple(Paragraph((Span(f"Put in later, {n}. " + "Much has happened since. " * 12),)) for n in range(before))
    return replace(issue, stories=(first or one, replace(two, blocks=(*more, *two.blocks[:kept])), three))


async def test_words_stay_selected_while_issues_come_in(library: Library, other: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        reader.desk.story_view.query("PieceView")[3].text_select_all()
        fill(other, many(130))
        await follow(reader)
        await reader.press("ctrl+c")
        assert reader.app.clipboard == "Somebody has taught machines (Example)¹ to count rivers."


async def test_an_edited_story_is_drawn_anew_with_the_same_words_in_view(library: Library, other: Library) -> None:
    async with reading(fill(library), "12/2", size=(80, 24)) as reader:
        await reader.press("space", "space")
        view = reader.desk.story_view
        top = next(line for line in reader.text().splitlines()[2:] if "Paragraph" in line)
        scrolled = view.scroll_y
        edit(other, twelve(before=3))
        await follow(reader)
        await reader.pilot.pause(0.05)
        assert view.scroll_y > scrolled
        assert next(line for line in reader.text().splitlines()[2:] if "Paragraph" in line)[28:] == top[28:]
        assert reader.at == ("12", 2)


async def test_an_edit_that_brings_the_end_into_view_marks_nothing(library: Library, other: Library) -> None:
    async with reading(fill(library), "12/2", size=(80, 24)) as reader:
        await reader.press("space", "space", "space")
        edit(other, twelve(kept=3))
        await follow(reader)
        await reader.pilot.pause(0.05)
        assert reader.desk.story_view.at_end
        await reader.wait(6)
        assert not library.state.is_read("canal")


async def test_reading_time_goes_on_counting_over_what_comes_in(library: Library, other: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        await reader.wait(6)
        fill(other, many(130))
        await reader.wait(1)
        assert len(reader.desk.session.index.heads) == 4
        assert not library.state.is_read("rivers")
        await reader.wait(8)
        assert library.state.is_read("rivers")


async def test_new_links_of_an_edited_story_leave_the_cursor_on_its_link(library: Library, other: Library) -> None:
    first = rich_story()
    links = (link(1, "Another", "https://example.org/0"), *(replace(found, n=found.n + 1) for found in first.links))
    async with reading(fill(library), "12/1") as reader:
        await reader.press("l", "j")
        edit(other, twelve(replace(first, links=links)))
        await follow(reader)
        assert " 4 riverlib" in reader.text()
        await reader.press("enter")
        assert reader.browser.asked == ["https://example.org/2"]


async def test_an_issue_that_learns_its_number_stays_open_under_it(library: Library, other: Library) -> None:
    unnumbered = replace(issue(7, "one", "two"), number=None, title="Of number seven")
    async with reading(fill(library, [unnumbered, issue(3)]), "i7/2") as reader:
        assert reader.at == ("i7", 2)
        edit(other, issue(7, "one", "two"))
        await reader.press("r")
        assert library.state.is_read("two"), "a key between two looks finds its story"
        await follow(reader)
        assert reader.at == ("7", 2)
        assert "7/2 " in reader.text()
        await reader.press("J")
        assert reader.at == ("3", 1)


async def test_a_story_that_has_moved_is_found_by_its_key(library: Library, other: Library) -> None:
    async with reading(fill(library, [issue(5, "one", "two")]), "5/2") as reader:
        edit(other, issue(5, "zero", "one", "two"))
        await follow(reader)
        assert reader.at == ("5", 3)
        assert "3 unread" in reader.text()


async def test_a_story_that_has_gone_to_another_issue_is_found_there(library: Library, other: Library) -> None:
    async with reading(fill(library, [issue(5, "zebra", "mountain", "quilt")]), "5/2") as reader:
        edit(other, issue(5, "zebra", "quilt"))
        fill(other, [issue(6, "mountain")])
        await follow(reader)
        assert reader.at == ("6", 1)


async def test_a_story_that_is_gone_stays_until_the_reader_moves_on(library: Library, other: Library) -> None:
    async with reading(fill(library, [issue(5, "zebra", "mountain", "quilt"), issue(4)]), "5/3") as reader:
        edit(other, issue(5, "zebra", "mountain"))
        await follow(reader)
        assert "A long story called quilt" in reader.text()
        await reader.press("s", "r", "u", "y", "j", "space", "b", "h", "k", "l")
        await reader.press("K", "J", "K")
        assert reader.at[0] == "5"
        assert "quilt" not in reader.text()
        assert [story.key for story in reader.desk.session.stories] == ["zebra", "mountain"]


@pytest.mark.parametrize("keys", ["J", "JJ", "K", "n", "N", "]", "[", "R", "hj", "hkkr", "hjjr"])
async def test_no_key_stumbles_over_an_edit_that_the_screen_has_not_yet_seen(
    library: Library, other: Library, keys: str
) -> None:
    six, five = issue(6, "walnut", "anvil"), issue(5, "zebra", "mountain", "quilt")
    fill(library, [replace(six, number=None), five, issue(4, "umbrella", "fjord", "lantern")])
    async with reading(library, "5/2") as reader:
        edit(other, six, issue(5, "zebra", "mountain"), issue(4, "fjord", "lantern"))
        await reader.press(*keys)
        await reader.pilot.pause(0.2)
        await follow(reader)
        assert reader.desk.session.story
        assert reader.desk.session.story_head


async def test_another_window_that_brings_the_first_issues_fills_the_list(library: Library, other: Library) -> None:
    async with reading(library) as reader:
        assert "No issues yet." in reader.text()
        fill(other)
        await follow(reader)
        assert reader.at == ("12", 1)
        assert "No issues yet." not in reader.text()


async def test_an_undo_shows_in_issues_that_are_not_open(library: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        await reader.press("R", "]", "u")
        assert [head.unread for head in reader.desk.session.index.heads] == [3, 2, 1]
        assert "6 unread" in reader.text()
        await reader.press("ctrl+r")
        assert [head.unread for head in reader.desk.session.index.heads] == [0, 2, 1]


def test_a_spot_is_found_again_by_its_words_else_by_its_place() -> None:
    words = ["head", "one", "two", "three"]
    assert spot_again(ScrollPosition(2, 0.5), words, ["head", "zero", "one", "two", "three"]) == ScrollPosition(3, 0.5)
    assert spot_again(ScrollPosition(2, 0.5), words, ["head", "one", "another", "three"]) == ScrollPosition(2, 0.5)
    assert spot_again(ScrollPosition(3), words, ["head"]) == ScrollPosition(0)
    assert spot_again(ScrollPosition(3), ["", "x", "", ""], ["", "x", "", ""]) == ScrollPosition(3)
    assert spot_again(ScrollPosition(1), words, []) == ScrollPosition()
