"""Narrows a list to what holds the typed words: the issues, the stories of a reading list, or the links.

Finds words in the open story as they are typed, and keeps what is found lit.
"""

from __future__ import annotations

from collections.abc import Sequence

from importai_tui.library.position import ScrollPosition
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.dialogs.input_bars import FindBar
from importai_tui.tui.reading.matches import Match
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.text import truncate
from importai_tui.tui.widgets.annotations import SearchableText, get_body
from importai_tui.tui.widgets.story_render import RenderedBlock
from importai_tui.wording import plural

_NAMED = 40
"""Cells that are enough to know again what one has typed."""


class FindInStory(ActionGroup):
    """Find in the story."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        super().__init__(session, screen)
        self._last = ""
        """What was found last, in whatever story."""

    async def action_find(self) -> None:
        """In the story: asks what to find in it. Elsewhere: searches the archive."""
        if self.screen.pane is Pane.STORY:
            self.run_dialog(self._find)
        else:
            await self.screen.run_action("search")

    async def _find(self) -> None:
        self.screen.engage()
        if not self.session.story:
            return
        lit = self.screen.matches
        before, spot = lit.matches, self.screen.story_view.scroll_position
        words = [SearchableText(get_body(piece)) for piece in self.screen.pieces]

        def find(typed: str) -> str:
            matches = found(words, typed)
            self.screen.story_view.restore_position(spot)
            lit.show_matches(matches, typed, at=first_from(matches, self.screen.pieces, spot))
            return lit.match_said if matches else "no match" if typed.strip() else ""

        def step(rows: int) -> str:
            lit.next_match() if rows > 0 else lit.previous_match()
            return lit.match_said

        typed = await self.ask(FindBar(find, step, self._last))
        if typed is None:
            lit.clear_matches()
            self.screen.story_view.restore_position(spot)
        elif typed.strip():
            self._last = typed if lit.matches else self._last
        elif lit.matches and lit.matches == before and lit.looked_for == self._last:
            lit.next_match()
        elif self._last:
            find(self._last)
        wanted = typed if typed is None or typed.strip() else self._last
        if wanted and not lit.matches:
            self.screen.say(f"This story has no “{truncate(wanted, _NAMED)}”.", seconds=2)


def found(texts: Sequence[SearchableText], typed: str) -> list[Match]:
    """Every place of what is typed in the texts of the pieces, in their order."""
    return [Match(piece, *place) for piece, words in enumerate(texts) for place in words.find_all(typed)]


def first_from(matches: Sequence[Match], pieces: Sequence[RenderedBlock], spot: ScrollPosition) -> int:
    """The place among the matches of the first that is not above a spot; 0 where all are."""
    here = Match(spot.block, 0, 0)
    if 0 < spot.block < len(pieces):
        here = Match(spot.block, int(spot.share * len(get_body(pieces[spot.block]).plain)), 0)
    return next((at for at, match in enumerate(matches) if match >= here), 0)


class Filter(ActionGroup):
    """Narrows lists."""

    def action_filter(self) -> None:
        """Ask for words and narrow while they are typed: the links if they have the focus, else the list."""
        self.run_dialog(self._filter_links if self.screen.pane is Pane.LINKS else self._filter_list)

    async def _filter_list(self) -> None:
        from importai_tui.tui.dialogs.input_bars import FindBar

        self.screen.go_to(Pane.LIST)
        self.widen()
        rows = self.screen.story_list
        place = (rows.cursor, round(rows.scroll_y))

        def step(by: int) -> str:
            rows.move(by)
            return self._count_shown()

        typed = await self.ask(FindBar(self._narrow, step, "", sign="f", placeholder="narrow this list"))
        if not (typed or "").strip():
            self.widen()
            rows.move_cursor_to(place[0], notify=False)
            rows.scroll_to(y=place[1], animate=False, immediate=True)
        self.screen.refresh_footer()

    async def _filter_links(self) -> None:
        from importai_tui.tui.dialogs.input_bars import FindBar

        links = self.screen.link_list
        links.set_filter("")
        place = links.cursor

        def narrow(words: str) -> str:
            links.set_filter(words.strip())
            return _count(len(links.shown_links), "link", "links") if links.filter_words else ""

        def step(by: int) -> str:
            links.move(by)
            return narrow(links.filter_words)

        typed = await self.ask(FindBar(narrow, step, "", sign="f", placeholder="narrow the links"))
        if not (typed or "").strip():
            links.set_filter("")
            links.move_cursor_to(place, notify=False)
        self.screen.refresh_footer()

    def end(self) -> bool:
        """Make the list that has the focus whole, the cursor on its row; False if it is not narrowed."""
        if self.screen.pane is Pane.LINKS and self.screen.link_list.filter_words:
            self.screen.link_list.set_filter("")
            self.screen.refresh_footer()
            return True
        if not self.session.filter or self.screen.pane is not Pane.LIST:
            return False
        with self.screen.story_list.keep_scroll():
            self.widen()
        self.screen.refresh_footer()
        return True

    def widen(self) -> None:
        """Make the list of issues or stories whole."""
        were_issues = self.session.narrows_issues
        if self.session.widen():
            if were_issues:
                self.screen.show_issues()
            self.screen.show_rows()

    def _narrow(self, words: str) -> str:
        self.session.narrow(words)
        if not self.session.reading_list:
            self.screen.show_issues()
        self.screen.show_rows()
        self.screen.story_list.go_to_end(last=False)
        return self._count_shown()

    def _count_shown(self) -> str:
        if not self.session.filter:
            return ""
        if self.session.narrows_list and self.session.reading_list:
            return _count(len(self.session.reading_list.heads), "story", "stories")
        return _count(len(self.session.shown_issues()), "issue", "issues")


def _count(count: int, one: str, more: str) -> str:
    return plural(count, one, more) if count else "nothing"
