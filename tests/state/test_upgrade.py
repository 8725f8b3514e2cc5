from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from importai_tui.errors import DatabaseError
from importai_tui.state.reading_state import ReadingState
from tests.state.conftest import now
from tests.state.version_1 import make_version_1


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob("reading-before-3-*"))


def test_a_state_of_the_first_version_keeps_its_marks_and_settings(path: Path) -> None:
    make_version_1(path)
    with ReadingState(path, now) as state:
        assert state.get_read_keys() == {"ada", "bob"}
        assert state.get_starred_keys() == {"bob"}
        assert state.load_value("theme") == "paper"
        assert state.load_value("last-place") == '["402", 1]'
        assert [story.name.headline for story in state.get_story_states()] == ["What Ada said", "What Bob saw"]
        assert state.find_problems() == ()
        assert state.warning is None


def test_a_state_of_the_first_version_keeps_its_undo_and_redo(path: Path) -> None:
    make_version_1(path)
    with ReadingState(path, now) as state:
        assert (redone := state.redo())
        assert (redone.label, redone.keys) == ("Done again: starred 1 story", ("cyd",))
        for keys in ("cyd",), ("bob",), ("ada", "bob"):
            assert (undone := state.undo())
            assert undone.keys == keys
        assert state.undo() is None
        assert not state.get_read_keys() | state.get_starred_keys()


def test_no_line_of_the_first_versions_journal_is_lost(path: Path) -> None:
    make_version_1(path)
    before = rows(path, "SELECT id, substr(at, 1, 19), step, kind, key, field || '', old, new FROM journal")
    ReadingState(path, now).close()
    sql = "SELECT id, substr(at, 1, 19), step, kind, key, field || '_at', old, new FROM journal"
    assert [tuple(str(v) for v in row) for row in rows(path, sql)] == [tuple(str(v) for v in row) for row in before]


def test_a_mark_that_the_journal_does_not_tell_is_kept(path: Path) -> None:
    make_version_1(path, "INSERT INTO story VALUES ('eve', '2025-03-02T10:00:00+00:00', 'some day', 'What Eve did');")
    with ReadingState(path, now) as state:
        assert "eve" in state.get_read_keys()
        assert "eve" in state.get_starred_keys()
        assert state.find_problems() == ()


def test_an_upgraded_file_is_as_a_new_one_is(path: Path, tmp_path: Path) -> None:
    make_version_1(path)
    ReadingState(path, now).close()
    ReadingState(tmp_path / "new.sqlite3", now).close()
    sql = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"

    def flat(sql: object) -> str:
        return " ".join(re.sub(r"([(),])", r" \1 ", str(sql).replace('"', "")).split())

    def tables(path: Path) -> list[tuple[str, ...]]:
        return [tuple(map(flat, row)) for row in rows(path, sql)]

    assert tables(path) == tables(tmp_path / "new.sqlite3")
    pragmas = "SELECT * FROM pragma_user_version, pragma_application_id"
    assert rows(path, pragmas) == rows(tmp_path / "new.sqlite3", pragmas)


def test_before_an_upgrade_the_file_is_copied(path: Path) -> None:
    make_version_1(path)
    before = rows(path, "SELECT * FROM story")
    ReadingState(path, now).close()
    ReadingState(path, now).close()
    (copy,) = copies(path)
    assert copy.name == "reading-before-3-20250303T120000Z.sqlite3"
    assert rows(copy, "SELECT * FROM story") == before
    assert rows(copy, "PRAGMA user_version") == [(1,)]
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_copied_is_not_upgraded(path: Path) -> None:
    make_version_1(path)
    path.with_name("reading-before-3-20250303T120000Z.sqlite3").mkdir()
    with pytest.raises(DatabaseError, match="copy"):
        ReadingState(path, now)
    assert rows(path, "PRAGMA user_version") == [(1,)]


def test_an_upgrade_that_fails_changes_nothing(path: Path) -> None:
    make_version_1(path, "CREATE TABLE register (mine);")
    with pytest.raises(DatabaseError):
        ReadingState(path, now)
    assert rows(path, "PRAGMA user_version") == [(1,)]
    assert len(rows(path, "SELECT * FROM story")) == 3
    assert rows(path, "SELECT count(*) FROM journal") == [(7,)]


def test_a_new_file_needs_no_copy(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    ReadingState(path, now).close()
    assert copies(path) == []


def test_two_machines_have_two_names(path: Path, tmp_path: Path) -> None:
    make_version_1(path)
    for each in (path, tmp_path / "new.sqlite3"):
        ReadingState(each, now).close()
    sql = "SELECT value FROM setting WHERE name = 'machine-id'"
    names = {str(name) for each in (path, tmp_path / "new.sqlite3") for (name,) in rows(each, sql)}
    assert len(names) == 2
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in names)


def test_a_state_of_the_second_version_keeps_what_it_has(path: Path) -> None:
    with ReadingState(path, now) as state:
        state.tag(["ada"], "robots")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE story DROP COLUMN heir")
        connection.execute("PRAGMA user_version = 2")
    with ReadingState(path, now) as state:
        assert state.get_tagged_keys("robots") == {"ada"}
        assert state.forward_changes(["ada"]) == ()
        assert state.find_problems() == ()
    (copy,) = copies(path)
    assert rows(copy, "PRAGMA user_version") == [(2,)]
