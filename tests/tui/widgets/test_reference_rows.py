from __future__ import annotations

import pytest

from importai_tui.archive.relations import IssueRef, StoryRef
from importai_tui.model import StoryKind
from importai_tui.threads.related import RelatedStory
from importai_tui.threads.resolver import Certainty
from importai_tui.threads.threads import Chain, ChainNode, Reference
from importai_tui.tui.widgets.reference_rows import (
    ReferenceRow,
    TextRow,
    draw_node,
    draw_reference,
    draw_related,
    draw_text,
    format_counted_heading,
)


def make_story_ref(headline: str) -> StoryRef:
    return StoryRef(1, "key", 1, "112", 112, "2024-03-25", 1, StoryKind.STORY, headline)


def make_reference(headline: str) -> Reference:
    """Return a reference between two stories with this headline, half a year apart."""
    story, issue = make_story_ref(headline), IssueRef(1, 100, "import-ai-100", "Import AI 100", "2023-10-02", None)
    return Reference(story, 100, "#100", None, issue, story, Certainty.POSSIBLE, "shared terms: rivers")


def test_a_heading_counts_many_rows() -> None:
    assert format_counted_heading("Mentioned later in", 12) == "Mentioned later in  12"
    assert format_counted_heading("Mentioned later in", 2) == "Mentioned later in"


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (60, "112/1  25 March 2024  shared terms: rivers, otters"),
        (40, "112/1  shared terms: rivers, otters"),
        (32, "112/1  shared terms: rivers"),
        (26, "112/1  shared: rivers"),
        (18, "112/1  rivers"),
    ],
)
def test_shared_terms_are_left_out_not_cut(width: int, expected: str) -> None:
    related = RelatedStory(make_story_ref("Otters"), "shared terms: rivers, otters")
    assert draw_related(related, width, set())[1].plain.strip() == expected


@pytest.mark.parametrize(
    "headline", ["河川計測装置" * 9, "[/] [@click=app.quit]x[/] " * 4, "\x1b]0;title\x07\u202eOtters" * 4]
)
def test_lines_of_threads_fit_and_are_plain_text(headline: str) -> None:
    reference = make_reference(headline)
    chain = Chain(
        (ChainNode(None, None, 77, None), ChainNode(make_story_ref(headline), None, 112, None, (reference,))), 1
    )
    for width in range(24, 120, 7):
        lines = [
            *(line for later in (False, True) for line in draw_reference(ReferenceRow(reference, later), width)),
            *(line for index in (0, 1) for line in draw_node(chain, index, width, set())),
            *draw_related(RelatedStory(make_story_ref(headline), f"shared terms: {headline}"), width, set()),
            *draw_reference(ReferenceRow(reference, later=True), width, title_lines=2),
            *draw_related(RelatedStory(make_story_ref(headline), "shared terms"), width, set(), title_lines=2),
            *draw_text(TextRow(headline), width),
        ]
        assert max(line.cell_length for line in lines) < width, "the last cell is the margin"
        assert not {"\x1b", "\x07", "\u202e"} & set("".join(line.plain for line in lines))
        assert not any("click" in str(span.style) for line in lines for span in line.spans)


def test_threads_mark_estimated_days() -> None:
    story = make_story_ref("Otters")._replace(is_day_estimated=True)
    chain = Chain((ChainNode(story, None, 112, None), ChainNode(make_story_ref("Herons"), None, 113, None)), 0)
    assert draw_node(chain, 0, 80, set())[0].plain.startswith("~25 Mar 2024 ")
    assert "about 25 March 2024" in draw_related(RelatedStory(story, "rivers"), 80, set())[1].plain
