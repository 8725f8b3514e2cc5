"""The footer: at most six key hints that fit, or the progress of a long job and its stop key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.style import Style as RichStyle
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from importai_tui.keymap.commands import Command
from importai_tui.keymap.key_names import format_keys
from importai_tui.keymap.screens import screen_commands
from importai_tui.tui.bindings import format_screen_key
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.text import ContentBuilder, truncate
from importai_tui.wording import format_eta, format_rate

if TYPE_CHECKING:
    from importai_tui.sync.progress import Progress

MAX_HINTS = 6
"""Hints shown at once; nobody reads a longer list."""
DONE_CELL, REMAINING_CELL = "━", "─"
_MARGIN = 2
HINT_GAP = 3
"""Cells between two hints, and between them and the note."""
_WAYS_OUT = frozenset({"leave", "cancel", "back_out", "zen"})
"""Actions that close what the hints are for."""


class Hint(NamedTuple):
    """A key as it is printed, one or two words about it, and the action that a click on it runs."""

    key: str
    words: str
    action: str
    is_accented: bool = False
    """True for what a new user should do first; it is drawn in the accent colour."""

    @property
    def width(self) -> int:
        """Cells of key and words."""
        return cell_len(self.key) + 1 + cell_len(self.words)


class FooterContent(NamedTuple):
    """The content of the footer: hints, most important first, and a quiet note on the right if there is room.

    The last hint, help, stays longer than those before it, and the way out stays longest.

    While a job runs, its words replace the note and hints give way to them, or its bar replaces everything. A `warning`
    lasts, and comes before the news of jobs.
    """

    hints: tuple[Hint, ...] = ()
    note: str = ""
    job: JobStatus = JobStatus()
    warning: str = ""
    stop: Hint | None = None
    """The hint that stops the job; None if no key does it."""


class Footer(Widget):
    """The footer line, on the panel background."""

    ALLOW_SELECT = False

    footer_content: reactive[FooterContent] = reactive(FooterContent())
    """The content; set by the screen."""

    @property
    def link_style(self) -> RichStyle:
        """No style, because the style of links would replace the colours of the hints."""
        return RichStyle.null()

    def render(self) -> Content:
        """Return the line at the present width."""
        content = self.footer_content
        if not (progress := content.job.progress):
            return draw_hints(content, self.size.width)
        help = next((hint for hint in content.hints[-1:] if hint.action == "help"), None)
        return draw_progress(progress, self.size.width, stop=content.stop, help=help)


def draw_hints(content: FooterContent, width: int) -> Content:
    """Draw as many hints as fit in `width` cells, at most six; the most important one always fits."""
    ranked = _rank_hints(content.hints)
    news = content.warning or content.job.text
    news = truncate(news, width - 4 - ranked[0].width - HINT_GAP) if ranked else ""
    hints = _fit_hints(content.hints, ranked, width - 4 - (cell_len(news) + HINT_GAP if news else 0))
    note = news or content.note
    builder = ContentBuilder().write("  ")
    used = 2
    for index, hint in enumerate(hints):
        if index:
            builder.write(" " * HINT_GAP)
            used += HINT_GAP
        _write_hint(builder, hint)
        used += hint.width
    free_width = width - used - 2
    if note and cell_len(note) + HINT_GAP <= free_width:
        builder.write(" " * (free_width - cell_len(note))).write(note, "$muted")
    return builder.build()


def draw_progress(progress: Progress, width: int, *, stop: Hint | None, help: Hint | None) -> Content:
    """Draw stop key, bar, count, title, rate and time left, as far as they fit in `width` cells.

    A key that is None is not shown, because no key calls the command.
    """
    count = f"{progress.done:,}/{progress.total:,}" if progress.total else f"{progress.done:,}"
    layouts = _WAITING_LAYOUTS if progress.note else _LAYOUTS
    sizes = ((layout, _title_width(layout, progress, count, width, stop, help)) for layout in layouts)
    layout, title_width = next((size for size in sizes if size[1] >= size[0].title), (layouts[-1], 0))
    builder = ContentBuilder().write(" " * min(_MARGIN, width))
    if stop:
        _write_hint(builder, stop).write(" " * HINT_GAP)
    if progress.total and layout.bar:
        filled = min(layout.bar, layout.bar * progress.done // progress.total)
        builder.write(DONE_CELL * filled, "$mark").write(REMAINING_CELL * (layout.bar - filled), "$muted")
        builder.write("  ").write(count)
    else:
        builder.write(count)
    if layout.title:
        title = truncate(progress.note or progress.title, title_width)
        builder.write(" " * HINT_GAP).write(title, "$muted").write(" " * (title_width - cell_len(title)))
    for part in _format_rate_and_time(layout, progress):
        builder.write(" " * HINT_GAP).write(part, "$muted")
    if layout.help and help:
        _write_hint(builder.write(" " * HINT_GAP), help)
    return builder.build().truncate(width)


def format_first_key(commands: Iterable[Command], id: str) -> str:
    """Return the first key of a command, in its short form; an empty string if no key calls it."""
    first = next((command.keys.partition(",")[0] for command in commands if command.id == id), "")
    return format_keys((first,)) if first else ""


def format_download_keys(commands: Sequence[Command], separator: str = " or ") -> str:
    """Return the keys that download issues, and what each is for; an empty string if no key does."""
    choices = (("sync", "to download the newest"), ("sync.all", "for all ten years"))
    named = ((format_first_key(commands, id), words) for id, words in choices)
    return separator.join(f"{key} {words}" for key, words in named if key)


def make_hints(commands: Iterable[Command], *wanted: tuple[str, str]) -> tuple[Hint, ...]:
    """Return hints for commands, given as id and words. A command without a key has no hint."""
    by_id = {command.id: command for command in commands}
    keys = {id: format_first_key([by_id[id]], id) for id, _ in wanted}
    return tuple(Hint(keys[id], words, by_id[id].action) for id, words in wanted if keys[id])


def make_screen_hints(app: object, screen: str, hints: Iterable[Hint]) -> tuple[Hint, ...]:
    """Return the hints of another screen with the user's own keys."""
    ids = {command.action: command.id for command in screen_commands(screen)}
    return tuple(h._replace(key=format_screen_key(app, ids[h.action], h.key)) if h.action in ids else h for h in hints)


class _ProgressLayout(NamedTuple):
    """The parts of the progress line: cells of the bar, the least cells of the title, and the parts at the right."""

    bar: int
    title: int
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
"""Layouts from the widest to the narrowest. The rate goes first, then the title, then the rest."""
_WAITING_LAYOUTS = (
    _ProgressLayout(20, 32, time_left=True, help=True),
    _ProgressLayout(12, 32, help=True),
    _ProgressLayout(0, 12),
    _ProgressLayout(0, 0),
)
"""While the job waits, the reason matters more than the bar."""


def _title_width(
    layout: _ProgressLayout, progress: Progress, count: str, width: int, stop: Hint | None, help: Hint | None
) -> int:
    """Return the cells for the title beside all else, its gap not counted; negative if all else is too wide already."""
    parts = [
        *([stop.width] if stop else []),
        cell_len(count),
        *map(cell_len, _format_rate_and_time(layout, progress)),
        *([help.width] if layout.help and help else []),
        *([0] if layout.title else []),
    ]
    bar = layout.bar + 2 if progress.total and layout.bar else 0
    return width - 2 * _MARGIN - bar - sum(parts) - HINT_GAP * (len(parts) - 1)


def _format_rate_and_time(layout: _ProgressLayout, progress: Progress) -> list[str]:
    rate = format_rate(progress.rate) if layout.rate and progress.rate else ""
    time_left = format_eta(progress.seconds_left) if layout.time_left and progress.seconds_left is not None else ""
    return [part for part in (rate, time_left) if part]


def _write_hint(builder: ContentBuilder, hint: Hint) -> ContentBuilder:
    """Write a key and its words; a click on them runs its action."""
    click = Style.from_meta({"@click": (f"screen.{hint.action}", ())})
    colour = "$mark" if hint.is_accented else "$muted"
    return builder.write(hint.key, f"bold {colour}", click).write(" ").write(hint.words, colour, click)


def _rank_hints(hints: Sequence[Hint]) -> list[Hint]:
    """Return at most six hints, the most important first: the way out, the last one, then the others in their order."""
    ranked = sorted(hints, key=lambda hint: (hint.action not in _WAYS_OUT, hint is not hints[-1]))
    return ranked[:MAX_HINTS]


def _fit_hints(hints: Sequence[Hint], ranked: Sequence[Hint], width: int) -> list[Hint]:
    """Return the most important hints that fit, at least one, in the order of `hints`."""
    widths = accumulate(hint.width + HINT_GAP for hint in ranked)
    fitting = ranked[: max(1, sum(used - HINT_GAP <= width for used in widths))]
    return [hint for hint in hints if hint in fitting]
