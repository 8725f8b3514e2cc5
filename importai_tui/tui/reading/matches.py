"""Highlights passages of the open story, and moves from one to the next. Callers find the passages."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content, Span

from importai_tui.tui.widgets.annotations import blank_link_numbers
from importai_tui.tui.widgets.story_render import RenderedBlock
from importai_tui.tui.widgets.story_view import StoryView

if TYPE_CHECKING:
    from importai_tui.query.conditions import Phrase, Query

_MATCH_STYLE, _CURRENT_STYLE = "not bold $foreground on $match", "not underline bold reverse $mark on $background"


class Match(NamedTuple):
    """A passage in a block of `StoryDisplay.blocks`, from `start` to `end` in the text of its `body`."""

    block: int
    start: int
    end: int


class MatchHighlighter:
    """Highlights matches until they are cleared or another story is opened, also when the story is redrawn."""

    def __init__(self, view: StoryView, *, refresh_footer: Callable[[], object], engage: Callable[[], object]) -> None:
        """Highlight in `view`; `engage` is called when the user moves to a match, `refresh_footer` after a change."""
        self._view = view
        self._refresh_footer = refresh_footer
        self._engage = engage
        self.matches: tuple[Match, ...] = ()
        """The highlighted matches in the order of the text."""
        self.current = 0
        """The index of the current match."""
        self.search_words = ""
        """The words of the search, as they were typed."""
        self._texts: tuple[str, ...] = ()
        """The text of each match, which shows after an edit of the story if it is still there."""
        self._plain_blocks: tuple[RenderedBlock, ...] = ()
        self._flashed: tuple[Match, ...] = ()

    def show_matches(self, matches: Sequence[Match], words: str = "", *, at: int = 0, go: bool = True) -> None:
        """Highlight these passages instead of the present ones; an empty sequence highlights nothing.

        Args:
            matches: the passages, in any order.
            words: the words of the search, for the footer.
            at: the index of the first current match, in the order of the text.
            go: scroll to that match; this does not count as scrolling by the user.
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

    def show_query(self, query: Query, *, block_index: int = -1, go: bool = True) -> None:
        """Highlight the words of a search in the open story.

        The first match in the story's block with this index, or after it, is the current one; `go` scrolls to it.
        """
        phrases = list(query.phrases())
        here = next(
            (at for at, block in enumerate(self._plain_blocks) if 0 <= block_index == block.block_index),
            0,
        )
        matches = _find_phrases(phrases, self._plain_blocks) if phrases else []
        first = next((at for at, match in enumerate(matches) if match.block >= here), 0)
        words = " ".join(phrase.text for phrase in phrases)
        self.show_matches(matches, words, at=first, go=go)
        if here and go and not matches:
            self._view.scroll_to_character((here, 0))

    def flash(self, passages: Sequence[Match]) -> None:
        """Highlight passages that are no matches, and scroll to the first; an empty sequence ends it."""
        before, self._flashed = self._flashed, tuple(passages)
        self._redraw(passage.block for passage in (*before, *self._flashed))
        if self._flashed:
            self._view.scroll_to_character((self._flashed[0].block, self._flashed[0].start))

    def has_match(self, step: int) -> bool:
        """Return True if a match comes after (1) or before (-1) the current one."""
        return 0 <= self.current + step < len(self.matches)

    def go_to_last_match(self) -> None:
        """Make the last match the current one."""
        self._step(len(self.matches) - 1 - self.current)

    def clear_matches(self) -> None:
        """Highlight nothing."""
        if self.matches:
            self.show_matches(())

    def next_match(self) -> None:
        """Move to the next match, and from the last to the first."""
        self._step(1)

    def previous_match(self) -> None:
        """Move to the match before, and from the first to the last."""
        self._step(-1)

    @property
    def match_position(self) -> tuple[int, int] | None:
        """The number of the current match, from 1, and of all matches; None if there is none."""
        return (self.current + 1, len(self.matches)) if self.matches else None

    @property
    def match_label(self) -> str:
        """The number of the current match and of all matches; empty if there is none."""
        return f"{self.current + 1} of {len(self.matches)}" if self.matches else ""

    def highlight(self, blocks: tuple[RenderedBlock, ...]) -> tuple[RenderedBlock, ...]:
        """Return the blocks of the open story with the matches highlighted; drop matches whose text is gone."""
        self._flashed = ()
        self._plain_blocks = blocks
        remaining = [at for at, match in enumerate(self.matches) if self._get_text(match) == self._texts[at]]
        self.current = min(sum(at < self.current for at in remaining), max(0, len(remaining) - 1))
        self.matches = tuple(self.matches[at] for at in remaining)
        self._texts = tuple(self._texts[at] for at in remaining)
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

    def _redraw(self, indexes: Iterable[int]) -> None:
        """Draw the blocks with these indexes again. Their text has not changed."""
        self._view.repaint({at: self._draw_block(at) for at in set(indexes) if at < len(self._plain_blocks)})

    def _draw_block(self, at: int) -> RenderedBlock:
        block = self._plain_blocks[at]
        start, end = (bisect_left(self.matches, Match(index, 0, 0)) for index in (at, at + 1))
        spans = [Span(passage.start, passage.end, _MATCH_STYLE) for passage in self._flashed if passage.block == at]
        if start == end and not spans:
            return block
        body = block.body
        spans += [
            Span(match.start, match.end, _CURRENT_STYLE if index == self.current else _MATCH_STYLE)
            for index, match in enumerate(self.matches[start:end], start)
        ]
        return block._replace(body=Content(body.plain, spans=[*body.spans, *spans]))

    def _get_text(self, match: Match) -> str:
        if match.block >= len(self._plain_blocks):
            return ""
        return self._plain_blocks[match.block].body.plain[match.start : match.end]


def _find_phrases(phrases: Sequence[Phrase], blocks: Sequence[RenderedBlock]) -> list[Match]:
    """Return the matches of the phrases in the blocks of a story."""
    # Imported here, because the first screen needs no search.
    from importai_tui.archive.highlighter import Highlighter

    highlighter = Highlighter()
    try:
        ranges = highlighter.find_matches(phrases, [blank_link_numbers(block.body) for block in blocks])
    finally:
        highlighter.close()
    return [Match(at, start, end) for at, found in enumerate(ranges) for start, end in found]
