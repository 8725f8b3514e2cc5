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


def summarise(*blocks: Block, kind: StoryKind = StoryKind.STORY) -> list[str]:
    """Return the texts of the blocks in the summary of a story."""
    story = Story("sluices", 1, kind, "Sluices", blocks=blocks, inspirations=("rain",))
    summary = summarise_story(story)
    assert (summary.key, summary.headline) == (story.key, story.headline)
    return [block_to_text(block) for block in summary.blocks]


def make_paragraph(text: str, run_in: str = "", role: ParagraphRole = ParagraphRole.BODY) -> Paragraph:
    return Paragraph((Span(text),), (Span(run_in),) if run_in else (), role)


@pytest.mark.parametrize(
    ("text", "min_length", "max_length", "expected"),
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
def test_whole_sentences_are_taken_up_to_a_length(text: str, min_length: int, max_length: int, expected: str) -> None:
    assert spans_to_text(take_sentences((Span(text),), min_length, max_length)) == expected


def test_sentences_keep_their_styles_and_link_numbers() -> None:
    spans = (Span("The "), Span("otters", italic=True, link=3), Span(" swim. They rest.", bold=True))
    assert take_sentences(spans, 5, 50) == (spans[0], spans[1], Span(" swim.", bold=True))


@pytest.mark.parametrize(
    ("whys", "expected"),
    [
        (["It is short.", "So is this."], ["It is short.", "So is this."]),
        ([SLUICES * 9], [f"{(SLUICES * 2).strip()} …"]),
        ([SLUICES * 2], [(SLUICES * 2).strip()]),
        ([SLUICES, SLUICES, "And more."], [SLUICES.strip(), f"{SLUICES.strip()} …"]),
        (["It is short.", "otters and herons " * 99], ["It is short.", "otters and herons " * 19 + "otters…"]),
    ],
)
def test_a_summary_starts_with_why_it_matters(whys: list[str], expected: list[str]) -> None:
    blocks = [
        make_paragraph("The beginning."),
        *(make_paragraph(why, role=ParagraphRole.WHY) for why in whys),
        CITED,
        make_paragraph("The end."),
    ]
    assert summarise(*blocks) == [*expected, "Read more: On Sluices"]


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ((make_paragraph(SLUICES * 3), make_paragraph("More.")), [SLUICES.strip()]),
        (
            (Heading((Span("Water"),)), make_paragraph("It rains."), Quote((Span(SLUICES),))),
            ["It rains.", SLUICES.strip()],
        ),
        ((make_paragraph(SLUICES, "What they did:"),), [f"What they did: {SLUICES}".strip()]),
        ((Code("x = 1"), ListBlock((ListItem((Span("Otters"),)), ListItem((Span(SLUICES),))))), ["Otters", SLUICES]),
        ((Figure("A map of all canals"),), ["A map of all canals"]),
        ((make_paragraph(" "), Code("x = 1")), []),
        ((), []),
    ],
)
def test_without_a_reason_a_summary_shows_the_lead(blocks: tuple[Block, ...], expected: list[str]) -> None:
    assert summarise(*blocks) == [text.strip() for text in expected]
    assert summarise(*blocks, CITED) == [*(text.strip() for text in expected), "Read more: On Sluices"]


def test_a_long_sentence_is_truncated() -> None:
    [text] = summarise(make_paragraph("otters and herons " * 200))
    assert MAX_LEAD_LENGTH - 20 < len(text) <= MAX_LEAD_LENGTH + 1
    assert text.endswith("…")


def test_a_summary_of_fiction_omits_reason_and_inspirations() -> None:
    blocks = [
        make_paragraph("It rained."),
        make_paragraph(SLUICES * 4),
        make_paragraph("The end.", role=ParagraphRole.WHY),
    ]
    assert summarise(*blocks, kind=StoryKind.TECH_TALES) == ["It rained.", (SLUICES * 3).strip()]
    assert not summarise_story(Story("a", 1, StoryKind.TECH_TALES, "A", inspirations=("rain",))).inspirations
