"""The one link that the reader points at, lit where it stands in the story. Pure."""

from __future__ import annotations

from textual.content import Content, Span
from textual.style import Style

from importai_tui.tui.story.passages import with_words, words_of
from importai_tui.tui.story.render import Piece

_LIT = "bold not dim $foreground on $cursor"
"""As the row under a list's cursor: the same light on both sides. Bold says it without a colour; nothing is muted."""


def with_light(piece: Piece, number: int) -> Piece:
    """The piece with the words and the small number of that link lit; the same piece where it has no such link."""
    words = words_of(piece)
    runs = [Span(start, end, _LIT) for start, end, style in words.spans if number and link_of(style) == number]
    return with_words(piece, Content(words.plain, spans=[*words.spans, *runs])) if runs else piece


def link_of(style: str | Style) -> int:
    """The number of the link that a click on text in this style opens; 0 where it opens none."""
    action = style.meta.get("@click") if isinstance(style, Style) else None
    match action:
        case ("screen.open_link", (int(number),)):
            return number
        case _:
            return 0
