"""Commands for citations: all the works; of one its copy, its other forms, a search where it has no address."""

from __future__ import annotations

from enum import Enum

from textual import work

from importai_tui.errors import NotFound
from importai_tui.issue import Link, LinkKind
from importai_tui.tui.ask_where import AskWhere, Where
from importai_tui.tui.fold import Pane
from importai_tui.tui.opening import NO_ADDRESS, Opening
from importai_tui.tui.works_screen import WorksScreen
from importai_tui.tui.works_stand import WorksStand
from importai_tui.works.bibtex import bibtex
from importai_tui.works.elsewhere import archived, on_arxiv, on_the_web, other_form
from importai_tui.works.markdown import line, markdown
from importai_tui.works.work import Work

_NO_PDF = "Only papers on arXiv have a PDF that is known."


class Form(Enum):
    """How a citation is copied."""

    MARKDOWN = "Markdown"
    BIBTEX = "BibTeX"


class Citing(Opening):
    """One citation, and all of them."""

    _works = WorksStand()
    """The works as they were left."""

    def action_copy_markdown(self) -> None:
        """Copies the citation under the cursor, else the first, as Markdown."""
        self._copy(Form.MARKDOWN)

    def action_copy_bibtex(self) -> None:
        """The same as BibTeX."""
        self._copy(Form.BIBTEX)

    def action_copy_all(self, form: str) -> None:
        """Copies all works that the story cites, as Markdown or BibTeX."""
        self.land()
        cited = dict.fromkeys(link.work for link in self.story.links if link.work) if self.story else {}
        works = [found for name in cited if (found := self.work_cited(name))]
        if not works:
            self.say("This story cites no work with an address.")
            return
        self.app.copy_to_clipboard(bibtex(works) if form == Form.BIBTEX.value else markdown(works))
        self.say(f"Copied as {form}: {len(works)} {'work' if len(works) == 1 else 'works'}.", seconds=2)

    def action_open_archived(self) -> None:
        """Opens the copy of the page in the Wayback Machine nearest to the issue's day."""
        if link := self._addressed():
            day = self.issue.date if self.issue else None
            self.hand_over([archived(link.url or "", day)], [self.named(link)])

    def action_open_pdf(self) -> None:
        """Opens the PDF of a paper on arXiv, or its abstract page where the link is to the PDF."""
        if not (link := self._addressed()):
            return
        if other := other_form(link.work, link.url or ""):
            self.hand_over([other], [self.named(link)])
        else:
            self.say(_NO_PDF)

    @work(exclusive=True, group="dialog")
    async def look_for(self, link: Link) -> None:
        """Asks where to look for a citation that has no address."""
        title = self.link_list.title_of(link)
        match await self.app.push_screen_wait(AskWhere(title, paper=link.kind is LinkKind.PAPER)):
            case Where.ARXIV:
                self.hand_over([on_arxiv(title)])
            case Where.WEB:
                self.hand_over([on_the_web(title)])
            case Where.COPY:
                self.app.copy_to_clipboard(title)
                self.say("Copied its title.", seconds=2)

    @work(exclusive=True, group="dialog")
    async def action_works(self) -> None:
        """All cited works; what was chosen there is a story that cites one."""
        screen = WorksScreen(self.library, self._works, self._open_work, self.say)
        screen.attempt, screen.trouble = self.attempt, self.trouble
        stand = await self.app.push_screen_wait(screen)
        if stand is None:
            return
        self._works = stand
        self.link_list.refresh()
        if stand.chosen:
            self._go_to_ref(stand.chosen)

    def _go_to_ref(self, ref: str) -> None:
        """To a story; another window may have taken it out of the archive meanwhile."""
        try:
            issue, position = self.library.resolve(ref)
        except NotFound as error:
            self.say(str(error))
        else:
            self.open_story(issue, position or 1)
            self.go_to(Pane.STORY)

    def works_opened(self) -> None:
        """Also where the works lie over the story."""
        super().works_opened()
        if isinstance(self.app.screen, WorksScreen):
            self.app.screen.redraw_marks()

    def tell_footer(self) -> None:
        """That marks are not being kept is told also where the works lie over the story."""
        super().tell_footer()
        if isinstance(self.app.screen, WorksScreen):
            self.app.screen.tell_trouble(self.trouble)

    def _open_work(self, cited: Work) -> None:
        self.hand_over([cited.url], [(cited.work, cited.title)])

    def work_cited(self, name: str) -> Work | None:
        """A work that the open story cites: with all that cite it where that is known by now, else as it is here."""
        if known := self.link_list.works.get(name):
            return known
        link = next((link for link in self.story.links if link.work == name), None) if self.story else None
        return self._as_work(link) if link else None

    def _copy(self, form: Form) -> None:
        if not (link := self._addressed()):
            return
        cited = self.work_cited(link.work) if link.work else None
        cited = cited or self._as_work(link)
        self.app.copy_to_clipboard(bibtex([cited]) if form is Form.BIBTEX else line(cited).removeprefix("- "))
        self.say(f"Copied as {form.value}: {cited.title}", seconds=2)

    def _as_work(self, link: Link) -> Work:
        assert self.issue
        assert self.story
        issue, day = self.issue.ref, self.issue.date
        ref = f"{issue}/{self.story.position}"
        title, url = self.link_list.title_of(link), link.url or ""
        return Work(link.work or url, link.kind, title, url, link.host, (ref,), (issue,), day, day)

    def _addressed(self) -> Link | None:
        """The link that a command is for, if it has an address; a word where it has none."""
        self.land()
        link = self.link_here()
        if link is None:
            self.say(self.why_none)
        elif link.url is None:
            self.say(NO_ADDRESS)
        else:
            return link
        return None

    @property
    def is_at_link(self) -> bool:
        """Whether the reader is at the links, where a key speaks of links, also where the cursor is on none."""
        return self.pane is Pane.LINKS
