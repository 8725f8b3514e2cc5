"""The card of a cited work, over the story or the list that cites it.

A stored card is shown at once. Any other is fetched in a thread, while what is known already is shown and the keys
work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.getters import query_one
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from importai_tui.archive.relations import CitedWorks
from importai_tui.cards.report import NO_URL
from importai_tui.errors import NotFoundError, ReaderError
from importai_tui.library.library import Library
from importai_tui.model import Link, LinkKind
from importai_tui.output.markdown import format_markdown_line
from importai_tui.state.reading_state import get_work_key
from importai_tui.state.store import ChangeResult
from importai_tui.sync.progress import BackgroundTask, Progress
from importai_tui.tui.bindings import format_screen_key, make_screen_bindings
from importai_tui.tui.card_service import CardService
from importai_tui.tui.cards.page import (
    FIRST_BLOCKS,
    CardPage,
    CitingRow,
    format_fetch_day,
    format_fetched,
    get_page_url,
    name_source,
    render_page,
)
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.reading.text_selection import TextSelectionScreen
from importai_tui.tui.services import Copy
from importai_tui.tui.text import ContentBuilder, truncate
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, make_screen_hints
from importai_tui.tui.widgets.link_list import make_work_of_link
from importai_tui.tui.widgets.story_view import StoryView
from importai_tui.tui.works.dialogs import CitingStory, CitingStoryPicker
from importai_tui.works.card import Card, CardTarget
from importai_tui.works.card_facts import add_card
from importai_tui.works.formats import Dialect, format_bibtex_entry
from importai_tui.works.work import (
    TitleSource,
    Work,
    format_work_id,
    get_alternate_url,
    get_metadata,
    get_web_search_url,
)

if TYPE_CHECKING:
    from importai_tui.cards.report import CardReport

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
"""The pictures of the spinner, of one cell each."""
_FRAME_SECONDS = 0.1
_LOW_HEIGHT = 20
"""Lines of a window below which the head has no padding."""
_SHORT_WIDTH = 60
"""Cells of a window below which the head is short."""


class CardResult(NamedTuple):
    """The result of the screen: the id of the last work, and the reference of a story to go to, if any."""

    work: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class CardHost:
    """The parts of the program that the screen uses.

    Attributes:
        library: the library whose stories cite the works.
        cards: the stored cards, and the fetch of others.
        open_urls: opens addresses in the browser, each with the id and the title of its work and the `kinds` of links.
        notify: shows a message to the user.
        copy: copies a text, and shows a notice.
        today: returns the present time.
        try_write: writes to the reading state; returns None, after an error message, if that fails.
        text_width: the width of the text in cells.
        dialect: the dialect in which BibTeX is copied.
        warning: the warning in the footer of the reading screen.
        open_ref: the reference of the open story beneath; empty if the works are beneath.
    """

    library: Library
    cards: CardService
    open_urls: Callable[..., object]
    notify: Callable[..., None]
    copy: Copy
    today: Callable[[], datetime]
    text_width: int
    try_write: Callable[[Callable[[], ChangeResult]], ChangeResult | None]
    dialect: str
    warning: str
    open_ref: str


class CardScreen(TextSelectionScreen[CardResult], Dialog[CardResult]):
    """Shows the cards of works, one at a time. It closes with the last work, and a story to go to if there is one."""

    CSS_PATH = [DIALOG_CSS, "cards.tcss"]
    KEYMAP_SECTION = "Card screen"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    story_view = query_one(StoryView)
    head = query_one("#card-name", Static)

    class Fetched(Message):
        """A fetch has ended; without a report, by an error in the program."""

        def __init__(self, task: BackgroundTask[CardReport], report: CardReport | None) -> None:
            super().__init__()
            self.task = task
            self.report = report

    def __init__(self, host: CardHost, works: Sequence[Work], index: int = 0) -> None:
        """Show the card of one of these works."""
        super().__init__()
        self._host = host
        self._works = works
        self._index = index
        self._page = CardPage(works[index])
        self._fetch: BackgroundTask[CardReport] | None = None
        self._progress = Progress("")
        self._frame = 0
        self._spinner: Timer | None = None
        self._hovered_link: Link | None = None

    def compose(self) -> ComposeResult:
        """Yield the head, the text and the footer."""
        with Horizontal(id="card-head"):
            yield Static("", id="card-name", markup=False)
        yield StoryView(id="card")
        yield Footer()

    def on_mount(self) -> None:
        """Show the first card."""
        # The head begins where the text does, which is one cell narrower on each side.
        self.head.styles.max_width = self._host.text_width + 2
        self.story_view.set_text_width(self._host.text_width)
        self.story_view.focus()
        self._spinner = self.set_interval(_FRAME_SECONDS, self._spin, pause=True)
        self._show_work(self._index)

    def on_unmount(self) -> None:
        """Stop the fetch."""
        self._stop_fetch()

    def on_resize(self) -> None:
        """Shorten the head in a small window."""
        self.set_class(self.app.size.height < _LOW_HEIGHT, "-low")
        self._update_head()
        self.update_footer()

    # Actions

    def action_move(self, lines: int) -> None:
        """Scroll by some lines."""
        self.story_view.move(lines)

    def action_page(self, share: float) -> None:
        """Scroll by a share of a page."""
        self.story_view.page(share)

    def action_edge(self, last: bool) -> None:
        """Scroll to the first or the last line."""
        self.story_view.go_to_end(last=last)

    def action_next_card(self, step: int) -> None:
        """Show the card of the next or the previous work."""
        index = self._index + step
        if 0 <= index < len(self._works):
            self._show_work(index)
        else:
            self._host.notify("This is the last card" if step > 0 else "This is the first card", seconds=2)

    def action_refresh(self) -> None:
        """Fetch the card again."""
        if not self._fetch:
            self._start_fetch(refresh=True)
            self._draw()

    def action_open(self) -> None:
        """Open the page in the browser; search the web for the title of a work without a URL."""
        url = get_page_url(self._page)
        if url:
            self._open(url, self._page.work.kind)
        else:
            title = self._page.work.title
            notice = f"No URL for this work: searched the web for “{truncate(title, 60)}”"
            self._host.open_urls([get_web_search_url(title)], notice=notice)

    def action_open_pdf(self) -> None:
        """Open the PDF in the browser."""
        if url := self._pdf_url:
            self._open(url, "pdf")
        else:
            self._host.notify("No PDF is known for this work")

    def action_open_link(self, number: int) -> None:
        """Open a link of the card in the browser."""
        if (link := self._find_link(number)) and link.url:
            named_work = (link.work, link.text) if link.work else None
            self._host.open_urls([link.url], [named_work], kinds=[link.kind])

    def action_show_card(self, number: int) -> None:
        """Show the card of a link of this card over it."""
        link = self._find_link(number)
        if not link:
            return
        links = [each for each in self._links if each.work and each.kind is not LinkKind.ISSUE]
        found = map(_make_linked_work, links)
        works = list({work.id: work for work in found}.values())
        index = next((n for n, work in enumerate(works) if work.id == link.work), None)
        if index is None:
            is_issue = link.kind is LinkKind.ISSUE
            self._host.notify(f"Link {number} " + ("is an issue of the newsletter" if is_issue else "has no card"))
        else:
            self.app.push_screen(CardScreen(self._host, works, index), self._close_with_story)

    def action_copy_address(self) -> None:
        """Copy the URL, or the title of a work without one."""
        if url := get_page_url(self._page):
            self._host.copy(url, title=url)
        else:
            self._host.copy(self._page.work.title, "its title", self._title, reason="No URL for this work")

    def action_copy_markdown(self) -> None:
        """Copy the work as Markdown."""
        self._host.copy(format_markdown_line(self._page.work).removeprefix("- "), "Markdown", self._title)

    def action_copy_bibtex(self) -> None:
        """Copy the work as BibTeX."""
        self._host.copy(format_bibtex_entry(self._page.work, Dialect(self._host.dialect)), "BibTeX", self._title)

    def action_copy_or_leave(self) -> None:
        """Copy the selected text; close if nothing is selected."""
        try:
            self.action_copy_text()
        except SkipAction:
            self.action_leave()

    def action_star(self) -> None:
        """Add the work to the reading list, or remove it."""
        state, work, on = self._host.library.state, self._page.work, not self._is_starred
        if self._host.try_write(lambda: state.star_work(work.id, on, self._title)):
            self._page = replace(self._page, is_starred=on)
            self._draw()
            self._host.notify("Starred" if on else "Star removed", seconds=2)

    def action_story(self) -> None:
        """Go to a story that cites the work; ask which if there are several."""
        refs = self._page.work.cited_by
        if refs in ((), (self._host.open_ref,)):
            self._host.notify("No other story cites this work" if refs else "No story in your archive cites this work")
        elif len(refs) == 1:
            self.action_go_to_story(refs[0])
        else:
            picker = CitingStoryPicker(self._title, refs[::-1], self._load_citing_story)
            self.app.push_screen(picker, lambda ref: self.action_go_to_story(ref) if ref else None)

    def action_go_to_story(self, ref: str) -> None:
        """Close, and go to a story."""
        self.dismiss(CardResult(self._page.work.id, ref))

    def action_leave(self) -> None:
        """Close, and stop the fetch."""
        self.dismiss(CardResult(self._page.work.id))

    # Messages

    def on_card_screen_fetched(self, message: Fetched) -> None:
        """Show the card that was fetched, or why there is none."""
        if message.task is not self._fetch:
            return  # of a work that is not shown any more
        self._stop_fetch()
        work, report = self._page.work.id, message.report
        error = report.get_error(work) if report else "The card could not be fetched."
        unsaved = report.unsaved.get(work) if report else None
        if card := unsaved or self._host.cards.get(work):
            self._page = self._make_page(card)
            if error:
                self._host.notify(
                    error if unsaved else f"{error} This card is from {format_fetch_day(card)}.", seconds=8
                )
        else:
            self._page = replace(self._page, message=self._format_failure(error or "No card was found."))
        self._draw()

    def on_story_view_link_hovered(self, message: StoryView.LinkHovered) -> None:
        """Show the address of the link under the mouse in the footer."""
        self._hovered_link = self._find_link(message.number) if message.number else None
        self.story_view.emphasise_link(message.number)
        self.update_footer()

    # The card

    def _show_work(self, index: int) -> None:
        self._stop_fetch()
        self._index = index
        self._page = self._make_page(self._host.cards.get(self._works[index].id))
        if not self._page.card:
            self._start_fetch()
        is_long = self._page.card is not None and len(self._page.card.blocks) > FIRST_BLOCKS
        self.story_view.show_blocks(render_page(self._page, whole=not is_long))
        self._update_head()
        self.update_footer()
        if is_long:  # it is wrapped once its beginning can be read
            self.call_after_refresh(self._draw)

    def _make_page(self, card: Card | None) -> CardPage:
        work = self._find_work(self._works[self._index], card)
        key = partial(format_screen_key, self.app)
        return CardPage(
            work,
            card,
            tuple(map(self._load_citing_row, work.cited_by)),
            is_starred=self._is_starred,
            open_key=key("card.open", "o"),
            pdf_key=key("card.pdf", "D"),
            story_key=key("card.story", "x"),
        )

    def _find_work(self, work: Work, card: Card | None) -> Work:
        """Return the work with all stories that cite it, and with the facts of its card."""
        try:
            with CitedWorks(self._host.library.archive.path) as cited_works:
                work = cited_works.get([work.id]).get(work.id, work)
        except ReaderError as error:
            self._host.notify(str(error))
        # Of a work of the guide the archive has no card, and of one that could not be stored.
        return add_card(work, card.summary) if card and work.title_from is not TitleSource.CARD else work

    def _load_citing_row(self, ref: str) -> CitingRow:
        try:
            issue_ref, position = self._host.library.resolve(ref)
            story = self._host.library.get_story(issue_ref, position or 1)
            issue = self._host.library.get_issue_row(issue_ref)
        except NotFoundError:
            return CitingRow(ref)
        is_read = story.key in self._host.library.state.get_read_keys()
        return CitingRow(ref, story.headline, issue.date, issue.is_date_estimated, is_read)

    def _load_citing_story(self, ref: str) -> CitingStory:
        return CitingStory(*self._load_citing_row(ref)[:4])

    def _start_fetch(self, *, refresh: bool = False) -> None:
        """Fetch the card of the work; if that is not possible, show why."""
        work, cards = self._page.work, self._host.cards
        target = CardTarget(work.id, work.url, work.kind)
        reason = NO_URL if work.url is None else cards.off_reason
        if not reason:
            try:
                self._fetch = cards.make_fetch([target], self._store_progress, refresh=refresh)
            except ReaderError as error:
                reason = str(error)
        if not self._fetch:
            if self._page.card or refresh:
                self._host.notify(reason)
            if not self._page.card:
                self._page = replace(self._page, message=self._format_failure(reason))
            return
        self._progress = Progress("")
        self.run_worker(partial(self._run_fetch, self._fetch), thread=True, group="card", exit_on_error=False)
        if self._spinner:
            self._spinner.resume()
        self._show_progress()

    def _run_fetch(self, task: BackgroundTask[CardReport]) -> None:
        report = None
        try:
            report = task.run()
        finally:
            # A message, because a call would block while the app is closing.
            self.post_message(self.Fetched(task, report))

    def _stop_fetch(self) -> None:
        task, self._fetch = self._fetch, None
        if task:
            task.stop()
        if self._spinner:
            self._spinner.pause()

    def _store_progress(self, progress: Progress) -> None:
        """Keep the latest progress. Called in the thread of the fetch."""
        self._progress = progress

    def _spin(self) -> None:
        if self._fetch:
            self._frame = (self._frame + 1) % len(_FRAMES)
            self._show_progress()

    def _show_progress(self) -> None:
        """Show what the fetch does: in the head over a card, else in place of the card."""
        if self._page.card:
            self._update_head()
        else:
            self._page = replace(self._page, message=self._progress_text)
            self.story_view.redraw(render_page(self._page))

    @property
    def _progress_text(self) -> str:
        name = name_source(self._progress.source, self._page.work.url)
        source = f" from {name}" if name else ""
        sign = "" if self.app.animation_level == "none" else f"{_FRAMES[self._frame]} "
        return sign + (self._progress.note or f"Fetching{source}…")

    def _format_failure(self, reason: str) -> str:
        page = self._page.work
        key = partial(format_screen_key, self.app)
        again = f"{key('card.refresh', 'r')} tries again. " if page.url and not self._host.cards.off_reason else ""
        opens = "opens the page in your browser." if page.url else "searches the web for the title."
        return f"{reason}\n\n{again}{key('card.open', 'o')} {opens}"

    def _draw(self) -> None:
        if self.is_attached:
            self.story_view.redraw(render_page(self._page))
            self._update_head()
            self.update_footer()

    def _update_head(self) -> None:
        card, is_short = self._page.card, self.app.size.width < _SHORT_WIDTH
        parts = [format_fetched(card, self._host.today(), short=is_short)] if card and not self._fetch else []
        if self._fetch and card:
            parts = [self._progress_text]
        if len(self._works) > 1:
            parts.append(f"{self._index + 1:,} of {len(self._works):,}")
        head = ContentBuilder().write("Card", "bold $mark").write(f"   {' · '.join(parts)}" if parts else "", "$muted")
        self.head.update(head.build(), layout=False)

    def update_footer(self) -> None:
        """Show the keys in the footer."""
        link = self._hovered_link
        address = JobStatus(text=truncate(link.url or "", self.app.size.width // 2)) if link else JobStatus()
        hints = make_screen_hints(self.app, self.KEYMAP_SECTION, self._list_hints())
        self.query_one(Footer).footer_content = FooterContent(hints, job=address, warning=self._host.warning)

    def show_warning(self, warning: str) -> None:
        """Show a warning in the footer; an empty one removes it."""
        self._host = replace(self._host, warning=warning)
        if self.is_mounted:  # a star may have waited for the program of the warning
            self._page = replace(self._page, is_starred=self._is_starred)
            self._draw()

    def _list_hints(self) -> list[Hint]:
        has_failed = not (self._page.card or self._fetch) and self._page.work.url and not self._host.cards.off_reason
        has_other_story = self._page.work.cited_by not in ((), (self._host.open_ref,))
        is_loading = self._fetch and not self._page.card
        hints = [Hint("r", "try again", "refresh")] if has_failed else []
        hints.append(Hint("o", "open page" if self._page.work.url else "search the web", "open"))
        hints += [Hint("D", "PDF", "open_pdf")] if self._pdf_url else []
        hints += [Hint("J", "next card", "next_card(1)")] if self._index + 1 < len(self._works) else []
        hints += [Hint("x", "citing story", "story")] if has_other_story else []
        hints.append(Hint("s", "unstar" if self._page.is_starred else "star", "star"))
        hints.append(Hint("y", "copy URL" if self._page.work.url else "copy title", "copy_address"))
        hints.append(Hint("B", "copy BibTeX", "copy_bibtex"))
        return [*hints[:4], Hint("esc", "cancel" if is_loading else "back", "leave"), Hint("?", "help", "help")]

    @property
    def _is_starred(self) -> bool:
        key = get_work_key(self._works[self._index].id)
        return key in self._host.library.state.get_marks(("starred",))["starred"]

    @property
    def _title(self) -> str:
        return get_metadata(self._page.work).title

    @property
    def _links(self) -> Sequence[Link]:
        return self._page.card.links if self._page.card else ()

    @property
    def _pdf_url(self) -> str | None:
        card, work = self._page.card, self._page.work
        return (card.pdf_url if card else None) or get_alternate_url(work.id, "")

    def _find_link(self, number: int) -> Link | None:
        """Return the link with this number; without one, show a message and return None."""
        found = next((link for link in self._links if link.n == number), None)
        if not found:
            self._host.notify(f"No link {number} on this card" if self._links else "This card has no links", seconds=2)
        return found

    def _open(self, url: str, kind: str) -> None:
        self._host.open_urls([url], [(self._page.work.id, self._title)], kinds=[kind])

    def _close_with_story(self, result: CardResult | None) -> None:
        if result and result.ref:
            self.action_go_to_story(result.ref)


def _make_linked_work(link: Link) -> Work:
    """Return the work of a link in a card. Its text is often "Paper" or an address; it is not a title."""
    assert link.work
    title = format_work_id(link.work, link.url)
    return replace(make_work_of_link(link, title), title_from=TitleSource.ADDRESS)
