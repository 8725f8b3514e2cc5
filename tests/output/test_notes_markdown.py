"""The user's notes as Markdown."""

from __future__ import annotations

import dataclasses

import pytest

from importai_tui.library.library import Library
from importai_tui.links.urls import browser_url
from importai_tui.model import LinkRole
from importai_tui.output.annotated_stories import AnnotatedStory
from importai_tui.output.notes_markdown import notes_to_markdown
from importai_tui.state.fields import UNKNOWN_TIME, Register, StoryName
from importai_tui.state.reading_state import StoryState
from tests.examples import make_issue
from tests.output.test_commonmark import HOSTILE_TEXTS, get_targets


@pytest.fixture
def filled(library: Library) -> Library:
    issue = make_issue("a1", "a2", number=401, date="2025-02-24", url="https://example.org/401", title="Otters")
    links = tuple(dataclasses.replace(link, role=LinkRole.READ_MORE) for link in issue.stories[1].links)
    issue = dataclasses.replace(issue, stories=(issue.stories[0], dataclasses.replace(issue.stories[1], links=links)))
    library.store(issue, b"page", "page.html")
    library.store(make_issue("b1", number=402, date="2025-03-03", title="Import AI 402: Herons"), b"page", "page.html")
    return library


def test_a_section_has_tags_note_and_highlights(filled: Library) -> None:
    filled.tag(["a2"], "slow water")
    filled.tag(["a2"], "robots")
    filled.set_note("a2", "Ask **them**.\n\n- twice")
    filled.add_highlight("a2", "What a2 says.\n# And *more*", "Does it?", 0)
    assert notes_to_markdown(filled) == (
        "---\n"
        "importai-tui: notes\n"
        "---\n"
        "\n"
        "# Notes on Import AI\n"
        "\n"
        "## The headline of a2\n"
        "\n"
        "[Import AI 401: Otters](https://example.org/401) · 2025-02-24 · `401/2`\n"
        "\n"
        "Read more: [Link 1](https://example.org/a2/1)\n"
        "\n"
        "#robots #slow-water\n"
        "\n"
        "Ask **them**.\n"
        "\n"
        "- twice\n"
        "\n"
        "> What a2 says.\n"
        "> \\# And \\*more\\*\n"
        "\n"
        "Does it?\n"
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://u:p@evil.example/", "https://a.example/(x)"])
@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_text_adds_no_link(library: Library, text: str, url: str) -> None:
    issue = make_issue("a1", number=401, url=url, title=f"x {text}")
    story = issue.stories[0]
    link = dataclasses.replace(story.links[0], text=f"x {text}", role=LinkRole.READ_MORE)
    story = dataclasses.replace(story, headline=f"x {text}", links=(link,))
    library.store(dataclasses.replace(issue, stories=(story,)), b"page", "page.html")
    library.add_highlight("a1", f"x {text}", None, 0)
    library.tag(["a1"], "a](javascript:x)")
    expected = [address for one in (url, link.url) if (address := browser_url(one))]
    assert get_targets(notes_to_markdown(library)) == expected


def test_the_newest_issue_comes_first(filled: Library) -> None:
    for key in ("a2", "b1", "a1"):
        filled.set_note(key, "Yes.")
    headings = [line for line in notes_to_markdown(filled).splitlines() if line.startswith("## ")]
    assert headings == ["## The headline of b1", "## The headline of a1", "## The headline of a2"]


def test_marks_and_positions_have_no_section(filled: Library) -> None:
    filled.mark(["a1"], read=True, starred=True)
    filled.save_scroll_position("a1", "[1]")
    assert notes_to_markdown(filled) == ""


def test_a_removed_note_has_no_section(filled: Library) -> None:
    filled.set_note("a1", "Yes.")
    filled.set_note("a1", None)
    assert notes_to_markdown(filled) == ""


def test_a_story_missing_from_the_archive_comes_last(filled: Library) -> None:
    filled.state.merge(
        [
            '{"importai-tui":"reading-state","version":1,"machine":"m","at":"2025-03-03T12:00:00.000000+00:00"}',
            '{"key":"gone","field":"note","value":"Still.","at":"2025-03-03T12:00:00.000000+00:00","machine":"m",'
            '"headline":"A *lost* one","issue":"9"}',
        ]
    )
    filled.set_note("a1", "Yes.")
    assert notes_to_markdown(filled).endswith(
        "Yes.\n\n## A \\*lost\\* one\n\nImport AI 9 · gone (not in the archive)\n\nStill.\n"
    )


def test_tags_are_sorted() -> None:
    fields = ("note", "tag:Water", "tag:otters", "tag:alps")
    registers = tuple(Register("ada", field, "x", UNKNOWN_TIME, "m") for field in fields)
    state = StoryState("ada", StoryName("Ada", "7"), registers)
    row = AnnotatedStory(state, None, None)
    assert row.tags == ["alps", "otters", "Water"]
    assert row.note
    assert not row.highlights
