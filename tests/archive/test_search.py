from __future__ import annotations

import dataclasses
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.archive.archive import Archive
from importai_tui.archive.full_text import to_indexed_text
from importai_tui.archive.search import ArchiveSearch, FoundStory, complete_last_word
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Paragraph, Span, Story, StoryKind
from importai_tui.query.conditions import Clause, DateRange, Phrase, Query
from importai_tui.query.parser import parse_query
from importai_tui.sqlite import QueryCancelled
from tests.archive.conftest import now
from tests.query.test_parser import lines

MARKS = {"read": {"otters", "tale"}, "starred": {"tale"}, "note": set(), "tag:water": {"otters"}, "tag:": {"otters"}}


def story(
    key: str,
    position: int,
    headline: str,
    words: str,
    *links: Link,
    kind: StoryKind = StoryKind.STORY,
    tagline: str | None = None,
) -> Story:
    return Story(key, position, kind, headline, tagline, blocks=(Paragraph((Span(words),)),), links=tuple(links))


def link(n: int, text: str, host: str, kind: LinkKind, work: str | None = None) -> Link:
    return Link(n, text, f"https://{host}/{n}", kind, host, LinkRole.READ_MORE, work)


PAPER = link(1, "Counting Naïvely (arXiv)", "arxiv.org", LinkKind.PAPER, "arxiv:2502.19187")
CODE = link(2, "riverlib (GitHub)", "github.com", LinkKind.CODE, "github:otters/riverlib")
BLOG = link(1, "A Blog of Ponds", "blog.example.org", LinkKind.POST, "https://blog.example.org/1")
ISSUES = (
    Issue(
        403,
        "i403",
        "Import AI 403",
        "2025-03-03",
        None,
        (
            story("otters", 1, "Otters learn to count rivers", "They were training on C++ and GPT-4.", PAPER, CODE),
            story("tale", 2, "The Delta", "An otter dreams of naïve rivers.", kind=StoryKind.TECH_TALES),
        ),
    ),
    Issue(
        402,
        "i402",
        "Import AI 402",
        "2024-12-31",
        None,
        (
            story(
                "ponds", 1, "Ponds that think", "C and π0, o3-mini; they don't train.", BLOG, tagline="…Still water…"
            ),
            story("essay", 2, "On water", "Rivers and ponds, a model of modules.", kind=StoryKind.ESSAY),
        ),
    ),
    Issue(None, "special", "A special edition", None, None, (story("note", 1, "No day", "A river without a date."),)),
)
ALL = ["otters", "tale", "ponds", "essay", "note"]


def stored(path: Path) -> Path:
    with Archive(path, now) as archive:
        for issue in ISSUES:
            archive.store(issue, b"page", "page.html", parser_version=1)
    return path


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored(tmp_path_factory.mktemp("finder") / "archive.sqlite3")


@pytest.fixture(scope="module")
def finder(full: Path) -> Iterator[ArchiveSearch]:
    with ArchiveSearch(full) as opened:
        yield opened


def keys(finder: ArchiveSearch, query: Query | str, limit: int = 50, offset: int = 0) -> list[str]:
    asked = parse_query(query) if isinstance(query, str) else query
    return [one.key for one in finder.find(asked, MARKS, limit=limit, offset=offset)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("otters", {"otters", "tale"}),
        ("OTTER", {"otters", "tale"}),
        ("trained", {"otters", "ponds"}),
        ("naive", {"otters", "tale"}),
        ("naïve", {"otters", "tale"}),
        ("c++", {"otters"}),
        ("C", {"ponds"}),
        ("GPT-4", {"otters"}),
        ("π0", {"ponds"}),
        ("don’t", {"ponds"}),
        ("o3-mini", {"ponds"}),
        ('"rivers and ponds"', {"essay"}),
        ('"ponds and water"', set()),
        ("riv*", {"otters", "tale", "essay", "note"}),
        ("2502.19187", {"otters"}),
        ("riverlib", {"otters"}),
        ("still", {"ponds"}),
        ("title:water", {"essay"}),
        ("title:count*", {"otters"}),
        ("rivers -ponds", {"otters", "tale", "note"}),
        ("-rivers", {"ponds"}),
        ("-rivers -ponds", set()),
        ("ponds OR title:otters", {"ponds", "essay", "otters"}),
        ("title:delta OR in:essay", {"tale", "essay"}),
        ("otters -is:read", set()),
        ("in:story", {"otters", "ponds", "note"}),
        ("-in:story", {"tale", "essay"}),
        ("is:unread", {"ponds", "essay", "note"}),
        ("is:starred OR in:essay", {"tale", "essay"}),
        ("tag:water", {"otters"}),
        ("is:tagged", {"otters"}),
        ("is:noted", set()),
        ("issue:402", {"ponds", "essay"}),
        ("issue:402..403 -issue:403", {"ponds", "essay"}),
        ("after:2025", {"otters", "tale"}),
        ("after:2024-12-31", {"otters", "tale", "ponds", "essay"}),
        ("before:2024-12-31", set()),
        ("before:2025", {"ponds", "essay"}),
        ("-after:2025", {"ponds", "essay", "note"}),
        ("year:2024..2025", {"otters", "tale", "ponds", "essay"}),
        ("rivers after:2025-03-03", {"otters", "tale"}),
        ("site:arxiv.org", {"otters"}),
        ("site:example.org", {"ponds"}),
        ("site:ample.org", set()),
        ("has:code", {"otters"}),
        ("has:post,code", {"otters", "ponds"}),
        ("-has:paper rivers", {"tale", "essay", "note"}),
        ("cites:2502.19187", {"otters"}),
        ("cites:otters/riverlib", {"otters"}),
        ("cites:Otters/Riverlib", {"otters"}),
        ("cites:riverlib", set()),
    ],
)
def test_a_line_finds_the_stories_that_it_asks_for(finder: ArchiveSearch, line: str, found: set[str]) -> None:
    assert set(keys(finder, line)) == found
    assert sum(finder.count_by_day(parse_query(line), MARKS).values()) == len(found)


def test_what_is_found_says_where_it_stands(finder: ArchiveSearch) -> None:
    (found,) = finder.find(parse_query("delta"), MARKS, limit=1)
    assert found == FoundStory(
        "403/2", "tale", "403", 403, "2025-03-03", 2, StoryKind.TECH_TALES, "The Delta", found.score
    )
    assert found.score > 0
    (found,) = finder.find(parse_query("date in:story"), MARKS, limit=1)
    assert (found.ref, found.number, found.day) == ("special/1", None, None)


def test_the_best_match_comes_first_or_the_newest_or_the_oldest(finder: ArchiveSearch) -> None:
    assert keys(finder, "ponds") == ["ponds", "essay"]
    assert keys(finder, "delta OR naive") == ["tale", "otters"]
    assert keys(finder, "rivers sort:new") == ["otters", "tale", "essay", "note"]
    assert keys(finder, "rivers sort:old") == ["note", "essay", "tale", "otters"]
    assert keys(finder, "-nothing") == ALL
    assert keys(finder, "-nothing sort:old") == ALL[::-1]


def test_an_answer_goes_on_where_its_first_part_ends(finder: ArchiveSearch) -> None:
    for line in ("rivers", "rivers sort:new", "-nothing"):
        whole = keys(finder, line)
        assert keys(finder, line, limit=2) + keys(finder, line, limit=9, offset=2) == whole


def test_stories_of_a_day_are_counted_and_those_of_none_apart(finder: ArchiveSearch) -> None:
    days = finder.count_by_day(parse_query("rivers"), MARKS)
    assert list(days.items()) == [(None, 1), ("2024-12-31", 1), ("2025-03-03", 2)]
    assert finder.count_by_day(parse_query(""), MARKS) == {}
    assert keys(finder, "") == []


def test_no_day_lies_outside_of_all_time(finder: ArchiveSearch) -> None:
    dated = set(ALL) - {"note"}
    assert set(keys(finder, Query("", (Clause((DateRange("0001-01-01", "9999-12-31"),)),)))) == dated


@pytest.mark.parametrize("begun", ["train", "traini", "trainin", "coun", "counti", "countin", "ott", "otte"])
def test_a_word_is_found_from_each_beginning_of_it(finder: ArchiveSearch, begun: str) -> None:
    assert "otters" in keys(finder, parse_query(begun, is_typing=True))
    assert "otters" not in keys(finder, parse_query(f"-{begun}", is_typing=True))


def test_an_ending_that_is_begun_is_ended_and_no_other() -> None:
    assert complete_last_word("deep traini") == ("deep training", "deep trainity")
    assert "debugging" in complete_last_word("debugg")
    for other in ("model", "GPT-4o", "π0", "thi", "", "C++", "naïvet"):
        assert complete_last_word(other) == ()


def test_the_signs_of_a_language_are_letters_and_all_others_stay() -> None:
    assert to_indexed_text("C# and c++; C+ #1 a#b C+++") == "Cꖛ and cᐩᐩ; C+ #1 a#b Cᐩᐩ+"


def test_an_issue_that_is_stored_again_leaves_no_ghost(tmp_path: Path) -> None:
    path = stored(tmp_path / "archive.sqlite3")
    with ArchiveSearch(path) as finder, Archive(path, now) as archive:
        edited = dataclasses.replace(
            ISSUES[1],
            stories=tuple(
                dataclasses.replace(one, blocks=(Paragraph((Span(f"Heron {n}."),)),), headline=f"Heron {n}")
                for n, one in enumerate(ISSUES[1].stories)
            ),
        )
        for issue in (edited, ISSUES[1], edited):
            archive.store(issue, b"page", "page.html", parser_version=1)
        assert set(keys(finder, "herons")) == {"ponds", "essay"}
        assert keys(finder, "mini") == []
        assert sum(finder.count_by_day(parse_query("ponds"), MARKS).values()) == 1
        assert keys(finder, "ponds") == ["ponds"]  # its link still speaks of them
        assert not finder.has_match(Phrase("mini"))
        assert not any(count for stem, count in finder.find_stems("mini"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO story_index (story_index) VALUES ('integrity-check')")


def test_the_index_knows_its_stems_its_hosts_and_where_they_are(finder: ArchiveSearch) -> None:
    assert dict(finder.find_stems("ri")) == {"river": 4, "riverlib": 1}
    assert finder.find_hosts("", 9) == ["arxiv.org", "blog.example.org", "github.com"]
    assert finder.find_hosts("g", 9) == ["github.com"]
    assert [one.key for one in finder.find_stories_with_stem("riverlib", 9)] == ["otters"]
    assert finder.has_match(Phrase("riv", is_prefix=True))
    assert not finder.has_match(Phrase("naive", in_headline=True))


def test_stories_come_with_what_was_found_or_not_at_all_once_they_are_gone(finder: ArchiveSearch) -> None:
    found = finder.find(parse_query("ponds"), MARKS, limit=9)
    kept = finder.get_stories([*found, dataclasses.replace(found[0], key="gone")])
    assert {key: stored.load() for key, stored in kept.items()} == {one.key: one for one in ISSUES[1].stories}


def test_words_that_too_many_stories_have_are_not_weighed(full: Path) -> None:
    with ArchiveSearch(full, max_ranked=2) as finder:
        assert keys(finder, "rivers") == ["otters", "tale", "essay", "note"]
        assert keys(finder, "rivers", limit=2) == ["otters", "tale"]
        assert keys(finder, "rivers", limit=1, offset=2) == ["essay"]
        assert keys(finder, "rivers in:story", limit=2) == ["otters", "note"]
        assert [one.score > 0 for one in finder.find(parse_query("ponds"), MARKS, limit=2)] == [True, True]


def test_a_single_letter_is_not_weighed_and_finds_all_words_that_it_begins(finder: ArchiveSearch) -> None:
    letter = parse_query("r", is_typing=True)
    assert [(one.key, one.score) for one in finder.find(letter, MARKS, limit=3)] == [
        ("otters", 0),
        ("tale", 0),
        ("essay", 0),
    ]
    assert keys(finder, parse_query("π", is_typing=True)) == ["ponds"]
    assert keys(finder, parse_query("title:C", is_typing=True)) == ["otters"]


@given(st.one_of(lines, st.lists(lines, max_size=20).map(" OR ".join)), st.booleans())
def test_every_line_can_be_asked(finder: ArchiveSearch, line: str, typing: bool) -> None:
    query = parse_query(line, is_typing=typing)
    found = finder.find(query, MARKS, limit=50)
    assert len(found) == sum(finder.count_by_day(query, MARKS).values())


@pytest.mark.parametrize("line", ["a " * 250, "-a " * 166, "a OR " * 99 + "a", "is:read OR " * 45 + "a", "(((((" * 90])
def test_the_longest_lines_can_be_asked(finder: ArchiveSearch, line: str) -> None:
    assert len(keys(finder, line)) <= len(ALL)


def test_a_question_that_is_broken_off_says_so_and_the_next_is_answered(full: Path) -> None:
    class Slow(set[str]):
        def __contains__(self, key: object) -> bool:
            begun.set()
            return not interrupted.wait(5)

    begun, interrupted = threading.Event(), threading.Event()
    with ArchiveSearch(full) as finder:

        def interrupt() -> None:
            begun.wait(5)
            finder.interrupt()
            interrupted.set()

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(QueryCancelled):
            finder.find(parse_query("is:read"), {"read": Slow()}, limit=9)
        thread.join()
        assert keys(finder, "delta") == ["tale"]
