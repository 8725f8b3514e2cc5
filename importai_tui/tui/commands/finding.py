"""Finds words in the open story as they are typed, and keeps what is found lit."""

from __future__ import annotations

from collections.abc import Sequence

from importai_tui.library.position import ScrollPosition
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.matches import Match, Matching
from importai_tui.tui.dialogs.find_line import FindLine
from importai_tui.tui.look.literal import cut
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.story.passages import Words, words_of
from importai_tui.tui.story.render import Piece

_NAMED = 40
"""Cells that are enough to know again what one has typed."""


class Finding(Commands):
    """Find in the story."""

    def __init__(self, desk: Desk, matching: Matching) -> None:
        super().__init__(desk)
        self._matching = matching
        self._last = ""
        """What was found last, in whatever story."""

    async def action_find(self) -> None:
        """In the story: asks what to find in it. Elsewhere: searches the archive."""
        if self.desk.pane is Pane.STORY:
            self.converse(self._find)
        else:
            await self.desk.run_action("search")

    async def _find(self) -> None:
        self.desk.attend()
        if not self.desk.story:
            return
        lit = self._matching
        before, spot = lit.matches, self.desk.story_view.spot
        words = [Words(words_of(piece)) for piece in self.desk.pieces]

        def find(typed: str) -> str:
            matches = found(words, typed)
            self.desk.story_view.go_back(spot)
            lit.show_matches(matches, typed, at=first_from(matches, self.desk.pieces, spot))
            return lit.match_said if matches else "no match" if typed.strip() else ""

        def step(rows: int) -> str:
            lit.next_match() if rows > 0 else lit.previous_match()
            return lit.match_said

        typed = await self.ask(FindLine(find, step, self._last))
        if typed is None:
            lit.clear_matches()
            self.desk.story_view.go_back(spot)
        elif typed.strip():
            self._last = typed if lit.matches else self._last
        elif lit.matches and lit.matches == before and lit.looked_for == self._last:
            lit.next_match()
        elif self._last:
            find(self._last)
        wanted = typed if typed is None or typed.strip() else self._last
        if wanted and not lit.matches:
            self.desk.say(f"This story has no “{cut(wanted, _NAMED)}”.", seconds=2)


def found(texts: Sequence[Words], typed: str) -> list[Match]:
    """Every place of what is typed in the texts of the pieces, in their order."""
    return [Match(piece, *place) for piece, words in enumerate(texts) for place in words.find_all(typed)]


def first_from(matches: Sequence[Match], pieces: Sequence[Piece], spot: ScrollPosition) -> int:
    """The place among the matches of the first that is not above a spot; 0 where all are."""
    here = Match(spot.piece, 0, 0)
    if 0 < spot.piece < len(pieces):
        here = Match(spot.piece, int(spot.share * len(words_of(pieces[spot.piece]).plain)), 0)
    return next((at for at, match in enumerate(matches) if match >= here), 0)
