"""A refusing feed: the mirror replaces it, unless the user named the sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.sync.sources import SyncPlan
from tests.http.server import Reply, Server
from tests.sync import failures
from tests.sync.user import (
    FEED,
    POSTS,
    MakeReply,
    SyncUser,
    create_user,
    get_issues,
    get_numbers,
    get_only_report,
    reply_at,
)

REFUSALS: list[MakeReply] = [
    failures.challenge_403,
    failures.refused_403,
    failures.too_many_requests,
    lambda: failures.too_many_requests("3600"),
]


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path, get_issues(30, stories=1)) as user:
        yield user


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("full", [False, True])
def test_mirror_replaces_refusing_feed(user: SyncUser, refusal: MakeReply, full: bool) -> None:
    user.newsletter.override = reply_at(FEED, refusal)
    report = user.sync(full=full)
    feed, mirror = report.sources
    assert (len(mirror.new), mirror.error) == (30 if full else 20, None)
    assert feed.error
    assert (report.errors, feed.replaced_by, feed.alternative) == ((), "127.0.0.1", "")
    (remark,) = report.remarks
    assert remark.startswith("127.0.0.1 ")
    assert remark.endswith("; used 127.0.0.1 instead.")
    with user.open_library() as library:
        assert library.get_last_sync_time()


def test_newest_issue_comes_from_mirror(user: SyncUser) -> None:
    user.sync()
    user.newsletter.publish(get_issues(1, newest=481)[0])
    user.newsletter.override = reply_at(FEED, failures.refused_403)
    assert get_numbers(user.sync().sources[1].new)[0] == 481


def test_two_refusing_sources_are_both_reported(user: SyncUser) -> None:
    user.newsletter.override = lambda _: failures.refused_403()
    report = user.sync()
    assert len(report.sources) == 2
    assert not any(source.replaced_by or source.alternative for source in report.sources)
    assert len(report.errors) == 1, "both have the same host here"


def test_other_failure_does_not_ask_mirror(user: SyncUser) -> None:
    user.newsletter.override = reply_at(FEED, lambda: Reply(b"<html></html>", status=404))
    report = user.sync()
    assert (len(report.sources), len(report.errors)) == (1, 1)


def test_named_sources_are_not_replaced(user: SyncUser) -> None:
    user.newsletter.override = reply_at(FEED, failures.refused_403)
    report = user.sync(user.feed, user.mirror)
    assert len(report.errors) == 1
    assert not report.remarks


def test_refusing_configured_source_is_remark_if_replaced(user: SyncUser) -> None:
    user.newsletter.override = reply_at(FEED, failures.refused_403)
    plan = SyncPlan((user.feed, user.mirror), user.mirror)
    report = replace(user.create_sync(), plan=plan).run()
    assert (report.errors, len(report.remarks), len(report.sources[1].new)) == ((), 1, 20)


def test_refusal_without_backfill_source_is_an_error(user: SyncUser) -> None:
    user.newsletter.override = reply_at(FEED, failures.refused_403)
    report = replace(user.create_sync(), plan=SyncPlan((user.feed,), None)).run()
    assert (len(report.errors), len(report.sources)) == (1, 1)


def test_gap_is_filled_if_mirror_replaced_feed(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(40, stories=1)[38:]) as user:
        user.sync()
        user.newsletter.issues = list(get_issues(40, stories=1))
        user.newsletter.override = reply_at(FEED, failures.refused_403)
        report = user.sync()
        assert (report.missing_numbers, report.errors) == ((), ())
        assert [request.path for request in user.requests][1:] == [POSTS, POSTS]


def test_feed_without_pages_is_not_searched(user: SyncUser) -> None:
    user.newsletter.delete(470)
    report = user.sync(user.source_at(FEED))
    assert (report.missing_numbers, report.searched_numbers, get_only_report(report).requests) == ((470,), (), 1)


def test_first_page_of_feed_is_requested_once(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(15, stories=1)[13:]) as user:
        user.newsletter.is_rest_open = False
        user.sync(user.mirror)
        user.newsletter.issues = list(get_issues(15, stories=1))
        assert user.sync(user.mirror).missing_numbers == ()
        assert [request.query.get("paged") for request in user.requests] == [None, None, "2"]


def test_basic_authentication_is_reported(tmp_path: Path) -> None:
    def respond(_: object) -> Reply:
        return Reply(b"", 401, {"WWW-Authenticate": 'Basic realm="x"'})

    with Server(respond) as server, create_user(tmp_path, get_issues(1)) as user:
        source = replace(user.feed, address=f"{server.address}/feed")
        (error,) = user.sync(source).errors
        assert error == ("127.0.0.1 requires a password (status 401), which importai-tui can't give. Use a public URL.")
