"""What the MCP server answers, without the protocol."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from importai_tui.archive.cards import CardStore
from importai_tui.errors import DatabaseError, ReaderError
from importai_tui.library.library import Library
from importai_tui.mcp_server import answers
from importai_tui.model import Issue, Link, LinkKind, LinkRole
from importai_tui.paths import Places
from importai_tui.sqlite import read_only
from tests.archive.test_cards import make_card
from tests.examples import make_issue, make_story

WORK = "https://example.org/a2/1"


@pytest.fixture
def filled(places: Places) -> Iterator[Library]:
    """A library with two issues, a card, and marks of three days; it is open for reading only."""
    day = 1
    with Library.open(places, now=lambda: datetime(2026, 11, day, tzinfo=UTC)) as library:
        link = Link(1, "Otters", WORK, LinkKind.PAPER, "example.org", LinkRole.READ_MORE, WORK)
        stories = (make_story("a1", words="x" * 90_000), replace(make_story("a2", 2), links=(link,)))
        library.store(Issue(401, "n-401", "Otters", "2025-02-24", None, stories), b"page", "page.html")
        library.store(make_issue("b1", number=402, date="2025-03-03", title="Herons"), b"page", "page.html")
        library.set_note("a1", "Read again.")
        library.add_forecast("a2", "Otters will count oceans.", due=date(2025, 12, 31))
        library.add_forecast("a2", "Herons will not.")
        day = 3
        library.add_highlight("a2", "What a2 says.", "Slow water?", 0)
        library.tag(["a2"], "Slow Rivers")
        day = 5
        library.tag(["b1"], "herons")
    with CardStore(places.cards) as store:
        store.put([make_card(WORK, "The Counting of Otters", "We weave lattices.")])
    with read_only(), Library.open(places, copy_daily=False, with_state=False) as library:
        yield library


def test_nothing_is_written(filled: Library, tmp_path: Path) -> None:
    def read_files() -> dict[Path, bytes]:
        found = tmp_path.rglob("*")
        return {path: path.read_bytes() for path in found if path.is_file() and path.suffix in (".sqlite3", ".toml")}

    before, names = read_files(), {path.name for path in tmp_path.rglob("*")}
    for ask in ANSWERS.values():
        ask(filled)
    filled.close()
    assert read_files() == before
    assert {path.name.removesuffix("-wal").removesuffix("-shm") for path in tmp_path.rglob("*")} <= names


def _make_older(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 1")


@pytest.mark.parametrize(
    ("file", "spoil", "words"),
    [
        ("cache/archive.sqlite3", _make_older, "The archive must be upgraded first. Open the reader once"),
        ("data/reading.sqlite3", _make_older, "The reading state must be upgraded first. Open the reader once"),
        ("cache/archive.sqlite3", lambda path: path.write_bytes(b"x" * 4096), "The archive .* is damaged"),
        ("data/reading.sqlite3", lambda path: path.write_bytes(b"x" * 4096), "The reading state .* is damaged"),
        ("data/reading.sqlite3", Path.unlink, "There is no reading state yet"),
    ],
)
def test_an_unusable_file_is_left_as_it_is(
    places: Places, tmp_path: Path, file: str, spoil: Callable[[Path], object], words: str
) -> None:
    Library.open(places).close()
    spoil(tmp_path / "home" / file)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.sqlite3")}
    with read_only(), pytest.raises(DatabaseError, match=words):
        Library.open(places, copy_daily=False).close()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.sqlite3")} == before


ANSWERS: dict[str, Callable[[Library], Any]] = {
    "search": lambda library: answers.search(library, "says is:highlighted", 5),
    "issues": lambda library: answers.list_issues(library, 1, 0, unread_only=False),
    "issue": lambda library: answers.show_issue(library, "401/2"),
    "story": lambda library: answers.show_story(library, "401/2", 0),
    "long story": lambda library: answers.show_story(library, "401/1", answers.MAX_TEXT),
    "links": lambda library: answers.list_links(library, "401", 1, 1),
    "works": lambda library: answers.list_works(library, "", "title", 1, 0),
    "card": lambda library: answers.get_card(library, WORK, None),
    "card of link": lambda library: answers.get_card(library, "401/2", 1),
    "annotations": lambda library: answers.list_annotations(library, "", None, None, 2, 0),
    "forecasts": lambda library: answers.list_forecasts(library, "", 1, 0, due_only=False, with_others=False),
    "thread": lambda library: answers.get_thread(library, "401/2"),
    "text": lambda library: answers.get_issue_text(library, "401"),
}


def test_answers_have_parts_of_bounded_size(filled: Library) -> None:
    found = {name: ask(filled) for name, ask in ANSWERS.items()}
    assert [hit["ref"] for hit in found["search"]["hits"]] == ["401/2"]
    assert [issue["ref"] for issue in found["issues"]["issues"]] == ["402"]
    assert (found["issues"]["total"], found["issues"]["next_offset"]) == (2, 1)
    assert [story["headline"] for story in found["issue"]["stories"]] == ["The headline of a1", "The headline of a2"]
    assert "text" not in found["issue"]["stories"][0]
    story = found["story"]
    assert (story["text"], story["next_start"], story["tags"]) == ("What a2 says.", None, ["Slow-Rivers"])
    assert story["highlights"] == [{"quote": "What a2 says.", "remark": "Slow water?", "paragraph": 0}]
    long = found["long story"]
    assert (len(long["text"]), long["text_length"], long["next_start"]) == (40_000, 90_000, 80_000)
    assert [link["ref"] for link in found["links"]["links"]] == ["401/2"]
    assert (found["links"]["total"], found["links"]["next_offset"]) == (2, None)
    assert found["works"]["total"] == 1
    assert found["card"] == found["card of link"]
    assert (found["card"]["title"], found["card"]["cited_by"]) == ("The Counting of Otters", ["401/2"])
    assert found["thread"]["ref"] == "401/2"
    (forecast,) = found["forecasts"]["forecasts"]
    assert (forecast["quote"], forecast["status"], forecast["is_due"]) == ("Otters will count oceans.", "open", True)
    assert (found["forecasts"]["total"], found["forecasts"]["next_offset"]) == (2, 1)
    assert len(found["text"]) < 5 * answers.MAX_TEXT


@pytest.mark.parametrize(
    ("words", "tag", "since", "refs"),
    [
        ("", None, None, ["402/1", "401/2", "401/1"]),
        ("water SAYS", None, None, ["401/2"]),
        ("again", None, None, ["401/1"]),
        ("", "#slow-rivers", None, ["401/2"]),
        ("", "nonsense", None, []),
        ("", None, "2026-11-03", ["402/1", "401/2"]),
    ],
)
def test_annotations_are_filtered(
    filled: Library, words: str, tag: str | None, since: str | None, refs: list[str]
) -> None:
    found = answers.list_annotations(filled, words, tag, since, 10, 0)
    assert [story["ref"] for story in found["stories"]] == refs


def test_long_notes_are_cut_and_come_one_by_one(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MAX_TEXT", 4)
    found = answers.list_annotations(filled, "", None, None, 10, 1)
    assert ([story["ref"] for story in found["stories"]], found["total"], found["next_offset"]) == (["401/2"], 3, 2)
    assert answers.list_annotations(filled, "again", None, None, 10, 0)["stories"][0]["note"] == "Read"
    assert answers.show_story(filled, "401/1", 0)["note"] == "Read"


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda library: answers.search(library, " ", 5), "The query is empty"),
        (lambda library: answers.show_story(library, "401", 0), "401 is an issue. Add the number of a story: 401/1"),
        (lambda library: answers.show_story(library, "401/7", 0), "Issue 401 has only 2 stories"),
        (lambda library: answers.get_thread(library, "latest"), "latest is an issue"),
        (lambda library: answers.get_card(library, "arxiv:2502.19187", None), "No card of arxiv:2502.19187 is stored"),
        (lambda library: answers.get_card(library, "otters", None), "Not a work: otters"),
        (lambda library: answers.get_card(library, "401/2", 9), "401/2 has only 1 link"),
        (lambda library: answers.list_annotations(library, "", None, "today", 5, 0), "since must be a date like"),
    ],
)
def test_a_wrong_argument_is_explained(filled: Library, ask: Callable[[Library], object], words: str) -> None:
    with pytest.raises(ReaderError, match=words):
        ask(filled)
