"""The line at the bottom while a long run is under way: how far it is, and the key that stops it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from importai_tui.sync.report import Progress, left_told, rate_told
from importai_tui.tui.look.literal import Pen, cut

DONE_CELL, REST_CELL = "━", "─"
_MARGIN = 2
_GAP = 3
_STOP = ("S", "stop", "sync")
_HELP = ("?", "help", "help")


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


def draw_progress(progress: Progress, width: int) -> Content:
    """The stopping key, a bar, the count, what is being read, rate and time left: as much as `width` cells hold."""
    count = f"{progress.done:,}/{progress.total:,}" if progress.total else f"{progress.done:,}"
    shapes = _WAITING_SHAPES if progress.note else _SHAPES
    shape = next((shape for shape in shapes if _room(shape, progress, count, width) >= shape.words), shapes[-1])
    room = _room(shape, progress, count, width)
    pen = _hint(Pen().write(" " * min(_MARGIN, width)), _STOP)
    if progress.total and shape.bar:
        filled = min(shape.bar, shape.bar * progress.done // progress.total)
        pen.write(" " * _GAP).write(DONE_CELL * filled, "$mark").write(REST_CELL * (shape.bar - filled), "$muted")
        pen.write("  ").write(count)
    else:
        pen.write(" " * _GAP).write(count)
    if shape.words:
        words = cut(progress.note or progress.title, room)
        pen.write(" " * _GAP).write(words, "$muted").write(" " * (room - cell_len(words)))
    for part in _tail(shape, progress):
        pen.write(" " * _GAP).write(part, "$muted")
    if shape.help:
        _hint(pen.write(" " * _GAP), _HELP)
    return pen.content().truncate(width)


def _room(shape: _Shape, progress: Progress, count: str, width: int) -> int:
    """Cells for the words beside all else, their own gap left out; below 0 where all else is too wide already."""
    parts = [
        "S stop",
        count,
        *_tail(shape, progress),
        *(["? help"] if shape.help else []),
        *([""] if shape.words else []),
    ]
    bar = shape.bar + 2 if progress.total and shape.bar else 0
    return width - 2 * _MARGIN - bar - sum(map(cell_len, parts)) - _GAP * (len(parts) - 1)


def _tail(shape: _Shape, progress: Progress) -> list[str]:
    rate = rate_told(progress.rate) if shape.rate and progress.rate else ""
    left = left_told(progress.seconds_left) if shape.left and progress.seconds_left is not None else ""
    return [part for part in (rate, left) if part]


def _hint(pen: Pen, hint: tuple[str, str, str]) -> Pen:
    """A key and its word; a click on it is the key."""
    key, word, action = hint
    click = Style.from_meta({"@click": (f"screen.{action}", ())})
    return pen.write(key, "bold $muted", click).write(" ").write(word, "$muted", click)
