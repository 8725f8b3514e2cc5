"""Markdown to lines, by way of HTML. What converters do to emphasis and to lines with links is mended on the way.

Copies that break the line at every link and style: their pieces put together again.

Mail programs and web pages leave plain text so (one text node a line), and so does a converter to markdown.

Plain text to lines: one paragraph a line, or one text node a line as mail programs and web pages leave it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from importai_tui.errors import UnreadableInputError
from importai_tui.links.call_verbs import VERB_WITHOUT_LINK
from importai_tui.parse import headings
from importai_tui.parse.html import read_html
from importai_tui.parse.lines import Line, LineKind, PageLines, Run, normalise_runs

_STARTS_WITH_PUNCTUATION = re.compile(r"^(?:[.,;:)\]%]|[!?](?:\s|$)|['’](?:s|re|t|ll|ve|d)\b)")
"""A line that begins with the punctuation of the line before it."""
_UNFINISHED_END = re.compile(
    r"(?:[(\[,\u201c‘–—-]|\b(?:a|an|and|as|at|but|by|called|for|from|in|into|is|its?|like|of|on|or|our|out|see|than|that|the"
    r"|their|then|this|to|via|was|were|when|where|which|while|with|you))$",
    re.IGNORECASE,
)
"""Words that no paragraph ends with."""
_UNFINISHED_CALL = re.compile(
    rf"(?i)^(?:(?:{VERB_WITHOUT_LINK})(?: the| more| it| full)?|all of the"
    rf"|(?:{VERB_WITHOUT_LINK}|bonus)\b[^.!?]{{0,80}}:)$"
)
"""A call to action whose link was on the next line."""
_SENTENCE_END = re.compile(r"[.!?:;…\"”’'*)\]]$")
_TITLE_LINE = re.compile(r"(?i)^import\s?ai\b\W*(?:(?:issue|newsletter)\W*)?#?\s*\d{1,4}\s*[:.–—-]\s*\w")
_STANDALONE_LINE = re.compile(r"(?i)^(?:welcome to import ai\b|subscribe now$|thanks for reading)")
"""Lines that never go on with the one before them."""
_MIN_CUT_LENGTH = 90
"""Characters past which a line that ends without punctuation was cut, and is no title."""
_MAX_PIECES = 40
"""Pieces of one paragraph; the most of the corpus are 12. The cost of a piece grows with the number before it."""
_END_LENGTH = 20
"""Characters at the end of a line that decide whether it goes on; the longest word of `_HANGING` has five."""
_MIN_BROKEN_LINES = 3
"""Lines that begin with punctuation, before a copy is taken for a broken one: a whole one has none."""


def has_broken_lines(lines: Iterable[Line]) -> bool:
    """Whether a copy breaks the line at every link."""
    return (
        sum(1 for line in lines if line.kind is LineKind.TEXT and _STARTS_WITH_PUNCTUATION.match(line.text))
        >= _MIN_BROKEN_LINES
    )


def rejoin_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines of a broken copy, each piece joined to the line that it goes on with."""
    whole: list[Line] = []
    joined = 0
    for line in lines:
        before = whole[-1] if whole else None
        if before is not None and joined < _MAX_PIECES and _continues(before, line):
            joined += 1
            glue = (
                "" if _STARTS_WITH_PUNCTUATION.match(line.text) or before.text.endswith(("(", "“", "[", "‘")) else " "
            )
            whole[-1] = before.concat(glue, line)
        else:
            joined = 0
            whole.append(line)
    return tuple(whole)


def _continues(before: Line, line: Line) -> bool:
    """Whether a line goes on with the one before it, the break being where a link or a style began."""
    if LineKind.TEXT is not line.kind or before.kind not in (LineKind.TEXT, LineKind.ITEM):
        return False
    if headings.is_separator(line) or headings.is_separator(before) or headings.starts_like_tagline(line):
        return False
    if _TITLE_LINE.match(before.text) or _TITLE_LINE.match(line.text) or _STANDALONE_LINE.match(line.text):
        return False
    if _STARTS_WITH_PUNCTUATION.match(line.text):
        return True
    if before.kind is LineKind.ITEM:
        return False
    end = before.text[-_END_LENGTH:]
    if _UNFINISHED_END.search(end) or _UNFINISHED_CALL.match(before.text):
        return not (before.is_bold and line.is_bold and headings.ends_like_headline(line))
    if line.text[0].islower() or line.text.startswith("("):
        return not _SENTENCE_END.search(end) or len(line.text) < _MIN_CUT_LENGTH
    if before.is_bold or headings.starts_like_tagline(before):
        return False
    return len(before.text) > _MIN_CUT_LENGTH and not _SENTENCE_END.search(end)


_FRONT_MATTER = re.compile(r"^---\n((?:.*\n)*?)---\n")
_FRONT_MATTER_FIELD = re.compile(r"(?m)^(title|date|url|link)[ \t]*:[ \t]*(\S.*)$")
_CODE = re.compile(r"(?ms)^(```|~~~).*?^\1[^\n]*$|`[^`\n]+`")
_MARKDOWN_TOKEN = re.compile(
    r"\\[\\*_\[\]()#`!~.>+-]"  # an escaped character is no mark
    r"|(?m:^[ ]*[*+-][ ]+(?=\S))"  # nor is a list's bullet
    r"|(?m:^[ ]*(?:\*[ ]*){3,}$)"  # nor a rule
    r"|(?P<link>\]\((?:(?!\]\()[^)\s])*\))"  # nor what an address holds
    r"|(?P<mark>\*{1,3}|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_]))"
    r"|(?P<end>\n(?:[ \t]*\n)+)"
)
MAX_MARKDOWN_LINES = 5_000
"""Line ends; the longest issue of the corpus has 401."""
MAX_MARKDOWN_MARKS = 3_000
"""Stars, underscores, brackets, backticks and the like."""
MAX_BACKSLASHES = 10_000
"""Backslashes; the document of the corpus with the most has 21. Each takes the Markdown parser 8 microseconds."""
_MAX_EMPHASIS_LENGTH = 900
"""Characters that a mark may reach; a mark with no partner so near is a character like any other."""


def read_markdown(text: str) -> PageLines:
    """The lines of a markdown copy; front matter gives title, date and address.

    Raises UnreadableInput for a text with more marks than would be read in reasonable time.
    """
    if text.count("\n") > MAX_MARKDOWN_LINES:
        raise UnreadableInputError(f"has more than {MAX_MARKDOWN_LINES} lines; no issue in markdown is so long")
    marks = sum(text.count(mark) for mark in "*_[]`<!&")
    if marks > MAX_MARKDOWN_MARKS:
        raise UnreadableInputError(
            f"has more than {MAX_MARKDOWN_MARKS} marks of emphasis and links; no issue has so many"
        )
    if text.count("\\") > MAX_BACKSLASHES:
        raise UnreadableInputError(f"has more than {MAX_BACKSLASHES} backslashes; no issue has so many")
    from markdown_it import MarkdownIt

    said: dict[str, str] = {}
    if front := _FRONT_MATTER.match(text):
        said = {name: value.strip().strip("\"'") for name, value in _FRONT_MATTER_FIELD.findall(front[1])}
        text = text[front.end() :]
    html = MarkdownIt("commonmark", {"html": True, "breaks": True}).render(normalise_emphasis(text))
    page = read_html(html)
    if has_broken_lines(page.lines):
        page = replace(page, lines=rejoin_lines(page.lines), gaps=False)
    date = said.get("date", "")[:10]
    return replace(
        page,
        title=said.get("title") or None,
        date=date if re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) else None,
        url=said.get("url") or said.get("link"),
    )


def normalise_emphasis(text: str) -> str:
    """Emphasis as tags, closed before and opened after each empty line.

    Converters write `**Headline:<newline>**` and let bold run through empty lines; neither is emphasis to CommonMark.
    They escape every other star, so each mark can be read as a switch.
    """
    done: list[str] = []
    at = 0
    for code in _CODE.finditer(text):
        done += (_convert_marks(text[at : code.start()]), code[0])
        at = code.end()
    return "".join((*done, _convert_marks(text[at:])))


def _convert_marks(text: str) -> str:
    parts: list[str] = []
    opened: list[str] = []  # "strong" and "em", in the order in which they were opened
    at = 0
    for match in _MARKDOWN_TOKEN.finditer(text):
        parts.append(text[at : match.start()])
        at = match.end()
        if match["end"]:
            parts += (*_closing_tags(opened), match["end"], *(f"<{tag}>" for tag in opened))
        elif match["mark"]:
            parts.append(_convert_mark(text, match, opened))
        else:
            parts.append(match[0])
    return "".join((*parts, text[at:], *_closing_tags(opened)))


def _closing_tags(opened: list[str]) -> list[str]:
    return [f"</{tag}>" for tag in reversed(opened)]


def _convert_mark(text: str, match: re.Match[str], opened: list[str]) -> str:
    """The tags that a mark stands for; the mark itself where it has no partner."""
    mark = match["mark"]
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if not opened and before in (" ", "\n") and after in ("", " ", "\n"):
        return mark  # a star between blanks
    said = []
    for tag, size in (("strong", 2), ("em", 1)):
        if len(mark) & size:
            if tag not in opened and mark[0] * size not in text[match.end() : match.end() + _MAX_EMPHASIS_LENGTH]:
                return mark
            said.append(_toggle_tag(tag, opened))
    # A converter drops the blank between bold words and a link that begins behind them.
    return "".join(said) + (" " if after == "[" and before.isalnum() and not opened else "")


def _toggle_tag(tag: str, opened: list[str]) -> str:
    if tag not in opened:
        opened.append(tag)
        return f"<{tag}>"
    inner = opened[opened.index(tag) + 1 :]
    opened.remove(tag)
    return "".join((*_closing_tags(inner), f"</{tag}>", *(f"<{name}>" for name in inner)))


_BRACKETED_URL = re.compile(r"\[[ \t]{0,3}(https?://(?:(?!\[[ \t]{0,3}http)[^\s\]])+)[ \t]{0,3}\]")
"""A link as plain-text mail writes it, behind the words that were underlined."""
_MAX_LINK_TEXT_LENGTH = 300
"""Characters before an address in which its words are looked for."""
_WORDS_BEFORE_URL = re.compile(r"(?:[^\s:.;(]+[ \t]+){0,11}[^\s:.;(]+[ \t]*\Z")
"""The words before a bracketed address that belong to it: back to a stop, a colon or a bracket, at most twelve."""


def read_text(text: str) -> PageLines:
    """The lines of a plain-text copy. Nothing of it is styled, and an empty line means little."""
    lines: list[Line] = []
    gap = True
    for row in text.split("\n"):
        if runs := normalise_runs(_split_row(row)):
            lines.append(Line(runs, gap=gap))
        gap = not runs
    return PageLines(rejoin_lines(lines) if has_broken_lines(lines) else tuple(lines), styled=False, gaps=False)


def _split_row(row: str) -> Iterator[Run]:
    """A row with its bracketed addresses put behind the words before them."""
    at = 0
    for match in _BRACKETED_URL.finditer(row):
        before = row[at : match.start()].rstrip(" \t")
        words = _find_link_text(before)
        yield Run(before[: len(before) - len(words)])
        yield Run(words or match[1], href=match[1])
        at = match.end()
    yield Run(row[at:])


def _find_link_text(text: str) -> str:
    """The words that an address stands for: the title behind a label, else those right before it."""
    text = text[-_MAX_LINK_TEXT_LENGTH:]
    label, colon, title = text.rpartition(": ")
    if colon and len(label.split()) <= 8:
        return title
    if text.endswith(")") and "(" in text:
        text_before, _, source = text.rpartition("(")
        match = _WORDS_BEFORE_URL.search(text_before)
        return (match[0] if match else "") + "(" + source
    match = _WORDS_BEFORE_URL.search(text)
    return match[0] if match else ""
