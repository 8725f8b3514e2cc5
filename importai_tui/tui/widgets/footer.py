"""The line at the bottom: at most six keys, the ones that matter here and now and fit.

The line at the bottom while a long run is under way: how far it is, and the key that stops it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from importai_tui.keymap.commands import Command
from importai_tui.keymap.key_names import format_keys
from importai_tui.keymap.screens import screen_keys
from importai_tui.sync.progress import Progress, format_eta, format_rate
from importai_tui.tui.bindings import key_within
from importai_tui.tui.job_status import Underway
from importai_tui.tui.text import Pen, cut

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


MOST = 6
"""Hints shown at once; more is a list that nobody reads."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A key as it is printed, what it does in one or two words, and the action that a click on it runs."""

    key: str
    words: str
    action: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What the footer tells: hints in order of weight, and a quiet note on the right where there is room.

    While something runs behind the reader's back, its few words take the note's place and hints make room for them, or
    its bar takes the place of all. `trouble` is a warning that lasts; it comes before all news.
    """

    hints: tuple[Hint, ...] = ()
    note: str = ""
    underway: Underway = field(default_factory=Underway)
    trouble: str = ""
    stop: Hint | None = None
    """How the run is stopped; None where no key does it."""


class Footer(Widget):
    """One line on the panel shade."""

    advice: reactive[Advice] = reactive(Advice())
    """What to tell; set from above."""

    def render(self) -> Content:
        """The line at the present width."""
        advice = self.advice
        if not (progress := advice.underway.progress):
            return draw_hints(advice, self.size.width)
        help = next((hint for hint in advice.hints[-1:] if hint.action == "help"), None)
        return draw_progress(progress, self.size.width, stop=_as_key(advice.stop), help=_as_key(help))


def draw_hints(advice: Advice, width: int) -> Content:
    """As many hints as fit in `width` cells, at most six; the last one ("? help") always has a place."""
    told = advice.trouble or advice.underway.news
    news = cut(told, width - 4 - _width(advice.hints[-1]) - _GAP) if advice.hints else ""
    hints = _fitting(advice.hints[:MOST], width - 4 - (cell_len(news) + _GAP if news else 0))
    note = news or advice.note
    pen = Pen().write("  ")
    used = 2
    for index, hint in enumerate(hints):
        if index:
            pen.write(" " * _GAP)
            used += _GAP
        click = Style.from_meta({"@click": (f"screen.{hint.action}", ())})
        pen.write(hint.key, "bold $muted", click).write(" ").write(hint.words, "$muted", click)
        used += _width(hint)
    room = width - used - 2
    if note and cell_len(note) + _GAP <= room:
        pen.write(" " * (room - cell_len(note))).write(note, "$muted")
    return pen.content()


def first_key(commands: Iterable[Command], id: str) -> str:
    """The first key of a command, by its short name; empty where no key calls it."""
    first = next((command.keys.partition(",")[0] for command in commands if command.id == id), "")
    return {"escape": "esc"}.get(first, format_keys((first,))) if first else ""


def hints_of(commands: Iterable[Command], *wanted: tuple[str, str]) -> tuple[Hint, ...]:
    """Hints for commands by their ids, each with what it is called here. One that no key calls has none."""
    by_id = {command.id: command for command in commands}
    keys = {id: first_key([by_id[id]], id) for id, _ in wanted}
    return tuple(Hint(keys[id], words, by_id[id].action) for id, words in wanted if keys[id])


def hints_within(app: object, place: str, hints: Iterable[Hint]) -> tuple[Hint, ...]:
    """The hints of another screen, with the keys that a person has given to what they do there."""
    ids = {command.action: command.id for command in screen_keys(place)}
    return tuple(replace(h, key=key_within(app, ids[h.action], h.key)) if h.action in ids else h for h in hints)


def _as_key(hint: Hint | None) -> Key | None:
    return Key(hint.key, hint.words, hint.action) if hint else None


def _width(hint: Hint) -> int:
    return cell_len(hint.key) + 1 + cell_len(hint.words)


def _fitting(hints: Sequence[Hint], room: int) -> list[Hint]:
    """The hints from the front that fit together with the last one."""
    if not hints:
        return []
    *front, last = hints
    left = room - _width(last)
    kept: list[Hint] = []
    for hint in front:
        if _width(hint) + _GAP > left:
            break
        kept.append(hint)
        left -= _width(hint) + _GAP
    return [*kept, last]
