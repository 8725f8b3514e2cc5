"""Formats Markdown as a man page: the macros of man(7), for groff and mandoc."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

_ESCAPES = {
    "\\": "\\e",
    "\0": "\\:",
    "-": "\\-",
    "'": "\\(aq",
    "`": "\\(ga",
    "^": "\\(ha",
    "~": "\\(ti",
    '"': "\\(dq",
    "“": "\\(lq",
    "”": "\\(rq",
    "’": "\\(cq",
    "…": "...",
    "–": "\\(en",
    "·": "\\(pc",
    "←": "\\(<-",
    "→": "\\(->",
    "↑": "\\(ua",
    "↓": "\\(da",
}
"""Characters that roff would change or interpret, and others that have a name in every output of roff."""
_ESCAPED = re.compile(f"[{re.escape(''.join(_ESCAPES))}]|[^\\x00-\\x7f]")
_LONG_WORD = re.compile(r"\S{20,}")
_BREAK_POINT = re.compile(r"(?<=[/|.:_,=-])(?=\w)")
"""A place where a long word may be broken: `escape_roff` puts a null character there."""
_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\be\.g\.) +(?=[A-Z])")
_MAX_LINE = 78
"""Most characters in a line of the source; mandoc warns about more than 80."""


def join_lines(lines: Iterable[str]) -> str:
    """Return the page, without the paragraph macro after a heading, which begins a paragraph itself."""
    pairs = pairwise(chain([""], lines))
    return "".join(f"{line}\n" for before, line in pairs if not (line == ".PP" and before.startswith((".SH", ".SS"))))


def escape_roff(text: str) -> str:
    """Return text that roff prints unchanged, except at the start of a line: see `format_lines`."""
    text = _LONG_WORD.sub(lambda word: _BREAK_POINT.sub("\0", word[0]), text)
    return _ESCAPED.sub(lambda match: _ESCAPES.get(match[0]) or f"\\[u{ord(match[0]):04X}]", text)


def format_heading(level: int, text: str) -> str:
    """Return a section heading (level 1) or a heading within a section (level 2)."""
    return f'.S{"HS"[level - 1]} "{escape_roff(text)}"'


def format_lines(escaped: str) -> list[str]:
    """Return the lines of a paragraph of escaped text. Each sentence begins a line, and no line is read as a macro."""
    lines: list[str] = []
    for sentence in _SENTENCE_END.split(escaped):
        line = ""
        for word in sentence.split(" "):
            if line and len(line) + len(word) >= _MAX_LINE:
                lines.append(line)
                line = ""
            line += f" {word}" if line else word
        lines.append(line)
    return [_escape_dot(line) for line in lines if line]


def format_code(text: str) -> list[str]:
    """Return lines that are printed as they are."""
    return [
        ".RS 4",
        ".EX",
        *(_escape_dot(escape_roff(line)) for line in text.rstrip("\n").split("\n")),
        ".EE",
        ".RE",
    ]


def format_item(term: str, description: str) -> list[str]:
    """Return a term and its description, both as escaped text."""
    return [".TP", *format_lines(term), *(format_lines(description) or ["\\&"])]


def markdown_to_roff(text: str) -> list[str]:
    """Return the lines of a Markdown text. The first column of a table becomes a list of terms."""
    tokens = iter(MarkdownIt("commonmark").enable("table").parse(text))
    return list(chain.from_iterable(_format_block(token, tokens) for token in tokens))


def inline_to_roff(text: str) -> str:
    """Return one line of Markdown as escaped text."""
    return "".join(_format_inline(token) for token in MarkdownIt("commonmark").parseInline(text)).strip()


def _format_block(token: Token, tokens: Iterator[Token]) -> list[str]:
    match token.type:
        case "heading_open":
            return [format_heading(2, next(tokens).content.replace("`", "").upper())]
        case "paragraph_open":
            return [".PP", *format_lines(_format_inline(next(tokens)))]
        case "bullet_list_open":
            return _format_list(tokens)
        case "table_open":
            return _format_table(tokens)
        case "fence" | "code_block":
            return [".PP", *format_code(token.content)]
        case "html_block":
            return [".PP", *format_lines(escape_roff(" ".join(token.content.split())))]
        case _:
            return []


def _format_list(tokens: Iterator[Token]) -> list[str]:
    items = [token for token in _until("bullet_list_close", tokens) if token.type == "inline"]
    return list(chain.from_iterable([".IP \\(bu 2", *format_lines(_format_inline(item))] for item in items))


def _format_table(tokens: Iterator[Token]) -> list[str]:
    """Return the rows without the header. A row with only a first cell is a heading of the rows below."""
    for _ in _until("thead_close", tokens):
        pass
    lines: list[str] = []
    row: list[str] = []
    for token in _until("table_close", tokens):
        if token.type == "inline":
            row.append(_format_inline(token))
        elif token.type == "tr_close":
            lines += _format_row(row)
            row = []
    return lines


def _format_row(cells: Sequence[str]) -> list[str]:
    first, *rest = cells
    if not any(rest):
        return [".PP", *format_lines(first)]
    return format_item(first, " \\(pc ".join(filter(None, rest)))


def _until(closing: str, tokens: Iterator[Token]) -> Iterator[Token]:
    """Yield the tokens before the closing one; tokens of this kind must not be nested."""
    for token in tokens:
        if token.type == closing:
            return
        yield token


def _format_inline(token: Token) -> str:
    return "".join(map(_format_span, token.children or ()))


def _format_span(token: Token) -> str:
    match token.type:
        case "code_inline":
            return f"\\fB{escape_roff(token.content)}\\fR"
        case "strong_open":
            return "\\fB"
        case "em_open":
            return "\\fI"
        case "strong_close" | "em_close":
            return "\\fR"
        case "softbreak" | "hardbreak":
            return " "
        case _:
            return escape_roff(token.content)


def _escape_dot(line: str) -> str:
    """Escape a full stop at the start of a line, because it begins a macro. (An apostrophe is always escaped.)"""
    return f"\\&{line}" if line.startswith(".") else line
