from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from importai_tui.archive.search import FoundStory
from importai_tui.model import StoryKind
from importai_tui.query.completion import FIELD_HELP
from importai_tui.query.conditions import Query
from importai_tui.query.parser import parse_query
from importai_tui.search.excerpts import Excerpt
from importai_tui.tui.search.results import (
    HitMarks,
    RecentSearch,
    SearchStatus,
    draw_excerpt,
    draw_hit,
    draw_query_completions,
    draw_search_status,
    draw_start_row,
    get_column_widths,
    make_start_rows,
)
from importai_tui.tui.search.worker import QUERY_HELP
from importai_tui.tui.widgets.issue_list import STAR_SIGN

HIT = FoundStory("12/3", "k", "12", 12, "2025-03-13", 3, StoryKind.TECH_TALES, "The River Counter", 1.0)
TEXT = "It rained for a long time on every one of the small rivers of the delta. "


def highlighted(line: Content) -> list[str]:
    return [line.plain[start:end] for start, end, style in line.spans if style == "bold $mark"]


def test_a_hit_shows_reference_headline_kind_day_and_excerpt() -> None:
    first, second = draw_hit(HIT, Excerpt("It rained.", ((3, 9),)), HitMarks(), 100)
    assert first.plain == f"  •   12/3  The River Counter{'tale  13 Mar 2025'.rjust(70)}"
    assert second.plain == "            It rained."
    assert highlighted(second) == ["rained"]


def test_a_hit_shows_its_read_and_star_marks() -> None:
    unread, read = (draw_hit(HIT, None, HitMarks(read, is_starred=True), 60)[0] for read in (False, True))
    assert unread.plain.startswith(f" {STAR_SIGN}•   12/3  The River Counter ")
    assert read.plain.startswith(f" {STAR_SIGN}    12/3  The River Counter ")
    assert unread.plain.endswith("  tale  Mar 2025")
    assert "bold" in {style for _, _, style in unread.spans}
    assert "bold" not in {style for _, _, style in read.spans}


def test_an_undated_hit_has_no_hole() -> None:
    story = replace(HIT, kind=StoryKind.STORY, day=None)
    assert draw_hit(story, None, HitMarks(), 100)[0].plain == "  •   12/3  The River Counter"


@pytest.mark.parametrize(("width", "date"), [(100, "~13 Mar 2025"), (60, "~Mar 2025")])
def test_an_estimated_date_has_a_sign(width: int, date: str) -> None:
    assert draw_hit(replace(HIT, is_day_estimated=True), None, HitMarks(), width)[0].plain.endswith(f"  {date}")


def test_a_narrow_hit_shows_its_month_before_the_excerpt() -> None:
    first, second, _ = draw_hit(HIT, Excerpt(TEXT), HitMarks(), 40)
    assert "Mar" not in first.plain
    assert second.plain.startswith("    Mar 2025  It rained")


@given(st.text(max_size=300), st.integers(1, 130), st.lists(st.integers(0, 300), max_size=6), st.booleans())
def test_lines_of_a_hit_fit_the_width(text: str, width: int, places: list[int], strong: bool) -> None:
    ends = sorted({min(place, len(text)) for place in places})
    excerpt = Excerpt(text, tuple(zip(ends[::2], ends[1::2], strict=False)))
    hit = replace(HIT, headline=text, number=None, day=None)
    lines = draw_hit(hit, excerpt, HitMarks(), width, strong=strong)
    assert len(lines) <= 3
    if width > 20:
        assert all(line.cell_length <= width for line in lines)
    if strong:
        assert not any("$muted" in str(style) for line in lines for _, _, style in line.spans)


@pytest.mark.parametrize("width", [12, 20, 34, 60, 100])
def test_a_truncated_excerpt_shows_its_first_match(width: int) -> None:
    text = TEXT * 2 + "And then the otters counted. " + TEXT * 3
    at = text.index("otters")
    lines = draw_excerpt(Excerpt(text, ((at, at + 6),)), width, 2)
    assert len(lines) == 2
    assert [word for line in lines for word in highlighted(line)] == ["otters"]
    assert lines[0].plain.startswith("…")
    assert lines[-1].plain.endswith("…")


@pytest.mark.parametrize(
    ("line", "total", "is_ranked", "expected"),
    [
        ("rivers", 0, False, "No results. Try fewer or different words, or a prefix: rob*"),
        ("rivers", 1, True, "1 story"),
        ("rivers", 30, True, "30 stories, best match first"),
        ("rivers", 12_000, False, "12,000 stories, newest first"),
        ("rivers sort:old", 30, False, "30 stories, oldest first"),
        ("is:unread", None, False, ""),
    ],
)
def test_the_status_shows_the_number_and_order_of_stories(
    line: str, total: int | None, is_ranked: bool, expected: str
) -> None:
    assert draw_search_status(SearchStatus(parse_query(line), total, is_ranked)).plain == expected


def test_the_status_shows_remarks_and_unindexed_issues() -> None:
    query = parse_query("is:unred")
    text = draw_search_status(SearchStatus(query, 0, remarks=query.remarks, unindexed_count=3)).plain
    assert text.startswith("Unknown value is:unred (searching it as text).")
    text = draw_search_status(SearchStatus(query, 2, remarks=("Searched for “a”.",), has_correction=True)).plain
    assert text == "Searched for “a”.  tab to search as typed  2 stories, newest first"
    text = draw_search_status(SearchStatus(query, 0, remarks=query.remarks, unindexed_count=3)).plain
    assert text.endswith("Still indexing 3 issues")
    assert draw_search_status(SearchStatus(Query(""), no_issues_text="No issues")).plain == "No issues"


@pytest.mark.parametrize("selected", range(6))
@pytest.mark.parametrize("width", [12, 30, 80])
def test_the_selected_completion_is_visible(selected: int, width: int) -> None:
    completions = ["is:unread", "is:read", "is:starred", "is:noted", "is:tagged", "is:河川"]
    drawn = draw_query_completions(completions, selected, width)
    assert highlighted(drawn) == [completions[selected]]
    assert drawn.cell_length <= width


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_start_page_lists_every_field_and_fits(width: int) -> None:
    rows = make_start_rows(["rivers"], QUERY_HELP, width, 40)
    hints = [hint for row in rows if isinstance(row, tuple) for hint in row]
    assert sorted(hints) == sorted(QUERY_HELP)
    assert set(FIELD_HELP) <= set(QUERY_HELP)
    assert rows[1] == RecentSearch("rivers")
    columns = get_column_widths(rows)
    assert len(columns) == (2 if width == 120 else 1)
    assert all(draw_start_row(row, width, column_widths=columns).cell_length <= width for row in rows)


def test_a_low_start_page_shows_few_recent_searches() -> None:
    assert len([row for row in make_start_rows("abcdefghij", QUERY_HELP, 80, 18) if isinstance(row, RecentSearch)]) == 4
