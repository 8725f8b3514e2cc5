"""Every work that the archive cites, once: narrowed by what is typed, starred, opened, copied. It closes with a story.

The archive is read in a thread; works are chosen from memory, some at a time, so that no letter waits.

The works screen as one sees it: the line, what is told of it, the works. What stands there is a subclass's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input, Static

from importai_tui.archive.relations import CitedWorks
from importai_tui.errors import NotFoundError, ReaderError
from importai_tui.library.library import Library
from importai_tui.model import LinkKind
from importai_tui.output.markdown import format_markdown_line as markdown_line
from importai_tui.query.parser import MAX_QUERY_LENGTH
from importai_tui.state.reading_state import get_work_key
from importai_tui.state.store import ChangeResult
from importai_tui.tui.bindings import make_screen_bindings
from importai_tui.tui.dialogs.dialog import LOOK, Dialog
from importai_tui.tui.dialogs.help import Help
from importai_tui.tui.text import to_content, truncate
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, make_screen_hints
from importai_tui.tui.widgets.inputs import CleanInput
from importai_tui.tui.works.work_list import (
    ChooseCiting,
    CitingStory,
    WorkList,
    WorksStand,
    WorksStatus,
    draw_works_status,
    in_order,
)
from importai_tui.works.formats import format_bibtex_entry
from importai_tui.works.query import WorkMarks, WorkQuery, parse_work_query
from importai_tui.works.work import Work, get_metadata, sort_by_last_cited

_WIDE = 60
"""Cells from which on the line has a name before it."""
_LOW = 20
"""Lines of the window below which every line is needed."""
_TO_TYPE = "words  kind:code  site:arxiv.org  year:2025  is:unread  is:starred"
_ESCAPE = Hint("esc", "back", "leave")
_AT_THE_WORKS = (
    Hint("enter", "stories", "choose"),
    Hint("ctrl+o", "open", "open"),
    Hint("ctrl+s", "star", "star"),
    Hint("ctrl+r", "order", "turn"),
    Hint("ctrl+y", "copy", "copy_address"),
    _ESCAPE,
)
_AT_NOTHING = (Hint("f1", "help", "help"), _ESCAPE)


class WorksPanes(Dialog[WorksStand]):
    """The keys, and the places of all that is shown."""

    CSS_PATH = [LOOK, "works.tcss"]
    BINDINGS = make_screen_bindings("In the works")
    AUTO_FOCUS = "Input"

    line = query_one("#works-line", Input)
    status = query_one("#works-status", Static)
    rows = query_one("#works-list", WorkList)

    def __init__(self, library: Library, stand: WorksStand, trouble: str) -> None:
        """Begin as it was left."""
        super().__init__()
        self.library = library
        self.stand = stand
        self._trouble = trouble
        self._written = Content()

    def compose(self) -> ComposeResult:
        """The line, what is told of it, the works."""
        marks = self.library.state.get_marks(("starred", "opened"))
        with Horizontal(id="works-top"), Horizontal(id="works-ask"):
            yield Static("", id="works-sign", markup=False)
            yield CleanInput(
                self.stand.line,
                placeholder=_TO_TYPE,
                max_length=MAX_QUERY_LENGTH,
                compact=True,
                select_on_focus=False,
                id="works-line",
            )
        with Horizontal(id="works-body"), Vertical(id="works-page"):
            yield Static("", id="works-status", markup=False)
            yield WorkList(id="works-list", starred=marks["starred"], opened=marks["opened"])
        yield Footer()

    def on_resize(self) -> None:
        """In a low window every line is needed."""
        width, height = self.app.size
        self.set_class(height < _LOW, "-low")
        self.query_one("#works-sign", Static).update(to_content("Works" if width >= _WIDE else "/", "bold $mark"))
        self.tell_keys()

    def action_move(self, rows: int) -> None:
        """Another work."""
        self.rows.move(rows)

    def action_page(self, share: float) -> None:
        """Another page."""
        self.rows.page(share)

    def action_help(self) -> None:
        """The keys of the reader."""
        self.app.push_screen(Help("In the works"))

    def tell_keys(self) -> None:
        """Brings the footer in step."""
        hints = _AT_THE_WORKS if self.rows.row_count else _AT_NOTHING
        held = make_screen_hints(self.app, "In the works", hints)
        self.query_one(Footer).footer_content = FooterContent(held, warning=self._trouble)

    def tell_trouble(self, words: str) -> None:
        """Warns in the footer, or no more."""
        if words != self._trouble:
            self._trouble = words
            if self.is_mounted:
                self.tell_keys()

    def write(self, words: Content) -> None:
        """Only other words are drawn, and only another number of lines moves what is beneath them."""
        if self._written.is_same(words):
            return
        self._written = words
        width, height = self.status.size
        self.status.update(words, layout=not width or max(1, words.get_height({}, width)) != height)


_AT_ONCE = 500
"""Works that are chosen from before anything else has its turn: some three milliseconds."""
_FIRST_ISSUES = 10
"""Of the newest that are looked through for a first screenful: two mostly have one. Each costs half a millisecond."""
_SHOWN_ADDRESS = 60
"""Cells of an address that are enough to know it by."""


def _done(act: Callable[[], ChangeResult]) -> ChangeResult | None:
    return act()


class WorksScreen(WorksPanes):
    """One types, and sees which works are meant."""

    class Arrived(Message):
        """Works come from the archive, the last cited first: the first screenful of them, or the `whole`."""

        def __init__(self, works: tuple[Work, ...], *, whole: bool) -> None:
            super().__init__()
            self.works = works
            self.whole = whole

    class Failed(Message):
        """The archive cannot be read."""

        def __init__(self, why: str) -> None:
            super().__init__()
            self.why = why

    def __init__(
        self,
        library: Library,
        stand: WorksStand,
        open_work: Callable[[Work], None],
        say: Callable[[str], None],
        *,
        attempt: Callable[[Callable[[], ChangeResult]], ChangeResult | None] = _done,
        trouble: str = "",
    ) -> None:
        """Begin as it was left.

        Args:
            library: what cites the works.
            stand: what the last visit has left.
            open_work: brings a work to the browser.
            say: shows a line to the user.
            attempt: makes a change of the reading state; it returns None, and reports why, if that fails.
            trouble: the warning that the screen beneath shows.
        """
        super().__init__(library, stand, trouble)
        self._open_work = open_work
        self._say = say
        self._attempt = attempt
        self._sorting = stand.sorting
        self._all = stand.works
        self._whole = bool(stand.works)
        """Whether all works are here; before, those that are cannot be chosen from."""
        self._version = self._asked_version = stand.version
        self._by_key: dict[str, str] = {}
        self._ordered: list[Work] = []
        self._asked = stand.line
        self._shown: str | None = None
        """The line whose works stand in the list."""
        self._entered = False
        self._told = WorksStatus(sorting=stand.sorting, issues=not library.is_empty())

    def on_mount(self) -> None:
        """As it was left, the line selected: typing begins anew. What has changed since is read beside the screen."""
        self.line.action_select_all()
        self._tell()
        self._asked_version = self.library.archive.get_data_version()
        if self._whole:
            # The list must have its size before it can be scrolled.
            self.call_after_refresh(self._order, self.stand.at, self.stand.scroll)
        if not self._whole or self._asked_version != self._version:
            self._read([] if self._whole or self.line.value else self._newest())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Each letter chooses anew."""
        if event.value != self._asked:
            self._ask(event.value)

    def on_input_submitted(self) -> None:
        """Enter: to the story that cites the work; asks which, where there are several."""
        if self.line.value != self._asked:
            self._ask(self.line.value)
        if self._shown != self.line.value:
            self._entered = True  # what was typed a moment before it counts
        elif (pointed := self.rows.pointed) and len(pointed.cited_by) == 1:
            self._leave(pointed.cited_by[0])
        elif pointed:
            self._ask_which(pointed)

    def on_work_list_chosen(self) -> None:
        """A click on a work."""
        self.on_input_submitted()

    def on_works_screen_arrived(self, message: Arrived) -> None:
        """Shows them; a first screenful only where it is what one looks at."""
        if message.whole:
            at = self.rows.pointed.id if self.rows.pointed and self.rows.cursor else ""
            self._all, self._whole, self._version = message.works, True, self._asked_version
            self._by_key = {}
            self._order(at)
            return
        if not self.line.value and not self._whole:
            self._shown = ""
            self.rows.show(in_order(message.works, self._sorting))
            self.tell_keys()
        # Painted before the thread has the processor again.
        self.call_after_refresh(self._read, [])

    def on_works_screen_failed(self, message: Failed) -> None:
        """Says why there is nothing."""
        self._told = replace(self._told, trouble=message.why)
        self._tell()

    def action_choose(self) -> None:
        """As enter."""
        self.on_input_submitted()

    def action_open(self) -> None:
        """Brings the work to the browser."""
        if pointed := self.rows.pointed:
            self._open_work(pointed)
            self.rows.redraw()

    def action_star(self) -> None:
        """A star comes or goes; the work stays in the list until the line is another."""
        if not (pointed := self.rows.pointed):
            return
        on = not self.rows.is_starred(pointed)
        if self._attempt(lambda: self.library.state.star_work(pointed.id, on, get_metadata(pointed).title)):
            self.rows.redraw()
            self._say("Starred." if on else "Star taken away.")

    def action_copy_address(self) -> None:
        """Copies where it is."""
        if pointed := self.rows.pointed:
            self._copy(get_metadata(pointed).url, truncate(get_metadata(pointed).url, _SHOWN_ADDRESS))

    def action_copy_bibtex(self) -> None:
        """Copies it for a bibliography."""
        if pointed := self.rows.pointed:
            self._copy(format_bibtex_entry(pointed), "BibTeX")

    def action_copy_markdown(self) -> None:
        """Copies it for a text."""
        if pointed := self.rows.pointed:
            self._copy(markdown_line(pointed).removeprefix("- "), "Markdown")

    def action_turn(self) -> None:
        """Another order, seen from its top."""
        self._sorting = self._sorting.next
        self._told = replace(self._told, sorting=self._sorting)
        if self._whole:
            self._order()

    def action_leave(self) -> None:
        """Back to where one was."""
        self._leave(None)

    def redraw_marks(self) -> None:
        """To be called where a work was opened or starred elsewhere: the list shows it, if it is there by now."""
        for rows in self.query(WorkList):
            rows.redraw()

    def _newest(self) -> list[str]:
        """The ids of works that the newest issues cite, a screenful or more; those of one day all or none."""
        seen: dict[str, None] = {}
        wanted = self.app.size.height // 2
        day: str | None = None
        for head in self.library.get_issue_rows()[:_FIRST_ISSUES]:
            if len(seen) >= wanted and head.date != day:
                break
            day = head.date
            links = (link for story in self.library.get_issue(head.ref).stories for link in story.links)
            seen.update((link.work, None) for link in links if link.work and link.kind is not LinkKind.ISSUE)
        return list(seen)

    @work(thread=True, exclusive=True, group="works")
    def _read(self, first: list[str]) -> None:
        """Reads the works with these ids, or all."""
        try:
            with CitedWorks(self.library.archive.path) as cited:
                works = sort_by_last_cited(cited.get(first).values()) if first else cited.get_all()
        except ReaderError as error:
            self.post_message(self.Failed(str(error)))
        else:
            self.post_message(self.Arrived(tuple(works), whole=not first))

    def _ask(self, line: str) -> None:
        self._asked, self._entered = line, False
        self._choose()

    def _order(self, at: str = "", scroll: int | None = None) -> None:
        self._ordered = in_order(self._all, self._sorting)
        self._choose(at, scroll)

    def _choose(self, at: str = "", scroll: int | None = None) -> None:
        if self._whole:
            self._filter(self._asked, at, scroll)

    @work(exclusive=True, group="choosing")
    async def _filter(self, line: str, at: str, scroll: int | None) -> None:
        """Chooses and shows; the next letter breaks it off."""
        choice = parse_work_query(line, self._marks(line), self.library.find_full_ref)
        works = self._ordered
        found = await _among(works, choice) if line.strip() else works
        self._shown = line
        self.rows.show(found, at, scroll)
        self._told = replace(self._told, found=len(found), works=len(works), remarks=choice.remarks, trouble="")
        self._tell()
        self.tell_keys()
        if self._entered:
            self._entered = False
            self.on_input_submitted()

    def _marks(self, line: str) -> WorkMarks:
        """What is starred and opened, where the line may ask for it."""
        if "is:" not in line.casefold():
            return WorkMarks()
        if not self._by_key:  # once: of ten thousand works that costs some milliseconds
            self._by_key = {get_work_key(work.id): work.id for work in self._all}
        starred, opened = (
            keys & self._by_key.keys() for keys in self.library.state.get_marks(("starred", "opened")).values()
        )
        return WorkMarks({self._by_key[key] for key in starred}, {self._by_key[key] for key in opened})

    @work(exclusive=True, group="dialog")
    async def _ask_which(self, cited: Work) -> None:
        newest_first = cited.cited_by[::-1]
        if ref := await self.app.push_screen_wait(ChooseCiting(get_metadata(cited).title, newest_first, self._story)):
            self._leave(ref)

    def _story(self, ref: str) -> CitingStory:
        """What is known of a story that cites a work: another window may have taken it out of the archive."""
        try:
            issue_ref, position = self.library.resolve(ref)
            story = self.library.get_story(issue_ref, position or 1)
            return CitingStory(ref, story.headline, self.library.get_issue_row(issue_ref).date)
        except NotFoundError:
            return CitingStory(ref)

    def _copy(self, text: str, told: str) -> None:
        self.app.copy_to_clipboard(text)
        self._say(f"Copied: {told}")

    def _tell(self) -> None:
        self.write(draw_works_status(self._told))

    def _leave(self, chosen: str | None) -> None:
        at = self.rows.pointed.id if self.rows.pointed else ""
        works = self._all if self._whole else ()
        stand = WorksStand(self.line.value, self._sorting, at, round(self.rows.scroll_y), works, self._version, chosen)
        self.dismiss(stand)


async def _among(works: list[Work], choice: WorkQuery) -> list[Work]:
    """The works that fit; between some and some more, others have their turn."""
    found: list[Work] = []
    for first in range(0, len(works), _AT_ONCE):
        found += choice.filter(works[first : first + _AT_ONCE])
        await asyncio.sleep(0)
    return found
