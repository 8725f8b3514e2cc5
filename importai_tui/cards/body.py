"""Reads the text of a card, of any format, into blocks and links.

All formats become the lines of `parse.lines`, by the walker that reads the newsletter, without the newsletter's own
rules. Broken or huge input is shortened or loses its markup; it raises nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from importai_tui.cards.markup import prepare_tree
from importai_tui.cards.tex import format_formulas, format_tex
from importai_tui.errors import UnreadableInputError
from importai_tui.model import Block, Link, LinkRole, ListBlock, ListItem, Paragraph, Quote, Rule, Span
from importai_tui.parse.html import MAX_TAGS, parse_tree
from importai_tui.parse.html_walker import HtmlWalker
from importai_tui.parse.lines import Line, LineKind, Run, normalise_runs
from importai_tui.parse.links import StoryLinks
from importai_tui.parse.story import make_marked_block
from importai_tui.works.card import BodyFormat

MAX_TEXT = 200_000
"""Characters of a body: a book of a hundred pages. The rest is cut off."""
MAX_LINES = 2_000
"""Lines: paragraphs, items, and the lines of code."""
CUT_NOTICE = "The text is shortened here. Open the page to read the rest."
"""Ends a body that was too long."""

_MAX_MARKDOWN_MARKS = 20_000
"""Stars, brackets, line ends and similar marks. Each takes the Markdown parser up to 40 microseconds."""
_MAX_BRACKETS = 5_000
"""Opening brackets. The Markdown parser looks for the end of each, so its time grows with their square."""
_MARK = re.compile(r"[*_\[\]`<>&\\|~!\n\"']")
_MAX_NESTING = 60
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(?=[ \t]*(?:[\w-]+[ \t]*:|#))")
_FRONT_MATTER_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_ALERT = re.compile(r"(?im)^([ \t]*>[ \t]*)\[!(note|tip|important|warning|caution)\][ \t]*$")
"""The first line of a box on GitHub."""
_TAG = re.compile(r"<[/a-zA-Z!?][^<>]*>")
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
_BARE_URL = re.compile(r"(?<![\w/@.-])https?://[^\s<>\"'`{}|\\^]{3,2000}")
_SCENE_BREAK = re.compile(r"(?:[*•·~_—-] ?){3,20}")
_END_OF_SENTENCE = ".,;:!?*_~"


class Body(NamedTuple):
    """The text of a card."""

    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()


def read_body(text: str, body_format: BodyFormat, base_url: str | None = None) -> Body:
    """Read a text. Relative links are resolved against `base_url`, and dropped without one."""
    match body_format:
        case BodyFormat.PLAIN:
            text, is_cut = _cut(text, len(text))
            lines = list(_read_plain(text))
        case BodyFormat.MARKDOWN:
            text, is_cut = _cut(*_measure_markdown(drop_front_matter(text.replace("\r\n", "\n"))))
            markup, is_markup_cut = _cut_markup(_render_markdown(text))
            is_cut = is_cut or is_markup_cut
            lines = _read_markup(markup, base_url)
        case BodyFormat.HTML:
            markup, is_cut = _cut_markup(text)
            lines = _read_markup(markup, base_url)
    limited = _limit_lines(lines)
    links = StoryLinks()
    blocks = list(_make_blocks(limited, links))
    if is_cut or len(limited) < len(lines) or limited[-1:] != lines[-1:]:
        blocks.append(Paragraph((Span(CUT_NOTICE, italic=True),)))
    return Body(tuple(blocks), links.to_links())


def _cut(text: str, length: int) -> tuple[str, bool]:
    """Return at most `length` characters of a text, to the end of a line if one is near, and True if it is shorter."""
    length = min(length, MAX_TEXT)
    if len(text) <= length:
        return text, False
    line_end = text.rfind("\n", max(length - 2_000, 0), length)
    return text[: line_end if line_end > 0 else length], True


def _read_plain(text: str) -> Iterator[Line]:
    for paragraph in _PARAGRAPH_END.split(text.replace("\r\n", "\n")):
        if runs := normalise_runs(_link_bare_urls(Run(format_tex(" ".join(paragraph.split()))))):
            yield Line(runs)


def drop_front_matter(text: str) -> str:
    """Return Markdown without the YAML that Hugging Face and others put before it."""
    start = _FRONT_MATTER.match(text)
    end = _FRONT_MATTER_END.search(text, start.end()) if start else None
    return text[end.end() :] if end else text


def _measure_markdown(text: str) -> tuple[str, int]:
    """Return a text and how many characters of it the Markdown parser can read in reasonable time."""
    length = min(len(text), MAX_TEXT)
    for limit, marks in (
        (_MAX_MARKDOWN_MARKS, _MARK.finditer(text, 0, length)),
        (_MAX_BRACKETS, re.finditer(r"\[", text[:length])),
    ):
        beyond = next(islice(marks, limit, None), None)
        length = min(length, beyond.start()) if beyond else length
    return text, length


def _render_markdown(text: str) -> str:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"])
    return str(parser.render(_ALERT.sub(lambda match: f"{match[1]}**{match[2].capitalize()}**<br>", text)))


def _cut_markup(markup: str) -> tuple[str, bool]:
    """Return the first tags of markup, and True if there are more."""
    markup, is_cut = markup[: 10 * MAX_TEXT], len(markup) > 10 * MAX_TEXT
    beyond = next(islice(re.finditer("<", markup), MAX_TAGS, None), None)
    return (markup[: beyond.start()], True) if beyond else (markup, is_cut)


def _read_markup(markup: str, base_url: str | None) -> list[Line]:
    try:
        root = parse_tree(markup)
    except UnreadableInputError:  # nested too deep
        return list(_read_plain(html.unescape(_TAG.sub(" ", markup))))
    if root is None:
        return []
    prepare_tree(root, base_url)
    walker = HtmlWalker()
    walker.walk_children(root)
    walker.end_block()
    lines = (line for line in walker.lines if line.kind is not LineKind.ITEM or line.text.strip(" ·"))
    return [line if line.kind is LineKind.CODE else _read_prose(line) for line in lines]


def _read_prose(line: Line) -> Line:
    """Return a line with formulas as text, and with links at URLs."""
    if "://" not in line.text and "$" not in line.text and "\\" not in line.text:
        return line
    return line.with_runs(
        part
        for run in line.runs
        for part in ((run,) if run.code else _link_bare_urls(run.with_text(format_formulas(run.text))))
    )


def _link_bare_urls(run: Run) -> Iterator[Run]:
    """Split a run at URLs that are not links yet."""
    at = 0
    for match in _BARE_URL.finditer(run.text) if run.href is None else ():
        url = _trim_url(match[0])
        yield run.with_text(run.text[at : match.start()])
        at = match.start() + len(url)
        yield Run(url, run.bold, run.italic, run.code, url)
    yield run.with_text(run.text[at:]) if at else run


def _trim_url(url: str) -> str:
    """Return a URL in a sentence without the punctuation and the closing brackets after it."""
    url = url.rstrip(_END_OF_SENTENCE)
    excess = url.count(")") - url.count("(") + url.count("]") - url.count("[")
    while excess > 0 and url[-1] in ")]":
        url, excess = url[:-1].rstrip(_END_OF_SENTENCE), excess - 1
    return url


def _limit_lines(lines: list[Line]) -> list[Line]:
    """Return as many lines as a body may have; the last one may be shorter."""
    limited: list[Line] = []
    rows, length = 0, 0
    for line in lines:
        rows += 1 + line.text.count("\n")
        length += len(line.text)
        if rows > MAX_LINES or length > MAX_TEXT:
            if line.kind is LineKind.CODE and (text := _shorten_code(line, MAX_LINES - rows, MAX_TEXT - length)):
                limited.append(Line((line.runs[0].with_text(text),), LineKind.CODE))
            break
        limited.append(line)
    return limited


def _shorten_code(line: Line, excess_rows: int, excess: int) -> str:
    """Return the first rows of code. Both numbers are negative if the code is too long."""
    rows = line.runs[0].text.split("\n")
    text = "\n".join(rows[: len(rows) + min(excess_rows, 0)])
    return text[: max(len(line.text) + excess, 0)]


def _make_blocks(lines: Iterable[Line], links: StoryLinks) -> Iterator[Block]:
    """Make the blocks of lines: adjacent items are a list, lines after a line break belong to the paragraph before."""
    items: list[ListItem] = []
    runs: list[Run] = []
    number: int | None = None  # of the last item in the outermost list
    before = LineKind.TEXT

    def end_block() -> Iterator[Block]:
        if items:
            yield ListBlock(tuple(items))
            items.clear()
        if runs:
            spans = links.add_runs(tuple(runs), LinkRole.INLINE)
            yield Quote(spans) if before is LineKind.QUOTE else Paragraph(spans)
            runs.clear()

    for line in lines:
        is_prose = line.kind in (LineKind.TEXT, LineKind.QUOTE)
        if runs and is_prose and line.kind is before and not line.gap:
            runs += (Run("\n"), *line.runs)
            continue
        if line.kind is not LineKind.ITEM or before is not LineKind.ITEM or (items and _starts_list(line, number)):
            yield from end_block()
        before = line.kind
        if is_prose and _SCENE_BREAK.fullmatch(line.text):
            yield Rule()
        elif is_prose:
            runs += line.runs
        elif line.kind is LineKind.ITEM:
            number = line.number if line.depth == 0 else number
            items.append(ListItem(links.add_runs(line.runs, LinkRole.INLINE), line.depth, line.number))
        else:
            yield make_marked_block(line, links)
    yield from end_block()


def _starts_list(line: Line, number: int | None) -> bool:
    """Return True for an item right after an outermost item with this number that belongs to another list, or table."""
    is_header = " · " in line.text and all(run.bold for run in line.runs if run.text.strip(" ·"))
    return line.depth == 0 and ((line.number is None) != (number is None) or is_header)
