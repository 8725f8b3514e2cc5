"""Actions that open links and copy addresses, and that copy citations as Markdown or BibTeX."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import partial

from importai_tui.archive.work_cards import add_stored_cards
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Story
from importai_tui.output.markdown import (
    escape_markdown_line,
    format_link,
    format_markdown_line,
    format_markdown_list,
    story_to_markdown,
)
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.references import ReferenceActions
from importai_tui.tui.dialogs.questions import ConfirmDialog, NumberDialog
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.text import truncate
from importai_tui.wording import plural
from importai_tui.works.card_facts import add_card
from importai_tui.works.citations import UNKNOWN_WORK, describe_citations, make_title_id
from importai_tui.works.formats import Dialect, format_bibtex
from importai_tui.works.titles import get_link_titles
from importai_tui.works.work import (
    TitleSource,
    Work,
    format_work_id,
    get_alternate_url,
    get_wayback_url,
    get_web_search_url,
)

MAX_WITHOUT_ASKING = 5
"""The largest number of links that are opened without a question."""
_NO_LINK = "This story has no links"


class LinkActions(ActionGroup):
    """Opens and copies links."""

    def action_open_link(self, number: int) -> None:
        """Open the link with this number in the browser; a link to a stored issue opens the issue."""
        self.screen.show_pending_preview()
        found = self.find_by_number(number)
        if found and found.kind is LinkKind.ISSUE:
            self.screen.action_group(ReferenceActions).follow(found, partial(self.open_links, [found]))
        elif found:
            self.open_links([found])
        else:
            self.screen.notify_info(self.find_number_error(number))

    def action_ask_link(self) -> None:
        """Ask for a number, and open the link with this number."""
        self.run_dialog(self._ask_link)

    async def _ask_link(self) -> None:
        self.screen.show_pending_preview()
        count = len(self._links)
        if not count:
            self.screen.notify_info(_NO_LINK)
            return
        question = f"Open link number (1–{count})" if count > 1 else "Open link number (1)"
        number = await self.ask(NumberDialog(question, self.find_number_error))
        if number is not None:
            self.action_open_link(number)

    def find_by_number(self, number: int) -> Link | None:
        """Return the link with this number."""
        return next((link for link in self._links if link.n == number), None)

    def find_number_error(self, number: int) -> str:
        """Return why a number is wrong; an empty text if a link has it."""
        if self.find_by_number(number):
            return ""
        return f"No link {number}; this story has {plural(len(self._links), 'link')}" if self._links else _NO_LINK

    def action_open_here(self) -> None:
        """Open the link under the cursor, else the first read-more link, else the first link."""
        self.screen.show_pending_preview()
        if link := self.find_link():
            self.open_links([link])
        else:
            self.screen.notify_info(self.no_link_reason)

    def action_open_all(self) -> None:
        """Open all read-more links that have a URL and match the filter; ask first if there are many."""
        self.run_dialog(self._open_all)

    async def _open_all(self) -> None:
        self.screen.show_pending_preview()
        is_filtered = self.screen.pane is Pane.LINKS and self.screen.link_list.filter_words
        shown = self.screen.link_list.shown_links if is_filtered else self._links
        links = [link for link in self._find_read_more() if link.url and link in shown]
        if not links:
            self.screen.notify_info(
                "None of these links is a read-more link with a URL"
                if is_filtered
                else "This story has no read-more links to open"
            )
            return
        if len(links) > MAX_WITHOUT_ASKING and not await self.ask(
            ConfirmDialog(f"Open {len(links)} links?", self.screen.clock)
        ):
            return
        self.open_links(links)

    def action_copy_address(self) -> None:
        """Copy the URL of the link under the cursor, else its title; in list and story, the URL of the issue's page."""
        self.screen.show_pending_preview()
        link = self.find_link() if self.screen.pane is Pane.LINKS else None
        if self.screen.pane is Pane.LINKS:
            url, reason = link.url if link else None, self.no_link_reason
        else:
            row = self.session.issue_row
            url, reason = row.url if row else None, "No web page is known for this issue"
        if url:
            self.screen.services.copy(url, title=url)
        elif link:
            title = self.screen.link_list.get_title(link)
            self.screen.services.copy(title, "its title", title, reason="No URL for this link")
        else:
            self.screen.notify_info(reason)

    def open_links(self, links: Sequence[Link]) -> None:
        """Open the links that have a URL; if none has, search the web for the title of the first."""
        if addressed := [link for link in links if link.url]:
            works = [self.screen.browser.name_work(link) for link in addressed]
            kinds = [link.kind for link in addressed]
            self.screen.browser.open_in_thread([link.url or "" for link in addressed], works, kinds=kinds)
        else:
            title = self.screen.link_list.get_title(links[0])
            notice = f"No URL for this link: searched the web for “{truncate(title, 60)}”"
            self.screen.browser.open_in_thread([get_web_search_url(title)], notice=notice)

    @property
    def _links(self) -> tuple[Link, ...]:
        return self.session.story.links if self.session.story else ()

    def _find_read_more(self) -> list[Link]:
        return [link for link in self._links if link.role is LinkRole.READ_MORE]

    def find_link(self) -> Link | None:
        """Return the link under the cursor; in other panes the first read-more link, else the first link."""
        if self.screen.pane is Pane.LINKS:
            return self.screen.link_list.selected_link
        return next(iter(self._find_read_more() or self._links), None)

    @property
    def no_link_reason(self) -> str:
        """The message for the user if `find_link` finds none."""
        if self.screen.pane is Pane.LINKS and self.screen.link_list.row_count:
            return f"That's a story, not a link{self.key('choose', before='. Press ', after=' to go to it')}"
        return (
            f"No link matches{self.key('back', before='. Press ', after=' to show all links')}"
            if self._links
            else _NO_LINK
        )


class CitationFormat(Enum):
    """The format in which a citation is copied."""

    MARKDOWN = "Markdown"
    BIBTEX = "BibTeX"


class CitationActions(ActionGroup):
    """Copies the citations of the open story, and opens archived pages and PDFs."""

    def action_copy_markdown(self) -> None:
        """Copy the citation under the cursor, else the first, as Markdown."""
        self._copy(CitationFormat.MARKDOWN)

    def action_copy_bibtex(self) -> None:
        """Copy the citation under the cursor, else the first, as BibTeX."""
        self._copy(CitationFormat.BIBTEX)

    def action_copy_all(self, form: str) -> None:
        """Copy all works that the story cites; `form` is a value of `CitationFormat`."""
        self.screen.show_pending_preview()
        links = self.session.story.links if self.session.story else ()
        works = list({work.id: work for link in links if (work := self.find_work(link))}.values())
        if not works:
            self.screen.notify_info("Nothing to cite: this story has no links")
            return
        text = self._format_bibtex(works) if form == CitationFormat.BIBTEX.value else format_markdown_list(works)
        self.screen.services.copy(text, form, plural(len(works), "work"))

    def action_copy_story(self) -> None:
        """Copy the open story as Markdown, with a link to its issue."""
        self.screen.show_pending_preview()
        issue, story = self.session.issue, self.session.story
        if issue and story:
            origin = format_link(escape_markdown_line(issue.title), issue.url)
            text = f"{story_to_markdown(story)}\n\nFrom {origin}\n"
            self.screen.services.copy(text, "Markdown", story.headline)
        else:
            self.screen.notify_info("No story is open")

    def action_open_archived(self) -> None:
        """Open the copy of the page in the Wayback Machine nearest to the issue's day."""
        if link := self._find_link_with_address():
            day = self.session.issue.date if self.session.issue else None
            self.screen.browser.open_in_thread(
                [get_wayback_url(link.url or "", day)], [self.screen.browser.name_work(link)]
            )

    def action_open_pdf(self) -> None:
        """Open the PDF of a paper, or the abstract page if the link leads to the PDF."""
        if not (link := self._find_link_with_address()):
            return
        kind: str = link.kind
        other = get_alternate_url(link.work, link.url or "")
        if not other and link.work and (card := self.screen.services.cards.get(link.work)):
            kind, other = "pdf", card.pdf_url
        if other:
            self.screen.browser.open_in_thread([other], [self.screen.browser.name_work(link)], kinds=[kind])
        else:
            to_look = self.key("link.card", before=". Press ", after=" to see its card")
            self.screen.notify_info(f"No PDF is known for this link{to_look}")

    def find_work(self, link: Link) -> Work | None:
        """Return the work that a link of the open story cites, with the facts of its card.

        It has all citing stories if they are known by now, else only this one.
        """
        assert self.session.issue
        assert self.session.story
        work = self.screen.link_list.works.get(link.n) or self._make_work(self.session.issue, self.session.story, link)
        return self._add_card(work)

    def copy_citation(self, issue: Issue, story: Story, link: Link, form: str) -> None:
        """Copy the citation of a link of any story; `form` is a value of `CitationFormat`."""
        self._copy_work(self._add_card(self._make_work(issue, story, link)), CitationFormat(form))

    def _copy(self, citation_format: CitationFormat) -> None:
        self.screen.show_pending_preview()
        links = self.screen.action_group(LinkActions)
        if not (link := links.find_link()):
            self.screen.notify_info(links.no_link_reason)
        else:
            self._copy_work(self.find_work(link), citation_format)

    def _copy_work(self, work: Work | None, citation_format: CitationFormat) -> None:
        if work is None:
            self.screen.notify_info("This link cites no work")
        else:
            is_bibtex = citation_format is CitationFormat.BIBTEX
            text = self._format_bibtex([work]) if is_bibtex else format_markdown_line(work).removeprefix("- ")
            self.screen.services.copy(text, citation_format.value, work.title)

    def _format_bibtex(self, works: Sequence[Work]) -> str:
        return format_bibtex(works, Dialect(self.screen.services.config.citations))

    def _add_card(self, work: Work | None) -> Work | None:
        if work is None or work.title_from is TitleSource.CARD:
            return work
        card = self.screen.services.cards.get_summaries([work.id]).get(work.id)
        return add_card(work, card) if card else work

    def _make_work(self, issue: Issue, story: Story, link: Link) -> Work | None:
        """Return the work as this story alone cites it, with the facts of its card; None for a link that cites none."""
        cited, day = describe_citations(story).get(link.n, UNKNOWN_WORK), issue.date
        if not (id := link.work or link.url or make_title_id(cited.title_key)):
            return None
        ref = f"{issue.ref}/{story.position}"
        if link.kind is LinkKind.ISSUE:
            title = get_link_titles(story)[link.n]
        else:
            title = cited.title if cited.is_certain or not link.url else format_work_id(id, link.url)
        is_estimated = issue.is_date_estimated
        work = Work(
            *(id, link.kind, title, link.url, link.host, (ref,), (issue.ref,), day, day),
            is_first_estimated=is_estimated,
            is_last_estimated=is_estimated,
            seen=day if day and not is_estimated else self.screen.services.today().date().isoformat(),
            authors=cited.authors,
            publisher=cited.publisher,
        )
        return add_stored_cards(self.session.library.archive.path, [work])[0]

    def _find_link_with_address(self) -> Link | None:
        """Return the link of `find_link` if it has a URL; else show a message and return None."""
        self.screen.show_pending_preview()
        link = self.screen.action_group(LinkActions).find_link()
        if link is None:
            self.screen.notify_info(self.screen.action_group(LinkActions).no_link_reason)
        elif link.url is None:
            search = self.key("link.open", before=". Press ", after=" to search the web for it")
            self.screen.notify_info(f"This link has no URL{search}")
        else:
            return link
        return None
