"""Importing files that hold several pages, and explaining how a document was understood."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from importai_tui.output.console import format_path
from tests.conftest import RunProgram
from tests.examples import make_page

OTHER = "Subject: Your bill\nFrom: a@b.example\nDate: Mon, 05 Oct 2026 12:31:00 +0000\n\nPlease pay.\n"


def mail(name: str, number: int) -> str:
    """A made-up mail of an issue, its subject the issue's title."""
    head = f"Subject: Import AI {number}: {name}\nFrom: a@b.example\nDate: Mon, 05 Oct 2026 12:31:00 +0000\n"
    return f"{head}Content-Type: text/html; charset=utf-8\n\n{make_page(name).decode()}\n"


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    path = tmp_path / "all.mbox"
    letters = (mail("otters", 7), OTHER, mail("herons", 8))
    path.write_text("\n".join(f"From a@b Mon Oct  5 12:31:00 2026\n{letter}" for letter in letters), encoding="utf-8")
    return path


def test_a_mailbox_import_reports_skipped_messages(run: RunProgram, mailbox: Path) -> None:
    ran = run("import", mailbox, "--json")
    assert [head["number"] for head in json.loads(ran.out)["imported"]] == [7, 8]
    assert "1 of 3 are no issues" in ran.err
    assert ran.status == 0


def test_a_second_import_of_a_mailbox_changes_nothing(run: RunProgram, mailbox: Path) -> None:
    run("import", mailbox)
    assert len(json.loads(run("import", mailbox, "--json").out)["unchanged"]) == 2


def test_a_number_for_several_pages_is_refused(run: RunProgram, mailbox: Path) -> None:
    ran = run("import", mailbox, "--number", 9)
    assert ran.status == 1
    assert "holds 3 pages" in ran.err


def test_a_substack_export_is_imported(run: RunProgram, tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posts.csv", "post_id,post_date,title\n1.x,2026-10-05T12:31:00Z,Import AI 7: Otters\n")
        archive.writestr("posts/1.x.html", make_page("otters"))
    (head,) = json.loads(run("import", path, "--json").out)["imported"]
    assert (head["number"], head["date"], head["title"]) == (7, "2026-10-05", "Import AI 7: Otters")


def test_a_mailbox_without_issues_is_an_error(run: RunProgram, tmp_path: Path) -> None:
    path = tmp_path / "bills.mbox"
    path.write_text(f"From a@b Mon Oct  5 12:31:00 2026\n{OTHER}\nFrom a@b Mon Oct  5 12:31:00 2026\n{OTHER}")
    ran = run("import", path)
    assert ran.status == 1
    assert "holds no issue of the newsletter" in ran.err


def test_explain_shows_evidence_and_stores_nothing(run: RunProgram, tmp_path: Path) -> None:
    path = tmp_path / "import-ai-7-otters.html"
    path.write_bytes(make_page("otters"))
    ran = run("import", "--explain", path)
    assert "form     html" in ran.out
    assert "number   7  [the file name]" in ran.out
    assert "headline with a tagline" in ran.out
    assert ran.status == 0
    assert json.loads(run("list", "--json").out) == {"issues": []}


def test_explain_prints_json(run: RunProgram, mailbox: Path) -> None:
    ran = run("import", "--explain", mailbox, "--json")
    told = json.loads(ran.out)
    assert [entry["number"] for entry in told["explained"]] == [7, 8]
    assert told["explained"][0]["sources"]["number"] == "the title (message 1)"
    assert [failure["path"] for failure in told["failed"]] == [f"{mailbox}, message 2"]
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
    assert ran.err == "1 issue imported, 3 stories.\nRead: importai-tui\n"


@pytest.mark.parametrize("name", ["caf\udce9.html", "a\x1b[31mb.html", "a\nb.html", "a\u202eb.html"])
def test_an_unprintable_file_name_is_escaped(run: RunProgram, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no issue")
    shown = format_path(tmp_path / name)
    assert shown.isprintable()
    assert shown in run("import", tmp_path / name).err
    assert [one["path"] for one in json.loads(run("import", tmp_path / name, "--json").out)["failed"]] == [shown]
    assert shown in run("import", "--explain", tmp_path / name).err
