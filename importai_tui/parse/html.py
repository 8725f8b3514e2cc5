"""HTML to lines: the body of a post, or a whole saved page, of which only the post is kept."""

from __future__ import annotations

import re

from lxml import etree

from importai_tui.errors import UnreadableInput
from importai_tui.parse.lines import Line, Page
from importai_tui.parse.tags import LEFT_OPEN, VOID
from importai_tui.parse.walk import Walk

MOST_TAGS = 60_000
"""A real page has at most a few thousand; past this the tree costs more than a second a megabyte."""
DEEPEST = 200
"""Open elements at one point; a real page has about 30, and the walk over them is recursive."""

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)>")


def read_html(markup: str) -> Page:
    """The lines of a post. Raises UnreadableInput for markup that would take too long to read."""
    _measure(markup)
    # Imported here: Beautiful Soup finds its way in any page, but a post alone needs no finding.
    from importai_tui.parse.pages import is_whole_page, read_page

    if not is_whole_page(markup):
        return Page(_lines(markup))
    page = read_page(markup)
    return Page(_lines(page.post), title=page.title, date=page.date, url=page.url)


def _lines(markup: str) -> tuple[Line, ...]:
    """The markup laid out. lxml's own tree is walked: making Beautiful Soup's from it takes 25 times the parse."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return ()  # nothing but comments
    walk = Walk()
    if root is not None:
        walk.children(root)
    walk.end()
    return tuple(walk.lines)


def _measure(markup: str) -> None:
    """Refuses bombs by a linear scan, before any tree is built."""
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
