"""Whether a file holds nothing but what an export of ours has written: then a new one may take its place. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

IsOwn = Callable[[str], bool]
"""Tells it of a file's whole text."""

_FIELDS = "title|year|month|eprint|archivePrefix|primaryClass|doi|howpublished|url|note"
"""An author, say, is none of them: somebody has added one by hand, and should not lose it."""
_BIBTEX = re.compile(rf"(?:@misc\{{[a-z0-9-]+,\n(?:  (?:{_FIELDS}) = .*,\n)+\}}\n\n?)+")
_MARKDOWN = re.compile(r"(?:- \[.*\]\(.+\) \([a-z]+(?:, .+)?\) — cited in Import AI .+\n)+")


def beginning_with(beginning: str) -> IsOwn:
    """For a form with a first line that nobody else writes."""
    return lambda text: text.startswith(beginning)


def _is_bibtex(text: str) -> bool:
    return _BIBTEX.fullmatch(text) is not None


def _is_markdown(text: str) -> bool:
    return _MARKDOWN.fullmatch(text) is not None


def _is_csl(text: str) -> bool:
    items = _document(text)
    return isinstance(items, list) and all(
        isinstance(item, dict) and str(item.get("note")).startswith("Cited in Import AI ") for item in items
    )


def _is_json(text: str) -> bool:
    document = _document(text)
    works = document["works"] if isinstance(document, dict) and document.keys() == {"works"} else None
    return isinstance(works, list) and all(
        isinstance(work, dict) and {"work", "cited_by"} <= work.keys() for work in works
    )


def _document(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


IS_OWN_LIST: Mapping[str, IsOwn] = {
    "bibtex": _is_bibtex,
    "csl": _is_csl,
    "markdown": _is_markdown,
    "json": _is_json,
}
"""For each form that works are written in."""
