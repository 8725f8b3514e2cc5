"""The command `import`: single documents, folders, containers, and --explain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from importai_tui.cli.documents import MAX_DOCUMENT_BYTES
from importai_tui.output.console import format_path
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
    assert ran.err == "Imported 1 issue (2 stories).\nRead them: importai-tui\n"


def test_import_json_has_the_documented_fields(run: RunProgram, page: Path, tmp_path: Path) -> None:
    ran = run("import", page, tmp_path / "missing", "--json")
    report = json.loads(ran.out)
    assert set(report) == {"imported", "updated", "unchanged", "failed"}
    assert set(report["imported"][0]) == {
        *("ref", "number", "slug", "title", "date", "date_estimated", "url", "stories", "unread", "words"),
    }
    assert report["failed"] == [{"path": str(tmp_path / "missing"), "reason": "no such file"}]
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
    assert "no files to import" in ran.err


def bad_inputs(folder: Path) -> dict[str, tuple[Path, str]]:
    """Return bad inputs by name: the path, and words of the expected reason."""
    contents = {
        "empty": (b"", "empty"),
        "blank": (b" \n\t\n", ""),
        "binary": (bytes(range(256)) * 40, ""),
        "picture": (b"\x89PNG\r\n\x1a\n" + bytes(4000), ""),
        "other text": (b"Dear diary, today it rained.\n" * 20, "look like an Import AI issue"),
        "nul in page": (b"\0".join([make_page("otters")] * 3)[:50], ""),
        "deep": (b"<div>" * 100_000, ""),
        "state": (b'{"importai-tui":"reading-state","version":1}\n{"key":"a"}\n', "importai-tui import-state"),
        "latin": ("Milk für später, Brot für gestern. ".encode("latin-1") * 30, ""),
    }
    inputs: dict[str, tuple[Path, str]] = {}
    for name, (data, reason) in contents.items():
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
        "pipe": (pipe, "not a regular file"),
        "device": (Path("/dev/zero"), "not a regular file"),
        "missing": (folder / "missing.html", "no such file"),
        "dangling": (dangling, "no such file"),
        "loop": (loop, "can't be read"),
    }


def test_a_web_address_is_not_a_file(run: RunProgram) -> None:
    assert "https://example.org/402: a web address, not a file" in run("import", "https://example.org/402").err


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


def run_process(tmp_path: Path, *arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the program in a process of its own."""
    command = [sys.executable, "-m", "importai_tui", *arguments]
    environ = os.environ | {HOME_VARIABLE: str(tmp_path / "home")}
    return subprocess.run(command, input=stdin, capture_output=True, env=environ, check=False)


def test_standard_input_is_read(tmp_path: Path) -> None:
    ran = run_process(tmp_path, "import", "-", "--number", "7", stdin=make_page("otters"))
    assert ran.returncode == 0, ran.stderr
    assert json.loads(run_process(tmp_path, "list", "--json").stdout)["issues"][0]["ref"] == "7"


def test_no_progress_is_printed_without_a_terminal(run: RunProgram, page: Path) -> None:
    assert "\r" not in run("import", page, page).err


OTHER_MAIL = "Subject: Your bill\nFrom: a@b.example\nDate: Mon, 05 Oct 2026 12:31:00 +0000\n\nPlease pay.\n"


def make_mail(name: str, number: int) -> str:
    """Return a mail with an issue; the subject is the title."""
    head = f"Subject: Import AI {number}: {name}\nFrom: a@b.example\nDate: Mon, 05 Oct 2026 12:31:00 +0000\n"
    return f"{head}Content-Type: text/html; charset=utf-8\n\n{make_page(name).decode()}\n"


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    path = tmp_path / "all.mbox"
    mails = (make_mail("otters", 7), OTHER_MAIL, make_mail("herons", 8))
    path.write_text("\n".join(f"From a@b Mon Oct  5 12:31:00 2026\n{text}" for text in mails), encoding="utf-8")
    return path


def test_a_mailbox_import_reports_skipped_messages(run: RunProgram, mailbox: Path) -> None:
    ran = run("import", mailbox, "--json")
    assert [head["number"] for head in json.loads(ran.out)["imported"]] == [7, 8]
    assert "Skipped 1 of 3 posts" in ran.err
    assert ran.status == 0


def test_a_second_import_of_a_mailbox_changes_nothing(run: RunProgram, mailbox: Path) -> None:
    run("import", mailbox)
    assert len(json.loads(run("import", mailbox, "--json").out)["unchanged"]) == 2


def test_a_number_for_several_pages_is_refused(run: RunProgram, mailbox: Path) -> None:
    ran = run("import", mailbox, "--number", 9)
    assert ran.status == 1
    assert "contains 3 pages" in ran.err


def test_a_substack_export_is_imported(run: RunProgram, tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posts.csv", "post_id,post_date,title\n1.x,2026-10-05T12:31:00Z,Import AI 7: Otters\n")
        archive.writestr("posts/1.x.html", make_page("otters"))
    (head,) = json.loads(run("import", path, "--json").out)["imported"]
    assert (head["number"], head["date"], head["title"]) == (7, "2026-10-05", "Import AI 7: Otters")


def test_a_mailbox_without_issues_is_an_error(run: RunProgram, tmp_path: Path) -> None:
    path = tmp_path / "bills.mbox"
    path.write_text(f"From a@b Mon Oct  5 12:31:00 2026\n{OTHER_MAIL}\nFrom a@b Mon Oct  5 12:31:00 2026\n{OTHER_MAIL}")
    ran = run("import", path)
    assert ran.status == 1
    assert "contains no Import AI issue" in ran.err


def test_explain_shows_evidence_and_stores_nothing(run: RunProgram, tmp_path: Path) -> None:
    path = tmp_path / "import-ai-7-otters.html"
    path.write_bytes(make_page("otters"))
    ran = run("import", "--explain", path)
    assert "format   html" in ran.out
    assert "number   7  [the file name]" in ran.out
    assert "headline with a tagline" in ran.out
    assert ran.status == 0
    assert json.loads(run("list", "--json").out) == {"issues": []}


def test_explain_prints_json(run: RunProgram, mailbox: Path) -> None:
    ran = run("import", "--explain", mailbox, "--json")
    report = json.loads(ran.out)
    assert [entry["number"] for entry in report["explained"]] == [7, 8]
    assert report["explained"][0]["sources"]["number"] == "the title (message 1)"
    assert [failure["path"] for failure in report["failed"]] == [f"{mailbox}, message 2"]
    assert ran.status == 1


def test_an_issue_imported_three_times_is_listed_once(run: RunProgram, tmp_path: Path) -> None:
    for n in range(3):
        (tmp_path / f"{n}.html").write_bytes(make_page("otters"))
    for outcome in ("imported", "unchanged"):
        shape = json.loads(run("import", tmp_path, "--json").out)
        counts = {name: len(heads) for name, heads in shape.items()}
        assert counts == {"imported": 0, "updated": 0, "unchanged": 0, "failed": 0} | {outcome: 1}


def test_an_issue_imported_then_updated_counts_as_imported(run: RunProgram, tmp_path: Path) -> None:
    (tmp_path / "1.html").write_bytes(make_page("otters"))
    (tmp_path / "2.html").write_bytes(make_page("otters", stories=3))
    ran = run("import", tmp_path)
    assert ran.err == "Imported 1 issue (3 stories).\nRead them: importai-tui\n"


@pytest.mark.parametrize("name", ["caf\udce9.html", "a\x1b[31mb.html", "a\nb.html", "a\u202eb.html"])
def test_an_unprintable_file_name_is_escaped(run: RunProgram, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no issue")
    shown = format_path(tmp_path / name)
    assert shown.isprintable()
    assert shown in run("import", tmp_path / name).err
    assert [one["path"] for one in json.loads(run("import", tmp_path / name, "--json").out)["failed"]] == [shown]
    assert shown in run("import", "--explain", tmp_path / name).err
