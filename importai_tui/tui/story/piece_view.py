"""One piece of a story as a widget: used again for other pieces, and lit where the reader points at a link of it."""

from __future__ import annotations

import re

from textual.content import Content
from textual.selection import Selection
from textual.widgets import Static

from importai_tui.tui.story.lit import with_light
from importai_tui.tui.story.passages import with_words, words_of
from importai_tui.tui.story.render import Piece


class PieceView(Static):
    """One piece of a story. Its words can be selected, its links clicked."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        # Textual would paint over the colours of our own link styles.
        self.auto_links = False
        self._piece = Piece("", Content(""), "")
        self._look = ""
        self._lit = 0

    def draw(self, piece: Piece, *, first: bool) -> None:
        """Shows another piece."""
        self._piece = piece
        if piece.look != self._look:
            self.remove_class(self._look or "none")
            self._look = piece.look
            self.add_class(piece.look)
        self.set_class(piece.tight or first, "-tight")
        self.display = True
        self.update(with_light(piece, self._lit).visual)

    def repaint(self, piece: Piece) -> None:
        """Shows the same words in other colours."""
        self._piece = piece
        self.update(with_light(piece, self._lit).visual, layout=False)

    def light(self, number: int) -> None:
        """Lights the link with that number, if it is in this piece; 0: none."""
        before, self._lit = with_light(self._piece, self._lit), number
        after = with_light(self._piece, number)
        if after is not before:
            self.update(after.visual, layout=False)

    @property
    def plain(self) -> str:
        """The words of the piece."""
        return self._piece.plain

    def line_of(self, character: int) -> int:
        """The line, counted from the top of the widget, that a character of the piece's words is drawn on."""
        words, width = words_of(self._piece), max(1, self.size.width)
        # The rest of its word is drawn on the same line, unless the word is longer than any line.
        rest = re.match(rf"\S{{,{width}}}", words.plain[character:])
        before = with_words(self._piece, words[: character + max(1, rest.end() if rest else 0)])
        return self.gutter.top + max(0, before.visual.get_height({}, width) - 1)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected words; a hanging piece is asked for its own, which Textual does not know."""
        return selection.extract(self.plain), "\n"
