"""Where a source is asked: addresses that were remembered and fail, plain permalinks, WordPress.com."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from importai_tui.errors import Offline
from importai_tui.http.addresses import endpoint
from importai_tui.http.responses import Response
from importai_tui.sync.sources import MIRROR
from tests.http.clients import FakeTransport
from tests.http.server import Reply, Request, Server
from tests.sync import failures
from tests.sync.fake_wordpress import rest_error
from tests.sync.syncing import FEED, PAGES, POSTS, Play, Reader, made_issues, numbers, only, reading


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with reading(tmp_path, made_issues(4)[1:]) as reader:
        yield reader


FAILURES: list[Play] = [
    lambda: Reply(b"<html></html>", status=404),
    lambda: Reply(status=410),
    failures.refused_403,
    failures.server_error,
    failures.html_instead,
    failures.truncated,
]


def moved_away(reader: Reader, other: Server) -> Callable[[Request], Reply | None]:
    """The old server sends everybody to the other one, for good."""
    old = reader.server.address.removeprefix("http://")

    def before(request: Request) -> Reply | None:
        if request.headers["host"] != old:
            return None
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        return failures.moved(f"{other.address}{request.path}{'?' if query else ''}{query}")

    return before


@pytest.mark.parametrize("failure", [*FAILURES, None])
@pytest.mark.parametrize("name", ["feed", "mirror"])
def test_a_move_that_fails_is_forgotten_and_the_old_place_asked(
    reader: Reader, failure: Play | None, name: str
) -> None:
    source = getattr(reader, name)
    with Server(reader.newsletter) as other:
        reader.trusted = frozenset({endpoint(other.address)})
        reader.newsletter.before = moved_away(reader, other)
        reader.sync(source)
        new = other.address.removeprefix("http://")
        reader.newsletter.publish(made_issues(4)[0])
        reader.newsletter.before = lambda request: failure() if failure and request.headers["host"] == new else None
        if failure is None:
            other.close()
        assert (numbers(only(reader.sync(source)).new), only(reader.sync(source)).error) == ([480], None)
        assert len(reader.requests) == 1, "the failed address is asked no more"


def test_the_host_that_was_asked_is_named(reader: Reader) -> None:
    elsewhere = "https://news.example/feed"

    def answers(url: str) -> Response:
        if urlsplit(url).hostname == "news.example":
            return Response(404, {}, b"", url)
        return Response(301, {"location": elsewhere}, b"", url)

    reader.transport = FakeTransport(answers)
    reader.trusted = frozenset({"news.example"})
    assert reader.sync(reader.feed).errors == ("news.example has no feed there (status 404). Check the address.",)


# --- plain permalinks ------------------------------------------------------------------------------------------------


def plain_site(reader: Reader) -> Callable[[Request], Reply | None]:
    """WordPress with plain permalinks: everything is the front page with a query; other paths are not there."""

    def before(request: Request) -> Reply | None:
        route = request.query.get("rest_route", "")
        query = {name: value for name, value in request.query.items() if name not in ("rest_route", "feed")}
        if request.path in ("/mirror/", "/mirror/index.php"):
            if route == "/wp/v2/posts":
                return reader.newsletter._answer(replace(request, path=POSTS, query=query))
            if request.query.get("feed") == "rss2":
                return reader.newsletter._answer(replace(request, path=PAGES, query=query))
            link = f'<{reader.server.address}/mirror/index.php?rest_route=/>; rel="https://api.w.org/"'
            return Reply(b"<html></html>", headers={"Content-Type": "text/html", "Link": link})
        return Reply(b"<html><body>Not here</body></html>", status=404)

    return before


@pytest.mark.parametrize(
    "path", ["/mirror/", "/mirror/?rest_route=/wp/v2/posts", "/mirror/?rest_route=/wp/v2/posts&page=2"]
)
def test_a_site_with_plain_permalinks_is_read_by_its_route(reader: Reader, path: str) -> None:
    reader.newsletter.before = plain_site(reader)
    report = reader.sync(reader.at(path), full=True)
    assert (report.new, report.errors) == (3, ())
    assert reader.requests[-1].query["rest_route"] == "/wp/v2/posts"
    assert reader.sync(reader.at(path)).errors == ()
    assert len(reader.requests) == 1


def test_the_mirror_may_have_plain_permalinks(reader: Reader) -> None:
    reader.newsletter.before = plain_site(reader)
    assert reader.sync(reader.mirror, full=True).new == 3
    assert [request.path for request in reader.requests] == [POSTS, "/mirror/"]


def test_the_feed_of_plain_permalinks_is_the_last_resort(tmp_path: Path) -> None:
    with reading(tmp_path, made_issues(24, stories=1)) as reader:
        plain = plain_site(reader)

        def before(request: Request) -> Reply | None:
            if request.query.get("rest_route"):
                return rest_error(401, "rest_not_logged_in", "Sorry.")
            return plain(request)

        reader.newsletter.before = before
        report = reader.sync(reader.mirror, full=True)
        assert (report.new, report.errors, report.more) == (24, (), False)
        assert [request.query.get("paged") for request in reader.requests][-3:] == ["2", "3", "4"]
        reader.sync(reader.mirror)
        assert [request.query.get("feed") for request in reader.requests] == [None, None, "rss2"]


# --- WordPress.com ---------------------------------------------------------------------------------------------------

PUBLIC = "https://public-api.wordpress.com/wp/v2/sites/jack-clark.net/posts"


def on_wordpress_com(reader: Reader, asked: list[str]) -> FakeTransport:
    """The author's site without posts of its own; WordPress.com has them."""

    def answers(url: str) -> Response | Exception:
        asked.append(url)
        parts = urlsplit(url)
        if not url.startswith(PUBLIC):
            return Response(404, {"content-type": "text/html"}, b"<html></html>", url)
        reply = reader.newsletter._answer(Request("GET", POSTS, dict(parse_qsl(parts.query)), {}))
        headers = {name.lower(): value for name, value in reply.headers.items()}
        return Response(reply.status, headers, reply.body, url)

    return FakeTransport(answers)


def test_a_site_of_wordpress_com_is_read_by_its_public_api(reader: Reader) -> None:
    asked: list[str] = []
    reader.transport = on_wordpress_com(reader, asked)
    report = reader.sync(MIRROR)
    assert (report.new, report.errors) == (3, ())
    assert [url.partition("?")[0] for url in asked] == [
        "https://jack-clark.net/wp-json/wp/v2/posts",
        "https://jack-clark.net/",
        PUBLIC,
    ]
    asked.clear()
    reader.sync(MIRROR)
    assert [url.partition("?")[0] for url in asked] == [PUBLIC]


def test_a_public_api_that_is_busy_leaves_the_feed(reader: Reader) -> None:
    asked: list[str] = []
    site = on_wordpress_com(reader, asked)

    def answers(url: str) -> Response | Exception:
        if url.startswith(PUBLIC):
            return Offline("nothing")
        if url == "https://jack-clark.net/feed/":
            feed = reader.newsletter._answer(Request("GET", PAGES, {}, {}))
            return Response(200, {"content-type": "application/rss+xml"}, feed.body, url)
        return site._respond(url)

    reader.transport = FakeTransport(answers)
    report = reader.sync(MIRROR)
    assert (report.new, report.errors) == (3, ())


def test_the_public_api_is_asked_for_no_other_site(reader: Reader) -> None:
    reader.newsletter.before = lambda _: Reply(b"<html></html>", status=404)
    reader.sync(reader.mirror)
    assert all("public-api" not in str(request) for request in reader.requests)


def test_a_json_refusal_is_no_reason_to_look_elsewhere(reader: Reader) -> None:
    reader.newsletter.rest_open = False
    reader.sync(reader.mirror)
    assert [request.path for request in reader.requests] == [POSTS, PAGES]


def test_no_network_forgets_nothing(reader: Reader) -> None:
    with Server(reader.newsletter) as other:
        reader.trusted = frozenset({endpoint(other.address)})
        reader.newsletter.before = moved_away(reader, other)
        reader.sync(reader.feed)
        reader.transport = FakeTransport(lambda _: Offline("nothing"))
        reader.sync(reader.feed)
        with reader.library() as library:
            note = json.loads(library.archive.source_note(f"source {reader.feed.address}") or "")
        assert note["address"] == other.address + FEED
