"""Narrows a list to what holds the typed words: the issues, the stories of a saved search that is open, the links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import work

from importai_tui.issue import short_title
from importai_tui.library import IssueHead
from importai_tui.search import Found
from importai_tui.tui.find_line import FindLine
from importai_tui.tui.fold import Pane
from importai_tui.tui.hints import MOST, Hint
from importai_tui.tui.literal import cut
from importai_tui.tui.standing import Standing
from importai_tui.tui.underway import Underway
from importai_tui.tui.walk import Walk
from importai_tui.tui.words_held import holds

_NAMED = 24
"""Cells of the words in the footer: they leave room for three hints in a window of 80."""
_ROOMY = 60
"""Cells of a window with room for them beside the first hint."""


class Filtering(Standing):
    """Filter."""

    narrowed = ""
    """The words that the list is narrowed to; none: it is whole."""
    _whole: Walk | None = None
    """The walk as it was before it was narrowed."""

    @work(exclusive=True, group="dialog")
    async def action_filter(self) -> None:
        """Asks for words, and narrows while they are typed: the links where one is there, else the list."""
        if self.pane is Pane.LINKS:
            await self._filter_links()
            return
        self.go_to(Pane.LIST)
        self._widen()
        rows = self.story_list
        place = (rows.cursor, round(rows.scroll_y))

        def step(by: int) -> str:
            rows.move(by)
            return self._how_many()

        typed = await self.app.push_screen_wait(FindLine(self._narrow, step, "", sign="f", asks="narrow this list"))
        if not (typed or "").strip():
            self._widen()
            rows.put_cursor(place[0], tell=False)
            rows.scroll_to(y=place[1], animate=False, immediate=True)
        self.tell_footer()

    async def _filter_links(self) -> None:
        links = self.link_list
        links.narrow("")
        place = links.cursor

        def narrow(words: str) -> str:
            links.narrow(words.strip())
            return _count(len(links.shown_links), "link", "links") if links.narrowed else ""

        def step(by: int) -> str:
            links.move(by)
            return narrow(links.narrowed)

        typed = await self.app.push_screen_wait(FindLine(narrow, step, "", sign="f", asks="narrow the links"))
        if not (typed or "").strip():
            links.narrow("")
            links.put_cursor(place, tell=False)
        self.tell_footer()

    def shown_issues(self) -> Sequence[IssueHead]:
        """Those that hold the words."""
        heads = super().shown_issues()
        return heads if self._whole else [head for head in heads if holds(_texts_of(head), self.narrowed)]

    def show_shelf(self) -> None:
        """The saved searches stand above a whole list only."""
        self.story_list.show_issues(self.shown_issues(), standing=not self.narrowed or self._whole is not None)

    def step_out(self) -> bool:
        """A narrowed list is made whole before one goes anywhere; the cursor stays on its row."""
        self._forget_ended()
        if self.pane is Pane.LINKS and self.link_list.narrowed:
            self.link_list.narrow("")
            self.tell_footer()
            return True
        if not self.narrowed or self.pane is not Pane.LIST:
            return super().step_out()
        with self.story_list.held():
            self._widen()
        self.tell_footer()
        return True

    def tell_footer(self) -> None:
        """In a list that is narrowed, first how to see the rest of it, and to what it is narrowed."""
        super().tell_footer()
        self._forget_ended()
        at_links = self.pane is Pane.LINKS
        words = self.link_list.narrowed if at_links else self.narrowed if self.pane is Pane.LIST else ""
        if not words or self.matches:
            return
        advice = self.footer.advice
        rest = "links" if at_links else "stories" if self._whole else "issues"
        *others, last = (hint for hint in advice.hints if hint.action != "back_out")
        hints = (Hint("esc", f"all {rest}", "back_out"), *others[: MOST - 2], last)
        underway = advice.underway
        if self.app.size.width >= _ROOMY and underway == Underway():
            underway = Underway(news=f"narrowed to: {cut(words, _NAMED)}")
        self.footer.advice = replace(advice, hints=hints, underway=underway)

    def _set_out(self, name: str, found: Sequence[Found]) -> None:
        if found and self._whole:
            self._whole, self.narrowed = None, ""
        super()._set_out(name, found)

    def _forget_ended(self) -> None:
        """A walk that has ended is narrowed no more, and does not come back."""
        if self._whole and self.walk is None:
            self._whole, self.narrowed = None, ""

    def _narrow(self, words: str) -> str:
        self.narrowed = words.strip()
        whole = self._whole or self.walk
        if whole:
            self._whole = whole
            heads = tuple(head for head in whole.heads if holds((head.ref, head.headline), self.narrowed))
            self.walk = Walk(whole.name, heads, whole.more)
        else:
            self.show_shelf()
        self.show_rows()
        self.story_list.edge(last=False)
        return self._how_many()

    def _widen(self) -> None:
        if not self.narrowed:
            return
        self.narrowed = ""
        if self._whole:
            self.walk, self._whole = self._whole.marked(self.library.read_keys(), self.library.starred_keys()), None
        else:
            self.show_shelf()
        self.show_rows()

    def _how_many(self) -> str:
        if not self.narrowed:
            return ""
        if self._whole and self.walk:
            return _count(len(self.walk.heads), "story", "stories")
        return _count(len(self.shown_issues()), "issue", "issues")


def _count(count: int, one: str, more: str) -> str:
    return f"1 {one}" if count == 1 else f"{count:,} {more}" if count else "nothing"


def _texts_of(head: IssueHead) -> tuple[str, ...]:
    return str(head.number or ""), short_title(head.title), head.date or ""
