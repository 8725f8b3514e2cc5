"""Number, title, date and URL of an issue, and the limits of their lengths."""

from __future__ import annotations

import pytest

from importai_tui.model import GivenFacts, Issue
from importai_tui.parse.formats import Document
from importai_tui.parse.pipeline import parse_document, parse_issue
from tests.parse.pages import BODY, PLAIN_TEXT, WELCOME, story_html

WORDS = "word " * 20_000
STORY = (
    "<p>Welcome to Import AI, a newsletter about AI research. Please subscribe.</p>"
    "<p><strong>Robots count rivers:<br></strong><em>…Slow water…<br></em>Somebody taught robots. {0}</p>"
)


def parse(page: str, given: GivenFacts | None = None, **facts: str) -> Issue:
    return parse_document(Document(page.encode(), **({"title": "Import AI 7: A title"} | facts)), "", given).issue


def test_long_title_is_cut() -> None:
    for issue in (parse(STORY, title=f"Import AI 7: {WORDS}"), parse(STORY, GivenFacts(7, WORDS))):
        assert len(issue.title) == 300
        assert issue.title.endswith("…")
        assert issue.number == 7


def test_generated_title_is_cut() -> None:
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
def test_headings_have_at_most_500_characters(page: str) -> None:
    for story in parse(page).stories:
        assert all(len(text or "") <= 500 for text in (story.headline, story.tagline, story.section, story.series))


def test_long_issue_url_is_removed() -> None:
    assert parse(STORY, url="https://example.org/" + "a" * 3_000).url is None
    assert parse(STORY, url="https://example.org/" + "a" * 2_000).url is not None


@pytest.mark.parametrize(("length", "has_url"), [(2_000, True), (3_000, False), (300_000, False)])
def test_link_with_a_long_url_has_only_text(length: int, has_url: bool) -> None:
    link = f'<a href="https://example.org/{"a" * length}">the link</a>'
    (story,) = parse(STORY.format(link)).stories
    assert "the link" in story.text
    assert [(x.text, x.url is not None, x.work is not None) for x in story.links] == [("the link", has_url, has_url)]


def test_url_length_excludes_trackers() -> None:
    link = f'<a href="https://example.org/a?utm_source={"x" * 3_000}">the link</a>'
    assert parse(STORY.format(link)).stories[0].links[0].url == "https://example.org/a"


def test_title_line_gives_number_and_title() -> None:
    issue = parse_issue(PLAIN_TEXT.encode())
    assert (issue.number, issue.title, issue.slug) == (7, "Import AI 7: Sheep", "import-ai-7-sheep")


def test_issue_without_a_title_is_named_by_its_headlines() -> None:
    issue = parse_issue(f"{WELCOME}<p>{story_html()}</p><p>***</p><p>{story_html('Goats:')}</p>".encode())
    assert (issue.number, issue.title, issue.slug) == (
        None,
        "Sheep counted by machine; Goats",
        "sheep-counted-by-machine-goats",
    )


def test_given_facts_override_the_document() -> None:
    issue = parse_issue(PLAIN_TEXT.encode(), number=8, title="Import AI 8: Goats", date="2031-01-02")
    assert (issue.number, issue.title, issue.date, issue.ref) == (8, "Import AI 8: Goats", "2031-01-02", "8")


def test_front_matter_gives_title_date_and_url() -> None:
    front = '---\ntitle: "ImportAI 449: Sheep"\ndate: 2026-03-16\nurl: "https://importai.substack.com/p/x"\n---\n'
    issue = parse_issue(f"{front}\n**Sheep:**\n*…Baa…*\n\n{BODY}\n".encode())
    assert (issue.number, issue.date, issue.url) == (449, "2026-03-16", "https://importai.substack.com/p/x")


def test_saved_page_gives_only_its_post() -> None:
    page = (
        "<html><head><title>Import AI 7: Sheep | Import AI </title>"
        '<meta property="article:published_time" content="2031-01-02T10:00:00+00:00">'
        '<link rel="canonical" href="https://jack-clark.net/2031/01/02/sheep/"></head><body><nav>Menu</nav>'
        f'<div class="entry-content">{WELCOME}<p>{story_html()}</p><div id="jp-post-flair">Like this</div></div>'
        "<div>Related: goats</div></body></html>"
    )
    issue = parse_issue(page.encode())
    assert (issue.number, issue.title, issue.date) == (7, "Import AI 7: Sheep", "2031-01-02")
    assert issue.url == "https://jack-clark.net/2031/01/02/sheep/"
    assert [s.text for s in issue.stories] == [BODY]


def find_number(name: str = "", url: str = "", title: str = "") -> int | None:
    front = f'---\ntitle: "{title}"\nurl: "{url}"\n---\n' if title or url else ""
    return parse_issue(f"{front}\n**Sheep are counted:**\n*…Baa…*\n\n{BODY}\n".encode(), name, title="x").number


@pytest.mark.parametrize(
    ("names", "number"),
    [
        ({"name": "import-ai-402-sheep.html"}, 402),
        ({"name": "Import AI 402.txt"}, 402),
        ({"name": "importai-449-sheep.md"}, 449),
        ({"name": "003_67eae2e9e2c0daf6.txt"}, None),
        ({"name": "402.txt"}, None),
        ({"name": "notes-on-import-ai-402.txt"}, None),
        ({"url": "https://jack-clark.net/2016/09/07/import-ai-issue-6-sheep/"}, 6),
        ({"url": "https://importai.substack.com/p/technological-optimism"}, None),
        ({"url": "https://importai.substack.com/p/import-ai-7", "name": "import-ai-8.html"}, 7),
    ],
)
def test_number_comes_from_names_of_the_newsletter(names: dict[str, str], number: int | None) -> None:
    assert find_number(**names) == number


STORY_WITH_DATES = f"Sheep counted:\n…Baa…\n{BODY}\nPublished: March 3, 2020\n{BODY}\nDate: May 2, 2019\n{BODY}\n"


@pytest.mark.parametrize(
    ("head", "foot", "date"),
    [
        ("", "", None),
        ("Posted on January 5, 2031\n", "", "2031-01-05"),
        ("by Jack Clark\nJanuary 5, 2031\n", "", "2031-01-05"),
        ("", "Thanks for reading!\nLike this:\nPublished:\nJanuary 5, 2031\n", "2031-01-05"),
        ("", "Published by Jack Clark\nPublished January 5, 2031\n", "2031-01-05"),
        ("", "Posted on January 5, 2031 by Jack Clark\n", "2031-01-05"),
    ],
)
def test_only_head_and_foot_of_a_page_give_its_date(head: str, foot: str, date: str | None) -> None:
    text = f"Import AI 7: Sheep\n{head}Welcome to Import AI, please subscribe.\n{STORY_WITH_DATES}{foot}"
    issue = parse_issue(text.encode())
    assert issue.date == date
    assert issue.stories[-1].text.endswith(BODY)
