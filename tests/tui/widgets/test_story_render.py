"""A story as rendered blocks."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from importai_tui.model import ListBlock, ListItem, Paragraph, ParagraphRole, Quote, Span, Story, StoryKind
from importai_tui.tui.widgets.story_lines import BlockStyle, wrap_block
from importai_tui.tui.widgets.story_render import HangingIndent, RenderedBlock, render_story, to_superscript
from tests.tui.sample_app import fiction_story, make_link, rich_story


def draw_texts(story: Story) -> list[tuple[str, str]]:
    return [(block.style_class, block.plain) for block in render_story(story, "12/1   1 min")]


def draw_lines(block: RenderedBlock, width: int) -> list[str]:
    """Return the lines of a block without margins and bars."""
    wrapped = wrap_block(block, BlockStyle(), width)
    return ["".join(segment.text for segment in wrapped.draw(n, Style(), parse_style)) for n in range(wrapped.height)]


def parse_style(style: str | Style) -> Style:
    """Return a style without its theme variables."""
    return style if isinstance(style, Style) else Style()


def test_a_story_is_rendered_from_headline_to_citations() -> None:
    assert draw_texts(rich_story()) == [
        ("headline", "Machines learn to count rivers"),
        ("tagline", "…Slow water, patient machines…"),
        ("facts", "12/1   1 min"),
        ("paragraph", "Somebody has taught machines (Example)¹ to count rivers."),
        ("paragraph", "How they count: They count twice."),
        ("item", "Small rivers"),
        ("item", "Their brooks"),
        ("item", "Big"),
        ("item", "First"),
        ("item", "Second"),
        ("heading", "A heading"),
        ("quote", "A river is a river."),
        ("code", "def count():\n    return 1"),
        ("figure", "□ A map of rivers¹"),
        ("rule", "* * *"),
        ("why", "Why this matters  rivers are many\nWhoever counts them begins somewhere."),
        ("why", "And goes on."),
        ("cited", "Counting Rivers  arXiv"),
        ("cited", "riverlib  GitHub"),
    ]


def test_following_items_and_why_paragraphs_are_tight() -> None:
    tight = [
        (block.style_class, block.is_tight)
        for block in render_story(rich_story(), "")
        if block.style_class in ("item", "why")
    ]
    assert tight == [
        ("item", False),
        ("item", True),
        ("item", True),
        ("item", False),
        ("item", True),
        ("why", False),
        ("why", True),
    ]


def test_fiction_has_an_epigraph_and_inspirations() -> None:
    assert draw_texts(fiction_story("t", 1)) == [
        ("headline", "The River Counter"),
        ("epigraph", "[A delta, 2041]"),
        ("facts", "12/1   1 min"),
        ("paragraph", "It rained."),
        ("inspired-head", "Things that inspired this story"),
        ("inspired", "rain"),
        ("inspired", "deltas"),
    ]


def test_links_are_underlined_clickable_and_numbered() -> None:
    block = render_story(rich_story(), "")[3]
    styled = [(block.plain[start:end], style) for start, end, style in block.body.spans]
    assert ("machines (Example)", "underline") in styled
    assert ("¹", "$mark") in styled
    clicks = [style.meta["@click"] for _, style in styled if isinstance(style, Style)]
    assert clicks == [("screen.open_link", (1,))] * 2
    assert [style.link for _, style in styled if isinstance(style, Style)] == [rich_story().links[0].url] * 2


def test_brackets_in_a_story_are_text() -> None:
    story = Story(
        "k", 1, StoryKind.STORY, "[AI] [/b] safety", blocks=(Paragraph((Span("see [@click=app.quit]it[/]"),)),)
    )
    assert [plain for _, plain in draw_texts(story)][::2] == ["[AI] [/b] safety", "see [@click=app.quit]it[/]"]


def test_list_items_are_indented_beside_their_dash() -> None:
    items = [block for block in render_story(rich_story(), "") if block.style_class == "item"]
    assert draw_lines(items[0], 12) == ["  – Small   ", "    rivers  "]
    assert draw_lines(items[1], 18) == ["    – Their brooks"]
    assert [draw_lines(item, 30)[0].rstrip() for item in items[3:]] == ["   9. First", "  10. Second"]


def test_deeply_nested_items_keep_room_for_their_text() -> None:
    items = tuple(ListItem((Span("A level with some words of text."),), depth) for depth in range(25))
    story = Story("k", 1, StoryKind.STORY, "Lists", blocks=(ListBlock(items),))
    deepest = [block for block in render_story(story, "") if block.style_class == "item"][-1]
    rows = draw_lines(deepest, 36)
    assert len(rows) <= 3
    assert not any(row.strip() == "–" for row in rows)


def test_struck_text_is_struck() -> None:
    story = Story("k", 1, StoryKind.STORY, "S", blocks=(Paragraph((Span("It ~~beats~~ loses."),)),))
    (block,) = [block for block in render_story(story, "") if "beats" in block.plain]
    struck = [block.plain[start:end] for start, end, style in block.body.spans if style == "strike"]
    assert struck == ["~~beats~~"]


def test_citations_are_a_table() -> None:
    cited = [block for block in render_story(rich_story(), "") if block.style_class == "cited"]
    assert [draw_lines(block, 60)[0].rstrip() for block in cited] == [
        "Read more     2 Counting Rivers  arXiv",
        "Get the code  3 riverlib  GitHub",
    ]


def test_a_long_label_is_wrapped_in_its_column() -> None:
    labels = ("Read more: ", "Check out the blogpost here: ", "Read the thread from one of them: ")
    blocks = [Paragraph((Span(label), Span("Rivers", link=1)), (), ParagraphRole.READ_MORE) for label in labels]
    story = Story("k", 1, StoryKind.STORY, "Rivers", blocks=tuple(blocks), links=(make_link(1, "Rivers"),))
    cited = [block for block in render_story(story, "") if block.style_class == "cited"]
    assert [line.rstrip() for block in cited for line in draw_lines(block, 60)] == [
        "Read more             1 Rivers",
        "Check out the         1 Rivers",
        "blogpost",
        "Read the thread from  1 Rivers",
        "one of them",
    ]


def test_a_line_break_at_the_end_leaves_no_empty_line() -> None:
    block = Paragraph((Span(" They count twice.  \n"),), (Span("How they count:", bold=True),))
    story = Story("k", 1, StoryKind.STORY, "Rivers", blocks=(block,))
    assert render_story(story, "")[-1].plain == "How they count: They count twice."


def test_a_narrow_table_has_labels_on_their_own_lines() -> None:
    cited = [block for block in render_story(rich_story(), "") if block.style_class == "cited"]
    assert [line.rstrip() for line in draw_lines(cited[0], 24)] == ["Read more", "  2 Counting Rivers", "    arXiv"]


@pytest.mark.parametrize(
    ("label", "shown"),
    [("Get the code here", "Get the code"), ("Find out more at", "Find out more"), ("Get the", "Get")],
)
def test_a_label_ends_before_filler_words(label: str, shown: str) -> None:
    block = Paragraph((Span(f"{label} "), Span("Rivers", link=1)), (), ParagraphRole.READ_MORE)
    story = Story("k", 1, StoryKind.STORY, "Rivers", blocks=(block,), links=(make_link(1, "Rivers"),))
    (cited,) = (block for block in render_story(story, "") if block.style_class == "cited")
    assert draw_lines(cited, 60)[0].rstrip() == f"{shown}  1 Rivers"


def test_wide_letters_and_long_addresses_fit() -> None:
    body = Content("河川を数える機械が来た " * 3 + "https://example.org/" + "a" * 90)
    block = RenderedBlock("item", body, hanging=HangingIndent(Content("  – "), 4))
    for width in (8, 21, 40):
        assert {cell_len(line) for line in draw_lines(block, width)} == {width}


def test_numbers_become_superscript() -> None:
    assert to_superscript(120) == "¹²⁰"


@pytest.mark.parametrize("width", [24, 36, 40, 72])
@pytest.mark.parametrize(
    "words",
    [
        "河川を数える機械が来た。" * 8,
        "e\u0301te\u0301 cafe\u0301 nai\u0308ve " * 12,
        "see https://example.org/" + "a" * 200,
        "é" * 120,
    ],
    ids=["wide letters", "combining marks", "a long address", "a long word"],
)
def test_no_part_of_a_story_is_too_wide(words: str, width: int) -> None:
    spans = (Span(words, link=1),)
    blocks = (
        Paragraph(spans, run_in=(Span(words, bold=True),)),
        ListBlock((ListItem(spans), ListItem(spans, depth=3), ListItem(spans, number=12))),
        Quote(spans),
        Paragraph(spans, run_in=(Span("Why this matters"),), role=ParagraphRole.WHY),
        Paragraph(
            (Span(words, link=1), Span(" (arXiv).")), run_in=(Span("Read more: "),), role=ParagraphRole.READ_MORE
        ),
    )
    story = Story("k", 1, StoryKind.STORY, words, tagline=words, blocks=blocks, links=(make_link(1, words),))
    letters = "".join(words.split())
    for block in render_story(story, words):
        drawn_lines = draw_lines(block, width)
        assert max(map(cell_len, drawn_lines)) <= width, (block.style_class, drawn_lines)
        shown_letters = "".join("".join(drawn_lines).split())
        assert letters in shown_letters, (block.style_class, drawn_lines)
