"""Finds words in the open story as they are typed, and keeps what is found lit."""

from __future__ import annotations

from collections.abc import Sequence

from importai_tui.library.position import ScrollPosition
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.dialogs.find_line import FindLine
from importai_tui.tui.look.literal import cut
from importai_tui.tui.reading.layout import Pane
from importai_tui.tui.reading.matches import Match
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.story.passages import Words, words_of
from importai_tui.tui.story.render import Piece

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
        before, spot = lit.matches, self.screen.story_view.spot
        words = [Words(words_of(piece)) for piece in self.screen.pieces]

        def find(typed: str) -> str:
            matches = found(words, typed)
            self.screen.story_view.go_back(spot)
            lit.show_matches(matches, typed, at=first_from(matches, self.screen.pieces, spot))
            return lit.match_said if matches else "no match" if typed.strip() else ""

        def step(rows: int) -> str:
            lit.next_match() if rows > 0 else lit.previous_match()
            return lit.match_said

        typed = await self.ask(FindLine(find, step, self._last))
        if typed is None:
            lit.clear_matches()
            self.screen.story_view.go_back(spot)
        elif typed.strip():
            self._last = typed if lit.matches else self._last
        elif lit.matches and lit.matches == before and lit.looked_for == self._last:
            lit.next_match()
        elif self._last:
            find(self._last)
        wanted = typed if typed is None or typed.strip() else self._last
        if wanted and not lit.matches:
            self.screen.say(f"This story has no “{cut(wanted, _NAMED)}”.", seconds=2)


def found(texts: Sequence[Words], typed: str) -> list[Match]:
    """Every place of what is typed in the texts of the pieces, in their order."""
    return [Match(piece, *place) for piece, words in enumerate(texts) for place in words.find_all(typed)]


def first_from(matches: Sequence[Match], pieces: Sequence[Piece], spot: ScrollPosition) -> int:
    """The place among the matches of the first that is not above a spot; 0 where all are."""
    here = Match(spot.piece, 0, 0)
    if 0 < spot.piece < len(pieces):
        here = Match(spot.piece, int(spot.share * len(words_of(pieces[spot.piece]).plain)), 0)
    return next((at for at, match in enumerate(matches) if match >= here), 0)
