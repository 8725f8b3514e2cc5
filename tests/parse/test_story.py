"""Blocks of a story: run-ins, "Why this matters", lists, read-more lines, links, cross references."""

from __future__ import annotations

from importai_tui.model import (
    Code,
    Figure,
    LinkKind,
    LinkRole,
    ListBlock,
    Paragraph,
    ParagraphRole,
    Quote,
    Story,
    spans_to_text,
)
from importai_tui.parse.pipeline import parse_issue
from tests.parse.pages import BODY, parse_one_story, story_html

ARXIV = "https://arxiv.org/abs/1706.03762"


def paragraphs(found: Story) -> list[Paragraph]:
    return [block for block in found.blocks if isinstance(block, Paragraph)]


def test_bold_words_with_a_colon_are_a_run_in() -> None:
    found = parse_one_story(f"<p>{story_html()}<br /><br /><strong>What they did:</strong> They counted.</p>")
    block = paragraphs(found)[1]
    assert (spans_to_text(block.run_in), spans_to_text(block.spans)) == ("What they did:", " They counted.")


def test_colon_after_the_bold_belongs_to_the_run_in() -> None:
    found = parse_one_story(f"<p>{story_html()}<br /><br /><strong>What they did</strong>: They counted.</p>")
    assert spans_to_text(paragraphs(found)[1].run_in) == "What they did:"


def test_bold_words_inside_a_sentence_are_no_run_in() -> None:
    found = parse_one_story(f"<p>{story_html()}<br /><br /><strong>Weave</strong> is a flock of sheep.</p>")
    assert paragraphs(found)[1].run_in == ()


def test_run_in_on_its_own_line_joins_its_paragraph() -> None:
    found = parse_one_story(f"<p>{story_html()}</p><p><strong>Further details:</strong></p><p>They counted twice.</p>")
    assert found.text.endswith("Further details: They counted twice.")


def test_why_this_matters_includes_the_paragraphs_below() -> None:
    found = parse_one_story(
        f"<p>{story_html()}<br /><br /><strong>Why this matters - sleep: </strong>Sheep "
        f"matter.<br />   So does sleep.<br />"
        f'   <strong>Read more:</strong> <a href="{ARXIV}">Sheep (arXiv)</a>.</p>'
    )
    assert found.why == "Why this matters - sleep: Sheep matter.\n\nSo does sleep."
    assert [block.role for block in paragraphs(found)] == [
        ParagraphRole.BODY,
        ParagraphRole.WHY,
        ParagraphRole.WHY,
        ParagraphRole.READ_MORE,
    ]


def test_why_this_matters_is_recognised_in_plain_text() -> None:
    why = "Why this matters - sleep: Sheep matter a lot."
    text = f"Welcome to Import AI, please subscribe.\nSheep:\n…Baa…\n{BODY}\n{why}\n"
    assert parse_issue(text.encode()).stories[0].why == why


def test_nested_list_has_depths() -> None:
    found = parse_one_story(
        f"<p>{story_html()}</p><ul><li><p>one</p><ul><li><p>two</p></li></ul></li><li>three</li></ul>"
    )
    (block,) = [b for b in found.blocks if isinstance(b, ListBlock)]
    assert [(spans_to_text(item.spans), item.depth) for item in block.items] == [("one", 0), ("two", 1), ("three", 0)]
    assert "- one\n  - two\n- three" in found.text


def test_numbered_list_has_its_numbers() -> None:
    found = parse_one_story(f"<p>{story_html()}</p><ol start='3'><li>three</li><li>four</li></ol>")
    (block,) = [b for b in found.blocks if isinstance(b, ListBlock)]
    assert [item.number for item in block.items] == [3, 4]


def test_lines_that_start_with_a_dash_are_a_list() -> None:
    found = parse_one_story(f"<p>{story_html()}<br />– one sheep<br />– two sheep</p>")
    assert found.text.endswith("- one sheep\n- two sheep")


def test_quotes_code_and_pictures_are_separate_blocks() -> None:
    found = parse_one_story(
        f"<p>{story_html()}</p><blockquote><p>Baa.</p></blockquote><pre>a = 1\n  b = 2</pre>"
        '<figure><img src="https://example.org/sheep.png" alt="a sheep"><figcaption>One sheep</figcaption></figure>'
    )
    quote, code, figure = found.blocks[1:]
    assert isinstance(quote, Quote)
    assert isinstance(code, Code)
    assert isinstance(figure, Figure)
    assert (spans_to_text(quote.spans), code.text, figure.caption) == ("Baa.", "a = 1\n  b = 2", "a sheep. One sheep")
    assert found.links[0].url == "https://example.org/sheep.png"


def test_indented_line_after_a_break_starts_a_paragraph() -> None:
    found = parse_one_story(
        f"<p>{story_html()}<br />   <strong>So here they are</strong>, the sheep.<br />   And the goats.</p>"
    )
    assert found.text.split("\n\n")[1:] == ["So here they are, the sheep.", "And the goats."]


def test_code_has_no_escape_sequences() -> None:
    found = parse_one_story(f"<p>{story_html()}</p><pre>a\x1b]0;x\x07b\u202e</pre>")
    assert found.text.endswith("ab")


def test_lines_of_a_poem_are_one_paragraph() -> None:
    found = parse_one_story(f"<p>{story_html()}</p><p>One sheep<br />two sheep<br />three</p>")
    assert found.text.endswith("One sheep\ntwo sheep\nthree")


def test_adjacent_anchors_with_one_url_are_one_link() -> None:
    bold = f"<strong>Check out the <a href='{ARXIV}'>flock</a></strong>"
    found = parse_one_story(f"<p>{story_html()}<br />   {bold}<a href='{ARXIV}'> here (Sheep)</a>.</p>")
    (link,) = found.links
    assert (link.text, link.role) == ("flock here (Sheep)", LinkRole.READ_MORE)


def test_repeated_url_is_the_same_link() -> None:
    found = parse_one_story(
        f"<p>{story_html()} See <a href='{ARXIV}'>this</a> and <a href='{ARXIV}?utm_source=x'>that</a>.</p>"
    )
    assert [link.text for link in found.links] == ["this"]
    assert [span.link for span in paragraphs(found)[0].spans if span.link] == [1, 1]


def test_blanks_around_an_anchor_are_not_linked() -> None:
    found = parse_one_story(
        f"<p>{story_html()}<br /><strong>Read more</strong>:<a href='{ARXIV}'> Sheep (arXiv)</a>.</p>"
    )
    assert [span.text for span in paragraphs(found)[-1].spans if span.link] == ["Sheep (arXiv)"]
    assert found.text.endswith("Read more: Sheep (arXiv).")


def test_call_in_a_single_item_list_is_a_call() -> None:
    found = parse_one_story(
        f"<p>{story_html()}</p><ul><li><strong>Read more:</strong> <a href='{ARXIV}'>Sheep (arXiv)</a>.</li></ul>"
    )
    assert found.links[0].role is LinkRole.READ_MORE
    assert paragraphs(found)[-1].role is ParagraphRole.READ_MORE


def test_link_in_an_ordinary_sentence_is_inline() -> None:
    found = parse_one_story(
        f"<p>{story_html()} You can play <a href='https://example.org'>a demo</a> online, "
        "and it is odd, like much else.</p>"
    )
    assert found.links[0].role is LinkRole.INLINE


def test_citation_without_a_url_is_still_a_link() -> None:
    text = (
        f"Welcome to Import AI, please subscribe.\nSheep:\n…Baa…\n{BODY}\nRead more: On Counting Sheep (arXiv).\n"
        "Get the sheep and wool here (Flock, GitHub).\n"
    )
    links = parse_issue(text.encode()).stories[0].links
    assert [(link.text, link.url, link.kind, link.role) for link in links] == [
        ("On Counting Sheep (arXiv)", None, LinkKind.PAPER, LinkRole.READ_MORE),
        ("here (Flock, GitHub)", None, LinkKind.CODE, LinkRole.READ_MORE),
    ]


def test_sentence_with_a_long_parenthesis_is_no_citation() -> None:
    aside = "unlike those of the other valley, who for all of their dogs, bells and whistles never gave a word away"
    text = (
        f"Welcome to Import AI, please subscribe.\nSheep:\n…Baa…\n{BODY}\nThe shepherds said a little more ({aside}).\n"
    )
    assert parse_issue(text.encode()).stories[0].links == ()


def test_call_after_a_sentence_is_a_separate_line() -> None:
    text = (
        f"Welcome to Import AI, please subscribe.\nSheep:\n…Baa…\n{BODY}\u00a0\u00a0\u00a0 Read more: On Sheep (arXiv)."
        " Via a friend (Twitter).\n"
    )
    (found,) = parse_issue(text.encode()).stories
    assert found.text.split("\n\n") == [BODY, "Read more: On Sheep (arXiv). Via a friend (Twitter)."]
    assert [link.text for link in found.links] == ["On Sheep (arXiv)"]


def test_other_issues_are_found_in_text_and_links() -> None:
    day = "https://jack-clark.net/2024/11/18/"
    slug = "https://jack-clark.net/2018/04/02/importai-88-a-made-up-slug/"
    found = parse_one_story(
        f"<p>{story_html()} (<a href='{day}'>Import AI #392</a>), <a href='{slug}'>long ago</a>, (Import AI 209, 189),"
        " Why this matters #2 and PR #287.</p>"
    )
    assert [reference.number for reference in found.cross_references] == [392, 88, 209, 189]
    assert {link.role for link in found.links} == {LinkRole.CROSS_REFERENCE}


def test_only_buttons_and_thanks_are_removed() -> None:
    anchor = '<a class="button primary" href="https://x.org/subscribe"><span>Subscribe now</span></a>'
    button = f'<p class="button-wrapper">{anchor}</p>'
    found = parse_one_story(f"{button}<p>{story_html()}</p><p><em>Thanks for reading!</em></p>{button}")
    assert (found.text, found.links) == (BODY, ())


def test_url_of_another_scheme_is_removed() -> None:
    found = parse_one_story(f"<p>{story_html()} <a href='javascript:alert(1)'>click</a></p>")
    assert [link.url for link in found.links] == [None]
