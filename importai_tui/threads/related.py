"""Finds the stories on the subject of a story: those that cite the same works, and those with the same vocabulary.

Vocabularies are compared by the cosine of their TF-IDF weights. So many words decide, and no single rare one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from math import hypot, log

from importai_tui.archive.relations import StoryRef, StoryRelations
from importai_tui.model import Paragraph, ParagraphRole, Story, block_to_text
from importai_tui.threads.resolver import (
    WORD_PATTERN,
    format_shared_words,
    is_distinctive,
    is_site_root,
    strip_contraction,
)

_MAX_RELATED = 8
"""Related stories shown; users look through no more."""
_MAX_CITING_STORIES = 20
"""Stories that cite a work or mention an issue; with more, it relates none of them."""
_MAX_QUERY_WORDS = 20
"""Words by which candidates are searched; comparing them uses all."""
_MAX_CANDIDATES = 16
"""Stories whose texts are compared, about half a millisecond each."""
_MAX_WORDS = 120
"""Words of a story that are compared. Longer stories have more, which occur once and say little."""
_MAX_LENGTH = 30_000
"""Characters of a text that are read: an essay has 20,000, and a hostile story must not hold up the reader."""
_MIN_SIMILARITY = 0.12
"""Minimum similarity of related stories, from 0 to 1.

Measured by hand on 60 of the corpus's 237 stories: of the first three shown 80 % are on the same subject, and 48
stories get such a one. With 0.14 it is 86 %, for 42 stories.
"""
_MENTION_FACTOR = 1.5
"""Factor for stories that mention the same issue."""
_MIN_SHARE_OF_BEST = 0.6
"""Minimum similarity compared with the best story's: behind a close relative nobody looks for distant ones."""
_MAX_REASON_TERMS = 3
_HEADLINE_FACTOR = 3.0
"""Factor for a word in the headline; half as much in the tagline."""
_QUANTITY = re.compile(r"[\W\d]*\d\W*[A-Za-z]{0,2}\W*")
"""A number, a version or a size, which relates no stories: "4.6", "70B", "20x"."""
_ENDING = re.compile(r"(?<=\w{3})(?:e?s|e?d|e?rs?|e|y|ie[sd]|ly|ings?|ics?|al(?:ly)?)$")
"""Endings in which forms of one word differ."""


@dataclass(frozen=True, slots=True)
class RelatedStory:
    """A related story, with a short reason for the user."""

    story: StoryRef
    reason: str


def find_related(archive: StoryRelations, origin: StoryRef, exclude: Set[int]) -> tuple[RelatedStory, ...]:
    """Return related stories, best first: those that cite the same works, then those with the same vocabulary.

    The origin and the stories with `exclude` ids are left out.
    """
    exclude = exclude | {origin.id}
    reasons = _find_by_works(archive, origin, exclude)
    if len(reasons) < _MAX_RELATED:
        reasons |= _find_by_vocabulary(archive, origin, exclude | set(reasons))
    reasons = dict(islice(reasons.items(), _MAX_RELATED))
    stories = {story.id: story for story in archive.find_by_ids(reasons)}
    return tuple(RelatedStory(stories[id], reason) for id, reason in reasons.items() if id in stories)


def _find_by_works(archive: StoryRelations, origin: StoryRef, exclude: Set[int]) -> dict[int, str]:
    """Return reasons by story id, ordered by shared works: rare works weigh more; of equals the newer comes first."""
    weights: Counter[int] = Counter()
    shared_works: dict[int, list[str]] = {}
    for work in sorted(archive.get_cited_works([origin.id])[origin.id]):
        citing_ids = [] if is_site_root(work) else archive.find_stories_citing(work, _MAX_CITING_STORIES + 1)
        if len(citing_ids) <= _MAX_CITING_STORIES:
            for id in citing_ids:
                if id not in exclude:
                    weights[id] += 1 / len(citing_ids)  # type: ignore[assignment]
                    shared_works.setdefault(id, []).append(work)
    order = sorted(weights, key=lambda id: (-weights[id], -id))[:_MAX_RELATED]
    titles = archive.get_work_titles({shared_works[id][0] for id in order})
    return {id: _format_shared_works(shared_works[id], titles) for id in order}


def _format_shared_works(works: Sequence[str], titles: Mapping[str, str]) -> str:
    """Return the reason for two stories that cite the same works, with the title of the first one."""
    others = f" and {len(works) - 1} more" if len(works) > 1 else ""
    title = f"“{titles[works[0]]}”" if works[0] in titles else works[0]
    return f"both cite {title}{others}"


def _find_by_vocabulary(archive: StoryRelations, origin: StoryRef, exclude: Set[int]) -> dict[int, str]:
    """Return reasons by story id, the most similar story first."""
    story = archive.get_story(origin.id)
    if story is None:
        return {}
    counts = _weigh_stems(story)
    spellings = _find_spellings(story)
    weights = _weigh_by_rarity(archive, counts, spellings)
    if not any(weights.values()):  # every story has all of these words
        return {}
    query_stems = sorted(weights, key=lambda stem: -weights[stem])[:_MAX_QUERY_WORDS]
    # The excluded stories may be among the most similar.
    similar = archive.find_similar([spellings[stem] for stem in query_stems], _MAX_CANDIDATES + len(exclude))
    shared_mentions = _find_shared_mentions(archive, story)
    length = hypot(*weights.values())
    # The other words of a candidate count as if they were as rare as those of the origin, because to look up each of
    # them takes long.
    mean_rarity = length / hypot(*counts.values())
    similarities: dict[int, float] = {}
    reasons: dict[int, str] = {}
    for id, candidate in archive.get_stories({*similar, *shared_mentions} - exclude).items():
        other = _weigh_stems(candidate)
        products = {
            stem: weight * other[stem] * weight / counts[stem] for stem, weight in weights.items() if stem in other
        }
        terms = _choose_terms(products, spellings)
        if len(terms) > 1:
            number = shared_mentions.get(id)
            factor = _MENTION_FACTOR if number else 1.0
            similarities[id] = factor * sum(products.values()) / (length * hypot(*other.values()) * mean_rarity)
            reasons[id] = f"both mention Import AI {number}" if number else format_shared_words(terms)
    required = max(_MIN_SIMILARITY, _MIN_SHARE_OF_BEST * max(similarities.values(), default=0.0))
    order = sorted(similarities, key=lambda id: (-similarities[id], -id))
    return {id: reasons[id] for id in order if similarities[id] >= required}


def _find_shared_mentions(archive: StoryRelations, story: Story) -> dict[int, int]:
    """Return, by story id, the number of an issue that this story and the other one mention."""
    shared: dict[int, int] = {}
    for number in sorted({reference.number for reference in story.cross_references}):
        ids = archive.find_stories_mentioning(number)
        if len(ids) <= _MAX_CITING_STORIES:
            shared |= dict.fromkeys(ids, number)
    return shared


def _weigh_by_rarity(
    archive: StoryRelations, weights: Mapping[str, float], spellings: Mapping[str, str]
) -> dict[str, float]:
    """Return each weight times the rarity of its word (TF-IDF), without words that no other story has, or many."""
    frequencies = {stem: archive.get_frequency(spellings[stem]) for stem in weights}
    return {
        stem: weights[stem] * log(archive.story_count / stories)
        for stem, stories in frequencies.items()
        if 1 < stories < archive.frequency_limit
    }


def _weigh_stems(story: Story) -> dict[str, float]:
    """Return the most frequent words of a story, by stem, with weights that grow slowly with their counts."""
    counts: Counter[str] = Counter()
    for word, count in _count_words(story):
        if stem := _get_stem(word):
            counts[stem] += count  # type: ignore[assignment]
    return {stem: log(1 + count) for stem, count in counts.most_common(_MAX_WORDS)}


def _find_spellings(story: Story) -> dict[str, str]:
    """Return the most frequent spelling of each stem; of equals the one in lower case, which begins no sentence."""
    best: dict[str, tuple[float, str]] = {}
    for word, count in _count_words(story):
        stem = _get_stem(word)
        best[stem] = max(best.get(stem, (0.0, "")), (count, strip_contraction(word)))
    return {stem: word for stem, (_, word) in best.items()}


def _count_words(story: Story) -> Iterator[tuple[str, float]]:
    """Yield words with their counts; those of headline and tagline count several times."""
    parts = ((_get_prose(story), 1.0), (story.headline, _HEADLINE_FACTOR), (story.tagline or "", _HEADLINE_FACTOR / 2))
    for text, factor in parts:
        for word, count in Counter(WORD_PATTERN.findall(text)).items():
            yield word, factor * count


@lru_cache(maxsize=5_000)
def _get_stem(word: str) -> str:
    """Return a word in lower case without its ending; empty if it distinguishes no stories."""
    word = strip_contraction(word)
    return _ENDING.sub("", word.casefold()) if is_distinctive(word) and not _QUANTITY.fullmatch(word) else ""


def _get_prose(story: Story) -> str:
    """Return the text without read-more lines, which name sites."""
    blocks = (
        block for block in story.blocks if not (isinstance(block, Paragraph) and block.role is ParagraphRole.READ_MORE)
    )
    return "\n".join(map(block_to_text, blocks))[:_MAX_LENGTH]


def _choose_terms(products: Mapping[str, float], spellings: Mapping[str, str]) -> list[str]:
    """Return the shared words that weigh most, without parts of others: "DeepSeek" beside "DeepSeek-R1"."""
    terms: list[str] = []
    for stem in sorted(products, key=lambda stem: -products[stem]):
        if not any(stem in term.casefold() or term.casefold() in stem for term in terms):
            terms.append(spellings[stem])
            if len(terms) == _MAX_REASON_TERMS:
                break
    return terms
