"""The commands `export` and `import-state`, and the files that an export may replace."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.cli.context import CliContext
from importai_tui.cli.export import export_from_reader
from importai_tui.cli.export_files import write_export
from importai_tui.cli.works import WORK_FORMATS
from importai_tui.errors import ReaderError
from importai_tui.library.library import Library
from importai_tui.model import StoryKind
from importai_tui.output.console import format_path
from importai_tui.paths import HOME_VARIABLE, Places
from tests.conftest import RunProgram
from tests.disks import mount_disk, remount
from tests.examples import make_issue


def test_an_exported_state_merges_into_another_home(
    marked: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "state.jsonl"
    assert marked("export", "--state", "--out", out).err == f"Wrote {out}\n"
    assert out.read_text().split("\n")[1:] == marked("export").out.split("\n")[1:]
    monkeypatch.setenv("IMPORTAI_TUI_HOME", str(tmp_path / "other"))
    ran = marked("import-state", out)
    assert (ran.status, ran.out, ran.err) == (0, "", "Merged 5 changes (0 already known).\n")
    with Library.open(Places.under(tmp_path / "other")) as other:
        assert other.state.is_starred("a2")
        assert other.state.get_note("a2") == "Ask them."
    assert marked("import-state", out).err == "Merged 0 changes (5 already known).\n"


OTHER_STATE = (
    '{"importai-tui":"reading-state","version":1,"machine":"m","at":"2030-03-03T12:00:00.000000+00:00"}\n'
    '{"key":"theirs","field":"note","value":"Theirs.","at":"2030-03-03T12:00:00.000000+00:00","machine":"m",'
    '"headline":"The headlines of a1","issue":"401"}\n'
)


def test_exported_notes_and_tales_are_not_imported(marked: RunProgram, places: Places, tmp_path: Path) -> None:
    with Library.open(places) as library:
        issue = make_issue("t1", number=403)
        tale = replace(issue.stories[0], kind=StoryKind.TECH_TALES)
        library.store(replace(issue, stories=(tale,)), b"page", "403.html")
    before = marked("list", "--json").out
    marked("export", "--notes", "--each", tmp_path / "out")
    marked("export", "--notes", "--out", tmp_path / "out" / "notes.md")
    marked("export", "--tales", "--format", "markdown", "--out", tmp_path / "out" / "tales.md")
    ran = marked("import", tmp_path / "out")
    assert (ran.status, ran.err.count("an export of your notes or of the tales, not an issue")) == (1, 3)
    assert marked("list", "--json").out == before


def test_merged_state_moves_to_the_current_story_key(marked: RunProgram, places: Places, tmp_path: Path) -> None:
    file = tmp_path / "state.jsonl"
    file.write_text(OTHER_STATE)
    assert marked("import-state", file).status == 0
    with Library.open(places) as library:
        assert library.state.get_note("a1") == "Theirs."


def test_import_state_reads_standard_input(marked: RunProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = marked("export").out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    assert marked("import-state", "-").err == "Merged 0 changes (5 already known).\n"


def test_bad_lines_are_reported_and_the_others_merged(marked: RunProgram, tmp_path: Path) -> None:
    file = tmp_path / "state.jsonl"
    head, *lines = marked("export").out.splitlines()
    file.write_bytes("\n".join([head, '{"key": "a1", "fie', *lines]).encode() + b"\n\xff\xfe\n")
    ran = marked("import-state", file)
    assert ran.status == 0
    assert ran.err.startswith("Skipped line 2: ")
    assert ran.err.endswith("Merged 0 changes (5 already known, 2 lines skipped).\n")


@pytest.mark.parametrize("contents", ["", "a letter to a friend\n", '{"importai-tui":"reading-state","version":99}\n'])
def test_a_file_without_a_good_line_is_an_error(marked: RunProgram, tmp_path: Path, contents: str) -> None:
    file = tmp_path / "letter.txt"
    file.write_text(contents)
    ran = marked("import-state", file)
    assert ran.status == 1
    assert "line skipped" in ran.err


def test_an_empty_state_is_no_error(run: RunProgram, tmp_path: Path) -> None:
    out = tmp_path / "state.jsonl"
    run("export", "--out", out)
    ran = run("import-state", out)
    assert (ran.status, ran.err) == (0, "Nothing to merge: the file contains no changes.\n")


def test_import_state_reports_a_missing_file(run: RunProgram, tmp_path: Path) -> None:
    ran = run("import-state", tmp_path / "missing")
    assert (ran.status, ran.out) == (1, "")
    assert str(tmp_path / "missing") in ran.err


def test_import_state_refuses_a_folder(run: RunProgram, tmp_path: Path) -> None:
    ran = run("import-state", tmp_path)
    assert ran.status == 1
    assert "not a regular file" in ran.err


def test_export_stories_prints_one_json_line_a_story(marked: RunProgram) -> None:
    (line,) = marked("export", "--stories").out.splitlines()
    story = json.loads(line)
    times = [story.pop("note_at"), *(highlight.pop("at") for highlight in story["highlights"])]
    assert all(re.fullmatch(r"20\d\d-.*\+00:00", time) for time in times)
    assert story == {
        "ref": "401/2",
        "key": "a2",
        "issue": 401,
        "position": 2,
        "kind": "story",
        "headline": "The headline of a2",
        "date": "2025-02-24",
        "date_estimated": False,
        "words": 3,
        "read": True,
        "starred": True,
        "tags": ["slow-water"],
        "note": "Ask them.",
        "highlights": [{"quote": "What a2 says.", "remark": "Does it?", "paragraph": 0}],
    }


def test_a_story_missing_from_the_archive_is_exported(marked: RunProgram, places: Places) -> None:
    places.archive.unlink()
    (line,) = marked("export", "--stories").out.splitlines()
    shape = json.loads(line)
    assert (shape["ref"], shape["issue"], shape["headline"]) == (None, 401, "The headline of a2")
    assert (shape["starred"], shape["note"]) == (True, "Ask them.")


@pytest.mark.parametrize("form", ["--state", "--notes", "--stories"])
def test_an_export_replaces_an_older_one(marked: RunProgram, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    assert marked("export", form, "--out", out).status == 0
    before = out.read_text()
    with Library.open(Places.under(tmp_path / "home")) as library:
        library.tag(["a1"], "new")
    assert marked("export", form, "--out", out).status == 0
    assert out.read_text() != before
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["out"]


def test_an_export_through_a_link_keeps_the_link(marked: RunProgram, tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target)
    ran = marked("export", "--out", link)
    assert (ran.status, ran.err) == (0, f"Wrote {link} (a link to {target})\n")
    assert link.is_symlink()
    assert target.read_text().startswith('{"importai-tui":')


def test_a_failed_export_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    places = Places.under(tmp_path / "home")
    with Library.open(places) as library, pytest.raises(ReaderError, match="no space left"):
        write_export(library, places, tmp_path / "out", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_another_file_is_not_replaced(marked: RunProgram, tmp_path: Path) -> None:
    thesis = tmp_path / "thesis.md"
    thesis.write_text("# My thesis\n")
    ran = marked("export", "--notes", "--out", thesis)
    assert ran.status == 1
    assert "not overwritten" in ran.err
    assert thesis.read_text() == "# My thesis\n"


def test_a_folder_is_not_replaced(marked: RunProgram, tmp_path: Path) -> None:
    ran = marked("export", "--out", tmp_path)
    assert ran.status == 1
    assert "is a folder" in ran.err


def test_a_missing_target_folder_is_reported(marked: RunProgram, tmp_path: Path) -> None:
    ran = marked("export", "--out", tmp_path / "nowhere" / "out")
    assert ran.status == 1
    assert "Can't write" in ran.err


def test_two_kinds_of_export_are_a_usage_error(run: RunProgram) -> None:
    assert run("export", "--notes", "--stories").status == 2


def test_without_notes_nothing_is_written(run: RunProgram, tmp_path: Path) -> None:
    out = tmp_path / "notes.md"
    for options in ((), ("--out", str(out))):
        ran = run("export", "--notes", *options)
        assert (ran.status, ran.out, ran.err) == (1, "", "No notes, highlights or tags yet.\n")
    assert not out.exists()


def test_an_export_without_annotations_is_empty(run: RunProgram) -> None:
    ran = run("export", "--stories")
    assert (ran.status, ran.out, ran.err) == (0, "", "No stories with marks yet.\n")


def test_the_shared_folder_syncs_marks_between_homes(
    marked: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shared").mkdir()
    for name in ("home", "other"):
        config = tmp_path / name / "config" / "config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(f'[state]\nshared_folder = "{tmp_path}/shared"\n')
    marked("mark", "401/1", "--star")
    monkeypatch.setenv("IMPORTAI_TUI_HOME", str(tmp_path / "other"))
    stories = [json.loads(line) for line in marked("export", "--stories").out.splitlines()]
    assert {shape["key"] for shape in stories if shape["starred"]} == {"a1", "a2"}


def test_a_missing_shared_folder_is_only_a_warning(marked: RunProgram, tmp_path: Path) -> None:
    config = tmp_path / "home" / "config" / "config.toml"
    config.parent.mkdir()
    config.write_text(f'[state]\nshared_folder = "{tmp_path}/away"\n')
    ran = marked("mark", "401/1", "--star")
    assert ran.status == 0
    assert f"importai-tui: Can't use the shared folder {tmp_path}/away" in ran.err
    assert not (tmp_path / "away").exists()


@pytest.mark.parametrize("option", ["--state", "--stories", "--notes"])
def test_no_export_has_marks_of_the_guide(run: RunProgram, places: Places, tmp_path: Path, option: str) -> None:
    with CliContext({HOME_VARIABLE: str(tmp_path / "home")}, demo=False).open_guide() as guide:
        guide.set_note(guide.get_story_rows("3")[0].key, "Try this again")
    with Library.open(places) as library:
        library.state.set_note("start-here-press-1-and-a-paper-e1e22f5e", "An old version stored this")
    out = run("export", option).out
    assert "Try this again" not in out
    assert "start-here" not in out
    assert "An old version" not in out


def test_the_state_of_a_fresh_home_can_be_merged(run: RunProgram, tmp_path: Path) -> None:
    out = tmp_path / "state.jsonl"
    assert run("export", "--state", "--out", out).status == 0
    assert run("import-state", out).status == 0


def test_lines_from_the_future_are_reported(run: RunProgram, tmp_path: Path) -> None:
    at = "8999-12-31T23:59:59.999999+00:00"
    line = {"key": "a1", "field": "starred", "value": "2025-03-01T08:00:00+00:00", "at": at, "machine": "lap"}
    file = tmp_path / "state.jsonl"
    file.write_text(f'{{"importai-tui":"reading-state","version":1}}\n{json.dumps(line)}\n')
    ran = run("import-state", file)
    assert ran.status == 0
    assert "1 line is dated far in the future" in ran.err


@pytest.mark.parametrize("form", ["--state", "--notes", "--stories", *(f"--works --format {x}" for x in WORK_FORMATS)])
@pytest.mark.parametrize("change", ["before", "behind", "within"])
def test_a_changed_export_is_not_replaced(marked: RunProgram, tmp_path: Path, form: str, change: str) -> None:
    out = tmp_path / "out"
    assert marked("export", *form.split(), "--out", out).status == 0
    text = out.read_text()
    half = len(text) // 2
    changed = {"before": f" {text}", "behind": f"{text}\n", "within": f"{text[:half]}x{text[half:]}"}[change]
    out.write_text(changed)
    ran = marked("export", *form.split(), "--out", out)
    assert (ran.status, out.read_text()) == (1, changed)
    assert "not overwritten" in ran.err
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
    assert "Internal error" not in ran.err
    assert (tmp_path / "loop").is_symlink()


def test_a_name_in_another_encoding_is_written_and_shown(marked: RunProgram, tmp_path: Path) -> None:
    out = tmp_path / "caf\udce9.jsonl"
    assert marked("export", "--out", out).err == f"Wrote {tmp_path}/caf\\xe9.jsonl\n"
    assert out.exists()


def test_a_long_name_is_written(marked: RunProgram, tmp_path: Path) -> None:
    assert marked("export", "--out", tmp_path / ("x" * 255)).status == 0


def test_an_export_in_the_reader_says_where(marked: RunProgram, tmp_path: Path) -> None:
    out = tmp_path / "notes.md"
    assert export_from_reader(CliContext(os.environ, demo=False), ["--notes", "--out", str(out)]) == f"Wrote {out}"
    assert out.read_text() == marked("export", "--notes").out


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--notes"], "export --notes --out"),
        (["--nots"], "No such option"),
        (["--notes", "--state", "--out", "x"], "Choose one of"),
        (["--help"], "help topic"),
    ],
)
@pytest.mark.usefixtures("run")
def test_a_wrong_export_in_the_reader_is_explained(words: list[str], error: str) -> None:
    with pytest.raises(ReaderError, match=error):
        export_from_reader(CliContext(os.environ, demo=False), words)
