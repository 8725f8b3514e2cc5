"""Hostile text as Markdown, parsed by a parser that accepts every address."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from importai_tui.links.urls import browser_url
from importai_tui.model import (
    Block,
    Code,
    Figure,
    Heading,
    Issue,
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    Quote,
    Span,
    Story,
    StoryKind,
)
from importai_tui.output.markdown import (
    append_markup,
    escape_markdown_line,
    format_code_span,
    format_heading,
    format_link,
    format_paragraph,
    issue_to_markdown,
)
from importai_tui.parse.clean import clean_line, clean_text
from tests.hostile.addresses import OPENED_URLS, RANDOM_URLS

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_PARSER.validateLink = lambda _: True  # type: ignore[method-assign, assignment]
"""It would refuse `javascript:` itself, which many programs do not."""


def parse_tokens(document: str) -> Iterator[Token]:
    """Yield every token of the document, with those inside a line."""
    for token in _PARSER.parse(clean_text(document)):
        yield token
        yield from token.children or ()


def get_targets(document: str) -> list[str]:
    """Return the targets of all links. An image or raw HTML fails the test, but for the comments of the program."""
    found = list(parse_tokens(document))
    html = [token for token in found if token.type in ("image", "html_inline", "html_block")]
    assert not [token.type for token in html if not re.fullmatch(r"<!-- [a-z:, -]+ -->\n?", token.content)], document
    return [str(token.attrs["href"]) for token in found if token.type == "link_open"]


def get_text(document: str) -> str:
    """Return the visible text."""
    return " ".join(
        " ".join(token.content for token in parse_tokens(document) if token.type in ("text", "code_inline")).split()
    )


HOSTILE_TEXTS = (
    "Wow!",
    "\\!",
    "](javascript:alert(1))",
    "[x](javascript:alert(1))",
    "![x](https://tracker.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)",
    "`",
    "``` \n[x](y)",
    "~~~\n",
    "# heading #",
    "a\n===",
    "a\n---",
    "- item\n    code",
    "1. one\n\n\n2) two",
    "> quote",
    "a | b\n--- | ---\n| :- | -: |",
    "&lt;b&gt; &#91;x&#93;(javascript:x)",
    "*a* _b_ ~~c~~ **d**",
    "\\",
    "x\u200b!\u200b",
    "\x1b[31m!\x1b",
    "<!-- ",
    "    indented",
    "\tindented",
    "ends in a blank ",
)
TEXTS = st.one_of(
    st.lists(st.one_of(st.sampled_from(HOSTILE_TEXTS), st.sampled_from(list("![]()<>`~*_\\#-+>=|:&;\n\t 1.a")))).map(
        "".join
    ),
    st.text(max_size=30),
)
URLS = st.one_of(
    RANDOM_URLS,
    st.sampled_from(
        [*OPENED_URLS, "https://ex.com/(a)>[x](javascript:alert(1))", "https://a.example/?a&copy;b=1", None]
    ),
    st.builds("https://a.example/{}".format, TEXTS),
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    urls = draw(st.lists(URLS, max_size=4))
    links = tuple(Link(n, "link", url, LinkKind.OTHER, None, LinkRole.INLINE, None) for n, url in enumerate(urls, 1))
    spans = st.lists(
        st.builds(Span, TEXTS, st.booleans(), st.booleans(), st.booleans(), st.integers(0, len(links))), max_size=5
    ).map(tuple)
    blocks: st.SearchStrategy[Block] = st.one_of(
        st.builds(Paragraph, spans, st.one_of(st.just(()), spans)),
        st.builds(Quote, spans),
        st.builds(Heading, spans, st.integers(2, 4)),
        st.builds(Code, TEXTS),
        st.builds(Figure, st.one_of(st.none(), TEXTS), st.integers(0, len(links))),
        st.builds(
            ListBlock,
            st.lists(
                st.builds(
                    ListItem, spans, st.integers(0, 5), st.one_of(st.none(), st.sampled_from([0, 1, 12, 10**12]))
                ),
                max_size=4,
            ).map(tuple),
        ),
    )
    return Story(
        "k",
        1,
        StoryKind.STORY,
        draw(TEXTS),
        tagline=draw(st.one_of(st.none(), TEXTS)),
        blocks=tuple(draw(st.lists(blocks, max_size=4))),
        links=links,
    )


def get_expected_targets(issue: Issue) -> set[str]:
    urls = [issue.url, *(link.url for story in issue.stories for link in story.links)]
    return {address for url in urls if (address := browser_url(url))}


@given(stories(), TEXTS, URLS)
def test_hostile_text_adds_no_link_image_or_html(story: Story, title: str, url: str | None) -> None:
    issue = Issue(7, "seven", title, "2025-01-01", url, (story,))
    document = issue_to_markdown(issue)
    found = {str(_PARSER.normalizeLinkText(target)) for target in get_targets(document)}
    expected = {
        str(_PARSER.normalizeLinkText(_PARSER.normalizeLink(address))) for address in get_expected_targets(issue)
    }
    assert found <= expected, document


@given(st.lists(st.tuples(TEXTS, URLS), min_size=1, max_size=5))
def test_links_of_a_paragraph_keep_their_order(parts: list[tuple[str, str | None]]) -> None:
    links = tuple(
        Link(n, "link", url, LinkKind.OTHER, None, LinkRole.INLINE, None) for n, (_, url) in enumerate(parts, 1)
    )
    spans = tuple(span for n, (text, _) in enumerate(parts, 1) for span in (Span(text), Span(f"x{text}y", link=n)))
    story = Story("k", 1, StoryKind.STORY, "H", blocks=(Paragraph(spans),), links=links)
    document = issue_to_markdown(Issue(7, "seven", "T", None, None, (story,)))
    expected = [_PARSER.normalizeLink(address) for _, url in parts if (address := browser_url(url))]
    assert get_targets(document) == expected, document


@given(TEXTS)
def test_escaped_text_parses_to_the_same_text(text: str) -> None:
    for document in (
        format_paragraph(escape_markdown_line(text)),
        format_heading(escape_markdown_line(text), 2),
        format_code_span(text),
        f"- {format_paragraph(escape_markdown_line(text))}",
    ):
        assert get_text(document) == " ".join(clean_line(text).split()), document


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_text_before_a_link_makes_no_image(text: str) -> None:
    document = append_markup(escape_markdown_line(text), format_link("words", "https://example.org/"))
    assert get_targets(document) == ["https://example.org/"]


@pytest.mark.parametrize(
    ("url", "markup"),
    [
        ("https://example.org/a_(b)", "[w](<https://example.org/a_(b)>)"),
        ("https://example.org/?a&copy;b", "[w](https://example.org/?a&amp;copy;b)"),
        ("https://\u0430\u0440\u0440\u04cf\u0435.com/x", "[w](https://xn--80ak6aa92e.com/x)"),
        ("https://ex.com/(a)>[x](javascript:alert(1))", "w (`https://ex.com/(a)>[x](javascript:alert(1))`)"),
        ("https://user:pw@evil.example/`x", "w (``https://user:pw@evil.example/`x``)"),
        ("javascript:alert(1)", "w"),
        ("data:text/html,x", "w"),
        ("", "w"),
        (None, "w"),
    ],
)
def test_a_link_has_only_addresses_for_browsers(url: str | None, markup: str) -> None:
    assert format_link("w", url) == markup


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://u:p@a.example/"])
def test_an_unsafe_issue_address_is_no_link(url: str) -> None:
    document = issue_to_markdown(Issue(7, "seven", "T", None, url, ()))
    assert get_targets(document) == []
    assert "javascript:" not in document
