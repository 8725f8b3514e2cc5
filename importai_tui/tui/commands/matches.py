"""Passages of the open story that were looked for: lit where they stand, and walked through one by one.

It knows nothing of how they were found.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from textual.content import Content, Span

from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.look.literal import cut
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.hints import Advice, hints_of
from importai_tui.tui.page.underway import Underway
from importai_tui.tui.story.passages import with_words, words_of
from importai_tui.tui.story.render import Piece

_LIT, _PRESENT = "not bold $foreground on $match", "not underline bold reverse $mark on $background"
_NAMED = 24
"""Cells of what was looked for: it leaves room for three hints in a window of 80."""
_ROOMY = 60
"""Cells of a window with room for it beside the first hint."""
_HINTS = (
    ("story.next_unread", "next match"),
    ("back", "put away"),
    ("story.previous_unread", "before"),
    ("help", "help"),
)


class Match(NamedTuple):
    """A passage in a piece of `Desk.pieces`: from one character of its words (`words_of`) to before another."""

    piece: int
    start: int
    end: int


class Matching(Commands):
    """Lights matches. They last until they are put away or another story is opened, whatever is drawn anew."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.matches: tuple[Match, ...] = ()
        """Those that are lit, in the order of the text."""
        self.present = 0
        """The one among them that the reader is at."""
        self.looked_for = ""
        """What was looked for, as it was typed."""
        self._texts: tuple[str, ...] = ()
        """The words of each match, to know it by when the story has changed."""
        self._unlit: tuple[Piece, ...] = ()

    def show_matches(self, matches: Sequence[Match], words: str = "", *, at: int = 0, go: bool = True) -> None:
        """Lights these passages of the open story in place of others; none at all: nothing is lit any more.

        Args:
            matches: the passages, in any order.
            words: what was looked for, as the footer names it.
            at: the place, among the matches in the order of the text, of the one to begin at.
            go: bring that one into view, which counts as no scrolling of the reader's.
        """
        before, self.matches = self.matches, tuple(sorted(matches))
        self.present = at if 0 <= at < len(self.matches) else 0
        self.looked_for = words
        self._texts = tuple(self._text(match) for match in self.matches)
        self._light(match.piece for match in before + self.matches)
        self.desk.story_view.reach(None)
        if go:
            self._go_to_present()
        self.desk.tell_footer()

    def clear_matches(self) -> None:
        """Puts the light out."""
        if self.matches:
            self.show_matches(())

    def next_match(self) -> None:
        """To the match after the present one, after the last to the first."""
        self._step(1)

    def previous_match(self) -> None:
        """To the match before the present one."""
        self._step(-1)

    @property
    def match_said(self) -> str:
        """Which match of how many the reader is at; empty while none is lit."""
        return f"{self.present + 1} of {len(self.matches)}" if self.matches else ""

    def drawn(self, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """The open story with the matches lit; one whose words are there no more is none."""
        self._unlit = pieces
        standing = [at for at, match in enumerate(self.matches) if self._text(match) == self._texts[at]]
        self.present = min(sum(at < self.present for at in standing), max(0, len(standing) - 1))
        self.matches = tuple(self.matches[at] for at in standing)
        self._texts = tuple(self._texts[at] for at in standing)
        return tuple(self._lit(at) for at in range(len(self._unlit)))

    def advised(self, advice: Advice) -> Advice:
        """While matches are lit, the footer is about them; only a warning comes before."""
        if not self.matches:
            return advice
        said = cut(self.looked_for, _NAMED) if self.desk.app.size.width >= _ROOMY else ""
        news = f"match {self.match_said}: {said}" if said else f"match {self.match_said}"
        return Advice(hints_of(self.desk.commands, *_HINTS), underway=Underway(news=news), trouble=advice.trouble)

    def leaving(self) -> None:
        """Nothing is lit in another story."""
        self.matches = self._texts = ()

    def _step(self, step: int) -> None:
        if not self.matches:
            return
        self.desk.attend()
        before, self.present = self.present, (self.present + step) % len(self.matches)
        self._light(self.matches[at].piece for at in (before, self.present))
        self._go_to_present()
        self.desk.tell_footer()

    def _go_to_present(self) -> None:
        if self.matches:
            match = self.matches[self.present]
            self.desk.story_view.reach((match.piece, match.start))

    def _light(self, pieces: Iterable[int]) -> None:
        """Draws these pieces anew, which have the same words as before."""
        self.desk.story_view.repaint({at: self._lit(at) for at in set(pieces) if at < len(self._unlit)})

    def _lit(self, at: int) -> Piece:
        piece = self._unlit[at]
        first, behind = (bisect_left(self.matches, Match(n, 0, 0)) for n in (at, at + 1))
        if first == behind:
            return piece
        words = words_of(piece)
        grounds = [
            Span(match.start, match.end, _PRESENT if place == self.present else _LIT)
            for place, match in enumerate(self.matches[first:behind], first)
        ]
        return with_words(piece, Content(words.plain, spans=[*words.spans, *grounds]))

    def _text(self, match: Match) -> str:
        if match.piece >= len(self._unlit):
            return ""
        return words_of(self._unlit[match.piece]).plain[match.start : match.end]
