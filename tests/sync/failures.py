"""What goes wrong on the way to an issue, each as a reply to play on the loopback server.

Those of a feed are played on the newest issues of the made-up newsletter, unless a test brings others.
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

# --- instead of an answer --------------------------------------------------------------------------------------------


def challenge_403() -> Reply:
    """Cloudflare's riddle for browsers."""
    body = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Enable JavaScript</body></html>"
    return Reply(body, 403, {**_HTML, "Server": "cloudflare", "cf-mitigated": "challenge"}, gzipped=True)


def refused_403() -> Reply:
    """The network that asks is not wanted, and nothing is offered."""
    body = b"<html><head><title>403 Forbidden</title></head><body>error code: 1020</body></html>"
    return Reply(body, 403, {**_HTML, "Server": "cloudflare"}, gzipped=True)


def too_many_requests(retry_after: str | None = None) -> Reply:
    """429, with seconds, a date or nothing to say when to come back."""
    return Reply(b"Too Many Requests", 429, _HTML if retry_after is None else {**_HTML, "Retry-After": retry_after})


def too_many_requests_page() -> Reply:
    """The same as a page, under the status of success."""
    return Reply(b"<html><head></head><body><pre>Too Many Requests</pre></body></html>", headers=_HTML)


def server_error(status: int = 500) -> Reply:
    """The site is broken, or has too few workers."""
    return Reply(b"<html><body><h1>There has been a critical error on this website.</h1></body></html>", status, _HTML)


def redirect(to: str, status: int = 301) -> Reply:
    """Somewhere else."""
    return Reply(status=status, headers={"Location": to})


def html_page(content_type: str = "text/html; charset=UTF-8") -> Reply:
    """A page of the hotel's network where a feed or JSON should be; it may lie about its type."""
    body = b"\n<!DOCTYPE html><html><head><title>Welcome to our Wi-Fi</title></head><body><p>Room?</p></body></html>"
    return Reply(body, headers={"Content-Type": content_type}, gzipped=True)


def truncated_json() -> Reply:
    """A REST answer that ends in the middle, though all of it has arrived."""
    body = b'[{"id":3460,"date_gmt":"2026-11-09T13:37:40","title":{"rendered":"Import AI 480: Brid'
    return Reply(body, headers={**_JSON, "X-WP-Total": "1", "X-WP-TotalPages": "1"})


def empty_reply() -> Reply:
    """Success, and not one byte."""
    return Reply(headers=FEED_HEADERS)


# --- feeds that are not in order -------------------------------------------------------------------------------------


def empty_feed() -> Reply:
    """A feed without issues."""
    return _feed(build_substack_feed(()))


def doctype_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """A feed that declares a document type, and in it entities that unfold."""
    body = _body(issues).replace(b"?><rss", b"?>" + _DOCTYPE + b"<rss")
    return _feed(body.replace(b"<title><![CDATA[", b"<title>&c;<![CDATA["))


def bare_ampersand_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """Titles with an `&` that nothing protects: no XML, though every reader sees what is meant."""
    return _feed(re.sub(rb"<item><title><!\[CDATA\[(.*?)\]\]>", rb"<item><title>\1 & more", _body(issues)))


def wrong_header_charset_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """UTF-8, as its first line declares, under a header that says Latin-1."""
    return replace(
        _feed(_body(issues)), headers={**FEED_HEADERS, "Content-Type": "application/xml; charset=iso-8859-1"}
    )


def wrong_declared_charset_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """Header and declaration say UTF-8, the bytes are those of an old Windows (cp1252)."""
    return _feed(_body(issues).decode().encode("cp1252"))


def duplicate_guid_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """Every item has the guid of the first."""
    body = _body(issues)
    guids = re.findall(rb'<guid isPermaLink="false">.*?</guid>', body)
    for guid in guids[1:]:
        body = body.replace(guid, guids[0])
    return _feed(body)


def repeated_item_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """The newest item stands there twice."""
    return _feed(re.sub(rb"(<item>.*?</item>)", rb"\1\1", _body(issues), count=1, flags=re.DOTALL))


def garbage_dates_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """No item says when it was published, each in another way."""
    dates = cycle(_NO_DATES)
    return _feed(re.sub(rb"(?<=<pubDate>).*?(?=</pubDate>)", lambda _: next(dates).encode(), _body(issues)))


def paid_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """The newest item is a preview: it ends in the link that Substack puts there for those who have not paid."""
    newest, *older = issues or make_issues(3)
    tail = f'\n      <p>\n          <a href="{newest.url}">\n              Read more\n          </a>\n      </p>\n   '
    preview = newest.body[: newest.body.index("<p>***</p>")] + tail
    return _feed(build_substack_feed([replace(newest, body=preview), *older]))


def truncated_feed(issues: Sequence[FakeIssue] = ()) -> Reply:
    """A feed that ends in the middle of an issue, though all that was promised has arrived."""
    body = _body(issues)
    return _feed(body[: len(body) * 2 // 3])


# --- the way itself --------------------------------------------------------------------------------------------------


def incomplete_reply(reply: Reply | None = None) -> Reply:
    """An answer (a feed unless another is brought) whose connection ends after two thirds of it."""
    whole = reply or _feed(_body(()))
    return replace(whole, gzipped=False, cut=len(whole.body) * 2 // 3)


def slow_reply(pause: float = 0.02) -> Reply:
    """A feed a byte at a time: each comes soon enough, all of them never."""
    return replace(_feed(_body(())), gzipped=False, drip=pause)


def silent_reply() -> Reply:
    """The request is taken and nothing follows."""
    return Reply(silent=True)


def gzip_bomb() -> Reply:
    """32 MB that begin as a feed does, in some 30 kB."""
    return Reply(_bomb(), headers={**FEED_HEADERS, "Content-Encoding": "gzip"})


@cache
def _bomb() -> bytes:
    return gzip.compress(b'<?xml version="1.0"?><rss version="2.0"><channel><title>' + b" " * 32_000_000, mtime=0)


def _feed(body: bytes) -> Reply:
    return Reply(body, headers=FEED_HEADERS, gzipped=True)


def _body(issues: Sequence[FakeIssue]) -> bytes:
    return build_substack_feed(issues or make_issues(3))
