"""The command that shows all cited works; what was chosen there is a story that cites one."""

from __future__ import annotations

from dataclasses import replace

from importai_tui.errors import NotFound
from importai_tui.tui.commands.browser import Browser
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.works.screen import WorksScreen
from importai_tui.tui.works.stand import WorksStand
from importai_tui.works.work import Work


class Works(Commands):
    """All cited works, which wait as they were left."""

    def __init__(self, desk: Desk, browser: Browser) -> None:
        super().__init__(desk)
        self._browser = browser
        self._stand = WorksStand()

    def action_works(self) -> None:
        """The list of works, over the page."""
        self.converse(self._show)

    def look_for(self, line: str) -> None:
        """The same, narrowed to this line."""
        self._stand = replace(self._stand, line=line, at="", scroll=0)
        self.converse(self._show)

    async def _show(self) -> None:
        desk = self.desk
        screen = WorksScreen(desk.library, self._stand, self._open_work, desk.say)
        screen.attempt, screen.trouble = desk.attempt, desk.trouble
        self._browser.redraw_over = screen.redraw_marks
        try:
            stand = await self.ask(screen)
        finally:
            self._browser.redraw_over = None
        if stand is None:
            return
        self._stand = stand
        desk.link_list.refresh()
        if stand.chosen:
            self._go_to_ref(stand.chosen)

    def _go_to_ref(self, ref: str) -> None:
        """To a story; another window may have taken it out of the archive meanwhile."""
        try:
            issue, position = self.desk.library.resolve(ref)
        except NotFound as error:
            self.desk.say(str(error))
        else:
            self.desk.open_story(issue, position or 1)
            self.desk.go_to(Pane.STORY)

    def _open_work(self, cited: Work) -> None:
        self._browser.hand_over([cited.url], [(cited.work, cited.title)])
