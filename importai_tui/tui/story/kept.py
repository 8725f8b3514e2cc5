"""What the reader has added to a story, and how it is drawn into it. It never writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from importai_tui.library import Library
from importai_tui.reading import Highlight
from importai_tui.tui.look.literal import Pen
from importai_tui.tui.story.passages import placed, with_words, words_of
from importai_tui.tui.story.render import Piece


@dataclass(frozen=True, slots=True)
class Kept:
    """A story's tags in alphabetical order, its note, its highlights in the order of the text."""

    tags: tuple[str, ...] = ()
    note: str | None = None
    highlights: tuple[Highlight, ...] = ()


def kept_of(library: Library, key: str) -> Kept:
    """What is kept of a story now."""
    return Kept(library.state.tags_of(key), library.state.note_of(key), library.state.highlights_of(key))


def draw_kept(pieces: Sequence[Piece], kept: Kept) -> tuple[Piece, ...]:
    """The pieces with the highlights in them and the note at their foot; no piece changes its place."""
    drawn = list(pieces)
    found, gone = placed(kept.highlights, pieces)
    for part in found:
        words = words_of(drawn[part.piece])
        drawn[part.piece] = with_words(drawn[part.piece], words.stylize(_ground(words), part.start, part.end))
    # After all the grounds, whose places the remarks would move.
    for part in found:
        if part.last and part.highlight.remark:
            said = Pen().add(words_of(drawn[part.piece])).write(f"\n{part.highlight.remark}", "italic $second")
            drawn[part.piece] = with_words(drawn[part.piece], said.content())
    for highlight in gone:
        pen = Pen().write("Your highlight; the text no longer has these words\n", "$muted")
        pen.write(highlight.quote, "on $highlight")
        if highlight.remark:
            pen.write(f"\n{highlight.remark}", "italic $second")
        drawn.append(_yours(pen.content()))
    if kept.note:
        drawn.append(_yours(Pen().write("Your note\n", "$muted").write(kept.note).content()))
    return tuple(drawn)


def _ground(words: Content) -> str:
    """How kept words are drawn; a muted caption could hardly be read on the ground of highlights."""
    muted = any("$muted" in str(style) for _, _, style in words.spans)
    return "$foreground on $highlight" if muted else "on $highlight"


def _yours(text: Content) -> Piece:
    return Piece("yours", text, text.plain)
