from __future__ import annotations

from importai_tui.model import CrossReference
from tests.threads.conftest import OpenThreads
from tests.threads.sample_issues import CENSUS_URL, make_issue, make_link, make_story


def test_one_shared_word_does_not_relate_stories(open_threads: OpenThreads) -> None:
    text = "They don't really want weirs; weirs and weirs of"
    one, two = make_story(1, "Weirs", f"{text} Tonkraft."), make_story(1, "More weirs", f"{text} Tonkraft.")
    other = make_story(1, "Fog", "They don't really want fog, and Tonkraft said so.")
    threads, origin = open_threads(
        make_issue(110, "2024-03-11", one), make_issue(111, "2024-03-18", other), make_issue(113, "2024-04-01", two)
    )
    assert {x.story.ref: x.reason for x in threads.get_related(origin)} == {"110/1": "shared terms: weirs, Tonkraft"}


def test_sizes_and_parts_of_words_are_no_shared_terms(open_threads: OpenThreads) -> None:
    text = "Heronbase-R1 has 70B weights and 4.6 gills; Heronbase wades. Heronbase-R1 has 70B weights and 4.6 gills."
    one, two = (
        make_story(1, "Heronbase-R1", f"{text} Waders."),
        make_story(1, "More of Heronbase-R1", f"{text} Waders."),
    )
    fog = [make_issue(n, f"2024-05-{n - 100}", make_story(1, f"Fog {n}", f"Fog number {n}.")) for n in range(120, 126)]
    threads, origin = open_threads(make_issue(110, "2024-03-11", one), *fog, make_issue(113, "2024-04-01", two))
    (related,) = threads.get_related(origin)
    words = related.reason.removeprefix("shared terms: ").split(", ")
    assert words[0] == "Heronbase-R1"
    assert not {"70B", "4.6", "Heronbase"} & set(words)


def test_related_stories_share_works_or_words(open_threads: OpenThreads) -> None:
    works = make_story(1, "Herons revisited", "Ninety herons were seen.", links=(make_link(1, "Census", CENSUS_URL),))
    words = make_story(
        2, "Otterworks and its SluiceNet", "Otterworks trained SluiceNet on locks. Otters open river locks."
    )
    threads, origin = open_threads(make_issue(110, "2024-03-11", words, works))
    by_words = {x.story.ref: x.reason for x in threads.get_related(origin)}
    assert by_words == {"100/1": "shared terms: locks, Otterworks, SluiceNet"}
    revisited = threads.get_story("herons-revisited")
    census = threads.get_story("a-new-census-of-herons")
    assert revisited
    assert census
    assert [(x.story.ref, x.reason) for x in threads.get_related(revisited)] == [("100/2", "both cite “Census”")]
    assert threads.get_related(revisited, exclude=[census]) == ()


def test_rare_ordinary_words_relate_no_stories(open_threads: OpenThreads) -> None:
    willow = "Beavers built dams of willow below the mill, and the miller measured the pond behind each dam."
    ochre = "Painters mixed ochre with oil in the attic, and the dealer admired the varnish of each portrait."
    aside = "A plausible, eager attempt."
    threads, origin = open_threads(
        make_issue(110, "2024-03-11", make_story(1, "Willow", willow), make_story(2, "Ochre", ochre)),
        make_issue(111, "2024-03-18", make_story(1, "Varnish", f"{ochre} {aside}")),
        make_issue(113, "2024-04-01", make_story(1, "Dams of willow", f"{willow} {aside}")),
    )
    assert [x.story.headline for x in threads.get_related(origin)] == ["Willow"]


def test_stories_on_one_subject_that_mention_one_issue_come_first(open_threads: OpenThreads) -> None:
    mention = (CrossReference(77, "Import AI 77", 0),)
    text = "Beavers built dams of willow below the mill"
    threads, origin = open_threads(
        make_issue(110, "2024-03-11", make_story(1, "Beavers", f"{text}, said 77 of them.", mentions=mention)),
        make_issue(111, "2024-03-18", make_story(1, "Willow", f"{text}, they said.")),
        make_issue(112, "2024-03-25", make_story(1, "Kites and chalk", "A kite of chalk flew.", mentions=mention)),
        make_issue(113, "2024-04-01", make_story(1, "Dams", f"{text} again.", mentions=mention)),
    )
    related = [(x.story.ref, x.reason.partition(",")[0]) for x in threads.get_related(origin)]
    assert related == [("110/1", "both mention Import AI 77"), ("111/1", "shared terms: willow")]
