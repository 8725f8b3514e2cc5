from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.model import (
    Figure,
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    Rule,
    Span,
    Story,
    StoryKind,
    block_to_text,
)
from importai_tui.query.conditions import CitedHost, CitedKind, CitedWork
from importai_tui.search.excerpts import (
    EXCERPT_LENGTH,
    TAGLINE_BLOCK,
    Excerpt,
    Passage,
    PassageMatch,
    _cut_passage,
    make_default_excerpt,
    make_excerpt,
    make_link_excerpt,
    make_passages,
)

OTTERS = Link(1, "Otters", "https://arxiv.org/abs/1", LinkKind.PAPER, "arxiv.org", LinkRole.INLINE, "arxiv:2502.19187")
MAP = Link(2, "map", "https://example.org/2", LinkKind.OTHER, "www.example.org", LinkRole.INLINE, None)
LOST = Link(3, "lost", None, LinkKind.POST, None, LinkRole.READ_MORE, None)
STORY = Story(
    "key",
    1,
    StoryKind.STORY,
    "A headline",
    "…A  tagline…",
    blocks=(
        Paragraph((Span("First\nline,  "), Span("second."))),
        Rule(),
        ListBlock((ListItem((Span("one"),)), ListItem((Span("two"),)))),
        Paragraph((Span("Read more: "), Span("Otters", link=1), Span("."))),
        Figure("A map", 2),
    ),
    links=(OTTERS, MAP, LOST),
)


def find_matches(text: str, *words: str) -> list[PassageMatch]:
    """Return the matches of the words in the text, with the index of the word."""
    matches = [
        PassageMatch(at, at + len(word), frozenset({index}))
        for index, word in enumerate(words)
        for at in range(len(text))
        if text.startswith(word, at)
    ]
    return sorted(matches, key=lambda match: match.start)


def cut_excerpt(text: str, *words: str) -> Excerpt | None:
    return make_excerpt([Passage(text, 0)], [find_matches(text, *words)])


def get_highlights(excerpt: Excerpt) -> list[str]:
    return [excerpt.text[start:end] for start, end in excerpt.highlights]


def test_passages_are_blocks_and_then_the_tagline() -> None:
    assert [
        (passage.text, passage.block) for passage in make_passages(map(block_to_text, STORY.blocks), STORY.tagline)
    ] == [
        ("First line, second.", 0),
        ("- one - two", 2),
        ("Read more: Otters.", 3),
        ("A map", 4),
        ("…A tagline…", TAGLINE_BLOCK),
    ]


def test_the_passage_with_most_words_is_shown() -> None:
    far = "otter " + "and so on " * 40 + "slow water and an otter " + "and so on " * 40
    passages = [Passage("water " * 9, 0), Passage(far, 1), Passage("an otter by slow water", 2)]
    excerpt = make_excerpt(passages, [find_matches(passage.text, "otter", "slow", "water") for passage in passages])
    assert excerpt
    assert excerpt.block == 1
    assert get_highlights(excerpt) == ["slow", "water", "otter"]
    assert excerpt.text.startswith("…on and so")
    assert excerpt.text.endswith(" so on…")


def test_a_short_passage_is_shown_whole() -> None:
    assert cut_excerpt("slow water", "water") == Excerpt("slow water", ((5, 10),), 0)
    assert cut_excerpt("slow water", "otter") is None


def test_an_excerpt_ends_between_words() -> None:
    text = " ".join(f"word{n}" for n in range(200))
    excerpt = cut_excerpt(text, "word100")
    assert excerpt
    assert set(excerpt.text.strip("…").split(" ")) <= set(text.split(" "))
    assert EXCERPT_LENGTH - 24 <= len(excerpt.text) <= EXCERPT_LENGTH + 2


@pytest.mark.parametrize("text", ["x" * 500 + "otter" + "y" * 500, "水" * 500 + "otter" + "水" * 500])
def test_a_text_without_spaces_is_cut_inside_words(text: str) -> None:
    excerpt = cut_excerpt(text, "otter")
    assert excerpt
    assert get_highlights(excerpt) == ["otter"]
    assert len(excerpt.text) == EXCERPT_LENGTH + 2


def test_the_beginning_of_a_long_match_is_shown() -> None:
    excerpt = cut_excerpt("so " + "long" * 1000 + " gone", "long" * 1000)
    assert excerpt
    assert get_highlights(excerpt) == [("long" * 1000)[: len(excerpt.text) - 2]]


@given(st.text(max_size=600), st.lists(st.tuples(st.integers(0, 600), st.integers(1, 300)), max_size=9))
def test_highlights_are_always_inside_the_excerpt(text: str, positions: list[tuple[int, int]]) -> None:
    end, ranges = 0, []
    for start, length in sorted(positions):
        if end <= start < start + length <= len(text):
            ranges.append((start, start + length))
            end = start + length
    excerpt = make_excerpt(
        [Passage(text, 3)], [[PassageMatch(*position, frozenset({n % 3})) for n, position in enumerate(ranges)]]
    )
    assert bool(excerpt) is bool(ranges)
    if excerpt:
        assert len(excerpt.text) <= EXCERPT_LENGTH + 2
        assert excerpt.highlights
        ends = [0, *(end for _, end in excerpt.highlights)]
        assert all(
            a <= start < end <= len(excerpt.text) for a, (start, end) in zip(ends, excerpt.highlights, strict=False)
        )
        assert excerpt.text.removeprefix("…").removesuffix("…") in text


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        (CitedHost("arxiv.org"), ("Read more: Otters.", ["Otters"], 3)),
        (CitedHost("example.org"), ("A map", ["map"], 4)),
        (CitedKind(frozenset({LinkKind.PAPER})), ("Read more: Otters.", ["Otters"], 3)),
        (CitedWork("2502.19187"), ("Read more: Otters.", ["Otters"], 3)),
        (CitedHost("ample.org"), None),
        (CitedKind(frozenset({LinkKind.POST})), None),
        (CitedWork("None"), None),
        (CitedHost("None"), None),
    ],
)
def test_a_link_condition_shows_the_block_with_the_link(
    condition: CitedHost | CitedKind | CitedWork, shown: tuple[str, list[str], int] | None
) -> None:
    excerpt = make_link_excerpt(STORY, [condition])
    assert (excerpt and (excerpt.text, get_highlights(excerpt), excerpt.block)) == shown


def test_the_default_excerpt_is_the_tagline_or_the_beginning() -> None:
    texts = list(map(block_to_text, STORY.blocks))
    assert make_default_excerpt(texts, STORY.tagline) == Excerpt("…A tagline…")
    assert make_default_excerpt(texts, None) == Excerpt("First line, second.")
    assert make_default_excerpt([], None) == Excerpt("")


def test_a_cut_passage_ends_with_a_word() -> None:
    assert _cut_passage(Passage("word " * 100, 0), (), (0, 0)).text == "word " * 31 + "word…"
