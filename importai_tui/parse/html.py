"""HTML to lines: the body of a post, or a whole saved page, of which only the post is kept."""

from __future__ import annotations

import re

from lxml import etree

from importai_tui.errors import UnreadableInput
from importai_tui.parse.lines import Line, Page
from importai_tui.parse.pages import is_whole_page, post_of, statements_of
from importai_tui.parse.tags import LEFT_OPEN, VOID
from importai_tui.parse.walk import Walk
from importai_tui.parse.widgets import Element

MOST_TAGS = 10_000
"""A real page has at most a thousand (822 in the corpus); each costs up to 30 microseconds, however short it is."""
DEEPEST = 200
"""Open elements at one point; the deepest page of the corpus has 13."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NO_DEPTH = ("</", "<br", "<p>", "<p ", "<li>")
"""What most tags of a page begin with, and no depth comes from."""
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)([^<>]*)>")


def read_html(markup: str) -> Page:
    """The lines of a post. Raises UnreadableInput for markup that would take too long to read."""
    _measure(markup)
    root = _tree(markup)
    if not is_whole_page(markup):
        return Page(_lines(root))
    said = statements_of(markup)
    post = post_of(root) if root is not None else None
    return Page(_lines(post), title=said.title, date=said.date or _stated_time(root), url=said.url)


def _tree(markup: str) -> Element | None:
    """The tree of lxml, None where there is nothing but comments.

    Making Beautiful Soup's tree from the same parse takes 25 times as long, and the walk needs nothing of it.
    """
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _lines(post: Element | None) -> tuple[Line, ...]:
    walk = Walk()
    if post is not None:
        walk.children(post)
    walk.end()
    return tuple(walk.lines)


def _stated_time(root: Element | None) -> str | None:
    """The day of the first `<time>` of a page whose head states none."""
    times = root.iter("time") if root is not None else ()
    return next((day for tag in times if _DAY.fullmatch(day := (tag.get("datetime") or "")[:10])), None)


def _measure(markup: str) -> None:
    """Refuses bombs by a linear scan, before any tree is built."""
    tags = markup.count("<")
    if tags <= MOST_TAGS and tags - sum(map(markup.count, _NO_DEPTH)) <= DEEPEST:
        return  # not even with every element left open
    depth = 0
    for tags, match in enumerate(_TAG.finditer(markup), 1):
        closing, name = match[1], match[2].lower()
        if closing:
            depth -= name not in LEFT_OPEN
        elif name not in VOID and name not in LEFT_OPEN and not match[3].endswith("/"):
            depth += 1
        if tags > MOST_TAGS or depth > DEEPEST:
            what = f"more than {MOST_TAGS} tags" if tags > MOST_TAGS else f"elements nested more than {DEEPEST} deep"
            raise UnreadableInput(f"has {what}: no page of the newsletter is like that")
