"""Stories and issues as plain text."""

from __future__ import annotations

from dataclasses import replace

from importai_tui.model import Issue, ListBlock, ListItem, Paragraph, ParagraphRole, Span, Story, StoryKind
from importai_tui.output.layout import text_width
from importai_tui.output.lines import to_texts
from importai_tui.output.text import format_issue_lines, format_story_lines
from tests.examples import make_issue
from tests.output.test_markdown import EVERYTHING, link


def test_a_story_lists_its_numbered_links_last() -> None:
    assert to_texts(format_story_lines(EVERYTHING, "402", "2025-03-03", 80, marks=("read",))) == [
        "Every [kind] of *block*",
        "…All of them…",
        "402/3 · 2025-03-03 · Tech Tales · 1 min · read",
        "",
        "It began with a paper from [1].",
        "",
        "Why this matters:",
        "  So they say.",
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
        "Links:",
        "[1] Link 1 (other)",
        "    https://example.org/a_(b)",
        "[2] Link 2 (other)",
        "    https://example.org/p.png",
        "[3] Lost and found (other)",
        "    (no URL)",
    ]


def test_read_more_and_inspirations_come_last() -> None:
    story = Story(
        "k",
        1,
        StoryKind.TECH_TALES,
        "A tale",
        blocks=(
            Paragraph((Span("a book, a walk"),), run_in=(Span("Inspired by: "),), role=ParagraphRole.INSPIRATIONS),
            Paragraph((Span("Read more: this"),), role=ParagraphRole.READ_MORE),
            Paragraph((Span("The end."),)),
        ),
        inspirations=("a book", "a walk"),
    )
    assert to_texts(format_story_lines(story, "7", None, 80))[3:] == [
        "The end.",
        "",
        "Read more: this",
        "",
        "Things that inspired this story:",
        "- a book",
        "- a walk",
    ]


def test_a_run_in_is_separated_by_a_space() -> None:
    story = Story("k", 1, StoryKind.STORY, "H", blocks=(Paragraph((Span("It is new."),), run_in=(Span("What:"),)),))
    assert to_texts(format_story_lines(story, "7", None, 80))[-1] == "What: It is new."


def test_lines_fit_the_terminal_and_the_measure() -> None:
    long = "a long word " * 30
    blocks = (
        Paragraph((Span(long),), run_in=(Span("Why this matters "),), role=ParagraphRole.WHY),
        ListBlock((ListItem((Span(long),), depth=1),)),
    )
    story = replace(EVERYTHING, headline=long, tagline=long, blocks=blocks, links=())
    for columns, widest in ((40, 40), (200, 72)):
        lines = to_texts(format_story_lines(story, "402", "2025-03-03", columns))
        assert widest - 12 < max(map(text_width, lines)) <= widest


def test_an_address_is_never_broken() -> None:
    url = f"https://example.org/{'otters' * 20}"
    story = replace(EVERYTHING, links=(link(1, url),), blocks=())
    assert f"    {url}" in to_texts(format_story_lines(story, "7", None, 40))


def test_link_numbers_continue_through_an_issue() -> None:
    story = make_issue("a", links=2).stories[0]
    words = (Paragraph((Span("See "), Span("this", link=2))),)
    stories = (story, replace(story, position=2, blocks=words))
    issue = Issue(7, "s", "Import AI 7: Otters", "2025-03-03", "https://example.org/7", stories)
    lines = to_texts(format_issue_lines(issue, 80))
    assert lines[:3] == ["Otters", "Import AI 7 · 2025-03-03 · 2 stories · 1 min", "https://example.org/7"]
    assert [line[:3] for line in lines if line.startswith("[")] == ["[1]", "[2]", "[3]", "[4]"]
    assert "See this [4]" in lines
