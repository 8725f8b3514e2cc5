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


def matches(text: str, *words: str) -> list[PassageMatch]:
    """Where the words stand in the text, each word a match of its own."""
    found = [
        PassageMatch(at, at + len(word), frozenset({which}))
        for which, word in enumerate(words)
        for at in range(len(text))
        if text.startswith(word, at)
    ]
    return sorted(found, key=lambda match: match.start)


def found_in(text: str, *words: str) -> Excerpt | None:
    return make_excerpt([Passage(text, 0)], [matches(text, *words)])


def lit(piece: Excerpt) -> list[str]:
    return [piece.text[start:end] for start, end in piece.highlights]


def test_passages_are_blocks_and_then_the_tagline() -> None:
    assert [(part.text, part.block) for part in make_passages(map(block_to_text, STORY.blocks), STORY.tagline)] == [
        ("First line, second.", 0),
        ("- one - two", 2),
        ("Read more: Otters.", 3),
        ("A map", 4),
        ("…A tagline…", TAGLINE_BLOCK),
    ]


def test_the_passage_with_most_words_is_shown() -> None:
    far = "otter " + "and so on " * 40 + "slow water and an otter " + "and so on " * 40
    parts = [Passage("water " * 9, 0), Passage(far, 1), Passage("an otter by slow water", 2)]
    piece = make_excerpt(parts, [matches(part.text, "otter", "slow", "water") for part in parts])
    assert piece
    assert piece.block == 1
    assert lit(piece) == ["slow", "water", "otter"]
    assert piece.text.startswith("…on and so")
    assert piece.text.endswith(" so on…")


def test_a_short_passage_is_shown_whole() -> None:
    assert found_in("slow water", "water") == Excerpt("slow water", ((5, 10),), 0)
    assert found_in("slow water", "otter") is None


def test_an_excerpt_ends_between_words() -> None:
    text = " ".join(f"word{n}" for n in range(200))
    piece = found_in(text, "word100")
    assert piece
    assert set(piece.text.strip("…").split(" ")) <= set(text.split(" "))
    assert EXCERPT_LENGTH - 24 <= len(piece.text) <= EXCERPT_LENGTH + 2


@pytest.mark.parametrize("text", ["x" * 500 + "otter" + "y" * 500, "水" * 500 + "otter" + "水" * 500])
def test_a_text_without_spaces_is_cut_inside_words(text: str) -> None:
    piece = found_in(text, "otter")
    assert piece
    assert lit(piece) == ["otter"]
    assert len(piece.text) == EXCERPT_LENGTH + 2


def test_the_beginning_of_a_long_match_is_shown() -> None:
    piece = found_in("so " + "long" * 1000 + " gone", "long" * 1000)
    assert piece
    assert lit(piece) == [("long" * 1000)[: len(piece.text) - 2]]


@given(st.text(max_size=600), st.lists(st.tuples(st.integers(0, 600), st.integers(1, 300)), max_size=9))
def test_highlights_are_always_inside_the_excerpt(text: str, places: list[tuple[int, int]]) -> None:
    end, ranges = 0, []
    for start, length in sorted(places):
        if end <= start < start + length <= len(text):
            ranges.append((start, start + length))
            end = start + length
    piece = make_excerpt(
        [Passage(text, 3)], [[PassageMatch(*place, frozenset({n % 3})) for n, place in enumerate(ranges)]]
    )
    assert bool(piece) is bool(ranges)
    if piece:
        assert len(piece.text) <= EXCERPT_LENGTH + 2
        assert piece.highlights
        ends = [0, *(end for _, end in piece.highlights)]
        assert all(a <= start < end <= len(piece.text) for a, (start, end) in zip(ends, piece.highlights, strict=False))
        assert piece.text.removeprefix("…").removesuffix("…") in text


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
    piece = make_link_excerpt(STORY, [condition])
    assert (piece and (piece.text, lit(piece), piece.block)) == shown


def test_the_default_excerpt_is_the_tagline_or_the_beginning() -> None:
    texts = list(map(block_to_text, STORY.blocks))
    assert make_default_excerpt(texts, STORY.tagline) == Excerpt("…A tagline…")
    assert make_default_excerpt(texts, None) == Excerpt("First line, second.")
    assert make_default_excerpt([], None) == Excerpt("")


def test_a_cut_passage_ends_with_a_word() -> None:
    assert _cut_passage(Passage("word " * 100, 0), (), (0, 0)).text == "word " * 31 + "word…"
