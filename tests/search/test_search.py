from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.archive import Archive
from importai_tui.issue import Issue, Paragraph, Span
from importai_tui.query import read_query
from importai_tui.search import Excerpt, Search
from tests.archive.conftest import now
from tests.archive.test_finder import ISSUES, MARKS, PAPER, stored
from tests.archive.test_finder import story as make


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored(tmp_path_factory.mktemp("search") / "archive.sqlite3")


@pytest.fixture
def search(archive: Path) -> Iterator[Search]:
    with Search(archive) as opened:
        yield opened


def excerpts(search: Search, line: str) -> list[tuple[str, list[str], int]]:
    """For each story found: the excerpt, what is lit in it, and its block."""
    answer = search.answer(read_query(line), MARKS)
    return [(one.text, [one.text[a:b] for a, b in one.highlights], one.block) for one in search.excerpts(answer)]


def test_a_word_that_begins_no_stem_is_shortened_until_it_does(search: Search) -> None:
    query = read_query("delta drea", typing=True)
    assert search.answer(query, MARKS).asked is query
    query = read_query("delta dreamy", typing=True)
    answer = search.answer(query, MARKS)
    assert [one.key for one in answer.found] == ["tale"]
    assert answer.query is query
    assert answer.asked == query.shortened(1)
    assert [one.text for one in search.excerpts(answer)] == ["An otter dreams of naïve rivers."]


def test_a_word_that_nothing_is_like_is_left_as_it_was(search: Search) -> None:
    query = read_query("delta qwertz", typing=True)
    answer = search.answer(query, MARKS)
    assert (answer.asked, answer.found, answer.ranked) == (query, (), False)


def test_an_answer_does_not_go_on_with_a_shorter_word(search: Search) -> None:
    query = read_query("riverl", typing=True)
    assert [one.key for one in search.answer(query, MARKS).found] == ["otters"]
    assert not search.answer(query, MARKS, offset=1).found


def test_a_whole_word_is_not_shortened(search: Search) -> None:
    assert not search.answer(read_query("dreamxx"), MARKS).found


def test_an_answer_says_whether_the_best_come_first(search: Search) -> None:
    assert search.answer(read_query("rivers"), MARKS).ranked
    assert not search.answer(read_query("rivers sort:new"), MARKS).ranked
    assert not search.answer(read_query("in:story"), MARKS).ranked


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


def test_excerpts_can_be_asked_for_a_few_at_a_time(search: Search) -> None:
    answer = search.answer(read_query("rivers sort:new"), MARKS)
    whole = search.excerpts(answer)
    assert len(whole) == 4
    assert search.excerpts(answer, 1, 2) == whole[1:3]
    assert search.excerpts(answer, 9) == []


def test_the_block_of_a_work_that_was_found_by_its_name_is_shown(tmp_path: Path) -> None:
    path = stored(tmp_path / "archive.sqlite3")
    with Archive(path, now) as archive, Search(path) as search:
        lines = (Paragraph((Span("Some words."),)), Paragraph((Span("Read more: "), Span("Counting", link=1))))
        cited = dataclasses.replace(make("cited", 1, "A paper", "", PAPER), blocks=lines)
        store(archive, Issue(404, "i404", "Import AI 404", "2025-03-10", None, (cited,)))
        answer = search.answer(read_query("2502.19187 issue:404"), MARKS)
        assert search.excerpts(answer) == [Excerpt("Read more: Counting", (), 1)]


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
def test_a_word_of_no_story_is_exchanged_for_the_nearest_one(search: Search, line: str, meant: str | None) -> None:
    assert search.suggestion(read_query(line)) == meant


def test_a_story_that_is_gone_since_it_was_found_has_an_empty_excerpt(tmp_path: Path) -> None:
    path = stored(tmp_path / "archive.sqlite3")
    with Archive(path, now) as archive, Search(path) as search:
        answer = search.answer(read_query("π0"), MARKS)
        store(archive, dataclasses.replace(ISSUES[1], stories=(make("other", 1, "Other", "Other.", PAPER),)))
        assert search.excerpts(answer) == [Excerpt("")]


def store(archive: Archive, issue: Issue) -> None:
    archive.store(issue, b"page", "page.html", parser_version=1)
