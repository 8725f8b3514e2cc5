"""One piece of a story as a widget: used again for other pieces, and lit where the reader points at a link of it."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import NULL_SIZE
from textual.selection import Selection
from textual.widget import _RenderCache
from textual.widgets import Static

from importai_tui.tui.story.lines import Lines
from importai_tui.tui.story.lit import with_light
from importai_tui.tui.story.measured import Measured
from importai_tui.tui.story.render import Piece

_NOTHING = Piece("", Content(""), "")


class PieceView(Static, Measured):
    """One piece of a story. Its words can be selected, its links clicked."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        # Textual would paint over the colours of our own link styles.
        self.auto_links = False
        self._piece = _NOTHING
        self._look = ""
        self._lit = 0

    def draw(self, piece: Piece, *, first: bool) -> None:
        """Shows another piece."""
        self._piece = piece
        looks = {self._look: False, piece.look: True, "-tight": piece.tight or first}
        self._look = piece.look
        # One that is yet to be mounted is dressed then.
        self.update_classes(looks, update=self.is_attached)
        if not self.display:
            self.display = True
        self.update(with_light(piece, self._lit).visual)

    def put_away(self) -> None:
        """Shows nothing, and holds nothing of what it showed: a long story's lines would stay until the next one."""
        if self.display:
            self.display = False
            self._piece = _NOTHING
            self.update(_NOTHING.visual, layout=False)
            self._render_cache = _RenderCache(NULL_SIZE, [])

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
        return self.gutter.top + self._lines.line_of(character)

    def line_at(self, share: float) -> int:
        """The line, counted in the same way, that so large a share of the words is drawn above."""
        return self.gutter.top + self._lines.line_at(share)

    def share_at(self, line: int) -> float:
        """How much of the words is drawn above such a line; 0 only in the gap above the widget."""
        return self._lines.share_at(max(0, line - self.gutter.top) if line >= 0 else line)

    @property
    def _lines(self) -> Lines:
        return Lines(self._piece, max(1, self.size.width))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected words; a hanging piece is asked for its own, which Textual does not know."""
        return selection.extract(self.plain), "\n"
