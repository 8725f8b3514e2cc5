"""A shared folder in which anybody may write: names, links, sizes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.state.jsonl import MAX_LINE_BYTES
from importai_tui.state.shared_folder import MAX_FILE_BYTES, MAX_FILES
from tests.state.machines import HEADER_LINE, OpenMachine, get_own_file, open_machines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "carried"
    made.mkdir()
    return made


@pytest.fixture
def opens(tmp_path: Path, folder: Path) -> Iterator[OpenMachine]:
    with open_machines(tmp_path, folder) as opened:
        yield opened


def line(key: str, field: str = "read", value: str = "2025-03-01T08:00:00+00:00") -> bytes:
    told = {"key": key, "field": field, "value": value, "at": "2025-03-01T08:00:00.000000+00:00", "machine": "m"}
    return f"{json.dumps(told)}\n".encode()


def ended_process() -> int:
    """Return the number of a process that has ended."""
    return int(subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True).stdout)


NAMES = [b"caf\xe9.jsonl", b"importai-tui-caf\xe9.jsonl", b"importai-tui-\xff\xfe.jsonl", b"\xed\xa0\x80.jsonl"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_that_is_not_utf8_is_read(opens: OpenMachine, folder: Path, name: bytes) -> None:
    path = os.fsencode(folder) + b"/" + name
    with open(path, "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(f"{HEADER_LINE}\n".encode() + line("ada"))
    desk = opens("desk")
    desk.mark(["bob"], read=True)
    desk.poll_changes()
    assert desk.sharing_error is None
    assert desk.get_read_keys() == {"ada", "bob"}


def test_a_folder_whose_path_is_not_utf8_is_used(opens: OpenMachine, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    odd.mkdir()
    desk, lap = opens("desk", odd), opens("lap", odd)
    desk.mark(["ada"], read=True)
    desk.poll_changes()
    lap.poll_changes()
    assert lap.get_read_keys() == {"ada"}
    odd.rename(tmp_path / "gone")
    desk.poll_changes()
    assert (desk.sharing_error or "").encode()


def test_no_link_is_written_through(opens: OpenMachine, folder: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    desk = opens("desk", None)
    own = get_own_file(folder, desk)
    for process in range(os.getpid() - 5, os.getpid() + 5):
        (folder / f".{own.name}.{process}.part").symlink_to(victim)
    own.symlink_to(victim)
    desk.close()
    desk = opens("desk")
    for key in ("ada", "bob"):
        desk.mark([key], read=True)
        desk.poll_changes()
    assert victim.read_text() == "mine"
    assert own.is_file()
    assert not own.is_symlink()
    assert opens("lap").get_read_keys() == {"ada", "bob"}


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to itself"])
def test_what_is_no_file_in_the_place_of_ours_stops_no_mark(opens: OpenMachine, folder: Path, kind: str) -> None:
    desk = opens("desk", None)
    own = get_own_file(folder, desk)
    match kind:
        case "folder":
            own.mkdir()
        case "pipe":
            os.mkfifo(own)
        case _:
            own.symlink_to(own.name)
    desk.close()
    desk = opens("desk")
    desk.mark(["ada"], read=True)
    desk.poll_changes()
    assert desk.get_read_keys() == {"ada"}
    assert bool(desk.sharing_error) == (kind == "folder")


def test_parts_of_ended_processes_are_removed(opens: OpenMachine, folder: Path) -> None:
    desk = opens("desk")
    desk.close()
    own = get_own_file(folder, desk)
    ended, living = ended_process(), os.getppid()
    names = [f".{own.name}.{ended}.part", f".{own.name}.{ended}.x7_k2abc.part", f".{own.name}.{living}.abcdefgh.part"]
    names += [f".importai-tui-another.jsonl.{ended}.part", f"{own.name}.{ended}.part"]
    for name in names:
        (folder / name).write_text("half")
    opens("desk")
    assert {path.name for path in folder.iterdir()} == {own.name, *names[2:]}


def test_a_part_is_removed_after_a_day_whatever_has_its_process_number(opens: OpenMachine, folder: Path) -> None:
    desk = opens("desk")
    desk.close()
    part = folder / f".{get_own_file(folder, desk).name}.{os.getppid()}.part"
    part.write_text("half")
    os.utime(part, (1, 1))
    opens("desk")
    assert not part.exists()


@pytest.mark.parametrize("body", [b"", line("ada") * 3], ids=["empty", "with lines"])
def test_a_huge_sparse_file_is_named_and_not_read(opens: OpenMachine, folder: Path, body: bytes) -> None:
    huge = folder / "importai-tui-0000000000000000.jsonl"
    huge.write_bytes(f"{HEADER_LINE}\n".encode() + body)
    os.truncate(huge, 100 * MAX_FILE_BYTES)
    desk = opens("desk")
    assert f"{huge} is larger than 64 MB" in (desk.sharing_error or "")
    huge.unlink()
    desk.poll_changes()
    assert desk.sharing_error is None
    assert not desk.get_read_keys()


def test_a_huge_file_of_another_program_is_no_concern(opens: OpenMachine, folder: Path) -> None:
    (folder / "mine.jsonl").write_bytes(b'{"mine":1}\n')
    os.truncate(folder / "mine.jsonl", 100 * MAX_FILE_BYTES)
    assert opens("desk").sharing_error is None


def test_many_lines_of_two_megabytes_take_little_memory(opens: OpenMachine, folder: Path) -> None:
    import tracemalloc

    long = folder / "importai-tui-0000000000000000.jsonl"
    with long.open("wb") as file:
        file.write(f"{HEADER_LINE}\n".encode())
        for _ in range(25):
            file.seek(MAX_LINE_BYTES, os.SEEK_CUR)
            file.write(b"\n")
        file.write(line("ada"))
    tracemalloc.start()
    try:
        desk = opens("desk")
        assert tracemalloc.get_traced_memory()[1] < 16 * MAX_LINE_BYTES
    finally:
        tracemalloc.stop()
    assert desk.get_read_keys() == {"ada"}


def test_a_last_line_without_end_is_not_read_again_once_it_is_too_long(opens: OpenMachine, folder: Path) -> None:
    endless = folder / "importai-tui-0000000000000000.jsonl"
    endless.write_bytes(f"{HEADER_LINE}\n".encode() + line("ada"))
    os.truncate(endless, 3 * MAX_LINE_BYTES)
    desk = opens("desk")
    assert desk.get_read_keys() == {"ada"}
    spots = desk._database.query("SELECT value FROM setting WHERE name LIKE 'shared-spot:%0000.jsonl'")
    assert json.loads(str(spots[0][0]))[0] == 3 * MAX_LINE_BYTES


def test_of_thousands_of_strange_files_few_are_looked_at(opens: OpenMachine, folder: Path) -> None:
    for n in range(3000):
        (folder / f"a-{n:04}.jsonl").symlink_to("/dev/null" if n % 2 else "nowhere")
        (folder / f"b-{n:04}.txt").touch()
    desk, lap = opens("desk"), opens("lap")
    desk.mark(["ada"], read=True)
    desk.poll_changes()
    lap.poll_changes()
    assert lap.get_read_keys() == {"ada"}
    assert lap.sharing_error is None
    assert len(lap._shared_folder._seen_versions) == 2  # type: ignore[union-attr]


def test_too_many_files_of_ours_are_reported(opens: OpenMachine, folder: Path) -> None:
    for n in range(MAX_FILES + 10):
        (folder / f"importai-tui-conflict of the copy {n:04}.jsonl").write_text("junk\n")
    desk, lap = opens("desk"), opens("lap")
    desk.mark(["ada"], read=True)
    desk.poll_changes()
    lap.poll_changes()
    assert lap.get_read_keys() == {"ada"}
    assert f"more than {MAX_FILES} files" in (lap.sharing_error or "")
