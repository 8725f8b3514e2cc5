"""Opens archives, good and bad ones, and reads from them what was stored."""

from __future__ import annotations

import dataclasses
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.archive.writer import StoreOutcome
from importai_tui.errors import DatabaseError
from importai_tui.model import Issue
from tests.archive.conftest import now
from tests.examples import make_issue


def store(archive: Archive, issue: Issue, page: bytes = b"the page") -> StoreOutcome:
    return archive.store(issue, page, "https://example.org/7", parser_version=1, origin="substack").outcome


def test_a_stored_issue_can_be_read(archive: Archive) -> None:
    issue = make_issue("ada", "bob", number=7, date="2025-03-03", url="https://example.org/7", title="Import AI 7: Two")
    store(archive, issue)
    (entry,) = archive.get_entries()
    assert (entry.number, entry.slug, entry.title, entry.date, entry.url) == (
        issue.number,
        issue.slug,
        issue.title,
        issue.date,
        issue.url,
    )
    assert entry.word_count == issue.word_count
    assert archive.get_stories(entry.id) == issue.stories
    assert archive.get_story(entry.id, 2) == issue.stories[1]
    assert archive.get_story(entry.id, 3) is None


def test_a_stored_page_can_be_read(archive: Archive) -> None:
    store(archive, make_issue("ada", number=7), page=b"<p>one</p>" * 100)
    assert archive.get_page(archive.get_entries()[0].id) == (b"<p>one</p>" * 100, "https://example.org/7")


def test_a_failed_issue_is_not_stored_in_part(archive: Archive) -> None:
    store(archive, make_issue("ada"))
    bob, cyd = make_issue("bob", "cyd").stories
    with_same_position_twice = dataclasses.replace(make_issue("bob", "cyd"), stories=(bob, cyd, cyd))
    with pytest.raises(DatabaseError):
        store(archive, with_same_position_twice)
    assert [entry.ref for entry in archive.get_entries()] == ["ada"]


def test_source_notes_are_saved(archive: Archive, path: Path) -> None:
    assert archive.get_source_note("etag") is None
    archive.save_source_note("etag", "one")
    archive.save_source_note("etag", "two")
    with Archive(path, now) as other:
        assert other.get_source_note("etag") == "two"


def test_pages_of_an_older_parser_are_found(archive: Archive) -> None:
    store(archive, make_issue("ada", number=7))
    store(archive, make_issue("bob", number=8))
    assert archive.find_issues_to_reparse(1) == []
    newest, oldest = (entry.id for entry in archive.get_entries())
    assert archive.find_issues_to_reparse(2) == [newest, oldest]
    archive.rebuild(newest, make_issue("bob", "eve", number=8), 2)
    archive.rebuild(oldest, None, 2)
    assert archive.find_issues_to_reparse(2) == []
    assert [entry.story_keys for entry in archive.get_entries()] == [("bob", "eve"), ("ada",)]


def test_data_version_changes_with_writes_of_others(archive: Archive, path: Path) -> None:
    before = archive.get_data_version()
    store(archive, make_issue("ada", number=7))
    assert archive.get_data_version() == before
    with Archive(path, now) as other:
        store(other, make_issue("bob", number=8))
    assert archive.get_data_version() != before


def test_only_the_owner_can_read_the_files(archive: Archive, path: Path) -> None:
    store(archive, make_issue("ada"))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def write_text(path: Path) -> None:
    path.write_bytes(b"this was a database once " * 400)


def write_zeros_in_the_middle(path: Path) -> None:
    with Archive(path, now) as archive:
        for n in range(40):
            store(archive, make_issue(f"ada{n}", f"bob{n}", number=n + 1))
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)


def write_foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE recipe (name TEXT); PRAGMA application_id = 77")


def write_newer_version(path: Path) -> None:
    Archive(path, now).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")


@pytest.mark.parametrize("write", [write_text, write_zeros_in_the_middle, write_foreign_database, write_newer_version])
def test_an_unusable_file_is_quarantined_and_replaced(path: Path, write: Callable[[Path], None]) -> None:
    path.parent.mkdir(mode=0o700)
    write(path)
    before = path.read_bytes()
    with Archive(path, now) as archive:
        assert archive.get_entries() == ()
        store(archive, make_issue("ada"))
    assert path.with_name("archive-set-aside-20250303T120000Z.sqlite3").read_bytes() == before


def test_a_folder_in_its_place_is_an_error(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(DatabaseError, match="is not a file"):
        Archive(path, now)


def test_damage_is_reported_with_the_path(path: Path) -> None:
    with Archive(path, now) as archive:
        assert archive.find_problems() == ()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'story_key'")
    with Archive(path, now) as archive:
        assert str(path) in archive.find_problems()[0]
