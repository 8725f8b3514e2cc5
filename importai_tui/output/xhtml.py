"""Formats stories as XHTML for an e-book: well-formed for any text, with links that a browser may open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import assert_never
from urllib.parse import quote, urlsplit, urlunsplit

from importai_tui.links.urls import browser_url
from importai_tui.model import (
    MAX_LIST_INDENT,
    Block,
    Code,
    Figure,
    Heading,
    ListBlock,
    ListItem,
    Paragraph,
    ParagraphRole,
    Quote,
    Rule,
    Span,
    Story,
    is_below_body,
    iter_block_spans,
    spans_to_text,
)
from importai_tui.parse.clean import clean_line, clean_text

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_URL_CHARACTERS = "/:?&=~+!$,;'@()*._-"
"""Characters of a path, query or fragment that need no percent-encoding (RFC 3986). Browsers accept more, but checkers
of e-books do not."""
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAX_ITEM_NUMBER = 999_999_999
"""A larger number of a list item overflows in some readers."""
_MAX_HEADING_LEVEL = 6
_PARAGRAPH_CLASSES = {ParagraphRole.WHY: "why", ParagraphRole.READ_MORE: "read-more"}

Hrefs = Mapping[int, str]
"""Targets of links, by the number of the link in its story."""


def escape(text: str) -> str:
    """Return text for an element or a quoted attribute, without the characters that XML forbids."""
    return clean_text(text).translate(_ESCAPES)


def escape_line(text: str) -> str:
    """Return text on one line: see `escape`."""
    return escape(clean_line(text))


def to_href(url: str | None) -> str | None:
    """Return an address that a browser may open, with all characters encoded that RFC 3986 forbids; else None."""
    if not (address := browser_url(url)):
        return None
    parts = urlsplit(address)
    path, query, fragment = (
        quote(_STRAY_PERCENT.sub("%25", part), safe=f"{_URL_CHARACTERS}%")
        for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, parts.netloc, path, query, fragment))


def format_link(markup: str, href: str | None) -> str:
    """Return markup as a link; without a target, the markup itself."""
    return f'<a href="{escape(href)}">{markup}</a>' if href else markup


def format_page(title: str, body: str, epub_type: str) -> str:
    """Return a whole document with this body; `epub_type` is its role in the book (EPUB Structural Semantics)."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head>
<meta charset="utf-8"/>
<title>{escape_line(title)}</title>
<link rel="stylesheet" type="text/css" href="style.css"/>
</head>
<body epub:type="{epub_type}">
{body}
</body>
</html>
"""


def format_story(story: Story, facts: str, internal: Mapping[int, str]) -> str:
    """Return a story: section, headline, tagline, facts, body, read-more lines and inspirations.

    Args:
        story: the story.
        facts: markup of a line below the headline; empty for none.
        internal: for each number of an issue that the story mentions, the page of the book with the story that is
            meant. Other references lead to the web.
    """
    hrefs = {link.n: href for link in story.links if (href := to_href(link.url))}
    pages = [(mention, internal[mention.number]) for mention in story.cross_references if mention.number in internal]
    hrefs |= {mention.link: page for mention, page in pages if mention.link}
    mentions = {text: page for mention, page in pages if not mention.link and (text := mention.text.strip())}
    formatter = _Formatter(hrefs, mentions)
    body = [block for block in story.blocks if not is_below_body(block, story)]
    below = [block for block in story.blocks if isinstance(block, Paragraph) and is_below_body(block, story)]
    parts = [
        _format_line(story.section, "section"),
        _format_line(story.series, "section"),
        f"<h1>{escape_line(story.headline) or '…'}</h1>",
        _format_line(story.tagline, "tagline"),
        f'<p class="facts">{facts}</p>' if facts else "",
        *formatter.format_blocks(body),
        *formatter.format_blocks(block for block in below if block.role is ParagraphRole.READ_MORE),
        _format_links_outside(story, hrefs),
    ]
    if any(block.role is ParagraphRole.INSPIRATIONS for block in below):
        items = "\n".join(f"<li>{escape_line(item)}</li>" for item in story.inspirations)
        parts.append(f"<h2>Things that inspired this story</h2>\n<ul>\n{items}\n</ul>")
    return "\n".join(filter(None, parts))


def _format_line(text: str | None, name: str) -> str:
    return f'<p class="{name}">{line}</p>' if text and (line := escape_line(text)) else ""


def _format_links_outside(story: Story, hrefs: Hrefs) -> str:
    """Return a line with the links that no block shows, as those of a headline."""
    shown = {span.link for block in story.blocks for span in iter_block_spans(block)}
    shown |= {block.link for block in story.blocks if isinstance(block, Figure)}
    links = [
        format_link(escape_line(link.text) or escape(hrefs[link.n]), hrefs[link.n])
        for link in story.links
        if link.n not in shown and link.n in hrefs
    ]
    return f'<p class="read-more">Links: {", ".join(links)}</p>' if links else ""


class _Formatter:
    """Formats the blocks of one story."""

    def __init__(self, hrefs: Hrefs, mentions: Mapping[str, str]) -> None:
        """Link to `hrefs`, and from words without a link, as "Import AI 387", to the pages of `mentions`."""
        self._hrefs = hrefs
        self._mentions = mentions
        longest_first = sorted(mentions, key=len, reverse=True)
        self._mention = re.compile(rf"({'|'.join(map(re.escape, longest_first))})(?!\d)") if mentions else None

    def format_blocks(self, blocks: Iterable[Block]) -> Iterator[str]:
        """Yield the markup of each block; quotes that follow each other are one quotation."""
        for is_quote, group in groupby(blocks, key=lambda block: isinstance(block, Quote)):
            formatted = filter(None, map(self._format_block, group))
            if not is_quote:
                yield from formatted
            elif quote_body := "\n".join(formatted):
                yield f"<blockquote>\n{quote_body}\n</blockquote>"

    def _format_block(self, block: Block) -> str:
        match block:
            case Paragraph():
                return self._format_paragraph(block)
            case Quote(spans):
                return _format_element("p", self._format_spans(spans))
            case Heading(spans, level):
                return _format_element(f"h{min(max(level, 2), _MAX_HEADING_LEVEL)}", self._format_spans(spans))
            case ListBlock(items):
                return self._format_list(items)
            case Code(text):
                return f"<pre><code>{escape(text)}</code></pre>" if text.strip() else ""
            case Figure(caption, number):
                words = format_link(escape_line(caption) or "Picture", self._hrefs.get(number))
                return f'<p class="figure">{words}</p>'
            case Rule():
                return "<hr/>"
            case _:
                assert_never(block)

    def _format_paragraph(self, block: Paragraph) -> str:
        label = spans_to_text(block.run_in)
        needs_space = label and not label[-1:].isspace() and spans_to_text(block.spans)[:1].isalnum()
        # A run-in of plain text is not bold there.
        bold = tuple(span._replace(bold=True) for span in block.run_in)
        markup = self._format_spans((*bold, *((Span(" "),) if needs_space else ()), *block.spans))
        name = _PARAGRAPH_CLASSES.get(block.role)
        return _format_element("p", markup, f' class="{name}"' if name else "")

    def _format_list(self, items: Sequence[ListItem]) -> str:
        lines: list[str] = []
        opened: list[str] = []  # the elements of the levels that are open, each with an open item
        for item in items:
            element = "ul" if item.number is None else "ol"
            level = min(item.depth, MAX_LIST_INDENT, len(opened))
            while len(opened) > level + 1 or (len(opened) > level and opened[level] != element):
                lines.append(f"</li></{opened.pop()}>")
            if len(opened) > level:
                lines.append("</li>")
            else:
                lines.append(f"<{element}>")
                opened.append(element)
            has_number = item.number is not None and 0 <= item.number <= _MAX_ITEM_NUMBER
            lines.append(f'<li value="{item.number}">' if has_number else "<li>")
            lines.append(self._format_spans(item.spans))
        lines += [f"</li></{element}>" for element in reversed(opened)]
        return "\n".join(filter(None, lines))

    def _format_spans(self, spans: Iterable[Span]) -> str:
        parts = []
        for href, linked in groupby(self._add_mentions(spans), key=lambda pair: pair[1]):
            markup = "".join(_format_span(span) for span, _ in linked)
            words = markup.strip()
            if not (href and words):
                parts.append(markup)
                continue
            before, _, after = markup.partition(words)
            parts.append(before + format_link(words, href) + after)
        return "".join(parts).strip().replace("\n", "<br/>\n")

    def _add_mentions(self, spans: Iterable[Span]) -> Iterator[tuple[Span, str | None]]:
        """Yield spans with the targets of their links; words that mention a story of the book are such a link."""
        for span in spans:
            href = self._hrefs.get(span.link)
            if href or span.link or not self._mention:
                yield span, href
                continue
            for text in self._mention.split(span.text):
                if text:
                    yield span._replace(text=text), self._mentions.get(text)


def _format_element(name: str, markup: str, attributes: str = "") -> str:
    """Return an element; nothing without markup, because an empty paragraph is a gap."""
    return f"<{name}{attributes}>{markup}</{name}>" if markup else ""


def _format_span(span: Span) -> str:
    text = escape(span.text)
    markup = words = text.strip()
    for name, is_set in (("code", span.code), ("em", span.italic), ("strong", span.bold)):
        if is_set and words:
            markup = f"<{name}>{markup}</{name}>"
    return text.replace(words, markup, 1) if words else text
