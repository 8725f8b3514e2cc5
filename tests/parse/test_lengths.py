"""Titles, headlines and addresses of any length are cut or left out, and the words of the text all stay."""

from __future__ import annotations

import pytest

from importai_tui.model import GivenFacts, Issue
from importai_tui.parse.formats import Document
from importai_tui.parse.pipeline import parse_document

WORDS = "word " * 20_000
STORY = (
    "<p>Welcome to Import AI, a newsletter about AI research. Please subscribe.</p>"
    "<p><strong>Robots count rivers:<br></strong><em>…Slow water…<br></em>Somebody taught robots. {0}</p>"
)


def issue_of(page: str, told: GivenFacts | None = None, **facts: str) -> Issue:
    return parse_document(Document(page.encode(), **({"title": "Import AI 7: A title"} | facts)), "", told).issue


def test_a_long_title_is_cut() -> None:
    for issue in (issue_of(STORY, title=f"Import AI 7: {WORDS}"), issue_of(STORY, GivenFacts(7, WORDS))):
        assert len(issue.title) == 300
        assert issue.title.endswith("…")
        assert issue.number == 7


def test_a_title_made_of_long_headlines_is_cut() -> None:
    issue = parse_document(Document(f"<p>Welcome to Import AI, a newsletter.</p><p>{'x' * 9_000}</p>".encode())).issue
    assert len(issue.title) <= 300


@pytest.mark.parametrize(
    "page",
    [
        f"<h1>Import AI 8: {'x' * 9_000}</h1><p>Welcome to Import AI, a newsletter.</p><p>{WORDS}</p>",
        f"<p>Welcome to Import AI, a newsletter.</p><p>{'x' * 9_000}</p>",
        STORY.format("") + f"<p><strong>Tech Tales:<br>{WORDS}</strong><br>[{WORDS}]<br>Once upon a time.</p>",
        STORY.format("") + f"<p><strong>Import A-Idea:<br></strong>{WORDS}<br>Once upon a time.</p>",
        STORY.format("").replace("Slow water", WORDS),
        STORY.format("").replace("Robots count rivers", WORDS),
    ],
)
def test_no_headline_tagline_or_label_is_longer_than_500(page: str) -> None:
    for story in issue_of(page).stories:
        assert all(len(text or "") <= 500 for text in (story.headline, story.tagline, story.section, story.series))


def test_a_long_address_of_an_issue_is_left_out() -> None:
    assert issue_of(STORY, url="https://example.org/" + "a" * 3_000).url is None
    assert issue_of(STORY, url="https://example.org/" + "a" * 2_000).url is not None


@pytest.mark.parametrize(("length", "kept"), [(2_000, True), (3_000, False), (300_000, False)])
def test_a_link_with_a_long_address_keeps_its_words(length: int, kept: bool) -> None:
    link = f'<a href="https://example.org/{"a" * length}">the link</a>'
    (story,) = issue_of(STORY.format(link)).stories
    assert "the link" in story.text
    assert [(one.text, one.url is not None, one.work is not None) for one in story.links] == [("the link", kept, kept)]


def test_an_address_is_measured_without_its_trackers() -> None:
    link = f'<a href="https://example.org/a?utm_source={"x" * 3_000}">the link</a>'
    assert issue_of(STORY.format(link)).stories[0].links[0].url == "https://example.org/a"
