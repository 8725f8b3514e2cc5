"""The command `search`."""

from __future__ import annotations

import json
import shlex
import sqlite3
from pathlib import Path

import pytest

from importai_tui.cli.search import join_arguments
from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.paths import Places
from importai_tui.query.fields import FIELDS
from tests.archive.version_1 import VERSION_1
from tests.conftest import RunProgram
from tests.examples import make_story

HIT = {
    "ref",
    "key",
    "headline",
    "issue",
    "position",
    "date",
    "date_estimated",
    "kind",
    "excerpt",
    "highlights",
    "score",
}


@pytest.fixture
def filled(run: RunProgram, places: Places) -> RunProgram:
    """The program with an issue of 2019, one of 2025, and one without number and date."""
    issues = {
        "otters": (7, "2019-03-04", "The otters count slow rivers."),
        "herons": (402, "2025-03-03", "The herons count rivers, and fly."),
        "moles": (None, None, "The moles count no rivers, slow as they are."),
    }
    with Library.open(places) as library:
        for key, (number, date, words) in issues.items():
            story = make_story(key, headline=f"What the {key} do", words=words)
            library.store(Issue(number, f"on-{key}", f"On {key}", date, None, (story,)), b"page", "page.html")
    return run


def test_search_json_has_the_documented_fields_and_highlights(filled: RunProgram) -> None:
    answer = json.loads(filled("search", "counting", "otter", "--json").out)
    assert (answer["query"], answer["total"], len(answer["hits"])) == ("counting otter", 1, 1)
    hit = answer["hits"][0]
    assert set(hit) == HIT
    assert (hit["ref"], hit["key"], hit["issue"], hit["date"]) == ("7/1", "otters", 7, "2019-03-04")
    assert hit["kind"] == "story"
    assert [hit["excerpt"][start:end] for start, end in hit["highlights"]] == ["otters", "count"]


def test_search_prints_a_line_and_an_excerpt(filled: RunProgram) -> None:
    ran = filled("search", "rivers", "sort:new", "--limit", 2)
    assert ran.out.split("\n") == [
        "402/1  2025-03-03  What the herons do",
        "    The herons count rivers, and fly.",
        "7/1  2019-03-04  What the otters do",
        "    The otters count slow rivers.",
        "",
    ]
    assert ran.err == "2 of 3 stories, newest first. Show all of them: --limit 3\n"


def test_options_may_follow_words_with_a_hyphen(filled: RunProgram) -> None:
    answer = json.loads(filled("search", "rivers", "-herons", "-moles", "--json").out)
    assert [hit["ref"] for hit in answer["hits"]] == ["7/1"]


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("otters 'slow rivers' OR moles", "otters slow rivers OR moles"),
        ("""'"slow rivers" moles' 'ott* rivers'""", '"slow rivers" moles ott* rivers'),
        ("tag:'slow water' -tag:'slow water'", 'tag:"slow water" -tag:"slow water"'),
        ("'title:robots year:2025' 'tag:robots -moles'", "title:robots year:2025 tag:robots -moles"),
        ("'sort:new robot' 'a: b'", "sort:new robot a: b"),
    ],
)
def test_an_argument_means_what_it_means_in_the_app(typed: str, line: str) -> None:
    assert join_arguments(shlex.split(typed)) == line


def test_quotes_of_the_shell_make_no_phrase(filled: RunProgram) -> None:
    assert filled("search", "rivers slow").out == filled("search", "rivers", "slow").out
    assert json.loads(filled("search", '"slow count"', "--json").out)["total"] == 0


def test_the_highest_limit_offers_no_more(filled: RunProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importai_tui.cli.search._MAX_LIMIT", 2)
    assert filled("search", "rivers", "sort:new", "--limit", 2).err == "2 of 3 stories, newest first.\n"


def test_a_limit_is_between_1_and_1000(filled: RunProgram) -> None:
    for limit in (-1, 0, 1001, 9223372036854775808):
        ran = filled("search", "rivers", "--limit", limit)
        assert (ran.status, ran.out) == (2, "")
        assert "1000" in ran.err.replace(",", "")
    assert len(json.loads(filled("search", "rivers", "-l", 2, "--json").out)["hits"]) == 2


def test_most_words_are_enough_if_no_story_has_all(filled: RunProgram) -> None:
    ran = filled("search", "how", "do", "the", "otters", "fly", "--json")
    answer = json.loads(ran.out)
    assert answer["match"] == "most"
    assert answer["remarks"] == ["No story has all of these words; these have most of them."]
    assert [hit["ref"] for hit in answer["hits"]] == ["7/1", "402/1"]
    assert json.loads(filled("search", "rivers", "--json").out)["match"] == "all"


def test_a_search_without_hits_is_status_1(filled: RunProgram) -> None:
    ran = filled("search", "zebras", "--json")
    assert (ran.status, json.loads(ran.out)["hits"], json.loads(ran.out)["total"]) == (1, [], 0)
    assert ran.err.startswith("No results.")
    ran = filled("search", "zebras", "--trend")
    assert (ran.status, ran.out) == (1, "")


def test_typos_are_corrected_and_can_be_searched_as_typed(filled: RunProgram) -> None:
    ran = filled("search", "slow rivrs ottesr")
    assert ran.out.startswith("7/1 ")
    assert "Searched for “slow rivers otters”. Search for “rivrs ottesr” instead?" in ran.err
    command = shlex.split(ran.err.partition("Search as typed: importai-tui search ")[2])
    assert command == ['slow "rivrs" "ottesr"']
    answer = json.loads(filled("search", "slow rivrs ottesr", "--json").out)
    assert answer["suggestion"] == "slow rivers otters"
    assert filled("search", *command).out == ""


def test_search_in_an_empty_archive_names_the_next_step(run: RunProgram) -> None:
    assert "importai-tui import" in run("search", "otters").err


@pytest.mark.parametrize("words", [(), ("!?",), ("sort:new",)])
def test_an_empty_search_is_a_usage_error(run: RunProgram, words: tuple[str, ...]) -> None:
    ran = run("search", *words)
    assert (ran.status, ran.out) == (2, "")
    assert "importai-tui search" in ran.err


def test_unknown_conditions_are_reported_and_searched_as_text(filled: RunProgram) -> None:
    ran = filled("search", "is:slow")
    assert "Use is:unread, read" in ran.err
    for arguments in (("foo:bar",), ("note:", "robot"), ("tag:",), ("sort:",), ("rivers", "OR")):
        assert "as text" in filled("search", *arguments).err


def test_search_finds_starred_stories(filled: RunProgram) -> None:
    filled("mark", "402", "--star")
    assert filled("search", "is:starred").out.startswith("402/1 ")


def make_newer(path: Path) -> bytes:
    """Change the database as a newer version would, and return its bytes."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    return path.read_bytes()


def test_search_opens_the_state_only_for_marks(filled: RunProgram, places: Places) -> None:
    before = make_newer(places.reading)
    assert filled("search", "otters").out.startswith("7/1 ")
    ran = filled("search", "otters", "is:unread")
    assert (ran.status, ran.out) == (1, "")
    assert "newer importai-tui" in ran.err
    assert places.reading.read_bytes() == before


def test_a_newer_state_does_not_quarantine_the_archive(filled: RunProgram, places: Places) -> None:
    before = [make_newer(path) for path in (places.archive, places.reading)]
    ran = filled("search", "otters")
    assert (ran.status, ran.out) == (1, "")
    assert "reading state" in ran.err
    assert [path.read_bytes() for path in (places.archive, places.reading)] == before


def test_a_trend_counts_years_and_undated_stories(filled: RunProgram) -> None:
    ran = filled("search", "rivers", "--trend")
    assert [line.split()[0] for line in ran.out.splitlines()] == [str(year) for year in range(2019, 2026)]
    assert ran.err.startswith("3 stories (1 undated, not shown).")
    answer = json.loads(filled("search", "otters", "--trend", "--json").out)
    assert (answer["total"], answer["undated"]) == (1, 0)
    assert answer["trend"] == [
        {"period": "2019-Q1", "first": "2019-01-01", "end": "2019-04-01", "stories": 1, "all": 1}
    ]


def test_search_indexes_an_older_archive_first(run: RunProgram, places: Places) -> None:
    places.cache_folder.mkdir(parents=True)
    connection = sqlite3.connect(places.archive)
    connection.executescript(VERSION_1)
    connection.execute("UPDATE page SET parser_version = 9999")  # its page is not that of its story
    connection.commit()
    connection.close()
    assert run("search", "ada").out.startswith("7/1  2025-03-03  The headline of ada")


def test_the_demo_can_be_searched(run: RunProgram, places: Places) -> None:
    # A word that the guide must use.
    assert run("--demo", "search", "keyboard").out[:2] in ("1/", "2/", "3/")
    assert not places.cache_folder.exists()


def test_the_help_shows_the_syntax_of_every_field(run: RunProgram) -> None:
    text = run("search", "--help").out
    assert [name for name, field in FIELDS.items() if field.syntax not in text] == []
