"""Where in the lines of plain reading the place is that a reader has kept inside a story."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from importai_tui.issue import Block, ListBlock, Paragraph, Story, is_at_foot, plain


def line_of(story: Story, piece: int, lines_of: Callable[[Story], Sequence[str]]) -> int:
    """The line at which a piece of the story begins, from 0.

    Args:
        story: what is read.
        piece: as the app counts them: headline, tagline, facts, then each paragraph and each item of a list; what is
            read and cited at the foot comes last.
        lines_of: the lines of a story.
    """
    left = piece - (3 if story.tagline else 2)
    if left < 0:
        return 0
    before: list[Block] = []
    for block in story.blocks:
        if is_at_foot(block, story):
            continue
        if left < (count := _pieces(block)):
            if left and isinstance(block, ListBlock):
                before.append(ListBlock(block.items[:left]))
                return len(lines_of(_only(story, before)))
            break
        left -= count
        before.append(block)
    return len(lines_of(_only(story, before))) + 1


def _only(story: Story, blocks: Sequence[Block]) -> Story:
    return replace(story, blocks=tuple(blocks), links=())


def _pieces(block: Block) -> int:
    match block:
        case ListBlock(items):
            return len(items)
        case Paragraph(spans, run_in):
            return 1 if plain((*run_in, *spans)).strip() else 0
        case _:
            return 1
