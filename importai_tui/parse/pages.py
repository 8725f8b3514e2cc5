"""A whole saved page of either site: which element is the post, and what the page's head says of the issue."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer

from importai_tui.parse.widgets import Element, classes_of, first

_WHOLE_PAGE = re.compile(
    r"(?i)<(?:title|article)\b|<div[^<>]+class=[\"'][^\"'<>]*\b(?:entry-content|body markup|available-content)\b"
)
_HEAD_ENDS = re.compile(r"(?i)</head\s*>|<body\b")
_POSTS = (frozenset(("entry-content",)), frozenset(("body", "markup")), frozenset(("available-content",)))
"""Classes of the element that holds the post: the mirror's, Substack's, and Substack's before its script has run."""


@dataclass(frozen=True, slots=True)
class Statements:
    """Title, date (YYYY-MM-DD) and address of an issue, as its page states them."""

    title: str | None
    date: str | None
    url: str | None


def is_whole_page(markup: str) -> bool:
    """Whether markup has more than the post in it: a page or a mail; what feeds and exports hold has not."""
    return _WHOLE_PAGE.search(markup) is not None


def post_of(root: Element) -> Element:
    """The element of a page's tree that holds the post; in an unknown layout the narrowest that surely does."""
    for wanted in _POSTS:
        for tag in root.iter("div"):
            if wanted.issubset(classes_of(tag)):
                return tag
    return next((found for name in ("article", "main", "body") if (found := first(root, name)) is not None), root)


def statements_of(markup: str) -> Statements:
    """What the head of a page says; the text of the page is not looked at."""
    end = _HEAD_ENDS.search(markup)
    # A page of its own, whatever it began with: Beautiful Soup warns, on standard error, of what looks like none.
    head = BeautifulSoup(
        "<html>" + markup[: end.start() if end else len(markup)],
        "lxml",
        parse_only=SoupStrainer(["title", "meta", "link"]),
    )
    said = {str(tag.get("property") or tag.get("name")): str(tag.get("content") or "") for tag in head.find_all("meta")}
    name = head.find("title")
    title = said.get("og:title") or (name.get_text() if name else "")
    before, bar, behind = title.rpartition("|")
    title = (before if bar and behind.strip() == "Import AI" else title).strip()
    canonical = head.find("link", rel="canonical")
    url = said.get("og:url") or (str(canonical.get("href")) if isinstance(canonical, Tag) else "")
    date = said.get("article:published_time", "")[:10]
    return Statements(title or None, date if re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) else None, url or None)
