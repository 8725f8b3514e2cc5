"""Reads Markdown, by way of HTML, and plain text into lines.

Converters and mail programs damage emphasis and break lines at links; both are repaired first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from importai_tui.errors import UnreadableInputError
from importai_tui.links.call_verbs import VERB_WITHOUT_LINK
from importai_tui.parse import headings
from importai_tui.parse.front_matter import read_front_matter
from importai_tui.parse.html import read_html
from importai_tui.parse.lines import Line, LineKind, PageLines, Run, normalise_runs
from importai_tui.parse.unwrap import unwrap_lines

MAX_MARKDOWN_LINES = 5_000
"""Line breaks. The longest issue of the corpus has 401."""
MAX_MARKDOWN_MARKS = 3_000
"""Stars, underscores, brackets, backticks and similar marks."""
MAX_BACKSLASHES = 10_000
"""The document of the corpus with the most has 21. Each takes the Markdown parser 8 microseconds."""


def read_markdown(text: str) -> PageLines:
    """Read the lines of a Markdown copy. Front matter gives title, date, URL and number.

    Raises:
        UnreadableInputError: the text has more marks than can be parsed in reasonable time.
    """
    if text.count("\n") > MAX_MARKDOWN_LINES:
        raise UnreadableInputError(f"too long for an issue (more than {MAX_MARKDOWN_LINES:,} lines of Markdown)")
    marks = sum(text.count(mark) for mark in "*_[]`<!&")
    if marks > MAX_MARKDOWN_MARKS:
        raise UnreadableInputError(f"too much Markdown for an issue (more than {MAX_MARKDOWN_MARKS:,} marks)")
    if text.count("\\") > MAX_BACKSLASHES:
        raise UnreadableInputError(f"too many backslashes for an issue (more than {MAX_BACKSLASHES:,})")
    from markdown_it import MarkdownIt

    front = read_front_matter(text)
    text = unwrap_lines(text[front.end :] if front else text)
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
    html = parser.render(normalise_emphasis(_convert_footnotes(text)))
    page = read_html(html)
    if _has_broken_lines(page.lines):
        page = replace(page, lines=_rejoin_lines(page.lines), gaps=False)
    if front is None:
        return page
    return replace(page, title=front.title, date=front.date, url=front.url, number=front.number)


_FOOTNOTE = re.compile(r"(?m)^\[\^([\w-]{1,40})\]:[ \t]+")
_FOOTNOTE_REFERENCE = re.compile(r"\[\^([\w-]{1,40})\](?!:)")


def _convert_footnotes(text: str) -> str:
    """Convert footnotes to Substack's markup, by which they are moved to their story."""
    if "[^" not in text:
        return text
    text = _FOOTNOTE.sub(r'\n<a class="footnote-number" href="#footnote-anchor-\1">\1</a>', text)
    return _FOOTNOTE_REFERENCE.sub(r'<a class="footnote-anchor" href="#footnote-\1">\1</a>', text)


_BRACKETED_URL = re.compile(r"\[[ \t]{0,3}(https?://(?:(?!\[[ \t]{0,3}http)[^\s\]])+)[ \t]{0,3}\]")
"""Matches a link in plain-text mail, which follows its link text."""
_MAX_LINK_TEXT_LENGTH = 300
"""Characters before a URL that may include its link text."""
_WORDS_BEFORE_URL = re.compile(r"(?:[^\s:.;(]+[ \t]+){0,11}[^\s:.;(]+[ \t]*\Z")
"""Matches the link text of a bracketed URL: at most twelve words, back to a stop, colon or bracket."""


_READ_MORE = re.compile(r"^\s*Read more\s+(?=[A-Z“\"])")
"""A call without a colon before the title."""


def read_text(text: str) -> PageLines:
    """Read the lines of a plain-text copy, which has no styles. Empty lines do not reliably separate paragraphs."""
    lines: list[Line] = []
    gap = True
    for row in unwrap_lines(text).split("\n"):
        if runs := normalise_runs(_split_row(row)):
            lines.append(Line(runs, gap=gap))
        gap = not runs
    return PageLines(_rejoin_lines(lines) if _has_broken_lines(lines) else tuple(lines), styled=False, gaps=False)


def _split_row(row: str) -> Iterator[Run]:
    """Split a row into runs, with each bracketed URL as the link target of the words before it."""
    at = 0
    for match in _BRACKETED_URL.finditer(row):
        before = row[at : match.start()].rstrip(" \t")
        words = _find_link_text(before)
        yield Run(before[: len(before) - len(words)])
        yield Run(words or match[1], href=match[1])
        at = match.end()
    yield Run(row[at:])


def _find_link_text(text: str) -> str:
    """Return the link text before a URL: the title after a label, else the words right before the URL."""
    text = _READ_MORE.sub("", text[-_MAX_LINK_TEXT_LENGTH:])
    label, colon, title = text.rpartition(": ")
    if colon and len(label.split()) <= 8:
        return title
    if text.endswith(")") and "(" in text:
        text_before, _, source = text.rpartition("(")
        match = _WORDS_BEFORE_URL.search(text_before)
        return (match[0] if match else "") + "(" + source
    match = _WORDS_BEFORE_URL.search(text)
    return match[0] if match else ""


_CODE = re.compile(r"(?ms)^(```|~~~).*?^\1[^\n]*$|`[^`\n]+`")
_MARKDOWN_TOKEN = re.compile(
    r"(?P<rule>(?m:^[ ]*(?:(?:\*[ ]*){3,}|(?:\\\*[ ]*){3,}|\#{4,}[ ]*|(?:\$[ ]*){3,})$))"
    r"|\\[\\*_\[\]()#`!~.>+-]"  # an escaped character is no mark
    r"|(?m:^[ ]*[*+-][ ]+(?=\S))"  # nor is a list marker
    r"|(?P<link>\]\((?:(?!\]\()[^)\s])*\))"  # nor a part of a URL
    r"|(?P<mark>\*{1,3}|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_]))"
    r"|(?P<bracket>(?<=[^\W\d_])\[(?=[^\W_][^\[\]\n]*\]\())"  # a link right after a word
    r"|(?P<end>\n(?:[ \t]*\n)+)"
)
_TAG_ALONE = re.compile(r"(?m)^([ \t]*(?:<(?:strong|em)>)+)[ \t]*\n(?=[ \t]*\S)")
"""A tag alone on its line. It would start a block of HTML, in which Markdown has no meaning."""
_MAX_EMPHASIS_LENGTH = 900
"""Characters between two marks. A mark without a partner in this distance is dropped, or an ordinary star."""
_SEPARATOR_STARS = 3
_SIZES = {"strong": 2, "em": 1}
"""Stars or underscores of a mark for each tag. Three stars stand for both."""


def normalise_emphasis(text: str) -> str:
    """Convert emphasis to tags, which are closed before and reopened after each empty line.

    Converters write `**Headline:<newline>**` and extend bold across empty lines and separators, which CommonMark does
    not treat as emphasis. They escape every other star, so each mark toggles its style.
    """
    done: list[str] = []
    at = 0
    for code in _CODE.finditer(text):
        done += (_convert_marks(text[at : code.start()]), code[0])
        at = code.end()
    return "".join((*done, _convert_marks(text[at:])))


def _convert_marks(text: str) -> str:
    tokens = list(_MARKDOWN_TOKEN.finditer(text))
    parts: list[str] = []
    opened: list[str] = []  # "strong" and "em", in the order in which they were opened
    at = 0
    for index, match in enumerate(tokens):
        parts.append(text[at : match.start()])
        at = match.end()
        if match["end"]:
            parts += (*_closing_tags(opened), match["end"], *(f"<{tag}>" for tag in opened))
        elif match["rule"]:
            parts += _convert_rule(match["rule"], tokens[index + 1 :], opened)
        elif match["mark"]:
            parts.append(_convert_mark(text, match, opened))
        elif match["bracket"]:
            parts.append(" [")  # a converter drops the blank between a word and a link after it
        else:
            parts.append(match[0])
    return _TAG_ALONE.sub(r"\1", "".join((*parts, text[at:], *_closing_tags(opened))))


def _convert_rule(rule: str, later: Sequence[re.Match[str]], opened: list[str]) -> Iterator[str]:
    """Yield a separator, after the tags that end a style there.

    A style runs through a separator only if a mark ends it in the section below. Five stars are a separator and the
    start of bold text, if a mark ends that below.
    """
    stars = rule.count("*") if "\\" not in rule else 0
    for tag, size in _SIZES.items():
        marks = sum(
            1
            for match in takewhile(lambda match: not match["rule"], later)
            if match["mark"] and len(match["mark"]) & size
        )
        continues = marks % 2 == 1
        if (tag in opened) != continues and (tag in opened or stars == _SEPARATOR_STARS + size):
            yield _toggle_tag(tag, opened)
    # Without the blanks, with which three stars would be a list.
    yield "***" if stars else rule


def _convert_mark(text: str, match: re.Match[str], opened: list[str]) -> str:
    """Return the tags of a mark. A mark without a partner is dropped, or an ordinary star."""
    mark = match["mark"]
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if len(mark) == 1 and not opened and before in (" ", "\n") and after in ("", " ", "\n"):
        return mark  # a star between blanks
    tags = []
    for tag, size in _SIZES.items():
        if len(mark) & size:
            if tag not in opened and mark[0] * size not in text[match.end() : match.end() + _MAX_EMPHASIS_LENGTH]:
                return mark if len(mark) == 1 or (before.isalnum() and after.isalnum()) else ""
            tags.append(_toggle_tag(tag, opened))
    # A converter drops the blank between bold text and a link after it.
    return "".join(tags) + (" " if after == "[" and (before.isalnum() or before == ":") and not opened else "")


def _toggle_tag(tag: str, opened: list[str]) -> str:
    if tag not in opened:
        opened.append(tag)
        return f"<{tag}>"
    inner = opened[opened.index(tag) + 1 :]
    opened.remove(tag)
    return "".join((*_closing_tags(inner), f"</{tag}>", *(f"<{name}>" for name in inner)))


def _closing_tags(opened: list[str]) -> list[str]:
    return [f"</{tag}>" for tag in reversed(opened)]


_STARTS_WITH_PUNCTUATION = re.compile(r"^(?:\.(?![^\W\d_])|[,;:)\]%]|[!?](?:\s|$)|['’](?:s|re|t|ll|ve|d)\b)")
"""Matches a line that starts with the punctuation of the line before it."""
_UNFINISHED_END = re.compile(
    r"(?:[(\[,\u201c‘–—-]|\b(?:a|an|and|as|at|but|by|called|for|from|in|into|is|its?|like|of|on|or|our|out|see|than|that|the"
    r"|their|then|this|to|via|was|were|when|where|which|while|with|you))$",
    re.IGNORECASE,
)
"""Matches words that no paragraph ends with."""
_UNFINISHED_CALL = re.compile(
    rf"(?i)^(?:(?:{VERB_WITHOUT_LINK})(?: the| more| it| full)?|all of the"
    rf"|(?:{VERB_WITHOUT_LINK}|bonus)\b[^.!?]{{0,80}}:)$"
)
"""Matches a call to action whose link is on the next line."""
_SENTENCE_END = re.compile(r"[.!?:;…\"”’'*)\]]$")
_TITLE_LINE = re.compile(r"(?i)^import\s?ai\b\W*(?:(?:issue|newsletter)\W*)?#?\s*\d{1,4}\s*[:.–—-]\s*\w")
_STANDALONE_LINE = re.compile(r"(?i)^(?:welcome to import ai\b|subscribe now$|thanks for reading|copyright ©)")
"""Matches lines that never continue the line before them."""
_MIN_CUT_LENGTH = 90
"""Characters. A longer line without final punctuation was cut and is no title."""
_MAX_PIECES = 40
"""Pieces of one paragraph; the corpus has 12 at most. The cost of a piece grows with the number before it."""
_END_LENGTH = 20
"""Characters at the end of a line that decide if it continues. The longest word of `_UNFINISHED_END` has six."""
_MIN_BROKEN_LINES = 3
"""Lines that start with punctuation, in a copy that breaks lines. An intact copy has none."""


def _has_broken_lines(lines: Iterable[Line]) -> bool:
    """Return True if a copy breaks the line at every link.

    Mail programs and web pages give such plain text, one text node per line; so does a converter to Markdown.
    """
    texts = (line.text for line in lines if line.kind is LineKind.TEXT)
    return sum(1 for text in texts if _STARTS_WITH_PUNCTUATION.match(text)) >= _MIN_BROKEN_LINES


def _rejoin_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Join the pieces of each broken line."""
    result: list[Line] = []
    joined = 0
    for line in lines:
        before = result[-1] if result else None
        if before is not None and joined < _MAX_PIECES and _continues(before, line):
            joined += 1
            no_blank = _STARTS_WITH_PUNCTUATION.match(line.text) or before.text.endswith(("(", "“", "[", "‘"))
            result[-1] = before.concat("" if no_blank else " ", line)
        else:
            joined = 0
            result.append(line)
    return tuple(result)


def _continues(before: Line, line: Line) -> bool:
    """Return True if a line continues the one before it, after a break at a link or style."""
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
