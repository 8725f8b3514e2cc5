"""Narrows a list to what holds the typed words: the issues, the stories of a reading list, or the links."""

from __future__ import annotations

from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.reading.layout import Pane
from importai_tui.wording import plural


class Filter(ActionGroup):
    """Narrows lists."""

    def action_filter(self) -> None:
        """Ask for words and narrow while they are typed: the links if they have the focus, else the list."""
        self.run_dialog(self._filter_links if self.screen.pane is Pane.LINKS else self._filter_list)

    async def _filter_list(self) -> None:
        from importai_tui.tui.dialogs.find_line import FindLine

        self.screen.go_to(Pane.LIST)
        self.widen()
        rows = self.screen.story_list
        place = (rows.cursor, round(rows.scroll_y))

        def step(by: int) -> str:
            rows.move(by)
            return self._count_shown()

        typed = await self.ask(FindLine(self._narrow, step, "", sign="f", asks="narrow this list"))
        if not (typed or "").strip():
            self.widen()
            rows.put_cursor(place[0], tell=False)
            rows.scroll_to(y=place[1], animate=False, immediate=True)
        self.screen.refresh_footer()

    async def _filter_links(self) -> None:
        from importai_tui.tui.dialogs.find_line import FindLine

        links = self.screen.link_list
        links.narrow("")
        place = links.cursor

        def narrow(words: str) -> str:
            links.narrow(words.strip())
            return _count(len(links.shown_links), "link", "links") if links.narrowed else ""

        def step(by: int) -> str:
            links.move(by)
            return narrow(links.narrowed)

        typed = await self.ask(FindLine(narrow, step, "", sign="f", asks="narrow the links"))
        if not (typed or "").strip():
            links.narrow("")
            links.put_cursor(place, tell=False)
        self.screen.refresh_footer()

    def end(self) -> bool:
        """Make the list that has the focus whole, the cursor on its row; False if it is not narrowed."""
        if self.screen.pane is Pane.LINKS and self.screen.link_list.narrowed:
            self.screen.link_list.narrow("")
            self.screen.refresh_footer()
            return True
        if not self.session.filter or self.screen.pane is not Pane.LIST:
            return False
        with self.screen.story_list.held():
            self.widen()
        self.screen.refresh_footer()
        return True

    def widen(self) -> None:
        """Make the list of issues or stories whole."""
        were_issues = self.session.narrows_issues
        if self.session.widen():
            if were_issues:
                self.screen.show_issues()
            self.screen.show_rows()

    def _narrow(self, words: str) -> str:
        self.session.narrow(words)
        if not self.session.reading_list:
            self.screen.show_issues()
        self.screen.show_rows()
        self.screen.story_list.edge(last=False)
        return self._count_shown()

    def _count_shown(self) -> str:
        if not self.session.filter:
            return ""
        if self.session.narrows_list and self.session.reading_list:
            return _count(len(self.session.reading_list.heads), "story", "stories")
        return _count(len(self.session.shown_issues()), "issue", "issues")


def _count(count: int, one: str, more: str) -> str:
    return plural(count, one, more) if count else "nothing"
