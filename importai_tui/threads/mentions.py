"""Finds where a story mentions another issue, and the words around each mention, weighted by distance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote, urlsplit

from importai_tui.archive.relations import IssueRef, StoryRef, StoryRelations
from importai_tui.links.urls import normalise_url
from importai_tui.model import Block, Code, Figure, LinkKind, ListBlock, Span, Story, iter_block_spans
from importai_tui.threads.resolver import (
    MAX_CITING_STORIES,
    WORD_PATTERN,
    WeightedWord,
    is_distinctive,
    strip_contraction,
)

_MAX_MENTIONS = 40
"""Mentions in one story; real ones have three at most, and a hostile one must not cost a thousand queries."""
_MAX_CONTEXT_WORDS = 24
"""Words looked up for one mention; each costs a query, and distant words tell little."""
_HALF_WEIGHT_DISTANCE = 12
"""Distance in words at which a word weighs half."""
_BOUNDARY_DISTANCE = 12
"""Distance in words that the end of a sentence, or another mention, adds."""
_NAME_FACTOR = 1.5
"""Factor for names and words with a digit, because they identify a story best."""
_OWN_HEADLINE_WEIGHT = 0.3
"""Weight of words in the mentioning story's headline; its subject is often that of the mentioned story."""
_CONTEXT_LENGTH = 400
"""Characters on each side of a mention: about 60 words, of which the furthest weigh a fifth."""
_ISSUE_MENTION = re.compile(r"(?i)\bimport\s?ai\b\W{0,3}(?:(?:issue|number|no\.?)\s*)?#?\d*|#\d{1,3}\b")
_SENTENCE_END = re.compile(r"[.!?]['\"”’)\]]*\s+|\n\n")
_PARAGRAPH_BREAK = Span("\n\n")
_WORD_ENDING = re.compile(r"(?:e?s|e?d|e?rs?|e|y|ie[sd]|ly|ing|ics?|al(?:ly)?)?")
"""Endings in which forms of one word differ."""
_DATED_PATH = re.compile(r"^/(\d{4})/(\d{2})/(\d{2})(?:/|$)")
_SUBSTACK, _MIRROR = "https://importai.substack.com/p/", "https://jack-clark.net/"
_SLUG_PREFIX_LENGTH = 24
"""Characters of a slug that identify an issue; the two sites truncate slugs at different lengths, all longer."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of another issue by number, URL or both.

    `text` is the wording of the mention, `words` are those around it, heaviest first.
    """

    number: int | None
    text: str
    url: str | None
    words: tuple[WeightedWord, ...] = ()


def find_mentions(story: Story) -> tuple[Mention, ...]:
    """Return all mentions of other issues with the words around them, those with a number first."""
    mentions = _find_raw_mentions(story)
    if not mentions:
        return ()
    story_text = _join_text(story.blocks)
    headline_words = _weigh_headline(story.headline)
    return tuple(
        Mention(
            mention.number,
            mention.text,
            mention.url,
            _select_words(story_text.text, _locate_mention(story_text, mention), headline_words),
        )
        for mention in mentions
    )


def resolve_issue(archive: StoryRelations, number: int | None, url: str | None) -> IssueRef | None:
    """Return the issue with this number, else the one with this URL; None if the archive lacks it."""
    if number is not None:
        return archive.find_issue_by_number(number)
    page = _parse_issue_url(url or "")
    return (
        archive.find_issue_by_url(page.variants)
        or (archive.find_issue_by_slug(page.slug) if page.slug else None)
        or (archive.find_issue_by_day(page.day) if page.day else None)
    )


def get_url_prefixes(slug: str, day: str | None, url: str | None) -> tuple[str, ...]:
    """Return prefixes of the normalised URLs of an issue on both sites; few other links start with them."""
    day_page = f"{_MIRROR}{day.replace('-', '/')}" if day else None
    own = normalise_url(url) if url else None
    return tuple(dict.fromkeys(x for x in (own, day_page, f"{_SUBSTACK}{slug[:_SLUG_PREFIX_LENGTH]}") if x))


def get_anchor(url: str | None) -> str:
    """Return the words of a URL's fragment; empty if there is none."""
    if not url or "#" not in url:
        return ""
    return _parse_issue_url(url).anchor


@dataclass(frozen=True, slots=True)
class _WorkOverlap:
    """Works cited by each candidate story (by story id), and the number of citing stories for each shared work.

    A work is shared if the mentioning story cites it too.
    """

    works_by_story: dict[int, set[str]]
    shared_counts: dict[str, int]


def get_work_overlap(archive: StoryRelations, origin: StoryRef, stories: Sequence[StoryRef]) -> _WorkOverlap:
    """Return the works that these stories cite, and which of them the mentioning story cites too."""
    works = archive.get_cited_works([origin.id, *(story.id for story in stories)])
    shared = works[origin.id] & set().union(*(works[story.id] for story in stories))
    return _WorkOverlap(
        works, {work: len(archive.find_stories_citing(work, MAX_CITING_STORIES + 1)) for work in shared}
    )


def find_distinctive_words(text: str) -> Iterator[tuple[int, str]]:
    """Yield start and word for each distinctive word of a text."""
    for match in WORD_PATTERN.finditer(text):
        if is_distinctive(word := strip_contraction(match[0])):
            yield match.start(), word


def is_name(word: str, *, is_first: bool) -> bool:
    """Return True if a word has a capital or a digit; the first capital of a sentence's `first` word does not count."""
    return any(letter.isupper() or letter.isdecimal() for letter in (word[1:] if is_first else word))


def has_same_stem(one: str, other: str) -> bool:
    """Return True if two lower-case words are forms of one: "count", "counted", "counting"."""
    if one[:3] != other[:3]:
        return False
    short = min(len(one), len(other))
    same = next((n for n in range(short) if one[n] != other[n]), short)
    return bool(_WORD_ENDING.fullmatch(one, same) and _WORD_ENDING.fullmatch(other, same))


@dataclass(frozen=True, slots=True)
class _RawMention:
    """One mention of another issue by number, URL or both, without the words around it.

    `text` is the wording of the mention; `link` is the number of its link, 0 for plain text.
    """

    number: int | None
    text: str
    url: str | None
    link: int


def _find_raw_mentions(story: Story) -> tuple[_RawMention, ...]:
    """Return all mentions of other issues, those with a number first."""
    return tuple(islice(_iter_raw_mentions(story), _MAX_MENTIONS))


def _iter_raw_mentions(story: Story) -> Iterator[_RawMention]:
    urls = {link.n: link.url for link in story.links}
    for reference in story.cross_references:
        yield _RawMention(reference.number, reference.text, urls.get(reference.link), reference.link)
    link_numbers = {reference.link for reference in story.cross_references}
    for link in story.links:
        if link.kind is LinkKind.ISSUE and link.n not in link_numbers:
            yield _RawMention(None, link.text, link.url, link.n)


@dataclass(frozen=True, slots=True)
class _IssueUrl:
    """A parsed URL of an issue: spellings, slug, day (YYYY-MM-DD), and the words of its fragment."""

    variants: tuple[str, ...]
    slug: str
    day: str | None
    anchor: str


def _parse_issue_url(url: str) -> _IssueUrl:
    """Parse the URL of an issue's page."""
    bare, _, fragment = url.partition("#")
    normalised = normalise_url(bare)
    try:
        path = urlsplit(normalised).path
    except ValueError:
        path = ""
    dated = _DATED_PATH.match(path)
    slug = path[dated.end() :] if dated else path.rpartition("/")[2]
    variants = tuple(dict.fromkeys((bare, normalised, f"{normalised}/")))
    return _IssueUrl(variants, slug.strip("/"), "-".join(dated.groups()) if dated else None, _parse_fragment(fragment))


def _parse_fragment(fragment: str) -> str:
    """Return the words of "§a-headline" and of ":~:text=A%20headline,the%20end"."""
    parts = fragment.partition(":~:text=")
    text = parts[2].split("&")[0].split(",")[0] if parts[1] else fragment.replace("-", " ")
    return unquote(text).strip(" §")


@dataclass(frozen=True, slots=True)
class _StoryText:
    """The joined text of a story, with number, start and end of each link in it."""

    text: str
    links: tuple[tuple[int, int, int], ...]


def _join_text(blocks: Iterable[Block]) -> _StoryText:
    parts: list[str] = []
    links: list[tuple[int, int, int]] = []
    position = 0
    for spans in _iter_lines(blocks):
        for span in (*spans, _PARAGRAPH_BREAK):
            if span.link:
                links.append((span.link, position, position + len(span.text)))
            parts.append(span.text)
            position += len(span.text)
    return _StoryText("".join(parts), tuple(links))


def _iter_lines(blocks: Iterable[Block]) -> Iterator[Sequence[Span]]:
    for block in blocks:
        match block:
            case ListBlock(items):
                yield from (item.spans for item in items)
            case Figure(caption, link):
                yield (Span(caption, link=link),)
            case Code(text):
                yield (Span(text),)
            case _:
                yield tuple(iter_block_spans(block))


def _locate_mention(story_text: _StoryText, mention: _RawMention) -> list[tuple[int, int]]:
    if mention.link:
        return [(start, end) for n, start, end in story_text.links if n == mention.link]
    exact = re.compile(r"\s+".join(map(re.escape, mention.text.split())) + r"(?!\d)")
    # The parser gives "Import AI 189" as the text of the second number in "Import AI 209, 189".
    number_only = re.compile(rf"(?i)\bimport\s?ai\b[^.()]{{0,40}}?\b{mention.number}\b")
    for pattern in (exact, number_only):
        if positions := [match.span() for match in pattern.finditer(story_text.text)]:
            return positions
    return []


def _select_words(
    text: str, positions: Iterable[tuple[int, int]], headline_words: Sequence[WeightedWord]
) -> tuple[WeightedWord, ...]:
    words = [*(word for position in positions for word in _weigh_context(text, *position)), *headline_words]
    selected: dict[str, WeightedWord] = {}
    for word in sorted(words, key=lambda word: -word.weight):
        folded = word.word.casefold()
        if not any(has_same_stem(folded, other) for other in selected):
            selected[folded] = word
            if len(selected) == _MAX_CONTEXT_WORDS:
                break
    return tuple(selected.values())


def _weigh_context(text: str, start: int, end: int) -> Iterator[WeightedWord]:
    """Yield the weighted words before, within and after a mention."""
    offset = max(0, start - _CONTEXT_LENGTH)
    text, start, end = text[offset : end + _CONTEXT_LENGTH], start - offset, end - offset
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    issues = [match.span() for match in _ISSUE_MENTION.finditer(text)]
    other_mentions = [position for position, _ in issues if not start <= position < end]
    words = [
        (position, word)
        for position, word in find_distinctive_words(text)
        if not any(low <= position < high for low, high in issues)
    ]
    before = sum(position < start for position, _ in words)
    after = before + sum(start <= position < end for position, _ in words)
    for n, (position, word) in enumerate(words):
        if position < start:
            low, high, distance = position, start, before - n - 1
        else:
            low, high, distance = end, position, max(0, n - after)
        boundaries = sum(low < boundary <= high for boundary in (*ends, *other_mentions))
        weight = _HALF_WEIGHT_DISTANCE / (_HALF_WEIGHT_DISTANCE + distance + _BOUNDARY_DISTANCE * boundaries)
        yield WeightedWord(
            word, weight * (_NAME_FACTOR if is_name(word, is_first=position == 0 or position in ends) else 1.0)
        )


def _weigh_headline(headline: str) -> list[WeightedWord]:
    return [
        WeightedWord(word, _OWN_HEADLINE_WEIGHT * (_NAME_FACTOR if is_name(word, is_first=position == 0) else 1.0))
        for position, word in find_distinctive_words(headline)
    ]
