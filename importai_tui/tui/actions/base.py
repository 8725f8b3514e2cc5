"""The base class of all action groups."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TypeVar

from textual.screen import Screen
from textual.worker import WorkType

from importai_tui.errors import NotFoundError
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.widgets.footer import format_first_key

Answer = TypeVar("Answer")

_NOT_IN_BROWSER = "Not available in the browser: it uses programs or files on the server"


class ActionGroup:
    """Related actions. They change the session through its methods, and show the change on the screen."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        self.session = session
        self.screen = screen

    def close(self) -> None:
        """Free what the group holds; called when the reading screen is closed."""

    def run_dialog(self, dialog: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run an async method that shows a dialog; cancel the one that still runs."""
        work: WorkType[None] = dialog
        self.screen.run_worker(work, exclusive=True, group="dialog")

    def key(self, id: str, *, before: str = "", after: str = "") -> str:
        """Return the key of a command between two texts; an empty string if no key calls it."""
        key = format_first_key(self.screen.commands, id)
        return f"{before}{key}{after}" if key else ""

    async def ask(self, dialog: Screen[Answer]) -> Answer:
        """Show a dialog and return its answer; call it only within `run_dialog`."""
        return await self.screen.app.push_screen_wait(dialog)

    def go_to_ref(self, ref: str) -> None:
        """Open a story, or show a message if another window has removed it meanwhile."""
        try:
            issue, position = self.session.library.resolve(ref)
        except NotFoundError as error:
            self.screen.notify_info(str(error))
        else:
            self.screen.open_story(issue, position or 1)
            self.screen.go_to(Pane.STORY)

    def refuse_in_browser(self) -> bool:
        """Show a notice and return True if the reader is in a browser, where the user must not reach our files."""
        if self.screen.app.is_web:
            self.screen.notify_info(_NOT_IN_BROWSER, seconds=6)
        return self.screen.app.is_web

    def with_undo_key(self, notice: str) -> str:
        """Return a notice about a change with the key that undoes it, if there is one."""
        return f"{notice}{self.key('mark.undo', before=' (', after=' to undo)')}"
