"""The command that shows all cited works; what was chosen there is a story that cites one."""

from __future__ import annotations

from dataclasses import replace

from importai_tui.errors import NotFound
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.reading.layout import Pane
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.works.screen import WorksScreen
from importai_tui.tui.works.stand import WorksStand
from importai_tui.works.work import Work


class Works(ActionGroup):
    """All cited works, which wait as they were left."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        super().__init__(session, screen)
        self._stand = WorksStand()

    def action_works(self) -> None:
        """The list of works, over the page."""
        self.run_dialog(self._show)

    def look_for(self, line: str) -> None:
        """The same, narrowed to this line."""
        self._stand = replace(self._stand, line=line, at="", scroll=0)
        self.run_dialog(self._show)

    async def _show(self) -> None:
        writer = self.screen.writer
        works = WorksScreen(
            self.session.library,
            self._stand,
            self._open_work,
            self.screen.say,
            attempt=writer.attempt,
            trouble=writer.trouble,
        )
        with self.screen.browser.redrawing(works.redraw_marks):
            stand = await self.ask(works)
        if stand is None:
            return
        self._stand = stand
        self.screen.link_list.refresh()
        if stand.chosen:
            self._go_to_ref(stand.chosen)

    def _go_to_ref(self, ref: str) -> None:
        """To a story; another window may have taken it out of the archive meanwhile."""
        try:
            issue, position = self.session.library.resolve(ref)
        except NotFound as error:
            self.screen.say(str(error))
        else:
            self.screen.open_story(issue, position or 1)
            self.screen.go_to(Pane.STORY)

    def _open_work(self, cited: Work) -> None:
        self.screen.browser.hand_over([cited.url], [(cited.work, cited.title)])
