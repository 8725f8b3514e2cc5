"""`export --notes --each DIR`: a file for each story, and the files that are not touched."""

from __future__ import annotations

import dataclasses
import errno
import io
import os
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from importai_tui.cli.context import CliContext
from importai_tui.cli.export import FORMATS, export_from_reader
from importai_tui.cli.export import export as export_command
from importai_tui.errors import ReaderError
from importai_tui.keymap.command_line import EXPORT_FORMATS, EXPORT_OPTIONS
from importai_tui.library.library import Library
from importai_tui.output.note_files import parse_note_file
from importai_tui.paths import Places
from tests.conftest import ProgramResult, RunProgram
from tests.examples import make_issue, make_story

NAME = "401-2 The headline of a2.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault" / "notes"


def export(run: RunProgram, folder: Path) -> ProgramResult:
    return run("export", "--notes", "--each", folder)


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_story_has_a_file_with_properties(marked: RunProgram, folder: Path) -> None:
    ran = export(marked, folder)
    assert (ran.status, ran.out, ran.err) == (0, "", f"Wrote 1 file to {folder}: 1 new\n")
    assert list_names(folder) == [NAME]
    text = (folder / NAME).read_text()
    _, front, body = text.split("---\n")
    properties = yaml.safe_load(front)
    assert properties.pop("importai-tui").startswith("story ")
    assert properties.pop("date").isoformat() == "2025-02-24"
    assert properties == {
        "key": "a2",
        "ref": "401/2",
        "title": "The headline of a2",
        "issue": 401,
        "url": "https://example.org/401",
        "tags": ["slow-water"],
        "links": ["https://example.org/a2/1"],
    }
    assert body == (
        "\n# The headline of a2\n\n[Import AI 401: Otters](https://example.org/401) · 2025-02-24 · `401/2`\n\n"
        "Ask them.\n\n> What a2 says.\n\nDoes it?\n"
    )
    assert (folder / NAME).stat().st_mode & 0o777 == 0o600


def test_only_changed_files_are_written_again(marked: RunProgram, places: Places, folder: Path) -> None:
    export(marked, folder)
    os.utime(folder / NAME, (1, 1))
    assert export(marked, folder).err == f"Nothing to write: 1 file is up to date in {folder}\n"
    assert (folder / NAME).stat().st_mtime == 1
    (folder / NAME).rename(folder / "otters.md")  # the key finds it
    with Library.open(places) as library:
        library.set_note("a1", "Yes.")
        library.set_note("a2", "No.")
        library.store(make_issue("b1", number=402, date="2025-03-03"), b"page", "page.html")
    assert export(marked, folder).err == f"Wrote 2 files to {folder}: 1 new, 1 changed\n"
    assert list_names(folder) == ["401-1 The headline of a1.md", "otters.md"]
    assert "\nNo.\n" in (folder / "otters.md").read_text()


def test_edited_files_are_kept_and_named(marked: RunProgram, places: Places, folder: Path) -> None:
    export(marked, folder)
    path = folder / NAME
    crlf = path.read_bytes().replace(b"\n", b"\r\n")  # as git may store it: no edit
    path.write_bytes(crlf)
    assert "1 file is up to date" in export(marked, folder).err
    with Library.open(places) as library:
        library.set_note("a2", "No.")
    for old, new in (
        ("Ask", "I ask"),
        ("ref: ", "aliases: [x]\nref: "),
        ("importai-tui: story ", "importai-tui: story x"),
    ):
        edited = crlf.decode().replace("\r\n", "\n").replace(old, new)
        path.write_text(edited)
        ran = export(marked, folder)
        assert (ran.status, ran.err) == (0, f"Wrote no files to {folder}\nKept 1 file that you edited: {NAME}\n")
        assert path.read_text() == edited
    assert list_names(folder) == [NAME]


def test_half_written_files_are_removed_later(marked: RunProgram, folder: Path) -> None:
    folder.mkdir(parents=True)
    old, new, other = (folder / name for name in (".402-3 X.md.7.0a1b2c3d.part", ".x.8.0a1b2c3d.part", ".mine.part"))
    for path in (old, new, other):
        path.touch()
        if path is not new:
            os.utime(path, (0, 0))
    export(marked, folder)
    assert {*list_names(folder)} == {new.name, other.name, NAME}


def test_a_file_of_another_run_is_up_to_date(marked: RunProgram, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export(marked, folder)
    # As if the file had come after the folder was read.
    monkeypatch.setattr(os, "scandir", lambda _: nullcontext([]))
    assert export(marked, folder).err == f"Nothing to write: 1 file is up to date in {folder}\n"
    (folder / NAME).write_text("Mine.\n")
    assert export(marked, folder).err.endswith(f"Can't write 1 file: {NAME} (file exists)\n")


def test_a_file_that_cannot_be_read_gets_no_copy(
    marked: RunProgram, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(marked, folder)
    real_open, real_io_open = os.open, io.open

    def refuse(real: Callable[..., Any], path: Any, *arguments: Any, **named: Any) -> Any:
        if str(path).endswith(NAME):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, *arguments, **named)

    monkeypatch.setattr(os, "open", partial(refuse, real_open))
    monkeypatch.setattr(io, "open", partial(refuse, real_io_open))
    assert export(marked, folder).err == f"Wrote no files to {folder}\nCan't write 1 file: {NAME} (permission denied)\n"
    assert list_names(folder) == [NAME]


@pytest.mark.usefixtures("marked")
def test_the_reader_gets_the_summary_as_sentences(folder: Path) -> None:
    words = ["--notes", "--each", str(folder)]
    cli = CliContext(os.environ, demo=False)
    assert export_from_reader(cli, words) == f"Wrote 1 file to {folder}: 1 new"
    (folder / NAME).write_text((folder / NAME).read_text() + "Mine.")
    summary = f"Wrote no files to {folder}. Kept 1 file that you edited: {NAME}."
    assert export_from_reader(cli, words) == summary
    with pytest.raises(ReaderError, match="no user for ~nobody"):
        export_from_reader(cli, ["--notes", "--each", "~nobody-of-that-name/x"])


def test_a_file_without_notes_now_is_kept_and_named(marked: RunProgram, places: Places, folder: Path) -> None:
    with Library.open(places) as library:
        library.set_note("a1", "Yes.")
    export(marked, folder)
    with Library.open(places) as library:
        library.set_note("a1", None)
    kept = "Kept 1 file of a story without notes now: 401-1 The headline of a1.md\n"
    assert export(marked, folder).err == f"Nothing to write: 1 file is up to date in {folder}\n{kept}"
    assert len(list_names(folder)) == 2


def test_a_file_follows_a_story_with_a_new_key(marked: RunProgram, places: Places, folder: Path) -> None:
    export(marked, folder)
    shutil.rmtree(places.cache_folder)
    with Library.open(places) as library:
        issue = make_issue("new", number=401, date="2025-02-24", url="https://example.org/401", title="Otters")
        story = make_story("new", 1, "The headline of a2", "What a2 says.")
        library.store(dataclasses.replace(issue, stories=(story,)), b"page", "page.html")
        assert library.state.get_note("new") == library.state.get_note("a2") == "Ask them."
    assert export(marked, folder).err == f"Wrote 1 file to {folder}: 1 changed\n"
    assert list_names(folder) == [NAME]
    assert 'key: "new"' in (folder / NAME).read_text()


def test_other_files_and_links_are_not_touched(marked: RunProgram, folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    outside = tmp_path / "outside.md"
    export(marked, tmp_path / "other")
    outside.write_text((tmp_path / "other" / NAME).read_text())  # one of ours, but out of the folder
    (folder / NAME.upper()).symlink_to(outside)
    (folder / NAME.replace(".md", " 2.md")).mkdir()
    os.mkfifo(folder / "pipe.md")
    (folder / "mine.md").write_text("---\nkey: a2\n---\nMine.\n")
    (folder / "bytes.md").write_bytes(b"---\nimportai-tui: story\nkey: a2\n---\n\xff")
    (folder / "huge.md").write_bytes(b"")
    before = list_names(folder)
    assert export(marked, folder).err == f"Wrote 1 file to {folder}: 1 new\n"
    assert {*list_names(folder)} - {*before} == {NAME.replace(".md", " 3.md")}
    assert (folder / "mine.md").read_text() == "---\nkey: a2\n---\nMine.\n"
    assert (folder / NAME.upper()).is_symlink()


def test_a_folder_of_the_program_is_refused(marked: RunProgram, places: Places, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(places.data_folder)
    for folder in (places.cache_folder, places.data_folder / "x", places.config_folder, tmp_path / "link" / "x"):
        ran = export(marked, folder)
        assert (ran.status, "belongs to importai-tui itself" in ran.err) == (1, True)
        assert not (folder / NAME).exists()


def test_an_unusable_folder_is_reported(marked: RunProgram, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    for name in ("file", "file/x", "loop", "nul\0", "x" * 300, "/dev/null", "caf\udce9/\0"):
        ran = export(marked, tmp_path / name)
        assert (ran.status, ran.err.count("\n")) == (1, 1)
        assert "Internal error" not in ran.err


def test_a_failed_file_is_named_and_not_half_written(
    marked: RunProgram, places: Places, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(places) as library:
        library.set_note("a1", "Yes.")
    replace = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if target.name == NAME:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    ran = export(marked, folder)
    assert ran.status == 1
    assert ran.err == f"Wrote 1 file to {folder}: 1 new\nCan't write 1 file: {NAME} (no space left on device)\n"
    (written,) = folder.iterdir()
    assert (file := parse_note_file(written.read_text()))
    assert not file.is_edited


def test_without_notes_no_folder_is_made(run: RunProgram, folder: Path) -> None:
    ran = export(run, folder)
    assert (ran.status, ran.err) == (1, "No notes, highlights or tags yet.\n")
    assert not folder.exists()


WRONG_OPTIONS = {
    "--each x": "--each works only with --notes.",
    "--works --each x": "--each works only with --notes.",
    "--notes --each=": "--each needs the name of a folder.",
    "--notes --each -": "--each needs the name of a folder.",
    "--notes --out=": "--out needs the name of a file.",
    "--notes --each x --out y": "omit --out and --format.",
    "--notes --each x --format ris": "omit --out and --format.",
    "--notes --each x --force": "--force needs --out.",
    "--notes --format bibtex": "--notes can't be written as bibtex. Choose one of: markdown, readwise, ris, json.",
    "--works --format readwise": "--works can't be written as readwise.",
    "--stories --format json": "--format works only with --notes, --works, --forecasts and --tales.",
    "--format json": "--format works only with --notes, --works, --forecasts and --tales.",
    "--notes --starred": "--starred works only with --works.",
    "--notes --works": "Choose one of --state, --notes, --stories",
}


def test_options_that_do_not_go_together_are_explained(run: RunProgram) -> None:
    for options, error in WRONG_OPTIONS.items():
        ran = run("export", *options.split())
        assert (ran.status, ran.out) == (2, "")
        assert error in ran.err.splitlines()[0]


def test_the_reader_completes_the_options_and_formats() -> None:
    assert {option.opts[0] for option in export_command.params} == {*EXPORT_OPTIONS}
    assert {option.removeprefix("--"): forms for option, forms in EXPORT_FORMATS.items()} == FORMATS
