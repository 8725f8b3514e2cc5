from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from importai_tui.archive.stories import LazyStory, decode_story, encode_body
from importai_tui.model import (
    Code,
    CrossReference,
    Figure,
    Heading,
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    ParagraphRole,
    Quote,
    Rule,
    Span,
    Story,
    StoryKind,
    block_to_text,
)

WORDS = st.text(max_size=12) | st.text(string.printable, max_size=12)
NUMBERS = st.integers(0, 30)
SPANS = st.lists(
    st.builds(Span, WORDS, st.booleans(), st.booleans(), st.booleans(), st.sampled_from([0, 0, 1, 12])), max_size=3
).map(tuple)
ITEMS = st.lists(st.builds(ListItem, SPANS, NUMBERS, st.none() | NUMBERS), max_size=3).map(tuple)
BLOCKS = st.one_of(
    st.builds(Paragraph, SPANS, SPANS, st.sampled_from(ParagraphRole)),
    st.builds(ListBlock, ITEMS),
    st.builds(Quote, SPANS),
    st.builds(Heading, SPANS, NUMBERS),
    st.builds(Code, WORDS),
    st.builds(Figure, WORDS, NUMBERS),
    st.builds(Rule),
)
LINKS = st.builds(
    Link,
    NUMBERS,
    WORDS,
    st.none() | WORDS,
    st.sampled_from(LinkKind),
    st.none() | WORDS,
    st.sampled_from(LinkRole),
    st.none() | WORDS,
)
STORIES = st.builds(
    Story,
    key=WORDS,
    position=NUMBERS,
    kind=st.sampled_from(StoryKind),
    headline=WORDS,
    tagline=st.none() | WORDS,
    section=st.none() | WORDS,
    series=st.none() | WORDS,
    blocks=st.lists(BLOCKS, max_size=4).map(tuple),
    links=st.lists(LINKS, max_size=3).map(tuple),
    cross_references=st.lists(st.builds(CrossReference, NUMBERS, WORDS, NUMBERS), max_size=2).map(tuple),
    inspirations=st.lists(WORDS, max_size=2).map(tuple),
)


@given(STORIES)
def test_a_decoded_story_equals_the_encoded_one(story: Story) -> None:
    row = (story.key, story.position, story.kind.value, story.headline, story.tagline, story.section)
    assert decode_story(*row, encode_body(story)) == story


@given(STORIES)
def test_a_lazy_story_has_the_same_texts(story: Story) -> None:
    lazy = LazyStory("", 1, "story", "", None, None, encode_body(story))
    assert lazy.get_block_texts() == [block_to_text(block) for block in story.blocks]
    assert lazy.get_link_texts() == [(link.n, f"{link.text} {link.work or ''}") for link in story.links]
