"""Unexpected errors: each costs one source or one post, and the report names it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from importai_tui.error_log import ErrorLog
from importai_tui.errors import DatabaseError
from importai_tui.http.client import HttpClient
from importai_tui.http.responses import Response
from importai_tui.parse_pool import ParserError
from importai_tui.sync.progress import SyncReport
from importai_tui.sync.run import create_background_parser
from tests.http.server import Reply
from tests.parse_pool.in_process import InProcessParser
from tests.sync.fake_substack import build_substack_feed
from tests.sync.user import FEED, SyncUser, create_user, get_issues, get_numbers, get_only_report, reply_at

_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path / "home", get_issues(3)) as user:
        yield user


class FailingClient(HttpClient):
    """Raises an error for requests to the feed."""

    error: Exception

    async def get(self, url: str, **options: Any) -> Response:
        if url.endswith(FEED):
            raise self.error
        return await super().get(url, **options)


class DeadParser(InProcessParser):
    """Fails at every feed, like a parser process that dies."""

    def run(self, task: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
        if task.__name__ == "parse_feed":
            raise ParserError("can't be parsed: the parser process died")
        return super().run(task, argument)


def sync_failing(user: SyncUser, error: Exception, log: ErrorLog | None = None) -> SyncReport:
    """Sync the feed, which raises the error, and then the mirror."""
    sync = user.create_sync(user.feed, user.mirror)

    def open_client(on_wait: Callable[[str], None]) -> HttpClient:
        client = sync.open_client(on_wait)
        client.__class__ = FailingClient
        assert isinstance(client, FailingClient)
        client.error = error
        return client

    return replace(sync, open_client=open_client, error_log=log).run()


@pytest.mark.parametrize("error", [KeyError("where"), RecursionError(), UnicodeEncodeError("a", "b", 0, 1, "c")])
def test_unexpected_error_costs_one_source(user: SyncUser, error: Exception) -> None:
    feed, mirror = sync_failing(user, error).sources
    assert feed.error == f"substack: Internal error ({type(error).__name__})."
    assert (get_numbers(mirror.new), mirror.error) == ([480, 479, 478], None)


def test_unexpected_error_is_logged_with_traceback(user: SyncUser, tmp_path: Path) -> None:
    log = ErrorLog(tmp_path / "errors.log")
    report = sync_failing(user, KeyError("where"), log)
    assert report.errors[0].endswith(f"Details are in {log.path}; please report it.")
    assert "KeyError: 'where'" in log.path.read_text()
    assert log.path.stat().st_mode & 0o777 == 0o600


def test_system_error_is_named_without_a_traceback(user: SyncUser) -> None:
    report = sync_failing(user, OSError(30, "Read-only file system", "/home/x"))
    assert report.errors == ("substack: /home/x: read-only file system.",)


def test_no_source_is_asked_if_archive_fails(user: SyncUser) -> None:
    report = sync_failing(user, DatabaseError("The archive is on a full disk."))
    assert [source.error for source in report.sources] == ["The archive is on a full disk."] * 2
    assert user.requests == []


def test_unusable_lock_file_is_named(user: SyncUser) -> None:
    user.places.cache_folder.mkdir(parents=True)
    lock = user.places.cache_folder / "sync.lock"
    lock.mkdir()
    with pytest.raises(Exception, match=f"Can't use the lock file {lock}"):
        user.sync(user.feed)


def test_unreadable_post_is_named_and_others_are_stored(user: SyncUser) -> None:
    def make_feed() -> Reply:
        feed = build_substack_feed(user.newsletter.issues)
        huge = b"<item><title>Import AI 900: Huge</title><description>" + b"otter " * 900_000 + b"</description></item>"
        return Reply(feed.replace(b"<item>", huge + b"<item>", 1), headers={"content-type": "application/xml"})

    user.newsletter.override = reply_at(FEED, make_feed)
    report = get_only_report(user.sync(user.feed))
    assert (get_numbers(report.new), report.error) == ([480, 479, 478], None)
    assert report.failed_posts == ('entry 1 ("Import AI 900: Huge"): too large for an issue (5 MB)',)


def test_issues_are_parsed_in_parser_process(user: SyncUser) -> None:
    sync = user.create_sync(user.feed)
    report = replace(sync, open_parser=create_background_parser).run()
    assert (get_numbers(get_only_report(report).new), report.errors) == ([480, 479, 478], ())


def test_dead_parser_process_costs_one_source(user: SyncUser) -> None:
    sync = replace(user.create_sync(user.feed, user.mirror), open_parser=DeadParser)
    feed, mirror = sync.run().sources
    assert feed.error
    assert feed.error.startswith("127.0.0.1 sent an unusable feed (can't be parsed: the parser process died)")
    assert (get_numbers(mirror.new), mirror.error) == ([480, 479, 478], None)


def test_reading_state_and_issues_survive_a_failed_source(user: SyncUser) -> None:
    user.sync(user.mirror)
    user.mark_stories("480/1")
    before = user.load_stored()
    sync_failing(user, ValueError("x"))
    assert user.load_stored() == before
