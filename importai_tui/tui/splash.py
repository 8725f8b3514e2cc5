"""Snapshots for the splash: hides the first frames until they match it, and takes the next one at the end."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

from rich.color import ColorSystem
from textual.app import App
from textual.screen import Screen
from textual.strip import Strip

from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.saved_searches import COUNTS_GROUP
from importai_tui.tui.reading.screen import ReadingScreen

_START_QUIET_SECONDS = 0.08
"""Seconds without a change after which the start page counts as complete: a busy machine is slow."""
_MOVE_QUIET_SECONDS = 0.02
"""Seconds until the same after a mere change of position."""
_QUIET_TIMEOUT = 0.5
"""Seconds that a page may take to become quiet; later changes are visible."""


class Snapshot(NamedTuple):
    """A whole screen: its width in cells, and its rows as they are written to a terminal."""

    columns: int
    rows: tuple[str, ...]


class RenderGate:
    """Hides what the app draws, so that the old picture stays on the terminal."""

    def __init__(self, app: App[Any], snapshot: Snapshot | None = None) -> None:
        """Hide everything. With a snapshot, hide until the page equals it, or until the page is complete."""
        self._app = app
        self._snapshot = snapshot
        self._opening: asyncio.Task[None] | None = None
        self._has_changed = False
        self._is_open = False

    def should_hide(self, screen: Screen[Any]) -> bool:
        """Return True if this change of the screen must not be drawn; a page equal to the snapshot needs no drawing."""
        self._has_changed = True
        if self._is_open or not self._snapshot:
            return not self._is_open
        self._is_open = capture_screen(self._app, screen) == self._snapshot
        self._opening = self._opening or asyncio.create_task(self._open())
        return True

    async def wait_until_quiet(self, seconds: float) -> bool:
        """Wait until nothing has changed for so long, and no search is being counted; return False after a timeout."""
        now = asyncio.get_running_loop().time
        end = now() + _QUIET_TIMEOUT
        self._has_changed = True
        while self._has_changed or any(
            worker.group == COUNTS_GROUP and worker.is_running for worker in self._app.workers
        ):
            if now() > end:
                return False
            self._has_changed = False
            await asyncio.sleep(seconds)
        return True

    async def _open(self) -> None:
        """Draw the whole page at once, because it differs from the snapshot."""
        try:
            await self.wait_until_quiet(_START_QUIET_SECONDS)
        finally:
            if not self._is_open:
                self._is_open = True
                self._app.screen.refresh()


async def take_snapshot(app: App[Any], gate: RenderGate, screen: ReadingScreen) -> Snapshot | None:
    """Return the first picture of the next start; `gate` hides how it is drawn.

    Return None if the page is not at rest: another screen covers it, its list is filtered, or it shows a warning.
    """
    if not _is_at_rest(app, screen):
        return None
    screen.update_if_changed(at_once=True)
    screen.on_tick()  # count the marks of the last second too
    if screen.pane is not Pane.STORY:
        screen.go_to(Pane.STORY)
        await gate.wait_until_quiet(_MOVE_QUIET_SECONDS)  # a hidden story is not scrolled
    _show_start_page(app, screen)
    return capture_screen(app, screen) if await gate.wait_until_quiet(_MOVE_QUIET_SECONDS) else None


def capture_screen(app: App[Any], screen: Screen[Any]) -> Snapshot:
    """Return the screen as it is drawn, in the terminal's colours, without click actions."""
    colours = app.console._color_system or ColorSystem.TRUECOLOR
    strips = screen._compositor.render_strips(screen.size)
    return Snapshot(screen.size.width, tuple(_format_row(strip, colours) for strip in strips))


def _format_row(strip: Strip, colours: ColorSystem) -> str:
    return "".join(_format_run(text, Strip.render_ansi(style, colours) if style else "") for text, style, _ in strip)


def _format_run(text: str, colours: str) -> str:
    return f"\x1b[{colours}m{text}\x1b[0m" if colours else text


def _is_at_rest(app: App[Any], screen: ReadingScreen) -> bool:
    session = screen.session
    is_other = (
        session.filter or session.reading_list or session.guide or screen.returns_to_parent or screen.owns_library
    )
    return bool(session.story) and app.app_focus and not (is_other or screen.writer.problem)


def _show_start_page(app: App[Any], screen: ReadingScreen) -> None:
    """Show the page as at the start: at the saved position, in the story, without notices."""
    app.clear_notifications()
    screen.clear_selection()
    screen.show_job(JobStatus())
    screen.story_list.cursor = 0
    screen.story_list.scroll_to(y=0, animate=False, immediate=True)
    screen.open_at_start(None)
    screen.go_to(Pane.STORY)
