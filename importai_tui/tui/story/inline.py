"""Spans of the model as drawn text: bold, italic, code, and links with their small numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.style import Style

from importai_tui.issue import Span
from importai_tui.tui.look.literal import Pen
from importai_tui.tui.story.superscripts import superscript


def follow(number: int) -> Style:
    """The meta that makes a run of text a click on link `number`; a tuple, so nothing of it is ever parsed."""
    return Style.from_meta({"@click": ("screen.open_link", (number,))})


def inline(spans: Iterable[Span], *, base: str = "", colour: str = "$mark") -> Content:
    """The spans in the style `base`; link words are underlined, their number raised after them in `colour`."""
    pen = Pen()
    runs = list(spans)
    for index, span in enumerate(runs):
        if not span.link:
            pen.write(span.text, *_styles(span, base))
            continue
        last = index + 1 == len(runs) or runs[index + 1].link != span.link
        words = span.text.rstrip() if last else span.text
        pen.write(words, *_styles(span, base), "underline", follow(span.link))
        if last:
            pen.write(superscript(span.link), colour, follow(span.link))
            pen.write(span.text[len(words) :], base)
    return pen.content()


def trimmed(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans without the white space around them, empty ones left out."""
    kept = list(spans)
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = _with_text(kept[0], kept[0].text.lstrip())
        kept[-1] = _with_text(kept[-1], kept[-1].text.rstrip())
    return tuple(span for span in kept if span.text)


def without_start(spans: Sequence[Span], characters: int) -> tuple[Span, ...]:
    """The spans without their first characters."""
    kept: list[Span] = []
    for span in spans:
        if characters < len(span.text):
            kept.append(_with_text(span, span.text[characters:]))
        characters = max(0, characters - len(span.text))
    return tuple(kept)


def without_colon(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans without the colon that ends them; what follows is set apart in another way."""
    if not spans or not spans[-1].text.endswith(":"):
        return tuple(spans)
    return trimmed((*spans[:-1], _with_text(spans[-1], spans[-1].text[:-1])))


def _with_text(span: Span, text: str) -> Span:
    return Span(text, span.bold, span.italic, span.code, span.link)


def _styles(span: Span, base: str) -> list[str]:
    styles = [base]
    if span.bold:
        styles.append("bold")
    if span.italic:
        styles.append("italic")
    if span.code:
        styles.append("on $panel")
    return styles
