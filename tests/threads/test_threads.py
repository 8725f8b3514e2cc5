from __future__ import annotations

import pytest

from importai_tui.model import CrossReference
from importai_tui.threads.mentions import find_distinctive_words, find_mentions, has_same_stem
from importai_tui.threads.resolver import Certainty
from importai_tui.threads.threads import build_chain, count_weeks_between, format_gap, format_weeks
from tests.threads.conftest import OpenThreads
from tests.threads.sample_issues import CENSUS_URL, make_issue, make_link, make_mentioning_issue, make_story


def test_near_words_and_names_weigh_most() -> None:
    (newest,) = make_mentioning_issue(
        "Long ago somebody measured brooks. SluiceNet opens gates (Import AI #100)."
    ).stories
    (mention,) = find_mentions(newest)
    assert [clue.word for clue in mention.words[:3]] == ["SluiceNet", "gates", "opens"]
    assert "brooks" in {clue.word for clue in mention.words}
    assert not {"Import", "AI", "100"} & {clue.word for clue in mention.words}


def test_words_in_another_sentence_weigh_less() -> None:
    weights = []
    for joint in (" where ", ". "):
        (newest,) = make_mentioning_issue(f"They measured brooks{joint}SluiceNet opens (Import AI #100).").stories
        weights.append(next(clue.weight for clue in find_mentions(newest)[0].words if clue.word == "brooks"))
    assert weights[0] > 1.5 * weights[1]


def test_forms_of_one_word_have_the_same_stem() -> None:
    assert has_same_stem("count", "counting")
    assert has_same_stem("rivers", "river")
    assert has_same_stem("studies", "study")
    assert not has_same_stem("count", "country")
    assert not has_same_stem("sluices", "sluicenet")


def test_long_gaps_are_shown_in_years() -> None:
    assert format_gap(count_weeks_between("2024-01-01", "2024-03-25"), is_later=False) == "12 weeks before"
    assert format_gap(count_weeks_between("2024-01-01", "2024-01-08"), is_later=True) == "1 week later"
    assert format_gap(count_weeks_between("2024-01-01", "2024-01-02"), is_later=True) == "the same week"
    assert format_gap(count_weeks_between(None, "2024-01-08"), is_later=True) == ""
    assert format_weeks(152) == "3 years"


def test_a_chain_goes_both_ways_in_time_order(told: OpenThreads) -> None:
    middle = make_issue(
        105, "2024-02-12", *make_mentioning_issue("Otterworks built SluiceNet for locks (Import AI #100).").stories
    )
    last = make_story(
        1,
        "Sluices for all",
        "The sluices again are open (Import AI #105), and nobody knows why (Import AI #77).",
        mentions=(CrossReference(105, "Import AI #105"), CrossReference(77, "Import AI #77")),
    )
    threads, _ = told(middle, make_issue(120, "2024-05-20", last))
    otters = threads.get_story("otters-open-river-locks")
    assert otters
    chain = build_chain(threads, otters)
    assert [(node.number, node.story is not None) for node in chain.nodes] == [
        (77, False),
        (100, True),
        (105, True),
        (120, True),
    ]
    assert (chain.start, chain.is_truncated) == (1, False)
    short = build_chain(threads, otters, limit=2)
    assert ([node.number for node in short.nodes], short.is_truncated) == ([100, 105], True)


def test_possible_mentions_fill_the_rest_of_a_chain(
    told: OpenThreads,
) -> None:
    vague = [
        make_issue(
            number,
            f"2024-04-{number - 112:02}",
            make_story(1, f"Said in {number}", "It was.", mentions=(CrossReference(100, "Import AI #100"),)),
        )
        for number in range(113, 117)
    ]
    clear = make_mentioning_issue("Otterworks built SluiceNet for locks (Import AI #100).")
    threads, _ = told(*vague, clear)
    otters = threads.get_story("otters-open-river-locks")
    assert otters
    chain = build_chain(threads, otters)
    assert [node.number for node in chain.nodes] == [100, 112, 113, 114, 115, 116]
    assert all(node.story for node in chain.nodes)
    assert chain.nodes[2].refers_to[0].certainty is Certainty.ISSUE_ONLY
    short = build_chain(threads, otters, limit=4)
    assert ([node.number for node in short.nodes], short.is_truncated) == ([100, 112, 113, 114], True)


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
def test_stop_words_are_not_distinctive(written: str, word: str) -> None:
    assert [found for _, found in find_distinctive_words(f"{written} (1)")] == ([word] if word else [])


def test_one_shared_word_does_not_relate_stories(told: OpenThreads) -> None:
    said = "They don't really want weirs; weirs and weirs of"
    one, two = make_story(1, "Weirs", f"{said} Tonkraft."), make_story(1, "More weirs", f"{said} Tonkraft.")
    other = make_story(1, "Fog", "They don't really want fog, and Tonkraft said so.")
    threads, place = told(
        make_issue(110, "2024-03-11", one), make_issue(111, "2024-03-18", other), make_issue(113, "2024-04-01", two)
    )
    assert {x.story.ref: x.reason for x in threads.get_related(place)} == {"110/1": "both speak of Tonkraft, weirs"}


def test_related_stories_share_works_or_words(told: OpenThreads) -> None:
    works = make_story(1, "Herons revisited", "Ninety herons were seen.", links=(make_link(1, "Census", CENSUS_URL),))
    words = make_story(
        2, "Otterworks and its SluiceNet", "Otterworks trained SluiceNet on locks. Otters open river locks."
    )
    threads, place = told(make_issue(110, "2024-03-11", words, works))
    by_words = {x.story.ref: x.reason for x in threads.get_related(place)}
    assert by_words == {"100/1": "both speak of SluiceNet, otterworks, locks"}
    revisited = threads.get_story("herons-revisited")
    census = threads.get_story("a-new-census-of-herons")
    assert revisited
    assert census
    assert [(x.story.ref, x.reason) for x in threads.get_related(revisited)] == [
        ("100/2", "both cite arxiv:2401.00001")
    ]
    assert threads.get_related(revisited, exclude=[census]) == ()
