"""Issues and stories as Markdown (CommonMark) with real links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import assert_never

from importai_tui.issue import Block, Code, Figure, Heading, Issue, ListBlock, Paragraph, Quote, Rule, Span, Story

Addresses = Mapping[int, str | None]


def issue_markdown(issue: Issue) -> str:
    """A whole issue: its title as the first heading, its stories below."""
    facts = " · ".join(fact for fact in (issue.date, f"<{issue.url}>" if issue.url else None) if fact)
    parts = [f"# {escaped(issue.title)}", *([facts] if facts else [])]
    return "\n\n".join([*parts, *(story_markdown(story, level=2) for story in issue.stories)])


def story_markdown(story: Story, level: int = 1) -> str:
    """One story under a heading of that level."""
    addresses = {link.n: link.url for link in story.links}
    parts = [f"{'#' * level} {escaped(story.headline)}"]
    if story.tagline:
        parts.append(f"*{escaped(story.tagline)}*")
    parts += [_block(block, addresses, level) for block in story.blocks]
    return "\n\n".join(parts)


def _block(block: Block, addresses: Addresses, level: int) -> str:
    match block:
        case Paragraph(spans, run_in):
            return guarded(_inline((*run_in, *spans), addresses)).replace("\n", "\\\n")
        case ListBlock(items):
            lines = []
            for item in items:
                mark = "-" if item.number is None else f"{item.number}."
                lines.append(f"{'    ' * item.depth}{mark} {_inline(item.spans, addresses)}")
            return "\n".join(lines)
        case Quote(spans):
            return "\n".join(f"> {line}" for line in _inline(spans, addresses).split("\n"))
        case Heading(spans, depth):
            return f"{'#' * min(level + depth, 6)} {_inline(spans, addresses)}"
        case Code(text):
            # A fence longer than any run of backticks inside cannot be closed by the text.
            longest = max((len(run) for run in re.findall("`+", text)), default=0)
            fence = "`" * max(3, longest + 1)
            return f"{fence}\n{text}\n{fence}"
        case Figure(caption, link):
            words = escaped(caption or "Picture")
            url = addresses.get(link)
            return f"[{words}]({target(url)})" if url else f"*{words}*"
        case Rule():
            return "---"
        case _:
            assert_never(block)


def _inline(spans: Iterable[Span], addresses: Addresses) -> str:
    text = ""
    for number, run in groupby(spans, key=lambda span: span.link):
        words = "".join(map(_styled, run))
        url = addresses.get(number)
        if url:
            bare = words.strip()
            before, _, after = words.partition(bare)
            words = f"{before}[{bare}]({target(url)}){after}"
        text += words
    return text.strip()


def _styled(span: Span) -> str:
    mark = ("**" if span.bold else "") + ("*" if span.italic else "")
    bare = span.text.strip()
    if not bare:
        return span.text
    # Emphasis may not begin or end with a blank, so those stay outside.
    before, _, after = span.text.partition(bare)
    words = f"`{bare}`" if span.code and "`" not in bare else escaped(bare)
    return f"{before}{mark}{words}{mark[::-1]}{after}"


def escaped(text: str) -> str:
    """Plain words, none of which is Markdown."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", text)


def guarded(text: str) -> str:
    """A paragraph that begins like a list, a heading or a quotation stays a paragraph."""
    return re.sub(r"(?m)^(\s*)(\d+(?=[.)])|(?=[#+>=-]))", r"\1\2\\", text)


def target(url: str) -> str:
    """An address as the end of a link takes it."""
    return f"<{url}>" if re.search(r"[()\s]", url) else url
