"""JSON Feeds: each item with a body becomes a document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from importai_tui.parse.containers import read_documents, read_json_feed
from importai_tui.parse.formats import Document
from importai_tui.parse.pipeline import parse_issues

BODY = (
    "<p>Welcome to Import AI, a newsletter about AI research. Please subscribe.</p><p><strong>Robots count rivers:"
    "<br /></strong><em>…Slow water…<br /></em>Somebody taught robots to count 625 rivers. It went well.<br />"
    '<strong>Read more:</strong> <a href="https://arxiv.org/abs/2501.10625">Counting Rivers</a> (arXiv).</p>'
)


def feed(*items: object, version: str = "1.1") -> bytes:
    """Return a JSON Feed with these items."""
    return json.dumps(
        {"version": f"https://jsonfeed.org/version/{version}", "title": "Import AI", "items": items}
    ).encode()


def item(**fields: Any) -> dict[str, Any]:
    """Return an item; `fields` replace the defaults."""
    usual = {"id": "1", "url": "https://example.org/p/import-ai-625", "title": "Import AI 625: JSON Feed"}
    return {**usual, "date_published": "2026-01-05T08:00:00Z", "content_html": BODY, **fields}


def read(**fields: Any) -> Document:
    """Return the document of an item."""
    documents = read_json_feed(feed(item(**fields)))
    assert documents is not None
    (found,) = documents
    return found


@pytest.mark.parametrize("version", ["1", "1.0", "1.1"])
def test_item_is_an_issue(version: str) -> None:
    (page,) = parse_issues(feed(item(), version=version))
    assert page.report
    issue = page.report.issue
    assert (issue.number, issue.title, issue.date) == (625, "Import AI 625: JSON Feed", "2026-01-05")
    assert issue.url == "https://example.org/p/import-ai-625"
    assert [story.headline for story in issue.stories] == ["Robots count rivers"]


def test_feed_with_escaped_slashes_is_read() -> None:
    assert len(read_json_feed(feed(item()).replace(b"/", b"\\/")) or ()) == 1


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2026-01-05T23:30:00-08:00", "2026-01-06"),
        ("2026-01-05T08:00:00.123Z", "2026-01-05"),
        ("2026-01-05", "2026-01-05"),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
        (None, None),
        (7, None),
    ],
)
def test_day_is_in_utc(time: object, day: str | None) -> None:
    assert read(date_published=time).date == day


def test_plain_text_is_the_fallback_for_html() -> None:
    assert read(content_html=None, content_text="Rivers").data == b"Rivers"


def test_invalid_url_is_ignored() -> None:
    assert read(url="javascript:alert(1)", id="tag:1").url is None
    assert read(url=None, id="https://example.org/1").url == "https://example.org/1"


@pytest.mark.parametrize("odd", [None, 7, "text", [], {}, item(content_html=9), item(content_html="\ud83d", title=[])])
def test_incomplete_item_is_skipped_or_read_in_part(odd: object) -> None:
    assert read_json_feed(feed(odd, item()))[-1].title == "Import AI 625: JSON Feed"  # type: ignore[index]


@pytest.mark.parametrize(
    "data",
    [b"{", b"[" * 100_000 + b"jsonfeed.org", b'{"version": "https://jsonfeed.org/version/1"}', b'{"items": []}', b"[]"],
)
def test_other_json_is_no_json_feed(data: bytes) -> None:
    assert read_json_feed(data) is None


def test_empty_feed_has_no_documents() -> None:
    assert read_json_feed(feed()) == []
    assert list(read_documents(feed())) == []
