"""A site without REST posts: its paged feed gives all issues."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.server import Reply, Request
from tests.sync import failures
from tests.sync.fake_wordpress import build_rest_error
from tests.sync.user import (
    PAGES,
    POSTS,
    MakeReply,
    SyncUser,
    create_user,
    get_issues,
    get_numbers,
    get_only_report,
    reply_at,
    sync_uninterrupted,
)


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    """A user of a site without REST posts and with three pages of the feed, the last one short."""
    with create_user(tmp_path / "interrupted", get_issues(24, stories=1)) as user:
        user.newsletter.is_rest_open = False
        yield user


def test_paged_feed_gives_all_issues(user: SyncUser) -> None:
    report = user.sync(user.mirror, full=True)
    assert get_numbers(get_only_report(report).new) == list(range(480, 456, -1))
    assert user.requested_pages == [(POSTS, "1"), *[(PAGES, str(page)) for page in (1, 2, 3, 4)]]
    assert (report.missing_numbers, report.errors, report.needs_backfill) == ((), (), False)


def test_paged_feed_gives_same_issues_as_rest(user: SyncUser, tmp_path: Path) -> None:
    user.sync(user.mirror, full=True)
    other = sync_uninterrupted(tmp_path / "uninterrupted", user.newsletter)
    assert user.load_stored().without_pages() == other.without_pages()


def make_refusal(status: int, code: str = "rest_forbidden") -> MakeReply:
    return lambda: build_rest_error(status, code, "Sorry, you are not allowed to do that.")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_closed_rest_is_retried_at_every_sync(user: SyncUser, status: int) -> None:
    user.newsletter.override = reply_at(POSTS, make_refusal(status))
    assert len(get_only_report(user.sync(user.mirror, full=True)).new) == 24
    before = user.load_stored()
    source = get_only_report(user.sync(user.mirror, full=True))
    assert user.requested_pages == [(POSTS, "1"), (PAGES, "1")]
    assert (source.requests, source.new, source.updated) == (2, (), ())
    assert user.load_stored() == before


def test_both_validators_of_feed_are_sent(user: SyncUser) -> None:
    user.sync(user.mirror)
    user.sync(user.mirror)
    _, request = user.requests
    assert request.headers["if-none-match"].startswith('"')
    assert request.headers["if-modified-since"].endswith(" GMT")


def test_feed_gives_new_issues_and_edits(user: SyncUser) -> None:
    user.sync(user.mirror, full=True)
    user.mark_stories("478/1")
    user.newsletter.publish(get_issues(1, newest=481, stories=1)[0])
    user.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    source = get_only_report(user.sync(user.mirror))
    assert (get_numbers(source.new), get_numbers(source.updated), source.requests) == ([481], [478], 2)
    assert user.load_stored().stories["478"][0].is_read


def test_only_date_is_sent_if_etag_changes(user: SyncUser) -> None:
    user.newsletter.weakens_etag = True
    user.sync(user.mirror)
    before = user.load_stored()
    source = get_only_report(user.sync(user.mirror))
    assert (source.new, source.updated, source.unchanged) == ((), (), 10)
    source = get_only_report(user.sync(user.mirror))
    assert "if-none-match" not in user.requests[-1].headers
    assert "if-modified-since" in user.requests[-1].headers
    assert (source.new, source.updated, source.unchanged) == ((), (), 0)
    assert user.load_stored() == before
    user.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    assert get_numbers(get_only_report(user.sync(user.mirror)).updated) == [478]


def test_feed_is_used_if_rest_closes_during_backfill(tmp_path: Path) -> None:
    with create_user(tmp_path / "interrupted", get_issues(60, stories=1)) as user:
        user.newsletter.override = reply_at(POSTS, make_refusal(401), page="2")
        source = get_only_report(user.sync(user.mirror, full=True))
        assert (len(source.new), source.updated, source.error) == (60, (), None)
        assert user.requested_pages == [(POSTS, "1"), (POSTS, "2"), *[(PAGES, str(n)) for n in range(1, 8)]]
        other = sync_uninterrupted(tmp_path / "uninterrupted", user.newsletter)
        assert user.load_stored().without_pages() == other.without_pages()


def test_feed_is_used_if_rest_closes_later(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(3)[1:]) as user:
        user.sync(user.mirror)
        user.newsletter.is_rest_open = False
        user.newsletter.publish(get_issues(3)[0])
        source = get_only_report(user.sync(user.mirror))
        assert (get_numbers(source.new), source.updated, source.requests) == ([480], (), 2)


def test_feed_is_used_if_every_page_size_fails(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(3)) as user:
        refusal = build_rest_error(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        user.newsletter.override = reply_at(POSTS, lambda: refusal)
        source = get_only_report(user.sync(user.mirror, full=True))
        assert (len(source.new), source.error) == (3, None)


def test_feed_is_used_if_rest_redirect_is_unreachable(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(3)) as user:
        user.trusted_endpoints = frozenset({"127.0.0.1:1"})
        user.newsletter.override = reply_at(POSTS, lambda: failures.redirect("http://127.0.0.1:1/"))
        source = get_only_report(user.sync(user.mirror))
        assert (len(source.new), source.error) == (3, None)


# --- backfills by the feed --------------------------------------------------------------------------------------------


def test_stopped_feed_backfill_continues_with_missing_page(user: SyncUser, tmp_path: Path) -> None:
    sync = user.create_sync(user.mirror, full=True)

    def override(request: Request) -> Reply | None:
        if request.query.get("paged") != "3":
            return None
        sync.stop()
        return Reply(silent=True)

    user.newsletter.override = override
    assert sync.run().is_stopped
    assert user.load_stored().numbers == list(range(480, 460, -1))
    user.newsletter.override = lambda _: None
    report = user.sync(user.mirror, full=True)
    assert user.requested_pages[1:3] == [(PAGES, "3"), (PAGES, "4")]
    assert (report.missing_numbers, report.needs_backfill) == ((), False)
    other = sync_uninterrupted(tmp_path / "uninterrupted", user.newsletter)
    assert user.load_stored().without_pages() == other.without_pages()


def test_backfill_continued_weeks_later_fetches_new_issues(user: SyncUser) -> None:
    user.newsletter.override = reply_at(PAGES, failures.server_error, paged="2")
    user.sync(user.mirror, full=True)
    user.newsletter.override = lambda _: None
    user.newsletter.issues = [*get_issues(25, newest=505, stories=1), *user.newsletter.issues]
    assert user.sync(user.mirror, full=True).missing_numbers == ()
    assert user.load_stored().numbers == list(range(505, 456, -1))


def test_failed_feed_page_is_not_the_end(user: SyncUser) -> None:
    user.newsletter.override = reply_at(PAGES, make_refusal(401), paged="2")
    report = user.sync(user.mirror, full=True)
    assert report.errors == ("127.0.0.1 has no feed at that URL (status 401). Check the URL.",)
    assert report.needs_backfill
    user.newsletter.override = lambda _: None
    user.sync(user.mirror, full=True)
    assert user.load_stored().numbers == list(range(480, 456, -1))


def test_empty_feed_page_is_the_end(user: SyncUser) -> None:
    empty = user.newsletter.build_reply(Request("GET", PAGES, {"paged": "9"}, {}))
    assert empty.status == 404
    assert empty.body.startswith(b"<?xml")
    user.newsletter.override = reply_at(PAGES, lambda: Reply(empty.body, headers=empty.headers), paged="4")
    report = user.sync(user.mirror, full=True)
    assert (report.errors, report.new_count, report.needs_backfill) == ((), 24, False)


def test_feed_without_pages_is_read_once(user: SyncUser) -> None:
    first = Request("GET", PAGES, {}, {})
    user.newsletter.override = lambda request: user.newsletter.build_reply(first) if request.path == PAGES else None
    report = user.sync(user.mirror, full=True)
    assert (report.new_count, report.errors) == (10, ())
    assert user.requested_pages[1:] == [(PAGES, "1"), (PAGES, "2")]


def test_site_without_rest_and_feed_is_reported(user: SyncUser) -> None:
    user.newsletter.override = lambda _: Reply(b"<html><body>Not here</body></html>", status=404)
    report = user.sync(user.mirror, full=True)
    assert report.errors == ("127.0.0.1 has no feed at that URL (status 404). Check the URL.",)
    user.newsletter.override = lambda _: None
    user.newsletter.is_rest_open = True
    assert user.sync(user.mirror, full=True).new_count == 24
    assert {path for path, _ in user.requested_pages} == {POSTS}, "what failed altogether is not remembered"
