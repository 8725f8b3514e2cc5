"""Commands that hand addresses out: to the browser, to the clipboard."""

from __future__ import annotations

from collections.abc import Sequence

from textual import work

from importai_tui.errors import ReaderError
from importai_tui.issue import Link, LinkRole
from importai_tui.opener import Opened
from importai_tui.tui.desk import Desk
from importai_tui.tui.dialogs import AskNumber, Confirm
from importai_tui.tui.fold import Pane
from importai_tui.tui.link_list import LinkList
from importai_tui.tui.literal import cut

AT_ONCE = 5
"""So many links are opened without a question."""
NO_ADDRESS = "This citation lost its address in the plain-text copy: o looks for it by its title."
_NO_LINK = "This story has no links."
_AT_STORY = "The cursor is on a story, not on a link: enter goes there."
_ALL_HIDDEN = "No link holds these words: esc shows all links."

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
            self.say(_NO_LINK)

    @work(exclusive=True, group="dialog")
    async def action_ask_link(self) -> None:
        """Asks for a number and opens that link."""
        self.land()
        most = len(self.story.links) if self.story else 0
        if not most:
            self.say(_NO_LINK)
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
            self.say(self.why_none)

    @work(exclusive=True, group="dialog")
    async def action_open_all(self) -> None:
        """Opens all read-more links that have an address; asks when they are many. Those filtered out stay shut."""
        self.land()
        narrowed = self.pane is Pane.LINKS and self.link_list.narrowed
        shown = self.link_list.shown_links if narrowed else self._links
        links = [link for link in self._read_more() if link.url and link in shown]
        if not links:
            where = "Among the links that are shown" if narrowed else "In this story"
            self.say(f"{where} is no read-more link with an address.")
            return
        if len(links) > AT_ONCE and not await self.app.push_screen_wait(
            Confirm(f"Open {len(links)} links?", self.clock)
        ):
            return
        self._open(links)

    def action_copy_address(self) -> None:
        """Copies the address of the link under the cursor; from list and story, that of the issue's page."""
        self.land()
        if self.pane is Pane.LINKS:
            link = self.link_here()
            url, why = link.url if link else None, NO_ADDRESS if link else self.why_none
        else:
            head = self.head_of_issue()
            url, why = head.url if head else None, "The address of this issue's page is not known."
        if url:
            self.app.copy_to_clipboard(url)
        self.say(f"Copied: {url}" if url else why)

    def on_link_list_link_chosen(self, message: LinkList.LinkChosen) -> None:
        """Enter or a click in the links."""
        self.action_open_link(message.number)

    @property
    def _links(self) -> tuple[Link, ...]:
        return self.story.links if self.story else ()

    def _read_more(self) -> list[Link]:
        return [link for link in self._links if link.role is LinkRole.READ_MORE]

    def link_here(self) -> Link | None:
        """At the links the one under the cursor; elsewhere the first read-more link, else the first."""
        if self.pane is Pane.LINKS:
            return self.link_list.pointed
        return next(iter(self._read_more() or self._links), None)

    @property
    def why_none(self) -> str:
        """A word for the reader where there is no link here."""
        if self.pane is Pane.LINKS and self.link_list.row_count:
            return _AT_STORY
        return _ALL_HIDDEN if self._links else _NO_LINK

    def _open(self, links: Sequence[Link]) -> None:
        addressed = [link for link in links if link.url]
        if addressed:
            self.hand_over([link.url or "" for link in addressed], [self.named(link) for link in addressed])
        else:
            self.look_for(links[0])

    def named(self, link: Link) -> Named | None:
        """The work that a link leads to."""
        return (link.work, self.link_list.title_of(link)) if link.work else None

    def look_for(self, link: Link) -> object:
        """For the subclass that knows where to look for a citation without an address."""

    @work(thread=True, group="opening")
    def hand_over(self, urls: Sequence[str], works: Sequence[Named | None] = ()) -> None:
        """Beside the screen: a browser's launcher may take its time. `works` are what the addresses lead to."""
        shut: list[str] = []
        for n, url in enumerate(urls):
            try:
                opened = self.opener(url)
            except ReaderError as error:
                self.app.call_from_thread(self.say, str(error), seconds=8)
                continue
            if opened.opened:
                self.app.call_from_thread(self._tell_opened, opened, works[n] if works else None)
            else:
                shut.append(opened.url)
        if shut:
            self.app.call_from_thread(self._copy_instead, shut)

    def works_opened(self) -> None:
        """Shows that one was opened, wherever works are listed."""
        self.link_list.refresh()

    def _tell_opened(self, opened: Opened, work: Named | None) -> None:
        if work:
            self.attempt(lambda: self.library.keep_opened(*work), asked=False)
            self.works_opened()
        self.say(f"Opened {cut(opened.url.partition('://')[2], 60)}", seconds=2)

    def _copy_instead(self, urls: Sequence[str]) -> None:
        """All at once: what is copied takes the place of what was copied before it."""
        self.app.copy_to_clipboard("\n".join(urls))
        told = f"Copied: {urls[0]}" if len(urls) == 1 else f"Copied {len(urls)} addresses, one a line."
        self.say(f"No browser here. {told}", seconds=8)
