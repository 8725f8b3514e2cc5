"""The middle pane: one story, a pooled widget for each piece, scrolled as a page and never losing its place.

One piece of a story as a widget: used again for other pieces, and lit where the reader points at a link of it.

What spares a second layout to widgets that the first one has measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import NULL_SIZE, Region, Size
from textual.getters import query_one
from textual.message import Message
from textual.selection import Selection
from textual.style import Style
from textual.widget import Widget, _RenderCache
from textual.widgets import Static

from importai_tui.library.position import ScrollPosition
from importai_tui.tui.textual_caches import StoryCaches
from importai_tui.tui.widgets.annotations import Lines, link_of, with_light
from importai_tui.tui.widgets.story_render import Piece


class Measured(Widget):
    """A widget whose height is asked for to lay it out: that it has it then is no reason to lay out all anew.

    A base beside the one that the widget has its looks from, and after it: Textual takes those from the first.
    """

    def _size_updated(
        self,
        size: Size,
        virtual_size: Size,
        container_size: Size,
        layout: bool = True,  # noqa: ARG002  # Textual's own signature
    ) -> bool:
        """As ever; only a scroll bar that comes or goes asks for another layout, and that by itself."""
        return super()._size_updated(size, virtual_size, container_size, layout=False)


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


NARROWEST, MEASURE, WIDEST = 66, 72, 80
"""Width of the text in cells: what `<` and `>` allow, and what it is at first."""
_MARGINS = 2
"""Cells of the column beside the text: one on each side."""
_NEVER = Size(0, 0)
_OVERLAP = 2
"""Lines of the old page that stay in view on the new one."""
_SPARE = 16
"""Widgets that are made over those that a longer story needs: each making costs another layout."""


class Column(Vertical, Measured):
    """The pieces, one beneath the other."""


class StoryView(VerticalScroll, Measured, can_focus=True, inherit_bindings=False):
    """Draws the pieces that it is given. It tells when the reader has scrolled."""

    page_column = query_one("#page", Column)

    class Scrolled(Message):
        """The reader has moved in the story."""

        def __init__(self) -> None:
            super().__init__()

    class LinkPointed(Message):
        """The mouse has come over a link, or left it: its number, 0 for none."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._caches = StoryCaches()
        self._pool: list[PieceView] = []
        self._shown: list[PieceView] = []
        self._lit = self._hovered = 0
        self._spot = ScrollPosition()
        self._settled = _NEVER
        """The size that the story was last brought to its place in: what moves in another one is not the reader."""
        self._moved = False
        self._goal: tuple[int, int] | None = None
        self._bar_stands = False
        self._regions: tuple[Region, ...] = ()
        self._laid_out = (_NEVER, _NEVER)
        """The sizes, of the pane and of all the text, that these places of the pieces are for."""

    def compose(self) -> ComposeResult:
        """The column that is as wide as the measure, pieces come into it as they are needed."""
        yield Column(id="page")

    def show(self, pieces: Sequence[Piece], spot: ScrollPosition | None = None) -> None:
        """Shows another story, from `spot` on."""
        self._caches.story_shown()
        self._lit = 0
        self._fill(pieces)
        self._spot = spot or ScrollPosition()
        self._goal = None
        self._moved = False
        # Nobody scrolls when the old story's place goes with it.
        self._settled = _NEVER
        self.scroll_to(y=0, animate=False, immediate=True, force=True)
        self.call_after_refresh(self._settle)

    def redraw(self, pieces: Sequence[Piece]) -> None:
        """Shows the story as it is now; what is first in view stays there, and nobody has scrolled."""
        self._spot = spot_again(self._spot, [view.plain for view in self._shown], [piece.plain for piece in pieces])
        self._settled = _NEVER
        self._fill(pieces)
        self.call_after_refresh(self._settle)

    def _fill(self, pieces: Sequence[Piece]) -> None:
        """Widgets are used again; only missing ones are made."""
        missing = len(pieces) - len(self._pool)
        new = [PieceView() for _ in range(missing + (_SPARE if self._pool else 0))] if missing > 0 else []
        self._pool += new
        for index, (view, piece) in enumerate(zip(self._pool, pieces, strict=False)):
            view.light(0)
            view.draw(piece, first=index == 0)
            view.light(self._lit)
        self._shown = self._pool[: len(pieces)]
        for view in self._pool[len(pieces) :]:
            view.put_away()
        if new:
            self.page_column.mount(*new)
        self._laid_out = (_NEVER, _NEVER)

    def show_message(self, text: Content) -> None:
        """Shows a few words instead of a story."""
        self.show([Piece("paragraph", text, text.plain)])

    @property
    def spot(self) -> ScrollPosition:
        """The place of the first visible line."""
        return self._spot

    def go_back(self, spot: ScrollPosition) -> None:
        """Shows a spot again, which counts as no scrolling of the reader's."""
        self._spot, self._goal = spot, None
        self._settled = _NEVER
        self._settle()

    @property
    def has_moved(self) -> bool:
        """Whether the reader has scrolled in this showing of the story."""
        return self._moved

    @property
    def shown(self) -> tuple[PieceView, ...]:
        """The widgets of the pieces, in their order."""
        return tuple(self._shown)

    def pick(self, piece: int | None) -> None:
        """Marks a piece as picked and brings it into view; None: none is picked any more."""
        for index, view in enumerate(self._shown):
            view.set_class(index == piece, "-picked")
        if piece is not None:
            self.scroll_to_widget(self._shown[piece], animate=False, immediate=True)

    def light_link(self, number: int) -> None:
        """Lights a link, by its number, wherever the story has it; 0: none. Nothing scrolls."""
        self._lit = number
        for view in self._shown:
            view.light(number)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tells which link the mouse is over."""
        self._hover(link_of(Style.from_meta(event.style.meta)))

    def on_leave(self) -> None:
        """It is over none."""
        self._hover(0)

    def _hover(self, number: int) -> None:
        if number != self._hovered:
            self._hovered = number
            self.post_message(self.LinkPointed(number))

    def repaint(self, pieces: Mapping[int, Piece]) -> None:
        """Shows pieces, by their places, with the same words in other colours."""
        for at, piece in pieces.items():
            if at < len(self._shown):
                self._shown[at].repaint(piece)

    def reach(self, goal: tuple[int, int] | None) -> None:
        """Brings a character of a piece into view, which counts as no scrolling of the reader's; None: not any more.

        It comes a third from the top, unless it is well in view, and stays in view at another width until the reader
        scrolls.
        """
        self._goal = goal
        if goal and self._settled == self.size:
            self._settle_goal(goal)

    @property
    def at_end(self) -> bool:
        """Whether the last line is in view."""
        return round(self.scroll_y) >= self.max_scroll_y

    def set_measure(self, cells: int) -> None:
        """Sets the width of the text; what was in view stays in view."""
        self.page_column.styles.max_width = cells + _MARGINS
        self._settled = _NEVER
        self.call_after_refresh(self._settle)

    def move(self, rows: int) -> None:
        """Scrolls by lines."""
        self._scroll(round(self.scroll_y) + rows)

    def page(self, share: float) -> None:
        """Scrolls by a share of the height; a whole page keeps two lines of the old one."""
        lines = round(abs(share) * self.size.height)
        step = max(1, lines - _OVERLAP if abs(share) >= 1 else lines)
        self._scroll(round(self.scroll_y) + (step if share > 0 else -step))

    def edge(self, *, last: bool) -> None:
        """Scrolls to the beginning or the end."""
        self._scroll(round(self.max_scroll_y) if last else 0)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Remembers what is first in view, unless it is only a new size that has moved it."""
        super().watch_scroll_y(old_value, new_value)
        if self.size == self._settled and round(old_value) != round(new_value):
            self._spot = self._find_spot()
            self._goal = None
            self._moved = True
            self.post_message(self.Scrolled())

    def on_resize(self, event: events.Resize) -> None:
        """After a new size, scrolls back to what was in view."""
        if event.size != self._settled:
            self.call_after_refresh(self._settle)

    def _scroll(self, y: int) -> None:
        self.scroll_to(y=y, animate=False, immediate=True)

    def _settle(self) -> None:
        """Scroll to the remembered spot, once the pieces have their heights."""
        if not self.children:  # the screen was closed meanwhile
            return
        if self._spot == ScrollPosition():
            self.scroll_to(y=0, animate=False, immediate=True, force=True)
        elif self._spot.piece < len(self._shown):
            view, share = self._shown[self._spot.piece], self._spot.share
            region = self._places()[self._spot.piece]
            line = region.y + view.line_at(share) if share else region.grow(view.styles.margin).y
            y = self.page_column.virtual_region.y + line
            self.scroll_to(y=y, animate=False, immediate=True, force=True)
        self._places()
        self._settled = self.size
        if not self._bar_stands:
            # Until it is mounted it does not hear how long the story is.
            self.vertical_scrollbar.refresh()
            self._bar_stands = self.vertical_scrollbar.is_mounted
        if self._goal:
            self._settle_goal(self._goal)

    def _settle_goal(self, goal: tuple[int, int]) -> None:
        piece, character = goal
        if not (piece < len(self._shown) and self.size.width):
            return
        view = self._shown[piece]
        y = self.page_column.virtual_region.y + self._places()[piece].y + view.line_of(character)
        top, height = round(self.scroll_y), self.size.height
        if top < y < top + height - 1:
            return
        # Nobody scrolls who is shown the way.
        settled, self._settled = self._settled, _NEVER
        self.scroll_to(y=y - height // 3, animate=False, immediate=True, force=True)
        self._spot, self._settled = self._find_spot(), settled

    def _find_spot(self) -> ScrollPosition:
        top = round(self.scroll_y) - self.page_column.virtual_region.y
        for index, (view, region) in enumerate(zip(self._shown, self._places(), strict=True)):
            if region.bottom > top:
                return ScrollPosition(index, view.share_at(top - region.y))
        return ScrollPosition()

    def _places(self) -> tuple[Region, ...]:
        """Where the pieces stand in the column. After scrolling, Textual would lay out all anew to tell it."""
        sizes = (self.size, self.page_column.size)
        if sizes != self._laid_out:
            self._laid_out = sizes
            self._regions = tuple(view.virtual_region for view in self._shown)
        return self._regions


def spot_again(spot: ScrollPosition, before: Sequence[str], after: Sequence[str]) -> ScrollPosition:
    """The same spot after an edit: in the nearest piece with the same words, else in the one that has its place."""
    if not after or spot.piece >= len(before):
        return ScrollPosition()
    same = [index for index, words in enumerate(after) if words == before[spot.piece]]
    nearest = min(same, key=lambda index: abs(index - spot.piece), default=min(spot.piece, len(after) - 1))
    words, above = after[nearest], before[spot.piece][: int(spot.share * len(before[spot.piece]))]
    if above and words != before[spot.piece] and words.startswith(above):
        return ScrollPosition(nearest, min(1.0, (len(above) + 0.5) / len(words)))
    return ScrollPosition(nearest, spot.share)
