"""Changed bits and other damage of the state's file: found, repaired, restored, and never a dead end."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from importai_tui.cli.doctor import DoctorReport, repair_state_file
from importai_tui.errors import DatabaseError, ReaderError
from importai_tui.state.fields import StoryName
from importai_tui.state.reading_state import ReadingState
from tests.state.conftest import now

FLIPS = 60


def opened(path: Path, day: int = 0) -> ReadingState:
    return ReadingState(path, lambda: now() + timedelta(days=day))


@pytest.fixture
def lived_in(path: Path) -> Path:
    """A state of three days with its copies; nothing was done since the last one."""
    for day in (-2, -1, 0):
        with opened(path, day) as state:
            for n in range(8):
                key = f"story-{day}-{n}"
                names = {key: StoryName(f"The headline of {key}", str(400 + n), n)}
                state.mark([key], read=True, names=names)
                state.tag([key], "robots", names=names)
                state.set_note(key, f"A note on {key}. " * 9)
                state.add_highlight(key, "Slow water.", None, n)
            state.undo()
            state.save_value("searches", "[]")
    opened(path, 1).close()
    return path


@pytest.fixture
def flipped(lived_in: Path, tmp_path: Path) -> Callable[[int, int], Path]:
    """Makes a copy of the home in which one bit is changed."""
    whole = lived_in.read_bytes()

    def flip(offset: int, bit: int) -> Path:
        home = tmp_path / f"flipped-{offset}-{bit}"
        shutil.copytree(lived_in.parent, home)
        data = bytearray(whole)
        data[offset] ^= 1 << bit
        (home / lived_in.name).write_bytes(data)
        return home / lived_in.name

    return flip


def lines(state: ReadingState) -> list[str]:
    return list(state.export_lines())[1:]


def look(path: Path, day: int) -> str | None:
    """Use the state as commands do, and return what is reported."""
    try:
        with opened(path, day) as state:
            lines(state)
            state.get_story_states()
            state.load_value("searches")
            return state.warning
    except ReaderError as error:
        return str(error)


@pytest.mark.parametrize("seed", range(FLIPS))
def test_a_changed_bit_is_reported_or_harmless_and_repaired(
    lived_in: Path, flipped: Callable[[int, int], Path], seed: int
) -> None:
    chance = Random(seed)
    size = lived_in.stat().st_size
    path = flipped(chance.randrange(100 if seed % 3 == 0 else size), chance.randrange(8))
    with opened(lived_in, 1) as state:
        before = lines(state)
    reported = [look(path, 1), look(path, 2)]
    found = DoctorReport()
    repair_state_file(path, found)
    with opened(path, 2) as state:
        assert state.find_problems() == ()
        assert lines(state) == before or any(reported) or found.repairs
        assert {line.split(",")[0] for line in before} <= {line.split(",")[0] for line in lines(state)}


HEADER = {
    "file format of the schema": (47, 3),
    "way to write": (18, 0),
    "way to read": (19, 2),
    "text encoding": (59, 1),
    "application id": (69, 4),
    "user version, newer": (63, 4),
    "user version, much newer": (60, 0),
    "user version, negative": (60, 7),
    "user version, older": (63, 0),
    "size in pages": (31, 1),
    "magic": (3, 2),
    "page size": (16, 5),
    "vacuum": (55, 1),
}


@pytest.mark.parametrize("name", HEADER)
@pytest.mark.parametrize("copies", ["copies", "no copies"])
def test_a_changed_bit_of_the_header_costs_nothing(
    flipped: Callable[[int, int], Path], lived_in: Path, name: str, copies: str
) -> None:
    path = flipped(*HEADER[name])
    with opened(lived_in) as state:
        before = lines(state)
    if copies == "no copies":
        shutil.rmtree(path.parent / "backups")
    reported = look(path, 1)
    found = DoctorReport()
    repair_state_file(path, found)
    assert reported or found.repairs
    with opened(path, 1) as state:
        assert lines(state) == before
        assert state.load_value("searches") == "[]"
        assert state.find_problems() == ()
        assert (undone := state.undo())
        assert undone.label.startswith("Undone: ")


DAMAGE = {
    "key": "UPDATE register SET key = CAST(x'ff6164' AS TEXT) WHERE key = 'story--1-3' AND field = 'note'",
    "field": "UPDATE register SET field = CAST(x'6ec3' AS TEXT) WHERE key = 'story--1-3' AND field = 'note'",
    "note": "UPDATE register SET value = CAST(x'ff' AS TEXT) WHERE key = 'story--1-3' AND field = 'note'",
    "number": "UPDATE register SET value = x'0102' WHERE key = 'story--1-3' AND field = 'note'",
    "label": "UPDATE step SET label = CAST(x'ff' AS TEXT) WHERE id = 3",
    "old line": "UPDATE journal SET new = CAST(x'ff' AS TEXT) WHERE id = 3",
    "another text": "UPDATE journal SET old = 'x' WHERE id = 3",
    "headline": "UPDATE story SET headline = 'Another' WHERE key = 'story--1-3'",
    "machine": "UPDATE setting SET value = 'another' WHERE name = 'machine-id'",
    "lost line": "DELETE FROM journal WHERE id = 5",
    "lost step": "PRAGMA foreign_keys = OFF; DELETE FROM step WHERE id = 5",
    "lost table": "DROP TABLE setting",
}


@pytest.mark.parametrize("name", DAMAGE)
@pytest.mark.parametrize("copies", ["copies", "no copies"])
def test_damage_of_rows_is_found_and_repaired(lived_in: Path, name: str, copies: str) -> None:
    with opened(lived_in) as state:
        before = lines(state)
    if copies == "no copies":
        shutil.rmtree(lived_in.parent / "backups")
    with closing(sqlite3.connect(lived_in)) as connection:
        connection.executescript(DAMAGE[name])
    reported = look(lived_in, 2)
    only_in_copies = name in ("another text", "headline", "machine", "lost line")
    assert reported or (copies == "no copies" and only_in_copies)
    found = DoctorReport()
    repair_state_file(lived_in, found)
    with opened(lived_in, 2) as state:
        assert state.find_problems() == ()
        assert lines(state) == before or copies == "no copies"


def overwrite_index(path: Path, name: str) -> None:
    """Damage the page of an index."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 64)


@pytest.mark.parametrize("name", ["sqlite_autoindex_setting_1", "sqlite_autoindex_story_1", "journal_step"])
@pytest.mark.parametrize("copies", ["copies", "no copies"])
def test_a_damaged_index_is_made_again(lived_in: Path, name: str, copies: str) -> None:
    with opened(lived_in) as state:
        before = lines(state)
    if copies == "no copies":
        shutil.rmtree(lived_in.parent / "backups")
    overwrite_index(lived_in, name)
    assert look(lived_in, 2)
    repair_state_file(lived_in, DoctorReport())
    with opened(lived_in, 2) as state:
        assert state.find_problems() == ()
        assert lines(state) == before
        assert state.load_value("searches") == "[]"


def test_a_database_of_another_program_is_renamed_by_repair_alone(lived_in: Path) -> None:
    lived_in.unlink()
    with closing(sqlite3.connect(lived_in)) as connection:
        connection.executescript("CREATE TABLE mine (a); PRAGMA application_id = 7")
    before = lived_in.read_bytes()
    with pytest.raises(DatabaseError, match="another program"):
        opened(lived_in)
    assert lived_in.read_bytes() == before
    repair_state_file(lived_in, DoctorReport())
    (aside,) = lived_in.parent.glob("reading-set-aside-*.sqlite3")
    assert aside.read_bytes() == before
    opened(lived_in).close()


@pytest.mark.parametrize("version", [4, 7, 99])
def test_a_newer_state_with_other_tables_is_left_alone(lived_in: Path, version: int) -> None:
    with closing(sqlite3.connect(lived_in)) as connection:
        connection.executescript(f"ALTER TABLE story ADD COLUMN colour TEXT; PRAGMA user_version = {version}")
    before = lived_in.read_bytes()
    with pytest.raises(DatabaseError, match="newer importai-tui"):
        opened(lived_in)
    repair_state_file(lived_in, DoctorReport())
    assert lived_in.read_bytes() == before


def test_the_damaged_file_is_kept_as_it_was(flipped: Callable[[int, int], Path]) -> None:
    path = flipped(*HEADER["application id"])
    before = path.read_bytes()
    opened(path, 1).close()
    (aside,) = path.parent.glob("reading-set-aside-*.sqlite3")
    assert aside.read_bytes() == before
