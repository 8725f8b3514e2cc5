"""The command `sync`, with a newsletter on a local server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.cli.context import CliContext
from importai_tui.cli.sync import _format_ranges
from importai_tui.paths import HOME_VARIABLE, Places
from tests.conftest import RunProgram
from tests.http.server import Reply, Server
from tests.sync.failures import challenge_403
from tests.sync.fake_sites import FakeNewsletter
from tests.sync.newsletter import make_issues, make_other_post


@pytest.fixture
def newsletter() -> FakeNewsletter:
    return FakeNewsletter(make_issues(30, stories=3))


@pytest.fixture
def server(newsletter: FakeNewsletter) -> Iterator[Server]:
    with Server(newsletter) as running:
        yield running


@pytest.fixture
def feed(server: Server) -> str:
    return f"{server.address}/substack/feed"


@pytest.fixture
def mirror(server: Server) -> str:
    return f"{server.address}/mirror/"


def test_sync_stores_new_issues(run: RunProgram, feed: str) -> None:
    ran = run("sync", "--source", feed)
    assert (ran.status, ran.out) == (0, "")
    assert "20 new (1 request" in ran.err
    assert len(json.loads(run("list", "--json").out)["issues"]) == 20


def test_a_program_runs_once_after_new_issues(run: RunProgram, feed: str, tmp_path: Path) -> None:
    ran_file, config = tmp_path / "ran", tmp_path / "home" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    script = f'echo \\"$1\\" >> {ran_file}; exit 3'
    config.write_text(f'[sync]\nafter = ["sh", "-c", "{script}", "sh", "{{ref}} {{count}}"]\n')
    failed = run("sync", "--source", feed, "--quiet")
    assert (failed.status, ran_file.read_text()) == (0, "480 20\n")
    lines = failed.err.splitlines()
    assert len([line for line in lines if line.startswith("New: ")]) == 10
    assert lines[10:] == ["And 10 more new issues.", "sync.after: sh failed with exit status 3."]
    again = run("sync", "--source", feed, "--quiet")
    assert (again.status, again.out, again.err, ran_file.read_text()) == (0, "", "", "480 20\n")


def test_sync_json_has_the_documented_fields(run: RunProgram, feed: str) -> None:
    shape = json.loads(run("sync", "--source", feed, "--json").out)
    assert shape.keys() >= {"sources", "missing"}
    (source,) = shape["sources"]
    assert source.keys() >= {"name", "requests", "bytes", "new", "updated", "unchanged", "error"}
    assert (source["name"], source["requests"], source["updated"], source["error"]) == (feed, 1, [], None)
    assert source["bytes"] > 1000
    assert source["new"] == json.loads(run("list", "--json").out)["issues"]


def test_a_second_sync_sends_one_request_a_source(run: RunProgram, feed: str, mirror: str, server: Server) -> None:
    both = ("--source", feed, "--source", mirror, "--json")
    run("sync", *both)
    before = len(server.requests)
    sources = json.loads(run("sync", *both).out)["sources"]
    assert [source["requests"] for source in sources] == [1, 1]
    assert len(server.requests) - before == 2
    assert not any(source["new"] or source["updated"] for source in sources)


def test_full_syncs_the_back_catalogue(run: RunProgram, mirror: str) -> None:
    shape = json.loads(run("sync", "--full", "--source", mirror, "--json").out)
    assert len(shape["sources"][0]["new"]) == 30
    assert shape["missing"] == []


def test_the_back_catalogue_is_suggested_until_stored(run: RunProgram, mirror: str) -> None:
    offer = "Download all older issues: importai-tui sync --full"
    assert offer in run("sync", "--source", mirror).err
    run("sync", "--full", "--source", mirror)
    assert offer not in run("sync", "--source", mirror).err


def test_missing_numbers_are_reported(run: RunProgram, feed: str, newsletter: FakeNewsletter) -> None:
    newsletter.delete(470)
    newsletter.delete(471)
    newsletter.delete(475)
    ran = run("sync", "--source", feed)
    assert "Still missing: 470–471, 475." in ran.err
    assert json.loads(run("sync", "--source", feed, "--json").out)["missing"] == [470, 471, 475]


def test_a_gap_is_reported_and_filled(
    run: RunProgram, feed: str, mirror: str, newsletter: FakeNewsletter, tmp_path: Path
) -> None:
    config = tmp_path / "home" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[sync]\nsources = ["{feed}"]\nback_catalogue = "{mirror}"\n')
    everything = newsletter.issues
    newsletter.issues = everything[-3:]
    run("sync")
    newsletter.issues = everything
    ran = run("sync")
    assert "Not in the feed, looking in the back catalogue: 454–460." in ran.err
    assert "Still missing" not in ran.err
    assert len(json.loads(run("list", "--json").out)["issues"]) == 30


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((3,), "3"), ((3, 4, 5, 9), "3–5, 9"), ((1, 3, 5, 7, 9, 11), "1, 3, 5, 7, 9 and more (6 in total)")],
)
def test_numbers_are_formatted_as_ranges(numbers: tuple[int, ...], text: str) -> None:
    assert _format_ranges(numbers) == text


def test_a_failing_source_does_not_stop_the_other(
    run: RunProgram, feed: str, mirror: str, newsletter: FakeNewsletter
) -> None:
    newsletter.override = lambda asked: challenge_403() if asked.path.startswith("/substack") else None
    ran = run("sync", "--source", feed, "--source", mirror)
    assert ran.status == 1
    assert "asks for a browser check" in ran.err
    assert "20 new" in ran.err


def set_sources(home: Path, feed: str, mirror: str) -> None:
    """Write the sources of a sync to the settings."""
    config = home / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[sync]\nsources = ["{feed}"]\nback_catalogue = "{mirror}"\n')


def test_the_back_catalogue_replaces_a_blocked_feed(
    run: RunProgram, feed: str, mirror: str, newsletter: FakeNewsletter, tmp_path: Path
) -> None:
    set_sources(tmp_path / "home", feed, mirror)
    run("sync")
    newsletter.publish(make_issues(1, newest=481)[0])
    newsletter.override = lambda asked: challenge_403() if asked.path.startswith("/substack") else None
    ran = run("sync", "--json")
    assert ran.status == 0
    assert "127.0.0.1 asks for a browser check; used 127.0.0.1 instead." in ran.err
    assert "other source" not in ran.err
    first, second = json.loads(ran.out)["sources"]
    assert "asks for a browser check" in first["error"]
    assert (second["error"], [issue["number"] for issue in second["new"]][:1]) == (None, [481])


def test_skipped_posts_are_counted_in_one_line(run: RunProgram, mirror: str, newsletter: FakeNewsletter) -> None:
    newsletter.publish(make_other_post(newsletter.issues[3]))
    newsletter.publish(make_other_post(newsletter.issues[6]))
    ran = run("sync", "--source", mirror)
    assert ran.err.count("Skipped 2 posts that are not issues.") == 1


def test_a_remark_is_in_json_and_text(run: RunProgram, mirror: str, newsletter: FakeNewsletter) -> None:
    newsletter.protected_ids.add(newsletter.issues[0].post_id)
    ran = run("sync", "--source", mirror, "--json")
    (remark,) = json.loads(ran.out)["sources"][0]["remarks"]
    assert "requires a password for" in remark
    assert remark in ran.err.splitlines()


def test_a_plain_feed_does_not_fetch_missing_numbers(run: RunProgram, feed: str, newsletter: FakeNewsletter) -> None:
    everything, newsletter.issues = newsletter.issues, newsletter.issues[-3:]
    run("sync", "--source", feed)
    newsletter.issues = everything
    ran = run("sync", "--source", feed)
    assert "looking in the back catalogue" not in ran.err
    assert "Still missing: 454–460." in ran.err


def test_an_error_is_in_json_and_text(run: RunProgram, feed: str, newsletter: FakeNewsletter) -> None:
    newsletter.override = lambda _: Reply(b"<html><body>Hello</body></html>", headers={"Content-Type": "text/html"})
    ran = run("sync", "--source", feed, "--json")
    assert ran.status == 1
    assert json.loads(ran.out)["sources"][0]["error"] in ran.err.splitlines()


def test_no_network_says_what_to_do(run: RunProgram) -> None:
    with Server(lambda _: Reply()) as gone:
        address = gone.address
    ran = run("sync", "--source", f"{address}/feed", "--source", f"{address.replace('127.0.0.1', 'localhost')}/other")
    assert ran.status == 1
    reason, next_step = ran.err.splitlines()
    assert reason.startswith("Can't reach")
    assert next_step == "Run the same command again when you're online, or import files: importai-tui import PATH"


@pytest.mark.parametrize("word", ["substak", "http://example.org/feed", "https://me:secret@example.org/"])
def test_an_invalid_source_is_a_usage_error(run: RunProgram, word: str) -> None:
    ran = run("sync", "--source", word)
    assert ran.status == 2
    assert "--source" in ran.err


def test_the_sources_can_be_set(run: RunProgram, feed: str, mirror: str, tmp_path: Path) -> None:
    config = tmp_path / "home" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[sync]\nsources = ["{feed}"]\nback_catalogue = "{mirror}"\n')
    assert [source["name"] for source in json.loads(run("sync", "--json").out)["sources"]] == [feed]
    assert [len(source["new"]) for source in json.loads(run("sync", "--full", "--json").out)["sources"]] == [0, 10]


@pytest.mark.parametrize(
    ("settings", "backfill_source", "is_named"),
    [
        ("", "mirror", False),
        ('sources = ["substack", "https://a.example/feed"]', "mirror", False),
        ('sources = ["https://a.example/feed"]', "https://a.example/feed", True),
        ('sources = ["https://a.example/feed"]\nback_catalogue = "mirror"', "mirror", False),
        ('sources = ["https://a.example/feed"]\nback_catalogue = ""', None, False),
    ],
)
def test_own_sources_contact_no_default_source(
    places: Places, tmp_path: Path, settings: str, backfill_source: str | None, is_named: bool
) -> None:
    places.config_folder.mkdir(parents=True)
    places.config.write_text(f"[sync]\n{settings}\n")
    plan = CliContext({HOME_VARIABLE: str(tmp_path / "home")}, demo=False).make_plan()
    assert (plan.backfill_source.name if plan.backfill_source else None, plan.is_named) == (backfill_source, is_named)


def test_a_refusing_own_source_is_not_replaced(
    run: RunProgram, feed: str, newsletter: FakeNewsletter, server: Server, tmp_path: Path
) -> None:
    config = tmp_path / "home" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[sync]\nsources = ["{feed}"]\n')
    newsletter.override = lambda _: challenge_403()
    ran = run("sync", "--json")
    (source,) = json.loads(ran.out)["sources"]
    assert "asks for a browser check" in source["error"]
    assert {request.path for request in server.requests} == {"/substack/feed"}


def test_an_invalid_configured_source_names_the_file(run: RunProgram, tmp_path: Path) -> None:
    config = tmp_path / "home" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[sync]\nsources = ["http://example.org/feed"]\n')
    ran = run("sync")
    assert ran.status == 1
    assert str(config) in ran.err
    assert "example.org" in ran.err


def test_the_demo_fetches_nothing(run: RunProgram) -> None:
    ran = run("--demo", "sync")
    assert ran.status == 1
    assert "Sync is off in the demo" in ran.err


def test_diagnose_writes_a_request_log(run: RunProgram, feed: str, tmp_path: Path) -> None:
    ran = run("sync", "--source", feed, "--diagnose")
    path = tmp_path / "home" / "cache" / "sync-account.txt"
    assert str(path) in ran.err
    account = path.read_text(encoding="utf-8")
    assert "200" in account
    assert "content-type: application/xml" in account


def test_a_failing_request_log_does_not_fail_the_sync(run: RunProgram, feed: str, tmp_path: Path) -> None:
    path = tmp_path / "home" / "cache" / "sync-account.txt"
    path.mkdir(parents=True)
    ran = run("sync", "--source", feed, "--diagnose", "--json")
    assert json.loads(ran.out)["sources"]
    assert f"Can't write the sync log {path}" in ran.err


def test_an_interrupted_sync_continues_in_the_next_run(
    run: RunProgram, mirror: str, newsletter: FakeNewsletter, server: Server, tmp_path: Path
) -> None:
    newsletter.issues = make_issues(120, stories=2)
    newsletter.override = lambda asked: Reply(silent=True) if asked.query.get("page") == "2" else None
    program = [sys.executable, "-m", "importai_tui", "sync", "--full", "--source", mirror, "--json"]
    environ = os.environ | {HOME_VARIABLE: str(tmp_path / "home")}
    running = subprocess.Popen(program, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not any(asked.query.get("page") == "2" for asked in server.requests):
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert b"Stopped" in err
    assert len(json.loads(out)["sources"][0]["new"]) == 50
    newsletter.override = lambda _: None
    before = len(server.requests)
    assert len(json.loads(run("sync", "--full", "--source", mirror, "--json").out)["sources"][0]["new"]) == 70
    assert [asked.query.get("page") for asked in server.requests[before:]][:2] == ["2", "3"]
