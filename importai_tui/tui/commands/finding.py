"""Finds words in the open story as they are typed, and keeps what is found lit."""

from __future__ import annotations

from collections.abc import Sequence

from textual import work

from importai_tui.tui.find_line import FindLine
from importai_tui.tui.fold import Pane
from importai_tui.tui.literal import cut
from importai_tui.tui.matches import Match, Matching
from importai_tui.tui.passages import Words, words_of
from importai_tui.tui.render import Piece
from importai_tui.tui.story_view import Spot

_NAMED = 40
"""Cells that are enough to know again what one has typed."""


class Finding(Matching):
    """Find in the story."""

    _last = ""
    """What was found last, in whatever story."""

    async def action_find(self) -> None:
        """In the story: asks what to find in it. Elsewhere: searches the archive."""
        if self.pane is Pane.STORY:
            self._ask()
        else:
            await self.run_action("search")

    @work(exclusive=True, group="dialog")
    async def _ask(self) -> None:
        self.attend()
        if not self.story:
            return
        before, spot = self.matches, self.story_view.spot
        words = [Words(words_of(piece)) for piece in self.pieces]

        def find(typed: str) -> str:
            matches = found(words, typed)
            self.story_view.go_back(spot)
            self.show_matches(matches, typed, at=first_from(matches, self.pieces, spot))
            return self.match_said if matches else "no match" if typed.strip() else ""

        def step(rows: int) -> str:
            self.next_match() if rows > 0 else self.previous_match()
            return self.match_said

        typed = await self.app.push_screen_wait(FindLine(find, step, self._last))
        if typed is None:
            self.clear_matches()
            self.story_view.go_back(spot)
        elif typed.strip():
            self._last = typed if self.matches else self._last
        elif self.matches and self.matches == before and self.looked_for == self._last:
            self.next_match()
        elif self._last:
            find(self._last)
        wanted = typed if typed is None or typed.strip() else self._last
        if wanted and not self.matches:
            self.say(f"This story has no “{cut(wanted, _NAMED)}”.", seconds=2)


def found(texts: Sequence[Words], typed: str) -> list[Match]:
    """Every place of what is typed in the texts of the pieces, in their order."""
    return [Match(piece, *place) for piece, words in enumerate(texts) for place in words.find_all(typed)]


def first_from(matches: Sequence[Match], pieces: Sequence[Piece], spot: Spot) -> int:
    """The place among the matches of the first that is not above a spot; 0 where all are."""
    here = Match(spot.piece, 0, 0)
    if 0 < spot.piece < len(pieces):
        here = Match(spot.piece, int(spot.share * len(words_of(pieces[spot.piece]).plain)), 0)
    return next((at for at, match in enumerate(matches) if match >= here), 0)
