"""Changed bits and other damage of the file: found, repaired by the doctor, or restored."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from importai_tui.cli.doctor import DoctorReport
from importai_tui.cli.doctor import _repair_state_file as repair_state_file
from importai_tui.errors import DatabaseError, ReaderError
from importai_tui.state.fields import StoryName
from tests.conftest import CopyReady
from tests.state.helpers import export_registers, open_on_day, overwrite_root_page, run_script

FLIP_COUNT = 60


def use_three_days(folder: Path) -> None:
    """Use a state on three days; the last copy has all of its changes."""
    path = folder / "reading.sqlite3"
    for day in (-2, -1, 0):
        with open_on_day(path, day) as state:
            for n in range(8):
                key = f"story-{day}-{n}"
                names = {key: StoryName(f"The headline of {key}", str(400 + n), n)}
                state.mark([key], read=True, names=names)
                state.tag([key], "robots", names=names)
                state.set_note(key, f"A note on {key}. " * 9)
                state.add_highlight(key, "Slow water.", None, n)
            state.undo()
            state.save_value("searches", "[]")
    open_on_day(path, 1).close()


@pytest.fixture
def used_state(path: Path, copy_ready: CopyReady) -> Path:
    """Return a state of three days with its copies, without changes since the last one."""
    copy_ready(use_three_days, path.parent)
    return path


@pytest.fixture
def flip_bit(used_state: Path, tmp_path: Path) -> Callable[[int, int], Path]:
    """Return a function that copies the home folder with one bit changed."""
    original = used_state.read_bytes()

    def flip(offset: int, bit: int) -> Path:
        home = tmp_path / f"flipped-{offset}-{bit}"
        shutil.copytree(used_state.parent, home)
        data = bytearray(original)
        data[offset] ^= 1 << bit
        (home / used_state.name).write_bytes(data)
        return home / used_state.name

    return flip


def use_state(path: Path, day: int) -> str | None:
    """Use the state like a command, and return the reported error."""
    try:
        with open_on_day(path, day) as state:
            export_registers(state)
            state.get_story_states()
            state.load_value("searches")
            return state.warning
    except ReaderError as error:
        return str(error)


@pytest.mark.parametrize("seed", range(FLIP_COUNT))
def test_a_changed_bit_is_reported_or_harmless_and_repaired(
    used_state: Path, flip_bit: Callable[[int, int], Path], seed: int
) -> None:
    random = Random(seed)
    size = used_state.stat().st_size
    path = flip_bit(random.randrange(100 if seed % 3 == 0 else size), random.randrange(8))
    with open_on_day(used_state, 1) as state:
        before = export_registers(state)
    reported = [use_state(path, 1), use_state(path, 2)]
    report = DoctorReport()
    repair_state_file(path, report)
    with open_on_day(path, 2) as state:
        assert state.find_problems() == ()
        assert export_registers(state) == before or any(reported) or report.repairs
        assert {line.split(",")[0] for line in before} <= {line.split(",")[0] for line in export_registers(state)}


HEADER_BITS = {
    "file format of the schema": (47, 3),
    "write version": (18, 0),
    "read version": (19, 2),
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


@pytest.mark.parametrize("name", HEADER_BITS)
@pytest.mark.parametrize("copies", ["copies", "no copies"])
def test_a_changed_bit_in_the_header_is_repaired(
    flip_bit: Callable[[int, int], Path], used_state: Path, name: str, copies: str
) -> None:
    path = flip_bit(*HEADER_BITS[name])
    with open_on_day(used_state) as state:
        before = export_registers(state)
    if copies == "no copies":
        shutil.rmtree(path.parent / "backups")
    reported = use_state(path, 1)
    report = DoctorReport()
    repair_state_file(path, report)
    assert reported or report.repairs
    with open_on_day(path, 1) as state:
        assert export_registers(state) == before
        assert state.load_value("searches") == "[]"
        assert state.find_problems() == ()
        assert (change := state.undo())
        assert change.label.startswith("Undid: ")


DAMAGE_SQL = {
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


@pytest.mark.parametrize("name", DAMAGE_SQL)
@pytest.mark.parametrize("copies", ["copies", "no copies"])
def test_damaged_rows_are_found_and_repaired(used_state: Path, name: str, copies: str) -> None:
    with open_on_day(used_state) as state:
        before = export_registers(state)
    if copies == "no copies":
        shutil.rmtree(used_state.parent / "backups")
    run_script(used_state, DAMAGE_SQL[name])
    reported = use_state(used_state, 2)
    only_in_copies = name in ("another text", "headline", "machine", "lost line")
    assert reported or (copies == "no copies" and only_in_copies)
    report = DoctorReport()
    repair_state_file(used_state, report)
    with open_on_day(used_state, 2) as state:
        assert state.find_problems() == ()
        assert export_registers(state) == before or copies == "no copies"


@pytest.mark.parametrize("name", ["sqlite_autoindex_setting_1", "sqlite_autoindex_story_1", "journal_step"])
@pytest.mark.parametrize("copies", ["copies", "no copies"])
def test_a_damaged_index_is_rebuilt(used_state: Path, name: str, copies: str) -> None:
    with open_on_day(used_state) as state:
        before = export_registers(state)
    if copies == "no copies":
        shutil.rmtree(used_state.parent / "backups")
    overwrite_root_page(used_state, name, 64)
    assert use_state(used_state, 2)
    repair_state_file(used_state, DoctorReport())
    with open_on_day(used_state, 2) as state:
        assert state.find_problems() == ()
        assert export_registers(state) == before
        assert state.load_value("searches") == "[]"


def test_only_repair_quarantines_a_foreign_database(used_state: Path) -> None:
    used_state.unlink()
    run_script(used_state, "CREATE TABLE mine (a); PRAGMA application_id = 7")
    before = used_state.read_bytes()
    with pytest.raises(DatabaseError, match="another program"):
        open_on_day(used_state)
    assert used_state.read_bytes() == before
    repair_state_file(used_state, DoctorReport())
    (quarantined,) = used_state.parent.glob("reading-set-aside-*.sqlite3")
    assert quarantined.read_bytes() == before
    open_on_day(used_state).close()


@pytest.mark.parametrize("version", [4, 7, 99])
def test_a_newer_state_is_never_changed(used_state: Path, version: int) -> None:
    run_script(used_state, f"ALTER TABLE story ADD COLUMN colour TEXT; PRAGMA user_version = {version}")
    before = used_state.read_bytes()
    with pytest.raises(DatabaseError, match="newer importai-tui"):
        open_on_day(used_state)
    repair_state_file(used_state, DoctorReport())
    assert used_state.read_bytes() == before


def test_the_damaged_file_is_quarantined_unchanged(flip_bit: Callable[[int, int], Path]) -> None:
    path = flip_bit(*HEADER_BITS["application id"])
    before = path.read_bytes()
    open_on_day(path, 1).close()
    (quarantined,) = path.parent.glob("reading-set-aside-*.sqlite3")
    assert quarantined.read_bytes() == before
