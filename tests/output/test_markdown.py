"""Stories, notes and works as Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from importai_tui.links.urls import browser_url
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
from importai_tui.output.json import work_json
from importai_tui.output.lines import to_texts
from importai_tui.output.markdown import (
    format_markdown_line,
    format_markdown_list,
    story_to_markdown,
)
from importai_tui.output.text import format_story_lines
from importai_tui.works.query import WorkMarks
from importai_tui.works.work import Work, get_metadata
from tests.works.sample_works import ANY_WORK, make_work


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
    assert to_texts(format_story_lines(EVERYTHING, "402", "2025-03-03", None, for_reading=False)) == [
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
        "[3] no URL: Link 3",
    ]


def test_text_fits_the_measure_and_the_terminal() -> None:
    story = Story("k", 1, StoryKind.STORY, "H", blocks=(Paragraph((Span("word " * 100),)),))
    for columns, widest in ((40, 40), (200, 72)):
        assert max(map(len, to_texts(format_story_lines(story, "402", None, columns, for_reading=False)))) <= widest


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


PAPER = make_work("arxiv:2502.19187", "On Otters (arXiv)", host="arxiv.org", cited_by=("402/1", "402/2", "447/2"))
DATA = make_work(
    "hf:ada/rivers", "水獺 Rivers", kind=LinkKind.DATASET, host="huggingface.co", cited_by=("on-rivers/1",)
)


def test_a_line_of_markdown_names_kind_host_and_issues() -> None:
    assert format_markdown_list([PAPER, DATA]).split("\n") == [
        "- [On Otters](https://arxiv.org/abs/2502.19187) (paper, arxiv.org) — cited in Import AI 402, 447",
        "- [水獺 Rivers](https://huggingface.co/otters) (dataset, huggingface.co) — cited in Import AI on-rivers",
        "",
    ]


@pytest.mark.parametrize("url", ["https://x.org/a(b", "https://x.org/a)b<c> d", "https://x.org/a_b*c*"])
@pytest.mark.parametrize("title", ["*Otters* [2]", "a](b", "`x` <b>y</b> \\", "a&lt;b &#42;", "_z_\n# w"])
def test_nothing_in_a_title_or_an_address_is_markdown(title: str, url: str) -> None:
    (paragraph,) = (
        token for token in MarkdownIt().parse(format_markdown_list([make_work(title=title, url=url)])) if token.children
    )
    assert paragraph.children
    opening, words, closing, rest = paragraph.children
    assert (opening.type, closing.type) == ("link_open", "link_close")
    assert words.content == " ".join(title.split())
    assert rest.content == " (paper, example.org) — cited in Import AI 402"


def test_a_work_without_date_and_host_is_a_line() -> None:
    assert (
        format_markdown_line(make_work(url="https://x.org", host=None, cited_by=()))
        == "- [On Otters](https://x.org) (paper)"
    )


@given(ANY_WORK)
def test_any_work_is_one_line(work: Work) -> None:
    written = format_markdown_line(work)
    assert written.splitlines() == [written]
    assert written.startswith("- [" if browser_url(get_metadata(work).url) else "- ")


def test_an_international_host_is_shown_as_ascii() -> None:
    work = make_work(url="https://\u0430\u0440\u0440\u04cf\u0435.com/x", host="\u0430\u0440\u0440\u04cf\u0435.com")
    assert "(paper, xn--80ak6aa92e.com)" in format_markdown_line(work)
    assert work_json(work, WorkMarks())["host"] == "xn--80ak6aa92e.com"
