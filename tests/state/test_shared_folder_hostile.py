"""A shared folder that other programs write to: file names, links and sizes."""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path

import pytest

from importai_tui.state.jsonl import MAX_LINE_BYTES
from importai_tui.state.shared_folder import MAX_FILE_BYTES, MAX_FILES
from tests.state.helpers import (
    HEADER_LINE,
    OpenMachine,
    format_register,
    get_ended_process_id,
    get_own_file,
    write_machine_file,
)

READ_MARK = f"{format_register()}\n".encode()
NAMES = [b"caf\xe9.jsonl", b"importai-tui-caf\xe9.jsonl", b"importai-tui-\xff\xfe.jsonl", b"\xed\xa0\x80.jsonl"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_a_name_outside_utf8_is_read(open_machine: OpenMachine, shared_folder: Path, name: bytes) -> None:
    path = os.fsencode(shared_folder) + b"/" + name
    with open(path, "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(f"{HEADER_LINE}\n".encode() + READ_MARK)
    desktop = open_machine("desktop")
    desktop.mark(["bob"], read=True)
    desktop.poll_changes()
    assert desktop.sharing_error is None
    assert desktop.get_read_keys() == {"ada", "bob"}


def test_a_folder_with_a_path_outside_utf8_is_used(open_machine: OpenMachine, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    odd.mkdir()
    desktop, laptop = open_machine("desktop", odd), open_machine("laptop", odd)
    desktop.mark(["ada"], read=True)
    desktop.poll_changes()
    laptop.poll_changes()
    assert laptop.get_read_keys() == {"ada"}
    odd.rename(tmp_path / "gone")
    desktop.poll_changes()
    assert (desktop.sharing_error or "").encode()


def test_a_symbolic_link_is_never_written_through(
    open_machine: OpenMachine, shared_folder: Path, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    desktop = open_machine("desktop", None)
    own = get_own_file(shared_folder, desktop)
    for process in range(os.getpid() - 5, os.getpid() + 5):
        (shared_folder / f".{own.name}.{process}.part").symlink_to(victim)
    own.symlink_to(victim)
    desktop.close()
    desktop = open_machine("desktop")
    for key in ("ada", "bob"):
        desktop.mark([key], read=True)
        desktop.poll_changes()
    assert victim.read_text() == "mine"
    assert own.is_file()
    assert not own.is_symlink()
    assert open_machine("laptop").get_read_keys() == {"ada", "bob"}


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to itself"])
def test_something_else_at_our_path_stops_no_mark(open_machine: OpenMachine, shared_folder: Path, kind: str) -> None:
    desktop = open_machine("desktop", None)
    own = get_own_file(shared_folder, desktop)
    match kind:
        case "folder":
            own.mkdir()
        case "pipe":
            os.mkfifo(own)
        case _:
            own.symlink_to(own.name)
    desktop.close()
    desktop = open_machine("desktop")
    desktop.mark(["ada"], read=True)
    desktop.poll_changes()
    assert desktop.get_read_keys() == {"ada"}
    assert bool(desktop.sharing_error) == (kind == "folder")


def test_half_written_files_of_ended_processes_are_removed(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop = open_machine("desktop")
    desktop.close()
    own = get_own_file(shared_folder, desktop)
    ended, living = get_ended_process_id(), os.getppid()
    names = [f".{own.name}.{ended}.part", f".{own.name}.{ended}.x7_k2abc.part", f".{own.name}.{living}.abcdefgh.part"]
    names += [f".importai-tui-another.jsonl.{ended}.part", f"{own.name}.{ended}.part"]
    for name in names:
        (shared_folder / name).write_text("half")
    open_machine("desktop")
    assert {path.name for path in shared_folder.iterdir()} == {own.name, *names[2:]}


def test_half_written_files_are_removed_after_a_day(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop = open_machine("desktop")
    desktop.close()
    part = shared_folder / f".{get_own_file(shared_folder, desktop).name}.{os.getppid()}.part"
    part.write_text("half")
    os.utime(part, (1, 1))
    open_machine("desktop")
    assert not part.exists()


@pytest.mark.parametrize("lines", [[], [format_register()] * 3], ids=["empty", "with lines"])
def test_a_huge_sparse_file_is_reported_and_not_read(
    open_machine: OpenMachine, shared_folder: Path, lines: list[str]
) -> None:
    huge = write_machine_file(shared_folder, *lines)
    os.truncate(huge, 100 * MAX_FILE_BYTES)
    desktop = open_machine("desktop")
    assert f"{huge} is larger than 64 MB" in (desktop.sharing_error or "")
    huge.unlink()
    desktop.poll_changes()
    assert desktop.sharing_error is None
    assert not desktop.get_read_keys()


def test_a_huge_file_of_another_program_is_ignored(open_machine: OpenMachine, shared_folder: Path) -> None:
    (shared_folder / "mine.jsonl").write_bytes(b'{"mine":1}\n')
    os.truncate(shared_folder / "mine.jsonl", 100 * MAX_FILE_BYTES)
    assert open_machine("desktop").sharing_error is None


def test_many_huge_lines_take_little_memory(open_machine: OpenMachine, shared_folder: Path) -> None:
    with write_machine_file(shared_folder).open("ab") as file:
        for _ in range(25):
            file.seek(MAX_LINE_BYTES, os.SEEK_CUR)
            file.write(b"\n")
        file.write(READ_MARK)
    tracemalloc.start()
    try:
        desktop = open_machine("desktop")
        assert tracemalloc.get_traced_memory()[1] < 16 * MAX_LINE_BYTES
    finally:
        tracemalloc.stop()
    assert desktop.get_read_keys() == {"ada"}


def test_a_huge_last_line_is_read_only_once(open_machine: OpenMachine, shared_folder: Path) -> None:
    file = write_machine_file(shared_folder, format_register())
    os.truncate(file, 3 * MAX_LINE_BYTES)
    desktop = open_machine("desktop")
    assert desktop.get_read_keys() == {"ada"}
    offsets = desktop._database.query("SELECT value FROM setting WHERE name LIKE 'shared-spot:%0000.jsonl'")
    assert json.loads(str(offsets[0][0]))[0] == 3 * MAX_LINE_BYTES


def test_few_of_thousands_of_foreign_files_are_read(open_machine: OpenMachine, shared_folder: Path) -> None:
    for n in range(3000):
        (shared_folder / f"a-{n:04}.jsonl").symlink_to("/dev/null" if n % 2 else "nowhere")
        (shared_folder / f"b-{n:04}.txt").touch()
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    desktop.mark(["ada"], read=True)
    desktop.poll_changes()
    laptop.poll_changes()
    assert laptop.get_read_keys() == {"ada"}
    assert laptop.sharing_error is None
    assert len(laptop._shared_folder._seen_versions) == 2  # type: ignore[union-attr]


def test_too_many_files_of_ours_are_reported(open_machine: OpenMachine, shared_folder: Path) -> None:
    for n in range(MAX_FILES + 10):
        (shared_folder / f"importai-tui-conflict of the copy {n:04}.jsonl").write_text("junk\n")
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    desktop.mark(["ada"], read=True)
    desktop.poll_changes()
    laptop.poll_changes()
    assert laptop.get_read_keys() == {"ada"}
    assert f"more than {MAX_FILES} files" in (laptop.sharing_error or "")
