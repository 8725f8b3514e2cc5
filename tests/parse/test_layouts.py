"""Each rule that finds a story, on the layout that it is for."""

from __future__ import annotations

import pytest

from importai_tui.model import Heading, Rule, StoryKind
from importai_tui.parse.pipeline import parse_issue
from tests.parse.pages import BODY, WELCOME, get_headlines, parse_html, parse_one_story, story_html

LONG = " ".join([BODY] * 90)


def test_a_separator_between_two_stories_parts_them() -> None:
    issue = parse_html(f"<p>{story_html()}<br /><br />***<br /><br />{story_html('Goats are next:')}</p>")
    assert get_headlines(issue) == ["Sheep counted by machine", "Goats are next"]


def test_a_separator_inside_the_bold_of_the_next_headline_parts_them_too() -> None:
    issue = parse_html(
        f"<p>{story_html()}<br /><br /><strong>***<br /><br />Goats are next:<br "
        f"/></strong><em>…Baa…<br /></em>{BODY}</p>"
    )
    assert get_headlines(issue) == ["Sheep counted by machine", "Goats are next"]


@pytest.mark.parametrize("rule", ["#" * 52, "#" * 51, "* * *", "<hr />"])
def test_the_separators_of_every_year_are_known(rule: str) -> None:
    issue = parse_html(f"<p>{story_html()}</p><p>{rule}</p><p>{story_html('Goats are next:')}</p>")
    assert get_headlines(issue) == ["Sheep counted by machine", "Goats are next"]


def test_a_run_of_hash_signs_glued_to_a_line_parts_the_line() -> None:
    issue = parse_html(
        f"<p>{story_html()}{'#' * 51}"
        f"Tech Tales:<br /><strong>The Shepherd</strong><br /><em>[2031]</em><br />{BODY}</p>"
    )
    assert get_headlines(issue) == ["Sheep counted by machine", "The Shepherd"]


def test_a_missing_separator_is_made_good_by_headline_and_tagline() -> None:
    issue = parse_html(f"<p>{story_html()}</p><p>{story_html('Goats are next:')}</p>")
    assert get_headlines(issue) == ["Sheep counted by machine", "Goats are next"]


@pytest.mark.parametrize("end", [":", "?", ".", "!", "!:", ""])
def test_a_headline_may_end_in_any_way(end: str) -> None:
    found = parse_one_story(f"<p>{story_html('Can machines count sheep' + end)}</p>")
    assert found.headline == "Can machines count sheep" + end.removesuffix(":")


@pytest.mark.parametrize("tagline", ["…Baa…", "...Baa...", "…Baa!...", "…Baa?…", "…Baa"])
def test_a_tagline_keeps_its_ellipses_however_it_closes(tagline: str) -> None:
    assert parse_one_story(f"<p>{story_html(tagline=tagline)}</p>").tagline == tagline


def test_a_tagline_on_the_line_of_the_body_is_told_apart_by_its_italics() -> None:
    found = parse_one_story(f"<p><strong>Sheep:<br /></strong><em>…Sleep is solved…</em>{BODY}</p>")
    assert (found.tagline, found.text) == ("…Sleep is solved…", BODY)


def test_a_tagline_on_the_line_of_the_body_is_told_apart_in_plain_text() -> None:
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
def test_a_headline_on_the_line_of_its_tagline_is_told_apart(line: str) -> None:
    issue = parse_html(f"<p>{story_html('Goats:')}</p><p>***</p><p>{line}</p>")
    assert (issue.stories[1].headline, issue.stories[1].tagline) == ("Sheep are counted", "…Sleep is solved…")
    assert issue.stories[1].text == BODY


def test_an_ellipsis_in_a_sentence_makes_no_headline() -> None:
    found = parse_one_story(
        f"<p>{story_html()}</p>"
        f"<p><strong>They wrote:</strong> “…and so on…” {BODY}</p><p>So: …and more… it goes on.</p>"
    )
    assert "So: …and more… it goes on." in found.text


def test_a_tagline_broken_behind_its_ellipsis_is_whole_again() -> None:
    found = parse_one_story(f"<p><strong>Sheep:<br />…</strong><br /><em>We should expect sheep…</em></p><p>{BODY}</p>")
    assert found.tagline == "…We should expect sheep…"


def test_headline_and_tagline_may_both_be_plain_at_the_start() -> None:
    found = parse_one_story(f"<p>Sheep are counted:<br />…“Sleep” is solved...<br />{BODY}</p>")
    assert (found.headline, found.tagline) == ("Sheep are counted", "…“Sleep” is solved...")


def test_a_bold_line_after_a_separator_is_a_story_without_a_tagline() -> None:
    issue = parse_html(
        f"<p>{story_html()}<br /><br />***<br /><br /><strong>A short story worth reading:<br /></strong>{BODY}</p>"
    )
    assert get_headlines(issue)[1] == "A short story worth reading"
    assert issue.stories[1].tagline is None


def test_a_bold_subhead_under_a_list_is_no_story() -> None:
    found = parse_one_story(
        f"<p>{story_html()}</p>"
        f"<ul><li><p>one</p></li></ul><p><strong>Three threats:</strong></p><ul><li>wolves</li></ul>"
    )
    assert "Three threats:" in found.text


def test_a_separator_without_a_headline_is_a_break_inside_the_story() -> None:
    found = parse_one_story(f"<p>{story_html()}</p><p>***</p><p>{BODY}</p>")
    assert any(isinstance(block, Rule) for block in found.blocks)


def test_two_stories_under_one_umbrella_carry_its_name() -> None:
    umbrella = "<strong>DOUBLE FEATURE: the flock<br /><br />Sheep are counted:<br /></strong><em>…Baa…<br /></em>"
    issue = parse_html(f"<p>***</p><p>{umbrella}{BODY}</p><p>{story_html('Goats are next:')}</p>")
    assert [(s.headline, s.section) for s in issue.stories] == [
        ("Sheep are counted", "DOUBLE FEATURE: the flock"),
        ("Goats are next", "DOUBLE FEATURE: the flock"),
    ]


def test_a_round_up_of_earlier_years_is_one_story() -> None:
    bits = "".join(f"<p><strong>Bit {n}:</strong> {BODY}</p>" for n in range(4))
    issue = parse_html(f"<p>{story_html()}</p><p>{'#' * 52}</p><p><strong>OpenAI Bits & Pieces:</strong></p>{bits}")
    assert get_headlines(issue) == ["Sheep counted by machine", "OpenAI Bits & Pieces"]
    assert issue.stories[1].text.count("Bit ") == 4


def test_an_opening_remark_that_says_something_is_a_note() -> None:
    issue = parse_html(f"<p><em>A short issue this week, for the sheep needed shearing.</em></p><p>{story_html()}</p>")
    assert [s.kind for s in issue.stories] == [StoryKind.NOTE, StoryKind.STORY]


def test_a_remark_in_the_paragraph_of_the_welcome_outlives_the_welcome() -> None:
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
def test_a_tale_is_known_with_and_without_label_and_weight(opening: str) -> None:
    tale = parse_html(f"<p>{story_html()}</p><p>{opening}{BODY}</p>{INSPIRED}").stories[1]
    assert (tale.kind, tale.headline, tale.tagline) == (StoryKind.TECH_TALES, "The Shepherd", "[Wales, 2031]")
    assert tale.text.startswith(BODY)
    assert tale.inspirations == ("Sheep", "the night", "counting")


def test_a_tale_without_dateline_begins_with_its_first_sentence() -> None:
    words = "[Near Conscious Entity (NCE)]: I am awake and I am counting."
    tale = parse_html(
        f"<p><strong>Tech Tales:<br /><br />The Shepherd<br /></strong></p><p>{words}</p>{INSPIRED}"
    ).stories[0]
    assert (tale.tagline, tale.text.split("\n")[0]) == (None, words)


def test_brackets_inside_a_dateline_stay() -> None:
    tale = parse_html(
        f"<p><strong>Tech Tales:<br /><br />X and Y<br /></strong>[Found at [REDACTED] depth.]<br />{BODY}</p>"
    ).stories[0]
    assert tale.tagline == "[Found at [REDACTED] depth.]"


def test_fiction_without_label_and_dateline_is_known_by_its_inspirations() -> None:
    tale = parse_html(
        f"<p>{story_html()}</p><p>***</p><p><strong>The Shepherd</strong><br />{BODY}</p>{INSPIRED}"
    ).stories[1]
    assert tale.kind is StoryKind.TECH_TALES


def test_an_ellipsis_in_a_dialogue_is_no_tagline() -> None:
    talk = "<em>I do not have feelings, but I can count.</em><br /><em>…</em><br /><em>You appear to be asleep.</em>"
    tale = parse_html(
        f"<p><strong>Tech Tales:<br /><br />The Shepherd<br /></strong>[2031]</p><p>{talk}</p>{INSPIRED}"
    ).stories
    assert len(tale) == 1


# --- essays ---------------------------------------------------------------------------------------------------------


def test_an_essay_is_known_by_its_label() -> None:
    label = (
        "<strong>Import A-Idea:<br /></strong><em>An occasional essay series:</em></p><p><strong>On sheep</strong></p>"
    )
    essay = parse_html(f"<p>{label}<p>{LONG}</p><p>***</p><p>{story_html()}</p>").stories[0]
    assert (essay.kind, essay.headline, essay.section) == (StoryKind.ESSAY, "On sheep", "Import A-Idea")
    assert essay.series == "An occasional essay series"


def test_bold_subheads_of_a_labelled_essay_are_no_essays() -> None:
    label = "<strong>Import A-Idea</strong></p><p><strong>On sheep</strong></p>"
    parts = "".join(f"<p><strong>{name}</strong></p><p>{BODY}</p>" for name in ("WOOL", "MILK", "SLEEP"))
    issue = parse_html(f"<p>{label}<p>{BODY}</p>{parts}<p>***</p><p>{story_html()}</p>")
    assert get_headlines(issue) == ["On sheep", "Sheep counted by machine"]


def test_a_preamble_before_an_essay_is_a_note_of_its_own() -> None:
    label = (
        "<p><strong>Import A-Idea</strong><br /><em>An occasional essay series</em><br /><strong>Preamble:</strong></p>"
    )
    title = "<p><strong>On sheep</strong><br /><em>Remarks given in a field.</em></p>"
    note, essay = parse_html(f"{label}<p>Why I wrote this.</p>{title}<p>{LONG}</p>").stories
    assert (note.kind, note.headline, note.text) == (StoryKind.NOTE, "Preamble", "Why I wrote this.")
    assert (essay.kind, essay.headline, essay.tagline) == (StoryKind.ESSAY, "On sheep", "Remarks given in a field.")


def test_subheads_of_an_essay_are_no_stories() -> None:
    parts = "".join(f"<p><strong>PART {n}</strong></p><p>{BODY * 5}</p>" for n in range(20))
    essay = parse_one_story(f"<p><strong>On sheep and their future</strong></p>{parts}")
    assert (essay.kind, essay.headline) == (StoryKind.ESSAY, "On sheep and their future")
    assert sum(isinstance(block, Heading) for block in essay.blocks) == 20


def test_an_essay_that_begins_before_its_first_subhead_is_called_as_the_issue_is() -> None:
    parts = "".join(f"<p><strong>PART {n}</strong></p><p>{BODY * 8}</p>" for n in range(20))
    issue = parse_html(f"<p>{LONG}</p>{parts}", title="Import AI 999: Sheep")
    assert [(s.kind, s.headline) for s in issue.stories] == [(StoryKind.ESSAY, "Sheep")]
    assert issue.stories[0].text.startswith(BODY)


def test_a_label_above_the_first_title_is_its_section() -> None:
    found = parse_one_story(f"<p>Barn lecture:</p><p><strong>On sheep</strong></p><p>{LONG}</p>")
    assert (found.headline, found.section) == ("On sheep", "Barn lecture")
