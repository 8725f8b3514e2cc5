"""Escapes text and addresses for CommonMark, so that only our own markup is markup.

Text from outside opens no link, image, heading, list, table, fence or HTML. A link leads only to an address that a
browser may open.
"""

from __future__ import annotations

import re

from importai_tui.browser_url import browser_url
from importai_tui.parse.clean import clean_line, clean_text

_INLINE = re.compile(r"[\\`*_\[\]<>]|~(?=~)|(?<=~)~|&(?=#?\w+;)")
_BLOCK = re.compile(r"\d+(?=[.)])|(?=[#+>=|-]|:-)")
"""The start of a line that would make it a list, a heading, a quotation, a rule or part of a table."""
_CLOSING_HASHES = re.compile(r"(^|\s)(#+)$")


def escape(text: str) -> str:
    """Return plain text as Markdown that shows the same text. Lines stay lines, see `paragraph`."""
    return _INLINE.sub(r"\\\g<0>", clean_text(text))


def escape_line(text: str) -> str:
    """Return text as Markdown on one line."""
    return escape(clean_line(text))


def paragraph(markup: str, line_end: str = "\\\n") -> str:
    """Return lines of markup as one paragraph; a line that begins like a list or a heading stays text.

    Args:
        markup: text and links, already escaped.
        line_end: ends each line but the last; a hard line break by default.
    """
    return line_end.join(_guard(line.strip()) for line in markup.split("\n") if line.strip())


def _guard(line: str) -> str:
    start = _BLOCK.match(line)
    return f"{start[0]}\\{line[start.end() :]}" if start else line


def quotation(markup: str) -> str:
    """Return lines of markup as one quoted paragraph."""
    return "> " + paragraph(markup, "\n> ")


def heading(markup: str, level: int) -> str:
    """Return a heading of that level; hashes at its end stay text."""
    text = _CLOSING_HASHES.sub(r"\1\\\2", " ".join(markup.split()))
    return f"{'#' * level} {text}"


def code(text: str) -> str:
    """Return text as a code span on one line."""
    text = clean_line(text)
    if not text:
        return ""
    # Backticks within need a longer fence, and a blank between them and it (CommonMark, section 6.1).
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    pad = " " if "`" in text[:1] + text[-1:] else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def link(markup: str, url: str | None) -> str:
    """Return words as a link to an address.

    The address of a web page that may not be opened is written behind the words, as code. Any other (`javascript:`,
    say) is left out.
    """
    if address := browser_url(url):
        return f"[{markup}]({target(address)})"
    return f"{markup} ({code(url)})" if url and is_web(url) else markup


def is_web(url: str | None) -> bool:
    """Whether this is an address of the web, if perhaps a broken or dangerous one."""
    return url is not None and re.match(r"https?://", url, re.IGNORECASE) is not None


def target(address: str) -> str:
    """Return an address from `browser_url` as a link's target."""
    # "&copy;" in an address would be read as a character.
    address = re.sub(r"&(?=#?\w+;)", "&amp;", address)
    return f"<{address}>" if re.search(r"[()]", address) else address


def append(before: str, markup: str) -> str:
    """Put markup behind markup; a "!" right before a link would make it an image."""
    if markup.startswith("[") and before.endswith("!"):
        before = f"{before[:-1]}\\!"
    return before + markup
