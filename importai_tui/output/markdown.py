"""Formats issues, stories and works as CommonMark.

Text from outside is escaped: it makes no link, image, heading, list, table, fence or HTML. A link has only an address
that a browser may open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import assert_never

from importai_tui.links.urls import browser_url, to_ascii_host
from importai_tui.model import (
    Block,
    Code,
    Figure,
    Heading,
    Issue,
    LinkRole,
    ListBlock,
    Paragraph,
    ParagraphRole,
    Quote,
    Rule,
    Span,
    Story,
    iter_block_spans,
)
from importai_tui.parse.clean import clean_line, clean_text
from importai_tui.parse.front_matter import CITATIONS, GENERATOR, HEADER_PARTS, WHY_COMMENT
from importai_tui.wording import format_date
from importai_tui.works.work import Work, format_work_facts, get_metadata

_INLINE_MARKUP = re.compile(r"[\\`*_\[\]<>]|~(?=~)|(?<=~)~|&(?=#?\w+;)")
_BLOCK_START = re.compile(r"\d+(?=[.)])|(?=[#+>=|-]|:-)")
"""The start of a line that would make it a list, a heading, a quote, a rule or part of a table."""
_YAML_MARKUP = re.compile(r"[\[\]<>`*_~&!|]")
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~‘’“”–—…"
_CLOSING_HASHES = re.compile(r"(^|\s)(#+)$")
_MAX_ITEM_NUMBER = 999_999_999
"""The largest number of a list item (CommonMark, section 5.2)."""
LinkUrls = Mapping[int, str | None]


def issue_to_markdown(issue: Issue) -> str:
    """Return a whole issue as a document that can be imported again: see `parse.own_markdown`."""
    facts = {
        "generator": GENERATOR,
        "title": clean_line(issue.title),
        "number": issue.number,
        "date": issue.date,
        "date_estimated": issue.is_date_estimated,
        "url": browser_url(issue.url),
    }
    front = "\n".join(f"{name}: {format_yaml_scalar(value)}" for name, value in facts.items() if value)
    date = format_date(issue.date, is_estimated=issue.is_date_estimated)
    shown = " · ".join(fact for fact in (date, _format_issue_url(issue)) if fact)
    parts = [f"---\n{front}\n---", format_heading(escape_markdown_line(issue.title), 1), *([shown] if shown else [])]
    return "\n\n".join([*parts, *(_format_story_of_document(story) for story in issue.stories)])


def format_yaml_scalar(value: str | int) -> str:
    """Return a value for front matter. A viewer that does not know front matter finds no markup in it."""
    text = json.dumps(value, ensure_ascii=False)  # JSON strings are YAML
    return _YAML_MARKUP.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _format_story_of_document(story: Story) -> str:
    """Return a story with a comment that names its kind and the paragraphs before its body."""
    urls: LinkUrls = {link.n: link.url if is_web_url(link.url) else None for link in story.links}
    shown = {number for block in story.blocks for number in _get_link_numbers(block)}
    header = {
        "section": f"**{escape_markdown_line(story.section)}**" if story.section else "",
        "series": f"*{escape_markdown_line(story.series)}*" if story.series else "",
        "tagline": f"*{escape_markdown_line(story.tagline)}*" if story.tagline else "",
        "links": ", ".join(
            format_link(escape_markdown_line(link.text), link.url)
            for link in story.links
            if link.n not in shown and link.url
        ),
    }
    names = [name for name in HEADER_PARTS if header[name]]
    if any(link.url is None and link.role is LinkRole.READ_MORE for link in story.links):
        names.append(CITATIONS)
    comment = f"{story.kind}: {', '.join(names)}" if names else story.kind
    parts = [
        format_heading(escape_markdown_line(story.headline), 2),
        f"<!-- {comment} -->",
        *(header[name] for name in HEADER_PARTS),
        *(_format_block_of_document(block, urls) for block in story.blocks),
    ]
    return "\n\n".join(filter(None, parts))


def _format_block_of_document(block: Block, urls: LinkUrls) -> str:
    """Return a block, after a comment if it continues a "Why this matters" passage."""
    continues = isinstance(block, Paragraph) and block.role is ParagraphRole.WHY and not block.run_in
    return f"{WHY_COMMENT}\n\n" * continues + _format_block(block, urls, 2)


def _get_link_numbers(block: Block) -> Iterator[int]:
    if isinstance(block, Figure):
        yield block.link
    yield from (span.link for span in iter_block_spans(block))


def story_to_markdown(story: Story, level: int = 1) -> str:
    """Return one story under a heading of that level."""
    urls: LinkUrls = {link.n: link.url if is_web_url(link.url) else None for link in story.links}
    parts = [format_heading(escape_markdown_line(story.headline), level)]
    if story.tagline:
        parts.append(f"*{escape_markdown_line(story.tagline)}*")
    parts += [_format_block(block, urls, level) for block in story.blocks]
    return "\n\n".join(filter(None, parts))


def format_markdown_list(works: Iterable[Work]) -> str:
    """Return works as a list; empty for none."""
    return "".join(f"{format_markdown_line(work)}\n" for work in works)


def format_markdown_line(work: Work) -> str:
    """Return one work: `- [Title](url), Author, Journal, 2025 (kind, host) — cited in Import AI 402, 447`."""
    metadata = get_metadata(work)
    details = ", ".join(part for part in (work.kind, escape_markdown_line(to_ascii_host(work.host or ""))) if part)
    cited = f" — cited in Import AI {escape_markdown_line(', '.join(work.issues))}" if work.issues else ""
    facts = "".join(f", {escape_markdown_line(fact)}" for fact in format_work_facts(work) if fact)
    return f"- {format_link(escape_markdown_line(metadata.title), metadata.url or None)}{facts} ({details}){cited}"


def escape_markdown(text: str) -> str:
    """Return plain text as Markdown that shows the same text. It keeps line ends, see `format_paragraph`."""
    return _INLINE_MARKUP.sub(r"\\\g<0>", clean_text(text))


def escape_markdown_line(text: str) -> str:
    """Return text as Markdown on one line."""
    return escape_markdown(clean_line(text))


def format_paragraph(markup: str, line_end: str = "\\\n") -> str:
    """Return lines of markup as one paragraph; a line that begins like a list or a heading is escaped.

    Args:
        markup: text and links, already escaped.
        line_end: ends each line but the last; a hard line break by default.
    """
    return line_end.join(_escape_block_start(line.strip()) for line in markup.split("\n") if line.strip())


def format_quote(markup: str) -> str:
    """Return lines of markup as one quoted paragraph."""
    return "> " + format_paragraph(markup, "\n> ")


def format_heading(markup: str, level: int) -> str:
    """Return a heading of that level; hashes at its end are escaped."""
    text = _CLOSING_HASHES.sub(r"\1\\\2", " ".join(markup.split()))
    return f"{'#' * level} {text}"


def format_code_span(text: str) -> str:
    """Return text as a code span on one line."""
    text = clean_line(text)
    if not text:
        return ""
    # Backticks in the text need a longer fence, and a space between them and the fence (CommonMark, section 6.1).
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if "`" in text[:1] + text[-1:] else ""
    return f"{fence}{space}{text}{space}{fence}"


def format_link(markup: str, url: str | None) -> str:
    """Return words as a link to an address.

    An unsafe address of a web page follows the words as code. Any other address (`javascript:`) is omitted.
    """
    if address := browser_url(url):
        return f"[{markup}]({format_link_target(address)})"
    return f"{markup} ({format_code_span(url)})" if url and is_web_url(url) else markup


def format_link_target(address: str) -> str:
    """Return an address from `browser_url` as a link's target."""
    # "&copy;" in an address would be read as a character.
    address = re.sub(r"&(?=#?\w+;)", "&amp;", address)
    return f"<{address}>" if re.search(r"[()]", address) else address


def append_markup(before: str, markup: str) -> str:
    """Append markup to markup; a "!" right before a link is escaped, because it would make an image."""
    if markup.startswith("[") and before.endswith("!"):
        before = f"{before[:-1]}\\!"
    return before + markup


def is_web_url(url: str | None) -> bool:
    """Return True for an http or https address, even if it is broken or unsafe."""
    return url is not None and re.match(r"https?://", url, re.IGNORECASE) is not None


def _escape_block_start(line: str) -> str:
    start = _BLOCK_START.match(line)
    return f"{start[0]}\\{line[start.end() :]}" if start else line


def _format_issue_url(issue: Issue) -> str | None:
    if address := browser_url(issue.url):
        return f"<{address}>"
    return format_code_span(issue.url) if issue.url and is_web_url(issue.url) else None


def _format_block(block: Block, urls: LinkUrls, level: int) -> str:
    match block:
        case Paragraph(spans, run_in):
            # A run-in of plain text is not bold there.
            label = (span._replace(bold=True) for span in run_in)
            return format_paragraph(_format_spans((*label, *spans), urls))
        case ListBlock():
            return _format_list(block, urls)
        case Quote(spans):
            return format_quote(_format_spans(spans, urls))
        case Heading(spans, depth):
            return format_heading(_format_spans(spans, urls), min(level + depth, 6))
        case Code(text):
            text = clean_text(text)
            # A fence longer than any run of backticks inside cannot be closed by the text.
            longest = max((len(run) for run in re.findall("`+", text)), default=0)
            fence = "`" * max(3, longest + 1)
            return f"{fence}\n{text}\n{fence}"
        case Figure(caption, number):
            text, url = escape_markdown_line(caption or "") or "Picture", urls.get(number)
            return format_link(text, url) if url else f"*{text}*"
        case Rule():
            return "---"
        case _:
            assert_never(block)


def _format_list(block: ListBlock, urls: LinkUrls) -> str:
    """Indent each item as far as the text of its parent item; otherwise it would become code."""
    lines = []
    indents = [0]
    for item in block.items:
        depth = min(item.depth, len(indents) - 1)
        number = item.number if item.number is not None and 0 <= item.number <= _MAX_ITEM_NUMBER else None
        mark = "-" if number is None else f"{number}."
        inner = indents[depth] + len(mark) + 1
        indents[depth + 1 :] = [inner]
        text = format_paragraph(_format_spans(item.spans, urls), "\\\n" + " " * inner)
        lines.append(f"{' ' * indents[depth]}{mark} {text}".rstrip())
    return "\n".join(lines)


def _format_spans(spans: Iterable[Span], urls: LinkUrls) -> str:
    text = ""
    for url, linked in groupby(spans, key=lambda span: urls.get(span.link)):
        markup = ""
        groups = [(style, "".join(span.text for span in styled)) for style, styled in groupby(linked, key=_span_style)]
        for (style, words), (_, following) in zip(groups, [*groups[1:], (None, "")], strict=True):
            markup += _format_styled(words, *style, following=following)
        words = markup.strip()
        if url and words:
            before, _, after = markup.partition(words)
            text, markup = text + before, format_link(words, url) + after
        text = append_markup(text, markup)
    return text.strip()


def _span_style(span: Span) -> tuple[bool, bool, bool]:
    return span.bold, span.italic, span.code


def _format_styled(text: str, bold: bool, italic: bool, is_code: bool, *, following: str = "") -> str:
    text = clean_text(text)
    mark = ("**" if bold else "") + ("*" if italic else "")
    words = text.strip()
    if not words:
        return text
    # Emphasis may not begin or end with a space, so spaces are moved outside. Nor may it end with a punctuation mark
    # right before a letter (CommonMark, section 6.2).
    before, _, after = text.partition(words)
    if mark and not after and (following[:1].isalnum() or following[:1] in _PUNCTUATION) and not is_code:
        end = len(words.rstrip(f"{_PUNCTUATION} ")) or len(words)
        words, after = words[:end], escape_markdown(words[end:])
    return f"{before}{mark}{format_code_span(words) if is_code else escape_markdown(words)}{mark[::-1]}{after}"
