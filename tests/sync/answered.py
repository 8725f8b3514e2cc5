"""How tests ask the made-up newsletter without a network, and read what it answers."""

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
    """What the newsletter answers to one GET."""
    texts = {name: str(value) for name, value in query.items()}
    return newsletter(Request("GET", path, texts, dict(headers or {})))


def parse_entries(reply: Reply) -> list[Any]:
    """The items of a feed that is in order, as feedparser gives them."""
    read = feedparser.parse(reply.body, sanitize_html=False)
    assert not read.bozo
    return list(read.entries)


def parse_reply(reply: Reply) -> list[Issue]:
    """What the parser makes of an answer."""
    found = [page.report for page in parse_issues(reply.body)]
    return [understanding.issue for understanding in found if understanding]
