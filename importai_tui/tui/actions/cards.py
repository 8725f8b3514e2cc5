"""Actions that show the cards of cited works, and fetch those of a whole story."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from importai_tui.model import Link, LinkKind
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.links import CitationActions, LinkActions
from importai_tui.tui.cards.screen import CardHost, CardResult, CardScreen
from importai_tui.tui.reading.panes import Pane
from importai_tui.works.card import CardTarget
from importai_tui.works.work import Work


class CardActions(ActionGroup):
    """Shows cards over the story."""

    def action_show_card(self) -> None:
        """Show the card of the link under the cursor, else of the first read-more link, else of the first link."""
        self.screen.show_pending_preview()
        links = self.screen.action_group(LinkActions)
        if link := links.find_link():
            self._show(link)
        else:
            self.screen.notify_info(links.no_link_reason)

    def action_show_link_card(self, number: int) -> None:
        """Show the card of the link with this number."""
        self.screen.show_pending_preview()
        links = self.screen.action_group(LinkActions)
        if link := links.find_by_number(number):
            self._show(link)
        else:
            self.screen.notify_info(links.find_number_error(number))

    def action_fetch_cards(self) -> None:
        """Fetch the cards of all links of the open story; stop the fetch that is running."""
        self.screen.show_pending_preview()
        self.screen.services.jobs.fetch_cards(make_targets(self._list_works()))

    async def show_works(self, works: Sequence[Work], index: int, *, open_ref: str = "") -> CardResult:
        """Show the cards of works over the present screen; call it only within a worker."""
        writer, services = self.screen.writer, self.screen.services
        host = CardHost(
            self.session.library,
            services.cards,
            self.screen.browser.open_in_thread,
            self.screen.notify_info,
            services.copy,
            services.today,
            self.screen.panes.measure,
            try_write=writer.try_write,
            dialect=services.config.citations,
            warning=writer.problem,
            open_ref=open_ref,
        )
        result = await self.ask(CardScreen(host, works, index))
        self.screen.link_list.refresh_cards()
        return result

    def _show(self, link: Link) -> None:
        if link.kind is LinkKind.ISSUE:
            to_go = self.key("choose", before=". Press ", after=" to go to it") if self._is_in_links else ""
            self.screen.notify_info(f"That's an issue of the newsletter{to_go}")
            return
        works = self._list_works()
        work = self.screen.action_group(CitationActions).find_work(link)
        index = next((index for index, each in enumerate(works) if work and each.id == work.id), None)
        if index is None:
            self.screen.notify_info("This link cites no work")
        else:
            self.run_dialog(partial(self._show_in_story, works, index))

    async def _show_in_story(self, works: Sequence[Work], index: int) -> None:
        issue, story = self.session.issue, self.session.story
        open_ref = f"{issue.ref}/{story.position}" if issue and story else ""
        result = await self.show_works(works, index, open_ref=open_ref)
        if result.ref and result.ref != open_ref:
            self.go_to_ref(result.ref)

    def _list_works(self) -> list[Work]:
        """Return the works that the open story cites, in the order of its links."""
        find_work = self.screen.action_group(CitationActions).find_work
        links = self.session.story.links if self.session.story else ()
        works = (find_work(link) for link in links if link.kind is not LinkKind.ISSUE)
        return list({work.id: work for work in works if work}.values())

    @property
    def _is_in_links(self) -> bool:
        return self.screen.pane is Pane.LINKS


def make_targets(works: Sequence[Work]) -> list[CardTarget]:
    """Return the targets of a fetch of the cards of works, without those that have no URL."""
    return [CardTarget(work.id, work.url, work.kind) for work in works if work.url]
