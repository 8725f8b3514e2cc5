"""Feed of the fake newsletter as Substack writes it: the twenty newest issues on one line, all text in CDATA."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from tests.http.server import Reply, Request
from tests.sync.newsletter import FakeIssue

FEED_SIZE = 20
ADDRESS = "https://importai.substack.com"

FEED_HEADERS = {
    "Content-Type": "application/xml; charset=utf-8",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
    "CF-Cache-Status": "HIT",
    "Age": "349",
    "Server": "cloudflare",
    "X-Powered-By": "Express",
    "X-Cluster": "substack",
    "X-Served-By": "Substack",
    "X-Sub": "importai",
    "Set-Cookie": "ab_testing_id=made-up; Path=/; HttpOnly",
}

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom" version="2.0" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:googleplay="http://www.google.com/schemas/play-'
    'podcasts/1.0"><channel>'
)


def build_substack_feed(issues: Sequence[FakeIssue]) -> bytes:
    """Build the feed of the newest of these issues."""
    newest = sorted(issues, key=lambda issue: issue.published, reverse=True)[:FEED_SIZE]
    built = format_rfc_822(newest[0].published) if newest else "Mon, 09 Nov 2026 13:31:40 GMT"
    return f"{_HEAD}{_build_channel(built)}{''.join(map(_build_item, newest))}</channel></rss>".encode()


def build_substack_reply(request: Request, issues: Sequence[FakeIssue], *, etag: bool) -> Reply:
    """Build the reply: the feed, or 304 for a matching ETag. Substack sends a weak ETag and no Last-Modified."""
    body = build_substack_feed(issues)
    if not etag:
        return Reply(body, headers=FEED_HEADERS, gzipped=True)
    tag = f'W/"{hashlib.md5(body).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return Reply(status=304, headers={"ETag": tag, "Cache-Control": "no-cache"})
    return Reply(body, headers={**FEED_HEADERS, "ETag": tag}, gzipped=True)


def wrap_cdata(text: str) -> str:
    """Wrap a text in CDATA."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def format_rfc_822(time: datetime) -> str:
    """Format a time for feeds and headers."""
    return format_datetime(time, usegmt=True)


def _build_channel(built: str) -> str:
    name = wrap_cdata("Import AI")
    return (
        f"<title>{name}</title><description>{wrap_cdata('Made up, once a week.')}</description><link>{ADDRESS}</link>"
        f"<image><url>{ADDRESS}/img/substack.png</url><title>Import AI</title><link>{ADDRESS}</link></image>"
        f"<generator>Substack</generator><lastBuildDate>{built}</lastBuildDate>"
        f'<atom:link href="{ADDRESS}/feed" rel="self" type="application/rss+xml"/>'
        f"<copyright>{wrap_cdata('Nobody')}</copyright><language>{wrap_cdata('en')}</language>"
        f"<webMaster>{wrap_cdata('importai@example.org')}</webMaster>"
        f"<itunes:owner><itunes:email>{wrap_cdata('importai@example.org')}</itunes:email><itunes:name>{name}</itunes:name>"
        f"</itunes:owner><itunes:author>{name}</itunes:author><itunes:block>{wrap_cdata('Yes')}</itunes:block>"
    )


def _build_item(issue: FakeIssue) -> str:
    """Build an item. Its guid is the link, and it has no time of an edit."""
    # Every third post has no cover picture.
    cover = f'<enclosure url="https://substackcdn.com/image/{issue.post_id}.jpg" length="0" type="image/jpeg"/>'
    return (
        f"<item><title>{wrap_cdata(issue.title)}</title>"
        f"<description>{wrap_cdata('Who counts the counters?')}</description>"
        f'<link>{issue.url}</link><guid isPermaLink="false">{issue.url}</guid>'
        f"<dc:creator>{wrap_cdata('Nobody')}</dc:creator><pubDate>{format_rfc_822(issue.published)}</pubDate>"
        f"{cover if issue.post_id % 3 else ''}<content:encoded>{wrap_cdata(issue.body)}</content:encoded></item>"
    )
