from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.model import Issue, Paragraph, Span
from importai_tui.query.conditions import DateRange
from importai_tui.query.parser import parse_query
from importai_tui.search.excerpts import Excerpt
from importai_tui.search.search import Search, compute_trend
from tests.archive.conftest import now
from tests.archive.test_search import ISSUES, MARKS, PAPER, make_story, store_issues


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_issues(tmp_path_factory.mktemp("search") / "archive.sqlite3")


@pytest.fixture
def search(archive: Path) -> Iterator[Search]:
    with Search(archive) as search:
        yield search


def store(archive: Archive, issue: Issue) -> None:
    archive.store(issue, b"page", "page.html", parser_version=1)


def find_excerpts(search: Search, line: str) -> list[tuple[str, list[str], int]]:
    """Return for each story found: the excerpt, the texts of its highlights, and its block."""
    result = search.find_all(parse_query(line), MARKS)
    return [
        (excerpt.text, [excerpt.text[start:end] for start, end in excerpt.highlights], excerpt.block)
        for excerpt in search.make_excerpts(result)
    ]


@pytest.fixture
def stems(tmp_path: Path) -> Iterator[Search]:
    """Yield a search of stories with words that are longer than their stems; the text of a story is its key."""
    texts = (
        *("An analysis of news.", "New robots open.", "Robotics, on the opening day.", "They run, studying well."),
        *("A naïveté.", "An organization of one.", "They don't mode.", "The organ, and a study."),
    )
    stories = tuple(make_story(text, n, f"Number {n}", text) for n, text in enumerate(texts, 1))
    path = tmp_path / "archive.sqlite3"
    with Archive(path, now) as archive:
        store(archive, Issue(404, "i404", "Import AI 404", "2025-03-10", None, stories))
    with Search(path) as search:
        yield search


PREFIXES = [
    ("analy", ["An analysis of news."]),
    ("news", ["An analysis of news.", "New robots open."]),
    ("robots", ["New robots open.", "Robotics, on the opening day."]),
    ("robotic", ["New robots open.", "Robotics, on the opening day."]),
    ("openi", ["New robots open.", "Robotics, on the opening day."]),
    ("organiza", ["An organization of one.", "The organ, and a study."]),
    ("studyi", ["They run, studying well.", "The organ, and a study."]),
    ("naivete", ["A naïveté."]),
    ('"the openi', ["Robotics, on the opening day."]),
    ("robt", []),
    ("robz", []),
    ("openia", []),
    ("dont*", []),
    ("modex", []),
    ("runn", []),
]
"""Prefixes, and the stories with a word that has the prefix or its stem: "organ" for "organiza", "new" for "news"."""


@pytest.mark.parametrize(("prefix", "found"), PREFIXES)
def test_a_prefix_finds_exactly_the_words_with_it(stems: Search, prefix: str, found: list[str]) -> None:
    star = f'{prefix}"*' if prefix.startswith('"') else f"{prefix}*"
    for query in (parse_query(star), parse_query(star, is_typing=True), parse_query(prefix, is_typing=True)):
        result = stems.find_all(query, {})
        assert sorted(story.key for story in result.hits) == sorted(found)
        assert sum(stems.count_by_day(query, {}).values()) == len(found)
        assert all(excerpt.highlights for excerpt in stems.make_excerpts(result))


def test_a_star_excludes_other_forms_of_a_word(stems: Search) -> None:
    assert stems.find(parse_query("robotized", is_typing=True), {}).hits
    assert not stems.find(parse_query("robotized*", is_typing=True), {}).hits


def test_an_unfinished_word_is_corrected(stems: Search) -> None:
    query = parse_query("robtos", is_typing=True)
    assert not stems.find_all(query, {}).hits
    result = stems.find(query, {})
    assert [story.key for story in result.hits] == ["New robots open.", "Robotics, on the opening day."]
    assert result.correction
    assert result.correction.line == "robots"
    assert all(excerpt.highlights for excerpt in stems.make_excerpts(result))


def test_a_result_has_the_query_and_its_expansion(search: Search) -> None:
    query = parse_query("delta traini", is_typing=True)
    result = search.find(query, MARKS)
    assert result.query is query
    assert search.find(result.expanded_query, MARKS).expanded_query == result.expanded_query


def test_a_result_continues_at_an_offset(search: Search) -> None:
    query = parse_query("riverl", is_typing=True)
    assert [story.key for story in search.find(query, MARKS).hits] == ["otters"]
    assert not search.find(query, MARKS, offset=1).hits


def test_a_result_knows_if_it_is_ranked(search: Search) -> None:
    assert search.find(parse_query("rivers"), MARKS).is_ranked
    assert not search.find(parse_query("rivers sort:new"), MARKS).is_ranked
    assert not search.find(parse_query("in:story"), MARKS).is_ranked


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("GPT-4 otters", ("They were training on C++ and GPT-4.", ["GPT-4"], 0)),
        ("title:think", ("…Still water…", [], -1)),
        ("still", ("…Still water…", ["Still"], -1)),
        ("title:count", ("They were training on C++ and GPT-4.", [], -1)),
        ("-rivers", ("…Still water…", [], -1)),
    ],
)
def test_an_excerpt_shows_why_a_story_was_found(search: Search, line: str, shown: tuple[str, list[str], int]) -> None:
    assert find_excerpts(search, line) == [shown]


def test_excerpts_can_be_made_in_parts(search: Search) -> None:
    result = search.find(parse_query("rivers sort:new"), MARKS)
    whole = search.make_excerpts(result)
    assert len(whole) == 4
    assert search.make_excerpts(result, 1, 2) == whole[1:3]
    assert search.make_excerpts(result, 9) == []


def test_a_work_found_by_id_shows_its_block(tmp_path: Path) -> None:
    path = store_issues(tmp_path / "archive.sqlite3")
    with Archive(path, now) as archive, Search(path) as search:
        lines = (Paragraph((Span("Some words."),)), Paragraph((Span("Read more: "), Span("Counting", link=1))))
        cited = dataclasses.replace(make_story("cited", 1, "A paper", "", PAPER), blocks=lines)
        store(archive, Issue(404, "i404", "Import AI 404", "2025-03-10", None, (cited,)))
        result = search.find(parse_query("2502.19187 issue:404"), MARKS)
        assert search.make_excerpts(result) == [Excerpt("Read more: Counting", (), 1)]


@pytest.mark.parametrize(
    ("line", "corrected"),
    [
        ("otetrs", "otters"),
        ("Otetrs -water is:unread", "Otters -water is:unread"),
        ("title:otterz pondss", "title:otters ponds"),
        ('"otetrs"', None),
        ("otetr*", None),
        ("dleta", "delta"),
        ("modle", "model"),
        ("trainign", "training"),
        ("naïvee", "naïve"),
        ("otters", None),
        ("otters ponds", None),
        ("title:rivers", None),
        ("-otetrs rivers", None),
        ("GPT-5", None),
        ("otters2", None),
        ("qwertzuiop", None),
        ("rvr", None),
        ("is:read", None),
        ("", None),
    ],
)
def test_an_unknown_word_is_replaced_by_a_similar_one(search: Search, line: str, corrected: str | None) -> None:
    correction = search.find(parse_query(line), {}).correction
    assert (correction.line if correction else None) == corrected


def test_a_removed_story_has_an_empty_excerpt(tmp_path: Path) -> None:
    path = store_issues(tmp_path / "archive.sqlite3")
    with Archive(path, now) as archive, Search(path) as search:
        result = search.find(parse_query("π0"), MARKS)
        other = make_story("other", 1, "Still waters", "Some other words about ponds.", PAPER, tagline="…Still…")
        store(archive, dataclasses.replace(ISSUES[1], stories=(other, ISSUES[1].stories[1])))
        assert search.make_excerpts(result) == [Excerpt("")]


def test_four_years_are_shown_by_year() -> None:
    periods = compute_trend({"2019-12-31": 2, "2019-03-03": 1, "2023-12-01": 4}, {"2019-01-01": 6, "2020-05-05": 9})
    assert [(p.name, p.stories, p.total) for p in periods] == [
        ("2019", 3, 6),
        ("2020", 0, 9),
        ("2021", 0, 0),
        ("2022", 0, 0),
        ("2023", 4, 0),
    ]
    assert [p.share for p in periods] == [0.5, 0, 0, 0, 0]


def test_less_than_four_years_are_shown_by_quarter() -> None:
    periods = compute_trend({"2020-02-01": 1, "2024-01-31": 1}, {})
    assert len(periods) == 17
    assert (periods[0].name, periods[0].start, periods[0].end) == ("2020-Q1", "2020-01-01", "2020-04-01")
    assert (periods[-1].name, periods[-1].start, periods[-1].end) == ("2024-Q1", "2024-01-01", "2024-04-01")
    assert len(compute_trend({"2020-02-01": 1, "2024-02-01": 1}, {})) == 5


def test_stories_without_a_day_are_ignored() -> None:
    assert compute_trend({None: 3}, {None: 3}) == ()
    assert [p.stories for p in compute_trend({None: 3, "9999-12-31": 1}, {})] == [1]


def test_the_query_text_of_a_period_is_valid() -> None:
    (quarter,) = compute_trend({"2023-12-31": 1}, {})
    years = compute_trend({"2016-01-01": 1, "2024-01-01": 1}, {})
    conditions = [condition for clause in parse_query(quarter.query_text).clauses for condition in clause.any_of]
    ranges = [condition for condition in conditions if isinstance(condition, DateRange)]
    assert len(ranges) == len(conditions)
    assert [(dates.start, dates.end) for dates in ranges] == [("2023-10-01", None), (None, "2024-01-01")]
    assert [p.query_text for p in years][:2] == ["year:2016", "year:2017"]
