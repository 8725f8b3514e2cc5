"""Sends requests to the fake newsletter without a network, and parses its replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import feedparser

from importai_tui.model import Issue
from importai_tui.parse.pipeline import parse_issues
from tests.http.server import Reply, Request
from tests.sync.fake_sites import FakeNewsletter

POSTS = "/mirror/wp-json/wp/v2/posts"
FEED = "/mirror/feed/"


def get_reply(
    newsletter: FakeNewsletter, path: str, headers: Mapping[str, str] | None = None, /, **query: object
) -> Reply:
    """Return the reply of the newsletter to one GET request."""
    texts = {name: str(value) for name, value in query.items()}
    return newsletter(Request("GET", path, texts, dict(headers or {})))


def parse_entries(reply: Reply) -> list[Any]:
    """Parse the items of a valid feed with feedparser."""
    read = feedparser.parse(reply.body, sanitize_html=False)
    assert not read.bozo
    return list(read.entries)


def parse_reply(reply: Reply) -> list[Issue]:
    """Parse the issues of a reply."""
    found = [page.report for page in parse_issues(reply.body)]
    return [understanding.issue for understanding in found if understanding]
