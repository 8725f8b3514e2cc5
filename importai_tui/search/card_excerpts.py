"""Makes the excerpts of stories that were found by the card of a work that they cite."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from importai_tui.archive.cards import get_spellings, make_card_match
from importai_tui.archive.search import ArchiveSearch
from importai_tui.archive.stories import LazyStory
from importai_tui.model import block_to_text
from importai_tui.parse.clean import shorten
from importai_tui.query.conditions import CitedCard, Phrase
from importai_tui.search.excerpts import (
    TAGLINE_BLOCK,
    Excerpt,
    PassageMatch,
    make_default_excerpt,
    make_excerpt,
    make_link_excerpt,
    make_passages,
)
from importai_tui.works.card import Card
from importai_tui.works.work import format_work_id

_MAX_TITLE_LENGTH = 40
"""Characters of a card's title before the excerpt, of which a narrow window shows two short lines."""

FindMatches = Callable[[Sequence[Phrase], Sequence[str]], list[list[PassageMatch]]]
"""Returns the matches of phrases in each text."""


def make_card_excerpts(
    condition: CitedCard, stories: Sequence[LazyStory], archive: ArchiveSearch, find_matches: FindMatches
) -> dict[str, Excerpt]:
    """Return by key the excerpts of stories that cite works with matching cards: of the card that matches best."""
    phrases = get_spellings(phrase for clause in condition.words if clause.is_positive for phrase in clause.phrases)
    excerpts: dict[str, Excerpt] = {}
    with archive.open_cards() as cards:
        ranks = {work: rank for rank, work in enumerate(cards.find(*make_card_match(condition.words)))}
        for story in stories:
            links = {work: n for n, work in archive.get_work_ids(story.key).items() if work in ranks}
            best = min(links, key=ranks.__getitem__, default=None)
            if best and (card := cards.get(best)):
                in_story = make_link_excerpt(story.load(), (), [links[best]])
                block = in_story.block if in_story else TAGLINE_BLOCK
                excerpts[story.key] = _make_excerpt(card, phrases, block, find_matches)
    return excerpts


def _make_excerpt(card: Card, phrases: Sequence[Phrase], block: int, find_matches: FindMatches) -> Excerpt:
    """Return an excerpt of a card that names it. `block` is where the story cites the work."""
    facts = " · ".join(filter(None, (*card.authors, card.venue, *card.facts)))
    texts = [*map(block_to_text, card.blocks), facts]
    passages = make_passages(texts, None)
    matches = find_matches(phrases, [passage.text for passage in passages])
    excerpt = make_excerpt(passages, matches) or make_default_excerpt(texts, None)
    title = shorten(card.title or format_work_id(card.work, card.url), _MAX_TITLE_LENGTH)
    text = f"Card of “{title}”: {excerpt.text}" if excerpt.text else f"Card of “{title}”"
    # Searched again, because the title may match too.
    (found,) = find_matches(phrases, [text])
    return Excerpt(text, tuple((match.start, match.end) for match in found), block)
