from __future__ import annotations

import pytest
from textual.style import Style

from importai_tui.library.rows import StoryRow
from importai_tui.model import Link, Paragraph, ParagraphRole, Span, Story, StoryKind
from importai_tui.tui.skim.column import draw_gutter, render_lines, render_summary
from tests.tui.sample_app import fiction_story, make_link, rich_story


def draw_summary(story: Story, width: int = 60) -> list[str]:
    blocks = render_summary(story)
    lines = render_lines(blocks, width, Style(), lambda _: Style(), is_fiction=story.kind is StoryKind.TECH_TALES)
    assert {line.cell_length for line in lines} == {width}
    return [line.text.rstrip() for line in lines]


def test_a_summary_shows_headline_tagline_reason_and_links() -> None:
    assert draw_summary(rich_story()) == [
        "Machines learn to count rivers",
        "…Slow water, patient machines…",
        "▌  Why this matters  rivers are many",
        "▌  Whoever counts them begins somewhere.",
        "▌  And goes on.",
        "Read more     2 Counting Rivers  arXiv",
        "Get the code  3 riverlib  GitHub",
    ]


def test_a_summary_of_fiction_shows_its_first_lines() -> None:
    assert draw_summary(fiction_story("delta", 3)) == [
        "The River Counter   Tech Tales",
        "",
        "    [A delta, 2041]",
        "",
        "It rained.",
    ]


@pytest.mark.parametrize(
    ("links", "text", "expected"),
    [
        ((), "It swims.", ["Otters", "It swims.", "No links"]),
        ((make_link(1, "One"),), "It swims.", ["Otters", "It swims.", "One link in the text."]),
        ((make_link(1, "One"), make_link(2, "Two")), "It swims.", ["Otters", "It swims.", "2 links in the text."]),
        ((), "", ["Otters", "This story has no text.", "No links"]),
    ],
)
def test_a_summary_reports_missing_text_and_links(links: tuple[Link, ...], text: str, expected: list[str]) -> None:
    blocks = (Paragraph((Span(text),)),) if text else ()
    assert draw_summary(Story("o", 1, StoryKind.STORY, "Otters", blocks=blocks, links=links)) == expected


@pytest.mark.parametrize(
    "text", ["河川計測装置" * 30, "[/] [@click=app.quit]x[/] " * 9, "\x1b]0;t\x07\u202eOtters " * 9]
)
def test_lines_of_a_summary_fit_and_are_plain_text(text: str) -> None:
    why = Paragraph((Span(text),), (Span("Why this matters:"),), ParagraphRole.WHY)
    story = Story("o", 1, StoryKind.STORY, text, text, text, blocks=(why,))
    for width in range(20, 90, 9):
        lines = draw_summary(story, width)
        assert not {"\x1b", "\x07", "\u202e"} & set("".join(lines))
    assert not any("click" in str(span.style) for block in render_summary(story)[:2] for span in block.body.spans)


def test_the_gutter_shows_the_cursor_and_marks() -> None:
    row = StoryRow("12/1", "o", 1, StoryKind.STORY, "Otters", 10, is_read=False, is_starred=True)
    assert draw_gutter(row, is_current=True, is_first_line=True).plain == "▌ ★• "
    assert draw_gutter(row, is_current=False, is_first_line=False).plain == "     "
    read_row = row._replace(is_read=True, is_starred=False)
    assert draw_gutter(read_row, is_current=False, is_first_line=True).plain == "     "
