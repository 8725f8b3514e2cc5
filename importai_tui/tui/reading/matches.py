"""Passages of the open story that were looked for: lit where they stand, and walked through one by one.

It knows nothing of how they were found.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from textual.content import Content, Span

from importai_tui.tui.widgets.annotations import get_body, replace_body
from importai_tui.tui.widgets.story_render import RenderedBlock
from importai_tui.tui.widgets.story_view import StoryView

_MATCH_STYLE, _CURRENT_STYLE = "not bold $foreground on $match", "not underline bold reverse $mark on $background"


class Match(NamedTuple):
    """A passage in a piece of `ReadingScreen.pieces`: the start and end in its words, as `words_of` gives them."""

    block: int
    start: int
    end: int


class MatchHighlighter:
    """Highlights matches until they are cleared or another story is opened, whatever is drawn again meanwhile."""

    def __init__(self, view: StoryView, *, refresh_footer: Callable[[], object], engage: Callable[[], object]) -> None:
        """Highlight in `view`; `engage` is called when the user moves to a match, `refresh_footer` after a change."""
        self._view = view
        self._refresh_footer = refresh_footer
        self._engage = engage
        self.matches: tuple[Match, ...] = ()
        """Those that are lit, in the order of the text."""
        self.current = 0
        """The one among them that the reader is at."""
        self.search_words = ""
        """What was looked for, as it was typed."""
        self._texts: tuple[str, ...] = ()
        """The words of each match, to know it by when the story has changed."""
        self._plain_blocks: tuple[RenderedBlock, ...] = ()

    def show_matches(self, matches: Sequence[Match], words: str = "", *, at: int = 0, go: bool = True) -> None:
        """Lights these passages of the open story in place of others; none at all: nothing is lit any more.

        Args:
            matches: the passages, in any order.
            words: what was looked for, as the footer names it.
            at: the place, among the matches in the order of the text, of the one to begin at.
            go: bring that one into view, which counts as no scrolling of the reader's.
        """
        before, self.matches = self.matches, tuple(sorted(matches))
        self.current = at if 0 <= at < len(self.matches) else 0
        self.search_words = words
        self._texts = tuple(self._get_text(match) for match in self.matches)
        self._redraw(match.block for match in before + self.matches)
        self._view.scroll_to_character(None)
        if go:
            self._go_to_current()
        self._refresh_footer()

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
    def match_label(self) -> str:
        """Which match of how many the reader is at; empty while none is lit."""
        return f"{self.current + 1} of {len(self.matches)}" if self.matches else ""

    def highlight(self, pieces: tuple[RenderedBlock, ...]) -> tuple[RenderedBlock, ...]:
        """The open story with the matches lit; one whose words are there no more is none."""
        self._plain_blocks = pieces
        standing = [at for at, match in enumerate(self.matches) if self._get_text(match) == self._texts[at]]
        self.current = min(sum(at < self.current for at in standing), max(0, len(standing) - 1))
        self.matches = tuple(self.matches[at] for at in standing)
        self._texts = tuple(self._texts[at] for at in standing)
        return tuple(self._draw_block(at) for at in range(len(self._plain_blocks)))

    def reset(self) -> None:
        """Forget the matches, because another story is about to be shown."""
        self.matches = self._texts = ()

    def _step(self, step: int) -> None:
        if not self.matches:
            return
        self._engage()
        before, self.current = self.current, (self.current + step) % len(self.matches)
        self._redraw(self.matches[at].block for at in (before, self.current))
        self._go_to_current()
        self._refresh_footer()

    def _go_to_current(self) -> None:
        if self.matches:
            match = self.matches[self.current]
            self._view.scroll_to_character((match.block, match.start))

    def _redraw(self, pieces: Iterable[int]) -> None:
        """Draws these pieces anew, which have the same words as before."""
        self._view.repaint({at: self._draw_block(at) for at in set(pieces) if at < len(self._plain_blocks)})

    def _draw_block(self, at: int) -> RenderedBlock:
        piece = self._plain_blocks[at]
        first, behind = (bisect_left(self.matches, Match(n, 0, 0)) for n in (at, at + 1))
        if first == behind:
            return piece
        words = get_body(piece)
        grounds = [
            Span(match.start, match.end, _CURRENT_STYLE if place == self.current else _MATCH_STYLE)
            for place, match in enumerate(self.matches[first:behind], first)
        ]
        return replace_body(piece, Content(words.plain, spans=[*words.spans, *grounds]))

    def _get_text(self, match: Match) -> str:
        if match.block >= len(self._plain_blocks):
            return ""
        return get_body(self._plain_blocks[match.block]).plain[match.start : match.end]
