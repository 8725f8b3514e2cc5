"""Commands for links: opened by number, at the cursor, all at once; their addresses copied."""

from __future__ import annotations

from importai_tui.issue import Link, LinkKind, LinkRole
from importai_tui.tui.commands.browser import Browser
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.referring import Referring
from importai_tui.tui.dialogs.ask import AskNumber, Confirm
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane

AT_ONCE = 5
"""So many links are opened without a question."""
NO_ADDRESS = "This link has no web address: o looks for it by its title."
_NO_LINK = "This story has no links."
_AT_STORY = "The cursor is on a story, not on a link: enter goes there."
_ALL_HIDDEN = "No link holds these words: esc shows all links."


class Opening(Commands):
    """Opening and copying links."""

    def __init__(self, desk: Desk, browser: Browser, referring: Referring) -> None:
        super().__init__(desk)
        self._browser, self._referring = browser, referring

    def action_open_link(self, number: int) -> None:
        """Opens the link with that number: one to an issue that is here leads there, any other one to the browser."""
        self.desk.land()
        found = next((link for link in self._links if link.n == number), None)
        if found and found.kind is LinkKind.ISSUE:
            self._referring.follow(found)
        elif found:
            self._browser.open([found])
        elif self._links:
            self.desk.say(f"There is no link {number}: this story has {len(self._links)}.")
        else:
            self.desk.say(_NO_LINK)

    def action_ask_link(self) -> None:
        """Asks for a number and opens that link."""
        self.converse(self._ask_link)

    async def _ask_link(self) -> None:
        self.desk.land()
        most = len(self._links)
        if not most:
            self.desk.say(_NO_LINK)
            return
        number = await self.ask(AskNumber(f"Open link (1 to {most})"))
        if number is not None:
            self.action_open_link(number)

    def action_open_here(self) -> None:
        """Opens the link under the cursor, else the first read-more link, else the first."""
        self.desk.land()
        if link := self.link_here():
            self._browser.open([link])
        else:
            self.desk.say(self.why_none)

    def action_open_all(self) -> None:
        """Opens all read-more links that have an address; asks when they are many. Those filtered out stay shut."""
        self.converse(self._open_all)

    async def _open_all(self) -> None:
        self.desk.land()
        narrowed = self.desk.pane is Pane.LINKS and self.desk.link_list.narrowed
        shown = self.desk.link_list.shown_links if narrowed else self._links
        links = [link for link in self._read_more() if link.url and link in shown]
        if not links:
            where = "Among the links that are shown" if narrowed else "In this story"
            self.desk.say(f"{where} is no read-more link with an address.")
            return
        if len(links) > AT_ONCE and not await self.ask(Confirm(f"Open {len(links)} links?", self.desk.clock)):
            return
        self._browser.open(links)

    def action_copy_address(self) -> None:
        """Copies the address of the link under the cursor; from list and story, that of the issue's page."""
        self.desk.land()
        if self.desk.pane is Pane.LINKS:
            link = self.link_here()
            url, why = link.url if link else None, NO_ADDRESS if link else self.why_none
        else:
            head = self.desk.head_of_issue()
            url, why = head.url if head else None, "The address of this issue's page is not known."
        if url:
            self.desk.app.copy_to_clipboard(url)
        self.desk.say(f"Copied: {url}" if url else why)

    @property
    def _links(self) -> tuple[Link, ...]:
        return self.desk.story.links if self.desk.story else ()

    def _read_more(self) -> list[Link]:
        return [link for link in self._links if link.role is LinkRole.READ_MORE]

    def link_here(self) -> Link | None:
        """At the links the one under the cursor; elsewhere the first read-more link, else the first."""
        if self.desk.pane is Pane.LINKS:
            return self.desk.link_list.pointed
        return next(iter(self._read_more() or self._links), None)

    @property
    def why_none(self) -> str:
        """A word for the reader where there is no link here."""
        if self.desk.pane is Pane.LINKS and self.desk.link_list.row_count:
            return _AT_STORY
        return _ALL_HIDDEN if self._links else _NO_LINK
