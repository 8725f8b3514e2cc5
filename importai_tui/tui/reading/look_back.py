"""The line at the foot of the start screen that recalls an older highlight, or a story of this week years ago."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widgets import Static

from importai_tui.errors import ReaderError
from importai_tui.library.look_back import LookBack, find_old_highlight, find_story_of_week
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.text import ContentBuilder, format_month, truncate
from importai_tui.tui.widgets.footer import format_first_key

_MIN_WIDTH_FOR_MONTH, _MIN_WIDTH_FOR_HEADLINE = 60, 80
"""Cells of a window from which on the month of the highlight fits, and the headline of its story."""
_MARGIN = 2
_GAP = "   "


class LookBackLine(Static):
    """The line. It covers the last line of the panes until the user presses a key."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    LookBackLine {
        layer: over;
        dock: bottom;
        height: 1;
        background: $panel;
        text-wrap: nowrap;
        text-overflow: clip;
        &:ansi { text-style: reverse; }
    }
    """

    def __init__(self, found: LookBack, reading: ReadingScreen) -> None:
        super().__init__(markup=False)
        self._found = found
        self._reading = reading

    def on_mount(self) -> None:
        """Draw the line."""
        self.on_resize()

    def on_resize(self) -> None:
        """Draw the line at the present width."""
        key = format_first_key(self._reading.commands, "choose")
        self.update(draw_look_back(self._found, self.app.size.width, key))

    async def on_click(self) -> None:
        """Go to the story."""
        await self._open()

    async def handle_key(self, event: events.Key) -> bool:
        """Remove the line; if the key opens what is selected, go to the story and return True."""
        if not self.is_attached:  # a click has opened it
            return False
        keys = next(command.keys.split(",") for command in self._reading.commands if command.id == "choose")
        if event.key in keys and self._reading.is_active:
            await self._open()
            return True
        await self.remove()
        return False

    async def _open(self) -> None:
        await self.remove()
        await self.app.run_action(("", "open_look_back", (self._found,)), self._reading)


async def show_look_back(reading: ReadingScreen, kind: str) -> LookBackLine | None:
    """Show the line on a screen, and return it; None if there is nothing to recall."""
    library, today = reading.session.library, reading.services.today().astimezone().date()
    try:
        found = find_old_highlight(library, today) if kind == "highlight" else find_story_of_week(library, today)
    except ReaderError:  # the reader reports it elsewhere
        return None
    if not found:
        return None
    line = LookBackLine(found, reading)
    await reading.panes.mount(line)
    return line


def draw_look_back(found: LookBack, width: int, key: str) -> Content:
    """Draw the highlight with its month and its story, or the year and the headline, and the key that leads there."""
    hint = f"{key} open" if key else ""
    room = width - 2 * _MARGIN - (cell_len(hint) + len(_GAP) if hint else 0)
    builder = ContentBuilder().write(" " * _MARGIN)
    if found.annotation:
        label = f"Highlighted {format_month(found.date)}" if found.date and width >= _MIN_WIDTH_FOR_MONTH else ""
        quote, headline = f"“{found.annotation.text}”", found.headline
    else:
        is_wide = width >= _MIN_WIDTH_FOR_MONTH
        label = f"{'This week in' if is_wide else 'In'} {(found.date or '')[:4]}"
        quote, headline = found.headline, ""
    used = 0
    if label:
        builder.write(label, "bold $muted").write(_GAP)
        used = cell_len(label) + len(_GAP)
    # The quote may take all but a third of the line, which the headline needs to be recognised.
    short_headline = truncate(headline, (room - used) // 3) if headline and width >= _MIN_WIDTH_FOR_HEADLINE else ""
    headline_width = cell_len(short_headline) + len(_GAP) if short_headline else 0
    short_quote = truncate(quote, room - used - headline_width)
    builder.write(short_quote)
    used += cell_len(short_quote)
    if short_headline:
        builder.write(_GAP).write(short_headline, "$muted")
        used += headline_width
    if hint:
        builder.write(" " * (room - used + len(_GAP))).write(hint, "$muted")
    return builder.build().truncate(width)
