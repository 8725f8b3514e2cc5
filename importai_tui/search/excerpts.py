"""Makes excerpts: chooses the passage of a story that shows why it was found, and cuts it to length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from importai_tui.model import Figure, Link, Story, block_to_text, iter_block_spans
from importai_tui.query.conditions import CitedHost, CitedKind, CitedWork, Condition

EXCERPT_LENGTH = 160
"""Characters of an excerpt without ellipses: two lines of a terminal, enough for a sentence around a match."""
_LEAD_DIVISOR = 3
"""A third of the free space goes before the matches, the rest after them."""
_MAX_WORD_LENGTH = 24
"""Characters; the excerpt shrinks by at most so much to end between words. Longer words are cut."""
_ELLIPSIS = "…"
TAGLINE_BLOCK = -1
"""The block number of the tagline."""

_Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a story on one line, with ellipses where it is cut.

    `highlights` are start and end of the matches in `text`. `block` is the index of the story's block; -1 for the
    tagline, or if the text has no match.
    """

    text: str
    highlights: tuple[_Range, ...] = ()
    block: int = TAGLINE_BLOCK


@dataclass(frozen=True, slots=True)
class Passage:
    """A text on one line that an excerpt may be cut from, with the index of its block."""

    text: str
    block: int


@dataclass(frozen=True, slots=True)
class PassageMatch:
    """A match in a passage. `phrase_numbers` are the indexes of the phrases that it matches."""

    start: int
    end: int
    phrase_numbers: frozenset[int]


def make_passages(
    texts: Iterable[str], tagline: str | None, may_match: Callable[[str], bool] = bool
) -> tuple[Passage, ...]:
    """Return the non-empty texts that `may_match`: blocks in order, then the tagline, because ties go to the first."""
    numbered = [*((text, number) for number, text in enumerate(texts)), (tagline or "", TAGLINE_BLOCK)]
    passages = [Passage(_collapse_space(text), number) for text, number in numbered if may_match(text)]
    return tuple(passage for passage in passages if passage.text)


def make_excerpt(passages: Sequence[Passage], matches: Sequence[Sequence[PassageMatch]]) -> Excerpt | None:
    """Return an excerpt of the passage with the most different words close together, then the most matches.

    `matches` are those of each passage, in order. Returns None if there are none.
    """
    best_score: tuple[int, int] = (0, 0)
    found: Excerpt | None = None
    for passage, passage_matches in zip(passages, matches, strict=True):
        for first, last, score in _iter_windows(passage_matches):
            if score > best_score:
                best_score = score
                ranges = [(match.start, match.end) for match in passage_matches]
                found = _cut_passage(passage, ranges, (passage_matches[first].start, passage_matches[last].end))
    return found


def make_default_excerpt(texts: Iterable[str], tagline: str | None) -> Excerpt:
    """Return an excerpt for a query without words: the tagline, else the beginning of the story."""
    passages = make_passages(texts, tagline)
    if not passages:
        return Excerpt("")
    passage = passages[-1]
    if passage.block != TAGLINE_BLOCK:
        passage = passages[0]
    return Excerpt(_cut_passage(passage, (), (0, 0)).text)


def make_link_excerpt(story: Story, conditions: Iterable[Condition], links: Iterable[int] = ()) -> Excerpt | None:
    """Return an excerpt of the block with the first link that matches; None if no link matches.

    Args:
        story: the story.
        conditions: conditions on links.
        links: the numbers of links that match a phrase.
    """
    conditions, link_numbers = tuple(conditions), frozenset(links)
    for link in story.links:
        if link.n in link_numbers or any(_matches_link(link, condition) for condition in conditions):
            for block_index, block in enumerate(story.blocks):
                has_link = isinstance(block, Figure) and block.link == link.n
                if has_link or any(span.link == link.n for span in iter_block_spans(block)):
                    passage = Passage(_collapse_space(block_to_text(block)), block_index)
                    link_text = _collapse_space(link.text)
                    position = passage.text.find(link_text)
                    focus = (position, position + len(link_text)) if link_text and position >= 0 else (0, 0)
                    return _cut_passage(passage, [focus] if focus[1] else [], focus)
    return None


def format_work(work: str) -> str:
    """Return the id of a work in words: of a URL, the host and what its last part says."""
    host, _, path = work.partition("://")[2].partition("/")
    words = _collapse_space(path.rstrip("/").rpartition("/")[2].replace("-", " ").replace("_", " "))
    return f"{host}: {words}" if words else host or work


def make_citation_excerpt(text: str, ranges: Sequence[_Range], block: int) -> Excerpt:
    """Return an excerpt of the address or id of a cited work, with the matches in it."""
    return _cut_passage(Passage(text, block), ranges, ranges[0])


def _matches_link(link: Link, condition: Condition) -> bool:
    match condition:
        case CitedHost(host):
            return link.host is not None and f".{link.host}".endswith(f".{host}")
        case CitedKind(kinds):
            return link.kind in kinds
        case CitedWork(work):
            return link.work is not None and f":{link.work}".casefold().endswith(f":{work}".casefold())
        case _:
            return False


def _cut_passage(passage: Passage, ranges: Sequence[_Range], focus: _Range) -> Excerpt:
    """Cut a passage to `EXCERPT_LENGTH` characters around a range, between words if possible; ellipses are extra."""
    text = passage.text
    start, end = 0, len(text)
    if end > EXCERPT_LENGTH:
        first, last = focus[0], min(focus[1], focus[0] + EXCERPT_LENGTH)
        start = max(0, min(first - (EXCERPT_LENGTH - (last - first)) // _LEAD_DIVISOR, end - EXCERPT_LENGTH))
        end = min(end, start + EXCERPT_LENGTH)
        start, end = _move_to_word_start(text, start, first), _move_to_word_end(text, end, last)
    before, after = _ELLIPSIS if start else "", _ELLIPSIS if end < len(text) else ""
    shift = len(before) - start
    highlights = (
        (max(first, start) + shift, min(last, end) + shift) for first, last in ranges if first < end and last > start
    )
    return Excerpt(f"{before}{text[start:end]}{after}", tuple(highlights), passage.block)


def _move_to_word_start(text: str, start: int, latest: int) -> int:
    """Return the start of a word at `start` or soon after it, but not after `latest`."""
    if start == 0 or text[start - 1] == " ":
        return start
    space = text.find(" ", start, min(latest, start + _MAX_WORD_LENGTH))
    return space + 1 if space >= 0 else start


def _move_to_word_end(text: str, end: int, earliest: int) -> int:
    """Return the end of a word at `end` or shortly before it, but not before `earliest`."""
    if end == len(text) or text[end] == " ":
        return end
    space = text.rfind(" ", max(earliest, end - _MAX_WORD_LENGTH), end)
    return space if space > 0 else end


def _iter_windows(matches: Sequence[PassageMatch]) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Yield, for each match, the last match that fits into the same excerpt, and the score of both."""
    last = 0
    for first, match in enumerate(matches):
        last = max(first, last)
        # Reserve the space that may be lost by ending between words.
        while last + 1 < len(matches) and matches[last + 1].end < match.start + EXCERPT_LENGTH - _MAX_WORD_LENGTH:
            last += 1
        words = len(frozenset().union(*(one.phrase_numbers for one in matches[first : last + 1])))
        yield first, last, (words, last + 1 - first)


def _collapse_space(text: str) -> str:
    """Return the text on one line, with single spaces."""
    return " ".join(text.split())
