"""Actions that find words in the open story and filter the lists, both while the user types."""

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
from importai_tui.tui.widgets.annotations import SearchableText
from importai_tui.tui.widgets.story_render import RenderedBlock
from importai_tui.wording import plural

_MAX_WORDS_LENGTH = 40
"""Cells of the typed words in a message."""


class FindActions(ActionGroup):
    """Finds words in the open story."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        super().__init__(session, screen)
        self._last_words = ""
        """The last words that were found, in any story."""

    async def action_find(self) -> None:
        """Find words in the open story; in the other panes, search the archive."""
        if self.screen.pane is Pane.STORY:
            self.run_dialog(self._find)
        else:
            await self.screen.run_action("search")

    async def _find(self) -> None:
        self.screen.mark_engaged()
        if not self.session.story:
            return
        highlighter = self.screen.matches
        before, scroll_position = highlighter.matches, self.screen.story_view.scroll_position
        texts = [SearchableText(block.body) for block in self.screen.story_display.blocks]

        def find(typed: str) -> str:
            matches = find_matches(texts, typed)
            self.screen.story_view.restore_position(scroll_position)
            highlighter.show_matches(
                matches, typed, at=find_first_from(matches, self.screen.story_display.blocks, scroll_position)
            )
            return highlighter.match_label if matches else "no matches" if typed.strip() else ""

        def step(rows: int) -> str:
            highlighter.next_match() if rows > 0 else highlighter.previous_match()
            return highlighter.match_label

        typed = await self.ask(FindBar(find, step, self._last_words))
        if typed is None:
            highlighter.clear_matches()
            self.screen.story_view.restore_position(scroll_position)
        elif typed.strip():
            self._last_words = typed if highlighter.matches else self._last_words
        elif highlighter.matches and highlighter.matches == before and highlighter.search_words == self._last_words:
            highlighter.next_match()
        elif self._last_words:
            find(self._last_words)
        words = typed if typed is None or typed.strip() else self._last_words
        if words and not highlighter.matches:
            self.screen.notify_info(f"“{truncate(words, _MAX_WORDS_LENGTH)}” is not in this story", seconds=2)


def find_matches(texts: Sequence[SearchableText], typed: str) -> list[Match]:
    """Return all matches of the typed words in the texts of the story's blocks, in order."""
    return [Match(block, *span) for block, text in enumerate(texts) for span in text.find_all(typed)]


def find_first_from(matches: Sequence[Match], blocks: Sequence[RenderedBlock], scroll_position: ScrollPosition) -> int:
    """Return the index of the first match that is not above a scroll position; 0 if all matches are."""
    here = Match(scroll_position.block, 0, 0)
    if 0 < scroll_position.block < len(blocks):
        here = Match(
            scroll_position.block, int(scroll_position.share * len(blocks[scroll_position.block].body.plain)), 0
        )
    return next((index for index, match in enumerate(matches) if match >= here), 0)


class FilterActions(ActionGroup):
    """Filters lists."""

    def action_filter(self) -> None:
        """Ask for words, and filter while they are typed: the links if they have the focus, else the list."""
        self.run_dialog(self._filter_links if self.screen.pane is Pane.LINKS else self._filter_list)

    async def _filter_list(self) -> None:
        from importai_tui.tui.dialogs.input_bars import FindBar

        self.screen.go_to(Pane.LIST)
        self.clear_list_filter()
        story_list = self.screen.story_list
        cursor, scroll = story_list.cursor, round(story_list.scroll_y)

        def step(by: int) -> str:
            story_list.move(by)
            return self._count_shown()

        typed = await self.ask(FindBar(self._apply_filter, step, "", sign="f", placeholder="Filter the list"))
        if not (typed or "").strip():
            self.clear_list_filter()
            story_list.move_cursor_to(cursor, notify=False)
            story_list.scroll_to(y=scroll, animate=False, immediate=True)
        self.screen.refresh_footer()

    async def _filter_links(self) -> None:
        from importai_tui.tui.dialogs.input_bars import FindBar

        links = self.screen.link_list
        links.set_filter("")
        cursor = links.cursor

        def apply_filter(words: str) -> str:
            links.set_filter(words.strip())
            return _format_count(len(links.shown_links), "link", "links") if links.filter_words else ""

        def step(by: int) -> str:
            links.move(by)
            return apply_filter(links.filter_words)

        typed = await self.ask(FindBar(apply_filter, step, "", sign="f", placeholder="Filter the links"))
        if not (typed or "").strip():
            links.set_filter("")
            links.move_cursor_to(cursor, notify=False)
        self.screen.refresh_footer()

    def clear_focused_filter(self) -> bool:
        """End the filter of the focused list, the cursor on its row; return False if it has no filter."""
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
        """End the filter of the issues or stories."""
        were_issues_filtered = self.session.is_issue_list_filtered
        if self.session.clear_filter():
            if were_issues_filtered:
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


def _format_count(count: int, singular: str, plural_form: str) -> str:
    return plural(count, singular, plural_form) if count else "no matches"
