"""Migrations of reading states written by older versions, and the copies before them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from importai_tui.errors import DatabaseError
from importai_tui.state.reading_state import ReadingState
from tests.state.helpers import get_now, query, run_script
from tests.state.version_1 import create_version_1


def list_upgrade_copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob("reading-before-3-*"))


def test_version_1_keeps_its_marks_and_values(path: Path) -> None:
    create_version_1(path)
    with ReadingState(path, get_now) as state:
        assert state.get_read_keys() == {"ada", "bob"}
        assert state.get_starred_keys() == {"bob"}
        assert state.load_value("theme") == "paper"
        assert state.load_value("last-place") == '["402", 1]'
        assert [story.name.headline for story in state.get_story_states()] == ["What Ada said", "What Bob saw"]
        assert state.find_problems() == ()
        assert state.warning is None


def test_version_1_keeps_its_undo_and_redo(path: Path) -> None:
    create_version_1(path)
    with ReadingState(path, get_now) as state:
        assert (change := state.redo())
        assert (change.label, change.keys) == ("Redid: starred 1 story", ("cyd",))
        for keys in ("cyd",), ("bob",), ("ada", "bob"):
            assert (change := state.undo())
            assert change.keys == keys
        assert state.undo() is None
        assert not state.get_read_keys() | state.get_starred_keys()


def test_version_1_keeps_its_journal(path: Path) -> None:
    create_version_1(path)
    before = query(path, "SELECT id, substr(at, 1, 19), step, kind, key, field || '', old, new FROM journal")
    ReadingState(path, get_now).close()
    sql = "SELECT id, substr(at, 1, 19), step, kind, key, field || '_at', old, new FROM journal"
    assert [tuple(str(v) for v in row) for row in query(path, sql)] == [tuple(str(v) for v in row) for row in before]


def test_version_1_keeps_a_mark_without_journal_lines(path: Path) -> None:
    create_version_1(path, "INSERT INTO story VALUES ('eve', '2025-03-02T10:00:00+00:00', 'some day', 'What Eve did');")
    with ReadingState(path, get_now) as state:
        assert "eve" in state.get_read_keys()
        assert "eve" in state.get_starred_keys()
        assert state.find_problems() == ()


def test_a_migrated_file_has_the_present_schema(path: Path, tmp_path: Path) -> None:
    create_version_1(path)
    ReadingState(path, get_now).close()
    ReadingState(tmp_path / "new.sqlite3", get_now).close()
    sql = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"

    def normalise_sql(sql: object) -> str:
        return " ".join(re.sub(r"([(),])", r" \1 ", str(sql).replace('"', "")).split())

    def get_schema(path: Path) -> list[tuple[str, ...]]:
        return [tuple(map(normalise_sql, row)) for row in query(path, sql)]

    assert get_schema(path) == get_schema(tmp_path / "new.sqlite3")
    versions = "SELECT * FROM pragma_user_version, pragma_application_id"
    assert query(path, versions) == query(tmp_path / "new.sqlite3", versions)


def test_the_file_is_copied_before_an_upgrade(path: Path) -> None:
    create_version_1(path)
    before = query(path, "SELECT * FROM story")
    ReadingState(path, get_now).close()
    ReadingState(path, get_now).close()
    (copy,) = list_upgrade_copies(path)
    assert copy.name == "reading-before-3-20250303T120000Z.sqlite3"
    assert query(copy, "SELECT * FROM story") == before
    assert query(copy, "PRAGMA user_version") == [(1,)]
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_copied_is_not_upgraded(path: Path) -> None:
    create_version_1(path)
    path.with_name("reading-before-3-20250303T120000Z.sqlite3").mkdir()
    with pytest.raises(DatabaseError, match="backup"):
        ReadingState(path, get_now)
    assert query(path, "PRAGMA user_version") == [(1,)]


def test_a_failed_upgrade_changes_nothing(path: Path) -> None:
    create_version_1(path, "CREATE TABLE register (mine);")
    with pytest.raises(DatabaseError):
        ReadingState(path, get_now)
    assert query(path, "PRAGMA user_version") == [(1,)]
    assert len(query(path, "SELECT * FROM story")) == 3
    assert query(path, "SELECT count(*) FROM journal") == [(7,)]


def test_a_new_file_needs_no_copy(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    ReadingState(path, get_now).close()
    assert list_upgrade_copies(path) == []


def test_two_machines_have_different_ids(path: Path, tmp_path: Path) -> None:
    create_version_1(path)
    for file in (path, tmp_path / "new.sqlite3"):
        ReadingState(file, get_now).close()
    sql = "SELECT value FROM setting WHERE name = 'machine-id'"
    ids = {str(id) for file in (path, tmp_path / "new.sqlite3") for (id,) in query(file, sql)}
    assert len(ids) == 2
    assert all(re.fullmatch("[0-9a-f]{16}", id) for id in ids)


def test_version_2_keeps_its_marks(path: Path) -> None:
    with ReadingState(path, get_now) as state:
        state.tag(["ada"], "robots")
    run_script(path, "ALTER TABLE story DROP COLUMN heir; PRAGMA user_version = 2")
    with ReadingState(path, get_now) as state:
        assert state.get_tagged_keys("robots") == {"ada"}
        assert state.forward_changes(["ada"]) == ()
        assert state.find_problems() == ()
    (copy,) = list_upgrade_copies(path)
    assert query(copy, "PRAGMA user_version") == [(2,)]
