"""Finds its way in the text of a feed that is not well-formed: where it begins and ends, and where its entries do.

A server may write its own words around the feed, such as a warning of PHP or a script. One entry may be so broken that
an XML parser stops there or takes the rest of the feed for a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORDS_BEFORE = 4_000
"""Characters in which a feed begins behind the words of a server."""
_DECLARED_FEED = re.compile(
    r"(?i)<\?xml\b[^<>]{0,200}\?>(?=(?:\s|<\?[^<>]{0,500}\?>|<!--[^<>]{0,500}-->)*+<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf)\b)"
)
_PAGE = re.compile(r"(?i)<!doctype|<html\b|<body\b")
_ROOT_TAG = re.compile(r"(?i)<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf)\b[^<>]*>")
_LONGEST_ROOT_TAG = 5_000
"""Characters of a root tag that is written before each entry, which are up to five thousand."""
_ROOT_END = re.compile(r"(?i)</(?:[\w.-]{1,40}:)?(?:rss|feed|rdf)\s*>")
_ENTRY = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s>])")
_SPLIT_AT_ENTRIES = re.compile(rf"(?={_ENTRY.pattern})")


def without_words_before(text: str) -> str:
    """The text of a feed without what a server has written before its XML declaration."""
    declared = _DECLARED_FEED.search(text[: 2 * _WORDS_BEFORE])
    if not declared or declared.start() > _WORDS_BEFORE or _PAGE.search(text[: declared.start()]):
        return text
    return text[declared.start() :]


def is_whole(pieces: list[str]) -> bool:
    """True if the feed has an end, and no entry behind it. `pieces` are those of `split_cdata`."""
    ends = list(_ROOT_END.finditer(pieces[-1]))
    if not ends:
        return False
    end = ends[-1]
    is_last = not pieces[-1][end.end() :].strip()
    in_cdata = "<![CDATA[" in pieces[-1][: end.start()]
    return is_last or not (in_cdata or _ENTRY.search(pieces[-1], end.end()))


def entries_apart(pieces: list[str]) -> Iterator[str]:
    """Each entry as a document of its own, with all that stands before the next one. Comments are left out."""
    chunks: list[list[str]] = [[]]
    for number, piece in enumerate(pieces):
        if number % 2:
            chunks[-1].append(piece)
            continue
        first, *others = _SPLIT_AT_ENTRIES.split(_without_comments(piece))
        chunks[-1].append(first)
        chunks += ([other] for other in others)
    found = _ROOT_TAG.search("".join(chunks[0]))
    root = found[0] if found and len(found[0]) <= _LONGEST_ROOT_TAG else "<rss>"
    for chunk in chunks[1:]:
        yield root + "".join(chunk)


def _without_comments(text: str) -> str:
    """The text without comments; one that does not end is no comment."""
    first, *others = text.split("<!--")
    return first + "".join(other.partition("-->")[2] if "-->" in other else other for other in others)
