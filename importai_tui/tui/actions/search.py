"""The command that searches: what is chosen is opened where it matches, and the search waits as it was left."""

from __future__ import annotations

from importai_tui.archive.passages import Passages
from importai_tui.library.position import find_story
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.saved_searches import SavedSearchActions
from importai_tui.tui.reading.layout import Pane
from importai_tui.tui.reading.matches import Match
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.search.recent import read_recent, with_recent, written_recent
from importai_tui.tui.search.screen import SearchScreen
from importai_tui.tui.search.stand import Chosen, Stand
from importai_tui.tui.story.passages import unnumbered, words_of

_RECENT = "recent-searches"
"""The setting that holds what was searched for last."""


class Search(ActionGroup):
    """Searching the archive."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        super().__init__(session, screen)
        self._search = Stand()
        """The search as it was left."""

    def action_search(self) -> None:
        """The line to type in, over the page."""
        self._show()

    def search_for(self, line: str) -> None:
        """The same, with this line in it."""
        self._search = Stand(line)
        self._show()

    def _show(self) -> None:
        self.screen.show_pointed()
        recent = read_recent(self.session.library.state.recall(_RECENT))
        screen = SearchScreen(
            self.session.library, self._search, recent, self.screen.action_group(SavedSearchActions).save
        )
        self.screen.app.push_screen(screen, self._searched)

    def _searched(self, stand: Stand | None) -> None:
        if stand is None:
            return
        self._search = stand
        if stand.findings.stories:
            recent = read_recent(self.session.library.state.recall(_RECENT))
            if (lines := with_recent(recent, stand.line)) != recent:
                self.screen.writer.remember(_RECENT, written_recent(lines))
        if stand.chosen:
            self._open_found(stand.chosen)

    def _open_found(self, chosen: Chosen) -> None:
        """Opens the story at the passage that was shown, the matches lit."""
        place = find_story(self.session.library, chosen.found.key, chosen.found.ref)
        if place is None:
            self.screen.say("This story is no longer in the archive.")
            return
        self.screen.open_story(*place)
        self.screen.go_to(Pane.STORY)
        block = chosen.excerpt.block if chosen.excerpt else -1
        here = next((at for at, piece in enumerate(self.screen.pieces) if block >= 0 and piece.block == block), 0)
        matches = self._matches(chosen)
        first = next((at for at, match in enumerate(matches) if match.piece >= here), 0)
        self.screen.matches.show_matches(matches, stand_words(chosen), at=first)
        if here and not matches:
            self.screen.story_view.reach((here, 0))

    def _matches(self, chosen: Chosen) -> list[Match]:
        """Where the words of the query stand in the open story as it is drawn."""
        words = list(chosen.query.words())
        if not words:
            return []
        passages = Passages()
        try:
            ranges = passages.matches(words, [unnumbered(words_of(piece)) for piece in self.screen.pieces])
        finally:
            passages.close()
        return [Match(at, start, end) for at, found in enumerate(ranges) for start, end in found]


def stand_words(chosen: Chosen) -> str:
    """What was looked for, as the footer names it."""
    return " ".join(words.text for words in chosen.query.words())
