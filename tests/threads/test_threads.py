from __future__ import annotations

import pytest

from importai_tui.model import CrossReference
from importai_tui.threads.mentions import alike, mentions_of, words_of
from importai_tui.threads.resolver import Certainty
from importai_tui.threads.threads import chain_of, gap_words, span_words, weeks_between
from tests.threads.conftest import Told
from tests.threads.made import CENSUS, issue, link, mentioning, story


def test_the_nearest_words_before_a_mention_weigh_most_and_names_more() -> None:
    (newest,) = mentioning("Long ago somebody measured brooks. SluiceNet opens gates (Import AI #100).").stories
    (mention,) = mentions_of(newest)
    assert [clue.word for clue in mention.clues[:3]] == ["SluiceNet", "gates", "opens"]
    assert "brooks" in {clue.word for clue in mention.clues}
    assert not {"Import", "AI", "100"} & {clue.word for clue in mention.clues}


def test_a_word_beyond_the_end_of_a_sentence_weighs_less() -> None:
    weights = []
    for joint in (" where ", ". "):
        (newest,) = mentioning(f"They measured brooks{joint}SluiceNet opens (Import AI #100).").stories
        weights.append(next(clue.weight for clue in mentions_of(newest)[0].clues if clue.word == "brooks"))
    assert weights[0] > 1.5 * weights[1]


def test_forms_of_one_word_are_alike_and_other_words_are_not() -> None:
    assert alike("count", "counting")
    assert alike("rivers", "river")
    assert alike("studies", "study")
    assert not alike("count", "country")
    assert not alike("sluices", "sluicenet")


def test_gaps_are_told_in_weeks_and_long_ones_in_years() -> None:
    assert gap_words(weeks_between("2024-01-01", "2024-03-25"), later=False) == "12 weeks before"
    assert gap_words(weeks_between("2024-01-01", "2024-01-08"), later=True) == "1 week later"
    assert gap_words(weeks_between("2024-01-01", "2024-01-02"), later=True) == "the same week"
    assert gap_words(weeks_between(None, "2024-01-08"), later=True) == ""
    assert span_words(152) == "3 years"


def test_a_chain_leads_both_ways_over_several_stories_in_the_order_of_time(told: Told) -> None:
    middle = issue(105, "2024-02-12", *mentioning("Otterworks built SluiceNet for locks (Import AI #100).").stories)
    last = story(
        1,
        "Sluices for all",
        "The sluices again are open (Import AI #105), and nobody knows why (Import AI #77).",
        mentions=(CrossReference(105, "Import AI #105"), CrossReference(77, "Import AI #77")),
    )
    threads, _ = told(middle, issue(120, "2024-05-20", last))
    otters = threads.place("otters-open-river-locks")
    assert otters
    chain = chain_of(threads, otters)
    assert [(node.number, node.story is not None) for node in chain.nodes] == [
        (77, False),
        (100, True),
        (105, True),
        (120, True),
    ]
    assert (chain.here, chain.cut) == (1, False)
    short = chain_of(threads, otters, longest=2)
    assert ([node.number for node in short.nodes], short.cut) == ([100, 105], True)


def test_the_thread_of_a_story_holds_the_mentions_of_its_issue_that_may_mean_it_as_far_as_there_is_room(
    told: Told,
) -> None:
    vague = [
        issue(
            number,
            f"2024-04-{number - 112:02}",
            story(1, f"Said in {number}", "It was.", mentions=(CrossReference(100, "Import AI #100"),)),
        )
        for number in range(113, 117)
    ]
    clear = mentioning("Otterworks built SluiceNet for locks (Import AI #100).")
    threads, _ = told(*vague, clear)
    otters = threads.place("otters-open-river-locks")
    assert otters
    chain = chain_of(threads, otters)
    assert [node.number for node in chain.nodes] == [100, 112, 113, 114, 115, 116]
    assert all(node.story for node in chain.nodes)
    assert chain.nodes[2].refers_to[0].certainty is Certainty.ONLY_THE_ISSUE
    short = chain_of(threads, otters, longest=4)
    assert ([node.number for node in short.nodes], short.cut) == ([100, 112, 113, 114], True)


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("don't", ""),
        ("wouldn’t", ""),
        ("they’ll", ""),
        ("want", ""),
        ("wanted", ""),
        ("really", ""),
        ("Significantly", ""),
        ("Google’s", "Google"),
        ("Stanford", "Stanford"),
        ("family", "family"),
        ("rally", "rally"),
        ("Grammarly", "Grammarly"),
        ("O’Reilly", "O’Reilly"),
        ("GPT-4", "GPT-4"),
    ],
)
def test_filler_tells_no_story_from_another_and_names_and_nouns_do(written: str, word: str) -> None:
    assert [found for _, found in words_of(f"{written} (1)")] == ([word] if word else [])


def test_names_come_first_among_the_words_in_common_and_one_word_ties_no_stories(told: Told) -> None:
    said = "They don't really want weirs; weirs and weirs of"
    one, two = story(1, "Weirs", f"{said} Tonkraft."), story(1, "More weirs", f"{said} Tonkraft.")
    other = story(1, "Fog", "They don't really want fog, and Tonkraft said so.")
    threads, place = told(issue(110, "2024-03-11", one), issue(111, "2024-03-18", other), issue(113, "2024-04-01", two))
    assert {x.story.ref: x.reason for x in threads.related(place)} == {"110/1": "both speak of Tonkraft, weirs"}


def test_related_stories_cite_the_same_or_speak_of_the_same_and_are_not_those_of_the_thread(told: Told) -> None:
    works = story(1, "Herons revisited", "Ninety herons were seen.", links=(link(1, "Census", CENSUS),))
    words = story(2, "Otterworks and its SluiceNet", "Otterworks trained SluiceNet on locks. Otters open river locks.")
    threads, place = told(issue(110, "2024-03-11", words, works))
    by_words = {x.story.ref: x.reason for x in threads.related(place)}
    assert by_words == {"100/1": "both speak of SluiceNet, otterworks, locks"}
    revisited = threads.place("herons-revisited")
    census = threads.place("a-new-census-of-herons")
    assert revisited
    assert census
    assert [(x.story.ref, x.reason) for x in threads.related(revisited)] == [("100/2", "both cite arxiv:2401.00001")]
    assert threads.related(revisited, without=[census]) == ()
