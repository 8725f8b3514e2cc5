"""Rebuilds with a newer parser: offline, and without a change of the user's marks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.parse import PARSER_VERSION
from importai_tui.parse.pipeline import parse_issue
from importai_tui.parse_pool import PageParser
from importai_tui.paths import Places
from importai_tui.sync.progress import Progress
from importai_tui.sync.rebuild import Rebuild
from tests.archive.version_1 import VERSION_1
from tests.examples import make_page


@pytest.fixture
def outdated(places: Places) -> Places:
    """Two issues of an older parser, which did not find the last story."""
    with Library.open(places) as library:
        for number, subject in ((7, "otters"), (8, "beavers")):
            page = make_page(subject, stories=3)
            issue = parse_issue(page, number=number, title=f"Import AI {number}: {subject}", date="2025-03-03")
            library.store(replace(issue, stories=issue.stories[:2]), page, "page.html")
        library.mark([row.key for row in library.get_story_rows("7")], read=True)
    return places


def rebuild(places: Places, **options: object) -> int:
    return Rebuild(lambda: Library.open(places), parser_version=PARSER_VERSION + 1, **options).run()  # type: ignore[arg-type]


def test_new_stories_are_added_and_marks_stay(outdated: Places) -> None:
    with Library.open(outdated) as library:
        before = [row.key for row in library.get_story_rows("7")]
        assert rebuild(outdated) == 2
        rows = library.get_story_rows("7")
    assert [row.key for row in rows][:2] == before
    assert [row.is_read for row in rows] == [True, True, False]


def test_issue_metadata_stays(outdated: Places) -> None:
    with Library.open(outdated) as library:
        before = [(row.ref, row.number, row.slug, row.title, row.date, row.url) for row in library.get_issue_rows()]
        rebuild(outdated)
        assert [
            (row.ref, row.number, row.slug, row.title, row.date, row.url) for row in library.get_issue_rows()
        ] == before


def test_second_rebuild_does_nothing(outdated: Places) -> None:
    rebuild(outdated)
    assert rebuild(outdated) == 0


def test_same_parser_version_rebuilds_nothing(outdated: Places) -> None:
    assert Rebuild(lambda: Library.open(outdated)).run() == 0


def test_page_without_stories_keeps_stored_stories(places: Places) -> None:
    with Library.open(places) as library:
        issue = parse_issue(make_page("otters"), number=7, title="Import AI 7: Otters")
        library.store(issue, b"", "page.html")
        assert rebuild(places) == 1
        assert len(library.get_story_rows("7")) == 2
    assert rebuild(places) == 0


def test_progress_is_reported(outdated: Places) -> None:
    steps: list[Progress] = []
    rebuild(outdated, on_progress=steps.append)
    assert [(step.done, step.total) for step in steps] == [(1, 2), (2, 2)]
    assert steps[0].title == "Import AI 8: beavers"


def test_stopped_rebuild_continues_next_time(outdated: Places) -> None:
    stopped = Rebuild(lambda: Library.open(outdated), lambda _: stopped.stop(), PARSER_VERSION + 1)
    assert stopped.run() == 1
    assert rebuild(outdated) == 1


def test_parallel_rebuild_finds_the_same(outdated: Places) -> None:
    assert rebuild(outdated, parser=PageParser(2, in_process_bytes=0)) == 2
    with Library.open(outdated) as library:
        assert [row.story_count for row in library.get_issue_rows()] == [3, 3]


def test_unchanged_issue_is_not_written(places: Places) -> None:
    page = make_page("otters")
    with Library.open(places) as library:
        library.store(parse_issue(page, number=7, title="Import AI 7: Otters"), page, "page.html")
    before = _get_story_ids(places)
    assert rebuild(places) == 1
    assert _get_story_ids(places) == before


def _get_story_ids(places: Places) -> list[int]:
    """Return the row ids of all stories; a story that is written again gets a new one."""
    with closing(sqlite3.connect(places.archive)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM story ORDER BY id")]


def test_unreadable_page_is_not_retried(outdated: Places) -> None:
    with closing(sqlite3.connect(outdated.archive)) as connection:
        connection.execute("UPDATE page SET body = x'99' WHERE issue_id = 1")
        connection.commit()
    assert rebuild(outdated) == 2
    assert rebuild(outdated) == 0
    with Library.open(outdated) as library:
        assert [row.story_count for row in library.get_issue_rows()] == [3, 2]


def test_damaged_story_is_rebuilt(outdated: Places) -> None:
    with closing(sqlite3.connect(outdated.archive)) as connection:
        connection.execute("UPDATE story SET body = 'x', kind = 'x' WHERE issue_id = 1 AND position = 1")
        connection.commit()
    assert rebuild(outdated) == 2
    with Library.open(outdated) as library:
        assert [row.story_count for row in library.get_issue_rows()] == [3, 3]
        assert [story.is_read for story in library.get_story_rows("7")] == [True, True, False]


def test_story_that_cannot_be_indexed_is_reported(places: Places) -> None:
    places.cache_folder.mkdir(parents=True, mode=0o700)
    with closing(sqlite3.connect(places.archive)) as connection:
        connection.executescript(VERSION_1)
        connection.execute("UPDATE story SET body = 'x'")
        connection.execute("UPDATE page SET parser_version = 99")
        connection.commit()
    for _ in range(2):
        with pytest.raises(DatabaseError, match="doctor --repair"):
            Rebuild(lambda: Library.open(places)).run()


def test_read_only_archive_is_reported(outdated: Places) -> None:
    def open_library() -> Library:
        library = Library.open(outdated)
        library.archive._database.execute("PRAGMA query_only = ON")
        return library

    with pytest.raises(DatabaseError, match="Can't write"):
        Rebuild(open_library, parser_version=PARSER_VERSION + 1).run()
