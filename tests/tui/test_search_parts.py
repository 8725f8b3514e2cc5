from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from importai_tui.archive.search import FoundStory
from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.model import StoryKind
from importai_tui.paths import Places
from importai_tui.query.completion import FIELD_HELP
from importai_tui.query.conditions import Query
from importai_tui.query.parser import parse_query
from importai_tui.search.excerpts import Excerpt
from importai_tui.search.saved import MAX_RECENT, add_recent, recent_from_json, recent_to_json
from importai_tui.search.search import Period, Search
from importai_tui.sqlite import QueryCancelled
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
from importai_tui.tui.search.trend_chart import draw_trend, layout_bars, restrict_to_period
from importai_tui.tui.search.worker import QUERY_HELP, PartialResults, SearchRequest, SearchWorker, apply_corrections
from tests.tui.sample_app import sample_issues, store_issues

HIT = FoundStory("12/3", "k", "12", 12, "2025-03-13", 3, StoryKind.TECH_TALES, "The River Counter", 1.0)
WORDS = "It rained for a long time on every one of the small rivers of the delta. "


def lit(line: Content) -> list[str]:
    return [line.plain[start:end] for start, end, style in line.spans if style == "bold $mark"]


def test_a_hit_tells_its_issue_day_kind_and_headline_and_why_it_was_found() -> None:
    first, second = draw_hit(HIT, Excerpt("It rained.", ((3, 9),)), HitMarks(), 100)
    assert first.plain == "  •  12  13 Mar 2025  tale  The River Counter"
    assert second.plain == "         It rained."
    assert lit(second) == ["rained"]


def test_an_unread_hit_is_bold_and_a_starred_one_has_its_star() -> None:
    unread, read = (draw_hit(HIT, None, HitMarks(read, is_starred=True), 60)[0] for read in (False, True))
    assert unread.plain == " *•  12  Mar 2025  tale  The River Counter"
    assert read.plain == " *   12  Mar 2025  tale  The River Counter"
    assert "bold" in {style for _, _, style in unread.spans}
    assert "bold" not in {style for _, _, style in read.spans}


def test_in_a_narrow_window_the_day_stands_before_the_excerpt() -> None:
    first, second, _ = draw_hit(HIT, Excerpt(WORDS), HitMarks(), 40)
    assert "Mar" not in first.plain
    assert second.plain.startswith("    Mar 2025  It rained")


@given(st.text(max_size=300), st.integers(1, 130), st.lists(st.integers(0, 300), max_size=6), st.booleans())
def test_no_line_of_a_hit_is_wider_than_the_list(text: str, width: int, places: list[int], strong: bool) -> None:
    ends = sorted({min(place, len(text)) for place in places})
    excerpt = Excerpt(text, tuple(zip(ends[::2], ends[1::2], strict=False)))
    found = replace(HIT, headline=text, number=None, day=None)
    drawn = draw_hit(found, excerpt, HitMarks(), width, strong=strong)
    assert len(drawn) <= 3
    if width > 20:
        assert all(line.cell_length <= width for line in drawn)
    if strong:
        assert not any("$muted" in str(style) for line in drawn for _, _, style in line.spans)


@pytest.mark.parametrize("width", [12, 20, 34, 60, 100])
def test_of_an_excerpt_that_is_cut_the_first_match_is_seen(width: int) -> None:
    text = WORDS * 2 + "And then the otters counted. " + WORDS * 3
    at = text.index("otters")
    drawn = draw_excerpt(Excerpt(text, ((at, at + 6),)), width, 2)
    assert len(drawn) == 2
    assert [word for line in drawn for word in lit(line)] == ["otters"]
    assert drawn[0].plain.startswith("…")
    assert drawn[-1].plain.endswith("…")


@pytest.mark.parametrize(
    ("line", "total", "ranked", "told"),
    [
        ("rivers", 0, False, "Nothing found."),
        ("rivers", 1, True, "One story."),
        ("rivers", 30, True, "30 stories, the best first."),
        ("rivers", 12_000, False, "12,000 stories, the newest first."),
        ("rivers sort:old", 30, False, "30 stories, the oldest first."),
        ("is:unread", None, False, ""),
    ],
)
def test_how_many_and_in_which_order(line: str, total: int | None, ranked: bool, told: str) -> None:
    assert draw_search_status(SearchStatus(parse_query(line), total, ranked)).plain == told


def test_the_status_tells_what_was_not_understood_what_may_be_meant_and_what_is_missing() -> None:
    told = draw_search_status(SearchStatus(parse_query("is:unred"), 0, suggestion="is:unread", unindexed_count=3)).plain
    assert told.startswith('"is:unred" is not understood')
    assert "Did you mean is:unread?  tab takes it" in told
    assert told.endswith("3 issues are not searchable yet: that is under way")
    assert "S brings in the newest" in draw_search_status(SearchStatus(Query(""), is_archive_empty=True)).plain


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("is:unred robot", "is:unread robot"),
        ("robot -is:unred sort:nww", "robot -is:unread sort:new"),
        ('tittle:"robot hand" is:read', 'title:"robot hand" is:read'),
        ("robot wat:ever", "robot wat:ever"),
        ("robot is:unread", "robot is:unread"),
    ],
)
def test_what_the_remarks_offer_takes_the_place_of_what_was_not_understood(line: str, other: str) -> None:
    assert apply_corrections(line, parse_query(line).remarks) == other


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("width", [12, 30, 80])
def test_the_present_choice_is_always_seen(at: int, width: int) -> None:
    choices = ["is:unread", "is:read", "is:starred", "is:noted", "is:tagged", "is:河川"]
    drawn = draw_query_completions(choices, at, width)
    assert lit(drawn) == [choices[at]]
    assert drawn.cell_length <= width


def test_recent_searches_stand_there_once_newest_first() -> None:
    lines = recent_from_json(recent_to_json(add_recent(("b", "Rivers", "c"), " rivers ")))
    assert lines == ("rivers", "b", "c")
    assert add_recent(lines, "  ") == lines
    assert len(add_recent([str(n) for n in range(20)], "x")) == MAX_RECENT
    assert recent_from_json("no list") == recent_from_json(None) == ()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_help_tells_every_field_and_fits(width: int) -> None:
    rows = make_start_rows(["rivers"], QUERY_HELP, width, 40)
    told = [one for row in rows if isinstance(row, tuple) for one in row]
    assert sorted(told) == sorted(QUERY_HELP)
    assert set(FIELD_HELP) <= set(QUERY_HELP)
    assert rows[1] == RecentSearch("rivers")
    columns = get_column_widths(rows)
    assert len(columns) == (2 if width == 120 else 1)
    assert all(draw_start_row(row, width, column_widths=columns).cell_length <= width for row in rows)


def test_in_a_low_window_few_recent_searches_leave_room_for_the_help() -> None:
    assert len([row for row in make_start_rows("abcdefghij", QUERY_HELP, 80, 18) if isinstance(row, RecentSearch)]) == 4


def periods(count: int, months: int = 12) -> list[Period]:
    names = [f"{2016 + n}" if months == 12 else f"{2024 + n // 4}-Q{n % 4 + 1}" for n in range(count)]
    return [Period(name, "2016-01-01", "2017-01-01", n, 10 * n) for n, name in enumerate(names)]


@pytest.mark.parametrize("width", [34, 74, 110])
@pytest.mark.parametrize("bars", [periods(1), periods(11), periods(30), periods(16, 3)])
def test_the_bars_fit_and_the_chosen_one_is_among_them(width: int, bars: list[Period]) -> None:
    for at in (0, len(bars) - 1):
        lines = draw_trend(bars, at, width, 6).plain.splitlines()
        assert len(lines) == 6
        assert all(cell_len(line.rstrip()) <= width for line in lines)
        cells, first = layout_bars(len(bars), at, width)
        assert first <= at < first + width // cells
        assert lines[0].startswith(bars[at].name)


def test_a_bar_is_as_high_as_its_share_of_the_highest_and_few_are_more_than_none() -> None:
    few = [Period(f"20{n}", "", "", stories, 900) for n, stories in enumerate((0, 1, 400, 800), 20)]
    lines = draw_trend(few, 3, 40, 4).plain.splitlines()
    assert lines[0] == "2023  800 of 900 stories"
    assert lines[1].split() == ["██████"]
    assert lines[2].split() == ["▁▁▁▁▁▁", "██████", "██████"]
    assert lines[3].split() == ["2020", "2021", "2022", "2023"]


@pytest.mark.parametrize(
    ("line", "narrow"),
    [
        ("rivers", "rivers year:2023"),
        ("rivers year:2022", "rivers year:2023"),
        ("after:2022-01 before:2022-04", "year:2023"),
        ("year:2022 rivers", "year:2022 rivers year:2023"),
    ],
)
def test_a_bar_takes_the_place_of_the_time_that_the_line_ends_with(line: str, narrow: str) -> None:
    assert restrict_to_period(line, Period("2023", "2023-01-01", "2024-01-01", 1, 1)) == narrow


@pytest.fixture
def archive(library: Library, places: Places) -> Path:
    store_issues(library, [*sample_issues()])
    return places.archive


@pytest.fixture
def told() -> queue.Queue[object]:
    return queue.Queue()


@pytest.fixture
def thread(archive: Path, told: queue.Queue[object]) -> Iterator[SearchWorker]:
    opened = SearchWorker(archive, told.put, PartialResults())
    yield opened
    opened.close()


def question(number: int, line: str, *, trend: bool = False) -> SearchRequest:
    return SearchRequest(number, parse_query(line, is_typing=True), with_trend=trend)


def test_stories_come_first_then_how_many_then_when(thread: SearchWorker, told: queue.Queue[object]) -> None:
    thread.start(question(1, "riv", trend=True))
    first, second, third = (told.get(timeout=5) for _ in range(3))
    assert isinstance(first, PartialResults)
    assert isinstance(second, PartialResults)
    assert isinstance(third, PartialResults)
    assert first.story_count == len(first.excerpts) == 6
    assert (first.total, second.total) == (None, 6)
    assert [period.stories for period in third.periods] == [1, 5]


def test_the_newest_question_wins(
    thread: SearchWorker, told: queue.Queue[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on, answer = threading.Event(), threading.Event(), Search.find

    def slow(self: Search, query: Query, *rest: object, **others: object) -> object:
        if query.text == "first":
            asked.set()
            go_on.wait(5)
        return answer(self, query, *rest, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(Search, "find", slow)
    thread.start(question(1, "first"))
    assert asked.wait(5)
    thread.start(question(2, "second"))
    thread.start(question(3, "rivers"))
    go_on.set()
    heard = told.get(timeout=5)
    assert isinstance(heard, PartialResults)
    assert heard.request_number == 3


def test_an_answer_broken_off_by_mistake_is_sought_again(
    thread: SearchWorker, told: queue.Queue[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, failures = Search.find, [QueryCancelled("It was broken off."), DatabaseError("The disk is gone.")]

    def broken_off(self: Search, *rest: object, **others: object) -> object:
        if failures:
            raise failures.pop(0)
        return answer(self, *rest, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(Search, "find", broken_off)
    thread.start(question(1, "rivers"))
    assert str(told.get(timeout=5)) == "The disk is gone."
    thread.start(question(2, "rivers"))
    assert isinstance(told.get(timeout=5), PartialResults)


def test_more_stories_of_the_same_answer_come_when_they_are_wanted(
    thread: SearchWorker, told: queue.Queue[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Search.find
    monkeypatch.setattr(
        Search,
        "find",
        lambda self, query, marks, offset=0: answer(self, query, marks, limit=2, offset=offset),
    )
    asked = question(1, "rivers")
    thread.start(asked)
    told.get(timeout=5)
    thread.load_more(asked)
    while not isinstance(found := told.get(timeout=5), PartialResults) or found.story_count < 4:
        pass
    assert found.total == 6
    assert found.result
    assert len({one.ref for one in found.result.hits}) == 4
