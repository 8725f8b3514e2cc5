"""Actions for citations: one or all of a story copied, as Markdown or BibTeX; the other forms of a work opened."""

from __future__ import annotations

from enum import Enum

from importai_tui.issue import Link
from importai_tui.printing.works_markdown import line, markdown
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.links import NO_ADDRESS, Links
from importai_tui.wording import plural
from importai_tui.works.bibtex import bibtex
from importai_tui.works.elsewhere import archived, other_form
from importai_tui.works.work import Work

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
        self.screen.app.copy_to_clipboard(bibtex(works) if form == Form.BIBTEX.value else markdown(works))
        self.screen.say(f"Copied as {form}: {plural(len(works), 'work')}.", seconds=2)

    def action_open_archived(self) -> None:
        """Opens the copy of the page in the Wayback Machine nearest to the issue's day."""
        if link := self._addressed():
            day = self.session.issue.date if self.session.issue else None
            self.screen.browser.hand_over([archived(link.url or "", day)], [self.screen.browser.named(link)])

    def action_open_pdf(self) -> None:
        """Opens the PDF of a paper on arXiv, or its abstract page where the link is to the PDF."""
        if not (link := self._addressed()):
            return
        if other := other_form(link.work, link.url or ""):
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
        self.screen.app.copy_to_clipboard(bibtex([cited]) if form is Form.BIBTEX else line(cited).removeprefix("- "))
        self.screen.say(f"Copied as {form.value}: {cited.title}", seconds=2)

    def _as_work(self, link: Link) -> Work:
        assert self.session.issue
        assert self.session.story
        issue, day = self.session.issue.ref, self.session.issue.date
        ref = f"{issue}/{self.session.story.position}"
        title, url = self.screen.link_list.title_of(link), link.url or ""
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
