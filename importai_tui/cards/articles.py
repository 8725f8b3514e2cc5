"""Finds the main text of a web page, with the library trafilatura of the extra `articles`.

Only parser processes import the library. It gets text, so it fetches nothing, and its log messages are dropped.
"""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from functools import cache
from itertools import islice
from typing import Any

from importai_tui.wording import format_missing_extra

NO_ARTICLES = format_missing_extra("The whole article", "articles")
"""The sentence in place of an article."""

_MAX_MARKUP, _MAX_TAGS = 1_000_000, 12_000
"""Characters and tags, without scripts, that are searched for an article. Most pages have a tenth of that; the time
of the library grows with the square of the tags."""
_SCRIPT = re.compile(r"(?i)<(script|style|svg|noscript)\b[^<>]*>")
_MIN_ARTICLE = 200
"""Characters. Less text is a menu, a notice or a teaser."""
_NESTED_CODE = re.compile(r"(<pre>|</pre>)\s*\1")
_CODE_TAG = re.compile(r"(?i)<(/?)(pre|code)\b[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")


def is_available() -> bool:
    """Return True if articles can be read."""
    return _import_library() is not None


def extract_article(markup: str, url: str) -> str:
    """Return the main text of a page as HTML; empty if it has none, or if the library is not installed."""
    library = _import_library()
    article = None
    if library:
        with suppress(Exception):  # there are pages on which it fails; their metadata is still worth a card
            article = library.extract(
                _mark_code(_shorten(markup)),
                url=url,
                output_format="html",
                include_comments=False,
                include_formatting=True,
                include_images=True,
                include_links=True,
                include_tables=True,
            )
    article = _NESTED_CODE.sub(r"\1", article or "").replace("<var>", "<code>").replace("</var>", "</code>")
    return article if len(" ".join(_TAG.sub("", article).split())) >= _MIN_ARTICLE else ""


def _shorten(markup: str) -> str:
    """Return the part of a page that is searched, without its scripts and styles. Linear in its length."""
    parts: list[str] = []
    at = 0
    while start := _SCRIPT.search(markup, at):
        end = re.compile(rf"(?i)</{start[1]}\s*>").search(markup, start.end())
        if end is None:
            break
        parts.append(markup[at : start.start()])
        at = end.end()
    rest = "".join((*parts, markup[at:]))[:_MAX_MARKUP]
    beyond = next(islice(re.finditer("<", rest), _MAX_TAGS, None), None)
    return rest[: beyond.start()] if beyond else rest


def _mark_code(markup: str) -> str:
    """Return markup whose code the library recognises: `<pre><code>` for a block, `<tt>` within a sentence."""
    is_block = False

    def mark(match: re.Match[str]) -> str:
        nonlocal is_block
        if match[2].lower() == "pre":
            is_block = not match[1]
            return "<pre><code>" if is_block else "</code></pre>"
        return "" if is_block else f"<{match[1]}tt>"

    return _CODE_TAG.sub(mark, markup)


@cache
def _import_library() -> Any:
    """Return the library without its messages to the terminal; None if it is not installed, or only in part."""
    for name in ("trafilatura", "htmldate", "courlan", "charset_normalizer"):
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)
    try:
        import trafilatura
    except Exception:  # a library that it needs may be missing, or of another version
        return None
    return trafilatura
