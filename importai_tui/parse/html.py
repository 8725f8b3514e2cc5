"""HTML to lines: the body of a post, or a whole saved page, of which only the post is kept.

A whole saved page of either site: which element is the post, and what the page's head says of the issue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer
from lxml import etree

from importai_tui.errors import UnreadableInputError
from importai_tui.parse.html_walker import OPTIONAL_END_TAGS, VOID_TAGS, Element, HtmlWalker, find_first, get_classes
from importai_tui.parse.lines import Line, PageLines

_WHOLE_PAGE = re.compile(
    r"(?i)<(?:title|article)\b|<div[^<>]+class=[\"'][^\"'<>]*\b(?:entry-content|body markup|available-content)\b"
)
_HEAD_END = re.compile(r"(?i)</head\s*>|<body\b")
_POST_CLASSES = (frozenset(("entry-content",)), frozenset(("body", "markup")), frozenset(("available-content",)))
"""Classes of the element that holds the post: the mirror's, Substack's, and Substack's before its script has run."""


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """Title, date (YYYY-MM-DD) and address of an issue, as its page states them."""

    title: str | None
    date: str | None
    url: str | None


def is_whole_page(markup: str) -> bool:
    """Whether markup has more than the post in it: a page or a mail; what feeds and exports hold has not."""
    return _WHOLE_PAGE.search(markup) is not None


def find_post(root: Element) -> Element:
    """The element of a page's tree that holds the post; in an unknown layout the narrowest that surely does."""
    for wanted in _POST_CLASSES:
        for tag in root.iter("div"):
            if wanted.issubset(get_classes(tag)):
                return tag
    return next((found for name in ("article", "main", "body") if (found := find_first(root, name)) is not None), root)


def read_metadata(markup: str) -> PageMetadata:
    """What the head of a page says; the text of the page is not looked at."""
    end = _HEAD_END.search(markup)
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
    return PageMetadata(title or None, date if re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) else None, url or None)


MAX_TAGS = 10_000
"""A real page has at most a thousand (822 in the corpus); each costs up to 30 microseconds, however short it is."""
MAX_DEPTH = 200
"""Open elements at one point; the deepest page of the corpus has 13."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FLAT_TAGS = ("</", "<br", "<p>", "<p ", "<li>")
"""What most tags of a page begin with, and no depth comes from."""
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)([^<>]*)>")


def read_html(markup: str) -> PageLines:
    """The lines of a post. Raises UnreadableInput for markup that would take too long to read."""
    _check_size(markup)
    root = _parse_tree(markup)
    if not is_whole_page(markup):
        return PageLines(_walk_post(root))
    said = read_metadata(markup)
    post = find_post(root) if root is not None else None
    return PageLines(_walk_post(post), title=said.title, date=said.date or _find_time(root), url=said.url)


def _parse_tree(markup: str) -> Element | None:
    """The tree of lxml, None where there is nothing but comments.

    Making Beautiful Soup's tree from the same parse takes 25 times as long, and the walk needs nothing of it.
    """
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _walk_post(post: Element | None) -> tuple[Line, ...]:
    walk = HtmlWalker()
    if post is not None:
        walk.walk_children(post)
    walk.end_block()
    return tuple(walk.lines)


def _find_time(root: Element | None) -> str | None:
    """The day of the first `<time>` of a page whose head states none."""
    times = root.iter("time") if root is not None else ()
    return next((day for tag in times if _DAY.fullmatch(day := (tag.get("datetime") or "")[:10])), None)


def _check_size(markup: str) -> None:
    """Refuses bombs by a linear scan, before any tree is built."""
    tags = markup.count("<")
    if tags <= MAX_TAGS and tags - sum(map(markup.count, _FLAT_TAGS)) <= MAX_DEPTH:
        return  # not even with every element left open
    depth = 0
    for tags, match in enumerate(_TAG.finditer(markup), 1):
        closing, name = match[1], match[2].lower()
        if closing:
            depth -= name not in OPTIONAL_END_TAGS
        elif name not in VOID_TAGS and name not in OPTIONAL_END_TAGS and not match[3].endswith("/"):
            depth += 1
        if tags > MAX_TAGS or depth > MAX_DEPTH:
            what = f"more than {MAX_TAGS} tags" if tags > MAX_TAGS else f"elements nested more than {MAX_DEPTH} deep"
            raise UnreadableInputError(f"has {what}: no page of the newsletter is like that")
