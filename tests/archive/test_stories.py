from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from importai_tui.archive.stories import encode_story, make_issue_record
from importai_tui.model import (
    Code,
    CrossReference,
    Figure,
    Heading,
    Issue,
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

FULL_STORY = Story(
    key="otters-count-rivers",
    position=2,
    kind=StoryKind.STORY,
    headline="Otters count the rivers – all of them",
    tagline="…Slow water, patient otters…",
    section="Rivers",
    series="A series",
    blocks=(
        Paragraph(
            (Span("See "), Span("the report", bold=True, link=1)), (Span("Why: ", italic=True),), ParagraphRole.WHY
        ),
        ListBlock((ListItem((Span("One."),), 0, 1), ListItem((Span("x = 1", code=True),), 1, None))),
        Quote((Span("Rivers are many."),)),
        Heading((Span("Later"),), 3),
        Code("count(rivers)"),
        Figure("A river", 2),
        Rule(),
    ),
    links=(
        Link(
            1, "the report", "https://example.org/1", LinkKind.POST, "example.org", LinkRole.INLINE, "arxiv:2401.00001"
        ),
        Link(2, "a figure", None, LinkKind.POST, None, LinkRole.INLINE, None),
    ),
    cross_references=(CrossReference(7, "issue 7", 0),),
    inspirations=("A legend",),
)
"""A story with a value in every field, and with every kind of block."""


@given(STORIES)
def test_a_decoded_story_equals_the_encoded_one(story: Story) -> None:
    assert encode_story(story).load() == story


@given(STORIES)
def test_a_lazy_story_has_the_same_texts(story: Story) -> None:
    lazy = encode_story(story)
    assert lazy.get_block_texts() == [block_to_text(block) for block in story.blocks]
    assert lazy.get_link_texts() == [(link.n, f"{link.text} {link.work or ''}") for link in story.links]


def test_fingerprints_never_change() -> None:
    """Archives store fingerprints. Version 0.1.0 (commit efc28eb) gave these two."""
    issue = Issue(7, "import-ai-7", "Import AI 7", "2025-03-03", "https://example.org/7", (FULL_STORY,))
    assert make_issue_record(issue).fingerprints == (
        "5a1f75654d7cd3dda894074345680bfb",
        "af56dd2a16fd6cbf01c468019aacf9e2",
    )
