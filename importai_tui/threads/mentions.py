"""What a story says where it mentions another issue: the words around the mention, the nearer the weightier. Pure.

Where a story mentions another issue, and which story is meant for certain: no word is looked up for that.

What the address of an issue's page says: its slug, its day, the place on the page. Pure.
"""

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
    Candidate,
    DocumentFrequency,
    WeightedWord,
    is_distinctive,
    resolve_mention,
    strip_contraction,
)

_DATED_PATH = re.compile(r"^/(\d{4})/(\d{2})/(\d{2})(?:/|$)")
_SUBSTACK, _MIRROR = "https://importai.substack.com/p/", "https://jack-clark.net/"
_SLUG_PREFIX_LENGTH = 24
"""Characters of a slug that name an issue: the sites cut slugs at different lengths, none as early."""


@dataclass(frozen=True, slots=True)
class IssueUrl:
    """The page of an issue. `day` is YYYY-MM-DD; `anchor` are the words of the place on the page, empty for none."""

    variants: tuple[str, ...]
    slug: str
    day: str | None
    anchor: str


def parse_issue_url(url: str) -> IssueUrl:
    """What an address says; nothing of it is asked for anywhere."""
    bare, _, fragment = url.partition("#")
    known = normalise_url(bare)
    try:
        path = urlsplit(known).path
    except ValueError:
        path = ""
    dated = _DATED_PATH.match(path)
    slug = path[dated.end() :] if dated else path.rpartition("/")[2]
    spellings = tuple(dict.fromkeys((bare, known, f"{known}/")))
    return IssueUrl(spellings, slug.strip("/"), "-".join(dated.groups()) if dated else None, _parse_fragment(fragment))


def get_url_prefixes(slug: str, day: str | None, url: str | None) -> tuple[str, ...]:
    """How the tidied addresses of an issue's page begin, on either site: for all links to it, and few others."""
    day_page = f"{_MIRROR}{day.replace('-', '/')}" if day else None
    own = normalise_url(url) if url else None
    return tuple(dict.fromkeys(x for x in (own, day_page, f"{_SUBSTACK}{slug[:_SLUG_PREFIX_LENGTH]}") if x))


def _parse_fragment(fragment: str) -> str:
    """The words of "§a-headline" and of ":~:text=A%20headline,the%20end"."""
    told = fragment.partition(":~:text=")
    text = told[2].split("&")[0].split(",")[0] if told[1] else fragment.replace("-", " ")
    return unquote(text).strip(" §")


MAX_MENTIONS = 40
"""Of one story; the known ones have three at most. One that names a thousand issues is not followed to them all."""


@dataclass(frozen=True, slots=True)
class RawMention:
    """One mention of another issue: by its number, by the address of its page, or both.

    `text` is how the story says it; `link` numbers the hyperlink that carries it, 0 for plain words.
    """

    number: int | None
    text: str
    url: str | None
    link: int


@dataclass(frozen=True, slots=True)
class WorkOverlap:
    """What each of some stories cites, and of that what the mentioning one does, with the number of stories that do."""

    works_by_story: dict[int, set[str]]
    shared_counts: dict[str, int]


def find_raw_mentions(story: Story) -> tuple[RawMention, ...]:
    """All mentions of other issues, those with a number first."""
    return tuple(islice(_iter_raw_mentions(story), MAX_MENTIONS))


def find_definite_references(archive: StoryRelations, story: Story) -> dict[int | None, str]:
    """The stories that this one refers to for certain, by the number of their issue.

    It may be asked of a whole archive, story by story.
    """
    place = archive.find_by_key(story.key)
    found: dict[int | None, str] = {}
    for said in find_raw_mentions(story) if place else ():
        issue = resolve_issue(archive, said.number, said.url)
        stories = archive.find_in_issue(issue.id) if issue else []
        if place and issue and stories:
            cited = get_work_overlap(archive, place, stories)
            candidates = [Candidate(one.headline, cited.works_by_story[one.id], {}) for one in stories]
            choice = resolve_mention(
                (), DocumentFrequency(0, {}), candidates, anchor=get_anchor(said.url), shared_counts=cited.shared_counts
            )
            if choice.index is not None:
                found[issue.number] = stories[choice.index].ref
    return found


def resolve_issue(archive: StoryRelations, number: int | None, url: str | None) -> IssueRef | None:
    """The issue with this number, else the one whose page has this address."""
    if number is not None:
        return archive.find_issue_by_number(number)
    # Imported here, and below: nearly every mention has a number, and to read an address takes all the rules for them.

    page = parse_issue_url(url or "")
    return (
        archive.find_issue_by_url(page.variants)
        or (archive.find_issue_by_slug(page.slug) if page.slug else None)
        or (archive.find_issue_by_day(page.day) if page.day else None)
    )


def get_anchor(url: str | None) -> str:
    """The words of an address behind its "#", which name a place on the page."""
    if not url or "#" not in url:
        return ""

    return parse_issue_url(url).anchor


def get_work_overlap(archive: StoryRelations, origin: StoryRef, stories: Sequence[StoryRef]) -> WorkOverlap:
    """What these stories cite, and what of it the origin of a mention does."""
    works = archive.get_cited_works([origin.id, *(story.id for story in stories)])
    shared = works[origin.id] & set().union(*(works[story.id] for story in stories))
    return WorkOverlap(works, {work: len(archive.find_stories_citing(work, MAX_CITING_STORIES + 1)) for work in shared})


def _iter_raw_mentions(story: Story) -> Iterator[RawMention]:
    urls = {link.n: link.url for link in story.links}
    for reference in story.cross_references:
        yield RawMention(reference.number, reference.text, urls.get(reference.link), reference.link)
    carried = {reference.link for reference in story.cross_references}
    for link in story.links:
        if link.kind is LinkKind.ISSUE and link.n not in carried:
            yield RawMention(None, link.text, link.url, link.n)


MAX_CONTEXT_WORDS = 24
"""Words that are looked up for one mention: each costs a question to the index, and those further off say little."""
_HALF_WEIGHT_DISTANCE = 12
"""Words from the mention where a word weighs half."""
_BOUNDARY_DISTANCE = 12
"""A sentence's end, or another mention, in between counts as so many words."""
_NAME_FACTOR = 1.5
"""Names and what holds a digit weigh so much more: it is by them that one recognises a story."""
_OWN_HEADLINE_WEIGHT = 0.3
"""What the words of the mentioning story's own headline weigh: the subject is often the same, but not always."""
_ISSUE_MENTION = re.compile(r"(?i)\bimport\s?ai\b\W{0,3}(?:(?:issue|number|no\.?)\s*)?#?\d*|#\d{1,3}\b")
_SENTENCE_END = re.compile(r"[.!?]['\"”’)\]]*\s+|\n\n")
_PARAGRAPH_BREAK = Span("\n\n")
_CONTEXT_LENGTH = 400
"""Characters to both sides of a mention that are looked at: some sixty words, the furthest of which weigh a fifth."""

_WORD_ENDING = re.compile(r"(?:e?s|e?d|e?rs?|e|y|ie[sd]|ly|ing|ics?|al(?:ly)?)?")
"""What forms of one word differ in."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of another issue: by its number, by the address of its page, or both.

    `text` is how the story says it, `clues` the words around it, the weightiest first.
    """

    number: int | None
    text: str
    url: str | None
    words: tuple[WeightedWord, ...] = ()


@dataclass(frozen=True, slots=True)
class _StoryText:
    """The text of a story from end to end, and where in it the links stand: number, beginning, end."""

    text: str
    links: tuple[tuple[int, int, int], ...]


def find_mentions(story: Story) -> tuple[Mention, ...]:
    """All mentions of other issues, those with a number first."""
    said = find_raw_mentions(story)
    if not said:
        return ()
    running = _join_text(story.blocks)
    own = _weigh_headline(story.headline)
    return tuple(
        Mention(x.number, x.text, x.url, _select_words(running.text, _locate_mention(running, x), own)) for x in said
    )


def find_distinctive_words(text: str) -> Iterator[tuple[int, str]]:
    """The words of a text that may tell one story from another, each with where it begins."""
    for match in WORD_PATTERN.finditer(text):
        if is_distinctive(word := strip_contraction(match[0])):
            yield match.start(), word


def is_name(word: str, *, first: bool) -> bool:
    """Whether a word is a name: a capital or a digit in it, but for the capital that the `first` of a sentence has."""
    return any(letter.isupper() or letter.isdecimal() for letter in (word[1:] if first else word))


def has_same_stem(one: str, other: str) -> bool:
    """Whether two words in small letters are forms of one: "count", "counted", "counting"."""
    if one[:3] != other[:3]:
        return False
    short = min(len(one), len(other))
    same = next((n for n in range(short) if one[n] != other[n]), short)
    return bool(_WORD_ENDING.fullmatch(one, same) and _WORD_ENDING.fullmatch(other, same))


def _select_words(
    text: str, places: Iterable[tuple[int, int]], own: Sequence[WeightedWord]
) -> tuple[WeightedWord, ...]:
    found = [*(clue for place in places for clue in _weigh_context(text, *place)), *own]
    kept: dict[str, WeightedWord] = {}
    for clue in sorted(found, key=lambda clue: -clue.weight):
        folded = clue.word.casefold()
        if not any(has_same_stem(folded, other) for other in kept):
            kept[folded] = clue
            if len(kept) == MAX_CONTEXT_WORDS:
                break
    return tuple(kept.values())


def _weigh_context(text: str, start: int, end: int) -> Iterator[WeightedWord]:
    """The words before a mention, those of the mention itself, and those after it."""
    first = max(0, start - _CONTEXT_LENGTH)
    text, start, end = text[first : end + _CONTEXT_LENGTH], start - first, end - first
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    issues = [match.span() for match in _ISSUE_MENTION.finditer(text)]
    others = [at for at, _ in issues if not start <= at < end]
    words = [
        (at, word) for at, word in find_distinctive_words(text) if not any(low <= at < high for low, high in issues)
    ]
    before = sum(at < start for at, _ in words)
    after = before + sum(start <= at < end for at, _ in words)
    for n, (at, word) in enumerate(words):
        low, high, away = (at, start, before - n - 1) if at < start else (end, at, max(0, n - after))
        crossed = sum(low < mark <= high for mark in (*ends, *others))
        weight = _HALF_WEIGHT_DISTANCE / (_HALF_WEIGHT_DISTANCE + away + _BOUNDARY_DISTANCE * crossed)
        yield WeightedWord(word, weight * (_NAME_FACTOR if is_name(word, first=at == 0 or at in ends) else 1.0))


def _weigh_headline(headline: str) -> list[WeightedWord]:
    return [
        WeightedWord(word, _OWN_HEADLINE_WEIGHT * (_NAME_FACTOR if is_name(word, first=at == 0) else 1.0))
        for at, word in find_distinctive_words(headline)
    ]


def _locate_mention(running: _StoryText, mention: RawMention) -> list[tuple[int, int]]:
    if mention.link:
        return [(start, end) for n, start, end in running.links if n == mention.link]
    said = re.compile(r"\s+".join(map(re.escape, mention.text.split())) + r"(?!\d)")
    # The second number of "Import AI 209, 189" is told as "Import AI 189".
    alone = re.compile(rf"(?i)\bimport\s?ai\b[^.()]{{0,40}}?\b{mention.number}\b")
    for pattern in (said, alone):
        if found := [match.span() for match in pattern.finditer(running.text)]:
            return found
    return []


def _join_text(blocks: Iterable[Block]) -> _StoryText:
    parts: list[str] = []
    links: list[tuple[int, int, int]] = []
    at = 0
    for spans in _iter_lines(blocks):
        for span in (*spans, _PARAGRAPH_BREAK):
            if span.link:
                links.append((span.link, at, at + len(span.text)))
            parts.append(span.text)
            at += len(span.text)
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
