from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.content import Content
from textual.style import Style
from textual.visual import RenderOptions

from importai_tui.model import ListBlock, ListItem, Paragraph, ParagraphRole, Quote, Span, Story, StoryKind
from importai_tui.tui.widgets.story_render import HangingIndent, RenderedBlock, render_story, to_superscript
from tests.tui.sample_app import fiction_story, make_link, rich_story


def drawn(story: Story) -> list[tuple[str, str]]:
    return [(piece.style_class, piece.plain) for piece in render_story(story, "12/1   1 min")]


def lines(piece: RenderedBlock, width: int) -> list[str]:
    options = RenderOptions(lambda style: style if isinstance(style, Style) else Style(), {})
    return [strip.text for strip in piece.visual.render_strips(width, None, Style(), options)]


def test_a_story_is_drawn_from_headline_to_read_more_lines() -> None:
    assert drawn(rich_story()) == [
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


def test_only_the_first_item_and_the_first_why_paragraph_have_a_gap_before_them() -> None:
    tight = [
        (piece.style_class, piece.is_tight)
        for piece in render_story(rich_story(), "")
        if piece.style_class in ("item", "why")
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


def test_the_fiction_has_an_epigraph_and_its_inspirations_at_the_foot() -> None:
    assert drawn(fiction_story("t", 1)) == [
        ("headline", "The River Counter"),
        ("epigraph", "[A delta, 2041]"),
        ("facts", "12/1   1 min"),
        ("paragraph", "It rained."),
        ("inspired-head", "Things that inspired this story"),
        ("inspired", "rain"),
        ("inspired", "deltas"),
    ]


def test_links_are_underlined_clickable_and_followed_by_their_number() -> None:
    piece = render_story(rich_story(), "")[3]
    assert isinstance(piece.visual, Content)
    styled = [(piece.plain[start:end], style) for start, end, style in piece.visual.spans]
    assert ("machines (Example)", "underline") in styled
    assert ("¹", "$mark") in styled
    clicks = [style.meta["@click"] for _, style in styled if isinstance(style, Style)]
    assert clicks == [("screen.open_link", (1,))] * 2


def test_brackets_in_a_story_are_letters() -> None:
    story = Story(
        "k", 1, StoryKind.STORY, "[AI] [/b] safety", blocks=(Paragraph((Span("see [@click=app.quit]it[/]"),)),)
    )
    assert [plain for _, plain in drawn(story)][::2] == ["[AI] [/b] safety", "see [@click=app.quit]it[/]"]


def test_list_items_hang_beside_their_dash() -> None:
    items = [piece for piece in render_story(rich_story(), "") if piece.style_class == "item"]
    assert lines(items[0], 12) == ["  – Small", "    rivers"]
    assert lines(items[1], 30) == ["    – Their brooks"]
    assert [lines(item, 30)[0] for item in items[3:]] == ["   9. First", "  10. Second"]


def test_the_read_more_table_has_columns() -> None:
    cited = [piece for piece in render_story(rich_story(), "") if piece.style_class == "cited"]
    assert [lines(piece, 60)[0].rstrip() for piece in cited] == [
        "Read more     2 Counting Rivers  arXiv",
        "Get the code  3 riverlib  GitHub",
    ]


def test_labels_of_which_most_are_long_leave_no_column_for_the_others() -> None:
    labels = ("Read the tweet thread from one of them: ", "Read more: ", "Check out what went before it here: ")
    blocks = [Paragraph((Span(label), Span("Rivers", link=1)), (), ParagraphRole.READ_MORE) for label in labels]
    story = Story("k", 1, StoryKind.STORY, "Rivers", blocks=tuple(blocks), links=(make_link(1, "Rivers"),))
    cited = [piece for piece in render_story(story, "") if piece.style_class == "cited"]
    assert [lines(piece, 60)[0].rstrip() for piece in cited] == [
        "Read the tweet thread from one of them",
        "  1 Rivers",
        "Read more",
        "  1 Rivers",
        "Check out what went before it",
        "  1 Rivers",
    ]


def test_in_little_room_a_label_stands_on_its_own_line_and_the_number_stays_beside_the_title() -> None:
    cited = [piece for piece in render_story(rich_story(), "") if piece.style_class == "cited"]
    assert [line.rstrip() for line in lines(cited[0], 24)] == ["Read more", "  2 Counting Rivers", "    arXiv"]


@pytest.mark.parametrize(
    ("label", "shown"),
    [("Get the code here", "Get the code"), ("Find out more at", "Find out more"), ("Get the", "Get")],
)
def test_a_label_ends_before_the_word_that_leads_on_to_what_is_cited(label: str, shown: str) -> None:
    block = Paragraph((Span(f"{label} "), Span("Rivers", link=1)), (), ParagraphRole.READ_MORE)
    story = Story("k", 1, StoryKind.STORY, "Rivers", blocks=(block,), links=(make_link(1, "Rivers"),))
    (cited,) = (piece for piece in render_story(story, "") if piece.style_class == "cited")
    assert lines(cited, 60)[0].rstrip() == f"{shown}  1 Rivers"


def test_a_hanging_piece_is_as_high_as_it_says() -> None:
    for width in range(6, 60):
        for piece in render_story(rich_story(), ""):
            assert piece.visual.get_height({}, width) == len(lines(piece, width)), (piece.style_class, width)


def test_wide_letters_and_long_addresses_never_leave_the_measure() -> None:
    body = Content("河川を数える機械が来た " * 3 + "https://example.org/" + "a" * 90)
    options = RenderOptions(lambda _: Style(), {})
    for width in (8, 21, 40):
        for strip in HangingIndent(Content("  – "), body, 4).render_strips(width, None, Style(), options):
            assert cell_len(strip.text) == strip.cell_length <= width


def test_numbers_are_raised() -> None:
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
def test_no_part_of_a_story_is_wider_than_its_room(words: str, width: int) -> None:
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
    for piece in render_story(story, words):
        drawn_lines = lines(piece, width)
        assert max(map(cell_len, drawn_lines)) <= width, (piece.style_class, drawn_lines)
        kept = "".join("".join(drawn_lines).split())
        assert letters in kept, (piece.style_class, drawn_lines)
