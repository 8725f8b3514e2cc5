"""Issues and stories as Markdown (CommonMark) with real links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import assert_never

from importai_tui.browser_url import browser_url
from importai_tui.issue import Block, Code, Figure, Heading, Issue, ListBlock, Paragraph, Quote, Rule, Span, Story
from importai_tui.parse.clean import clean_text
from importai_tui.printing.commonmark import (
    append,
    code,
    escape,
    escape_line,
    heading,
    is_web,
    link,
    paragraph,
    quotation,
)

Addresses = Mapping[int, str | None]

_LARGEST_NUMBER = 999_999_999
"""Of a list's item; a longer one makes no list (CommonMark, section 5.2)."""


def issue_markdown(issue: Issue) -> str:
    """Return a whole issue: its title as the first heading, its stories below."""
    facts = " · ".join(fact for fact in (issue.date, _own_address(issue)) if fact)
    parts = [heading(escape_line(issue.title), 1), *([facts] if facts else [])]
    return "\n\n".join([*parts, *(story_markdown(story, level=2) for story in issue.stories)])


def story_markdown(story: Story, level: int = 1) -> str:
    """Return one story under a heading of that level."""
    addresses = {one.n: one.url if is_web(one.url) else None for one in story.links}
    parts = [heading(escape_line(story.headline), level)]
    if story.tagline:
        parts.append(f"*{escape_line(story.tagline)}*")
    parts += [_block(block, addresses, level) for block in story.blocks]
    return "\n\n".join(filter(None, parts))


def _own_address(issue: Issue) -> str | None:
    if address := browser_url(issue.url):
        return f"<{address}>"
    return code(issue.url) if issue.url and is_web(issue.url) else None


def _block(block: Block, addresses: Addresses, level: int) -> str:
    match block:
        case Paragraph(spans, run_in):
            return paragraph(_inline((*run_in, *spans), addresses))
        case ListBlock():
            return _list(block, addresses)
        case Quote(spans):
            return quotation(_inline(spans, addresses))
        case Heading(spans, depth):
            return heading(_inline(spans, addresses), min(level + depth, 6))
        case Code(text):
            text = clean_text(text)
            # A fence longer than any run of backticks inside cannot be closed by the text.
            longest = max((len(run) for run in re.findall("`+", text)), default=0)
            fence = "`" * max(3, longest + 1)
            return f"{fence}\n{text}\n{fence}"
        case Figure(caption, number):
            words, url = escape_line(caption or "") or "Picture", addresses.get(number)
            return link(words, url) if url else f"*{words}*"
        case Rule():
            return "---"
        case _:
            assert_never(block)


def _list(block: ListBlock, addresses: Addresses) -> str:
    """Each item is indented as far as the text of the item that it belongs to, or it would become code."""
    lines = []
    indents = [0]
    for item in block.items:
        depth = min(item.depth, len(indents) - 1)
        number = item.number if item.number is not None and 0 <= item.number <= _LARGEST_NUMBER else None
        mark = "-" if number is None else f"{number}."
        inner = indents[depth] + len(mark) + 1
        indents[depth + 1 :] = [inner]
        text = paragraph(_inline(item.spans, addresses), "\\\n" + " " * inner)
        lines.append(f"{' ' * indents[depth]}{mark} {text}".rstrip())
    return "\n".join(lines)


def _inline(spans: Iterable[Span], addresses: Addresses) -> str:
    text = ""
    for url, run in groupby(spans, key=lambda span: addresses.get(span.link)):
        words = "".join(_styled("".join(span.text for span in alike), *look) for look, alike in groupby(run, key=_look))
        bare = words.strip()
        if url and bare:
            before, _, after = words.partition(bare)
            text, words = text + before, link(bare, url) + after
        text = append(text, words)
    return text.strip()


def _look(span: Span) -> tuple[bool, bool, bool]:
    return span.bold, span.italic, span.code


def _styled(text: str, bold: bool, italic: bool, is_code: bool) -> str:
    text = clean_text(text)
    mark = ("**" if bold else "") + ("*" if italic else "")
    bare = text.strip()
    if not bare:
        return text
    # Emphasis may not begin or end with a blank, so those stay outside.
    before, _, after = text.partition(bare)
    return f"{before}{mark}{code(bare) if is_code else escape(bare)}{mark[::-1]}{after}"
