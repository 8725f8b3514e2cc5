from __future__ import annotations

from markdown_it import MarkdownIt

from importai_tui.model import (
    Code,
    Figure,
    Heading,
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    ParagraphRole,
    Quote,
    Rule,
    Span,
    Story,
    StoryKind,
)
from importai_tui.output.markdown import story_to_markdown
from importai_tui.output.text import format_story_lines


def link(n: int, url: str | None) -> Link:
    return Link(n, f"Link {n}", url, LinkKind.OTHER, None, LinkRole.INLINE, None)


EVERYTHING = Story(
    key="k",
    position=3,
    kind=StoryKind.TECH_TALES,
    headline="Every [kind] of *block*",
    tagline="…All of them…",
    section="Tech Tales",
    blocks=(
        Paragraph((Span(" It began with "), Span("a paper", link=1), Span(" from", bold=True, link=1), Span("."))),
        Paragraph((Span("So they say."),), run_in=(Span("Why this matters: ", bold=True),), role=ParagraphRole.WHY),
        ListBlock((ListItem((Span("one"),)), ListItem((Span("inner"),), depth=1), ListItem((Span("two"),), number=2))),
        Quote((Span("To quote", italic=True),)),
        Heading((Span("A heading"),), 2),
        Code("if a < b:\n    ```"),
        Figure("A picture of it", 2),
        Rule(),
        Paragraph((Span("# no heading\n1. no list"),)),
        Paragraph((Span("Lost and found", link=3),), role=ParagraphRole.READ_MORE),
    ),
    links=(link(1, "https://example.org/a_(b)"), link(2, "https://example.org/p.png"), link(3, None)),
)


def test_every_block_kind_has_plain_text() -> None:
    assert format_story_lines(EVERYTHING, "402", "2025-03-03", None, for_reading=False) == [
        "Every [kind] of *block*",
        "…All of them…",
        "402/3 · 2025-03-03 · Tech Tales · 1 min",
        "",
        "It began with a paper from [1].",
        "",
        "Why this matters: So they say.",
        "",
        "- one",
        "  - inner",
        "2. two",
        "",
        "> To quote",
        "",
        "A heading",
        "",
        "    if a < b:",
        "        ```",
        "",
        "(Picture: A picture of it) [2]",
        "",
        "* * *",
        "",
        "# no heading",
        "1. no list",
        "",
        "Lost and found [3]",
        "",
        "[1] https://example.org/a_(b)",
        "[2] https://example.org/p.png",
        "[3] no address: Link 3",
    ]


def test_text_fits_the_measure_and_the_terminal() -> None:
    story = Story("k", 1, StoryKind.STORY, "H", blocks=(Paragraph((Span("word " * 100),)),))
    for columns, widest in ((40, 40), (200, 72)):
        assert max(map(len, format_story_lines(story, "402", None, columns, for_reading=False))) <= widest


def test_every_block_kind_parses_back_from_markdown() -> None:
    page = MarkdownIt().render(story_to_markdown(EVERYTHING))
    for expected in (
        "<h1>Every [kind] of *block*</h1>",
        "<p><em>…All of them…</em></p>",
        '<p>It began with <a href="https://example.org/a_(b)">a paper <strong>from</strong></a>.</p>',
        "<p><strong>Why this matters:</strong> So they say.</p>",
        "<li>inner</li>",
        "<blockquote>\n<p><em>To quote</em></p>\n</blockquote>",
        "<h3>A heading</h3>",
        "<pre><code>if a &lt; b:\n    ```\n</code></pre>",
        '<a href="https://example.org/p.png">A picture of it</a>',
        "<hr />",
        "<p># no heading<br />\n1. no list</p>",
        "<p>Lost and found</p>",
    ):
        assert expected in page
