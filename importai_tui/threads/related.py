"""The stories nearest to one: those that cite the same works, then those that are told in the same rare words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from math import log

from importai_tui.archive.connections import Connections, StoryPlace
from importai_tui.issue import Paragraph, Part, Story, block_text
from importai_tui.threads.mentions import alike, is_name, words_of
from importai_tui.threads.resolving import both_speak_of, is_front_page

MOST = 8
"""Stories: more than one looks through."""
TERMS = 12
"""Words that are looked for: the strongest of a story; with more the weaker ones decide."""
_LOOKED_UP = 40
"""Words whose rarity is asked for, of some 200 that a story has: the others are there once, in passing."""
_NAMED = 3
_LEAST_IN_COMMON = 0.2
"""Of the weight of all terms; with less two stories have words in common, and no subject."""
_SHARED_BY = 20
"""A work that more stories cite ties none of them together."""
_BEGINNING = re.compile(r"(?:^|[.!?…:]['\"”’)\]]*\s+|\n)['\"“‘(\[]*$")
_ABOVE = 3.0
"""How many times a word of the headline counts."""


@dataclass(frozen=True, slots=True)
class Related:
    """A story near another one, and why, in a few words."""

    story: StoryPlace
    reason: str


def related_to(archive: Connections, place: StoryPlace, story: Story, without: Set[int]) -> tuple[Related, ...]:
    """The nearest stories, at most `MOST`, the nearest first."""
    by_works = _by_works(archive, place, without)
    left = MOST - len(by_works)
    by_words = _by_words(archive, story, without | set(by_works), left) if left > 0 else {}
    reasons = dict(islice((by_works | by_words).items(), MOST))
    places = {found.id: found for found in archive.at(reasons)}
    return tuple(Related(places[id], reason) for id, reason in reasons.items() if id in places)


def _by_works(archive: Connections, place: StoryPlace, without: Set[int]) -> dict[int, str]:
    """Stories by the works in common, the rarer weighing more; of equals the newer first."""
    weights: Counter[int] = Counter()
    shared: dict[int, list[str]] = {}
    for work in sorted(archive.works([place.id])[place.id]):
        citing = [] if is_front_page(work) else archive.citing(work, _SHARED_BY + 1)
        if len(citing) <= _SHARED_BY:
            for id in citing:
                if id not in without:
                    weights[id] += 1 / len(citing)  # type: ignore[assignment]
                    shared.setdefault(id, []).append(work)
    order = sorted(weights, key=lambda id: (-weights[id], -id))
    return {id: f"both cite {', '.join(shared[id][:_NAMED])}" for id in order[:MOST]}


def _by_words(archive: Connections, story: Story, without: Set[int], most: int) -> dict[int, str]:
    terms = strongest(archive, story)
    if not terms:
        return {}
    # Those that are left out may be among the nearest.
    near = [id for id in archive.nearest(list(terms), most + len(without)) if id not in without]
    held: dict[int, list[str]] = {id: [] for id in near}
    for term in terms if near else ():
        for id in archive.holding(term, near):
            held[id].append(term)
    least = _LEAST_IN_COMMON * sum(terms.values())
    close = [id for id in near if len(held[id]) > 1 and sum(map(terms.__getitem__, held[id])) >= least]
    return {id: both_speak_of(_names_first(held[id])[:_NAMED]) for id in close[:most]}


def _names_first(words: Sequence[str]) -> list[str]:
    return sorted(words, key=lambda word: not is_name(word, first=False))


def strongest(archive: Connections, story: Story) -> dict[str, float]:
    """The words that tell a story from the others, the strongest first: often in it, and in few others."""
    total = archive.story_count
    weights = {}
    for word, count in islice(_counted(story), _LOOKED_UP):
        stories = archive.frequency(word)
        if 1 < stories < archive.common:
            weights[word] = log(1 + count) * log(total / stories)
    best = sorted(weights, key=lambda word: -weights[word])[:TERMS]
    return {word: weights[word] for word in best}


def _counted(story: Story) -> Sequence[tuple[str, float]]:
    """The words of a story, forms of one together, the most frequent first; a headline's weigh more."""
    count: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for text, weight in ((story.headline, _ABOVE), (story.tagline or "", _ABOVE / 2), (_told(story), 1.0)):
        for at, word in words_of(text):
            name = is_name(word, first=bool(_BEGINNING.search(text[max(0, at - 4) : at])) or at == 0)
            folded = word.casefold()
            if name or folded not in spelled:
                spelled[folded] = word if name else folded
            count[folded] += weight * (1.5 if name else 1.0)  # type: ignore[assignment]
    return _forms_joined(count, spelled)


def _told(story: Story) -> str:
    """The text without its lines of links, which name sites."""
    told = (b for b in story.blocks if not (isinstance(b, Paragraph) and b.part is Part.READ_MORE))
    return "\n".join(map(block_text, told))


def _forms_joined(count: Counter[str], spelled: Mapping[str, str]) -> list[tuple[str, float]]:
    joined: dict[str, float] = {}
    begun: dict[str, list[str]] = {}
    for word, times in count.most_common():
        others = begun.setdefault(word[:4], [])
        form = next((known for known in others if alike(known, word)), word)
        if form == word:
            others.append(word)
        joined[form] = joined.get(form, 0.0) + times
    return sorted(((spelled[word], times) for word, times in joined.items()), key=lambda item: -item[1])
