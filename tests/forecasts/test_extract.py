"""Where forecasts stand in a story, who makes them, and heads that announce them."""

from __future__ import annotations

import pytest

from importai_tui.forecasts.extract import MAX_FORECASTS, find_forecasts
from importai_tui.forecasts.forecast import Speaker, make_forecast_id
from importai_tui.forecasts.probability import find_probability
from importai_tui.model import Code, Heading, Paragraph, ParagraphRole, Quote, Span, Story, StoryKind
from tests.forecasts.stories import make_heading, make_list, make_story

SENTENCE = "I expect that robots fold my laundry by the end of 2031."
REPORTED = "By 2031, half of all sheep will be counted by machines."


def test_forecast_has_place_and_words() -> None:
    story = make_story("Something else.", f"Sheep graze. {SENTENCE} More sheep.")
    (found,) = find_forecasts(story)
    assert found.quote == SENTENCE
    assert story.text[found.start :].startswith(SENTENCE)
    assert (found.due_text, found.speaker, found.probability) == ("by the end of 2031", Speaker.AUTHOR, None)


def test_place_counts_lists_and_skipped_blocks() -> None:
    story = make_story("One.", make_list("Two.", SENTENCE), Code("by 2030"), make_heading("Three"), REPORTED)
    found = find_forecasts(story)
    assert [x.quote for x in found] == [SENTENCE, REPORTED]
    assert all(story.text[x.start :].startswith(x.quote) for x in found)


def test_label_is_not_quoted() -> None:
    label = Paragraph((Span(SENTENCE),), (Span("Why this matters – laundry: "),), ParagraphRole.WHY)
    story = make_story(label, f"Why this matters - more laundry: {REPORTED}")
    assert [x.quote for x in find_forecasts(story)] == [SENTENCE, REPORTED]


def test_fiction_has_no_forecasts() -> None:
    assert find_forecasts(make_story(SENTENCE, kind=StoryKind.TECH_TALES)) == ()


def test_same_sentence_is_found_once() -> None:
    assert len(find_forecasts(make_story(SENTENCE, SENTENCE))) == 1


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (f"“{REPORTED}”", Speaker.OTHER),
        (f'"{REPORTED}"', Speaker.OTHER),
        ("“I think robots will fold laundry by 2031”, she says.", Speaker.OTHER),
        ("“Sheep are easy. By 2031, machines will count them all,” the authors write.", Speaker.OTHER),
        ("I once predicted that “no sheep goes uncounted anywhere in the valley by March 2031”.", Speaker.AUTHOR),
        ("My guess is that “sheep as a service” will be a business by 2031.", Speaker.AUTHOR),
        ("The shepherds expect 2035, but I think it will happen by 2031.", Speaker.AUTHOR),
        ("I think the shepherds are right to worry; they expect that wolves return by 2031.", Speaker.OTHER),
        (f"The shepherds' report is blunt, and says so. {REPORTED}", Speaker.OTHER),
        ("I predict that, contrary to what the shepherds claim, we'll see it by 2031.", Speaker.AUTHOR),
        ("Here's my bet. Robots in every barn by 2031.", Speaker.AUTHOR),
        ("By the end of 2031: robots in every barn.", Speaker.AUTHOR),
        ("I think that by 2031 somebody has built and sold a robot that shears.", Speaker.AUTHOR),
        ("We expect most sheep to have a name by 2031.", Speaker.AUTHOR),
    ],
)
def test_who_forecasts(text: str, speaker: Speaker) -> None:
    found = find_forecasts(make_story(text))
    assert [x.speaker for x in found] == [speaker]


def test_block_quotation_is_of_somebody_else() -> None:
    (found,) = find_forecasts(make_story(Quote((Span("I expect that this will be over by 2031."),))))
    assert found.speaker is Speaker.OTHER


@pytest.mark.parametrize(
    "head",
    [
        "Some predictions for the years ahead:",
        "Predictions",
        "My forecasts",
        "Here are a few predictions",
        "Five predictions:",
    ],
)
def test_lines_below_a_head_that_announces(head: str) -> None:
    lines = make_list("By the end of 2031: 60% of sheep wear a chip.", "2032: no shepherds.", "Sheep are patient.")
    for block in (make_heading(head), head, Paragraph((), (Span(head),))):
        found = find_forecasts(make_story(block, lines, make_heading("Sources"), "2033 sheep were counted."))
        assert [x.due_text for x in found] == ["By the end of 2031", "2032"]


def test_introduction_announces_and_tells_who() -> None:
    lines = make_list("2031: no shepherds.")
    mine = "So that you can laugh at me later, here are a few concrete predictions about barns, with dates:"
    for text, speaker in (
        (mine, Speaker.AUTHOR),
        ("The shepherds write down some of their predictions:", Speaker.OTHER),
    ):
        assert [x.speaker for x in find_forecasts(make_story(text, lines))] == [speaker]


def test_prose_ends_what_a_paragraph_announces() -> None:
    lines = make_list("2031: no shepherds.")
    found = find_forecasts(make_story("My predictions:", lines, "So much for sheep.", "In 2032 there is a vote."))
    assert [x.quote for x in found] == ["2031: no shepherds."]


def test_head_gives_the_time() -> None:
    (one, two) = find_forecasts(make_story(make_heading("Predictions for 2031"), "Sheep can read.", "Dogs can write."))
    assert (one.due_text, two.quote) == ("2031", "Dogs can write.")


def test_heads_of_other_forecasts_announce_nothing() -> None:
    for head in (
        "Better weather forecasts",
        "Predictions of protein structure were wrong",
        "Metaculus predictions",
        "Predictions about sheep come true",
    ):
        assert find_forecasts(make_story(make_heading(head), "2031: no shepherds.")) == ()


@pytest.mark.parametrize(
    ("text", "probability"),
    [
        ("a 20% chance that", 0.2),
        ("a 12.5 percent probability of", 0.125),
        ("I'm 90% confident", 0.9),
        ("a likely chance (60%+) that", 0.6),
        ("likelihood of that: below 1%", 0.01),
        ("between 10% and 20% likely", 0.15),
        ("the odds of it are one in three", 0.3333),
        ("a 50-50 chance", 0.5),
        ("I'd put this at about 30% by then", 0.3),
        ("80% on the test by 2031", None),
        ("a 300% chance", None),
    ],
)
def test_probability(text: str, probability: float | None) -> None:
    assert find_probability(text) == probability


def test_id_ignores_case_blanks_and_quotation_marks() -> None:
    assert make_forecast_id("“It’s  Late”") == make_forecast_id('"it\'s late"')


HOSTILE_PIECES = [
    f"{SENTENCE} ",
    "by 2031 ",
    "in the next few ",
    "“by 2031 ",
    '"I expect" by 2031. ',
    "I expect I think they expect ",
    "a 20% chance, one in three, ",
    "2031 2031-",
    "I wrote, my my my bet: by 2031 ",
    "A.B. e.g. U.S. 2031. ",
    "- 2031:\n",
    "(in 2031 (by 2032 ",
    "will also also also also by May ",
]


def make_hostile_story(piece: str) -> Story:
    """Return a story of one such piece. `tests.benchmarks.hostile_texts` measures the time."""
    return make_story(make_heading("Predictions"), (piece * (100_000 // len(piece)))[:100_000])


@pytest.mark.parametrize("piece", HOSTILE_PIECES)
def test_hostile_text_has_few_forecasts(piece: str) -> None:
    assert len(find_forecasts(make_hostile_story(piece))) <= MAX_FORECASTS


def test_any_block_may_be_empty() -> None:
    assert find_forecasts(make_story("", make_list("", "- "), Heading(()), Quote(()))) == ()
