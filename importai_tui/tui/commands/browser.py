"""The way of addresses out of the program: to the browser, and to the clipboard where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from importai_tui.errors import ReaderError
from importai_tui.issue import Link, LinkKind
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.look.literal import cut

if TYPE_CHECKING:
    from importai_tui.browser import Opened
    from importai_tui.tui.page.desk import Desk

Named = tuple[str, str]
"""A work's canonical id, and its title."""


class Browser(Commands):
    """Opens addresses, and remembers which works were opened. It has no keys: other commands call it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.redraw_over: Callable[[], object] | None = None
        """Shows, in a list of works over the page, which were opened; set while one lies there."""

    def open(self, links: Sequence[Link]) -> None:
        """Opens those that have an address; where none has, asks where to look for the first."""
        addressed = [link for link in links if link.url]
        if addressed:
            self.hand_over([link.url or "" for link in addressed], [self.named(link) for link in addressed])
        else:
            self.converse(partial(self._look_for, links[0]))

    def named(self, link: Link) -> Named | None:
        """The work that a link leads to."""
        return (link.work, self.desk.link_list.title_of(link)) if link.work else None

    def hand_over(self, urls: Sequence[str], works: Sequence[Named | None] = ()) -> None:
        """Beside the screen: a browser's launcher may take its time. `works` are what the addresses lead to."""
        self.run_beside(partial(self._hand_over, urls, works), group="opening", exclusive=False)

    def _hand_over(self, urls: Sequence[str], works: Sequence[Named | None]) -> None:
        shut: list[str] = []
        for n, url in enumerate(urls):
            try:
                opened = self.desk.opener(url)
            except ReaderError as error:
                self.in_the_app(self.desk.say, str(error), seconds=8)
                continue
            if opened.opened:
                self.in_the_app(self._tell_opened, opened, works[n] if works else None)
            else:
                shut.append(opened.url)
        if shut:
            self.in_the_app(self._copy_instead, shut)

    async def _look_for(self, link: Link) -> None:
        from importai_tui.tui.works.ask_where import AskWhere, Where
        from importai_tui.works.elsewhere import on_arxiv, on_the_web

        title = self.desk.link_list.title_of(link)
        match await self.ask(AskWhere(title, paper=link.kind is LinkKind.PAPER)):
            case Where.ARXIV:
                self.hand_over([on_arxiv(title)])
            case Where.WEB:
                self.hand_over([on_the_web(title)])
            case Where.COPY:
                self.desk.app.copy_to_clipboard(title)
                self.desk.say("Copied its title.", seconds=2)

    def _tell_opened(self, opened: Opened, work: Named | None) -> None:
        if work:
            self.desk.attempt(lambda: self.desk.library.state.keep_opened(*work), asked=False)
            self._redraw_marks()
        self.desk.say(f"Opened {cut(opened.url.partition('://')[2], 60)}", seconds=2)

    def _redraw_marks(self) -> None:
        """Shows that a work was opened, wherever works are listed."""
        self.desk.link_list.refresh()
        if self.redraw_over:
            self.redraw_over()

    def _copy_instead(self, urls: Sequence[str]) -> None:
        """All at once: what is copied takes the place of what was copied before it."""
        self.desk.app.copy_to_clipboard("\n".join(urls))
        told = f"Copied: {urls[0]}" if len(urls) == 1 else f"Copied {len(urls)} addresses, one a line."
        self.desk.say(f"No browser here. {told}", seconds=8)
