"""A random walk through the reader: after each step, the screen is the same as after a complete repaint."""

from __future__ import annotations

import random

import pyte
import pytest
from rich.color import ColorSystem
from textual._compositor import LayoutUpdate
from textual._context import visible_screen_stack
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from importai_tui.library.library import Library
from importai_tui.tui.terminal_frame import TerminalFrame
from importai_tui.tui.widgets.line_view import LineView
from importai_tui.tui.widgets.painted_lines import LineScrollBar
from importai_tui.tui.widgets.story_view import StoryView
from tests.tui.sample_app import RunningReader, run_reader, store_issues
from tests.tui.test_terminal_frame import Cell, read_cells

SIZES = [(140, 40), (80, 24), (40, 12), (60, 20)]
THEMES = ["ink", "paper", "terminal", "nord"]
KEYS = (*"JKjk][bhlfavtz<>cmsgeGnN12uxr:", "space", "tab", "shift+tab", "enter", "up", "down", *["escape"] * 3)


class PaintedScreen:
    """A terminal that shows what the app would write to one."""

    def __init__(self, reader: RunningReader) -> None:
        self.reader = reader
        self.app = reader.app
        self.terminal = pyte.Screen(*self.app.size)
        self.stream = pyte.Stream(self.terminal)

    async def start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Show the screen, and from now on what changes."""
        monkeypatch.setattr(self.app, "_display", self._display)
        self.app.action_redraw()
        await self.settle()

    def _display(self, screen: object, update: object) -> None:
        if update is not None and screen is self.app.screen:
            frame = self.app._terminal_frame
            self.stream.feed(frame.format_changes(update, *self.app.size, ColorSystem.TRUECOLOR))  # type: ignore[arg-type]

    async def settle(self) -> None:
        """Wait until what has changed is written."""
        for _ in range(3):
            await self.reader.pilot.pause()
        await self.reader.pilot.pause(0.03)

    async def do_something(self, choice: random.Random) -> str:
        """Do something that a user may do; return what."""
        pilot, kind = self.reader.pilot, choice.random()
        width, height = self.app.size
        place = (choice.randrange(width), choice.randrange(height))
        if kind < 0.06:
            width, height = choice.choice(SIZES)
            self.terminal.resize(height, width)
            await pilot.resize_terminal(width, height)
            return f"{width}x{height}"
        if kind < 0.12:
            self.app.theme = theme = choice.choice(THEMES)
            return theme
        if kind < 0.18:
            self.app.notify_info("rivers " * choice.randint(1, 9), seconds=choice.choice([0.1, 4]))
            return "notice"
        if kind < 0.3:
            await pilot.hover(offset=place)
            return f"hover {place}"
        if kind < 0.34:
            await pilot.click(offset=place)
            return f"click {place}"
        key: str = choice.choice(KEYS)
        await pilot.press(key)
        return key

    def draw(self) -> list[Strip]:
        """Return the lines of the screen."""
        visible_screen_stack.set(self.app._background_screens)
        return self.app.screen._compositor.render_strips()

    def repaint(self) -> list[list[Cell]]:
        """Return what a terminal shows that gets the whole screen."""
        other = pyte.Screen(*self.app.size)
        update = LayoutUpdate([[line] for line in self.draw()], Region(0, 0, *self.app.size))
        pyte.Stream(other).feed(TerminalFrame().format_changes(update, *self.app.size, ColorSystem.TRUECOLOR))
        return read_cells(other)

    def draw_anew(self) -> list[Strip]:
        """Return the lines of the screen, drawn without anything that widgets keep; they have it again afterwards."""
        kept: list[tuple[LineView, dict[int, Strip], set[int], set[int]]] = []
        for each in self.app.screen_stack:
            for widget in each.walk_children(Widget, with_self=True):
                widget._styles_cache.clear()
                widget._rich_style_cache.clear()
                widget._visual_style_cache.clear()
                widget._visual_style = None
                if isinstance(widget, LineView):
                    kept.append((widget, widget._painted, widget._stale, widget._changed))
                    widget._painted, widget._stale, widget._changed = {}, set(), set()
                if isinstance(widget, StoryView):
                    widget._drawn.clear()
        lines = self.draw()
        for view, painted, stale, changed in kept:
            view._painted, view._stale, view._changed = painted, stale, changed
        return lines


def simplify(lines: list[Strip]) -> list[list[tuple[str, str]]]:
    """Return texts and styles, without what lies behind them."""
    return [[(text, str(style)) for text, style, _ in line.simplify()] for line in lines]


@pytest.mark.parametrize("seed", [33])
async def test_nothing_is_left_over(library: Library, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    choice, trail = random.Random(seed), []
    async with run_reader(store_issues(library), size=(120, 40)) as reader:
        screen = PaintedScreen(reader)
        await screen.start(monkeypatch)
        for _ in range(40):
            trail.append(await screen.do_something(choice))
            await screen.settle()
            drawn = simplify(screen.draw())
            assert drawn == simplify(screen.draw_anew()), trail
            assert read_cells(screen.terminal) == screen.repaint(), trail


async def test_a_scroll_bar_is_drawn_in_the_middle_of_a_resize(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        bar = reader.screen.story_view.vertical_scrollbar
        assert isinstance(bar, LineScrollBar)
        height = bar.outer_size.height
        for sizes in ((100, 20), (20, 20), (20, 0), (10, 20)):
            bar.window_virtual_size, bar.window_size = sizes
            assert len(bar.draw_strips(range(height + 9))) == height + 9
