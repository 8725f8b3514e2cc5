"""Replies for everything that can fail during a sync, for the server on loopback.

Malformed feeds have the newest issues of the fake newsletter, unless a test gives others.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import cycle

from tests.http.server import Reply
from tests.sync.fake_substack import FEED_HEADERS, build_substack_feed
from tests.sync.newsletter import FakeIssue, make_issues

_HTML = {"Content-Type": "text/html; charset=UTF-8"}
_JSON = {"Content-Type": "application/json; charset=UTF-8"}
_DOCTYPE = (
    b'<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
_NO_DATES = ("Yesterday, or so", "", "Mon, 99 Foo 20206 25:61:61 +9999", "0000-00-00 00:00:00")

# --- failures instead of a feed or posts ------------------------------------------------------------------------------


def challenge_403() -> Reply:
    """Return a challenge page of Cloudflare."""
    body = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Enable JavaScript</body></html>"
    return Reply(body, 403, {**_HTML, "Server": "cloudflare", "cf-mitigated": "challenge"}, gzipped=True)


def refused_403() -> Reply:
    """Return a plain refusal of the network."""
    body = b"<html><head><title>403 Forbidden</title></head><body>error code: 1020</body></html>"
    return Reply(body, 403, {**_HTML, "Server": "cloudflare"}, gzipped=True)


def too_many_requests(retry_after: str | None = None) -> Reply:
    """Return status 429 with an optional `Retry-After`: seconds or a date."""
    return Reply(b"Too Many Requests", 429, _HTML if retry_after is None else {**_HTML, "Retry-After": retry_after})


def too_many_requests_page() -> Reply:
    """Return "too many requests" as a page with status 200, as Substack does."""
    return Reply(b"<html><head></head><body><pre>Too Many Requests</pre></body></html>", headers=_HTML)


def server_error(status: int = 500) -> Reply:
    """Return an error page."""
    return Reply(b"<html><body><h1>There has been a critical error on this website.</h1></body></html>", status, _HTML)


def redirect(to: str, status: int = 301) -> Reply:
    """Return a redirect."""
    return Reply(status=status, headers={"Location": to})


def html_page(content_type: str = "text/html; charset=UTF-8") -> Reply:
    """Return the login page of a hotel network, in place of a feed or JSON."""
    body = b"\n<!DOCTYPE html><html><head><title>Welcome to our Wi-Fi</title></head><body><p>Room?</p></body></html>"
    return Reply(body, headers={"Content-Type": content_type}, gzipped=True)


def truncated_json() -> Reply:
    """Return a REST response whose JSON is cut off, although its length is right."""
    body = b'[{"id":3460,"date_gmt":"2026-11-09T13:37:40","title":{"rendered":"Import AI 480: Brid'
    return Reply(body, headers={**_JSON, "X-WP-Total": "1", "X-WP-TotalPages": "1"})


def empty_reply() -> Reply:
    """Return status 200 with an empty body."""
    return Reply(headers=FEED_HEADERS)


# --- malformed feeds --------------------------------------------------------------------------------------------------


def empty_feed() -> Reply:
    """Return a feed without issues."""
    return _make_reply(build_substack_feed(()))


def doctype_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """Return a feed with a document type and nested entities."""
    body = _build_body(issues).replace(b"?><rss", b"?>" + _DOCTYPE + b"<rss")
    return _make_reply(body.replace(b"<title><![CDATA[", b"<title>&c;<![CDATA["))


def bare_ampersand_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """Return a feed with unescaped `&` in titles, which is invalid XML."""
    return _make_reply(re.sub(rb"<item><title><!\[CDATA\[(.*?)\]\]>", rb"<item><title>\1 & more", _build_body(issues)))


def wrong_header_charset_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """Return a feed in UTF-8, as declared, with a header that says Latin-1."""
    return replace(
        _make_reply(_build_body(issues)),
        headers={**FEED_HEADERS, "Content-Type": "application/xml; charset=iso-8859-1"},
    )


def wrong_declared_charset_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """Return a feed in cp1252 whose header and declaration say UTF-8."""
    return _make_reply(_build_body(issues).decode().encode("cp1252"))


def duplicate_guid_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """Return a feed in which every item has the guid of the first."""
    body = _build_body(issues)
    guids = re.findall(rb'<guid isPermaLink="false">.*?</guid>', body)
    for guid in guids[1:]:
        body = body.replace(guid, guids[0])
    return _make_reply(body)


def repeated_item_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """Return a feed with the newest item twice."""
    return _make_reply(re.sub(rb"(<item>.*?</item>)", rb"\1\1", _build_body(issues), count=1, flags=re.DOTALL))


def garbage_dates_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """Return a feed with various invalid dates."""
    dates = cycle(_NO_DATES)
    return _make_reply(re.sub(rb"(?<=<pubDate>).*?(?=</pubDate>)", lambda _: next(dates).encode(), _build_body(issues)))


def paid_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """Return a feed whose newest item is a preview with Substack's link to the paid post."""
    newest, *older = issues or make_issues(3)
    tail = f'\n      <p>\n          <a href="{newest.url}">\n              Read more\n          </a>\n      </p>\n   '
    preview = newest.body[: newest.body.index("<p>***</p>")] + tail
    return _make_reply(build_substack_feed([replace(newest, body=preview), *older]))


def truncated_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """Return a feed that is cut off within an issue, although its length is right."""
    body = _build_body(issues)
    return _make_reply(body[: len(body) * 2 // 3])


# --- failures of the connection ---------------------------------------------------------------------------------------


def incomplete_reply(reply: Reply | None = None) -> Reply:
    """Return a reply, by default a feed, whose connection closes after two thirds."""
    reply_to_cut = reply or _make_reply(_build_body(()))
    return replace(reply_to_cut, gzipped=False, cut=len(reply_to_cut.body) * 2 // 3)


def slow_reply(pause: float = 0.02) -> Reply:
    """Return a feed that is sent byte by byte: no read times out, but the total takes too long."""
    return replace(_make_reply(_build_body(())), gzipped=False, drip=pause)


def silent_reply() -> Reply:
    """Return a reply that never sends a byte."""
    return Reply(silent=True)


def gzip_bomb() -> Reply:
    """Return 30 kB of gzip that expand to 32 MB and begin like a feed."""
    return Reply(_make_bomb(), headers={**FEED_HEADERS, "Content-Encoding": "gzip"})


@cache
def _make_bomb() -> bytes:
    return gzip.compress(b'<?xml version="1.0"?><rss version="2.0"><channel><title>' + b" " * 32_000_000, mtime=0)


def _make_reply(body: bytes) -> Reply:
    return Reply(body, headers=FEED_HEADERS, gzipped=True)


def _build_body(issues: Sequence[FakeIssue]) -> bytes:
    return build_substack_feed(issues or make_issues(3))
