"""The line at the bottom while a long run is under way: how far it is, and the key that stops it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from importai_tui.sync.progress import Progress, format_eta, format_rate
from importai_tui.tui.look.literal import Pen, cut

DONE_CELL, REST_CELL = "━", "─"
_MARGIN = 2
_GAP = 3


class Key(NamedTuple):
    """A key as it is printed, what it does in a word, and the action that a click on it runs."""

    key: str
    word: str
    action: str

    @property
    def width(self) -> int:
        """Cells of both."""
        return cell_len(self.key) + 1 + cell_len(self.word)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What has a place: cells of the bar and, at the least, of the words; and what stands at the right."""

    bar: int
    words: int
    rate: bool = False
    left: bool = False
    help: bool = False


_SHAPES = (
    _Shape(20, 24, rate=True, left=True, help=True),
    _Shape(16, 12, left=True, help=True),
    _Shape(12, 0, left=True, help=True),
    _Shape(12, 0),
    _Shape(0, 0),
)
"""From the widest to the narrowest. The rate gives way first, then the title, then the rest."""
_WAITING_SHAPES = (
    _Shape(20, 32, left=True, help=True),
    _Shape(12, 32, help=True),
    _Shape(0, 12),
    _Shape(0, 0),
)
"""While the run waits, why it waits matters more than the bar."""


def draw_progress(progress: Progress, width: int, *, stop: Key | None, help: Key | None) -> Content:
    """The stopping key, a bar, the count, what is being read, rate and time left: as much as `width` cells hold.

    A key that is None has no place: no key does it.
    """
    count = f"{progress.done:,}/{progress.total:,}" if progress.total else f"{progress.done:,}"
    shapes = _WAITING_SHAPES if progress.note else _SHAPES
    rooms = ((shape, _room(shape, progress, count, width, stop, help)) for shape in shapes)
    shape, room = next((fitting for fitting in rooms if fitting[1] >= fitting[0].words), (shapes[-1], 0))
    pen = Pen().write(" " * min(_MARGIN, width))
    if stop:
        _hint(pen, stop).write(" " * _GAP)
    if progress.total and shape.bar:
        filled = min(shape.bar, shape.bar * progress.done // progress.total)
        pen.write(DONE_CELL * filled, "$mark").write(REST_CELL * (shape.bar - filled), "$muted")
        pen.write("  ").write(count)
    else:
        pen.write(count)
    if shape.words:
        words = cut(progress.note or progress.title, room)
        pen.write(" " * _GAP).write(words, "$muted").write(" " * (room - cell_len(words)))
    for part in _tail(shape, progress):
        pen.write(" " * _GAP).write(part, "$muted")
    if shape.help and help:
        _hint(pen.write(" " * _GAP), help)
    return pen.content().truncate(width)


def _room(shape: _Shape, progress: Progress, count: str, width: int, stop: Key | None, help: Key | None) -> int:
    """Cells for the words beside all else, their own gap left out; below 0 where all else is too wide already."""
    parts = [
        *([stop.width] if stop else []),
        cell_len(count),
        *map(cell_len, _tail(shape, progress)),
        *([help.width] if shape.help and help else []),
        *([0] if shape.words else []),
    ]
    bar = shape.bar + 2 if progress.total and shape.bar else 0
    return width - 2 * _MARGIN - bar - sum(parts) - _GAP * (len(parts) - 1)


def _tail(shape: _Shape, progress: Progress) -> list[str]:
    rate = format_rate(progress.rate) if shape.rate and progress.rate else ""
    left = format_eta(progress.seconds_left) if shape.left and progress.seconds_left is not None else ""
    return [part for part in (rate, left) if part]


def _hint(pen: Pen, hint: Key) -> Pen:
    """A key and its word; a click on it is the key."""
    key, word, action = hint
    click = Style.from_meta({"@click": (f"screen.{action}", ())})
    return pen.write(key, "bold $muted", click).write(" ").write(word, "$muted", click)
