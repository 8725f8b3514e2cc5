"""Exchanging changes with other machines through a shared folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from importai_tui.state.fields import StoryName
from importai_tui.state.reading_state import ReadingState
from tests.state.helpers import OpenMachine, get_own_file


def read_own_lines(shared_folder: Path, state: ReadingState) -> list[dict[str, object]]:
    return [json.loads(line) for line in get_own_file(shared_folder, state).read_text(encoding="utf-8").splitlines()]


def test_marks_of_one_machine_show_on_the_other(open_machine: OpenMachine) -> None:
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    desktop.mark(["ada"], read=True)
    desktop.set_note("bob", "Two\nlines — ☃.")
    assert not desktop.poll_changes()
    assert laptop.poll_changes()
    assert not laptop.poll_changes()
    assert laptop.get_read_keys() == {"ada"}
    assert laptop.get_note("bob") == "Two\nlines — ☃."
    laptop.mark(["ada"], read=False)
    laptop.poll_changes()
    assert desktop.poll_changes()
    assert not desktop.get_read_keys()


def test_marks_made_before_sharing_are_shared_too(open_machine: OpenMachine) -> None:
    alone = open_machine("desktop", None)
    alone.mark(["ada"], read=True, names={"ada": StoryName("What Ada said", "402", 1)})
    alone.close()
    open_machine("desktop")
    laptop = open_machine("laptop")
    assert laptop.get_read_keys() == {"ada"}
    assert laptop.get_story_states()[0].name == StoryName("What Ada said", "402")


def test_marks_are_shared_when_the_state_is_closed(open_machine: OpenMachine) -> None:
    laptop = open_machine("laptop")
    script = open_machine("desktop")
    script.mark(["ada"], read=True)
    script.close()
    assert laptop.poll_changes()
    assert laptop.get_read_keys() == {"ada"}


def test_a_machine_writes_only_its_own_changes(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    desktop.mark(["ada"], read=True)
    desktop.poll_changes()
    before = get_own_file(shared_folder, desktop).read_bytes()
    laptop.mark(["bob"], read=True)
    laptop.poll_changes()
    assert get_own_file(shared_folder, desktop).read_bytes() == before
    assert [line.get("key") for line in read_own_lines(shared_folder, laptop)] == [None, "bob"]
    assert len(list(shared_folder.iterdir())) == 2


def test_a_shared_file_is_append_only(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop = open_machine("desktop")
    sizes = []
    for n in range(5):
        desktop.mark([f"story-{n}"], read=True)
        before = get_own_file(shared_folder, desktop).read_bytes()
        desktop.poll_changes()
        after = get_own_file(shared_folder, desktop).read_bytes()
        assert after.startswith(before)
        sizes.append(len(after))
    assert sizes == sorted(set(sizes))


def test_registers_merged_from_a_file_are_shared(open_machine: OpenMachine) -> None:
    third = open_machine("third", None)
    third.mark(["ada"], read=True)
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    desktop.merge(third.export_lines())
    desktop.poll_changes()
    laptop.poll_changes()
    assert laptop.get_read_keys() == {"ada"}


def test_two_windows_of_one_machine_share_everything(open_machine: OpenMachine, shared_folder: Path) -> None:
    one, two, laptop = open_machine("desktop"), open_machine("desktop"), open_machine("laptop")
    for n in range(5):
        one.mark([f"one-{n}"], read=True)
        two.mark([f"two-{n}"], read=True)
        one.poll_changes()
        two.poll_changes()
    laptop.poll_changes()
    assert laptop.get_read_keys() == {f"{window}-{n}" for window in ("one", "two") for n in range(5)}
    assert len(list(shared_folder.iterdir())) == 2


def test_an_incomplete_line_is_read_once_it_is_complete(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    desktop.mark(["ada"], read=True)
    desktop.mark(["bob"], read=True)
    desktop.poll_changes()
    whole = get_own_file(shared_folder, desktop).read_bytes()
    get_own_file(shared_folder, desktop).write_bytes(whole[:-30])
    laptop.poll_changes()
    assert laptop.get_read_keys() == {"ada"}
    get_own_file(shared_folder, desktop).write_bytes(whole)
    laptop.poll_changes()
    assert laptop.get_read_keys() == {"ada", "bob"}


def test_a_line_cut_off_by_a_crash_is_rewritten(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    desktop.mark(["ada"], read=True)
    desktop.poll_changes()
    with get_own_file(shared_folder, desktop).open("ab") as file:
        file.write(b'{"key":"torn","field":"re')
    desktop.mark(["bob"], read=True)
    desktop.poll_changes()
    laptop.poll_changes()
    assert laptop.get_read_keys() == {"ada", "bob"}
    assert [line.get("key") for line in read_own_lines(shared_folder, desktop)] == [None, "ada", "bob"]


@pytest.mark.parametrize("damage", ["removed", "emptied", "another's", "cut in the middle"])
def test_our_file_is_rewritten_if_something_changed_it(
    open_machine: OpenMachine, shared_folder: Path, damage: str
) -> None:
    desktop = open_machine("desktop")
    desktop.mark(["ada", "bob"], read=True)
    desktop.poll_changes()
    file = get_own_file(shared_folder, desktop)
    match damage:
        case "removed":
            file.unlink()
        case "emptied":
            file.write_bytes(b"")
        case "another's":
            head = json.dumps(read_own_lines(shared_folder, desktop)[0] | {"at": "2020-01-01T00:00:00.000000+00:00"})
            file.write_text(f"{head}\n", encoding="utf-8")
        case _:
            file.write_bytes(file.read_bytes()[:-50])
    desktop.poll_changes()
    laptop = open_machine("laptop")
    assert laptop.get_read_keys() == {"ada", "bob"}


@pytest.mark.parametrize(
    "name", ["{stem} (Ann's conflicted copy 2025-03-03).jsonl", "{stem}.sync-conflict-20250303-AB.jsonl"]
)
def test_a_conflict_copy_is_merged_too(open_machine: OpenMachine, shared_folder: Path, name: str) -> None:
    desktop = open_machine("desktop")
    desktop.mark(["ada"], read=True)
    desktop.poll_changes()
    own = get_own_file(shared_folder, desktop)
    own.rename(shared_folder / name.format(stem=own.stem))
    laptop = open_machine("laptop")
    assert laptop.get_read_keys() == {"ada"}
    assert laptop.sharing_error is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"\x00" * 10_000,
        b"<!doctype html>\n<p>Sign in to your cloud</p>\n",
        b'{"type":"foreign"}\n{"key":"eve","field":"read"}\n',
        b'{"importai-tui":"reading-state","version":99,"machine":"x","at":"x"}\n{"colour":"red"}\n',
        b'{"importai-tui":"reading-state","vers',
        b"[" * 100_000,
        b"x" * 5_000_000,
        b'{"importai-tui":"reading-state","version":1}\n' + b"x" * 5_000_000 + b"\n\xff\xfe\n[1]\n",
    ],
)
def test_a_foreign_or_half_copied_file_is_harmless(open_machine: OpenMachine, shared_folder: Path, body: bytes) -> None:
    foreign = shared_folder / "importai-tui-0000000000000000.jsonl"
    foreign.write_bytes(body)
    (shared_folder / "notes.txt").write_bytes(body)
    (shared_folder / "a folder.jsonl").mkdir()
    (shared_folder / "dangling.jsonl").symlink_to(shared_folder / "nowhere")
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    desktop.mark(["ada"], read=True)
    desktop.poll_changes()
    assert laptop.poll_changes()
    assert laptop.get_read_keys() == {"ada"}
    errors = {desktop.sharing_error, laptop.sharing_error}
    assert all(error is None or "newer importai-tui" in error for error in errors)
    assert (errors == {None}) == (b"99" not in body)
    assert foreign.read_bytes() == body


def test_valid_lines_of_a_damaged_file_are_read(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop = open_machine("desktop")
    for key in ("ada", "bob", "cyd"):
        desktop.mark([key], read=True)
    desktop.poll_changes()
    head, ada, bob, cyd = get_own_file(shared_folder, desktop).read_bytes().splitlines(keepends=True)
    (shared_folder / "copy.jsonl").write_bytes(head + ada + bob.replace(b"bob", b"b\xffb") + b"<<<<<<< HEAD\n" + cyd)
    get_own_file(shared_folder, desktop).unlink()
    laptop = open_machine("laptop")
    assert laptop.get_read_keys() == {"ada", "cyd"}


def test_a_replaced_file_is_read_from_its_start(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop, laptop, third = open_machine("desktop"), open_machine("laptop"), open_machine("third", None)
    desktop.mark([f"story-{n}" for n in range(50)], read=True)
    desktop.poll_changes()
    laptop.poll_changes()
    third.mark([f"other-{n}" for n in range(60)], read=True)
    get_own_file(shared_folder, desktop).write_text(
        "".join(f"{line}\n" for line in third.export_lines()), encoding="utf-8"
    )
    laptop.poll_changes()
    assert len(laptop.get_read_keys()) == 110


def test_only_new_lines_of_a_file_are_read(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop, laptop = open_machine("desktop"), open_machine("laptop")
    desktop.mark(["ada"], read=True)
    desktop.poll_changes()
    laptop.poll_changes()
    laptop.close()
    reopened = open_machine("laptop")
    offsets = reopened._database.query("SELECT value FROM setting WHERE name LIKE 'shared-spot:%'")
    sizes = {file.stat().st_size for file in shared_folder.iterdir()}
    assert {json.loads(str(offset))[0] for (offset,) in offsets} == sizes


def test_a_file_of_mostly_old_lines_is_compacted(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop = open_machine("desktop")
    desktop.set_note("ada", "The last word.")
    for n in range(8):
        desktop.set_note("bob", f"{n} " + "x" * 20_000)
        desktop.poll_changes()
    size = get_own_file(shared_folder, desktop).stat().st_size
    desktop.close()
    laptop = open_machine("laptop")
    open_machine("desktop")
    assert get_own_file(shared_folder, desktop).stat().st_size < size / 4
    laptop.poll_changes()
    assert laptop.get_noted_keys() == {"ada", "bob"}
    assert open_machine("third").get_note("ada") == "The last word."


def test_a_missing_folder_is_reported_and_loses_no_mark(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop = open_machine("desktop")
    shared_folder.rename(shared_folder.with_name("gone"))
    desktop.mark(["ada"], read=True)
    assert not desktop.poll_changes()
    assert str(shared_folder) in (desktop.sharing_error or "")
    assert desktop.get_read_keys() == {"ada"}
    shared_folder.with_name("gone").rename(shared_folder)
    desktop.poll_changes()
    assert desktop.sharing_error is None
    assert open_machine("laptop").get_read_keys() == {"ada"}


def test_a_file_of_a_newer_version_is_reported(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop = open_machine("desktop")
    theirs = shared_folder / "importai-tui-laptop.jsonl"
    theirs.write_text('{"importai-tui":"reading-state","version":99,"machine":"laptop"}\n{"what":"ever"}\n')
    for _ in range(2):
        desktop.poll_changes()
        assert "laptop.jsonl was written by a newer importai-tui" in (desktop.sharing_error or "")
    theirs.unlink()
    theirs.write_text("")
    desktop.poll_changes()
    assert desktop.sharing_error is None


def test_the_shared_file_is_private(open_machine: OpenMachine, shared_folder: Path) -> None:
    desktop = open_machine("desktop")
    desktop.mark(["ada"], read=True)
    desktop.poll_changes()
    assert get_own_file(shared_folder, desktop).stat().st_mode & 0o777 == 0o600


def test_a_missing_folder_is_not_created(open_machine: OpenMachine, shared_folder: Path) -> None:
    shared_folder.rmdir()
    with open_machine("desktop") as desktop:
        desktop.mark(["ada"], read=True)
        assert desktop.sharing_error
    assert not shared_folder.exists()


def test_a_restored_state_gets_its_shared_changes_back(open_machine: OpenMachine, tmp_path: Path) -> None:
    desktop = open_machine("desktop")
    desktop.mark(["ada"], read=True)
    desktop.close()
    open_machine("desktop").close()
    shutil.copy(tmp_path / "desktop" / "reading.sqlite3", tmp_path / "older.sqlite3")
    desktop = open_machine("desktop")
    desktop.mark(["bob"], read=True)
    desktop.close()
    shutil.copy(tmp_path / "older.sqlite3", tmp_path / "desktop" / "reading.sqlite3")
    desktop = open_machine("desktop")
    assert desktop.get_read_keys() == {"ada", "bob"}
    desktop.mark(["cyd"], read=True)
    desktop.close()
    assert open_machine("laptop").get_read_keys() == {"ada", "bob", "cyd"}


def test_two_machines_with_one_id_reach_one_state(open_machine: OpenMachine, tmp_path: Path) -> None:
    desktop = open_machine("desktop")
    desktop.mark(["ada"], read=True)
    desktop.close()
    shutil.copytree(tmp_path / "desktop", tmp_path / "clone")
    desktop, clone = open_machine("desktop"), open_machine("clone")
    for n in range(3):
        desktop.mark([f"desktop-{n}"], read=True)
        desktop.poll_changes()
        clone.mark([f"clone-{n}"], read=True)
        clone.poll_changes()
    desktop.poll_changes()
    clone.poll_changes()
    desktop.poll_changes()
    everything = {"ada"} | {f"{name}-{n}" for name in ("desktop", "clone") for n in range(3)}
    assert desktop.get_read_keys() == clone.get_read_keys() == everything
