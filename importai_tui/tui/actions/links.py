"""Actions for links: opened by number, at the cursor, all at once; their addresses copied.

Actions for citations: one or all of a story copied, as Markdown or BibTeX; the other forms of a work opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import partial

from importai_tui.model import Link, LinkKind, LinkRole
from importai_tui.output.markdown import format_markdown_line, format_markdown_list
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.references import References
from importai_tui.tui.dialogs.questions import ConfirmDialog, NumberDialog
from importai_tui.tui.reading.panes import Pane
from importai_tui.wording import plural
from importai_tui.works.formats import format_bibtex
from importai_tui.works.work import Work, get_alternate_url, get_wayback_url

AT_ONCE = 5
"""So many links are opened without a question."""
NO_ADDRESS = "This link has no web address: o looks for it by its title."
_NO_LINK = "This story has no links."
_AT_STORY = "The cursor is on a story, not on a link: enter goes there."
_ALL_HIDDEN = "No link holds these words: esc shows all links."


class Links(ActionGroup):
    """Opens and copies links."""

    def action_open_link(self, number: int) -> None:
        """Opens the link with that number: one to an issue that is here leads there, any other one to the browser."""
        self.screen.show_pointed()
        found = next((link for link in self._links if link.n == number), None)
        if found and found.kind is LinkKind.ISSUE:
            self.screen.action_group(References).follow(found, partial(self.open_links, [found]))
        elif found:
            self.open_links([found])
        elif self._links:
            self.screen.say(f"There is no link {number}: this story has {len(self._links)}.")
        else:
            self.screen.say(_NO_LINK)

    def action_ask_link(self) -> None:
        """Asks for a number and opens that link."""
        self.run_dialog(self._ask_link)

    async def _ask_link(self) -> None:
        self.screen.show_pointed()
        most = len(self._links)
        if not most:
            self.screen.say(_NO_LINK)
            return
        number = await self.ask(NumberDialog(f"Open link (1 to {most})"))
        if number is not None:
            self.action_open_link(number)

    def action_open_here(self) -> None:
        """Opens the link under the cursor, else the first read-more link, else the first."""
        self.screen.show_pointed()
        if link := self.link_here():
            self.open_links([link])
        else:
            self.screen.say(self.why_none)

    def action_open_all(self) -> None:
        """Opens all read-more links that have an address; asks when they are many. Those filtered out stay shut."""
        self.run_dialog(self._open_all)

    async def _open_all(self) -> None:
        self.screen.show_pointed()
        narrowed = self.screen.pane is Pane.LINKS and self.screen.link_list.filter_words
        shown = self.screen.link_list.shown_links if narrowed else self._links
        links = [link for link in self._read_more() if link.url and link in shown]
        if not links:
            where = "Among the links that are shown" if narrowed else "In this story"
            self.screen.say(f"{where} is no read-more link with an address.")
            return
        if len(links) > AT_ONCE and not await self.ask(ConfirmDialog(f"Open {len(links)} links?", self.screen.clock)):
            return
        self.open_links(links)

    def action_copy_address(self) -> None:
        """Copies the address of the link under the cursor; from list and story, that of the issue's page."""
        self.screen.show_pointed()
        if self.screen.pane is Pane.LINKS:
            link = self.link_here()
            url, why = link.url if link else None, NO_ADDRESS if link else self.why_none
        else:
            head = self.session.issue_head
            url, why = head.url if head else None, "The address of this issue's page is not known."
        if url:
            self.screen.app.copy_to_clipboard(url)
        self.screen.say(f"Copied: {url}" if url else why)

    def open_links(self, links: Sequence[Link]) -> None:
        """Open the links that have an address; if none has, ask where to look for the first."""
        if addressed := [link for link in links if link.url]:
            named = [self.screen.browser.named(link) for link in addressed]
            self.screen.browser.hand_over([link.url or "" for link in addressed], named)
        else:
            self.run_dialog(partial(self._look_for, links[0]))

    async def _look_for(self, link: Link) -> None:
        from importai_tui.tui.works.work_list import LookupDialog, LookupTarget
        from importai_tui.works.work import get_arxiv_search_url, get_web_search_url

        title = self.screen.link_list.get_title(link)
        match await self.ask(LookupDialog(title, is_paper=link.kind is LinkKind.PAPER)):
            case LookupTarget.ARXIV:
                self.screen.browser.hand_over([get_arxiv_search_url(title)])
            case LookupTarget.WEB:
                self.screen.browser.hand_over([get_web_search_url(title)])
            case LookupTarget.COPY:
                self.screen.app.copy_to_clipboard(title)
                self.screen.say("Copied its title.", seconds=2)

    @property
    def _links(self) -> tuple[Link, ...]:
        return self.session.story.links if self.session.story else ()

    def _read_more(self) -> list[Link]:
        return [link for link in self._links if link.role is LinkRole.READ_MORE]

    def link_here(self) -> Link | None:
        """At the links the one under the cursor; elsewhere the first read-more link, else the first."""
        if self.screen.pane is Pane.LINKS:
            return self.screen.link_list.selected_link
        return next(iter(self._read_more() or self._links), None)

    @property
    def why_none(self) -> str:
        """A word for the reader where there is no link here."""
        if self.screen.pane is Pane.LINKS and self.screen.link_list.row_count:
            return _AT_STORY
        return _ALL_HIDDEN if self._links else _NO_LINK


_NO_PDF = "Only papers on arXiv have a PDF that is known."


class Form(Enum):
    """How a citation is copied."""

    MARKDOWN = "Markdown"
    BIBTEX = "BibTeX"


class Citations(ActionGroup):
    """Copies the citations of the open story, and opens other forms of a cited work."""

    def action_copy_markdown(self) -> None:
        """Copies the citation under the cursor, else the first, as Markdown."""
        self._copy(Form.MARKDOWN)

    def action_copy_bibtex(self) -> None:
        """The same as BibTeX."""
        self._copy(Form.BIBTEX)

    def action_copy_all(self, form: str) -> None:
        """Copies all works that the story cites, as Markdown or BibTeX."""
        self.screen.show_pointed()
        cited = dict.fromkeys(link.work for link in self.session.story.links if link.work) if self.session.story else {}
        works = [found for name in cited if (found := self._work_cited(name))]
        if not works:
            self.screen.say("This story cites no work with an address.")
            return
        self.screen.app.copy_to_clipboard(
            format_bibtex(works) if form == Form.BIBTEX.value else format_markdown_list(works)
        )
        self.screen.say(f"Copied as {form}: {plural(len(works), 'work')}.", seconds=2)

    def action_open_archived(self) -> None:
        """Opens the copy of the page in the Wayback Machine nearest to the issue's day."""
        if link := self._addressed():
            day = self.session.issue.date if self.session.issue else None
            self.screen.browser.hand_over([get_wayback_url(link.url or "", day)], [self.screen.browser.named(link)])

    def action_open_pdf(self) -> None:
        """Opens the PDF of a paper on arXiv, or its abstract page where the link is to the PDF."""
        if not (link := self._addressed()):
            return
        if other := get_alternate_url(link.work, link.url or ""):
            self.screen.browser.hand_over([other], [self.screen.browser.named(link)])
        else:
            self.screen.say(_NO_PDF)

    def _work_cited(self, name: str) -> Work | None:
        """A work that the open story cites: with all that cite it where that is known by now, else as it is here."""
        if known := self.screen.link_list.works.get(name):
            return known
        story = self.session.story
        link = next((link for link in story.links if link.work == name), None) if story else None
        return self._as_work(link) if link else None

    def _copy(self, form: Form) -> None:
        if not (link := self._addressed()):
            return
        cited = self._work_cited(link.work) if link.work else None
        cited = cited or self._as_work(link)
        self.screen.app.copy_to_clipboard(
            format_bibtex([cited]) if form is Form.BIBTEX else format_markdown_line(cited).removeprefix("- ")
        )
        self.screen.say(f"Copied as {form.value}: {cited.title}", seconds=2)

    def _as_work(self, link: Link) -> Work:
        assert self.session.issue
        assert self.session.story
        issue, day = self.session.issue.ref, self.session.issue.date
        ref = f"{issue}/{self.session.story.position}"
        title, url = self.screen.link_list.get_title(link), link.url or ""
        return Work(link.work or url, link.kind, title, url, link.host, (ref,), (issue,), day, day)

    def _addressed(self) -> Link | None:
        """The link that a command is for, if it has an address; a word where it has none."""
        self.screen.show_pointed()
        link = self.screen.action_group(Links).link_here()
        if link is None:
            self.screen.say(self.screen.action_group(Links).why_none)
        elif link.url is None:
            self.screen.say(NO_ADDRESS)
        else:
            return link
        return None
