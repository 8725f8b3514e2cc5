"""Queries as users type them, run on a small archive."""

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
from importai_tui.archive.match import complete_last_word
from importai_tui.archive.search import ArchiveSearch, FoundStory
from importai_tui.errors import DatabaseError
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Paragraph, Span, Story, StoryKind
from importai_tui.query.conditions import Clause, DateRange, Phrase, Query
from importai_tui.query.parser import parse_query
from importai_tui.sqlite import QueryCancelled
from tests.archive.conftest import now
from tests.query.test_parser import lines

MARKS = {"read": {"otters", "tale"}, "starred": {"tale"}, "note": set(), "tag:water": {"otters"}, "tag:": {"otters"}}


def make_story(
    key: str,
    position: int,
    headline: str,
    text: str,
    *links: Link,
    kind: StoryKind = StoryKind.STORY,
    tagline: str | None = None,
) -> Story:
    return Story(key, position, kind, headline, tagline, blocks=(Paragraph((Span(text),)),), links=tuple(links))


def make_link(n: int, text: str, host: str, kind: LinkKind, work: str | None = None) -> Link:
    return Link(n, text, f"https://{host}/{n}", kind, host, LinkRole.READ_MORE, work)


PAPER = make_link(1, "Counting Naïvely (arXiv)", "arxiv.org", LinkKind.PAPER, "arxiv:2502.19187")
CODE = make_link(2, "riverlib (GitHub)", "github.com", LinkKind.CODE, "github:otters/riverlib")
BLOG = make_link(1, "A Blog of Ponds", "blog.example.org", LinkKind.POST, "https://blog.example.org/1")
ISSUES = (
    Issue(
        403,
        "i403",
        "Import AI 403",
        "2025-03-03",
        None,
        (
            make_story(
                "otters", 1, "Otters learn to count rivers", "They were training on C++ and GPT-4.", PAPER, CODE
            ),
            make_story("tale", 2, "The Delta", "An otter dreams of naïve rivers.", kind=StoryKind.TECH_TALES),
        ),
    ),
    Issue(
        402,
        "i402",
        "Import AI 402",
        "2024-12-31",
        None,
        (
            make_story(
                "ponds", 1, "Ponds that think", "C and π0, o3-mini; they don't train.", BLOG, tagline="…Still water…"
            ),
            make_story("essay", 2, "On water", "Rivers and ponds, a model of modules.", kind=StoryKind.ESSAY),
        ),
    ),
    Issue(
        None, "special", "A special edition", None, None, (make_story("note", 1, "No day", "A river without a date."),)
    ),
)
ALL = ["otters", "tale", "ponds", "essay", "note"]


def store_issues(path: Path) -> Path:
    with Archive(path, now) as archive:
        for issue in ISSUES:
            archive.store(issue, b"page", "page.html", parser_version=1)
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_issues(tmp_path_factory.mktemp("search") / "archive.sqlite3")


@pytest.fixture(scope="module")
def search(path: Path) -> Iterator[ArchiveSearch]:
    with ArchiveSearch(path) as search:
        yield search


def find_keys(search: ArchiveSearch, query: Query | str, limit: int = 50, offset: int = 0) -> list[str]:
    parsed = parse_query(query) if isinstance(query, str) else query
    return [story.key for story in search.find(parsed, MARKS, limit=limit, offset=offset)]


@pytest.mark.parametrize(
    ("line", "keys"),
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
def test_a_line_finds_its_stories(search: ArchiveSearch, line: str, keys: set[str]) -> None:
    assert set(find_keys(search, line)) == keys
    assert sum(search.count_by_day(parse_query(line), MARKS).values()) == len(keys)


def test_a_found_story_has_its_place_and_score(search: ArchiveSearch) -> None:
    (found,) = search.find(parse_query("delta"), MARKS, limit=1)
    assert found == FoundStory(
        "403/2", "tale", "403", 403, "2025-03-03", 2, StoryKind.TECH_TALES, "The Delta", found.score
    )
    assert found.score > 0
    (found,) = search.find(parse_query("date in:story"), MARKS, limit=1)
    assert (found.ref, found.number, found.day) == ("special/1", None, None)


def test_results_are_sorted_by_match_or_date(search: ArchiveSearch) -> None:
    assert find_keys(search, "ponds think") == ["ponds"]
    assert find_keys(search, "delta OR naive") == ["tale", "otters"]
    assert find_keys(search, "rivers sort:new") == ["otters", "tale", "essay", "note"]
    assert find_keys(search, "rivers sort:old") == ["note", "essay", "otters", "tale"]
    assert find_keys(search, "-nothing") == ALL
    assert find_keys(search, "-nothing sort:old") == ["note", "ponds", "essay", "otters", "tale"]


@pytest.mark.parametrize("line", ["rivers", "rivers sort:new", "-nothing"])
def test_limit_and_offset_split_a_result(search: ArchiveSearch, line: str) -> None:
    whole = find_keys(search, line)
    assert find_keys(search, line, limit=2) + find_keys(search, line, limit=9, offset=2) == whole


def test_stories_are_counted_by_day(search: ArchiveSearch) -> None:
    days = search.count_by_day(parse_query("rivers"), MARKS)
    assert list(days.items()) == [(None, 1), ("2024-12-31", 1), ("2025-03-03", 2)]


def test_an_empty_query_finds_nothing(search: ArchiveSearch) -> None:
    assert search.count_by_day(parse_query(""), MARKS) == {}
    assert find_keys(search, "") == []


def test_a_range_of_all_days_excludes_unknown_days(search: ArchiveSearch) -> None:
    all_days = Query("", (Clause((DateRange("0001-01-01", "9999-12-31"),)),))
    assert set(find_keys(search, all_days)) == set(ALL) - {"note"}


@pytest.mark.parametrize("prefix", ["train", "traini", "trainin", "coun", "counti", "countin", "ott", "otte"])
def test_a_word_is_found_by_every_prefix(search: ArchiveSearch, prefix: str) -> None:
    assert "otters" in find_keys(search, parse_query(prefix, is_typing=True))
    assert "otters" not in find_keys(search, parse_query(f"-{prefix}", is_typing=True))


def test_only_unfinished_suffixes_are_completed() -> None:
    assert complete_last_word("deep traini") == ("deep training", "deep trainity")
    assert "debugging" in complete_last_word("debugg")
    for text in ("model", "GPT-4o", "π0", "thi", "", "C++", "naïvet"):
        assert complete_last_word(text) == ()


def test_a_replaced_issue_leaves_no_words(tmp_path: Path) -> None:
    path = store_issues(tmp_path / "archive.sqlite3")
    with ArchiveSearch(path) as search, Archive(path, now) as archive:
        edited = dataclasses.replace(
            ISSUES[1],
            stories=tuple(
                dataclasses.replace(story, blocks=(Paragraph((Span(f"Heron {n}."),)),), headline=f"Heron {n}")
                for n, story in enumerate(ISSUES[1].stories)
            ),
        )
        for issue in (edited, ISSUES[1], edited):
            archive.store(issue, b"page", "page.html", parser_version=1)
        assert set(find_keys(search, "herons")) == {"ponds", "essay"}
        assert find_keys(search, "mini") == []
        assert sum(search.count_by_day(parse_query("ponds"), MARKS).values()) == 1
        assert find_keys(search, "ponds") == ["ponds"]  # by the text of its link
        assert not search.has_match(Phrase("mini"))
        assert not any(count for _, count in search.find_stems("mini"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO story_index (story_index) VALUES ('integrity-check')")


def test_stems_and_hosts_are_found_by_prefix(search: ArchiveSearch) -> None:
    assert dict(search.find_stems("ri")) == {"river": 4, "riverlib": 1}
    assert search.find_hosts("", 9) == ["arxiv.org", "blog.example.org", "github.com"]
    assert search.find_hosts("g", 9) == ["github.com"]


def test_words_are_found_by_stem_and_column(search: ArchiveSearch) -> None:
    assert [story.key for story in search.find_stories_with_stem("riverlib", 9)] == ["otters"]
    assert search.has_match(Phrase("riv", is_prefix=True))
    assert not search.has_match(Phrase("naive", in_headline=True))


UNDATED = tuple(
    Issue(number, f"i{number}", "", day, None, (make_story(f"s{number}", 1, "Otters", "In rivers."),))
    for number, day in ((405, None), (391, "2025-01-06"), (404, None), (390, None), (406, "2025-04-07"), (2, None))
)
BY_NUMBER = ["s406", "s405", "s404", "s391", "s390", "s2"]


def store_undated_issues(archive: Archive) -> None:
    for issue in UNDATED:
        archive.store(issue, b"page", "page.html", parser_version=1)


@pytest.mark.parametrize("max_ranked", [100, 1])
def test_undated_issues_are_sorted_by_number(tmp_path: Path, max_ranked: int) -> None:
    with Archive(tmp_path / "undated.sqlite3", now) as archive:
        store_undated_issues(archive)
        refs = [f"s{entry.number}" for entry in archive.get_entries()]
    with ArchiveSearch(tmp_path / "undated.sqlite3", max_ranked=max_ranked) as search:
        assert find_keys(search, "otters sort:new") == find_keys(search, "-tale sort:new") == BY_NUMBER == refs
        assert find_keys(search, "otters sort:old") == BY_NUMBER[::-1]
        assert max_ranked > 1 or find_keys(search, "otters") == BY_NUMBER
        assert [find_keys(search, "otters sort:new", limit=2, offset=n) for n in (0, 2, 4)] == [
            BY_NUMBER[:2],
            BY_NUMBER[2:4],
            BY_NUMBER[4:],
        ]


def test_undated_issues_between_dated_ones_have_estimated_days(tmp_path: Path) -> None:
    with Archive(tmp_path / "undated.sqlite3", now) as archive, archive.create_search() as search:
        store_undated_issues(archive)
        assert find_keys(search, "otters after:2020 sort:new") == ["s406", "s405", "s404", "s391"]
        assert find_keys(search, "otters after:2025-03-24 before:2025-04-07 sort:new") == ["s405", "s404"]
        assert find_keys(search, "year:2025 -is:read") == ["s406", "s405", "s404", "s391"]
        assert find_keys(search, "otters -year:2025 sort:new") == ["s390", "s2"]
        counts = search.count_by_day(parse_query("otters"), MARKS)
        assert counts == {None: 2, "2025-01-06": 1, "2025-03-24": 1, "2025-03-31": 1, "2025-04-07": 1}
        assert search.count_by_day(parse_query("year:2025"), MARKS).keys() == counts.keys() - {None}
        assert search.count_issues_without_day() == 2
        days = {x.key: (x.day, x.is_day_estimated) for x in search.find(parse_query("otters"), MARKS, limit=9)}
        assert days["s405"] == ("2025-03-31", True)
        assert (days["s406"], days["s2"]) == (("2025-04-07", False), (None, False))


def test_a_date_that_arrives_moves_undated_issues(tmp_path: Path) -> None:
    with Archive(tmp_path / "undated.sqlite3", now) as archive, archive.create_search() as search:
        store_undated_issues(archive)
        assert find_keys(search, "otters sort:new") == BY_NUMBER
        early = dataclasses.replace(UNDATED[0], number=403, slug="i403", date="2024-01-01", stories=())
        archive.store(early, b"page", "page.html", parser_version=1)
        assert find_keys(search, "otters sort:new") == ["s406", "s391", "s405", "s404", "s390", "s2"]


def test_undated_issues_of_an_older_version_are_stored_again(tmp_path: Path) -> None:
    path = tmp_path / "undated.sqlite3"
    with Archive(path, now) as archive:
        store_undated_issues(archive)
        assert archive.find_issues_to_reindex() == []
    with closing(sqlite3.connect(path)) as database, database:
        # Older versions gave undated issues the lowest ids, in the order in which they were stored.
        old = "UPDATE story SET id = ? WHERE key = ?"
        database.executemany(old, [((1 << 28) + n * 16, f"s{n}") for n in (2, 390, 404, 405)])
    with Archive(path, now) as archive:
        ids = archive.find_issues_to_reindex()
        assert len(ids) == 4
        archive.reindex(ids)
        assert archive.find_issues_to_reindex() == []
        assert find_keys(archive.create_search(), "otters sort:new") == BY_NUMBER


def test_an_index_of_an_older_version_is_filled_again(tmp_path: Path) -> None:
    path = store_issues(tmp_path / "archive.sqlite3")
    with closing(sqlite3.connect(path)) as database, database:
        # As the migration from version 7 leaves it.
        database.execute("UPDATE issue SET index_version = 0")
        database.execute("INSERT INTO story_index (story_index) VALUES ('delete-all')")
    with Archive(path, now) as archive, archive.create_search() as search:
        assert find_keys(search, "ponds") == []
        ids = archive.find_unindexed_issues()
        assert archive.find_issues_to_reindex() == ids == [3, 2, 1]
        archive.reindex(ids[:1])
        assert archive.find_unindexed_issues() == ids[1:]
        archive.reindex(ids[1:])
        assert archive.find_issues_to_reindex() == []
        assert set(find_keys(search, "ponds")) == {"ponds", "essay"}
        assert archive.find_problems() == ()


def test_stories_that_are_gone_are_left_out(search: ArchiveSearch) -> None:
    found = search.find(parse_query("ponds"), MARKS, limit=9)
    stories = search.get_stories([*found, dataclasses.replace(found[0], key="gone")])
    loaded = {key: story.load() for key, story in stories.items()}
    assert loaded == {story.key: story for story in ISSUES[1].stories}


def test_too_many_matches_come_newest_first(path: Path) -> None:
    with ArchiveSearch(path, max_ranked=2) as search:
        assert find_keys(search, "rivers") == ["otters", "tale", "essay", "note"]
        assert find_keys(search, "rivers", limit=2) == ["otters", "tale"]
        assert find_keys(search, "rivers", limit=1, offset=2) == ["essay"]
        assert find_keys(search, "rivers in:story", limit=2) == ["otters", "note"]
        assert [story.score > 0 for story in search.find(parse_query("ponds"), MARKS, limit=2)] == [True, True]


def test_a_single_letter_finds_words_without_ranking(search: ArchiveSearch) -> None:
    found = search.find(parse_query("r", is_typing=True), MARKS, limit=3)
    assert [(story.key, story.score) for story in found] == [("otters", 0), ("tale", 0), ("essay", 0)]
    assert find_keys(search, parse_query("π", is_typing=True)) == ["ponds"]
    assert find_keys(search, parse_query("title:C", is_typing=True)) == ["otters"]


@given(st.one_of(lines, st.lists(lines, max_size=20).map(" OR ".join)), st.booleans())
def test_every_line_is_valid_sql(search: ArchiveSearch, line: str, is_typing: bool) -> None:
    query = parse_query(line, is_typing=is_typing)
    assert len(search.find(query, MARKS, limit=50)) == sum(search.count_by_day(query, MARKS).values())


@pytest.mark.parametrize("line", ["a " * 250, "-a " * 166, "a OR " * 99 + "a", "is:read OR " * 45 + "a", "(((((" * 90])
def test_the_longest_lines_are_valid_sql(search: ArchiveSearch, line: str) -> None:
    assert len(find_keys(search, line)) <= len(ALL)


def test_a_query_can_be_cancelled(path: Path) -> None:
    class SlowSet(set[str]):
        def __contains__(self, key: object) -> bool:
            started.set()
            return not interrupted.wait(5)

    started, interrupted = threading.Event(), threading.Event()
    with ArchiveSearch(path) as search:

        def interrupt() -> None:
            started.wait(5)
            search.interrupt()
            interrupted.set()

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(QueryCancelled):
            search.find(parse_query("is:read"), {"read": SlowSet()}, limit=9)
        thread.join()
        assert find_keys(search, "delta") == ["tale"]


def test_a_removed_archive_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="was removed"):
        ArchiveSearch(tmp_path / "archive.sqlite3")
    assert list(tmp_path.iterdir()) == []
