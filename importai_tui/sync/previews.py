"""Posts that a feed gives only the beginning of, as Substack does to those who have not paid."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from importai_tui.parse.document import Document

_REST = re.compile(rb'<p>\s*<a href="([^"]*)">\s*Read more\s*</a>\s*</p>\s*\Z')
"""What Substack's feed ends a preview with: a link to the post itself. Nothing else in the feed tells of it."""


def preview(document: Document) -> Document | None:
    """The beginning without the link to the rest; None where the post is whole."""
    found = _REST.search(document.data)
    if not found or html.unescape(found[1].decode("utf-8", "replace")) != document.url:
        return None
    return replace(document, data=document.data[: found.start()].rstrip())
