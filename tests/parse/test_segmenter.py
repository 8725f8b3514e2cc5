"""Each rule that finds stories, on its layout."""

from __future__ import annotations

import pytest

from importai_tui.model import Heading, Rule, StoryKind
from importai_tui.parse.pipeline import parse_issue
from tests.parse.pages import BODY, WELCOME, get_headlines, parse_html, parse_one_story, story_html

LONG = " ".join([BODY] * 90)


def test_separator_splits_two_stories() -> None:
    issue = parse_html(f"<p>{story_html()}<br /><br />***<br /><br />{story_html('Goats are next:')}</p>")
    assert get_headlines(issue) == ["Sheep counted by machine", "Goats are next"]


def test_separator_inside_a_bold_headline_splits_stories() -> None:
    issue = parse_html(
        f"<p>{story_html()}<br /><br /><strong>***<br /><br />Goats are next:<br "
        f"/></strong><em>…Baa…<br /></em>{BODY}</p>"
    )
    assert get_headlines(issue) == ["Sheep counted by machine", "Goats are next"]


@pytest.mark.parametrize("rule", ["#" * 52, "#" * 51, "* * *", "<hr />"])
def test_separators_of_every_year_are_recognised(rule: str) -> None:
    issue = parse_html(f"<p>{story_html()}</p><p>{rule}</p><p>{story_html('Goats are next:')}</p>")
    assert get_headlines(issue) == ["Sheep counted by machine", "Goats are next"]


def test_hash_signs_inside_a_line_split_it() -> None:
    issue = parse_html(
        f"<p>{story_html()}{'#' * 51}"
        f"Tech Tales:<br /><strong>The Shepherd</strong><br /><em>[2031]</em><br />{BODY}</p>"
    )
    assert get_headlines(issue) == ["Sheep counted by machine", "The Shepherd"]


def test_headline_and_tagline_split_without_a_separator() -> None:
    issue = parse_html(f"<p>{story_html()}</p><p>{story_html('Goats are next:')}</p>")
    assert get_headlines(issue) == ["Sheep counted by machine", "Goats are next"]


@pytest.mark.parametrize("end", [":", "?", ".", "!", "!:", ""])
def test_headline_may_have_any_ending(end: str) -> None:
    found = parse_one_story(f"<p>{story_html('Can machines count sheep' + end)}</p>")
    assert found.headline == "Can machines count sheep" + end.removesuffix(":")


@pytest.mark.parametrize("tagline", ["…Baa…", "...Baa...", "…Baa!...", "…Baa?…", "…Baa"])
def test_tagline_has_its_ellipses(tagline: str) -> None:
    assert parse_one_story(f"<p>{story_html(tagline=tagline)}</p>").tagline == tagline


def test_italics_split_tagline_and_body_of_one_line() -> None:
    found = parse_one_story(f"<p><strong>Sheep:<br /></strong><em>…Sleep is solved…</em>{BODY}</p>")
    assert (found.tagline, found.text) == ("…Sleep is solved…", BODY)


def test_ellipses_split_tagline_and_body_in_plain_text() -> None:
    issue = parse_issue(
        f"Welcome to Import AI, please subscribe.\nSheep are counted:\n…Sleep is solved… {BODY}\n".encode()
    )
    assert (issue.stories[0].tagline, issue.stories[0].text) == ("…Sleep is solved…", BODY)


@pytest.mark.parametrize(
    "line",
    [
        "<strong>Sheep are counted:</strong> <em>…Sleep is solved…</em> " + BODY,
        "<strong>Sheep are counted</strong>: <em>…Sleep is solved…</em><br />" + BODY,
        "Sheep are counted: …Sleep is solved… " + BODY,
    ],
)
def test_headline_and_tagline_of_one_line_are_split(line: str) -> None:
    issue = parse_html(f"<p>{story_html('Goats:')}</p><p>***</p><p>{line}</p>")
    assert (issue.stories[1].headline, issue.stories[1].tagline) == ("Sheep are counted", "…Sleep is solved…")
    assert issue.stories[1].text == BODY


def test_ellipsis_in_a_sentence_makes_no_headline() -> None:
    found = parse_one_story(
        f"<p>{story_html()}</p>"
        f"<p><strong>They wrote:</strong> “…and so on…” {BODY}</p><p>So: …and more… it goes on.</p>"
    )
    assert "So: …and more… it goes on." in found.text


def test_tagline_broken_after_its_ellipsis_is_rejoined() -> None:
    found = parse_one_story(f"<p><strong>Sheep:<br />…</strong><br /><em>We should expect sheep…</em></p><p>{BODY}</p>")
    assert found.tagline == "…We should expect sheep…"


def test_first_headline_and_tagline_may_be_plain() -> None:
    found = parse_one_story(f"<p>Sheep are counted:<br />…“Sleep” is solved...<br />{BODY}</p>")
    assert (found.headline, found.tagline) == ("Sheep are counted", "…“Sleep” is solved...")


def test_bold_line_after_a_separator_starts_a_story() -> None:
    issue = parse_html(
        f"<p>{story_html()}<br /><br />***<br /><br /><strong>A short story worth reading:<br /></strong>{BODY}</p>"
    )
    assert get_headlines(issue)[1] == "A short story worth reading"
    assert issue.stories[1].tagline is None


def test_bold_subhead_after_a_list_is_no_story() -> None:
    found = parse_one_story(
        f"<p>{story_html()}</p>"
        f"<ul><li><p>one</p></li></ul><p><strong>Three threats:</strong></p><ul><li>wolves</li></ul>"
    )
    assert "Three threats:" in found.text


def test_separator_without_a_headline_is_a_rule() -> None:
    found = parse_one_story(f"<p>{story_html()}</p><p>***</p><p>{BODY}</p>")
    assert any(isinstance(block, Rule) for block in found.blocks)


def test_stories_under_one_label_have_its_section() -> None:
    umbrella = "<strong>DOUBLE FEATURE: the flock<br /><br />Sheep are counted:<br /></strong><em>…Baa…<br /></em>"
    issue = parse_html(f"<p>***</p><p>{umbrella}{BODY}</p><p>{story_html('Goats are next:')}</p>")
    assert [(s.headline, s.section) for s in issue.stories] == [
        ("Sheep are counted", "DOUBLE FEATURE: the flock"),
        ("Goats are next", "DOUBLE FEATURE: the flock"),
    ]


def test_labelled_paragraphs_of_a_section_are_its_items() -> None:
    bits = "".join(f"<p><strong>Bit {n}:</strong> {BODY}</p>" for n in range(4))
    issue = parse_html(f"<p>{story_html()}</p><p>{'#' * 52}</p><p><strong>OpenAI Bits & Pieces:</strong></p>{bits}")
    assert get_headlines(issue) == ["Sheep counted by machine", "Bit 0", "Bit 1", "Bit 2", "Bit 3"]
    assert {story.section for story in issue.stories[1:]} == {"OpenAI Bits & Pieces"}


def test_opening_remark_is_a_note() -> None:
    issue = parse_html(f"<p><em>A short issue this week, for the sheep needed shearing.</em></p><p>{story_html()}</p>")
    assert [s.kind for s in issue.stories] == [StoryKind.NOTE, StoryKind.STORY]


def test_remark_beside_the_welcome_remains() -> None:
    page = WELCOME.replace("subscribe.", "subscribe. A short issue, for I was shearing.")
    issue = parse_issue(f"{page}<p>{story_html()}</p>".encode())
    assert issue.stories[0].text == "A short issue, for I was shearing."


# --- fiction --------------------------------------------------------------------------------------------------------

INSPIRED = "<p><strong>Things that inspired this story:</strong> Sheep; the night; counting.</p>"


@pytest.mark.parametrize(
    "opening",
    [
        "<strong>Tech Tales:<br /><br />The Shepherd<br /></strong><em>[Wales, 2031]<br /><br /></em>",
        "<strong>Tech Tales</strong><br /><br />The Shepherd<br />[Wales, 2031]<br /><br />",
        "<strong>Tech tales:<br /></strong></p><p><em>The Shepherd</em></p><p>[Wales, 2031]</p><p>",
        "<strong>Tech Tales: The Shepherd</strong><br /><em>[Wales, 2031].</em><br />",
        "***</p><p><strong>The Shepherd:<br /></strong><em>[Wales, 2031]<br /></em>",
    ],
)
def test_tale_is_recognised_in_every_layout(opening: str) -> None:
    tale = parse_html(f"<p>{story_html()}</p><p>{opening}{BODY}</p>{INSPIRED}").stories[1]
    assert (tale.kind, tale.headline, tale.tagline) == (StoryKind.TECH_TALES, "The Shepherd", "[Wales, 2031]")
    assert tale.text.startswith(BODY)
    assert tale.inspirations == ("Sheep", "the night", "counting")


def test_tale_without_a_dateline_starts_at_its_first_sentence() -> None:
    words = "[Near Conscious Entity (NCE)]: I am awake and I am counting."
    tale = parse_html(
        f"<p><strong>Tech Tales:<br /><br />The Shepherd<br /></strong></p><p>{words}</p>{INSPIRED}"
    ).stories[0]
    assert (tale.tagline, tale.text.split("\n")[0]) == (None, words)


def test_dateline_may_have_inner_brackets() -> None:
    tale = parse_html(
        f"<p><strong>Tech Tales:<br /><br />X and Y<br /></strong>[Found at [REDACTED] depth.]<br />{BODY}</p>"
    ).stories[0]
    assert tale.tagline == "[Found at [REDACTED] depth.]"


def test_inspirations_identify_unlabelled_fiction() -> None:
    tale = parse_html(
        f"<p>{story_html()}</p><p>***</p><p><strong>The Shepherd</strong><br />{BODY}</p>{INSPIRED}"
    ).stories[1]
    assert tale.kind is StoryKind.TECH_TALES


def test_ellipsis_in_a_dialogue_is_no_tagline() -> None:
    talk = "<em>I do not have feelings, but I can count.</em><br /><em>…</em><br /><em>You appear to be asleep.</em>"
    tale = parse_html(
        f"<p><strong>Tech Tales:<br /><br />The Shepherd<br /></strong>[2031]</p><p>{talk}</p>{INSPIRED}"
    ).stories
    assert len(tale) == 1


# --- essays ---------------------------------------------------------------------------------------------------------


def test_label_identifies_an_essay() -> None:
    label = (
        "<strong>Import A-Idea:<br /></strong><em>An occasional essay series:</em></p><p><strong>On sheep</strong></p>"
    )
    essay = parse_html(f"<p>{label}<p>{LONG}</p><p>***</p><p>{story_html()}</p>").stories[0]
    assert (essay.kind, essay.headline, essay.section) == (StoryKind.ESSAY, "On sheep", "Import A-Idea")
    assert essay.series == "An occasional essay series"


def test_subheads_of_a_labelled_essay_are_no_essays() -> None:
    label = "<strong>Import A-Idea</strong></p><p><strong>On sheep</strong></p>"
    parts = "".join(f"<p><strong>{name}</strong></p><p>{BODY}</p>" for name in ("WOOL", "MILK", "SLEEP"))
    issue = parse_html(f"<p>{label}<p>{BODY}</p>{parts}<p>***</p><p>{story_html()}</p>")
    assert get_headlines(issue) == ["On sheep", "Sheep counted by machine"]


def test_preamble_before_an_essay_is_an_essay() -> None:
    label = (
        "<p><strong>Import A-Idea</strong><br /><em>An occasional essay series</em><br /><strong>Preamble:</strong></p>"
    )
    title = "<p><strong>On sheep</strong><br /><em>Remarks given in a field.</em></p>"
    preamble, essay = parse_html(f"{label}<p>Why I wrote this.</p>{title}<p>{LONG}</p>").stories
    assert (preamble.kind, preamble.headline, preamble.text) == (StoryKind.ESSAY, "Preamble", "Why I wrote this.")
    assert (essay.kind, essay.headline, essay.tagline) == (StoryKind.ESSAY, "On sheep", "Remarks given in a field.")


def test_subheads_of_an_essay_are_no_stories() -> None:
    parts = "".join(f"<p><strong>PART {n}</strong></p><p>{BODY * 5}</p>" for n in range(20))
    essay = parse_one_story(f"<p><strong>On sheep and their future</strong></p>{parts}")
    assert (essay.kind, essay.headline) == (StoryKind.ESSAY, "On sheep and their future")
    assert sum(isinstance(block, Heading) for block in essay.blocks) == 20


def test_essay_without_a_headline_has_the_issue_title() -> None:
    parts = "".join(f"<p><strong>PART {n}</strong></p><p>{BODY * 8}</p>" for n in range(20))
    issue = parse_html(f"<p>{LONG}</p>{parts}", title="Import AI 999: Sheep")
    assert [(s.kind, s.headline) for s in issue.stories] == [(StoryKind.ESSAY, "Sheep")]
    assert issue.stories[0].text.startswith(BODY)


def test_label_above_the_first_headline_is_its_section() -> None:
    found = parse_one_story(f"<p>Barn lecture:</p><p><strong>On sheep</strong></p><p>{LONG}</p>")
    assert (found.headline, found.section) == ("On sheep", "Barn lecture")
