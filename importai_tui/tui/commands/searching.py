"""The command that searches: what is chosen is opened where it matches, and the search waits as it was left."""

from __future__ import annotations

from importai_tui.archive.passages import Passages
from importai_tui.library.position import find_story
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.matches import Match, Matching
from importai_tui.tui.commands.saved import Saved
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.search.recent import read_recent, with_recent, written_recent
from importai_tui.tui.search.screen import SearchScreen
from importai_tui.tui.search.stand import Chosen, Stand
from importai_tui.tui.story.passages import unnumbered, words_of

_RECENT = "recent-searches"
"""The setting that holds what was searched for last."""


class Searching(Commands):
    """Searching the archive."""

    def __init__(self, desk: Desk, matching: Matching, saved: Saved) -> None:
        super().__init__(desk)
        self._matching, self._saved = matching, saved
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
        self.desk.land()
        recent = read_recent(self.desk.library.state.recall(_RECENT))
        screen = SearchScreen(self.desk.library, self._search, recent, self._saved.save)
        self.desk.app.push_screen(screen, self._searched)

    def _searched(self, stand: Stand | None) -> None:
        if stand is None:
            return
        self._search = stand
        if stand.findings.stories:
            recent = read_recent(self.desk.library.state.recall(_RECENT))
            if (lines := with_recent(recent, stand.line)) != recent:
                self.desk.remember(_RECENT, written_recent(lines))
        if stand.chosen:
            self._open_found(stand.chosen)

    def _open_found(self, chosen: Chosen) -> None:
        """Opens the story at the passage that was shown, the matches lit."""
        place = find_story(self.desk.library, chosen.found.key, chosen.found.ref)
        if place is None:
            self.desk.say("This story is no longer in the archive.")
            return
        self.desk.open_story(*place)
        self.desk.go_to(Pane.STORY)
        block = chosen.excerpt.block if chosen.excerpt else -1
        here = next((at for at, piece in enumerate(self.desk.pieces) if block >= 0 and piece.block == block), 0)
        matches = self._matches(chosen)
        first = next((at for at, match in enumerate(matches) if match.piece >= here), 0)
        self._matching.show_matches(matches, stand_words(chosen), at=first)
        if here and not matches:
            self.desk.story_view.reach((here, 0))

    def _matches(self, chosen: Chosen) -> list[Match]:
        """Where the words of the query stand in the open story as it is drawn."""
        words = list(chosen.query.words())
        if not words:
            return []
        passages = Passages()
        try:
            ranges = passages.matches(words, [unnumbered(words_of(piece)) for piece in self.desk.pieces])
        finally:
            passages.close()
        return [Match(at, start, end) for at, found in enumerate(ranges) for start, end in found]


def stand_words(chosen: Chosen) -> str:
    """What was looked for, as the footer names it."""
    return " ".join(words.text for words in chosen.query.words())
