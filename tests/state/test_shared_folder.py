from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from importai_tui.state.fields import StoryName
from importai_tui.state.reading_state import ReadingState

Opens = Callable[..., ReadingState]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "carried"
    made.mkdir()
    return made


@pytest.fixture
def opens(tmp_path: Path, folder: Path) -> Iterator[Opens]:
    """Opens the state of a machine by name; the clocks agree, and each look at one is a second later."""
    ticks = count()

    with ExitStack() as stack:

        def open_state(name: str, shared: Path | None = folder) -> ReadingState:
            path = tmp_path / name / "reading.sqlite3"
            start = datetime(2025, 3, 3, tzinfo=UTC)
            return stack.enter_context(ReadingState(path, lambda: start + timedelta(seconds=next(ticks)), shared))

        yield open_state


def own_file(folder: Path, state: ReadingState) -> Path:
    return folder / f"importai-tui-{state._journal.machine}.jsonl"


def told(folder: Path, state: ReadingState) -> list[dict[str, object]]:
    return [json.loads(line) for line in own_file(folder, state).read_text(encoding="utf-8").splitlines()]


def test_what_one_machine_marks_shows_on_the_other(opens: Opens) -> None:
    desk, lap = opens("desk"), opens("lap")
    desk.mark(["ada"], read=True)
    desk.set_note("bob", "Two\nlines — ☃.")
    assert not desk.poll_changes()
    assert lap.poll_changes()
    assert not lap.poll_changes()
    assert lap.get_read_keys() == {"ada"}
    assert lap.get_note("bob") == "Two\nlines — ☃."
    lap.mark(["ada"], read=False)
    lap.poll_changes()
    assert desk.poll_changes()
    assert not desk.get_read_keys()


def test_what_was_marked_before_there_was_a_folder_is_told_too(opens: Opens) -> None:
    alone = opens("desk", None)
    alone.mark(["ada"], read=True, names={"ada": StoryName("What Ada said", "402", 1)})
    alone.close()
    opens("desk")
    lap = opens("lap")
    assert lap.get_read_keys() == {"ada"}
    assert lap.get_story_states()[0].name == StoryName("What Ada said", "402")


def test_what_a_script_marks_is_told_when_it_ends(opens: Opens) -> None:
    lap = opens("lap")
    script = opens("desk")
    script.mark(["ada"], read=True)
    script.close()
    assert lap.poll_changes()
    assert lap.get_read_keys() == {"ada"}


def test_a_machine_writes_only_its_own_file_and_only_its_own_changes(opens: Opens, folder: Path) -> None:
    desk, lap = opens("desk"), opens("lap")
    desk.mark(["ada"], read=True)
    desk.poll_changes()
    before = own_file(folder, desk).read_bytes()
    lap.mark(["bob"], read=True)
    lap.poll_changes()
    assert own_file(folder, desk).read_bytes() == before
    assert [line.get("key") for line in told(folder, lap)] == [None, "bob"]
    assert len(list(folder.iterdir())) == 2


def test_a_file_is_only_added_to(opens: Opens, folder: Path) -> None:
    desk = opens("desk")
    sizes = []
    for n in range(5):
        desk.mark([f"story-{n}"], read=True)
        before = own_file(folder, desk).read_bytes()
        desk.poll_changes()
        after = own_file(folder, desk).read_bytes()
        assert after.startswith(before)
        sizes.append(len(after))
    assert sizes == sorted(set(sizes))


def test_what_was_merged_from_a_file_is_passed_on(opens: Opens) -> None:
    third = opens("third", None)
    third.mark(["ada"], read=True)
    desk, lap = opens("desk"), opens("lap")
    desk.merge(third.export_lines())
    desk.poll_changes()
    lap.poll_changes()
    assert lap.get_read_keys() == {"ada"}


def test_two_windows_of_one_machine_tell_everything(opens: Opens, folder: Path) -> None:
    one, two, lap = opens("desk"), opens("desk"), opens("lap")
    for n in range(5):
        one.mark([f"one-{n}"], read=True)
        two.mark([f"two-{n}"], read=True)
        one.poll_changes()
        two.poll_changes()
    lap.poll_changes()
    assert lap.get_read_keys() == {f"{window}-{n}" for window in ("one", "two") for n in range(5)}
    assert len(list(folder.iterdir())) == 2


def test_a_line_that_is_not_whole_waits_until_it_is(opens: Opens, folder: Path) -> None:
    desk, lap = opens("desk"), opens("lap")
    desk.mark(["ada"], read=True)
    desk.mark(["bob"], read=True)
    desk.poll_changes()
    whole = own_file(folder, desk).read_bytes()
    own_file(folder, desk).write_bytes(whole[:-30])
    lap.poll_changes()
    assert lap.get_read_keys() == {"ada"}
    own_file(folder, desk).write_bytes(whole)
    lap.poll_changes()
    assert lap.get_read_keys() == {"ada", "bob"}


def test_a_line_that_a_crash_has_torn_is_told_again(opens: Opens, folder: Path) -> None:
    desk, lap = opens("desk"), opens("lap")
    desk.mark(["ada"], read=True)
    desk.poll_changes()
    with own_file(folder, desk).open("ab") as file:
        file.write(b'{"key":"torn","field":"re')
    desk.mark(["bob"], read=True)
    desk.poll_changes()
    lap.poll_changes()
    assert lap.get_read_keys() == {"ada", "bob"}
    assert [line.get("key") for line in told(folder, desk)] == [None, "ada", "bob"]


@pytest.mark.parametrize("damage", ["removed", "emptied", "another's", "cut in the middle"])
def test_a_file_of_ours_that_something_has_changed_is_written_anew(opens: Opens, folder: Path, damage: str) -> None:
    desk = opens("desk")
    desk.mark(["ada", "bob"], read=True)
    desk.poll_changes()
    file = own_file(folder, desk)
    match damage:
        case "removed":
            file.unlink()
        case "emptied":
            file.write_bytes(b"")
        case "another's":
            head = json.dumps(told(folder, desk)[0] | {"at": "2020-01-01T00:00:00.000000+00:00"})
            file.write_text(f"{head}\n", encoding="utf-8")
        case _:
            file.write_bytes(file.read_bytes()[:-50])
    desk.poll_changes()
    lap = opens("lap")
    assert lap.get_read_keys() == {"ada", "bob"}


@pytest.mark.parametrize(
    "name", ["{stem} (Ann's conflicted copy 2025-03-03).jsonl", "{stem}.sync-conflict-20250303-AB.jsonl"]
)
def test_a_conflict_copy_is_merged_like_any_other(opens: Opens, folder: Path, name: str) -> None:
    desk = opens("desk")
    desk.mark(["ada"], read=True)
    desk.poll_changes()
    own = own_file(folder, desk)
    own.rename(folder / name.format(stem=own.stem))
    lap = opens("lap")
    assert lap.get_read_keys() == {"ada"}
    assert lap.sharing_error is None


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
def test_a_foreign_or_half_copied_file_does_no_harm(opens: Opens, folder: Path, body: bytes) -> None:
    foreign = folder / "importai-tui-0000000000000000.jsonl"
    foreign.write_bytes(body)
    (folder / "notes.txt").write_bytes(body)
    (folder / "a folder.jsonl").mkdir()
    (folder / "dangling.jsonl").symlink_to(folder / "nowhere")
    desk, lap = opens("desk"), opens("lap")
    desk.mark(["ada"], read=True)
    desk.poll_changes()
    assert lap.poll_changes()
    assert lap.get_read_keys() == {"ada"}
    told = {desk.sharing_error, lap.sharing_error}
    assert all(trouble is None or "newer importai-tui" in trouble for trouble in told)
    assert (told == {None}) == (b"99" not in body)
    assert foreign.read_bytes() == body


def test_the_good_lines_of_a_spoilt_file_are_read(opens: Opens, folder: Path) -> None:
    desk = opens("desk")
    for key in ("ada", "bob", "cyd"):
        desk.mark([key], read=True)
    desk.poll_changes()
    head, ada, bob, cyd = own_file(folder, desk).read_bytes().splitlines(keepends=True)
    (folder / "copy.jsonl").write_bytes(head + ada + bob.replace(b"bob", b"b\xffb") + b"<<<<<<< HEAD\n" + cyd)
    own_file(folder, desk).unlink()
    lap = opens("lap")
    assert lap.get_read_keys() == {"ada", "cyd"}


def test_a_replaced_file_is_read_from_its_beginning(opens: Opens, folder: Path) -> None:
    desk, lap, third = opens("desk"), opens("lap"), opens("third", None)
    desk.mark([f"story-{n}" for n in range(50)], read=True)
    desk.poll_changes()
    lap.poll_changes()
    third.mark([f"other-{n}" for n in range(60)], read=True)
    own_file(folder, desk).write_text("".join(f"{line}\n" for line in third.export_lines()), encoding="utf-8")
    lap.poll_changes()
    assert len(lap.get_read_keys()) == 110


def test_only_what_is_new_of_a_file_is_read(opens: Opens, folder: Path) -> None:
    desk, lap = opens("desk"), opens("lap")
    desk.mark(["ada"], read=True)
    desk.poll_changes()
    lap.poll_changes()
    lap.close()
    again = opens("lap")
    spots = again._database.query("SELECT value FROM setting WHERE name LIKE 'shared-spot:%'")
    sizes = {file.stat().st_size for file in folder.iterdir()}
    assert {json.loads(str(spot))[0] for (spot,) in spots} == sizes


def test_a_file_that_is_mostly_old_news_is_written_anew_at_the_start(opens: Opens, folder: Path) -> None:
    desk = opens("desk")
    desk.set_note("ada", "The last word.")
    for n in range(8):
        desk.set_note("bob", f"{n} " + "x" * 20_000)
        desk.poll_changes()
    size = own_file(folder, desk).stat().st_size
    desk.close()
    lap = opens("lap")
    opens("desk")
    assert own_file(folder, desk).stat().st_size < size / 4
    lap.poll_changes()
    assert lap.get_noted_keys() == {"ada", "bob"}
    assert opens("third").get_note("ada") == "The last word."


def test_a_folder_that_is_gone_is_told_and_marks_are_kept(opens: Opens, folder: Path) -> None:
    desk = opens("desk")
    folder.rename(folder.with_name("gone"))
    desk.mark(["ada"], read=True)
    assert not desk.poll_changes()
    assert str(folder) in (desk.sharing_error or "")
    assert desk.get_read_keys() == {"ada"}
    folder.with_name("gone").rename(folder)
    desk.poll_changes()
    assert desk.sharing_error is None
    assert opens("lap").get_read_keys() == {"ada"}


def test_a_file_of_a_newer_version_is_told_and_its_lines_left(opens: Opens, folder: Path) -> None:
    desk = opens("desk")
    theirs = folder / "importai-tui-lap.jsonl"
    theirs.write_text('{"importai-tui":"reading-state","version":99,"machine":"lap"}\n{"what":"ever"}\n')
    for _ in range(2):
        desk.poll_changes()
        assert "lap.jsonl was written by a newer importai-tui" in (desk.sharing_error or "")
    theirs.unlink()
    theirs.write_text("")
    desk.poll_changes()
    assert desk.sharing_error is None


def test_the_file_there_is_for_its_owner_alone(opens: Opens, folder: Path) -> None:
    desk = opens("desk")
    desk.mark(["ada"], read=True)
    desk.poll_changes()
    assert own_file(folder, desk).stat().st_mode & 0o777 == 0o600


def test_a_folder_that_was_never_there_is_not_made(opens: Opens, folder: Path) -> None:
    folder.rmdir()
    with opens("desk") as desk:
        desk.mark(["ada"], read=True)
        assert desk.sharing_error
    assert not folder.exists()


def test_a_restored_state_gets_back_what_it_had_told(opens: Opens, tmp_path: Path) -> None:
    desk = opens("desk")
    desk.mark(["ada"], read=True)
    desk.close()
    opens("desk").close()
    shutil.copy(tmp_path / "desk" / "reading.sqlite3", tmp_path / "older.sqlite3")
    desk = opens("desk")
    desk.mark(["bob"], read=True)
    desk.close()
    shutil.copy(tmp_path / "older.sqlite3", tmp_path / "desk" / "reading.sqlite3")
    desk = opens("desk")
    assert desk.get_read_keys() == {"ada", "bob"}
    desk.mark(["cyd"], read=True)
    desk.close()
    assert opens("lap").get_read_keys() == {"ada", "bob", "cyd"}


def test_two_machines_with_one_name_come_to_one_state(opens: Opens, tmp_path: Path) -> None:
    desk = opens("desk")
    desk.mark(["ada"], read=True)
    desk.close()
    shutil.copytree(tmp_path / "desk", tmp_path / "clone")
    desk, clone = opens("desk"), opens("clone")
    for n in range(3):
        desk.mark([f"desk-{n}"], read=True)
        desk.poll_changes()
        clone.mark([f"clone-{n}"], read=True)
        clone.poll_changes()
    desk.poll_changes()
    clone.poll_changes()
    desk.poll_changes()
    everything = {"ada"} | {f"{name}-{n}" for name in ("desk", "clone") for n in range(3)}
    assert desk.get_read_keys() == clone.get_read_keys() == everything
