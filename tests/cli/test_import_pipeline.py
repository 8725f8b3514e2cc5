"""Imports of many documents: parallel, interrupted, and with pages that fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from importai_tui.archive.stories import IncomingIssue
from importai_tui.cli.documents import InputFailure
from importai_tui.cli.import_ import ImportJob, ImportPipeline, ImportReport
from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.library.rows import StoredIssue
from importai_tui.model import GivenFacts
from importai_tui.parse_pool import PageParser, Tag, TaggedResult, TaggedTask
from importai_tui.paths import Places
from importai_tui.sync.progress import ImportSummary, Progress
from tests.cli.test_import import OTHER_MAIL, make_mail
from tests.conftest import RunProgram
from tests.examples import make_page
from tests.parse.pages import PLAIN_TEXT
from tests.parse_pool.victim import VICTIM


@pytest.fixture
def documents(tmp_path: Path) -> list[str]:
    """Issues, one of them twice, a mailbox, a text without an issue, an empty export, and a missing file."""
    mails = (make_mail("otters", 7), OTHER_MAIL, make_mail("herons", 8))
    mailbox = "\n".join(f"From a@b Mon Oct  5 12:31:00 2026\n{text}" for text in mails).encode()
    contents = {
        "a.html": make_page("voles"),
        "all.mbox": mailbox,
        "b.html": b"Dear diary, today it rained.",
        "c.html": make_page("otters", stories=3),
        "d.json": b'{"posts": []}',
        "e.html": make_page("voles"),
        "import-ai-9.html": make_page("newts"),
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    return [str(tmp_path / name) for name in (*contents, "missing")]


def import_all(home: Path, documents: list[str], parser: PageParser) -> ImportReport:
    report = ImportReport()
    with Library.open(Places.under(home)) as library, parser:
        ImportPipeline(library, GivenFacts(), report).run(documents, parser)
    return report


def test_a_parallel_import_gives_the_same_report(documents: list[str], tmp_path: Path) -> None:
    one_by_one = import_all(tmp_path / "one", documents, PageParser(1))
    assert [stored.outcome for stored in one_by_one.stored] == [*["imported"] * 3, "updated", "unchanged", "imported"]
    assert import_all(tmp_path / "two", documents, PageParser(2, in_process_bytes=0)) == one_by_one


@pytest.mark.parametrize("place", ["alone", "in a mailbox"])
def test_a_page_that_kills_the_parser_is_reported(place: str, tmp_path: Path) -> None:
    path = tmp_path / "bad"
    page = (
        f"From a@b Mon Oct  5 12:31:00 2026\n{OTHER_MAIL.partition('Please')[0]}deadly"
        if place != "alone"
        else "deadly"
    )
    good = tmp_path / "good.html"
    good.write_bytes(make_page("otters"))
    path.write_text(page if place == "alone" else f"From a@b Mon Oct  5 12:31:00 2026\n{make_mail('newts', 7)}\n{page}")
    report = import_all(tmp_path / "home", [str(path), str(good)], PageParser(2, in_process_bytes=0, limits=VICTIM))
    ((named, reason),) = [(failure.path, failure.reason) for failure in report.failed]
    assert named == (str(path) if place == "alone" else f"{path}, message 2")
    assert reason == "can't be parsed (the parser process died)"
    assert len(report.stored) == (1 if place == "alone" else 2)


@pytest.mark.parametrize("error", [OverflowError("x"), ValueError("x")])
def test_an_issue_that_cannot_be_stored_is_reported(
    error: Exception, documents: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_all = Library.store_all

    def store(library: Library, arrivals: Iterable[IncomingIssue]) -> list[StoredIssue]:
        batch = list(arrivals)
        if any(arrival.name == "import-ai-9.html" for arrival in batch):
            raise error
        return store_all(library, batch)

    monkeypatch.setattr(Library, "store_all", store)
    report = import_all(tmp_path / "home", documents, PageParser(1))
    assert [stored.outcome for stored in report.stored] == [*["imported"] * 3, "updated", "unchanged"]
    assert InputFailure("import-ai-9.html", f"can't be stored ({type(error).__name__})") in report.failed


def test_documents_not_stored_on_a_full_disk_are_reported(
    documents: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Library, "store_all", fail_with(DatabaseError("The disk is full.")))
    report = ImportReport()
    with (
        Library.open(Places.under(tmp_path / "home")) as library,
        PageParser(1) as parser,
        pytest.raises(DatabaseError, match="full"),
    ):
        ImportPipeline(library, GivenFacts(), report).run(documents, parser)
    assert list(report.unstored) == documents


def fail_with(error: Exception) -> Callable[..., list[StoredIssue]]:
    def fail(*_: object) -> list[StoredIssue]:
        raise error

    return fail


class InterruptedParser(PageParser):
    """A parser that is interrupted with Ctrl-C after some results."""

    def parse(
        self, tasks: Iterable[TaggedTask[Tag]], clock: Callable[[], float] = monotonic
    ) -> Iterator[list[TaggedResult[Tag]]]:
        for n, batch in enumerate(super().parse(tasks, clock)):
            if n == 4:
                raise KeyboardInterrupt
            yield batch


def test_an_interrupted_import_stores_finished_documents(tmp_path: Path) -> None:
    for n in range(4):
        (tmp_path / f"{n}.html").write_bytes(make_page(f"otters {n}"))
    report = ImportReport()
    with Library.open(Places.under(tmp_path / "home")) as library:
        with pytest.raises(KeyboardInterrupt):
            ImportPipeline(library, GivenFacts(), report).run(
                [str(tmp_path / f"{n}.html") for n in range(4)], InterruptedParser(1)
            )
        assert len(library.get_issue_rows()) == len(report.stored) == 2


def open_home(home: Path) -> Callable[[], Library]:
    return lambda: Library.open(Places.under(home))


def test_an_import_in_the_reader_reports_progress(documents: list[str], tmp_path: Path) -> None:
    steps: list[Progress] = []
    summary = ImportJob(open_home(tmp_path / "home"), documents[:3], steps.append, PageParser(1)).run()
    skipped = f"Skipped {documents[2]}: "
    assert (summary.new_count, summary.has_failures) == (3, True)
    assert summary.text.startswith(f"Imported 3 issues. {skipped}")
    assert steps[-1].total == 3


def test_a_stopped_import_keeps_what_is_stored(tmp_path: Path) -> None:
    for n in range(4):
        (tmp_path / f"{n}.html").write_bytes(make_page(f"otters {n}"))

    def stop_after_two(progress: Progress) -> None:
        if progress.done == 2:
            job.stop()

    job = ImportJob(open_home(tmp_path / "home"), [str(tmp_path)], stop_after_two, PageParser(1))
    assert job.run() == ImportSummary("Imported 2 issues", 2)
    with open_home(tmp_path / "home")() as library:
        assert len(library.get_issue_rows()) == 2


def test_folder_of_mails_without_suffix_is_imported(run: RunProgram, tmp_path: Path) -> None:
    head = "From: a@example.org\nSubject: Import AI 530: Sheep\nDate: Mon, 05 Jan 2026 08:00:00 +0000\n\n"
    mail = (head + PLAIN_TEXT).encode()
    maildir, thunderbird = tmp_path / "mail" / "cur", tmp_path / "Newsletters"
    maildir.mkdir(parents=True)
    (maildir / "1234.host:2,S").write_bytes(mail)
    thunderbird.write_bytes(b"From - Mon Jan  5 08:00:00 2026\n" + mail.replace(b"530", b"531"))
    (tmp_path / "README").write_text("No mail.\n", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    assert run("import", str(tmp_path)).status == 0
    assert [row["number"] for row in json.loads(run("list", "--json").out)["issues"]] == [531, 530]


def test_replace_stores_a_poorer_copy(run: RunProgram, tmp_path: Path) -> None:
    better, poorer = tmp_path / "better.txt", tmp_path / "poorer.txt"
    better.write_text(f"{PLAIN_TEXT}***\nGoats jump:\n…They do…\nA goat jumps over a sheep.\n", encoding="utf-8")
    poorer.write_text(PLAIN_TEXT, encoding="utf-8")
    run("import", str(better))
    run("import", str(poorer))
    assert len(json.loads(run("show", "7", "--json").out)["stories"]) == 2
    run("import", str(poorer), "--replace")
    assert len(json.loads(run("show", "7", "--json").out)["stories"]) == 1
