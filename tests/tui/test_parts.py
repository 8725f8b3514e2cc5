from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from importai_tui.keymap.commands import COMMANDS
from importai_tui.library.rows import IssueRow, StoryRow
from importai_tui.model import StoryKind
from importai_tui.tui.reading.navigation import IssueIndex
from importai_tui.tui.reading.panes import Pane, fold
from importai_tui.tui.reading.read_timer import ReadTimer
from importai_tui.tui.text import format_long_date, format_short_date, to_content, to_line_content, truncate
from importai_tui.tui.widgets.footer import FooterContent, Hint, draw_hints
from importai_tui.tui.widgets.header import HeaderState, draw_header
from importai_tui.tui.widgets.issue_list import draw_issue, draw_story_row, draw_year
from importai_tui.tui.widgets.link_list import LinkRow, draw_link
from tests.tui.sample_app import make_link

ISSUE = IssueRow("402", 402, "s", "Import AI 402: 河川を数える機械 and a long title", "2025-03-03", None, 7, 4, 900)


def story(position: int, *, read: bool = False) -> StoryRow:
    return StoryRow(f"402/{position}", f"k{position}", position, StoryKind.STORY, "A headline of 河川", 90, read, False)


def test_text_that_came_from_outside_is_cleaned_and_never_markup() -> None:
    assert to_content("[AI]\x1b]0;title\x07 safety [/]").plain == "[AI] safety [/]"
    assert to_line_content("one\ntwo \x9b31mthree").plain == "one two three"


@pytest.mark.parametrize("width", range(14))
def test_a_cut_line_is_never_wider_than_its_room(width: int) -> None:
    assert cell_len(truncate("河川を数える", width)) <= width
    assert truncate("河川", 4) == "河川"


@pytest.mark.parametrize("width", [24, 38, 60])
def test_rows_of_the_list_fill_their_width_and_no_more(width: int) -> None:
    assert draw_issue(ISSUE, width, label_width=3, is_open=True, strong=False).cell_length == width
    assert draw_story_row(story(1), width, label_width=3, is_shown=False, strong=False).cell_length < width
    assert draw_year("2025", width).plain == "   2025"


@pytest.mark.parametrize("width", [24, 38, 60])
def test_a_note_has_its_sign_at_the_end_of_the_row(width: int) -> None:
    row = draw_story_row(story(1), width, label_width=3, is_shown=False, strong=False, has_note=True)
    assert row.cell_length == width - 1
    assert row.plain.endswith(" ¶")


def test_an_issue_without_a_number_shows_its_day() -> None:
    row = draw_issue(ISSUE._replace(number=None), 40, label_width=5, is_open=False, strong=False).plain
    assert row.startswith("   3 Mar  ")


def test_a_read_issue_is_muted_and_counts_nothing() -> None:
    row = draw_issue(ISSUE._replace(unread_count=0), 40, label_width=3, is_open=False, strong=False)
    assert row.plain.endswith("· ")
    assert {style for _, _, style in row.spans} == {"$mark", "$muted"}


@pytest.mark.parametrize("width", [20, 36, 40, 60, 80, 120, 140])
def test_the_header_fits_at_any_width(width: int) -> None:
    standing = HeaderState(ISSUE, (story(1, read=True), story(2), story(3)), 2, 31)
    drawn = draw_header(standing, width)
    assert drawn.cell_length <= width
    assert drawn.plain.endswith("31 unread")
    assert ("·◆•" in drawn.plain) is (width >= 40)


@pytest.mark.parametrize("width", [16, 40, 60, 80, 140])
def test_hints_are_at_most_six_that_fit_and_help_is_one_of_them(width: int) -> None:
    hints = (*(Hint(str(n), "does something", "x") for n in range(5)), Hint("?", "help", "help"))
    drawn = draw_hints(FooterContent(hints, "a note"), width).plain
    assert cell_len(drawn) <= width
    assert "? help" in drawn


def test_a_link_without_an_address_says_so() -> None:
    first, second = draw_link(LinkRow(make_link(3, "riverlib (GitHub)", None), "riverlib"), 30, digits=1)
    assert (first.plain, second.plain) == (" 3 riverlib", "   paper  no address")


def test_a_link_shows_the_number_of_its_paper() -> None:
    url = "https://arxiv.org/abs/2502.08145"
    cited = replace(make_link(1, "Rivers"), work="arxiv:2502.08145", host="arxiv.org", url=url)
    assert draw_link(LinkRow(cited, "Rivers"), 40, digits=1)[1].plain == "   paper  arxiv.org  2502.08145"


def test_a_link_says_first_that_it_was_opened_and_who_cites_it_too() -> None:
    row = LinkRow(replace(make_link(1, "Rivers"), work="doi:10.1/x"), "Rivers", is_opened=True, other_issues=("3", "4"))
    assert draw_link(row, 34, digits=1)[1].plain == "   paper  opened  also in #3, #4"
    many = replace(row, other_issues=tuple("123456"))
    assert draw_link(many, 50, digits=1)[1].plain == "   paper  opened  also in 6 others  example.org"


def test_panes_fold_as_the_window_narrows() -> None:
    assert fold(140, Pane.STORY, zen=False).panes == set(Pane)
    assert fold(120, Pane.STORY, zen=False).panes == {Pane.LIST, Pane.STORY}
    assert fold(80, Pane.LINKS, zen=False) == fold(80, Pane.LINKS, zen=False)
    assert fold(80, Pane.LINKS, zen=False).over
    assert fold(40, Pane.LIST, zen=False).panes == {Pane.LIST}
    assert fold(140, Pane.STORY, zen=True).panes == {Pane.STORY}


def test_links_that_are_put_away_lie_over_the_story_while_one_is_at_them() -> None:
    assert fold(140, Pane.STORY, zen=False, links=False).panes == {Pane.LIST, Pane.STORY}
    assert fold(140, Pane.LINKS, zen=False, links=False).over


def test_a_story_is_read_after_a_share_of_its_reading_time() -> None:
    dwell = ReadTimer()
    dwell.begin("k", 230, settled=False)
    assert next(n for n in range(40) if dwell.tick(n, watched=True)) == 24


def test_time_in_which_nobody_watches_does_not_count() -> None:
    dwell = ReadTimer()
    dwell.begin("k", 10, settled=False)
    assert not any(dwell.tick(n, watched=n < 5 or n >= 100) for n in range(103))
    assert dwell.tick(105, watched=True)


def test_a_story_paged_to_its_end_is_read_after_two_seconds() -> None:
    dwell = ReadTimer()
    dwell.begin("k", 2000, settled=False)
    dwell.reach_end()
    assert [dwell.tick(n, watched=True) for n in range(3)] == [False, False, True]


def test_a_settled_story_is_never_marked_by_the_clock() -> None:
    dwell = ReadTimer()
    dwell.begin("k", 10, settled=True)
    assert not any(dwell.tick(n, watched=True) for n in range(60))


def test_the_shelf_counts_and_steps_over_empty_issues() -> None:
    shelf = IssueIndex(
        [ISSUE, ISSUE._replace(ref="e", story_count=0, unread_count=0), ISSUE._replace(ref="401", unread_count=1)]
    )
    assert shelf.unread == 5
    assert shelf.neighbour("402", 1) == shelf.head("401")
    assert shelf.neighbour("402", -1) is None
    shelf.replace(ISSUE._replace(unread_count=0))
    assert shelf.unread == 1


def test_dates_are_written_in_english() -> None:
    assert (format_long_date("2025-03-03"), format_short_date("2025-12-31")) == ("3 March 2025", "31 Dec")


def test_every_command_has_an_id_words_and_a_key_of_its_own() -> None:
    keys = [key for command in COMMANDS for key in command.keys.split(",") if key]
    assert len(keys) == len(set(keys))
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert all(command.description for command in COMMANDS)
