"""Whatever is damaged in an archive is found, and made anew from what is left of it."""

from __future__ import annotations

import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.archive.repair import delete_empty_issues, repair
from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.archive.stories import LOST_PAGE_VERSION, compress_page
from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.sqlite import BusyDatabase, Database
from importai_tui.sync.rebuild import Rebuild
from tests.archive.conftest import now
from tests.archive.damage import DERIVED_DAMAGE, STORED_DAMAGE, run_sql, store_sample_issues
from tests.archive.version_1 import VERSION_1
from tests.examples import make_issue


@pytest.fixture
def filled(places: Places) -> Places:
    store_sample_issues(places)
    return places


def shown(places: Places) -> object:
    """Everything that the archive gives: issues, stories, search hits, works, mentions, and the stars on them."""
    with Library.open(places) as library:
        heads = library.get_issue_rows()
        stars = [story.is_starred for head in heads for story in library.get_story_rows(head.ref)]
        connections = library.archive.create_relations()
        found = connections.find_similar(["rivers"], 100)
        works = [len(connections.get_cited_works([id])[id]) for id in sorted(found)]
        mentions = len(connections.find_stories_mentioning(300))
        facts = [(head.ref, head.title, head.date, head.word_count, head.story_count) for head in heads]
        return facts, [library.get_issue(head.ref).stories for head in heads], stars, len(found), works, mentions


def mend(places: Places) -> None:
    """Repair the archive, and read its pages again where that is to be done."""
    repair(places.archive, now)
    Rebuild(lambda: Library.open(places)).run()


def damage(path: Path) -> tuple[str, ...]:
    with Archive(path, now) as archive:
        return archive.find_problems()


def test_a_good_archive_is_left_as_it_is(filled: Places) -> None:
    before = filled.archive.read_bytes()
    assert damage(filled.archive) == ()
    assert repair(filled.archive, now) is None
    assert filled.archive.read_bytes() == before


@pytest.mark.parametrize("what", DERIVED_DAMAGE)
def test_what_is_made_of_the_stories_is_made_anew_in_place(filled: Places, what: str) -> None:
    before = shown(filled)
    run_sql(filled.archive, DERIVED_DAMAGE[what])
    assert "importai-tui doctor --repair" in damage(filled.archive)[0]
    done = repair(filled.archive, now)
    assert done is not None
    assert (done.quarantine_path, done.lost_issues) == (None, ())
    assert damage(filled.archive) == ()
    assert shown(filled) == before


@pytest.mark.parametrize("what", STORED_DAMAGE)
def test_other_damage_is_repaired_in_a_new_file(filled: Places, what: str) -> None:
    before = shown(filled)
    run_sql(filled.archive, STORED_DAMAGE[what])
    damaged = filled.archive.read_bytes()
    done = repair(filled.archive, now)
    assert done is not None
    assert done.quarantine_path is not None
    assert done.quarantine_path.read_bytes() == damaged
    Rebuild(lambda: Library.open(filled)).run()
    assert damage(filled.archive) == ()
    if what != "a row of an issue":
        assert shown(filled) == before


def test_an_issue_without_a_row_is_completed_by_the_next_copy(filled: Places) -> None:
    before = shown(filled)
    with Library.open(filled) as library:
        issue, page = library.get_issue("2"), library.get_stored_page(2)
    run_sql(filled.archive, STORED_DAMAGE["a row of an issue"])
    mend(filled)
    with Library.open(filled) as library:
        library.store(issue, page.raw, page.name, origin="substack")
        facts = [(head.number, head.title, head.date, head.story_count) for head in library.get_issue_rows()]
        assert (2, "Import AI 2: beavers", "2025-03-02", 3) in facts
    stories, stars = shown(filled)[1:3]  # type: ignore[index]
    assert (stories, stars) == before[1:3]  # type: ignore[index]


def test_a_story_changed_on_the_disk_is_read_again_from_its_page(filled: Places) -> None:
    before = shown(filled)
    run_sql(filled.archive, "UPDATE story SET body = replace(body, 'taught', 'tauqht') WHERE issue_id = 3")
    assert damage(filled.archive)
    mend(filled)
    assert shown(filled) == before


def test_a_lost_page_comes_back_with_the_next_copy(filled: Places) -> None:
    with Library.open(filled) as library:
        issue, page = library.get_issue("2"), library.get_stored_page(2)
    run_sql(filled.archive, STORED_DAMAGE["a page"])
    mend(filled)
    with closing(sqlite3.connect(filled.archive)) as connection:
        (version,) = connection.execute("SELECT parser_version FROM page WHERE issue_id = 2").fetchone()
    assert version == LOST_PAGE_VERSION
    with Library.open(filled) as library:
        library.store(issue, page.raw, page.name, origin="substack")
        assert library.get_stored_page(2).raw == page.raw


def test_an_issue_of_which_nothing_can_be_read_is_named_and_left_out(filled: Places) -> None:
    run_sql(filled.archive, "UPDATE page SET body = x'99' WHERE issue_id = 2; UPDATE story SET body = 'x'")
    done = repair(filled.archive, now)
    assert done is not None
    assert done.lost_issues == ("issue 2",)
    Rebuild(lambda: Library.open(filled)).run()
    assert damage(filled.archive) == ()
    with Library.open(filled) as library:
        assert library.get_missing_numbers() == (2,)


def test_an_issue_whose_page_brings_nothing_back_is_dropped(filled: Places) -> None:
    run_sql(filled.archive, f"UPDATE page SET body = x'{compress_page(b'').hex()}' WHERE issue_id = 2")
    run_sql(filled.archive, "DELETE FROM story WHERE issue_id = 2")
    mend(filled)
    assert delete_empty_issues(filled.archive) == ("issue 2",)
    assert damage(filled.archive) == ()


def test_a_file_that_was_cut_off_keeps_what_is_left(filled: Places) -> None:
    data = filled.archive.read_bytes()
    filled.archive.write_bytes(data[: len(data) - 8_192])
    with Library.open(filled) as library:
        (warning,) = library.get_warnings(with_state=False)
        assert "what could be read is in a new one" in warning
        assert len(library.get_issue_rows()) == 4


def test_an_archive_of_an_older_version_has_no_damage(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    run_sql(path, VERSION_1)
    run_sql(path, "DELETE FROM copy")
    assert damage(path) == ()


def test_an_archive_that_another_program_uses_is_not_called_damaged(filled: Places) -> None:
    with (
        closing(sqlite3.connect(filled.archive, isolation_level=None)) as other,
        Archive(filled.archive, now) as archive,
    ):
        archive._database.set_lock_timeout(0)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyDatabase):
            archive.find_problems()


def test_an_archive_that_can_only_be_read_is_checked(filled: Places) -> None:
    uri = f"{filled.archive.as_uri()}?mode=ro&immutable=1"
    with Archive(filled.archive, now) as archive:
        archive._database._connection.close()
        archive._database._connection = sqlite3.connect(uri, uri=True, isolation_level=None)
        assert archive.find_problems() == ()


@pytest.mark.parametrize("seed", range(12))
def test_random_damage_ends_in_a_good_archive(filled: Places, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(filled.archive.read_bytes())
    if seed % 3 == 0:
        del data[chance.randrange(len(data)) :]
    elif seed % 3 == 1:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    else:
        page = chance.randrange(len(data) // 4096)
        data[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
    filled.archive.write_bytes(data)
    mend(filled)
    delete_empty_issues(filled.archive)
    assert damage(filled.archive) == ()
    with Library.open(filled) as library:
        assert library.get_warnings(with_state=False) == ()


def test_storing_in_a_damaged_index_names_the_repair(filled: Places) -> None:
    run_sql(filled.archive, DERIVED_DAMAGE["structure"])
    with Library.open(filled) as library, pytest.raises(DatabaseError, match="doctor --repair"):
        library.store(make_issue("ada", number=9), b"page", "page.html")


def test_no_part_of_a_repair_that_fails_is_left(filled: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    run_sql(filled.archive, STORED_DAMAGE["a story"])

    def fail(*_: object) -> None:
        raise DatabaseError("The disk is full.")

    monkeypatch.setattr("importai_tui.archive.repair.copy_rows", fail)
    with pytest.raises(DatabaseError):
        repair(filled.archive, now)
    assert [file.name for file in filled.archive.parent.iterdir() if "repair" in file.name] == []
    with closing(Database(filled.archive, ARCHIVE_SPEC)) as database:
        assert database.query("SELECT count(*) FROM story") == [(11,)]


def test_two_files_of_one_second_are_both_kept(filled: Places) -> None:
    for _ in range(2):
        filled.archive.write_bytes(b"no database" * 1_000)
        Archive(filled.archive, now).close()
    assert len(list(filled.archive.parent.glob("archive-set-aside-*.sqlite3"))) == 2


def test_two_windows_repair_a_file_once(filled: Places) -> None:
    filled.archive.write_bytes(filled.archive.read_bytes()[:-8_192])
    with ThreadPoolExecutor(2) as pool:
        archives = pool.map(lambda _: _opened(filled.archive), range(2))
        assert sorted(archives) == [(False, 4), (True, 4)]
    assert len(list(filled.archive.parent.glob("archive-set-aside-*.sqlite3"))) == 1


def _opened(path: Path) -> tuple[bool, int]:
    with Archive(path, now) as archive:
        return archive.warning is not None, len(archive.get_entries())
