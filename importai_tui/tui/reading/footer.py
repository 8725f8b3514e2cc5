"""The line at the bottom: at most six keys, the ones that matter here and now and fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from importai_tui.keymap import Command, format_keys, screen_keys
from importai_tui.tui.keys import key_within
from importai_tui.tui.look.literal import Pen, cut
from importai_tui.tui.reading.job_status import Underway
from importai_tui.tui.reading.progress import Key, draw_progress

MOST = 6
"""Hints shown at once; more is a list that nobody reads."""
_GAP = 3


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
