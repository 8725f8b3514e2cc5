"""Every kind of damage is found, and repaired from the intact rest of the archive."""

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
from tests.archive.version_1 import write_version, write_version_1
from tests.conftest import CopyReady
from tests.examples import make_issue


@pytest.fixture
def filled(places: Places, copy_ready: CopyReady, tmp_path: Path) -> Places:
    copy_ready(store_sample_issues, tmp_path / "home")
    return places


def read_all(places: Places) -> tuple[object, ...]:
    """Return all that the archive gives: metadata, stories, stars, search hits, works, mentions, forecasts."""
    with Library.open(places) as library:
        rows = library.get_issue_rows()
        metadata = [(row.ref, row.title, row.date, row.word_count, row.story_count) for row in rows]
        stories = [library.get_issue(row.ref).stories for row in rows]
        stars = [story.is_starred for row in rows for story in library.get_story_rows(row.ref)]
        relations = library.archive.create_relations()
        found = relations.find_similar(["rivers"], 100)
        works = [len(relations.get_cited_works([id])[id]) for id in sorted(found)]
        mentions = relations.find_stories_mentioning(300)
        forecasts = [forecast[4:] for forecast in library.archive.get_forecasts()]
        return metadata, stories, stars, len(found), works, len(mentions), forecasts


def repair_and_rebuild(places: Places) -> None:
    """Repair the archive, and read the pages again that the repair asks for."""
    repair(places.archive, now)
    Rebuild(lambda: Library.open(places)).run()


def find_problems(path: Path) -> tuple[str, ...]:
    with Archive(path, now) as archive:
        return archive.find_problems()


def test_a_good_archive_is_not_changed(filled: Places) -> None:
    before = filled.archive.read_bytes()
    assert find_problems(filled.archive) == ()
    assert repair(filled.archive, now) is None
    assert filled.archive.read_bytes() == before


@pytest.mark.parametrize("damage", DERIVED_DAMAGE)
def test_derived_tables_are_rebuilt_in_place(filled: Places, damage: str) -> None:
    before = read_all(filled)
    run_sql(filled.archive, DERIVED_DAMAGE[damage])
    assert "importai-tui doctor --repair" in find_problems(filled.archive)[0]
    result = repair(filled.archive, now)
    assert result is not None
    assert (result.quarantine_path, result.lost_issues) == (None, ())
    assert find_problems(filled.archive) == ()
    assert read_all(filled) == before


@pytest.mark.parametrize("damage", STORED_DAMAGE)
def test_other_damage_is_repaired_in_a_new_file(filled: Places, damage: str) -> None:
    before = read_all(filled)
    run_sql(filled.archive, STORED_DAMAGE[damage])
    damaged = filled.archive.read_bytes()
    result = repair(filled.archive, now)
    assert result is not None
    assert result.quarantine_path is not None
    assert result.quarantine_path.read_bytes() == damaged
    Rebuild(lambda: Library.open(filled)).run()
    assert find_problems(filled.archive) == ()
    if damage != "a row of an issue":
        assert read_all(filled) == before


def test_the_next_copy_completes_an_issue_without_row(filled: Places) -> None:
    before = read_all(filled)
    with Library.open(filled) as library:
        issue, page = library.get_issue("2"), library.get_stored_page(2)
    run_sql(filled.archive, STORED_DAMAGE["a row of an issue"])
    repair_and_rebuild(filled)
    with Library.open(filled) as library:
        library.store(issue, page.raw, page.name, origin="substack")
        metadata = [(row.number, row.title, row.date, row.story_count) for row in library.get_issue_rows()]
        assert (2, "Import AI 2: beavers", "2025-03-02", 3) in metadata
    assert read_all(filled)[1:3] == before[1:3]


def test_a_story_changed_on_disk_is_parsed_again(filled: Places) -> None:
    before = read_all(filled)
    run_sql(filled.archive, "UPDATE story SET body = replace(body, 'taught', 'tauqht') WHERE issue_id = 3")
    assert find_problems(filled.archive)
    repair_and_rebuild(filled)
    assert read_all(filled) == before


def test_the_next_copy_restores_a_lost_page(filled: Places) -> None:
    with Library.open(filled) as library:
        issue, page = library.get_issue("2"), library.get_stored_page(2)
    run_sql(filled.archive, STORED_DAMAGE["a page"])
    repair_and_rebuild(filled)
    with closing(sqlite3.connect(filled.archive)) as connection:
        (version,) = connection.execute("SELECT parser_version FROM page WHERE issue_id = 2").fetchone()
    assert version == LOST_PAGE_VERSION
    with Library.open(filled) as library:
        library.store(issue, page.raw, page.name, origin="substack")
        assert library.get_stored_page(2).raw == page.raw


def test_an_unreadable_issue_is_named_and_left_out(filled: Places) -> None:
    run_sql(filled.archive, "UPDATE page SET body = x'99' WHERE issue_id = 2; UPDATE story SET body = 'x'")
    result = repair(filled.archive, now)
    assert result is not None
    assert result.lost_issues == ("issue 2",)
    Rebuild(lambda: Library.open(filled)).run()
    assert find_problems(filled.archive) == ()
    with Library.open(filled) as library:
        assert library.get_missing_numbers() == (2,)


def test_an_issue_that_stays_empty_is_deleted(filled: Places) -> None:
    run_sql(filled.archive, f"UPDATE page SET body = x'{compress_page(b'').hex()}' WHERE issue_id = 2")
    run_sql(filled.archive, "DELETE FROM story WHERE issue_id = 2")
    repair_and_rebuild(filled)
    assert delete_empty_issues(filled.archive) == ("issue 2",)
    assert find_problems(filled.archive) == ()


def test_the_rest_of_a_cut_file_is_kept(filled: Places) -> None:
    data = filled.archive.read_bytes()
    filled.archive.write_bytes(data[: len(data) - 8_192])
    with Library.open(filled) as library:
        (warning,) = library.get_warnings(with_state=False)
        assert "Everything readable is in a new archive" in warning
        assert len(library.get_issue_rows()) == 4


def test_an_archive_of_version_1_has_no_damage(path: Path) -> None:
    write_version_1(path)
    run_sql(path, "DELETE FROM copy")
    assert find_problems(path) == ()


@pytest.mark.parametrize("version", range(1, ARCHIVE_SPEC.version))
def test_issues_of_a_damaged_older_file_are_kept(path: Path, version: int) -> None:
    write_version(path, version)
    with path.open("r+b") as file:
        file.write(bytes(100))  # no header, so it cannot be upgraded
    with Archive(path, now) as archive:
        assert [(one.number, one.title, one.date) for one in archive.get_entries()] == [
            (7, "Import AI 7: One", "2025-03-03")
        ]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT received IS NULL FROM issue").fetchall() == [(0,)]


def test_a_locked_archive_is_not_called_damaged(filled: Places) -> None:
    with (
        closing(sqlite3.connect(filled.archive, isolation_level=None)) as other,
        Archive(filled.archive, now) as archive,
    ):
        archive.set_lock_timeout(0)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyDatabase):
            archive.find_problems()


def test_a_read_only_archive_can_be_checked(filled: Places) -> None:
    uri = f"{filled.archive.as_uri()}?mode=ro&immutable=1"
    with Archive(filled.archive, now) as archive:
        archive._database._connection.close()
        archive._database._connection = sqlite3.connect(uri, uri=True, isolation_level=None)
        assert archive.find_problems() == ()


@pytest.mark.parametrize("seed", range(12))
def test_random_damage_is_repaired(filled: Places, seed: int) -> None:
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
    repair_and_rebuild(filled)
    delete_empty_issues(filled.archive)
    assert find_problems(filled.archive) == ()
    with Library.open(filled) as library:
        assert library.get_warnings(with_state=False) == ()


def test_a_write_to_a_damaged_index_names_the_repair(filled: Places) -> None:
    run_sql(filled.archive, DERIVED_DAMAGE["structure"])
    with Library.open(filled) as library, pytest.raises(DatabaseError, match="doctor --repair"):
        library.store(make_issue("ada", number=9), b"page", "page.html")


def test_a_failed_repair_leaves_the_old_file(filled: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    run_sql(filled.archive, STORED_DAMAGE["a story"])

    def fail(*_: object) -> None:
        raise DatabaseError("The disk is full.")

    monkeypatch.setattr("importai_tui.archive.repair.copy_rows", fail)
    with pytest.raises(DatabaseError):
        repair(filled.archive, now)
    assert [file.name for file in filled.archive.parent.iterdir() if "repair" in file.name] == []
    with closing(Database(filled.archive, ARCHIVE_SPEC)) as database:
        assert database.query("SELECT count(*) FROM story") == [(11,)]


def test_two_quarantines_in_one_second_keep_both_files(filled: Places) -> None:
    for _ in range(2):
        filled.archive.write_bytes(b"no database" * 1_000)
        Archive(filled.archive, now).close()
    assert len(list(filled.archive.parent.glob("archive-set-aside-*.sqlite3"))) == 2


def test_two_processes_repair_a_file_once(filled: Places) -> None:
    def open_archive(_: int) -> tuple[bool, int]:
        with Archive(filled.archive, now) as archive:
            return archive.warning is not None, len(archive.get_entries())

    filled.archive.write_bytes(filled.archive.read_bytes()[:-8_192])
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(open_archive, range(2))) == [(False, 4), (True, 4)]
    assert len(list(filled.archive.parent.glob("archive-set-aside-*.sqlite3"))) == 1
