"""Issues of 2016 and 2017, in which an item is a paragraph that starts with its label."""

from __future__ import annotations

import pytest

from importai_tui.model import StoryKind
from tests.parse.pages import BODY, get_headlines, parse_html, story_html

LABELS = ["Label a", "Label b", "Label c", "Label d"]
REMARK = "Import AI administrative note: there was no barn last week."


def items(markup: str = "<p><b>{}:</b> {}</p>") -> str:
    """Return a paragraph for each label."""
    return "".join(markup.format(label, BODY) for label in LABELS)


@pytest.mark.parametrize(
    "markup",
    [
        "<p><b>{}:</b> {}</p>",
        "<p><b>{}</b>: {}</p>",
        "<p><b>{}:&nbsp;</b>{}</p><p>&nbsp;</p>",
        "<p>{}: {}</p>",
        '<p><a href="https://x.example"><b>{}</b></a><b>:</b> {}</p>',
        "<p><b>{}:</b> {}</p><ul><li><b>One</b>: a sheep</li><li>Two</li></ul>",
        '<p><span style="font-weight:700">{}:</span><span style="font-weight:400"> {}</span></p>',
        "<p><b>{}:</b> {}</p><p>***</p>",
    ],
)
def test_each_label_starts_a_story(markup: str) -> None:
    issue = parse_html(items(markup))
    assert get_headlines(issue) == LABELS
    assert all(story.text.startswith(BODY) for story in issue.stories)


def test_question_may_be_a_label() -> None:
    issue = parse_html(items() + f"<p><b>Who may read?</b> {BODY}</p>")
    assert get_headlines(issue) == [*LABELS, "Who may read?"]


@pytest.mark.parametrize("remark", [f"<p><em>{REMARK}</em></p>", f"<p>{BODY}</p>"])
def test_remark_before_the_labels_is_a_note(remark: str) -> None:
    first, *stories = parse_html(remark + items()).stories
    assert first.kind is StoryKind.NOTE
    assert [story.headline for story in stories] == LABELS


def test_run_ins_of_an_essay_are_no_items() -> None:
    prose = f"<p>{BODY}</p>" * 5
    labels = "".join(f"<p><strong>{label}:</strong> {BODY}</p>{prose}" for label in LABELS)
    assert [story.kind for story in parse_html(labels * 2).stories] == [StoryKind.ESSAY]


def test_colons_in_a_plain_essay_are_no_labels() -> None:
    prose = f"<p>{BODY}</p>" * 3
    page = "".join(f"<p>The question of {label} is this: {BODY}</p>{prose}" for label in LABELS)
    assert [story.kind for story in parse_html(page * 2).stories] == [StoryKind.ESSAY]


def test_sections_and_tale_follow_the_items() -> None:
    sponsor = f"<p><strong>Monthly Sponsor:</strong> {BODY}</p>"
    bits = f"<p><b>OpenAI bits and pieces:</b></p><p>{BODY}</p>"
    tale = f"<p><b>Tech Tales:</b></p><p>[<i>2025: A shed.</i>] {BODY}</p><p>{BODY}</p>"
    *_, ad, piece, fiction = parse_html(items() + sponsor + bits + tale).stories
    assert (ad.headline, ad.section, ad.text) == ("Monthly Sponsor", "Monthly Sponsor", BODY)
    assert (piece.headline, piece.section, piece.text) == ("OpenAI bits and pieces", "OpenAI bits and pieces", BODY)
    assert (fiction.kind, fiction.tagline) == (StoryKind.TECH_TALES, "[2025: A shed.]")
    assert fiction.text == f"{BODY}\n\n{BODY}"


def test_bracketed_words_that_start_a_tale_are_no_dateline() -> None:
    tale = f"<p><b>Tech Tales:</b></p><p>[Near Conscious Entity]: {BODY}</p>"
    assert parse_html(f"<p>{story_html()}</p>{tale}").stories[1].tagline is None


def test_headlines_glued_to_taglines_are_no_labels() -> None:
    heads = "".join(
        f"<p><strong>{label}:</strong><em>…Baa…</em>{BODY}</p><p><strong>Part:</strong> {BODY}</p><p>***</p>"
        for label in LABELS
    )
    issue = parse_html(heads)
    assert [(story.headline, story.tagline) for story in issue.stories] == [(label, "…Baa…") for label in LABELS]
