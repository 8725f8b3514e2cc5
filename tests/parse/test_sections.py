"""Issues of 2017 to 2022: stories without separators, sections with several items, advertisements, tales in parts."""

from __future__ import annotations

from importai_tui.model import Rule, StoryKind
from importai_tui.parse.pipeline import parse_issue
from tests.parse.pages import BODY, get_headlines, parse_html, story_html

FIRST = f"<p>{story_html()}</p>"
NEXT = f"<p>{story_html('Goats are next:')}</p>"
CALL = '<br />&nbsp; <strong>Read more:</strong> <a href="https://arxiv.org/abs/1806.00001">Sheep (Arxiv)</a>.'
HEADLINES = ["Sheep counted by machine", "Goats are next"]
TALE = f"<p><strong>Tech Tales:</strong></p><p><strong>The Shepherd</strong></p><p>[2031]</p><p>{BODY}</p>"
INSPIRED = "<p><strong>Things that inspired this story:</strong> Sheep; the night.</p>"


def untagged(title: str, call: str = CALL) -> str:
    """Return a story without a tagline."""
    return f"<p><strong>{title}:</strong><br />{BODY}{call}</p>"


def test_bold_line_after_a_call_is_a_headline() -> None:
    issue = parse_html(f"<p>{story_html()}{CALL}</p>{untagged('A third thing')}{NEXT}")
    assert get_headlines(issue) == [HEADLINES[0], "A third thing", HEADLINES[1]]


def test_bold_line_without_a_call_before_it_is_a_run_in() -> None:
    assert get_headlines(parse_html(f"{FIRST}{untagged('A part of it')}{NEXT}")) == HEADLINES


def test_bold_line_after_a_call_is_a_run_in_between_separators() -> None:
    issue = parse_html(f"<p>{story_html()}{CALL}</p>{untagged('A part of it')}<p>***</p>{NEXT}")
    assert get_headlines(issue) == HEADLINES


def test_headline_after_a_call_in_plain_text() -> None:
    head = "Import AI 99: Sheep\n\nWelcome to Import AI, please subscribe.\n\n"
    call = "Read more: On Sheep (Arxiv).\n\n"
    text = f"{head}Sheep counted:\n…Baa…\n{BODY}\n{call}Goats are next:\n{BODY}\n{call}"
    assert get_headlines(parse_issue(text.encode())) == ["Sheep counted", "Goats are next"]


def test_headline_without_bold_above_an_italic_tagline() -> None:
    stories = "".join(f"<p>{title}:<br /><em>…Baa…</em><br />{BODY}</p>" for title in HEADLINES)
    assert get_headlines(parse_html(stories)) == HEADLINES


def test_section_ends_at_a_story_with_a_tagline() -> None:
    ad = f"<p><strong>Monthly Sponsor:</strong><br /><em>{BODY}</em></p>"
    assert [story.section for story in parse_html(FIRST + ad + NEXT).stories] == [None, "Monthly Sponsor", None]


def test_items_with_taglines_stay_in_their_section() -> None:
    label = "<p><strong>AI Policy with a Shepherd:</strong></p>"
    stories = parse_html(f"{FIRST}{label}{NEXT}<p>{story_html('A third thing:')}</p>").stories
    assert [story.section for story in stories] == [None, *["AI Policy with a Shepherd"] * 2]


def test_special_section_after_labelled_items_has_no_labels() -> None:
    bits = f"<p><strong>OpenAI Bits & Pieces:</strong></p><p><strong>A bit:</strong> {BODY}</p><p>***</p>"
    special = f"<p>{story_html('Special section - Wool:')}</p><p><strong>A part of it:</strong> {BODY}</p>"
    assert get_headlines(parse_html(FIRST + bits + special)) == [HEADLINES[0], "A bit", "Special section - Wool"]


def test_advertisement_may_follow_its_label_on_the_line() -> None:
    _, ad, after = parse_html(f"{FIRST}<p><strong>Monthly Sponsor: </strong>{BODY}</p>{NEXT}").stories
    assert (ad.headline, ad.section, ad.text) == ("Monthly Sponsor", "Monthly Sponsor", BODY)
    assert after.section is None


def test_ordinary_word_is_a_run_in_and_no_section() -> None:
    run_ins = f"<p><strong>Jobs:</strong> {BODY}</p><p><strong>Jobs:</strong><br />{BODY}</p>"
    assert get_headlines(parse_html(FIRST + run_ins + NEXT)) == HEADLINES
    text = f"Import AI 7: Sheep\nWelcome to Import AI, please subscribe.\nSheep:\n…Baa…\n{BODY}\nJobs:\n{BODY}\n"
    assert get_headlines(parse_issue(text.encode())) == ["Sheep"]


def test_ordinary_word_alone_in_its_paragraph_is_a_section() -> None:
    issue = parse_html(f"{FIRST}<p><strong>Jobs:</strong></p><p>{BODY}</p>")
    assert get_headlines(issue) == [HEADLINES[0], "Jobs"]


def test_parts_of_a_tale_are_one_tale() -> None:
    part = f"<p>***</p><p><strong>LOG ENTRY TWO:</strong></p><p>{BODY}</p>"
    _, tale = parse_html(FIRST + TALE + part * 2 + INSPIRED).stories
    assert (tale.kind, tale.headline, tale.inspirations) == (
        StoryKind.TECH_TALES,
        "The Shepherd",
        ("Sheep", "the night"),
    )
    assert tale.text.count("LOG ENTRY TWO") == 2
    assert sum(isinstance(block, Rule) for block in tale.blocks) == 2


def test_second_tale_after_a_complete_one_is_its_own() -> None:
    second = f"<p>***</p><p><strong>The Goatherd</strong></p><p>[2032]</p><p>{BODY}</p>{INSPIRED}"
    tales = parse_html(FIRST + TALE + INSPIRED + second).stories[1:]
    assert [tale.headline for tale in tales] == ["The Shepherd", "The Goatherd"]


def test_title_and_dateline_of_a_tale_on_one_line() -> None:
    glued = (
        f"<p><strong>Tech Tales:</strong></p><p><strong>The Shepherd</strong><em>[A field, 2031]</em></p><p>{BODY}</p>"
    )
    tale = parse_html(FIRST + glued).stories[1]
    assert (tale.headline, tale.tagline, tale.text) == ("The Shepherd", "[A field, 2031]", BODY)


def test_inspirations_of_2017_are_technologies() -> None:
    label = "<p><strong>Technologies that inspired this story:</strong> Sheep; goats.</p>"
    assert parse_html(FIRST + TALE + label).stories[1].inspirations == ("Sheep", "goats")


def test_thanks_with_an_address_are_boilerplate() -> None:
    nodes = ("Thanks for reading!", "If you have suggestions, comments or other thoughts you can reach me at",
             "jack@example.net", "or tweet at me", "@example")  # fmt: skip
    head = "Import AI 99: Sheep\nWelcome to Import AI, please subscribe.\n"
    (story,) = parse_issue(f"{head}Sheep counted:\n…Baa…\n{BODY}\n{chr(10).join(nodes)}\n".encode()).stories
    assert "suggestions" not in story.text


def test_headline_of_two_lines_is_one_headline() -> None:
    long = f"<p><strong>A headline that is long and<br />goes on:</strong><br /><em>…Baa…</em><br />{BODY}</p>"
    assert [(s.headline, s.section) for s in parse_html(long + NEXT).stories] == [
        ("A headline that is long and goes on", None),
        (HEADLINES[1], None),
    ]
