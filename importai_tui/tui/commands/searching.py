"""The command that searches: what is chosen is opened where it matches, and the search waits as it was left."""

from __future__ import annotations

from importai_tui.archive.passages import Passages
from importai_tui.tui.fold import Pane
from importai_tui.tui.matches import Match, Matching
from importai_tui.tui.passages import unnumbered, words_of
from importai_tui.tui.place import found_again
from importai_tui.tui.recent_searches import read_recent, with_recent, written_recent
from importai_tui.tui.search_screen import SearchScreen
from importai_tui.tui.search_stand import Chosen, Stand
from importai_tui.tui.standing import Standing

_RECENT = "recent-searches"
"""The setting that holds what was searched for last."""


class Searching(Standing, Matching):
    """Searching the archive."""

    _search = Stand()

    def action_search(self) -> None:
        """The line to type in, over the page."""
        self.land()
        recent = read_recent(self.library.recall(_RECENT))
        self.app.push_screen(SearchScreen(self.library, self._search, recent, self.save_search), self._searched)

    def _searched(self, stand: Stand | None) -> None:
        if stand is None:
            return
        self._search = stand
        if stand.findings.stories:
            recent = read_recent(self.library.recall(_RECENT))
            if (lines := with_recent(recent, stand.line)) != recent:
                self.remember(_RECENT, written_recent(lines))
        if stand.chosen:
            self._open_found(stand.chosen)

    def _open_found(self, chosen: Chosen) -> None:
        """Opens the story at the passage that was shown, the matches lit."""
        place = found_again(self.library, chosen.found.key, chosen.found.ref)
        if place is None:
            self.say("This story is no longer in the archive.")
            return
        self.open_story(*place)
        self.go_to(Pane.STORY)
        block = chosen.excerpt.block if chosen.excerpt else -1
        here = next((at for at, piece in enumerate(self.pieces) if block >= 0 and piece.block == block), 0)
        matches = self._matches(chosen)
        first = next((at for at, match in enumerate(matches) if match.piece >= here), 0)
        self.show_matches(matches, stand_words(chosen), at=first)
        if here and not matches:
            self.story_view.reach((here, 0))

    def _matches(self, chosen: Chosen) -> list[Match]:
        """Where the words of the query stand in the open story as it is drawn."""
        words = list(chosen.query.words())
        if not words:
            return []
        passages = Passages()
        try:
            ranges = passages.matches(words, [unnumbered(words_of(piece)) for piece in self.pieces])
        finally:
            passages.close()
        return [Match(at, start, end) for at, found in enumerate(ranges) for start, end in found]


def stand_words(chosen: Chosen) -> str:
    """What was looked for, as the footer names it."""
    return " ".join(words.text for words in chosen.query.words())
