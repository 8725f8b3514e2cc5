from __future__ import annotations

import pytest

from importai_tui.model import (
    Block,
    Code,
    Figure,
    Heading,
    ListBlock,
    ListItem,
    Paragraph,
    ParagraphRole,
    Quote,
    Span,
    Story,
    StoryKind,
    block_to_text,
    spans_to_text,
)
from importai_tui.tui.skim.summary import MAX_LEAD_LENGTH, summarise_story, take_sentences

SLUICES = "The sluices of the old canal are opened by a machine that has learnt it from otters, and it is patient. "
CITED = Paragraph((Span("Read more: "), Span("On Sluices", link=1)), (), ParagraphRole.READ_MORE)


def told(*blocks: Block, kind: StoryKind = StoryKind.STORY) -> list[str]:
    """The words of what is left of a story."""
    story = Story("sluices", 1, kind, "Sluices", blocks=blocks, inspirations=("rain",))
    short = summarise_story(story)
    assert (short.key, short.headline) == (story.key, story.headline)
    return [block_to_text(block) for block in short.blocks]


def para(text: str, run_in: str = "", part: ParagraphRole = ParagraphRole.BODY) -> Paragraph:
    """A paragraph."""
    return Paragraph((Span(text),), (Span(run_in),) if run_in else (), part)


@pytest.mark.parametrize(
    ("text", "least", "most", "begun"),
    [
        ("One is told. Two is not.", 5, 50, "One is told."),
        ("One. Two comes with it. Three does not.", 10, 50, "One. Two comes with it."),
        ("Nothing ends it", 5, 50, "Nothing ends it"),
        ("By J. Otter and Dr. Heron, e.g. here. Another.", 3, 50, "By J. Otter and Dr. Heron, e.g. here."),
        ("It has 2.5 billion parts! And more.", 3, 50, "It has 2.5 billion parts!"),
        ("“Is it?” he asked. “No.” So it was.", 3, 50, "“Is it?” he asked."),
        ("It said “No.” So it was.", 3, 50, "It said “No.”"),
        ("A sentence that goes on, and on, and on", 3, 25, "A sentence that goes on…"),
        ("Averyveryverylongaddress", 3, 10, "Averyveryv…"),
        ("", 3, 10, ""),
    ],
)
def test_whole_sentences_are_taken_until_they_tell_enough(text: str, least: int, most: int, begun: str) -> None:
    assert spans_to_text(take_sentences((Span(text),), least, most)) == begun


def test_what_is_taken_keeps_its_looks_and_its_link_numbers() -> None:
    spans = (Span("The "), Span("otters", italic=True, link=3), Span(" swim. They rest.", bold=True))
    assert take_sentences(spans, 5, 50) == (spans[0], spans[1], Span(" swim.", bold=True))


@pytest.mark.parametrize(
    ("whys", "begun"),
    [
        (["It is short.", "So is this."], ["It is short.", "So is this."]),
        ([SLUICES * 9], [f"{(SLUICES * 2).strip()} …"]),
        ([SLUICES * 2], [(SLUICES * 2).strip()]),
        ([SLUICES, SLUICES, "And more."], [SLUICES.strip(), f"{SLUICES.strip()} …"]),
        (["It is short.", "otters and herons " * 99], ["It is short.", "otters and herons " * 19 + "otters…"]),
    ],
)
def test_why_it_matters_begins_to_be_told_and_says_where_more_of_it_follows(whys: list[str], begun: list[str]) -> None:
    blocks = [para("The beginning."), *(para(why, part=ParagraphRole.WHY) for why in whys), CITED, para("The end.")]
    assert told(*blocks) == [*begun, "Read more: On Sluices"]


@pytest.mark.parametrize(
    ("blocks", "beginning"),
    [
        ((para(SLUICES * 3), para("More.")), [SLUICES.strip()]),
        ((Heading((Span("Water"),)), para("It rains."), Quote((Span(SLUICES),))), ["It rains.", SLUICES.strip()]),
        ((para(SLUICES, "What they did:"),), [f"What they did: {SLUICES}".strip()]),
        ((Code("x = 1"), ListBlock((ListItem((Span("Otters"),)), ListItem((Span(SLUICES),))))), ["Otters", SLUICES]),
        ((Figure("A map of all canals"),), ["A map of all canals"]),
        ((para(" "), Code("x = 1")), []),
        ((), []),
    ],
)
def test_a_story_that_does_not_say_why_tells_how_it_begins(blocks: tuple[Block, ...], beginning: list[str]) -> None:
    assert told(*blocks) == [text.strip() for text in beginning]
    assert told(*blocks, CITED) == [*(text.strip() for text in beginning), "Read more: On Sluices"]


def test_a_beginning_without_an_end_is_cut() -> None:
    [text] = told(para("otters and herons " * 200))
    assert MAX_LEAD_LENGTH - 20 < len(text) <= MAX_LEAD_LENGTH + 1
    assert text.endswith("…")


def test_the_fiction_tells_its_first_lines_and_keeps_why_and_inspirations_to_itself() -> None:
    blocks = [para("It rained."), para(SLUICES * 4), para("The end.", part=ParagraphRole.WHY)]
    assert told(*blocks, kind=StoryKind.TECH_TALES) == ["It rained.", (SLUICES * 3).strip()]
    assert not summarise_story(Story("a", 1, StoryKind.TECH_TALES, "A", inspirations=("rain",))).inspirations
