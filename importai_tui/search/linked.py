"""The piece of a story that shows it where it was found by a link. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from importai_tui.issue import Figure, Link, Story, block_spans, block_text
from importai_tui.query import CitedHost, CitedKind, CitedWork, Condition
from importai_tui.search.excerpts import Excerpt, Passage, cut, on_one_line


def excerpt_of_link(story: Story, conditions: Iterable[Condition], links: Iterable[int] = ()) -> Excerpt | None:
    """A piece of the block that carries the first link that was asked for.

    Args:
        story: the story.
        conditions: what a link may be asked for.
        links: the numbers of links that were found in another way.
    """
    asked, found = tuple(conditions), frozenset(links)
    for link in story.links:
        if link.n in found or any(_is_asked_for(link, condition) for condition in asked):
            for place, block in enumerate(story.blocks):
                carried = isinstance(block, Figure) and block.link == link.n
                if carried or any(span.link == link.n for span in block_spans(block)):
                    part = Passage(on_one_line(block_text(block)), place)
                    words = on_one_line(link.text)
                    start = part.text.find(words)
                    there = (start, start + len(words)) if words and start >= 0 else (0, 0)
                    return cut(part, [there] if there[1] else [], there)
    return None


def _is_asked_for(link: Link, condition: Condition) -> bool:
    match condition:
        case CitedHost(host):
            return link.host is not None and f".{link.host}".endswith(f".{host}")
        case CitedKind(kinds):
            return link.kind in kinds
        case CitedWork(work):
            return link.work is not None and f":{link.work}".casefold().endswith(f":{work}".casefold())
        case _:
            return False
