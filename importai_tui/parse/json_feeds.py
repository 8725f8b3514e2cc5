"""Reads JSON Feeds: each item becomes a document.

https://www.jsonfeed.org/version/1.1/, and 1.0, which has the same fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeGuard

from importai_tui.parse.document import MOST_PAGES, Document

_LONGEST_TITLE = 2_000
_MANY_BRACKETS, _BYTES_PER_BRACKET = 20_000, 25
"""JSON with more objects and lists than this must have this many bytes for each on average, because each takes up to
230 bytes of memory. A page of posts has some hundred, with 40,000 bytes for each post."""


def read_json(data: bytes) -> Any:
    """Read JSON from outside.

    Raises:
        ValueError: the bytes are no JSON, or hold little but brackets.
        RecursionError: the JSON is nested too deeply.
    """
    brackets = data.count(b"{") + data.count(b"[")
    if brackets > _MANY_BRACKETS and brackets * _BYTES_PER_BRACKET > len(data):
        raise ValueError("there are more objects than text")
    return json.loads(data)


def documents_of_json_feed(data: bytes) -> list[Document] | None:
    """The items of a JSON Feed that have a body; None if the bytes are no JSON Feed."""
    if b"jsonfeed.org" not in data:
        return None
    try:
        feed = read_json(data)
    except (ValueError, RecursionError):
        return None
    return list(documents_of_items(feed)) if is_feed_object(feed) else None


def is_feed_object(read: object) -> TypeGuard[dict[str, Any]]:
    """True if decoded JSON is a JSON Feed."""
    if not isinstance(read, dict) or not isinstance(read.get("items"), list):
        return False
    return "jsonfeed.org/version" in str(read.get("version", ""))


def documents_of_items(feed: dict[str, Any]) -> Iterator[Document]:
    """The items of a decoded JSON Feed that have a body."""
    for number, item in enumerate(feed["items"][:MOST_PAGES], 1):
        if isinstance(item, dict) and (page := _of_item(item, number)):
            yield page


def _of_item(item: dict[str, Any], number: int) -> Document | None:
    body = _first(item, "content_html", "content_text", "summary")
    if not body:
        return None
    addresses = (item.get(name) for name in ("url", "external_url", "id"))
    return Document(
        body.encode("utf-8", "replace"),
        f"item {number}",
        title=" ".join(_first(item, "title")[:_LONGEST_TITLE].split()) or None,
        date=_utc_day(_first(item, "date_published", "date_modified")),
        url=next((url for url in addresses if isinstance(url, str) and url.startswith(("http://", "https://"))), None),
    )


def _first(item: dict[str, Any], *names: str) -> str:
    """The first of these fields that has a text."""
    values = (item.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


def _utc_day(time: str) -> str | None:
    """The day in UTC of a time as RFC 3339 writes it."""
    try:
        found = datetime.fromisoformat(time.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        return None
