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
from importai_tui.keymap.screens import screen_commands
from importai_tui.sync.progress import Progress, format_eta, format_rate
from importai_tui.tui.bindings import format_screen_key
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.text import ContentBuilder, truncate

DONE_CELL, REMAINING_CELL = "━", "─"
_MARGIN = 2
_GAP = 3


class Key(NamedTuple):
    """A key as it is printed, what it does in a word, and the action that a click on it runs."""

    key: str
    words: str
    action: str

    @property
    def width(self) -> int:
        """Cells of both."""
        return cell_len(self.key) + 1 + cell_len(self.words)


@dataclass(frozen=True, slots=True)
class _ProgressLayout:
    """What has a place: cells of the bar and, at the least, of the words; and what stands at the right."""

    bar: int
    words: int
    rate: bool = False
    time_left: bool = False
    help: bool = False


_LAYOUTS = (
    _ProgressLayout(20, 24, rate=True, time_left=True, help=True),
    _ProgressLayout(16, 12, time_left=True, help=True),
    _ProgressLayout(12, 0, time_left=True, help=True),
    _ProgressLayout(12, 0),
    _ProgressLayout(0, 0),
)
"""From the widest to the narrowest. The rate gives way first, then the title, then the rest."""
_WAITING_LAYOUTS = (
    _ProgressLayout(20, 32, time_left=True, help=True),
    _ProgressLayout(12, 32, help=True),
    _ProgressLayout(0, 12),
    _ProgressLayout(0, 0),
)
"""While the run waits, why it waits matters more than the bar."""


def draw_progress(progress: Progress, width: int, *, stop: Key | None, help: Key | None) -> Content:
    """The stopping key, a bar, the count, what is being read, rate and time left: as much as `width` cells hold.

    A key that is None has no place: no key does it.
    """
    count = f"{progress.done:,}/{progress.total:,}" if progress.total else f"{progress.done:,}"
    shapes = _WAITING_LAYOUTS if progress.note else _LAYOUTS
    rooms = ((shape, _title_width(shape, progress, count, width, stop, help)) for shape in shapes)
    shape, room = next((fitting for fitting in rooms if fitting[1] >= fitting[0].words), (shapes[-1], 0))
    pen = ContentBuilder().write(" " * min(_MARGIN, width))
    if stop:
        _write_hint(pen, stop).write(" " * _GAP)
    if progress.total and shape.bar:
        filled = min(shape.bar, shape.bar * progress.done // progress.total)
        pen.write(DONE_CELL * filled, "$mark").write(REMAINING_CELL * (shape.bar - filled), "$muted")
        pen.write("  ").write(count)
    else:
        pen.write(count)
    if shape.words:
        words = truncate(progress.note or progress.title, room)
        pen.write(" " * _GAP).write(words, "$muted").write(" " * (room - cell_len(words)))
    for part in _format_rate_and_time(shape, progress):
        pen.write(" " * _GAP).write(part, "$muted")
    if shape.help and help:
        _write_hint(pen.write(" " * _GAP), help)
    return pen.build().truncate(width)


def _title_width(
    shape: _ProgressLayout, progress: Progress, count: str, width: int, stop: Key | None, help: Key | None
) -> int:
    """Cells for the words beside all else, their own gap left out; below 0 where all else is too wide already."""
    parts = [
        *([stop.width] if stop else []),
        cell_len(count),
        *map(cell_len, _format_rate_and_time(shape, progress)),
        *([help.width] if shape.help and help else []),
        *([0] if shape.words else []),
    ]
    bar = shape.bar + 2 if progress.total and shape.bar else 0
    return width - 2 * _MARGIN - bar - sum(parts) - _GAP * (len(parts) - 1)


def _format_rate_and_time(shape: _ProgressLayout, progress: Progress) -> list[str]:
    rate = format_rate(progress.rate) if shape.rate and progress.rate else ""
    left = format_eta(progress.seconds_left) if shape.time_left and progress.seconds_left is not None else ""
    return [part for part in (rate, left) if part]


def _write_hint(pen: ContentBuilder, hint: Key) -> ContentBuilder:
    """A key and its word; a click on it is the key."""
    key, word, action = hint
    click = Style.from_meta({"@click": (f"screen.{action}", ())})
    return pen.write(key, "bold $muted", click).write(" ").write(word, "$muted", click)


MAX_HINTS = 6
"""Hints shown at once; more is a list that nobody reads."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A key as it is printed, what it does in one or two words, and the action that a click on it runs."""

    key: str
    words: str
    action: str


@dataclass(frozen=True, slots=True)
class FooterContent:
    """What the footer tells: hints in order of weight, and a quiet note on the right where there is room.

    While something runs behind the reader's back, its few words take the note's place and hints make room for them, or
    its bar takes the place of all. `trouble` is a warning that lasts; it comes before all news.
    """

    hints: tuple[Hint, ...] = ()
    note: str = ""
    job: JobStatus = field(default_factory=JobStatus)
    warning: str = ""
    stop: Hint | None = None
    """How the run is stopped; None where no key does it."""


class Footer(Widget):
    """One line on the panel shade."""

    footer_content: reactive[FooterContent] = reactive(FooterContent())
    """What to tell; set from above."""

    def render(self) -> Content:
        """The line at the present width."""
        advice = self.footer_content
        if not (progress := advice.job.progress):
            return draw_hints(advice, self.size.width)
        help = next((hint for hint in advice.hints[-1:] if hint.action == "help"), None)
        return draw_progress(progress, self.size.width, stop=_as_key(advice.stop), help=_as_key(help))


def draw_hints(content: FooterContent, width: int) -> Content:
    """As many hints as fit in `width` cells, at most six; the last one ("? help") always has a place."""
    told = content.warning or content.job.text
    news = truncate(told, width - 4 - _width(content.hints[-1]) - _GAP) if content.hints else ""
    hints = _fit_hints(content.hints[:MAX_HINTS], width - 4 - (cell_len(news) + _GAP if news else 0))
    note = news or content.note
    pen = ContentBuilder().write("  ")
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
    return pen.build()


def format_first_key(commands: Iterable[Command], id: str) -> str:
    """The first key of a command, by its short name; empty where no key calls it."""
    first = next((command.keys.partition(",")[0] for command in commands if command.id == id), "")
    return {"escape": "esc"}.get(first, format_keys((first,))) if first else ""


def make_hints(commands: Iterable[Command], *wanted: tuple[str, str]) -> tuple[Hint, ...]:
    """Hints for commands by their ids, each with what it is called here. One that no key calls has none."""
    by_id = {command.id: command for command in commands}
    keys = {id: format_first_key([by_id[id]], id) for id, _ in wanted}
    return tuple(Hint(keys[id], words, by_id[id].action) for id, words in wanted if keys[id])


def make_screen_hints(app: object, place: str, hints: Iterable[Hint]) -> tuple[Hint, ...]:
    """The hints of another screen, with the keys that a person has given to what they do there."""
    ids = {command.action: command.id for command in screen_commands(place)}
    return tuple(replace(h, key=format_screen_key(app, ids[h.action], h.key)) if h.action in ids else h for h in hints)


def _as_key(hint: Hint | None) -> Key | None:
    return Key(hint.key, hint.words, hint.action) if hint else None


def _width(hint: Hint) -> int:
    return cell_len(hint.key) + 1 + cell_len(hint.words)


def _fit_hints(hints: Sequence[Hint], room: int) -> list[Hint]:
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
