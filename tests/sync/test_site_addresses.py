"""Addresses of a source: moved addresses, plain permalinks, WordPress.com."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from importai_tui.errors import OfflineError
from importai_tui.http.addresses import get_endpoint
from importai_tui.http.responses import Response
from importai_tui.sync.sources import MIRROR
from tests.http.clients import FakeTransport
from tests.http.server import Reply, Request, Server
from tests.sync import failures
from tests.sync.fake_wordpress import build_rest_error
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
)


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path, get_issues(4)[1:]) as user:
        yield user


FAILURES: list[MakeReply] = [
    lambda: Reply(b"<html></html>", status=404),
    lambda: Reply(status=410),
    failures.refused_403,
    failures.server_error,
    failures.html_page,
    failures.incomplete_reply,
]


def redirect_to(user: SyncUser, other: Server) -> Callable[[Request], Reply | None]:
    """Return an override that redirects permanently to the other server."""
    old = user.server.address.removeprefix("http://")

    def override(request: Request) -> Reply | None:
        if request.headers["host"] != old:
            return None
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        return failures.redirect(f"{other.address}{request.path}{'?' if query else ''}{query}")

    return override


@pytest.mark.parametrize("failure", [*FAILURES, None])
@pytest.mark.parametrize("name", ["feed", "mirror"])
def test_failing_moved_address_is_dropped(user: SyncUser, failure: MakeReply | None, name: str) -> None:
    source = getattr(user, name)
    with Server(user.newsletter) as other:
        user.trusted_endpoints = frozenset({get_endpoint(other.address)})
        user.newsletter.override = redirect_to(user, other)
        user.sync(source)
        new = other.address.removeprefix("http://")
        user.newsletter.publish(get_issues(4)[0])
        user.newsletter.override = lambda request: failure() if failure and request.headers["host"] == new else None
        if failure is None:
            other.close()
        assert (get_numbers(get_only_report(user.sync(source)).new), get_only_report(user.sync(source)).error) == (
            [480],
            None,
        )
        assert len(user.requests) == 1, "the failed address is not requested again"


def test_error_names_the_requested_host(user: SyncUser) -> None:
    elsewhere = "https://news.example/feed"

    def respond(url: str) -> Response:
        if urlsplit(url).hostname == "news.example":
            return Response(404, {}, b"", url)
        return Response(301, {"location": elsewhere}, b"", url)

    user.transport = FakeTransport(respond)
    user.trusted_endpoints = frozenset({"news.example"})
    assert user.sync(user.feed).errors == ("news.example has no feed at that URL (status 404). Check the URL.",)


# --- plain permalinks ------------------------------------------------------------------------------------------------


def plain_permalink_site(user: SyncUser) -> Callable[[Request], Reply | None]:
    """Return an override for WordPress with plain permalinks: all addresses are the front page with a query."""

    def override(request: Request) -> Reply | None:
        route = request.query.get("rest_route", "")
        query = {name: value for name, value in request.query.items() if name not in ("rest_route", "feed")}
        if request.path in ("/mirror/", "/mirror/index.php"):
            if route == "/wp/v2/posts":
                return user.newsletter.build_reply(replace(request, path=POSTS, query=query))
            if request.query.get("feed") == "rss2":
                return user.newsletter.build_reply(replace(request, path=PAGES, query=query))
            link = f'<{user.server.address}/mirror/index.php?rest_route=/>; rel="https://api.w.org/"'
            return Reply(b"<html></html>", headers={"Content-Type": "text/html", "Link": link})
        return Reply(b"<html><body>Not here</body></html>", status=404)

    return override


@pytest.mark.parametrize(
    "path", ["/mirror/", "/mirror/?rest_route=/wp/v2/posts", "/mirror/?rest_route=/wp/v2/posts&page=2"]
)
def test_site_with_plain_permalinks_is_read(user: SyncUser, path: str) -> None:
    user.newsletter.override = plain_permalink_site(user)
    report = user.sync(user.source_at(path), full=True)
    assert (report.new_count, report.errors) == (3, ())
    assert user.requests[-1].query["rest_route"] == "/wp/v2/posts"
    assert user.sync(user.source_at(path)).errors == ()
    assert len(user.requests) == 1


def test_mirror_may_have_plain_permalinks(user: SyncUser) -> None:
    user.newsletter.override = plain_permalink_site(user)
    assert user.sync(user.mirror, full=True).new_count == 3
    assert [request.path for request in user.requests] == [POSTS, "/mirror/"]


def test_plain_permalink_feed_is_tried_last(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(24, stories=1)) as user:
        plain = plain_permalink_site(user)

        def override(request: Request) -> Reply | None:
            if request.query.get("rest_route"):
                return build_rest_error(401, "rest_not_logged_in", "Sorry.")
            return plain(request)

        user.newsletter.override = override
        report = user.sync(user.mirror, full=True)
        assert (report.new_count, report.errors, report.needs_backfill) == (24, (), False)
        assert [request.query.get("paged") for request in user.requests][-3:] == ["2", "3", "4"]
        user.sync(user.mirror)
        assert [request.query.get("feed") for request in user.requests] == [None, None, "rss2"]


# --- WordPress.com ---------------------------------------------------------------------------------------------------

PUBLIC_API = "https://public-api.wordpress.com/wp/v2/sites/jack-clark.net/posts"


def wordpress_com_transport(user: SyncUser, urls: list[str]) -> FakeTransport:
    """Return a transport to the author's site without REST posts; WordPress.com has them."""

    def respond(url: str) -> Response | Exception:
        urls.append(url)
        parts = urlsplit(url)
        if not url.startswith(PUBLIC_API):
            return Response(404, {"content-type": "text/html"}, b"<html></html>", url)
        reply = user.newsletter.build_reply(Request("GET", POSTS, dict(parse_qsl(parts.query)), {}))
        headers = {name.lower(): value for name, value in reply.headers.items()}
        return Response(reply.status, headers, reply.body, url)

    return FakeTransport(respond)


def test_wordpress_com_site_is_read_by_public_api(user: SyncUser) -> None:
    urls: list[str] = []
    user.transport = wordpress_com_transport(user, urls)
    report = user.sync(MIRROR)
    assert (report.new_count, report.errors) == (3, ())
    assert [url.partition("?")[0] for url in urls] == [
        "https://jack-clark.net/wp-json/wp/v2/posts",
        "https://jack-clark.net/",
        PUBLIC_API,
    ]
    urls.clear()
    user.sync(MIRROR)
    assert [url.partition("?")[0] for url in urls] == [PUBLIC_API]


def test_feed_is_used_if_public_api_fails(user: SyncUser) -> None:
    urls: list[str] = []
    site = wordpress_com_transport(user, urls)

    def respond(url: str) -> Response | Exception:
        if url.startswith(PUBLIC_API):
            return OfflineError("nothing")
        if url == "https://jack-clark.net/feed/":
            feed = user.newsletter.build_reply(Request("GET", PAGES, {}, {}))
            return Response(200, {"content-type": "application/rss+xml"}, feed.body, url)
        return site._respond(url)

    user.transport = FakeTransport(respond)
    report = user.sync(MIRROR)
    assert (report.new_count, report.errors) == (3, ())


def test_public_api_is_not_used_for_other_sites(user: SyncUser) -> None:
    user.newsletter.override = lambda _: Reply(b"<html></html>", status=404)
    user.sync(user.mirror)
    assert all("public-api" not in str(request) for request in user.requests)


def test_json_refusal_leads_directly_to_feed(user: SyncUser) -> None:
    user.newsletter.is_rest_open = False
    user.sync(user.mirror)
    assert [request.path for request in user.requests] == [POSTS, PAGES]


def test_moved_address_stays_stored_while_offline(user: SyncUser) -> None:
    with Server(user.newsletter) as other:
        user.trusted_endpoints = frozenset({get_endpoint(other.address)})
        user.newsletter.override = redirect_to(user, other)
        user.sync(user.feed)
        user.transport = FakeTransport(lambda _: OfflineError("nothing"))
        user.sync(user.feed)
        with user.open_library() as library:
            note = json.loads(library.archive.get_source_note(f"source {user.feed.address}") or "")
        assert note["address"] == other.address + FEED
