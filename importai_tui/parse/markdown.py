"""Markdown to lines, by way of HTML. What converters do to emphasis and to lines with links is mended on the way."""

from __future__ import annotations

import re
from dataclasses import replace

from importai_tui.errors import UnreadableInput
from importai_tui.parse.fragments import is_broken, put_together
from importai_tui.parse.html import read_html
from importai_tui.parse.lines import Page

_FRONT = re.compile(r"^---\n((?:.*\n)*?)---\n")
_FIELD = re.compile(r"(?m)^(title|date|url|link)[ \t]*:[ \t]*(\S.*)$")
_FENCE = re.compile(r"(?ms)^(```|~~~).*?^\1[^\n]*$|`[^`\n]+`")
_MARK = re.compile(
    r"\\[\\*_\[\]()#`!~.>+-]"  # an escaped character is no mark
    r"|(?m:^[ ]*[*+-][ ]+(?=\S))"  # nor is a list's bullet
    r"|(?m:^[ ]*(?:\*[ ]*){3,}$)"  # nor a rule
    r"|(?P<link>\]\((?:(?!\]\()[^)\s])*\))"  # nor what an address holds
    r"|(?P<mark>\*{1,3}|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_]))"
    r"|(?P<end>\n(?:[ \t]*\n)+)"
)
MOST_ROWS = 5_000
"""Line ends; the longest issue of the corpus has 401."""
MOST_MARKS = 3_000
"""Stars, underscores, brackets, backticks and the like."""
MOST_ESCAPES = 10_000
"""Backslashes; the document of the corpus with the most has 21. Each takes the Markdown parser 8 microseconds."""
_LONGEST = 900
"""Characters that a mark may reach; a mark with no partner so near is a character like any other."""


def read_markdown(text: str) -> Page:
    """The lines of a markdown copy; front matter gives title, date and address.

    Raises UnreadableInput for a text with more marks than would be read in reasonable time.
    """
    if text.count("\n") > MOST_ROWS:
        raise UnreadableInput(f"has more than {MOST_ROWS} lines; no issue in markdown is so long")
    marks = sum(text.count(mark) for mark in "*_[]`<!&")
    if marks > MOST_MARKS:
        raise UnreadableInput(f"has more than {MOST_MARKS} marks of emphasis and links; no issue has so many")
    if text.count("\\") > MOST_ESCAPES:
        raise UnreadableInput(f"has more than {MOST_ESCAPES} backslashes; no issue has so many")
    from markdown_it import MarkdownIt

    said: dict[str, str] = {}
    if front := _FRONT.match(text):
        said = {name: value.strip().strip("\"'") for name, value in _FIELD.findall(front[1])}
        text = text[front.end() :]
    html = MarkdownIt("commonmark", {"html": True, "breaks": True}).render(mended(text))
    page = read_html(html)
    if is_broken(page.lines):
        page = replace(page, lines=put_together(page.lines), gaps=False)
    date = said.get("date", "")[:10]
    return replace(
        page,
        title=said.get("title") or None,
        date=date if re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) else None,
        url=said.get("url") or said.get("link"),
    )


def mended(text: str) -> str:
    """Emphasis as tags, closed before and opened after each empty line.

    Converters write `**Headline:<newline>**` and let bold run through empty lines; neither is emphasis to CommonMark.
    They escape every other star, so each mark can be read as a switch.
    """
    done: list[str] = []
    at = 0
    for code in _FENCE.finditer(text):
        done += (_tagged(text[at : code.start()]), code[0])
        at = code.end()
    return "".join((*done, _tagged(text[at:])))


def _tagged(text: str) -> str:
    parts: list[str] = []
    opened: list[str] = []  # "strong" and "em", in the order in which they were opened
    at = 0
    for match in _MARK.finditer(text):
        parts.append(text[at : match.start()])
        at = match.end()
        if match["end"]:
            parts += (*_closing(opened), match["end"], *(f"<{tag}>" for tag in opened))
        elif match["mark"]:
            parts.append(_switched(text, match, opened))
        else:
            parts.append(match[0])
    return "".join((*parts, text[at:], *_closing(opened)))


def _closing(opened: list[str]) -> list[str]:
    return [f"</{tag}>" for tag in reversed(opened)]


def _switched(text: str, match: re.Match[str], opened: list[str]) -> str:
    """The tags that a mark stands for; the mark itself where it has no partner."""
    mark = match["mark"]
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if not opened and before in (" ", "\n") and after in ("", " ", "\n"):
        return mark  # a star between blanks
    said = []
    for tag, size in (("strong", 2), ("em", 1)):
        if len(mark) & size:
            if tag not in opened and mark[0] * size not in text[match.end() : match.end() + _LONGEST]:
                return mark
            said.append(_switch(tag, opened))
    # A converter drops the blank between bold words and a link that begins behind them.
    return "".join(said) + (" " if after == "[" and before.isalnum() and not opened else "")


def _switch(tag: str, opened: list[str]) -> str:
    if tag not in opened:
        opened.append(tag)
        return f"<{tag}>"
    inner = opened[opened.index(tag) + 1 :]
    opened.remove(tag)
    return "".join((*_closing(inner), f"</{tag}>", *(f"<{name}>" for name in inner)))
