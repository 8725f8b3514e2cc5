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

words = st.text(max_size=12) | st.text(string.printable, max_size=12)
numbers = st.integers(0, 30)
spans = st.lists(
    st.builds(Span, words, st.booleans(), st.booleans(), st.booleans(), st.sampled_from([0, 0, 1, 12])), max_size=3
).map(tuple)
items = st.lists(st.builds(ListItem, spans, numbers, st.none() | numbers), max_size=3).map(tuple)
blocks = st.one_of(
    st.builds(Paragraph, spans, spans, st.sampled_from(ParagraphRole)),
    st.builds(ListBlock, items),
    st.builds(Quote, spans),
    st.builds(Heading, spans, numbers),
    st.builds(Code, words),
    st.builds(Figure, words, numbers),
    st.builds(Rule),
)
links = st.builds(
    Link,
    numbers,
    words,
    st.none() | words,
    st.sampled_from(LinkKind),
    st.none() | words,
    st.sampled_from(LinkRole),
    st.none() | words,
)
stories = st.builds(
    Story,
    key=words,
    position=numbers,
    kind=st.sampled_from(StoryKind),
    headline=words,
    tagline=st.none() | words,
    section=st.none() | words,
    series=st.none() | words,
    blocks=st.lists(blocks, max_size=4).map(tuple),
    links=st.lists(links, max_size=3).map(tuple),
    cross_references=st.lists(st.builds(CrossReference, numbers, words, numbers), max_size=2).map(tuple),
    inspirations=st.lists(words, max_size=2).map(tuple),
)


@given(stories)
def test_every_story_comes_back_as_it_went_in(story: Story) -> None:
    row = (story.key, story.position, story.kind.value, story.headline, story.tagline, story.section)
    assert decode_story(*row, encode_body(story)) == story


@given(stories)
def test_what_a_search_looks_through_is_read_without_the_story(story: Story) -> None:
    stored = LazyStory("", 1, "story", "", None, None, encode_body(story))
    assert stored.get_block_texts() == [block_to_text(block) for block in story.blocks]
    assert stored.get_link_texts() == [(link.n, f"{link.text} {link.work or ''}") for link in story.links]


def test_plain_words_cost_little_more_than_themselves() -> None:
    story = Story("k", 1, StoryKind.STORY, "H", blocks=(Paragraph((Span("word " * 100),)),))
    assert len(encode_body(story)) < 540
