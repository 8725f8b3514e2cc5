"""Decodes a document and detects its format from its content, not from its name."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from enum import StrEnum

from importai_tui.errors import NotAnIssueError, UnreadableInputError
from importai_tui.parse.front_matter import read_front_matter

MAX_PAGE_BYTES = 5_000_000
"""The largest real page has 100 kB."""
MAX_URLS = 5_000
"""URLs in a document. The issue of the corpus with the most has 18, a saved page 88."""
MAX_DOCUMENT_LINES = 15_000
"""Line breaks in a document. The longest page of the corpus has 731."""
MAX_DOCUMENTS = 5_000
"""Pages in one file. Ten years of a weekly newsletter are some five hundred."""
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHARSET = re.compile(rb"""(?i)<meta[^>]+charset\s*=\s*["']?([\w-]+)""")
_CHARSET_NAME = re.compile(
    r"(?i)(?:iso|windows|cp|x-|us-|ascii|latin|koi8|mac|gb|hz|big5|euc|shift|s?jis|tis|utf)[\w-]*"
)
"""The start of a charset's name. Python has codecs that are no charsets: "hex", "zlib", "idna", "punycode"."""
_BLOCK_TAG = re.compile(r"(?i)</?(?:p|div|br|html|body|article|ul|li|h[1-6]|blockquote|span|strong|em)\b[^<>]*>")
_MARKDOWN = re.compile(
    r"(?m)^\*\*[^*\n]+|^#{1,6} \S|\]\((?:(?!\]\()[^)\s])+\)|^\\\*\\\*\\\*|^[*_](?:…|\.\.\.)|^> |\*\*[^*\n]{3,}\*\*"
)
_DETECTION_LENGTH = 40_000
"""Characters searched for the format. An issue has 14,000 to 34,000."""


class TextFormat(StrEnum):
    """The format of a page."""

    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Document:
    """A page before parsing, with the title, date and URL that the file around it states.

    `name_in_container` is empty if the page is the whole file. `problem` says why the page cannot be used, as a text
    that follows its name. `unpublished_reason` says why a draft or scheduled post is no issue yet. Both are empty for a
    usable page.
    """

    data: bytes
    name_in_container: str = ""
    title: str | None = None
    date: str | None = None
    url: str | None = None
    problem: str = ""
    unpublished_reason: str = ""


def decode(data: bytes) -> str:
    """Return the text of a document.

    Raises:
        NotAnIssueError: the document is empty.
        UnreadableInputError: it is too large or binary.
    """
    if len(data) > MAX_PAGE_BYTES:
        raise UnreadableInputError(f"too large for an issue ({len(data) / 1e6:.0f} MB)")
    if not data.strip():
        raise NotAnIssueError("empty file")
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _check_size(data.decode(encoding, errors="replace"))
    if data[:65536].count(0) > 4 or data.startswith((b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\x1f\x8b", b"GIF8")):
        raise UnreadableInputError("binary file, not text")
    return _check_size(_decode_text(data))


def detect_format(text: str) -> TextFormat:
    """Detect HTML, Markdown or plain text."""
    head = text[:_DETECTION_LENGTH]
    if read_front_matter(head) or head.startswith("# "):
        return TextFormat.MARKDOWN
    tags = len(_BLOCK_TAG.findall(head))
    if tags >= 3 or re.search(r"(?i)<!doctype html|<html\b", head[:2000]) or (tags and head.lstrip().startswith("<")):
        return TextFormat.HTML
    if len(_MARKDOWN.findall(head)) >= 3:
        return TextFormat.MARKDOWN
    return TextFormat.TEXT


def is_known_charset(name: str) -> bool:
    """Return True if Python has this charset."""
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return _CHARSET_NAME.fullmatch(name) is not None


def resolve_charset(name: str) -> str:
    """Return the charset by which bytes with this declaration are decoded: "cp1252" for an unknown one.

    Latin-1 and ASCII are read as windows-1252, as browsers do (https://encoding.spec.whatwg.org/#names-and-labels),
    because pages that declare them have its quotation marks.
    """
    if not is_known_charset(name) or codecs.lookup(name).name in ("iso8859-1", "ascii"):
        return "cp1252"
    return name


def _check_size(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > MAX_DOCUMENT_LINES:
        raise UnreadableInputError(f"too long for an issue (more than {MAX_DOCUMENT_LINES:,} lines)")
    if text.count("://") > MAX_URLS:
        raise UnreadableInputError(f"too many URLs for an issue (more than {MAX_URLS:,})")
    return text


def _decode_text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:
            return data[: error.start].decode("utf-8")  # the file ends inside a character
    declared = _CHARSET.search(data[:4096])
    name = resolve_charset(declared[1].decode("ascii")) if declared else "cp1252"
    # Undecodable bytes become U+FFFD, because the other text is still readable.
    text = data.decode("cp1252" if name.lower() in ("utf-8", "utf8") else name, errors="replace")
    if sum(1 for c in text[:20_000] if c < " " and c not in "\n\t\r\x0c\x1b") > 20:
        raise UnreadableInputError("binary file, not text")
    return text
