"""Commands that hand addresses out: to the browser, to the clipboard."""

from __future__ import annotations

from collections.abc import Sequence

from textual import work

from importai_tui.errors import ReaderError
from importai_tui.issue import Link, LinkRole
from importai_tui.opener import Opened
from importai_tui.tui.desk import Desk
from importai_tui.tui.dialogs import AskNumber, Confirm
from importai_tui.tui.link_list import LinkList
from importai_tui.tui.literal import cut

AT_ONCE = 5
"""So many links are opened without a question."""
NO_ADDRESS = "This citation lost its address in the plain-text copy: o looks for it by its title."


Named = tuple[str, str]
"""A work's canonical id, and its title."""


class Opening(Desk):
    """Opening and copying links."""

    def action_open_link(self, number: int) -> None:
        """Opens the link with that number."""
        self.land()
        links = self.story.links if self.story else ()
        found = next((link for link in links if link.n == number), None)
        if found:
            self._open([found])
        elif links:
            self.say(f"There is no link {number}: this story has {len(links)}.")
        else:
            self.say("This story has no links.")

    @work(exclusive=True, group="dialog")
    async def action_ask_link(self) -> None:
        """Asks for a number and opens that link."""
        self.land()
        most = len(self.story.links) if self.story else 0
        if not most:
            self.say("This story has no links.")
            return
        number = await self.app.push_screen_wait(AskNumber(f"Open link (1 to {most})"))
        if number is not None:
            self.action_open_link(number)

    def action_open_here(self) -> None:
        """Opens the link under the cursor, else the first read-more link, else the first."""
        self.land()
        if link := self.link_here():
            self._open([link])
        else:
            self.say("This story has no links.")

    @work(exclusive=True, group="dialog")
    async def action_open_all(self) -> None:
        """Opens all read-more links that have an address; asks when they are many."""
        self.land()
        links = [link for link in self._read_more() if link.url]
        if not links:
            self.say("This story has no read-more links with an address.")
            return
        if len(links) > AT_ONCE and not await self.app.push_screen_wait(
            Confirm(f"Open {len(links)} links?", self.clock)
        ):
            return
        self._open(links)

    def action_copy_address(self) -> None:
        """Copies the address of the link under the cursor, else of the issue's page."""
        self.land()
        link, head = self.link_list.focused_link, self.head_of_issue()
        url = link.url if link else head.url if head else None
        if url:
            self.app.copy_to_clipboard(url)
            self.say(f"Copied: {url}")
        else:
            self.say(NO_ADDRESS if link else "The address of this issue's page is not known.")

    def on_link_list_link_chosen(self, message: LinkList.LinkChosen) -> None:
        """Enter or a click in the links."""
        self.action_open_link(message.number)

    def _read_more(self) -> list[Link]:
        return [link for link in self.story.links if link.role is LinkRole.READ_MORE] if self.story else []

    def link_here(self) -> Link | None:
        """The link under the cursor, else the first read-more link, else the first."""
        links = self._read_more() or (list(self.story.links) if self.story else [])
        return self.link_list.focused_link or next(iter(links), None)

    def _open(self, links: Sequence[Link]) -> None:
        addressed = [link for link in links if link.url]
        if addressed:
            self.hand_over([link.url or "" for link in addressed], [self._named(link) for link in addressed])
        else:
            self.look_for(self.link_list.title_of(links[0]))

    def _named(self, link: Link) -> Named | None:
        return (link.work, self.link_list.title_of(link)) if link.work else None

    def look_for(self, title: str) -> object:
        """For the subclass that knows where to look for a citation without an address."""

    @work(thread=True, group="opening")
    def hand_over(self, urls: Sequence[str], works: Sequence[Named | None] = ()) -> None:
        """Beside the screen: a browser's launcher may take its time. `works` are what the addresses lead to."""
        for n, url in enumerate(urls):
            try:
                opened = self.opener(url)
            except ReaderError as error:
                self.app.call_from_thread(self.say, str(error), seconds=8)
            else:
                self.app.call_from_thread(self._tell_opened, opened, works[n] if works else None)

    def works_opened(self) -> None:
        """Shows that one was opened, wherever works are listed."""
        self.link_list.refresh()

    def _tell_opened(self, opened: Opened, work: Named | None) -> None:
        if opened.opened:
            if work:
                self.attempt(lambda: self.library.keep_opened(*work), asked=False)
                self.works_opened()
            self.say(f"Opened {cut(opened.url.partition('://')[2], 60)}", seconds=2)
        else:
            self.app.copy_to_clipboard(opened.url)
            self.say(f"No browser here. Copied: {opened.url}", seconds=8)
