from __future__ import annotations

import pytest

from importai_tui.model import (
    Block,
    Code,
    Figure,
    GivenFacts,
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
    format_issue_ref,
    get_reading_minutes,
    is_below_body,
    shorten_title,
)

ITEMS = (ListItem((Span("Otters"),)), ListItem((Span("Pups"),), depth=1))
INSPIRATIONS = Paragraph((Span("Rivers"),), role=ParagraphRole.INSPIRATIONS)
LINKED_INSPIRATIONS = Paragraph((Span("Rivers", link=1),), role=ParagraphRole.INSPIRATIONS)


def make_story(*blocks: Block, inspirations: tuple[str, ...] = ()) -> Story:
    return Story("key", 1, StoryKind.STORY, "Headline", blocks=blocks, inspirations=inspirations)


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (Paragraph((Span(" It counts. "),), run_in=(Span("What?"),)), "What? It counts."),
        (ListBlock(ITEMS), "- Otters\n  - Pups"),
        (Quote((Span("Slow "), Span("water", italic=True))), "Slow water"),
        (Code("a\nb"), "a\nb"),
        (Figure("A river"), "A river"),
        (Rule(), ""),
    ],
)
def test_a_block_has_a_plain_text(block: Block, text: str) -> None:
    assert block_to_text(block) == text


def test_a_story_joins_its_blocks() -> None:
    why = Paragraph((Span("It matters."),), role=ParagraphRole.WHY)
    story = make_story(Paragraph((Span("Otters count."),)), Rule(), why)
    assert story.text == "Otters count.\n\nIt matters."
    assert story.why == "It matters."
    assert story.word_count == 4
    assert make_story().why is None


def test_reading_takes_at_least_a_minute() -> None:
    assert [get_reading_minutes(words) for words in (0, 230, 2300)] == [1, 1, 10]


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Import AI 402: Otters count", "Otters count"),
        ("ImportAI Issue #402 – Otters count", "Otters count"),
        ("Otters count", "Otters count"),
        ("Import AI 402", "Import AI 402"),
    ],
)
def test_a_short_title_has_no_number(title: str, short: str) -> None:
    assert shorten_title(title) == short


def test_a_reference_is_the_number_or_slug() -> None:
    assert format_issue_ref(402, "slug") == "402"
    assert format_issue_ref(None, "slug") == "slug"


def test_read_more_lines_are_below_the_body() -> None:
    story = make_story()
    assert is_below_body(Paragraph((), role=ParagraphRole.READ_MORE), story)
    assert not is_below_body(Paragraph(()), story)
    assert not is_below_body(Rule(), story)


def test_listed_inspirations_without_links_are_below_the_body() -> None:
    assert is_below_body(INSPIRATIONS, make_story(inspirations=("Rivers",)))
    assert not is_below_body(LINKED_INSPIRATIONS, make_story(inspirations=("Rivers",)))
    assert not is_below_body(INSPIRATIONS, make_story())


def test_given_facts_are_true_if_any_is_given() -> None:
    assert not GivenFacts()
    assert GivenFacts(number=402)
    assert GivenFacts(title="")
