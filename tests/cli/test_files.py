"""Which files an export may be written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from importai_tui.cli.works import WORK_FORMATS
from importai_tui.library.library import Library
from importai_tui.output.console import format_path
from importai_tui.paths import HOME_VARIABLE, Places
from tests.conftest import RunProgram
from tests.disks import mount_disk, remount
from tests.examples import make_issue


@pytest.mark.parametrize("form", ["--state", "--notes", "--stories", *(f"--works --format {x}" for x in WORK_FORMATS)])
@pytest.mark.parametrize("change", ["before", "behind", "within"])
def test_a_changed_export_is_not_replaced(marked: RunProgram, tmp_path: Path, form: str, change: str) -> None:
    out = tmp_path / "out"
    assert marked("export", *form.split(), "--out", out).status == 0
    text = out.read_text()
    half = len(text) // 2
    mine = {"before": f" {text}", "behind": f"{text}\n", "within": f"{text[:half]}x{text[half:]}"}[change]
    out.write_text(mine)
    ran = marked("export", *form.split(), "--out", out)
    assert (ran.status, out.read_text()) == (1, mine)
    assert "left alone" in ran.err
    assert marked("export", *form.split(), "--out", out, "--force").status == 0
    assert out.read_text().partition("\n")[2] == text.partition("\n")[2]  # the first line of a state has the time


@pytest.mark.parametrize(
    ("form", "mine"),
    [
        ("--stories", '{"ref": "my own diary"}\n'),
        ("--state", '{"importai-tui": "my own"}\n'),
        ("--notes", "---\nimportai-tui: notes\n---\nmy own words\n"),
        ("--works", "@misc{mine,\n  title = {Otters},\n}\n"),
    ],
)
def test_a_file_similar_to_an_export_is_not_replaced(marked: RunProgram, tmp_path: Path, form: str, mine: str) -> None:
    out = tmp_path / "diary"
    out.write_text(mine)
    assert marked("export", form, "--out", out).status == 1
    assert out.read_text() == mine


def test_an_export_may_be_renamed_and_replaced(marked: RunProgram, tmp_path: Path) -> None:
    marked("export", "--stories", "--out", tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "new")
    marked("mark", "401", "--unread")
    assert marked("export", "--stories", "--out", tmp_path / "new").status == 0


def test_an_empty_file_is_replaced(marked: RunProgram, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    assert marked("export", "--out", tmp_path / "out").status == 0


@pytest.mark.parametrize("which", ["reading", "archive", "config", "log", "copy"])
def test_an_export_replaces_no_file_of_the_program(
    marked: RunProgram, places: Places, tmp_path: Path, which: str
) -> None:
    own = {
        "log": places.reading.with_name("reading.sqlite3-wal"),
        "copy": places.data_folder / "backups" / "reading-2026-01-01.sqlite3",
    }
    link = tmp_path / "link"
    link.symlink_to(own.get(which) or getattr(places, which))
    ran = marked("export", "--out", link, "--force")
    assert (ran.status, "belongs to importai-tui itself" in ran.err) == (1, True)


def test_force_without_out_is_a_usage_error(run: RunProgram) -> None:
    assert run("export", "--force").status == 2


def test_an_export_works_with_a_read_only_home(
    run: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mount_disk(tmp_path / "disk", "4m") as mounted:
        monkeypatch.setenv(HOME_VARIABLE, str(mounted / "home"))
        with Library.open(Places.under(mounted / "home")) as library:
            library.store(make_issue("a1", number=401, title="Otters"), b"page", "page.html")
            library.mark(["a1"], starred=True)
        remount(mounted, "ro")
        assert run("export", "--stories", "--out", tmp_path / "out").status == 0
    assert '"starred": true' in (tmp_path / "out").read_text()


def test_a_link_to_another_file_is_not_replaced(marked: RunProgram, tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    target.write_text("mine")
    link.symlink_to(target)
    assert marked("export", "--out", link).status == 1
    assert target.read_text() == "mine"


@pytest.mark.parametrize("name", ["loop", "loop/out", "nul\0", "x" * 300, "/dev/null", "file/out", "caf\udce9/out"])
def test_an_unwritable_path_is_reported(marked: RunProgram, tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    ran = marked("export", "--out", tmp_path / name)
    assert ran.status == 1
    assert format_path(tmp_path / name) in ran.err
    assert "error in the program" not in ran.err
    assert (tmp_path / "loop").is_symlink()


def test_a_name_in_another_encoding_is_written_and_shown(marked: RunProgram, tmp_path: Path) -> None:
    out = tmp_path / "caf\udce9.jsonl"
    assert marked("export", "--out", out).err == f"Written: {tmp_path}/caf\\xe9.jsonl\n"
    assert out.exists()


def test_a_long_name_is_written(marked: RunProgram, tmp_path: Path) -> None:
    assert marked("export", "--out", tmp_path / ("x" * 255)).status == 0
