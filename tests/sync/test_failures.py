"""Failures of the feed, of REST and of the paged feed: the message, and that stored data stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from importai_tui.http.responses import Response
from importai_tui.sync.sources import MIRROR, SUBSTACK, Source
from tests.http.clients import SHORT, FakeTransport
from tests.http.server import Reply
from tests.sync import failures
from tests.sync.user import (
    FEED,
    PAGES,
    POSTS,
    MakeReply,
    SyncUser,
    create_user,
    get_issues,
    get_numbers,
    get_only_report,
    reply_at,
    reply_on_mirror,
)

NEXT_STEP = re.compile(
    r"Try again (?:later(?:, or from another network|, or check the URL)?|from another network"
    r"|after 2\d{3}-\d\d-\d\d \d\d:\d\d UTC)\.$|Check the URL\.$|use it as the source\.$"
)
"""End of each message: the next step."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A reply, the message it causes, and the total wait in seconds."""

    make_reply: MakeReply
    message: str
    total_wait: float = 0.0

    @property
    def name(self) -> str:
        return self.message.replace(" ", "-")[:40]


COMMON_FAILURES = [
    Failure(failures.challenge_403, "asks for a browser check"),
    Failure(failures.refused_403, "blocks this network (status 403 Forbidden)"),
    Failure(failures.too_many_requests, "received too many requests (4 tries)", 14),
    Failure(failures.too_many_requests_page, "received too many requests (4 tries)", 14),
    Failure(lambda: failures.too_many_requests("5"), "received too many requests (4 tries)", 18),
    Failure(lambda: failures.too_many_requests("3600"), "asks for a pause of 60 min"),
    Failure(lambda: failures.too_many_requests("Thu, 01 Jan 2200 00:00:00 GMT"), "asks for a pause of"),
    Failure(lambda: replace(failures.too_many_requests("3600"), status=503), "asks for a pause of 60 min"),
    Failure(failures.server_error, "reports an error (status 500 Internal Server Error) (3 tries)", 6),
    Failure(lambda: failures.server_error(502), "reports an error (status 502 Bad Gateway) (3 tries)", 6),
    Failure(lambda: failures.redirect("http://localhost:1/feed"), "redirects to localhost"),
    Failure(lambda: failures.redirect("https://169.254.169.254/feed"), "redirects to 169.254.169.254"),
    Failure(lambda: failures.redirect("https://10.0.0.1/feed", 302), "redirects to 10.0.0.1"),
    Failure(lambda: failures.redirect("file:///etc/passwd"), "redirects to something that isn't a web page"),
    Failure(failures.html_page, "sent a web page instead of"),
    Failure(lambda: failures.html_page("application/xml"), "sent a web page instead of"),
    Failure(lambda: failures.html_page("application/json"), "sent a web page instead of"),
    Failure(failures.empty_reply, "sent something else instead of"),
    Failure(failures.incomplete_reply, "sent an incomplete response (2 tries)", 2),
    Failure(failures.gzip_bomb, "sent more than 10 MB"),
    Failure(failures.silent_reply, "stopped responding", 2),
    Failure(failures.slow_reply, "took longer than"),
]
FEED_FAILURES = [
    Failure(failures.truncated_json, "sent something else instead of a feed"),
    Failure(failures.empty_feed, "sent a feed without posts"),
    Failure(failures.doctype_feed, "sent an unusable feed"),
    Failure(failures.truncated_feed, "sent an unusable feed"),
    Failure(lambda: Reply(b"<rss><channel><title></rss>"), "sent an unusable feed"),
    Failure(lambda: Reply(status=410), "has no feed at that URL (status 410)"),
    Failure(lambda: Reply(status=304), "gave an unexpected response (status 304 Not Modified)"),
]
REST_FAILURES = [
    Failure(failures.truncated_json, "sent incomplete or damaged posts"),
    Failure(lambda: Reply(b"[" * 200_000), "sent incomplete or damaged posts"),
    Failure(lambda: Reply(b'{"posts": []}'), "sent something other than a list of posts"),
    Failure(lambda: Reply(b'{"code": "rest_invalid_param"}', 400), "refuses to list its posts (status 400)"),
]

CASES = [
    *[pytest.param(FEED, failure, id=f"feed {failure.name}") for failure in (*COMMON_FAILURES, *FEED_FAILURES)],
    *[pytest.param(POSTS, failure, id=f"posts {failure.name}") for failure in (*COMMON_FAILURES, *REST_FAILURES)],
    *[pytest.param(PAGES, failure, id=f"pages {failure.name}") for failure in (*COMMON_FAILURES, *FEED_FAILURES[:-1])],
]
"""Pairs of a path and a failure."""


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path, get_issues(4)[1:]) as user:
        yield user


def get_source(user: SyncUser, path: str) -> Source:
    """Return the source with that path."""
    user.newsletter.is_rest_open = path != PAGES
    return user.feed if path == FEED else user.mirror


def make_reply(user: SyncUser, path: str, failure: Failure) -> None:
    """Has it happen there, and does not wait for long where waiting is the point."""
    user.newsletter.override = reply_at(path, failure.make_reply)
    if path == POSTS:  # and nothing else of the site answers
        played = user.newsletter.override
        closed = reply_on_mirror(lambda: Reply(b"<html><body>Not here</body></html>", status=404))
        user.newsletter.override = lambda request: played(request) or closed(request)
    if failure.make_reply is failures.silent_reply:
        user.timeouts = replace(SHORT, read=0.05)
    if failure.make_reply is failures.slow_reply:
        user.timeouts = replace(SHORT, total=0.2)


@pytest.mark.parametrize(("path", "failure"), CASES)
def test_failure_is_reported_and_nothing_is_stored(user: SyncUser, path: str, failure: Failure) -> None:
    source = get_source(user, path)
    make_reply(user, path, failure)
    report = user.sync(source, full=path == PAGES)
    (error,) = report.errors
    assert error.startswith(f"127.0.0.1 {failure.message}")
    assert NEXT_STEP.search(error), error
    tries = (
        3 if path == POSTS and failure.make_reply in (failures.incomplete_reply, failures.silent_reply) else 1
    )  # of smaller pages
    assert sum(user.sleeps) == failure.total_wait * tries
    assert [bool(step.note) for step in user.progress].count(True) == len(user.sleeps), "each wait is reported"
    assert (report.new_count, report.is_stopped) == (0, False)
    assert user.load_stored().issue_rows == ()


@pytest.mark.parametrize(("path", "failure"), CASES)
def test_failure_changes_nothing_and_next_sync_succeeds(user: SyncUser, path: str, failure: Failure) -> None:
    source = get_source(user, path)
    user.sync(source)
    user.mark_stories("479/1", "477/2")
    before = user.load_stored()
    user.newsletter.publish(get_issues(4)[0])
    if failure.make_reply() != Reply(status=304):  # a correct reply to a conditional request
        make_reply(user, path, failure)
        assert get_only_report(user.sync(source)).error
        assert user.load_stored() == before
    user.newsletter.override, user.timeouts = lambda _: None, SHORT
    assert get_numbers(get_only_report(user.sync(source)).new) == [480]
    assert user.load_stored().marks[2:] == before.marks


# --- untrusted texts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [418, 502])
@pytest.mark.parametrize("reason", ["Bad \x1b]52;c;cm0gLXJm\x07Gateway", "Bad \x1b[2JGateway", "Bad \x9b2J Gateway"])
def test_reason_phrase_is_cleaned(user: SyncUser, status: int, reason: str) -> None:
    user.newsletter.override = reply_at(FEED, lambda: Reply(status=status, reason=reason))
    (error,) = user.sync(user.feed).errors
    assert error.isprintable()
    assert f"{status} Bad" in error
    assert "Gateway" in error
    assert "cm0g" not in error
    assert all(step.note.isprintable() for step in user.progress)


def test_error_message_omits_query(user: SyncUser) -> None:
    user.newsletter.override = reply_at(FEED, failures.html_page)
    source = replace(user.feed, address=f"{user.feed.address}?token=secret")
    (error,) = user.sync(source).errors
    assert "secret" not in error


# --- two sources ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "other"), [(SUBSTACK, "mirror"), (MIRROR, "substack")])
@pytest.mark.parametrize("refusal", [failures.challenge_403, failures.refused_403])
def test_refusing_source_names_its_alternative(user: SyncUser, source: Source, other: str, refusal: MakeReply) -> None:
    reply = refusal()
    headers = {name.lower(): value for name, value in reply.headers.items()}
    user.transport = FakeTransport(lambda url: Response(reply.status, headers, reply.body, url, reason="Forbidden"))
    report = user.sync(source)
    assert get_only_report(report).alternative == other
    (error,) = report.errors
    assert error.startswith(source.host)


def test_broken_source_names_no_alternative(user: SyncUser) -> None:
    user.transport = FakeTransport(lambda url: Response(410, {}, b"", url))
    report = user.sync(SUBSTACK)
    assert not get_only_report(report).alternative
    assert report.errors == ("importai.substack.com has no feed at that URL (status 410). Check the URL.",)


def test_failure_of_one_source_does_not_stop_another(user: SyncUser) -> None:
    user.newsletter.override = reply_at(FEED, failures.challenge_403)
    feed, mirror = user.sync(full=True).sources
    assert (feed.new, bool(feed.error)) == ((), True)
    assert (get_numbers(mirror.new), mirror.error) == ([479, 478, 477], None)


# --- no network ------------------------------------------------------------------------------------------------------


def test_missing_network_is_reported_once_and_changes_nothing(user: SyncUser) -> None:
    user.sync()
    user.mark_stories("478/1")
    before = user.load_stored()
    user.server.close()
    report = user.sync(full=True)
    assert [source.is_offline for source in report.sources] == [True, True]
    assert report.errors == ("Can't reach 127.0.0.1 (connection refused). Try again later.",)
    assert user.sleeps == []
    assert user.load_stored() == before


def test_stored_issues_stay_if_network_fails_later(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(60, stories=1)) as user:
        broken = failures.incomplete_reply(Reply(b"[]" * 100))
        first = {"page": "1", "per_page": "50"}
        user.newsletter.override = lambda request: None if first.items() <= request.query.items() else broken
        source = get_only_report(user.sync(user.mirror, full=True))
        assert (len(source.new), source.is_offline) == (50, False)
        assert source.error == "127.0.0.1 sent an incomplete response (2 tries). Try again later."
        assert user.load_stored().numbers == list(range(480, 430, -1))
