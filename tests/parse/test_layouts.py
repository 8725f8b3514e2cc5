"""Layouts of all years: made-up issues in the folder `layouts`, and the stories that they have."""

from __future__ import annotations

from pathlib import Path

import pytest

from importai_tui.model import Issue, LinkRole, StoryKind
from importai_tui.parse.pipeline import parse_issue
from tests.parse.pages import BODY, parse_html, story_html

LAYOUTS = Path(__file__).parent / "layouts"
STORY, TALE, ESSAY, NOTE = StoryKind.STORY, StoryKind.TECH_TALES, StoryKind.ESSAY, StoryKind.NOTE
ASLEEP, REMARK = "…And they fall asleep…", "…With a remark…"
SHEEP, SECOND = (STORY, "Sheep learn to count", ASLEEP, None), (STORY, "A second thing", REMARK, None)
BITS, POLICY = "OpenAI Bits & Pieces", "AI Policy with Matthew van der Merwe"
DEALS = "Special section: Money in sheep"

STORIES: dict[str, list[tuple[StoryKind, str, str | None, str | None]]] = {
    "bold-opens-before-the-break.md": [SHEEP, SECOND, (TALE, "The shed", "[A field, 2030]", "Tech Tales")],
    "bold-runs-through-the-stars.md": [SHEEP, SECOND, (TALE, "The shed", "[A field, 2030]", None)],
    "bold-italic-opening-remark.html": [
        (NOTE, "This issue is shorter than others because my house…", None, None),
        SHEEP,
        SECOND,
    ],
    "italic-line-without-ellipsis.html": [
        (STORY, "Sheep learn to count", "They fall asleep, but what does it mean?", None),
        (STORY, "A second thing", ".Remark with one dot! Oh my!…", None),
        (STORY, "A third thing", "Remark that only ends so…", None),
    ],
    "plain-tagline-of-one-dot.txt": [
        SHEEP,
        (STORY, "A second thing", ".Remark with one dot! Oh my!…", None),
        (STORY, "A third thing", "…Short remark…", None),
    ],
    "plain-essay-tagline.txt": [
        (ESSAY, "Import A-Idea", "…A remark on the essay between its dots…", "Import A-Idea"),
        SHEEP,
    ],
    "byline-without-welcome.txt": [SHEEP, SECOND],
    "issue-of-labelled-paragraphs-2016.html": [
        (STORY, headline, None, None)
        for headline in (
            "Sheep that count",
            "Barns with eyes",
            "A faster plough",
            "Rules for robot dogs",
            "The history of the fence",
            "Wool by wire",
        )
    ],
    "paragraphs-that-begin-with-dots-2017.html": [
        (STORY, "Sheep that count", None, None),
        (STORY, "Barns with eyes", None, None),
    ],
    "paragraphs-that-begin-with-dots-2017.txt": [
        (STORY, "Sheep that count", None, None),
        (STORY, "Barns with eyes", None, None),
        (STORY, "A plough", None, None),
    ],
    "section-without-separator-2018.html": [
        SHEEP,
        (STORY, "A model that reads first", None, BITS),
        (STORY, "Contest ends", None, BITS),
        (TALE, "The shed", "[2030: A field]", "Tech Tales"),
    ],
    "guest-section-of-several-items.html": [
        SHEEP,
        (STORY, "A ministry asks", None, POLICY),
        (STORY, "Two towns vote", None, POLICY),
        (TALE, "The shed", "[2030: A field]", "Tech Tales"),
    ],
    "mailchimp-footer.html": [
        (STORY, "A model answers polls like people do", "…It has read us all, and it shows…", None),
        (STORY, "A faster way to multiply", "…Fifty years of records fall in a game…", None),
        (STORY, "Masks that talk", "…A chief scientist writes a warning…", None),
        (TALE, "The replay of you", "[A village where everybody has been asked, 2034]", "Tech Tales"),
    ],
    "link-in-headline-and-tagline.html": [
        (STORY, "Chip maker builds a small car", "…Four wheels…", None),
        SECOND,
    ],
    "items-between-dollar-signs.md": [
        (STORY, DEALS, "…Baa, but what does it mean…", None),
        (STORY, "Wool firm buys loom firm", None, DEALS),
        (STORY, "Shears raises 3 million", None, DEALS),
        SECOND,
    ],
    "slug-with-another-number.md": [SHEEP],
    "blank-lost-before-a-link.md": [SHEEP],
    "plain-announcement-first.txt": [
        (STORY, "Import AI reader giveaway! An evening with a shepherd", None, None),
        SHEEP,
    ],
}


def parse_layout(name: str, number: int | None = None) -> Issue:
    """Parse a file of the folder."""
    return parse_issue((LAYOUTS / name).read_bytes(), name, number=number)


@pytest.mark.parametrize("name", STORIES)
def test_layout_has_these_stories(name: str) -> None:
    issue = parse_layout(name, 777)
    assert [(s.kind, s.headline, s.tagline, s.section) for s in issue.stories] == STORIES[name]
    assert not [story.text for story in issue.stories if "**" in story.text]


def test_every_layout_is_tested() -> None:
    assert {path.name for path in LAYOUTS.iterdir()} == set(STORIES)


@pytest.mark.parametrize("name", ["bold-opens-before-the-break.md", "bold-runs-through-the-stars.md"])
def test_bold_after_a_damaged_mark_is_right(name: str) -> None:
    second = parse_layout(name).stories[1]
    assert second.why
    assert second.why.endswith("It has a reason.")


def test_tagline_of_a_section_is_its_series() -> None:
    _, first, second, _ = parse_layout("guest-section-of-several-items.html").stories
    assert (first.series, second.series) == ("…Matthew writes, I (lightly) edit…", None)


def test_mailchimp_footer_and_reader_id_are_dropped() -> None:
    issue = parse_layout("mailchimp-footer.html")
    assert issue.number == 305
    assert not [word for story in issue.stories for word in ("Copyright", "unsubscribe") if word in story.text]
    addresses = {link.url: link.role for story in issue.stories for link in story.links}
    assert addresses["https://mailchi.mp/example/import-ai-300"] is LinkRole.CROSS_REFERENCE
    assert not [url for url in addresses if "list-manage" in (url or "")]


def test_links_of_headline_and_tagline_are_links() -> None:
    first, second = parse_layout("link-in-headline-and-tagline.html").stories
    assert [link.url for link in first.links] == ["https://chips.example/car"]
    assert [link.url for link in second.links] == ["https://remark.example/r"]


def test_title_decides_the_number_and_not_the_slug() -> None:
    assert parse_layout("slug-with-another-number.md").number == 342


def test_blank_before_a_link_is_restored() -> None:
    (story,) = parse_layout("blank-lost-before-a-link.md").stories
    assert "Read more: Sheep count (arXiv)." in story.text
    assert "Request API access here." in story.text
    assert "Get the model here (GitHub)." in story.text


def test_words_that_start_with_dots_stay_in_the_text() -> None:
    first, _ = parse_layout("paragraphs-that-begin-with-dots-2017.html", 46).stories
    assert first.text.split("\n\n")[1:] == ["…It matters because sheep have time.", "…They also have wool."]


def test_thanks_for_reading_is_no_item_of_2016() -> None:
    items = "".join(f"<p><b>Label {n}:</b> {BODY}</p>" for n in "abc")
    thanks = "<p><b>Thanks for reading!</b> If you have suggestions, comments or other thoughts, write to me.</p>"
    issue = parse_html(items + thanks)
    assert [story.headline for story in issue.stories] == ["Label a", "Label b", "Label c"]
    assert "suggestions" not in issue.stories[-1].text


def test_unlabelled_paragraph_belongs_to_the_item_before() -> None:
    items = "".join(f"<p><b>Label {n}:</b> {BODY}</p>" for n in "abc")
    issue = parse_html(f"{items}<p>Also this week a sheep drew a machine.</p>")
    assert issue.stories[-1].text.endswith("Also this week a sheep drew a machine.")


def test_run_ins_of_a_modern_story_are_no_items() -> None:
    run_ins = "".join(f"<p><strong>Part {n}:</strong> {BODY}</p>" for n in "abcd")
    issue = parse_html(f"<p>{story_html()}</p>{run_ins}")
    assert len(issue.stories) == 1


def test_section_without_headlines_is_one_story() -> None:
    issue = parse_html(f"<p>{story_html()}</p><p><strong>Monthly Sponsor:</strong></p><p>{BODY}</p>")
    sponsor = issue.stories[1]
    assert (sponsor.headline, sponsor.section, sponsor.text) == ("Monthly Sponsor", "Monthly Sponsor", BODY)


def test_words_about_subscribers_are_boilerplate() -> None:
    welcome = "Welcome to Import AI, a (mostly) weekly newsletter. The issues are free, but paid subscribers get more."
    issue = parse_issue(f"Import AI 320: Sheep\n{welcome} Thanks!\nSheep learn to count:\n{ASLEEP}\n{BODY}\n".encode())
    assert [(story.headline, story.text) for story in issue.stories] == [("Sheep learn to count", BODY)]


def test_button_before_a_headline_is_dropped() -> None:
    head = "Import AI 472: Sheep\nWelcome to Import AI, please subscribe.\n"
    text = f"{head}Subscribe Sheep learn to count:\n{ASLEEP}\n{BODY}\n"
    assert [story.headline for story in parse_issue(text.encode()).stories] == ["Sheep learn to count"]
