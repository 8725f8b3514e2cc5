"""What the archive keeps for the sources: where a page came from, the page itself, and notes."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.archive.writer import StoreOutcome
from importai_tui.model import Issue, Story
from tests.archive.conftest import now
from tests.archive.version_1 import VERSION_1
from tests.examples import make_issue, make_story


def fetch(archive: Archive, issue: Issue, origin: str = "substack", page: bytes = b"the page") -> StoreOutcome:
    return archive.store(issue, page, "https://example.org/7", parser_version=1, origin=origin)[0]


def links_of(archive: Archive) -> int:
    (entry,) = archive.get_entries()
    return sum(len(story.links) for story in archive.get_stories(entry.id))


def test_an_edit_that_takes_a_link_away_is_an_edit_where_it_comes_from_the_same_source(archive: Archive) -> None:
    fetch(archive, make_issue("ada", "bob", number=7, links=3))
    assert fetch(archive, make_issue("ada", "bob", number=7, links=2)) is StoreOutcome.UPDATED
    assert links_of(archive) == 4


@pytest.mark.parametrize("origin", ["mirror", ""])
def test_a_poorer_copy_from_elsewhere_is_no_edit(archive: Archive, origin: str) -> None:
    fetch(archive, make_issue("ada", "bob", number=7, links=3))
    assert fetch(archive, make_issue("ada", "bob", number=7, links=2), origin) is StoreOutcome.UNCHANGED
    assert links_of(archive) == 6


def test_a_page_that_lost_most_of_its_stories_on_the_way_is_no_edit(archive: Archive) -> None:
    title = "Import AI 7: Four"
    fetch(archive, make_issue("ada", "bob", "cyd", "dot", number=7, links=2, title=title))
    assert fetch(archive, make_issue("ada", "bob", number=7, links=2, title=title)) is StoreOutcome.UNCHANGED
    assert len(archive.get_entries()[0].story_keys) == 4


def test_the_first_copy_from_another_source_is_no_edit_of_the_one_that_is_stored(archive: Archive) -> None:
    one = make_issue("ada", "bob", number=7, title="Import AI 7: Two", url="https://example.org/p/7")
    other = replace(one, title="Import AI 7 – Two", url="https://example.net/7", stories=worded(one, "Other words."))
    fetch(archive, one)
    assert fetch(archive, other, "mirror") is StoreOutcome.UNCHANGED
    (entry,) = archive.get_entries()
    assert (entry.title, entry.url) == (one.title, one.url)
    assert archive.get_stories(entry.id) == one.stories


def test_an_edit_in_the_other_source_is_taken(archive: Archive) -> None:
    one = make_issue("ada", "bob", number=7)
    fetch(archive, one)
    fetch(archive, replace(one, stories=worded(one, "As the mirror has them.")), "mirror")
    edited = replace(one, stories=worded(one, "As they were corrected."))
    assert fetch(archive, edited, "mirror") is StoreOutcome.UPDATED
    assert archive.get_stories(archive.get_entries()[0].id) == edited.stories


def test_the_first_copy_from_another_source_tells_what_was_not_known(archive: Archive) -> None:
    fetch(archive, make_issue("ada", "bob"), "")
    told = make_issue("ada", "bob", number=7, date="2025-03-03", title="Import AI 7: Two")
    assert fetch(archive, told, "mirror") is StoreOutcome.UPDATED
    (entry,) = archive.get_entries()
    assert (entry.number, entry.date, entry.title) == (7, "2025-03-03", "Import AI 7: Two")


def test_what_a_source_sends_goes_before_a_file_with_as_many_addresses(archive: Archive) -> None:
    file = make_issue("ada", "bob", number=7)
    fetched = replace(file, stories=worded(file, "As it was published."))
    fetch(archive, file, "")
    assert fetch(archive, fetched) is StoreOutcome.UPDATED
    assert (
        fetch(archive, replace(file, stories=worded(file, "As another file has it.")), "mirror")
        is StoreOutcome.UNCHANGED
    )
    assert archive.get_stories(archive.get_entries()[0].id) == fetched.stories


def worded(issue: Issue, words: str) -> tuple[Story, ...]:
    return tuple(make_story(story.key, story.position, words=words) for story in issue.stories)


def test_the_page_comes_back_as_it_went_in(archive: Archive) -> None:
    fetch(archive, make_issue("ada", number=7), page=b"<p>one</p>" * 100)
    assert archive.get_page(archive.get_entries()[0].id) == (b"<p>one</p>" * 100, "https://example.org/7")


def test_pages_of_an_older_parser_are_found_until_they_are_read_again(archive: Archive) -> None:
    fetch(archive, make_issue("ada", number=7))
    fetch(archive, make_issue("bob", number=8))
    assert archive.find_issues_to_reparse(1) == []
    first, second = (entry.id for entry in archive.get_entries())
    assert archive.find_issues_to_reparse(2) == [first, second]
    archive.rebuild(first, make_issue("bob", "eve", number=8), 2)
    archive.rebuild(second, None, 2)
    assert archive.find_issues_to_reparse(2) == []
    assert [entry.story_keys for entry in archive.get_entries()] == [("bob", "eve"), ("ada",)]


def test_what_the_better_parser_found_is_not_news_when_it_comes_again(archive: Archive) -> None:
    fetch(archive, make_issue("ada", number=7))
    better = make_issue("ada", "eve", number=7)
    archive.rebuild(archive.get_entries()[0].id, better, 2)
    assert fetch(archive, better) is StoreOutcome.UNCHANGED


def test_a_note_on_a_source_is_kept(archive: Archive, path: Path) -> None:
    assert archive.get_source_note("etag") is None
    archive.save_source_note("etag", "one")
    archive.save_source_note("etag", "two")
    with Archive(path, now) as again:
        assert again.get_source_note("etag") == "two"


def test_only_what_was_written_is_read_again(archive: Archive, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 6):
        fetch(archive, make_issue(f"ada{number}", number=number))
    archive.get_entries()
    with Archive(path, now) as other:
        fetch(other, make_issue("bob", number=6))
        fetch(other, make_issue("ada3", "eve", number=3, links=2))
    read: list[list[tuple[object, ...]]] = []
    rows = archive._database.query

    def counted(sql: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        read.append(rows(sql, values))
        return read[-1]

    monkeypatch.setattr(archive._database, "query", counted)
    assert [(entry.number, len(entry.story_keys)) for entry in archive.get_entries()] == [
        (6, 1),
        (5, 1),
        (4, 1),
        (3, 2),
        (2, 1),
        (1, 1),
    ]
    assert sum(map(len, read)) <= 1 + 2 + 3  # the version, two issues, their stories


def test_a_version_that_changes_is_another_windows_writing(archive: Archive, path: Path) -> None:
    before = archive.get_data_version()
    fetch(archive, make_issue("ada", number=7))
    assert archive.get_data_version() == before
    with Archive(path, now) as other:
        fetch(other, make_issue("bob", number=8))
    assert archive.get_data_version() != before


def test_an_archive_of_the_first_version_is_taken_over_as_it_is(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1)
    connection.close()
    with Archive(path, now) as archive:
        (entry,) = archive.get_entries()
        assert (entry.number, entry.title, entry.story_keys) == (7, "Import AI 7: One", ("ada",))
        assert archive.get_page(entry.id)[1] == "page.html"
        assert fetch(archive, make_issue("bob", number=8)) is StoreOutcome.IMPORTED
    assert [kept.name for kept in path.parent.iterdir() if "aside" in kept.name] == []


def test_a_taken_over_archive_has_the_tables_of_a_new_one(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1)
    connection.close()
    fresh = tmp_path / "fresh.sqlite3"
    for file in (path, fresh):
        Archive(file, now).close()
    assert columns(path) == columns(fresh)


def columns(path: Path) -> dict[str, set[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found = {name: {row[1:] for row in connection.execute(f"PRAGMA table_info({name})")} for name in tables}
    indexes = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index'").fetchall()
    connection.close()
    return found | {"indexes": set(indexes)}
