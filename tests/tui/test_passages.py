from __future__ import annotations

import pytest
from textual.content import Content
from textual.geometry import Offset
from textual.selection import Selection

from importai_tui.state.fields import Highlight
from importai_tui.tui.widgets.annotations import (
    Annotations,
    extract_quote,
    get_body,
    locate_highlights,
    render_annotations,
    selection_offsets,
)
from importai_tui.tui.widgets.story_render import RenderedBlock, render_story
from tests.tui.sample_app import long_story, rich_story

PIECES = render_story(rich_story(), "facts")


def highlight(quote: str, paragraph: int = 0, remark: str | None = None) -> Highlight:
    return Highlight("0a1b2c3d", quote, remark, paragraph)


def piece_of(words: str) -> int:
    return next(at for at, piece in enumerate(PIECES) if words in piece.plain)


def drawn_ground(pieces: tuple[RenderedBlock, ...]) -> list[str]:
    """The words that lie on the ground of highlights."""
    texts = [get_body(piece) for piece in pieces]
    return [text.plain[start:end] for text in texts for start, end, style in text.spans if style == "on $highlight"]


def test_the_numbers_of_links_are_no_words_of_the_newsletter() -> None:
    drawn = get_body(PIECES[piece_of("Somebody")])
    assert drawn.plain == "Somebody has taught machines (Example)¹ to count rivers."
    assert extract_quote(drawn) == "Somebody has taught machines (Example) to count rivers."


def test_raised_digits_of_the_text_itself_stay() -> None:
    assert extract_quote(Content("m² of water")) == "m² of water"


def test_a_quotation_is_found_across_the_number_of_a_link() -> None:
    (found,), gone = locate_highlights([highlight("(Example) to count")], PIECES)
    assert found.block == piece_of("Somebody")
    assert PIECES[found.block].plain[found.start : found.end] == "(Example)¹ to count"
    assert not gone


def test_a_quotation_is_found_however_its_white_space_has_changed() -> None:
    assert locate_highlights([highlight("has\n  taught   machines")], PIECES)[0]


def test_of_the_same_words_twice_those_in_its_own_paragraph_are_meant() -> None:
    pieces = render_story(long_story("canal", 1, 5), "facts")
    (found,), _ = locate_highlights([highlight("The rivers were counted", 3)], pieces)
    assert pieces[found.block].block_index == 3


def test_a_passage_of_two_paragraphs_is_marked_in_both_and_its_remark_stands_below_the_last() -> None:
    kept = Annotations(highlights=(highlight("somewhere.\nAnd goes", 9, "Really?"),))
    drawn = render_annotations(PIECES, kept)
    assert drawn_ground(drawn) == ["somewhere.", "And goes"]
    assert [piece.plain for piece in drawn if "Really?" in piece.plain] == ["And goes on.\nReally?"]


def test_a_highlight_in_a_list_leaves_its_marker_alone() -> None:
    drawn = render_annotations(PIECES, Annotations(highlights=(highlight("Second", 3, "So?"),)))
    assert drawn_ground(drawn) == ["Second"]
    assert drawn[piece_of("Second")].plain == "Second\nSo?"


def test_a_highlighted_caption_is_not_muted() -> None:
    drawn = render_annotations(PIECES, Annotations(highlights=(highlight("map of rivers", 7),)))
    assert "$foreground on $highlight" in [style for _, _, style in get_body(drawn[piece_of("A map")]).spans]


def test_a_highlight_whose_words_are_gone_is_shown_at_the_foot() -> None:
    *_, last = render_annotations(
        PIECES, Annotations(highlights=(highlight("Words that an edit took away", 0, "Pity"),))
    )
    assert last.plain.endswith("Words that an edit took away\nPity")


def test_what_is_added_moves_no_piece() -> None:
    kept = Annotations(
        ("robots",), "A note.", (highlight("Second", 3, "So?"), highlight("gone"), highlight("They count", 1))
    )
    drawn = render_annotations(PIECES, kept)
    assert [piece.style_class for piece in drawn[: len(PIECES)]] == [piece.style_class for piece in PIECES]
    assert drawn[-1].plain == "Your note\nA note."


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (None, None, "one two\nthree"),
        (Offset(4, 0), None, "two\nthree"),
        (Offset(4, 0), Offset(3, 1), "two\nthr"),
        (None, Offset(3, 0), "one"),
        (Offset(0, 1), Offset(99, 5), "three"),
    ],
)
def test_a_selection_covers_characters(start: Offset | None, end: Offset | None, words: str) -> None:
    text = "one two\nthree"
    first, last = selection_offsets(Selection(start, end), text)
    assert text[first:last] == words
