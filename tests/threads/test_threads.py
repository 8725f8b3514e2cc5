from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.model import CrossReference, Issue
from importai_tui.output.json import story_json
from importai_tui.parse.pipeline import parse_issue
from importai_tui.threads.resolver import Certainty
from importai_tui.threads.threads import Threads, build_chain, count_weeks_between, format_gap, format_weeks
from tests.corpus import CORPUS, needs_corpus
from tests.threads.conftest import OpenThreads
from tests.threads.sample_issues import CENSUS_URL, make_issue, make_link, make_mentioning_issue, make_story

PAGE = "https://importai.substack.com/p/import-ai-100-otters-herons"


@pytest.mark.parametrize(
    ("newest", "ref", "certainty", "reason"),
    [
        (
            make_mentioning_issue(
                "Last winter Otterworks taught SluiceNet to open locks (Import AI #100). Now it closes them."
            ),
            "100/1",
            Certainty.LIKELY,
            "shared terms: open, locks, SluiceNet",
        ),
        (
            make_mentioning_issue(
                "The keepers of Bruckhaven had warned of this (Import AI #100). SluiceNet was not asked."
            ),
            "100/3",
            Certainty.LIKELY,
            "shared terms: keepers, Bruckhaven",
        ),
        (
            make_mentioning_issue(
                "They count again (Import AI #100). Read more: Census.", make_link(1, "Census", CENSUS_URL)
            ),
            "100/2",
            Certainty.CERTAIN,
            "both cite arxiv:2401.00001",
        ),
        (
            make_mentioning_issue(
                "As we said in Import AI 100.", make_link(1, "Import AI 100", f"{PAGE}#§lock-keepers"), link_number=1
            ),
            "100/3",
            Certainty.CERTAIN,
            "the link leads to it",
        ),
        (
            make_mentioning_issue("We wrote of it (Import AI #90).", number=90),
            "90/1",
            Certainty.CERTAIN,
            "its only story",
        ),
        (make_mentioning_issue("It has all been said before (Import AI #100)."), None, Certainty.ISSUE_ONLY, ""),
        (make_mentioning_issue("Say Otterworks, say Bruckhaven (Import AI #100)."), None, Certainty.ISSUE_ONLY, ""),
        (
            make_mentioning_issue(
                "Driftwell measured the ice of the delta, as told before.",
                make_link(1, "told before", "https://jack-clark.net/2024/02/05/the-delta-in-winter/"),
                number=None,
            ),
            "the-delta-in-winter-and-a-museum/1",
            Certainty.LIKELY,
            "shared terms: delta, ice, measured",
        ),
        (
            make_mentioning_issue(
                "Driftwell measured the ice of the delta, as told before.",
                make_link(1, "told before", "https://jack-clark.net/2024/02/05/"),
                number=None,
            ),
            "the-delta-in-winter-and-a-museum/1",
            Certainty.LIKELY,
            "shared terms: delta, ice, measured",
        ),
    ],
    ids=[
        "words",
        "nearest words",
        "work",
        "anchor",
        "only story",
        "nothing",
        "two equal",
        "slug without a number",
        "day",
    ],
)
def test_a_mention_resolves_to_a_story(
    open_threads: OpenThreads, newest: Issue, ref: str | None, certainty: Certainty, reason: str
) -> None:
    threads, origin = open_threads(newest)
    (found,) = threads.get_references_from(origin)
    assert (found.story.ref if found.story else None, found.certainty) == (ref, certainty)
    assert found.reason == reason
    assert found.issue


def test_two_mentions_in_a_sentence_use_their_own_words(open_threads: OpenThreads) -> None:
    other = make_issue(
        101, "2024-01-08", make_story(1, "Weirs that sing", "Tonkraft tunes weirs."), make_story(2, "Ice", "It melts.")
    )
    text = "It may be SluiceNet by Otterworks (Import AI #100) or the weirs of Tonkraft (Import AI #101)."
    mentions = tuple(CrossReference(number, f"Import AI #{number}") for number in (100, 101))
    both = make_story(1, "The sluices again", text, mentions=mentions)
    threads, origin = open_threads(other, make_issue(112, "2024-03-25", both))
    assert [x.story.ref for x in threads.get_references_from(origin) if x.story] == ["100/1", "101/1"]


def test_a_reference_to_a_missing_issue_keeps_its_url(open_threads: OpenThreads) -> None:
    page = "https://jack-clark.net/2024/02/12/import-ai-105-tides/"
    threads, origin = open_threads(
        make_mentioning_issue("See Import AI #105.", make_link(1, "Import AI #105", page), number=105, link_number=1)
    )
    (found,) = threads.get_references_from(origin)
    assert (found.issue, found.story, found.number, found.url) == (None, None, 105, page)


def test_a_story_has_mentions_of_itself_and_its_issue(open_threads: OpenThreads) -> None:
    clear = make_issue(
        111, "2024-03-18", *make_mentioning_issue("Otterworks built SluiceNet for locks (Import AI #100).").stories
    )
    vague = make_story(1, "Said before", "It was (Import AI #100).", mentions=clear.stories[0].cross_references)
    threads, _ = open_threads(clear, make_issue(113, "2024-04-01", vague))
    otters = threads.get_story("otters-open-river-locks")
    herons = threads.get_story("a-new-census-of-herons")
    assert otters
    assert herons
    assert [(x.origin.ref, x.certainty) for x in threads.get_mentions_of(otters)] == [
        ("111/1", Certainty.LIKELY),
        ("113/1", Certainty.ISSUE_ONLY),
    ]
    assert [x.origin.ref for x in threads.get_mentions_of(herons)] == ["113/1"]
    assert [format_gap(x.weeks, is_later=True) for x in threads.get_mentions_of(herons)] == ["13 weeks later"]


def test_links_mention_an_issue_without_a_number(open_threads: OpenThreads) -> None:
    page = "https://jack-clark.net/2024/02/05/the-delta-in-winter-and-a-museum/?utm_source=x"
    threads, origin = open_threads(
        make_mentioning_issue("Driftwell and its ice (here).", make_link(1, "here", page), number=None)
    )
    winter = threads.get_story("winter-in-the-delta")
    assert winter
    assert [x.origin for x in threads.get_mentions_of(winter)] == [origin]


def test_json_names_the_stories_of_the_thread_view(open_threads: OpenThreads, library: Library) -> None:
    text = "Otterworks built SluiceNet for locks (Import AI #100), and was patient (Import AI #90)."
    mentions = tuple(CrossReference(number, f"Import AI #{number}") for number in (100, 90, 77))
    open_threads(make_issue(112, "2024-03-25", make_story(1, "The sluices again", text, mentions=mentions)))
    references = story_json(library, "112", 1)["cross_references"]
    assert [(x["number"], x["ref"], x["in_archive"], x["certainty"]) for x in references] == [
        (100, "100/1", True, "likely"),
        (90, "90/1", True, "certain"),
        (77, None, False, None),
    ]


def test_long_gaps_are_shown_in_years() -> None:
    assert format_gap(count_weeks_between("2024-01-01", "2024-03-25"), is_later=False) == "12 weeks earlier"
    assert format_gap(count_weeks_between("2024-01-01", "2024-01-08"), is_later=True) == "1 week later"
    assert format_gap(count_weeks_between("2024-01-01", "2024-01-02"), is_later=True) == "same week"
    assert format_gap(count_weeks_between(None, "2024-01-08"), is_later=True) == ""
    assert format_weeks(152) == "3 years"


def test_a_chain_goes_both_ways_in_time_order(open_threads: OpenThreads) -> None:
    middle = make_issue(
        105, "2024-02-12", *make_mentioning_issue("Otterworks built SluiceNet for locks (Import AI #100).").stories
    )
    last = make_story(
        1,
        "Sluices for all",
        "The sluices again are open (Import AI #105), and nobody knows why (Import AI #77).",
        mentions=(CrossReference(105, "Import AI #105"), CrossReference(77, "Import AI #77")),
    )
    threads, _ = open_threads(middle, make_issue(120, "2024-05-20", last))
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


def test_possible_mentions_fill_the_rest_of_a_chain(open_threads: OpenThreads) -> None:
    vague = [
        make_issue(
            number,
            f"2024-04-{number - 112:02}",
            make_story(1, f"Said in {number}", "It was.", mentions=(CrossReference(100, "Import AI #100"),)),
        )
        for number in range(113, 117)
    ]
    clear = make_mentioning_issue("Otterworks built SluiceNet for locks (Import AI #100).")
    threads, _ = open_threads(*vague, clear)
    otters = threads.get_story("otters-open-river-locks")
    assert otters
    chain = build_chain(threads, otters)
    assert [node.number for node in chain.nodes] == [100, 112, 113, 114, 115, 116]
    assert all(node.story for node in chain.nodes)
    assert chain.nodes[2].refers_to[0].certainty is Certainty.ISSUE_ONLY
    short = build_chain(threads, otters, limit=4)
    assert ([node.number for node in short.nodes], short.is_truncated) == ([100, 112, 113, 114], True)


@needs_corpus
def test_real_mentions_resolve_as_a_person_would(library: Library) -> None:
    for name in ("386.txt", "400.txt", "408.txt", "414.txt", "420.txt", "424.txt", "426.txt", "428.txt"):
        library.store(parse_issue((CORPUS / "text" / name).read_bytes(), name), b"page", name)
    for name in ("401.md", "430.md", "432.md", "433.md", "434.md", "436.md"):
        library.store(parse_issue((CORPUS / "markdown" / name).read_bytes(), name), b"page", name)
    with Threads(library.archive.path) as threads:
        found = {
            (story.ref, reference.story.ref)
            for issue in library.get_issue_rows()
            for story in library.get_story_rows(issue.ref)
            for reference in threads.get_references(story.key).refers_to
            if reference.story
        }
    assert found == {
        ("400/3", "386/5"),
        ("401/2", "400/3"),
        ("424/2", "420/1"),
        ("428/3", "414/5"),
        ("430/3", "408/1"),
        ("433/1", "424/7"),
        ("433/1", "426/2"),
        ("434/3", "430/2"),
        ("436/2", "432/3"),
    }
