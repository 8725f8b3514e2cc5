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

_MAX_WORDS_LENGTH = 40
"""Cells that are enough to know again what one has typed."""


class FindActions(ActionGroup):
    """Find in the story."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        super().__init__(session, screen)
        self._last_words = ""
        """What was found last, in whatever story."""

    async def action_find(self) -> None:
        """In the story: asks what to find in it. Elsewhere: searches the archive."""
        if self.screen.pane is Pane.STORY:
            self.run_dialog(self._find)
        else:
            await self.screen.run_action("search")

    async def _find(self) -> None:
        self.screen.mark_engaged()
        if not self.session.story:
            return
        lit = self.screen.matches
        before, spot = lit.matches, self.screen.story_view.scroll_position
        words = [SearchableText(get_body(piece)) for piece in self.screen.blocks]

        def find(typed: str) -> str:
            matches = find_matches(words, typed)
            self.screen.story_view.restore_position(spot)
            lit.show_matches(matches, typed, at=find_first_from(matches, self.screen.blocks, spot))
            return lit.match_label if matches else "no match" if typed.strip() else ""

        def step(rows: int) -> str:
            lit.next_match() if rows > 0 else lit.previous_match()
            return lit.match_label

        typed = await self.ask(FindBar(find, step, self._last_words))
        if typed is None:
            lit.clear_matches()
            self.screen.story_view.restore_position(spot)
        elif typed.strip():
            self._last_words = typed if lit.matches else self._last_words
        elif lit.matches and lit.matches == before and lit.search_words == self._last_words:
            lit.next_match()
        elif self._last_words:
            find(self._last_words)
        wanted = typed if typed is None or typed.strip() else self._last_words
        if wanted and not lit.matches:
            self.screen.notify_info(f"This story has no “{truncate(wanted, _MAX_WORDS_LENGTH)}”.", seconds=2)


def find_matches(texts: Sequence[SearchableText], typed: str) -> list[Match]:
    """Every place of what is typed in the texts of the pieces, in their order."""
    return [Match(piece, *place) for piece, words in enumerate(texts) for place in words.find_all(typed)]


def find_first_from(matches: Sequence[Match], pieces: Sequence[RenderedBlock], scroll_position: ScrollPosition) -> int:
    """The place among the matches of the first that is not above a spot; 0 where all are."""
    here = Match(scroll_position.block, 0, 0)
    if 0 < scroll_position.block < len(pieces):
        here = Match(
            scroll_position.block, int(scroll_position.share * len(get_body(pieces[scroll_position.block]).plain)), 0
        )
    return next((at for at, match in enumerate(matches) if match >= here), 0)


class FilterActions(ActionGroup):
    """Narrows lists."""

    def action_filter(self) -> None:
        """Ask for words and narrow while they are typed: the links if they have the focus, else the list."""
        self.run_dialog(self._filter_links if self.screen.pane is Pane.LINKS else self._filter_list)

    async def _filter_list(self) -> None:
        from importai_tui.tui.dialogs.input_bars import FindBar

        self.screen.go_to(Pane.LIST)
        self.clear_list_filter()
        rows = self.screen.story_list
        place = (rows.cursor, round(rows.scroll_y))

        def step(by: int) -> str:
            rows.move(by)
            return self._count_shown()

        typed = await self.ask(FindBar(self._apply_filter, step, "", sign="f", placeholder="narrow this list"))
        if not (typed or "").strip():
            self.clear_list_filter()
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
            return _format_count(len(links.shown_links), "link", "links") if links.filter_words else ""

        def step(by: int) -> str:
            links.move(by)
            return narrow(links.filter_words)

        typed = await self.ask(FindBar(narrow, step, "", sign="f", placeholder="narrow the links"))
        if not (typed or "").strip():
            links.set_filter("")
            links.move_cursor_to(place, notify=False)
        self.screen.refresh_footer()

    def clear_focused_filter(self) -> bool:
        """Make the list that has the focus whole, the cursor on its row; False if it is not narrowed."""
        if self.screen.pane is Pane.LINKS and self.screen.link_list.filter_words:
            self.screen.link_list.set_filter("")
            self.screen.refresh_footer()
            return True
        if not self.session.filter or self.screen.pane is not Pane.LIST:
            return False
        with self.screen.story_list.keep_scroll():
            self.clear_list_filter()
        self.screen.refresh_footer()
        return True

    def clear_list_filter(self) -> None:
        """Make the list of issues or stories whole."""
        were_issues = self.session.is_issue_list_filtered
        if self.session.clear_filter():
            if were_issues:
                self.screen.show_issues()
            self.screen.show_rows()

    def _apply_filter(self, words: str) -> str:
        self.session.set_filter(words)
        if not self.session.reading_list:
            self.screen.show_issues()
        self.screen.show_rows()
        self.screen.story_list.go_to_end(last=False)
        return self._count_shown()

    def _count_shown(self) -> str:
        if not self.session.filter:
            return ""
        if self.session.is_reading_list_filtered and self.session.reading_list:
            return _format_count(len(self.session.reading_list.rows), "story", "stories")
        return _format_count(len(self.session.filter_issues()), "issue", "issues")


def _format_count(count: int, one: str, more: str) -> str:
    return plural(count, one, more) if count else "nothing"
