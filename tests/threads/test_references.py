from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.model import CrossReference, Issue
from importai_tui.output.json import story_json
from importai_tui.parse.pipeline import parse_issue
from importai_tui.threads.resolver import Certainty
from importai_tui.threads.threads import Threads, format_gap
from tests.shared import CORPUS, needs_corpus
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
            "both speak of open, locks, SluiceNet",
        ),
        (
            make_mentioning_issue(
                "The keepers of Bruckhaven had warned of this (Import AI #100). SluiceNet was not asked."
            ),
            "100/3",
            Certainty.LIKELY,
            "both speak of keepers, Bruckhaven",
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
            "both speak of delta, ice, measured",
        ),
        (
            make_mentioning_issue(
                "Driftwell measured the ice of the delta, as told before.",
                make_link(1, "told before", "https://jack-clark.net/2024/02/05/"),
                number=None,
            ),
            "the-delta-in-winter-and-a-museum/1",
            Certainty.LIKELY,
            "both speak of delta, ice, measured",
        ),
    ],
    ids=[
        "words",
        "nearest words",
        "work",
        "anchor",
        "only story",
        "nothing",
        "two alike",
        "slug without a number",
        "day",
    ],
)
def test_a_mention_resolves_to_a_story(
    told: OpenThreads, newest: Issue, ref: str | None, certainty: Certainty, reason: str
) -> None:
    threads, place = told(newest)
    (found,) = threads.get_references_from(place)
    assert (found.story.ref if found.story else None, found.certainty) == (ref, certainty)
    assert found.reason == reason
    assert found.issue


def test_two_mentions_in_a_sentence_use_their_own_words(told: OpenThreads) -> None:
    other = make_issue(
        101, "2024-01-08", make_story(1, "Weirs that sing", "Tonkraft tunes weirs."), make_story(2, "Ice", "It melts.")
    )
    text = "It may be SluiceNet by Otterworks (Import AI #100) or the weirs of Tonkraft (Import AI #101)."
    mentions = tuple(CrossReference(number, f"Import AI #{number}") for number in (100, 101))
    both = make_story(1, "The sluices again", text, mentions=mentions)
    threads, place = told(other, make_issue(112, "2024-03-25", both))
    assert [x.story.ref for x in threads.get_references_from(place) if x.story] == ["100/1", "101/1"]


def test_a_reference_to_a_missing_issue_keeps_its_url(told: OpenThreads) -> None:
    page = "https://jack-clark.net/2024/02/12/import-ai-105-tides/"
    threads, place = told(
        make_mentioning_issue("See Import AI #105.", make_link(1, "Import AI #105", page), number=105, link_number=1)
    )
    (found,) = threads.get_references_from(place)
    assert (found.issue, found.story, found.number, found.url) == (None, None, 105, page)


def test_a_story_has_mentions_of_itself_and_its_issue(told: OpenThreads) -> None:
    clear = make_issue(
        111, "2024-03-18", *make_mentioning_issue("Otterworks built SluiceNet for locks (Import AI #100).").stories
    )
    vague = make_story(1, "Said before", "It was (Import AI #100).", mentions=clear.stories[0].cross_references)
    threads, _ = told(clear, make_issue(113, "2024-04-01", vague))
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


def test_links_mention_an_issue_without_a_number(told: OpenThreads) -> None:
    page = "https://jack-clark.net/2024/02/05/the-delta-in-winter-and-a-museum/?utm_source=x"
    threads, place = told(
        make_mentioning_issue("Driftwell and its ice (here).", make_link(1, "here", page), number=None)
    )
    winter = threads.get_story("winter-in-the-delta")
    assert winter
    assert [x.origin for x in threads.get_mentions_of(winter)] == [place]


def test_json_has_only_certain_stories_else_the_issue(told: OpenThreads, library: Library) -> None:
    text = "Otterworks built SluiceNet for locks (Import AI #100), and was patient (Import AI #90)."
    mentions = tuple(CrossReference(number, f"Import AI #{number}") for number in (100, 90, 77))
    told(make_issue(112, "2024-03-25", make_story(1, "The sluices again", text, mentions=mentions)))
    shapes = story_json(library, "112", 1)["cross_references"]
    assert [(x["number"], x["ref"], x["in_archive"]) for x in shapes] == [
        (100, "100", True),
        (90, "90/1", True),
        (77, None, False),
    ]


@needs_corpus
def test_real_mentions_resolve_as_a_person_would(library: Library) -> None:
    for name in ("386.txt", "400.txt", "408.txt", "414.txt", "420.txt", "424.txt", "426.txt", "428.txt"):
        library.store(parse_issue((CORPUS / "text" / name).read_bytes(), name), b"page", name)
    for name in ("401.md", "430.md", "432.md", "433.md", "434.md", "436.md"):
        library.store(parse_issue((CORPUS / "markdown" / name).read_bytes(), name), b"page", name)
    with Threads(library.archive.path) as threads:
        found = {
            (head.ref, x.story.ref)
            for one in library.get_issue_rows()
            for head in library.get_story_rows(one.ref)
            for x in threads.get_references(head.key).refers_to
            if x.story
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
