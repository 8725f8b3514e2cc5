from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.model import Issue, Paragraph, Span
from importai_tui.query.parser import parse_query
from importai_tui.search.excerpts import Excerpt
from importai_tui.search.search import Search
from tests.archive.conftest import now
from tests.archive.test_search import ISSUES, MARKS, PAPER, stored
from tests.archive.test_search import story as make


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored(tmp_path_factory.mktemp("search") / "archive.sqlite3")


@pytest.fixture
def search(archive: Path) -> Iterator[Search]:
    with Search(archive) as opened:
        yield opened


def excerpts(search: Search, line: str) -> list[tuple[str, list[str], int]]:
    """For each story found: the excerpt, what is lit in it, and its block."""
    answer = search.find(parse_query(line), MARKS)
    return [(one.text, [one.text[a:b] for a, b in one.highlights], one.block) for one in search.make_excerpts(answer)]


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Search]:
    """Of stories whose words have shorter stems than themselves, each by its words."""
    said: tuple[str, ...] = (
        "An analysis of news.",
        "New robots open.",
        "Robotics, on the opening day.",
        "They run, studying well.",
    )
    said += ("A naïveté.", "An organization of one.", "They don't mode.", "The organ, and a study.")
    stories = tuple(make(words, n, f"Number {n}", words) for n, words in enumerate(said, 1))
    path = tmp_path / "archive.sqlite3"
    with Archive(path, now) as archive:
        store(archive, Issue(404, "i404", "Import AI 404", "2025-03-10", None, stories))
    with Search(path) as opened:
        yield opened


BEGUN = [
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
    ("dont", []),
    ("modex", []),
    ("runn", []),
]
"""The beginning of a word of the stories, and those with a word of its stem: of "organization" that is "organ", and of
"news" it is "new"."""


@pytest.mark.parametrize(("beginning", "found"), BEGUN)
def test_a_prefix_finds_exactly_the_words_with_it(begun: Search, beginning: str, found: list[str]) -> None:
    star = f'{beginning}"*' if beginning.startswith('"') else f"{beginning}*"
    for query in (parse_query(star), parse_query(star, is_typing=True), parse_query(beginning, is_typing=True)):
        answer = begun.find(query, {})
        assert sorted(one.key for one in answer.hits) == sorted(found)
        assert sum(begun.count_by_day(query, {}).values()) == len(found)
        assert all(one.highlights for one in begun.make_excerpts(answer))


def test_a_star_excludes_other_forms_of_a_word(
    begun: Search,
) -> None:
    assert begun.find(parse_query("robotized", is_typing=True), {}).hits
    assert not begun.find(parse_query("robotized*", is_typing=True), {}).hits


def test_an_unknown_prefix_has_a_suggestion(begun: Search) -> None:
    query = parse_query("robtos", is_typing=True)
    assert not begun.find(query, {}).hits
    assert begun.suggest(query) == "robots"


def test_a_result_has_the_query_and_its_expansion(search: Search) -> None:
    query = parse_query("delta traini", is_typing=True)
    answer = search.find(query, MARKS)
    assert answer.query is query
    assert search.find(answer.expanded_query, MARKS).expanded_query == answer.expanded_query


def test_a_result_continues_at_an_offset(search: Search) -> None:
    query = parse_query("riverl", is_typing=True)
    assert [one.key for one in search.find(query, MARKS).hits] == ["otters"]
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
    assert excerpts(search, line) == [shown]


def test_excerpts_can_be_made_in_parts(search: Search) -> None:
    answer = search.find(parse_query("rivers sort:new"), MARKS)
    whole = search.make_excerpts(answer)
    assert len(whole) == 4
    assert search.make_excerpts(answer, 1, 2) == whole[1:3]
    assert search.make_excerpts(answer, 9) == []


def test_a_work_found_by_id_shows_its_block(tmp_path: Path) -> None:
    path = stored(tmp_path / "archive.sqlite3")
    with Archive(path, now) as archive, Search(path) as search:
        lines = (Paragraph((Span("Some words."),)), Paragraph((Span("Read more: "), Span("Counting", link=1))))
        cited = dataclasses.replace(make("cited", 1, "A paper", "", PAPER), blocks=lines)
        store(archive, Issue(404, "i404", "Import AI 404", "2025-03-10", None, (cited,)))
        answer = search.find(parse_query("2502.19187 issue:404"), MARKS)
        assert search.make_excerpts(answer) == [Excerpt("Read more: Counting", (), 1)]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("otetrs", "otters"),
        ("Otetrs -water is:unread", "Otters -water is:unread"),
        ('title:"otterz learn" OR pondss', 'title:"otter learn" OR ponds'),
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
        ("is:read", None),
        ("", None),
    ],
)
def test_an_unknown_word_is_replaced_by_a_similar_one(search: Search, line: str, meant: str | None) -> None:
    assert search.suggest(parse_query(line)) == meant


def test_a_removed_story_has_an_empty_excerpt(tmp_path: Path) -> None:
    path = stored(tmp_path / "archive.sqlite3")
    with Archive(path, now) as archive, Search(path) as search:
        answer = search.find(parse_query("π0"), MARKS)
        store(archive, dataclasses.replace(ISSUES[1], stories=(make("other", 1, "Other", "Other.", PAPER),)))
        assert search.make_excerpts(answer) == [Excerpt("")]


def store(archive: Archive, issue: Issue) -> None:
    archive.store(issue, b"page", "page.html", parser_version=1)
