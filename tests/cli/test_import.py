from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from importai_tui.cli.documents import MAX_DOCUMENT_BYTES
from importai_tui.paths import HOME_VARIABLE
from tests.conftest import RunProgram
from tests.examples import make_page


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "otters.html"
    path.write_bytes(make_page("otters"))
    return path


def test_import_reports_the_issue_and_the_next_step(run: RunProgram, page: Path) -> None:
    ran = run("import", page)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err == "1 issue imported, 2 stories.\nRead: importai-tui\n"


def test_import_json_has_the_documented_fields(run: RunProgram, page: Path, tmp_path: Path) -> None:
    ran = run("import", page, tmp_path / "missing", "--json")
    report = json.loads(ran.out)
    assert set(report) == {"imported", "updated", "unchanged", "failed"}
    assert set(report["imported"][0]) == {
        *("ref", "number", "slug", "title", "date", "url", "stories", "unread", "words"),
    }
    assert report["failed"] == [{"path": str(tmp_path / "missing"), "reason": "is not there"}]
    assert ran.status == 1


def test_a_document_and_its_numbered_copy_are_one_issue(run: RunProgram, page: Path) -> None:
    run("import", page)
    report = json.loads(
        run("import", page, "--number", 7, "--title", "Import AI 7: Otters", "--date", "2016-10-01", "--json").out
    )
    assert [(head["ref"], head["title"], head["date"]) for head in report["updated"]] == [
        ("7", "Import AI 7: Otters", "2016-10-01")
    ]
    report = json.loads(run("import", page, "--json").out)
    assert [head["number"] for head in report["unchanged"]] == [7]


@pytest.mark.parametrize(
    "options",
    [
        ("--number", "7"),
        ("--title", "T"),
        ("--date", "2025-03-03"),
    ],
)
def test_facts_about_one_document_are_refused_for_two(run: RunProgram, page: Path, options: tuple[str, str]) -> None:
    ran = run("import", page, page, *options)
    assert ran.status == 2
    assert "exactly one document" in ran.err
    assert len(ran.err.splitlines()) == 2


@pytest.mark.parametrize(
    "options", [("--date", "3 March"), ("--date", "2025-02-30"), ("--number", "x"), ("--number", "0"), ("--nope",)]
)
def test_invalid_options_are_usage_errors(run: RunProgram, page: Path, options: tuple[str, ...]) -> None:
    assert run("import", page, *options).status == 2


def test_a_folder_is_searched_with_its_subfolders(run: RunProgram, tmp_path: Path) -> None:
    folder = tmp_path / "issues"
    (folder / "deep").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "a.HTML").write_bytes(make_page("otters"))
    (folder / "deep" / "b.txt").write_bytes(make_page("herons"))
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n")
    (folder / ".hidden" / "c.html").write_bytes(make_page("voles"))
    (folder / ".d.html").write_bytes(make_page("newts"))
    (folder / "notes.txt").write_text("Milk, bread, and a longer rope.")
    (folder / "around").symlink_to(folder)
    ran = run("import", folder, "--json")
    report = json.loads(ran.out)
    assert len(report["imported"]) == 2
    assert [failure["path"] for failure in report["failed"]] == [str(folder / "notes.txt")]
    assert ran.status == 1


def test_a_folder_without_documents_is_reported(run: RunProgram, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = run("import", tmp_path / "empty")
    assert ran.status == 1
    assert "holds no file that could be an issue" in ran.err


def bad_inputs(folder: Path) -> dict[str, tuple[Path, str]]:
    """What may lie at a path, each with words of the reason that is given."""
    made = {
        "empty": (b"", "empty"),
        "blank": (b" \n\t\n", ""),
        "binary": (bytes(range(256)) * 40, ""),
        "picture": (b"\x89PNG\r\n\x1a\n" + bytes(4000), ""),
        "other text": (b"Dear diary, today it rained.\n" * 20, "no issue"),
        "nul in page": (b"\0".join([make_page("otters")] * 3)[:50], ""),
        "deep": (b"<div>" * 100_000, ""),
        "latin": ("Milk für später, Brot für gestern. ".encode("latin-1") * 30, ""),
    }
    inputs: dict[str, tuple[Path, str]] = {}
    for name, (data, reason) in made.items():
        path = folder / f"{name}.html"
        path.write_bytes(data)
        inputs[name] = path, reason
    huge = folder / "huge.html"
    with huge.open("wb") as file:
        file.truncate(50_000_000)
    pipe = folder / "pipe.html"
    os.mkfifo(pipe)
    dangling = folder / "dangling.html"
    dangling.symlink_to(folder / "nowhere")
    loop = folder / "loop.html"
    loop.symlink_to(loop)
    return inputs | {
        "huge": (huge, f"more than {MAX_DOCUMENT_BYTES // 1_000_000} MB"),
        "pipe": (pipe, "no ordinary file"),
        "device": (Path("/dev/zero"), "no ordinary file"),
        "missing": (folder / "missing.html", "is not there"),
        "dangling": (dangling, "is not there"),
        "loop": (loop, "cannot be read"),
    }


def test_bad_inputs_are_reported_and_do_not_stop_others(run: RunProgram, tmp_path: Path, page: Path) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    inputs = bad_inputs(folder)
    last = tmp_path / "herons.html"
    last.write_bytes(make_page("herons", stories=3))
    ran = run("import", page, *(path for path, _ in inputs.values()), last, "--json")
    report = json.loads(ran.out)
    reasons = {failure["path"]: failure["reason"] for failure in report["failed"]}
    assert len(report["imported"]) == 2
    for name, (path, words) in inputs.items():
        assert words in reasons[str(path)], name
    assert ran.status == 1
    assert "Traceback" not in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_reported(run: RunProgram, page: Path) -> None:
    page.chmod(0)
    ran = run("import", page)
    assert ran.status == 1
    assert "no permission" in ran.err


def test_a_truncated_page_is_imported(run: RunProgram, tmp_path: Path) -> None:
    path = tmp_path / "cut.html"
    path.write_bytes(make_page("otters", stories=5)[:1500])
    assert run("import", path).status == 0


def test_escape_sequences_in_a_name_are_not_printed(run: RunProgram, tmp_path: Path) -> None:
    path = tmp_path / "\x1b]0;owned\x07\x9b31mred‮.html"
    path.write_bytes(b"")
    ran = run("import", path)
    assert "\x1b" not in ran.err + ran.out
    assert "\x9b" not in ran.err
    assert "‮" not in ran.err


def program(tmp_path: Path, *arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """A run in a process of its own."""
    command = [sys.executable, "-m", "importai_tui", *arguments]
    environ = os.environ | {HOME_VARIABLE: str(tmp_path / "home")}
    return subprocess.run(command, input=stdin, capture_output=True, env=environ, check=False)


def test_standard_input_is_read(tmp_path: Path) -> None:
    ran = program(tmp_path, "import", "-", "--number", "7", stdin=make_page("otters"))
    assert ran.returncode == 0, ran.stderr
    assert json.loads(program(tmp_path, "list", "--json").stdout)["issues"][0]["ref"] == "7"


def test_no_progress_is_printed_without_a_terminal(run: RunProgram, page: Path) -> None:
    assert "\r" not in run("import", page, page).err
