"""Many issues in one transaction: each is stored as it would be alone, and where one fails none is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.archive.stories import IncomingIssue, compress_page, make_issue_record
from importai_tui.archive.writer import StoreOutcome
from importai_tui.model import Issue
from tests.examples import make_issue


def arrival(issue: Issue) -> IncomingIssue:
    return IncomingIssue(make_issue_record(issue), compress_page(b"the page"), "page.html", 1)


def test_another_copy_of_an_issue_in_the_same_batch_is_known(archive: Archive) -> None:
    issues = make_issue("ada", number=7), make_issue("bob", number=8), make_issue("ada", number=7, links=3)
    done = archive.store_all(map(arrival, issues))
    assert [each.outcome for each in done] == [StoreOutcome.IMPORTED, StoreOutcome.IMPORTED, StoreOutcome.UPDATED]
    assert [entry.number for entry in archive.get_entries()] == [8, 7]


def test_what_is_told_of_an_issue_is_how_it_stood_when_it_was_stored(archive: Archive) -> None:
    first = make_issue("ada", number=7)
    second = make_issue("ada", "bob", number=7, links=3)
    assert [len(each.entry.story_keys) for each in archive.store_all(map(arrival, (first, second)))] == [1, 2]


def test_words_are_found_once_of_an_issue_that_comes_twice_in_a_batch(archive: Archive) -> None:
    archive.store_all(map(arrival, (make_issue("ada", number=7), make_issue("ada", number=7, links=3))))
    with closing(sqlite3.connect(archive.path)) as connection:
        (indexed,) = connection.execute("SELECT count(*) FROM story_index WHERE story_index MATCH 'ada'").fetchone()
        assert indexed == 1


def test_where_one_fails_none_is_stored_and_the_next_ones_are(archive: Archive) -> None:
    def failing() -> Iterator[IncomingIssue]:
        yield arrival(make_issue("ada", number=7))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        archive.store_all(failing())
    assert archive.get_entries() == ()
    archive.store_all([arrival(make_issue("bob", number=7))])
    assert [entry.number for entry in archive.get_entries()] == [7]
