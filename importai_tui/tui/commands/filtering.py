"""Narrows a list to what holds the typed words: the issues, the stories of a saved search that is open, the links."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from importai_tui.issue import short_title
from importai_tui.library import IssueHead
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.matches import Matching
from importai_tui.tui.lists.words_held import holds
from importai_tui.tui.look.literal import cut
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.page.hints import MOST, Advice, hints_of
from importai_tui.tui.page.underway import Underway
from importai_tui.tui.page.walk import Walk
from importai_tui.wording import plural

_NAMED = 24
"""Cells of the words in the footer: they leave room for three hints in a window of 80."""
_ROOMY = 60
"""Cells of a window with room for them beside the first hint."""


class Filtering(Commands):
    """Filter."""

    def __init__(self, desk: Desk, matching: Matching) -> None:
        super().__init__(desk)
        self._matching = matching
        self._narrowed = ""
        """The words that the list is narrowed to; none: it is whole."""
        self._whole: Walk | None = None
        """The walk as it was before it was narrowed."""

    def action_filter(self) -> None:
        """Asks for words, and narrows while they are typed: the links where one is there, else the list."""
        self.converse(self._filter_links if self.desk.pane is Pane.LINKS else self._filter_list)

    async def _filter_list(self) -> None:
        from importai_tui.tui.dialogs.find_line import FindLine

        self.desk.go_to(Pane.LIST)
        self._widen()
        rows = self.desk.story_list
        place = (rows.cursor, round(rows.scroll_y))

        def step(by: int) -> str:
            rows.move(by)
            return self._how_many()

        typed = await self.ask(FindLine(self._narrow, step, "", sign="f", asks="narrow this list"))
        if not (typed or "").strip():
            self._widen()
            rows.put_cursor(place[0], tell=False)
            rows.scroll_to(y=place[1], animate=False, immediate=True)
        self.desk.tell_footer()

    async def _filter_links(self) -> None:
        from importai_tui.tui.dialogs.find_line import FindLine

        links = self.desk.link_list
        links.narrow("")
        place = links.cursor

        def narrow(words: str) -> str:
            links.narrow(words.strip())
            return _count(len(links.shown_links), "link", "links") if links.narrowed else ""

        def step(by: int) -> str:
            links.move(by)
            return narrow(links.narrowed)

        typed = await self.ask(FindLine(narrow, step, "", sign="f", asks="narrow the links"))
        if not (typed or "").strip():
            links.narrow("")
            links.put_cursor(place, tell=False)
        self.desk.tell_footer()

    def stepped_out(self) -> bool:
        """A narrowed list is made whole before one goes anywhere; the cursor stays on its row."""
        self._forget_ended()
        if self.desk.pane is Pane.LINKS and self.desk.link_list.narrowed:
            self.desk.link_list.narrow("")
            self.desk.tell_footer()
            return True
        if not self._narrowed or self.desk.pane is not Pane.LIST:
            return False
        with self.desk.story_list.held():
            self._widen()
        self.desk.tell_footer()
        return True

    def advised(self, advice: Advice) -> Advice:
        """In a list that is narrowed, first how to see the rest of it, and to what it is narrowed."""
        self._forget_ended()
        at_links = self.desk.pane is Pane.LINKS
        words = self.desk.link_list.narrowed if at_links else self._narrowed if self.desk.pane is Pane.LIST else ""
        if not words or self._matching.matches:
            return advice
        rest = "links" if at_links else "stories" if self._whole else "issues"
        *others, last = (hint for hint in advice.hints if hint.action != "back_out")
        widen = hints_of(self.desk.commands, ("back", f"all {rest}"))
        hints = (*widen, *others[: MOST - 2], last)
        underway = advice.underway
        if self.desk.app.size.width >= _ROOMY and underway == Underway():
            underway = Underway(news=f"narrowed to: {cut(words, _NAMED)}")
        return replace(advice, hints=hints, underway=underway)

    def put_away(self) -> None:
        """The list is about to show something else: a narrowed walk does not come back, the issues do."""
        if self._whole:
            self._whole, self._narrowed = None, ""
        else:
            self._widen()

    def _forget_ended(self) -> None:
        """A walk that has ended is narrowed no more, and does not come back."""
        if self._whole and self.desk.walk is None:
            self._whole, self._narrowed = None, ""

    def _narrow(self, words: str) -> str:
        self._narrowed = words.strip()
        whole = self._whole or self.desk.walk
        self._sift(whole)
        if whole:
            self._whole = whole
            heads = tuple(head for head in whole.heads if holds((head.ref, head.headline), self._narrowed))
            self.desk.walk = replace(whole, heads=heads)
        else:
            self.desk.show_shelf()
        self.desk.show_rows()
        self.desk.story_list.edge(last=False)
        return self._how_many()

    def _widen(self) -> None:
        if not self._narrowed:
            return
        self._narrowed = ""
        self._sift(self._whole)
        if self._whole:
            library = self.desk.library
            self.desk.walk = self._whole.marked(library.state.read_keys(), library.state.starred_keys())
            self._whole = None
        else:
            self.desk.show_shelf()
        self.desk.show_rows()

    def _sift(self, walk: Walk | None) -> None:
        """The issues are narrowed only while one is on no walk."""
        self.desk.sieve = partial(_is_named, self._narrowed) if self._narrowed and not walk else None

    def _how_many(self) -> str:
        if not self._narrowed:
            return ""
        if self._whole and self.desk.walk:
            return _count(len(self.desk.walk.heads), "story", "stories")
        return _count(len(self.desk.shown_issues()), "issue", "issues")


def _count(count: int, one: str, more: str) -> str:
    return plural(count, one, more) if count else "nothing"


def _is_named(words: str, head: IssueHead) -> bool:
    return holds((str(head.number or ""), short_title(head.title), head.date or ""), words)
