"""Quotes and highlights: where they are found in a rendered story, and how they are drawn."""

from __future__ import annotations

from textual.content import Content

from importai_tui.state.fields import Highlight
from importai_tui.tui.widgets.annotations import (
    StoryAnnotations,
    extract_quote,
    find_annotation,
    locate_highlights,
    render_annotations,
)
from importai_tui.tui.widgets.story_render import RenderedBlock, render_story
from tests.tui.sample_app import long_story, rich_story

BLOCKS = render_story(rich_story(), "facts")


def make_highlight(quote: str, paragraph: int = 0, remark: str | None = None) -> Highlight:
    return Highlight("0a1b2c3d", quote, remark, paragraph)


def find_block(words: str) -> int:
    return next(at for at, block in enumerate(BLOCKS) if words in block.plain)


def highlighted_texts(blocks: tuple[RenderedBlock, ...]) -> list[str]:
    """Return the texts on the background of highlights."""
    bodies = [block.body for block in blocks]
    return [body.plain[start:end] for body in bodies for start, end, style in body.spans if style == "on $highlight"]


def test_a_quote_has_no_link_numbers() -> None:
    rendered = BLOCKS[find_block("Somebody")].body
    assert rendered.plain == "Somebody has taught machines (Example)¹ to count rivers."
    assert extract_quote(rendered) == "Somebody has taught machines (Example) to count rivers."


def test_superscript_digits_of_the_text_stay() -> None:
    assert extract_quote(Content("m² of water")) == "m² of water"


def test_a_quote_is_found_across_a_link_number() -> None:
    (found,), missing = locate_highlights([make_highlight("(Example) to count")], BLOCKS)
    assert found.block == find_block("Somebody")
    assert BLOCKS[found.block].plain[found.start : found.end] == "(Example)¹ to count"
    assert not missing


def test_a_quote_is_found_with_other_white_space() -> None:
    assert locate_highlights([make_highlight("has\n  taught   machines")], BLOCKS)[0]


def test_a_repeated_quote_is_found_in_its_paragraph() -> None:
    blocks = render_story(long_story("canal", 1, 5), "facts")
    (found,), _ = locate_highlights([make_highlight("The rivers were counted", 3)], blocks)
    assert blocks[found.block].block_index == 3


def test_a_highlight_can_span_two_paragraphs() -> None:
    annotations = StoryAnnotations(highlights=(make_highlight("somewhere.\nAnd goes", 9, "Really?"),))
    rendered = render_annotations(BLOCKS, annotations)
    assert highlighted_texts(rendered) == ["somewhere.", "And goes"]
    assert [block.plain for block in rendered if "Really?" in block.plain] == ["And goes on.\nReally?"]


def test_a_highlight_in_a_list_leaves_its_marker() -> None:
    rendered = render_annotations(BLOCKS, StoryAnnotations(highlights=(make_highlight("Second", 3, "So?"),)))
    assert highlighted_texts(rendered) == ["Second"]
    assert rendered[find_block("Second")].plain == "Second\nSo?"


def test_a_highlighted_caption_is_not_muted() -> None:
    rendered = render_annotations(BLOCKS, StoryAnnotations(highlights=(make_highlight("map of rivers", 7),)))
    assert "$foreground on $highlight" in [style for _, _, style in rendered[find_block("A map")].body.spans]


def test_a_highlight_with_missing_words_is_shown_last() -> None:
    *_, last = render_annotations(
        BLOCKS, StoryAnnotations(highlights=(make_highlight("Words that an edit took away", 0, "Pity"),))
    )
    assert last.plain.endswith("Words that an edit took away\nPity")


def test_annotations_move_no_block() -> None:
    annotations = StoryAnnotations(
        ("robots",),
        "A note.",
        (make_highlight("Second", 3, "So?"), make_highlight("gone"), make_highlight("They count", 1)),
    )
    rendered = render_annotations(BLOCKS, annotations)
    assert [block.style_class for block in rendered[: len(BLOCKS)]] == [block.style_class for block in BLOCKS]
    assert rendered[-1].plain == "Your note\nA note."


def test_the_place_of_an_annotation_is_found() -> None:
    found = Highlight("0a1b2c3d", "machines (Example) to", None, 0)
    gone = Highlight("00000001", "Words that nobody wrote", None, 0)
    annotations = StoryAnnotations((), "A note", (found, gone))
    drawn = render_annotations(BLOCKS, annotations)
    at = find_annotation(annotations, BLOCKS, found.id)
    assert at == (find_block("Somebody"), drawn[find_block("Somebody")].plain.index("machines"))
    places = {id: find_annotation(annotations, BLOCKS, id) for id in (gone.id, "", "ffffffff")}
    assert (place := places[gone.id])
    assert gone.quote in drawn[place[0]].plain
    assert (place := places[""])
    assert "A note" in drawn[place[0]].plain
    assert places["ffffffff"] is find_annotation(StoryAnnotations(), BLOCKS, "") is None
