"""Forecasts are stored with their stories, and looked for again when the rules change."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui import forecasts
from importai_tui.archive import archive as archive_module
from importai_tui.archive import writer
from importai_tui.archive.archive import Archive
from importai_tui.model import Issue, Paragraph, Span, Story
from importai_tui.query.parser import parse_query
from tests.archive.conftest import now
from tests.examples import make_story

SENTENCE = "I expect that by the end of 2030 otters will count the oceans."


def make_issue(number: int, *texts: str) -> Issue:
    stories = tuple(make_predicting_story(f"s{number}-{n}", n, text) for n, text in enumerate(texts, 1))
    return Issue(number, f"i{number}", f"Import AI {number}", "2025-03-03", None, stories)


def make_predicting_story(key: str, position: int, text: str) -> Story:
    return replace(make_story(key, position), blocks=(Paragraph((Span(text),)),))


def read_changes(path: Path) -> list[object]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT id, change FROM issue").fetchall()


def test_forecasts_are_stored_with_their_story(path: Path) -> None:
    with Archive(path, now) as archive:
        archive.store(make_issue(1, "Nothing.", f"First. {SENTENCE} Last."), b"page", "page.html", parser_version=1)
        (found,) = archive.get_forecasts()
        assert (found.key, found.position, found.quote, found.start) == ("s1-2", 2, SENTENCE, 7)
        assert (found.due_text, found.speaker, found.probability) == ("by the end of 2030", "author", None)
        assert archive.get_forecasts(["s1-1"]) == []
        search = archive.create_search()
        assert [x.key for x in search.find(parse_query("has:forecast"), {}, limit=9)] == ["s1-2"]
        assert [x.key for x in search.find(parse_query("-has:forecast"), {}, limit=9)] == ["s1-1"]
        assert archive.find_issues_to_reindex() == []
        archive.store(make_issue(1, "An edit without it."), b"2", "page.html", parser_version=1, has_given_facts=True)
        assert archive.find_problems() == ()


def test_new_rules_look_at_stored_stories_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Archive(path, now) as archive:
        for number in (1, 2):
            archive.store(make_issue(number, SENTENCE), b"page", "page.html", parser_version=1)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM forecast")
    for module in (archive_module, writer):
        monkeypatch.setattr(module, "FORECASTS_VERSION", forecasts.FORECASTS_VERSION + 1)
    with Archive(path, now) as archive:
        before = read_changes(path)
        assert archive.find_issues_to_reindex() == archive.find_issues_without_forecasts()[::-1] == [2, 1]
        assert archive.reindex([2]) == set()
        assert archive.find_issues_to_reindex() == [1]
        assert [found.key for found in archive.get_forecasts()] == ["s2-1"]
    assert read_changes(path) == before  # the stories were not written again


def test_an_archive_of_version_10_gets_its_forecasts(path: Path) -> None:
    with Archive(path, now) as archive:
        archive.store(make_issue(1, SENTENCE), b"page", "page.html", parser_version=1)
    before = read_changes(path)
    with closing(sqlite3.connect(path)) as database:
        database.executescript("""DROP TABLE forecast; DROP TABLE scoring;
            ALTER TABLE issue DROP COLUMN forecasts_version; PRAGMA user_version = 10""")
    with Archive(path, now) as archive:
        assert archive.find_problems() == ()
        assert (archive.get_forecasts(), archive.get_scorings()) == ([], [])
        assert archive.find_issues_to_reindex() == [1]
        assert archive.reindex([1]) == set()
        assert [found.quote for found in archive.get_forecasts()] == [SENTENCE]
        assert archive.find_problems() == ()
    assert read_changes(path) == before


def test_an_unreadable_story_is_reported_by_its_issue(path: Path) -> None:
    with Archive(path, now) as archive:
        archive.store(make_issue(1, SENTENCE), b"page", "page.html", parser_version=1)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE issue SET forecasts_version = 0")
        database.execute("UPDATE story SET body = 'x'")
    with Archive(path, now) as archive:
        assert archive.reindex([1]) == {1}
        assert [found.quote for found in archive.get_forecasts()] == [SENTENCE]
