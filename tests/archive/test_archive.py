from __future__ import annotations

import dataclasses
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.archive.writer import StoreOutcome
from importai_tui.clock import utc_now
from importai_tui.errors import DatabaseError
from importai_tui.model import Issue
from tests.archive.conftest import now
from tests.examples import make_issue, make_story


def store(archive: Archive, issue: Issue) -> StoreOutcome:
    return archive.store(issue, b"the page", "page.html", parser_version=1)[0]


def test_an_issue_comes_back_as_it_went_in(archive: Archive) -> None:
    issue = make_issue("ada", "bob", number=7, date="2025-03-03", url="https://example.org/7", title="Import AI 7: Two")
    assert store(archive, issue) is StoreOutcome.IMPORTED
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


def test_the_same_issue_again_is_unchanged(archive: Archive) -> None:
    store(archive, make_issue("ada", "bob"))
    assert store(archive, make_issue("ada", "bob")) is StoreOutcome.UNCHANGED


@pytest.mark.parametrize("numbered_first", [True, False])
def test_a_copy_with_a_number_and_one_without_are_one_issue(archive: Archive, numbered_first: bool) -> None:
    plain = make_issue("ada", "bob")
    numbered = make_issue("ada", "bob", number=7, title="Import AI 7: Two", date="2025-03-03", slug="import-ai-7-two")
    for issue in (numbered, plain) if numbered_first else (plain, numbered):
        store(archive, issue)
    (entry,) = archive.get_entries()
    assert (entry.number, entry.title, entry.date) == (7, "Import AI 7: Two", "2025-03-03")


def test_a_title_that_was_given_is_not_lost_to_one_made_of_headlines(archive: Archive) -> None:
    store(archive, make_issue("ada", "bob", title="A given title"))
    assert store(archive, make_issue("ada", "bob")) is StoreOutcome.UNCHANGED
    assert archive.get_entries()[0].title == "A given title"


def test_half_of_the_stories_make_it_the_same_issue(archive: Archive) -> None:
    store(archive, make_issue("ada", "bob", "cyd", "dot"))
    assert store(archive, make_issue("ada", "bob", "eve", "fay")) is StoreOutcome.UPDATED
    assert store(archive, make_issue("ada", "gus", "hal")) is StoreOutcome.IMPORTED


def test_two_numbers_are_two_issues_and_get_two_slugs(archive: Archive) -> None:
    store(archive, make_issue("ada", number=1, slug="import-ai"))
    store(archive, make_issue("bob", number=2, slug="import-ai"))
    assert [(entry.number, entry.slug) for entry in archive.get_entries()] == [(2, "import-ai-2"), (1, "import-ai")]


def test_a_copy_with_fewer_addresses_leaves_the_stories_alone(archive: Archive) -> None:
    store(archive, make_issue("ada", "bob", links=2))
    text = make_issue("ada", "bob", links=0, number=7)
    assert store(archive, text) is StoreOutcome.UPDATED
    assert store(archive, text) is StoreOutcome.UNCHANGED
    (entry,) = archive.get_entries()
    assert entry.number == 7
    assert len(archive.get_stories(entry.id)[0].links) == 2


def test_two_copies_alike_do_not_take_turns(archive: Archive) -> None:
    one = make_issue("ada", "bob", number=7)
    other = dataclasses.replace(one, stories=(make_story("ada", 1, words="Other words."), one.stories[1]))
    assert store(archive, one) is StoreOutcome.IMPORTED
    assert store(archive, other) is StoreOutcome.UPDATED
    assert [store(archive, issue) for issue in (one, other, one)] == [StoreOutcome.UNCHANGED] * 3
    assert archive.get_stories(archive.get_entries()[0].id) == other.stories


def test_two_titles_of_two_copies_do_not_take_turns_but_a_told_one_wins(archive: Archive) -> None:
    one = make_issue("ada", "bob", number=7, title="Import AI 7: Two")
    other = dataclasses.replace(one, title="Import AI 7 - Two by Somebody")
    assert [store(archive, issue) for issue in (one, other, one, other)] == [
        StoreOutcome.IMPORTED,
        StoreOutcome.UPDATED,
        StoreOutcome.UNCHANGED,
        StoreOutcome.UNCHANGED,
    ]
    archive.store(one, b"", "", parser_version=1, has_given_facts=True)
    assert archive.get_entries()[0].title == "Import AI 7: Two"


def test_a_fuller_copy_takes_the_place_of_a_poorer_one(archive: Archive) -> None:
    store(archive, make_issue("ada", "bob", links=0))
    assert store(archive, make_issue("ada", "bob", links=2)) is StoreOutcome.UPDATED
    assert len(archive.get_stories(archive.get_entries()[0].id)[0].links) == 2


def test_a_story_whose_headline_was_edited_keeps_its_key(archive: Archive) -> None:
    before = dataclasses.replace(
        make_issue("ada", "bob", number=7),
        stories=(make_story("old", 1, "Robots learn to fold shirts"), make_story("bob", 2, "Something else entirely")),
    )
    after = dataclasses.replace(
        before,
        stories=(make_story("new", 1, "Robots learn to fold T-shirts"), make_story("eve", 2, "A third thing happens")),
    )
    store(archive, before)
    assert store(archive, after) is StoreOutcome.UPDATED
    assert archive.get_entries()[0].story_keys == ("old", "eve")
    assert store(archive, after) is StoreOutcome.UNCHANGED


def test_issues_stand_newest_first_and_a_number_stands_in_for_a_date(archive: Archive) -> None:
    store(archive, make_issue("a", number=1, date="2024-01-01"))
    store(archive, make_issue("x"))
    store(archive, make_issue("c", number=3, date="2024-03-01"))
    store(archive, make_issue("b", number=2))
    store(archive, make_issue("y"))
    store(archive, make_issue("d", date="2024-02-01"))
    assert [entry.ref for entry in archive.get_entries()] == ["3", "d", "2", "1", "x", "y"]


def test_an_issue_is_stored_whole_or_not_at_all(archive: Archive) -> None:
    store(archive, make_issue("ada"))
    bob, cyd = make_issue("bob", "cyd").stories
    broken = dataclasses.replace(make_issue("bob", "cyd"), stories=(bob, cyd, cyd))  # one place twice
    with pytest.raises(DatabaseError):
        store(archive, broken)
    assert [entry.ref for entry in archive.get_entries()] == ["ada"]


def test_the_file_is_for_its_owner_alone(archive: Archive, path: Path) -> None:
    store(archive, make_issue("ada"))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_another_window_stores_shows_here(archive: Archive, path: Path) -> None:
    assert archive.get_entries() == ()
    with Archive(path, now) as other:
        store(other, make_issue("ada"))
    assert len(archive.get_entries()) == 1


def _garbage(path: Path) -> None:
    path.write_bytes(b"this was a database once " * 400)


def _damaged_in_the_middle(path: Path) -> None:
    with Archive(path, now) as archive:
        for n in range(40):
            store(archive, make_issue(f"ada{n}", f"bob{n}", number=n + 1))
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)


def _of_another_program(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
        connection.execute("PRAGMA application_id = 77")
    connection.close()


def _from_the_future(path: Path) -> None:
    Archive(path, now).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()


@pytest.mark.parametrize("spoil", [_garbage, _damaged_in_the_middle, _of_another_program, _from_the_future])
def test_a_file_that_is_no_archive_is_set_aside_and_a_new_one_begun(path: Path, spoil: object) -> None:
    path.parent.mkdir(mode=0o700)
    spoil(path)  # type: ignore[operator]
    before = path.read_bytes()
    with Archive(path, now) as archive:
        assert archive.get_entries() == ()
        store(archive, make_issue("ada"))
    assert path.with_name("archive-set-aside-20250303T120000Z.sqlite3").read_bytes() == before


def test_a_folder_in_its_place_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(DatabaseError, match="is no file"):
        Archive(path, now)


def test_a_good_file_has_no_damage_and_a_damaged_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite3"
    with Archive(path, utc_now) as archive:
        assert archive.find_problems() == ()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'story_key'")
    with Archive(path, utc_now) as archive:
        assert str(path) in archive.find_problems()[0]
