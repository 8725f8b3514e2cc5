"""Inputs that once ended or froze the program are stored or refused, and the app continues."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from importai_tui.library.library import SYNCED_AT, Library
from importai_tui.paths import Places
from tests.conftest import RunProgram
from tests.http.server import Reply, Request, Server
from tests.parse.pages import WELCOME, story_html
from tests.sync.fake_substack import build_substack_feed
from tests.sync.newsletter import make_issues
from tests.terminal import Terminal, make_environment, reader_command
from tests.tui.sample_app import store_issues

CASES = sorted(path for path in (Path(__file__).parent / "cases").rglob("*") if path.is_file())
FEEDS = [path for path in CASES if path.parent.name == "feeds"]
STARTS = 5
_XML = {"content-type": "application/xml"}
_RSS = '<?xml version="1.0"?>{}<rss version="2.0"><channel>{}<item><title>Import AI 7</title>{}</item></channel></rss>'
MADE = {
    "author": _RSS.format("", "", f"<author>{'a.' * 40_000}a@</author>"),
    "attributes": _RSS.format("", f"<x {' '.join(f'a{n}={chr(34)}1{chr(34)}' for n in range(40_000))}/>", ""),
    "late-entity": _RSS.format(
        f"<!--{' ' * 2_100}-->\n<!DOCTYPE rss [\n<!ENTITY a '{'x' * 7_000}'>\n]>", "", "&a;" * 20_000
    ),
    "tags": _RSS.format("", "<a/>" * 100_000, ""),
    "deep": _RSS.format("", "<a>" * 3_000 + "x" * 100_000, ""),
    "many": _RSS.format("", "".join(f"<item><title>{'x' * 90} {n}</title></item>" for n in range(6_000)), ""),
    "pair": _RSS.format("", "", "<description>&#55357;</description><guid>&#xDFFF;</guid>"),
    "nothing": "<rss></rss>",
    "cut": _RSS.format("", "", "")[:80],
}
"""Invented feeds of the same kinds as the files."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Serve every bad feed under its name, and a good one."""
    feeds = {f"/{path.stem}": path.read_bytes() for path in FEEDS}
    feeds |= {f"/{name}": text.encode() for name, text in MADE.items()}
    feeds["/good"] = build_substack_feed(make_issues(3))

    def answer(request: Request) -> Reply:
        return Reply(feeds[request.path], headers=_XML) if request.path in feeds else Reply(status=404)

    with Server(answer) as running:
        yield running


def sources(server: Server) -> list[str]:
    names = (*(path.stem for path in FEEDS), *MADE, "good")
    return [f"{server.address}/{name}" for name in names]


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_case_file_is_imported_or_refused(run: RunProgram, path: Path) -> None:
    ran = run("import", str(path), "--json")
    assert ran.status in (0, 1)
    shape = json.loads(ran.out)
    assert shape["imported"] or shape["failed"]
    assert "can't be parsed" not in ran.out
    assert "Traceback" not in ran.err


def test_good_feed_is_stored_despite_bad_ones(run: RunProgram, server: Server) -> None:
    arguments = [word for source in sources(server) for word in ("--source", source)]
    ran = run("sync", "--json", *arguments)
    assert "Traceback" not in ran.err
    shape = json.loads(ran.out)
    assert [source["name"] for source in shape["sources"]] == sources(server)
    assert len(shape["sources"][-1]["new"]) == 3
    errors = {source["name"].rpartition("/")[2]: source["error"] for source in shape["sources"]}
    assert not any("Internal error" in (error or "") for error in errors.values()), errors
    assert "entity declarations" in errors["late-entity"]
    assert "hardly any text" in errors["tags"]


def test_app_survives_several_starts_with_bad_feeds(tmp_path: Path, server: Server) -> None:
    home = tmp_path / "home"
    places = Places.under(home)
    with Library.open(places) as library:
        store_issues(library)
    places.config.parent.mkdir(parents=True, exist_ok=True)
    urls = [source for source in sources(server) if not source.endswith("/many")]  # too slow for several starts
    places.config.write_text(f"[sync]\nsources = {json.dumps(urls)}\nback_catalogue = ''\n")
    for start in range(STARTS):
        with Library.open(places) as library:
            library.archive.save_source_note(SYNCED_AT, (datetime.now(UTC) - timedelta(hours=7)).isoformat())
        requests_before = len(server.requests)
        with Terminal(reader_command(), make_environment(home), columns=140, rows=30) as terminal:
            terminal.wait_until(lambda: len(server.requests) >= requests_before + len(urls), 40)  # noqa: B023
            terminal.press("j", "k")
            terminal.wait_until_quiet(0.5)
            assert terminal.status is None, f"start {start + 1}"
            terminal.press("q")
            assert terminal.wait() == 0
    with Library.open(places) as library:
        assert library.get_issue_numbers() >= {480, 479, 478}


def test_surrogate_in_a_title_loses_no_entry(run: RunProgram) -> None:
    ran = run("import", str(next(path for path in FEEDS if path.name == "f_pair.xml")), "--json")
    assert len(json.loads(ran.out)["imported"]) == 2


def test_bad_entry_does_not_hide_the_others(run: RunProgram, tmp_path: Path) -> None:
    page = f"{WELCOME}<p>{story_html()}</p>"
    good = f"<item><title>Import AI 7</title><description><![CDATA[{page}]]></description></item>"
    huge = f"<item><title>Import AI 8</title><description>{'otter ' * 900_000}</description></item>"
    feed = tmp_path / "feed.xml"
    feed.write_text(f"<rss><channel>{huge}{good}</channel></rss>")
    ran = run("import", str(feed), "--json")
    shape = json.loads(ran.out)
    assert [head["number"] for head in shape["imported"]] == [7]
    assert [failed["path"] for failed in shape["failed"]] == [f"{feed}, entry 1"]
