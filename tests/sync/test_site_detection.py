"""Addresses of unknown kind: the kind is detected once and stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.http.server import Reply, Request
from tests.sync.user import (
    FEED,
    PAGES,
    POSTS,
    SyncUser,
    create_user,
    get_issues,
    get_numbers,
    get_only_report,
    reply_at,
)

SITE = "/mirror/"


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path, get_issues(24, stories=1)) as user:
        yield user


def test_plain_feed_is_read_in_one_request(user: SyncUser) -> None:
    report = user.sync(user.source_at(FEED), full=True)
    assert get_numbers(get_only_report(report).new) == list(range(480, 460, -1))
    assert len(user.requests) == 1
    assert not report.needs_backfill, "a feed has no back catalogue"
    assert get_only_report(user.sync(user.source_at(FEED), full=True)).bytes == 0


def test_json_feed_is_read_in_one_request(user: SyncUser) -> None:
    items = [
        {
            "url": expected.url,
            "title": expected.title,
            "content_html": expected.body,
            "date_published": expected.published.isoformat(),
        }
        for expected in user.newsletter.issues
    ]
    feed = json.dumps({"items": items, "version": "https://jsonfeed.org/version/1.1"}).encode()
    headers = {"Content-Type": "application/feed+json", "ETag": '"a"'}
    user.newsletter.override = lambda request: (
        Reply(status=304) if "if-none-match" in request.headers else Reply(feed, headers=headers)
    )
    report = user.sync(user.source_at("/feed.json"), full=True)
    assert (report.new_count, report.errors, len(user.requests)) == (24, (), 1)
    other = user.load_stored()
    assert get_only_report(user.sync(user.source_at("/feed.json"))).bytes == 0
    assert user.load_stored() == other
    assert {head.date for head in other.issue_rows} == {
        f"{expected.published:%Y-%m-%d}" for expected in user.newsletter.issues
    }


def test_full_sync_reads_all_pages_of_wordpress_feed(user: SyncUser) -> None:
    report = user.sync(user.source_at(PAGES), full=True)
    assert get_numbers(get_only_report(report).new) == list(range(480, 456, -1))
    assert user.requested_pages == [(PAGES, str(page)) for page in (1, 2, 3, 4)]
    assert not report.needs_backfill


def test_everyday_sync_reads_first_page_of_wordpress_feed(user: SyncUser) -> None:
    assert get_numbers(get_only_report(user.sync(user.source_at(PAGES))).new) == list(range(480, 470, -1))
    assert len(user.requests) == 1


def test_feed_address_keeps_its_query(user: SyncUser) -> None:
    user.sync(user.source_at(f"{PAGES}?cat=1"), full=True)
    assert [request.query for request in user.requests] == [
        {"cat": "1"},
        *[{"cat": "1", "paged": str(page)} for page in (2, 3, 4)],
    ]


def test_front_page_header_names_rest_address(user: SyncUser) -> None:
    report = user.sync(user.source_at(SITE), full=True)
    assert user.requested_pages == [(SITE, "1"), (POSTS, "1")]
    assert (report.new_count, report.errors) == (24, ())


def test_front_page_is_requested_only_once(user: SyncUser) -> None:
    user.sync(user.source_at(SITE), full=True)
    user.sync(user.source_at(SITE))
    assert user.requested_pages == [(POSTS, "1")]


@pytest.mark.parametrize("query", ["", "?per_page=5&page=2"])
def test_rest_address_can_be_a_source(user: SyncUser, query: str) -> None:
    report = user.sync(user.source_at(POSTS + query), full=True)
    assert (report.new_count, report.errors) == (24, ())
    assert user.requested_pages[1:] == [(POSTS, "1")]


def test_rest_is_tried_if_front_page_is_missing(user: SyncUser) -> None:
    user.newsletter.override = reply_at(SITE, lambda: Reply(b"<html><body>Not here</body></html>", status=404))
    assert user.sync(user.source_at(SITE), full=True).new_count == 24
    assert user.requested_pages == [(SITE, "1"), (POSTS, "1")]


def test_rest_is_tried_if_front_page_names_none(user: SyncUser) -> None:
    user.newsletter.override = reply_at(SITE, lambda: Reply(b"<html><body>Welcome</body></html>"))
    assert user.sync(user.source_at("/mirror"), full=True).new_count == 24


@pytest.mark.parametrize(
    "link_value",
    [
        "<http://localhost:1/wp-json/>",
        "<https://example.org/wp-json/>",
        "<file:///etc/passwd>",
        "<http://me:secret@127.0.0.1/wp-json/>",
        "<http://127.0.0.1/?rest_route=/>",
    ],
)
def test_rest_address_on_another_host_is_ignored(user: SyncUser, link_value: str) -> None:
    link = {"Link": f'{link_value}; rel="https://api.w.org/"', "Content-Type": "text/html"}
    user.newsletter.override = reply_at(SITE, lambda: Reply(b"<html></html>", headers=link))
    assert user.sync(user.source_at(SITE), full=True).new_count == 24
    assert user.requested_pages == [(SITE, "1"), (POSTS, "1")]


def test_rest_address_elsewhere_on_host_is_used(user: SyncUser) -> None:
    link = {"Link": f'<{user.server.address}/api/>; rel="https://api.w.org/"', "Content-Type": "text/html"}

    def override(request: Request) -> Reply | None:
        if request.path == SITE:
            return Reply(b"<html></html>", headers=link)
        return user.newsletter.build_reply(replace(request, path=POSTS)) if request.path == "/api/wp/v2/posts" else None

    user.newsletter.override = override
    assert user.sync(user.source_at(SITE), full=True).new_count == 24
    assert user.requested_pages == [(SITE, "1"), ("/api/wp/v2/posts", "1")]


def test_feed_is_read_if_rest_is_closed(user: SyncUser) -> None:
    user.newsletter.is_rest_open = False
    assert user.sync(user.source_at(SITE), full=True).new_count == 24
    assert user.requested_pages == [(SITE, "1"), (POSTS, "1"), *[(PAGES, str(page)) for page in (1, 2, 3, 4)]]


def test_page_without_rest_and_feed_is_reported(user: SyncUser) -> None:
    report = user.sync(user.source_at("/substack/"), full=True)
    assert report.errors == ("127.0.0.1 has no feed at that URL (status 404). Check the URL.",)
    assert user.load_stored().issue_rows == ()


def test_rest_index_leads_to_posts(user: SyncUser) -> None:
    report = user.sync(user.source_at("/mirror/wp-json/"), full=True)
    assert (report.new_count, report.errors) == (24, ())
    assert user.requested_pages == [("/mirror/wp-json/", "1"), (POSTS, "1")]


def test_json_other_than_posts_is_reported(user: SyncUser) -> None:
    user.newsletter.override = lambda _: Reply(b'{"posts": []}')
    report = user.sync(user.source_at("/mirror/wp-json/"), full=True)
    assert report.errors == ("127.0.0.1 sent something other than a list of posts. Check the URL.",)


def test_same_newsletter_at_several_addresses_is_stored_once(user: SyncUser) -> None:
    report = user.sync(*(user.source_at(path) for path in (FEED, SITE, PAGES, POSTS)), full=True)
    assert (report.new_count, report.updated_count, report.errors) == (24, 0, ())
    assert user.load_stored().numbers == list(range(480, 456, -1))
