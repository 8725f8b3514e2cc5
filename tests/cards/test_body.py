"""Tests of the text of a card: plain text, Markdown, HTML and JATS; broken and huge input."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importai_tui.cards.body import CUT_NOTICE, MAX_LINES, MAX_TEXT, Body, read_body
from importai_tui.model import (
    Code,
    Figure,
    Heading,
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    block_to_text,
    iter_block_spans,
)
from importai_tui.works.card import BodyFormat

README = "https://github.com/sea/otters/blob/HEAD/README.md"
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> Body:
    return read_body(text, BodyFormat.PLAIN)


def markdown(text: str, base_url: str | None = README) -> Body:
    return read_body(text, BodyFormat.MARKDOWN, base_url)


def markup(text: str, base_url: str | None = "https://example.org/posts/1") -> Body:
    return read_body(text, BodyFormat.HTML, base_url)


def texts(body: Body) -> list[str]:
    return [block_to_text(block) for block in body.blocks]


def urls(body: Body) -> list[str | None]:
    return [link.url for link in body.links]


def test_plain_paragraphs() -> None:
    body = plain("Otters\nsleep.\n\nThey  hold\r\nhands.\r\n \r\nAlways.")
    assert texts(body) == ["Otters sleep.", "They hold hands.", "Always."]


def test_plain_formulas() -> None:
    assert texts(plain("It takes $O(n^2)$ \\emph{steps}, \\(x_1\\) and 95\\%.")) == [
        "It takes O(n²) steps, x₁ and 95%."
    ]


def test_plain_urls_are_links() -> None:
    body = plain("Code (https://github.com/sea/otters). See https://example.org/a_(b), too.")
    assert body.links == (
        Link(1, "https://github.com/sea/otters", "https://github.com/sea/otters", LinkKind.CODE, "github.com",
             LinkRole.INLINE, "github:sea/otters"),
        Link(2, "https://example.org/a_(b)", "https://example.org/a_(b)", LinkKind.OTHER, "example.org",
             LinkRole.INLINE, "https://example.org/a_(b)"),
    )  # fmt: skip
    assert texts(body) == ["Code (https://github.com/sea/otters). See https://example.org/a_(b), too."]


def test_markdown_blocks() -> None:
    body = markdown("# Otters\n\nA *soft*\nline<br>and a break\n\n> quoted\n\n---\n\n```py\nx = '$a$'\n```\n")
    heading, paragraph, quote, rule, code = body.blocks
    assert isinstance(heading, Heading)
    assert heading.level == 1
    assert isinstance(paragraph, Paragraph)
    assert block_to_text(paragraph) == "A soft line\nand a break"
    assert [span.text for span in paragraph.spans if span.italic] == ["soft"]
    assert isinstance(quote, Quote)
    assert isinstance(rule, Rule)
    assert code == Code("x = '$a$'")


def test_markdown_lists() -> None:
    (bullets, numbers) = markdown("- [ ] open\n- [x] done\n  - nested\n\n1. one\n2. two\n").blocks
    assert isinstance(bullets, ListBlock)
    assert [(block.spans[0].text, block.depth) for block in bullets.items] == [
        ("[ ] open", 0),
        ("[x] done", 0),
        ("nested", 1),
    ]
    assert isinstance(numbers, ListBlock)
    assert [item.number for item in numbers.items] == [1, 2]


def test_markdown_tables() -> None:
    (table,) = markdown("| model | score |\n|---|---|\n| [otter](https://example.org/o) | 9 |\n").blocks
    assert block_to_text(table) == "- model · score\n- otter · 9"


def test_table_after_a_list() -> None:
    assert texts(markdown("- **one**\n- **two**\n\n| a | b |\n|---|---|\n| c | d |\n")) == [
        "- one\n- two",
        "- a · b\n- c · d",
    ]


def test_table_of_pictures_is_dropped() -> None:
    assert texts(markdown("| ![](a.png) | ![](b.png) |\n|---|---|\n| ![](c.png) | Asleep |\n")) == ["- · Asleep"]


def test_html_inside_markdown() -> None:
    body = markdown(
        '<h1 align="center">Otters</h1>\n\n<p>Some <b>bold</b></p>\n\n<details><summary>More</summary>\n\n*x*\n'
    )
    assert texts(body) == ["Otters", "Some bold", "More", "x"]


def test_front_matter_is_dropped() -> None:
    assert texts(markdown("---\nlicense: mit\ntags:\n- sea\n---\n# Otters\n")) == ["Otters"]
    assert texts(markdown("---\n\nNo front matter\n\n---\n")) == ["", "No front matter", ""]
    assert texts(markdown("---\nlicense: mit\nnever closed")) == ["", "license: mit never closed"]


def test_relative_links() -> None:
    body = markdown("[a](docs/x.md#y) [b](../c) [c](//example.org/d) [d](#top) [e](mailto:a@example.org)")
    root = "https://github.com/sea/otters/blob/"
    assert urls(body) == [root + "HEAD/docs/x.md#y", root + "c", "https://example.org/d"]
    assert texts(body) == ["a b c d e"]
    assert urls(markdown("[a](docs/x.md)", None)) == []


def test_unsafe_links_are_text() -> None:
    body = markup('<a href="javascript:alert(1)">a</a> <a href="data:text/html,x">b</a> <a href="file:///etc">c</a>')
    assert body.links == ()
    assert texts(body) == ["a b c"]


def test_badges_are_dropped() -> None:
    ci = "[![CI](https://github.com/sea/otters/actions/workflows/ci.yml/badge.svg)](https://github.com/sea/otters/actions)"
    paper = "[![Paper](https://img.shields.io/badge/paper-red)](https://arxiv.org/abs/2502.19187)"
    assert texts(markdown(f"{ci}\n\nText")) == ["Text"]
    body = markdown(f"{ci} {paper}")
    assert texts(body) == ["Paper"]
    assert [link.work for link in body.links] == ["arxiv:2502.19187"]


def test_pictures_with_words() -> None:
    body = markdown("![logo](logo.png) ![Otters Logo](logo.png)\n\n![Otters asleep](img/sleep.png)\n")
    assert body.blocks == (Figure("Otters asleep", 1),)
    assert urls(body) == ["https://github.com/sea/otters/blob/HEAD/img/sleep.png"]
    body = markup('<figure><img src="/a.png"><figcaption>Asleep</figcaption></figure>')
    assert body.blocks == (Figure("Asleep", 1),)


@pytest.mark.parametrize("stars", ["***", "* * *", "• • •", "———"])
def test_scene_breaks(stars: str) -> None:
    assert [type(block) for block in markup(f"<p>a</p><p>{stars}</p><p>b</p>").blocks] == [Paragraph, Rule, Paragraph]
    assert texts(plain(f"a\n\n{stars}\n\nb")) == ["a", "", "b"]


def test_boxes_of_github() -> None:
    assert texts(markdown("> [!NOTE]\n> Otters bite.")) == ["Note\nOtters bite."]


def test_jats() -> None:
    body = markup(
        "<jats:title>Background</jats:title><jats:p>CO<jats:sub>2</jats:sub> in <jats:italic>otters</jats:italic>,"
        "<jats:inline-formula><jats:alternatives><jats:tex-math>$x^2$</jats:tex-math><mml:math><mml:msup><mml:mi>x"
        "</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math></jats:alternatives></jats:inline-formula>: "
        '<jats:ext-link xlink:href="https://example.org/x">site</jats:ext-link></jats:p>'
        '<jats:list list-type="order"><jats:list-item><jats:p>one</jats:p></jats:list-item></jats:list>'
    )
    assert texts(body) == ["Background", "CO₂ in otters,x²: site", "- one"]
    assert isinstance(body.blocks[0], Heading)
    assert urls(body) == ["https://example.org/x"]


@pytest.mark.parametrize("body_format", BodyFormat)
def test_empty_text(body_format: BodyFormat) -> None:
    assert read_body("", body_format) == Body()
    assert read_body(" \n\t", body_format) == Body()


@pytest.mark.parametrize("body_format", BodyFormat)
def test_long_text_is_cut(body_format: BodyFormat) -> None:
    paragraph = "<p>" * (body_format is BodyFormat.HTML) + "Otters sleep. " * 20 + "\n\n"
    body = read_body(paragraph * 5_000, body_format)
    assert texts(body)[-1] == CUT_NOTICE
    assert len(body.blocks) <= MAX_LINES + 1
    assert sum(map(len, texts(body))) <= MAX_TEXT + len(CUT_NOTICE)


def test_long_code_is_cut() -> None:
    code, notice = markdown("```\n" + "x\n" * 4_000 + "```\n").blocks
    assert isinstance(code, Code)
    assert code.text.count("\n") == MAX_LINES - 1
    assert block_to_text(notice) == CUT_NOTICE


def test_deep_nesting_is_plain_text() -> None:
    assert texts(markup("<div>" * 5_000 + "otters" + "</div>" * 5_000)) == ["otters"]
    assert markdown("> " * 1_000 + "otters") == Body()
    assert markup("<mml:math>" + "<mml:msup>" * 5_000) == Body()


def test_control_characters_beside_pictures() -> None:
    evil = "a\x1b[31m&#x1b;<img src='x'>\x1b]0;x\x07<input type=checkbox>b<a href='\x01\x1b'>c</a>"
    assert texts(markup(evil)) == ["a[ ] bc"]


HOSTILE = ["[", "![", "[x][", "`", "- a\n", "* * ", "**a *b ", "[a\n", "|a|b|\n|-|-|\n", "<a href=x>y</a>", "$a^{b_",
           "<b><p>", "http://a.b ", "a\u0301\u0301\u0301\u0301\u0301", "\x1b]0;", "&amp;", "> - "]  # fmt: skip


def make_hostile_text(unit: str) -> str:
    """Return a text that would take minutes without limits. `tests.benchmarks.hostile_texts` measures the time."""
    return unit * (200_000 // len(unit))


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_markup_is_cut(unit: str) -> None:
    for body_format in BodyFormat:
        body = read_body(make_hostile_text(unit), body_format, README)
        assert len(body.blocks) <= MAX_LINES + 1
        assert sum(map(len, texts(body))) <= MAX_TEXT + len(CUT_NOTICE)


@given(st.lists(st.sampled_from([*HOSTILE, "\x1b[31m", "\u202e", "x", "\n\n", "<td>", "#", "1. "]), max_size=40))
@settings(max_examples=60, deadline=None)
def test_everything_is_clean(parts: list[str]) -> None:
    for body_format in BodyFormat:
        body = read_body("".join(parts), body_format, README)
        for block in body.blocks:
            assert not FORBIDDEN.search(block_to_text(block))
            assert all(0 <= span.link <= len(body.links) for span in iter_block_spans(block))
        for number, link in enumerate(body.links, 1):
            assert link.n == number
            assert not FORBIDDEN.search(link.text)
            assert link.url is None or link.url.startswith(("http://", "https://"))
