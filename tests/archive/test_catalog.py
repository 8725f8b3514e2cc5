from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.model import Issue
from importai_tui.sqlite import Database
from tests.archive.conftest import now
from tests.examples import make_issue


def store(archive: Archive, issue: Issue) -> None:
    archive.store(issue, b"page", "page.html", parser_version=1, origin="substack")


def test_issues_are_sorted_newest_first(archive: Archive) -> None:
    store(archive, make_issue("a", number=1, date="2024-01-01"))
    store(archive, make_issue("x"))
    store(archive, make_issue("c", number=3, date="2024-03-01"))
    store(archive, make_issue("b", number=2))
    store(archive, make_issue("y"))
    store(archive, make_issue("d", date="2024-02-01"))
    assert [entry.ref for entry in archive.get_entries()] == ["3", "d", "2", "1", "x", "y"]


def test_issues_of_another_process_appear(archive: Archive, path: Path) -> None:
    assert archive.get_entries() == ()
    with Archive(path, now) as other:
        store(other, make_issue("ada"))
    assert len(archive.get_entries()) == 1


def test_only_changed_issues_are_loaded(archive: Archive, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 6):
        store(archive, make_issue(f"ada{number}", number=number))
    archive.get_entries()
    with Archive(path, now) as other:
        store(other, make_issue("bob", number=6))
        store(other, make_issue("ada3", "eve", number=3, links=2))
    row_counts: list[int] = []
    query = Database.query

    def count_rows(database: Database, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        rows = query(database, sql, values)
        row_counts.append(len(rows))
        return rows

    monkeypatch.setattr(Database, "query", count_rows)
    counts = {entry.number: len(entry.story_keys) for entry in archive.get_entries()}
    assert counts == {1: 1, 2: 1, 3: 2, 4: 1, 5: 1, 6: 1}
    assert sum(row_counts) <= 1 + 1 + 2  # the data version, the last change, two issues
