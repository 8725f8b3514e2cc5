"""Reads HTML, the body of a post or a saved page, into lines. Only the post of a page is read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from importai_tui.errors import UnreadableInputError
from importai_tui.parse.elements import Element, find_first, get_classes
from importai_tui.parse.html_walker import OPTIONAL_END_TAGS, VOID_TAGS, HtmlWalker
from importai_tui.parse.lines import Line, PageLines

MAX_TAGS = 10_000
"""A real page has at most a thousand (822 in the corpus). Each takes up to 30 microseconds."""
MAX_DEPTH = 200
"""Open elements at one point. The deepest page of the corpus has 13."""
_FLAT_TAGS = ("</", "<br", "<p>", "<p ", "<li>")
"""The start of most tags of a page. They do not increase the depth."""
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)([^<>]*)>")
_WHOLE_PAGE = re.compile(
    r"(?i)<(?:title|article)\b|<div[^<>]+class=[\"'][^\"'<>]*\b(?:entry-content|body markup|available-content)\b"
)
_HEAD_END = re.compile(r"(?i)</head\s*>|<body\b")
_POST_CLASSES = (frozenset(("entry-content",)), frozenset(("body", "markup")), frozenset(("available-content",)))
"""Classes of the element with the post: the mirror's, Substack's, and Substack's before its script has run."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class _PageMetadata:
    """Title, date (YYYY-MM-DD) and URL of an issue, as its page states them."""

    title: str | None
    date: str | None
    url: str | None


def read_html(markup: str) -> PageLines:
    """Read the lines of a post.

    Raises:
        UnreadableInputError: the markup would take too long to parse.
    """
    root = parse_tree(markup)
    if not _is_whole_page(markup):
        return PageLines(_walk_post(root))
    metadata = _read_metadata(markup)
    post = _find_post(root) if root is not None else None
    return PageLines(_walk_post(post), title=metadata.title, date=metadata.date or _find_time(root), url=metadata.url)


def _is_whole_page(markup: str) -> bool:
    """Return True for a page or a mail. Feeds and exports contain only the post."""
    return _WHOLE_PAGE.search(markup) is not None


def _find_post(root: Element) -> Element:
    """Return the element with the post; in an unknown layout the smallest element that surely includes it."""
    for wanted in _POST_CLASSES:
        for tag in root.iter("div"):
            if wanted.issubset(get_classes(tag)):
                return tag
    return next((found for name in ("article", "main", "body") if (found := find_first(root, name)) is not None), root)


def _read_metadata(markup: str) -> _PageMetadata:
    """Read title, date and URL from the head of a page."""
    from bs4 import BeautifulSoup, Tag  # here, because fragments do not need it
    from bs4.filter import SoupStrainer

    end = _HEAD_END.search(markup)
    # Without `<html>` Beautiful Soup would warn on standard error of markup that looks like no page.
    head = BeautifulSoup(
        "<html>" + markup[: end.start() if end else len(markup)],
        "lxml",
        parse_only=SoupStrainer(["title", "meta", "link"]),
    )
    properties = {
        str(tag.get("property") or tag.get("name")): str(tag.get("content") or "") for tag in head.find_all("meta")
    }
    name = head.find("title")
    title = properties.get("og:title") or (name.get_text() if name else "")
    before, bar, after = title.rpartition("|")
    title = (before if bar and after.strip() == "Import AI" else title).strip()
    canonical = head.find("link", rel="canonical")
    url = properties.get("og:url") or (str(canonical.get("href")) if isinstance(canonical, Tag) else "")
    date = properties.get("article:published_time", "")[:10]
    return _PageMetadata(title or None, date if _DAY.fullmatch(date) else None, url or None)


def parse_tree(markup: str) -> Element | None:
    """Parse markup with lxml. Return None if it has only comments.

    Beautiful Soup would take 25 times as long for a tree that the walker does not need.

    Raises:
        UnreadableInputError: the markup has too many or too deep tags.
    """
    _check_size(markup)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _walk_post(post: Element | None) -> tuple[Line, ...]:
    walker = HtmlWalker()
    if post is not None:
        walker.walk_children(post)
    walker.end_block()
    return tuple(walker.lines)


def _find_time(root: Element | None) -> str | None:
    """Return the day of the first `<time>` of a page, for a page whose head states none."""
    times = root.iter("time") if root is not None else ()
    return next((day for tag in times if _DAY.fullmatch(day := (tag.get("datetime") or "")[:10])), None)


def _check_size(markup: str) -> None:
    """Refuse too many or too deep tags in linear time, before a tree is built."""
    tags = markup.count("<")
    if tags <= MAX_TAGS and tags - sum(map(markup.count, _FLAT_TAGS)) <= MAX_DEPTH:
        return  # within the limits even if every element is open
    depth = 0
    for tags, match in enumerate(_TAG.finditer(markup), 1):
        closing, name = match[1], match[2].lower()
        if closing:
            depth -= name not in OPTIONAL_END_TAGS
        elif name not in VOID_TAGS and name not in OPTIONAL_END_TAGS and not match[3].endswith("/"):
            depth += 1
        if tags > MAX_TAGS or depth > MAX_DEPTH:
            problem = f"more than {MAX_TAGS} tags" if tags > MAX_TAGS else f"elements nested more than {MAX_DEPTH} deep"
            raise UnreadableInputError(f"too complex for an issue ({problem})")
