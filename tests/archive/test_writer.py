"""Which stored issue a copy belongs to, and what of the copy is stored."""

from __future__ import annotations

import dataclasses
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from difflib import SequenceMatcher

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.archive.stories import IncomingIssue, compress_page, make_issue_record
from importai_tui.archive.writer import MIN_EDIT_RATIO, SimilarHeadlines, StoreOutcome
from importai_tui.model import Issue, Story
from tests.examples import make_issue, make_story

IMPORTED, UPDATED, UNCHANGED = StoreOutcome.IMPORTED, StoreOutcome.UPDATED, StoreOutcome.UNCHANGED


def store(archive: Archive, issue: Issue, origin: str = "") -> StoreOutcome:
    """Store a copy from a source, or from a file without one."""
    return archive.store(issue, b"the page", "page.html", parser_version=1, origin=origin).outcome


def make_incoming(issue: Issue, *, is_forced: bool = False) -> IncomingIssue:
    return IncomingIssue(make_issue_record(issue), compress_page(b"the page"), "page.html", 1, is_forced=is_forced)


def with_words(issue: Issue, words: str) -> tuple[Story, ...]:
    """Return the stories of the issue with another text."""
    return tuple(make_story(story.key, story.position, words=words) for story in issue.stories)


def count_links(archive: Archive) -> int:
    (entry,) = archive.get_entries()
    return sum(len(story.links) for story in archive.get_stories(entry.id))


def test_the_same_issue_again_is_unchanged(archive: Archive) -> None:
    assert store(archive, make_issue("ada", "bob")) is IMPORTED
    assert store(archive, make_issue("ada", "bob")) is UNCHANGED


@pytest.mark.parametrize("numbered_first", [True, False])
def test_copies_with_and_without_number_are_one_issue(archive: Archive, numbered_first: bool) -> None:
    plain = make_issue("ada", "bob")
    numbered = make_issue("ada", "bob", number=7, title="Import AI 7: Two", date="2025-03-03", slug="import-ai-7-two")
    for issue in (numbered, plain) if numbered_first else (plain, numbered):
        store(archive, issue)
    (entry,) = archive.get_entries()
    assert (entry.number, entry.title, entry.date) == (7, "Import AI 7: Two", "2025-03-03")


def test_half_of_the_stories_identify_an_issue(archive: Archive) -> None:
    store(archive, make_issue("ada", "bob", "cyd", "dot"))
    assert store(archive, make_issue("ada", "bob", "eve", "fay")) is UPDATED
    assert store(archive, make_issue("ada", "gus", "hal")) is IMPORTED


def test_two_numbers_are_two_issues_with_two_slugs(archive: Archive) -> None:
    store(archive, make_issue("ada", number=1, slug="import-ai"))
    store(archive, make_issue("bob", number=2, slug="import-ai"))
    assert [(entry.number, entry.slug) for entry in archive.get_entries()] == [(2, "import-ai-2"), (1, "import-ai")]


def test_a_generated_title_does_not_replace_a_real_one(archive: Archive) -> None:
    store(archive, make_issue("ada", "bob", title="A given title"))
    assert store(archive, make_issue("ada", "bob")) is UNCHANGED
    assert archive.get_entries()[0].title == "A given title"


def test_a_title_that_the_user_gives_always_wins(archive: Archive) -> None:
    one = make_issue("ada", "bob", number=7, title="Import AI 7: Two")
    other = dataclasses.replace(one, title="Import AI 7 - Two by Somebody")
    outcomes = [store(archive, issue) for issue in (one, other, one, other)]
    assert outcomes == [IMPORTED, UPDATED, UNCHANGED, UNCHANGED]
    archive.store(one, b"", "", parser_version=1, has_given_facts=True)
    assert archive.get_entries()[0].title == "Import AI 7: Two"


def test_a_copy_with_more_links_replaces_the_stories(archive: Archive) -> None:
    store(archive, make_issue("ada", "bob", links=0))
    assert store(archive, make_issue("ada", "bob", links=2)) is UPDATED
    assert count_links(archive) == 4


def test_a_copy_with_fewer_links_only_adds_metadata(archive: Archive) -> None:
    store(archive, make_issue("ada", "bob", links=2))
    text = make_issue("ada", "bob", links=0, number=7)
    assert store(archive, text) is UPDATED
    assert store(archive, text) is UNCHANGED
    assert archive.get_entries()[0].number == 7
    assert count_links(archive) == 4


def test_two_forms_of_one_issue_do_not_alternate(archive: Archive) -> None:
    one = make_issue("ada", "bob", number=7)
    other = dataclasses.replace(one, stories=(make_story("ada", 1, words="Other words."), one.stories[1]))
    assert store(archive, one) is IMPORTED
    assert store(archive, other) is UPDATED
    assert [store(archive, issue) for issue in (one, other, one)] == [UNCHANGED] * 3
    assert archive.get_stories(archive.get_entries()[0].id) == other.stories


def test_a_story_with_an_edited_headline_keeps_its_key(archive: Archive) -> None:
    before = dataclasses.replace(
        make_issue("ada", "bob", number=7),
        stories=(make_story("old", 1, "Robots learn to fold shirts"), make_story("bob", 2, "Something else entirely")),
    )
    after = dataclasses.replace(
        before,
        stories=(make_story("new", 1, "Robots learn to fold T-shirts"), make_story("eve", 2, "A third thing happens")),
    )
    store(archive, before)
    assert store(archive, after) is UPDATED
    assert archive.get_entries()[0].story_keys == ("old", "eve")
    assert store(archive, after) is UNCHANGED


def test_a_source_can_remove_a_link(archive: Archive) -> None:
    store(archive, make_issue("ada", "bob", number=7, links=3), "substack")
    assert store(archive, make_issue("ada", "bob", number=7, links=2), "substack") is UPDATED
    assert count_links(archive) == 4


@pytest.mark.parametrize("origin", ["mirror", ""])
def test_another_origin_cannot_remove_a_link(archive: Archive, origin: str) -> None:
    store(archive, make_issue("ada", "bob", number=7, links=3), "substack")
    assert store(archive, make_issue("ada", "bob", number=7, links=2), origin) is UNCHANGED
    assert count_links(archive) == 6


def test_a_page_that_lost_most_stories_is_ignored(archive: Archive) -> None:
    title = "Import AI 7: Four"
    store(archive, make_issue("ada", "bob", "cyd", "dot", number=7, links=2, title=title), "substack")
    cut = make_issue("ada", "bob", number=7, links=2, title=title)
    assert store(archive, cut, "substack") is UNCHANGED
    assert len(archive.get_entries()[0].story_keys) == 4


def test_the_first_copy_of_another_source_changes_nothing(archive: Archive) -> None:
    one = make_issue("ada", "bob", number=7, title="Import AI 7: Two", url="https://example.org/p/7")
    other = dataclasses.replace(
        one, title="Import AI 7 – Two", url="https://example.net/7", stories=with_words(one, "Other words.")
    )
    store(archive, one, "substack")
    assert store(archive, other, "mirror") is UNCHANGED
    (entry,) = archive.get_entries()
    assert (entry.title, entry.url) == (one.title, one.url)
    assert archive.get_stories(entry.id) == one.stories


def test_the_first_copy_of_another_source_adds_metadata(archive: Archive) -> None:
    store(archive, make_issue("ada", "bob"))
    complete = make_issue("ada", "bob", number=7, date="2025-03-03", title="Import AI 7: Two")
    assert store(archive, complete, "mirror") is UPDATED
    (entry,) = archive.get_entries()
    assert (entry.number, entry.date, entry.title) == (7, "2025-03-03", "Import AI 7: Two")


def test_an_edit_in_another_source_is_stored(archive: Archive) -> None:
    one = make_issue("ada", "bob", number=7)
    store(archive, one, "substack")
    store(archive, dataclasses.replace(one, stories=with_words(one, "As the mirror has them.")), "mirror")
    edited = dataclasses.replace(one, stories=with_words(one, "As they were corrected."))
    assert store(archive, edited, "mirror") is UPDATED
    assert archive.get_stories(archive.get_entries()[0].id) == edited.stories


def test_a_source_replaces_a_file_with_equal_links(archive: Archive) -> None:
    file = make_issue("ada", "bob", number=7)
    published = dataclasses.replace(file, stories=with_words(file, "As it was published."))
    mirrored = dataclasses.replace(file, stories=with_words(file, "As another source has it."))
    store(archive, file)
    assert store(archive, published, "substack") is UPDATED
    assert store(archive, mirrored, "mirror") is UNCHANGED
    assert archive.get_stories(archive.get_entries()[0].id) == published.stories


def test_stories_of_a_rebuild_are_no_news_later(archive: Archive) -> None:
    store(archive, make_issue("ada", number=7), "substack")
    better = make_issue("ada", "eve", number=7)
    archive.rebuild(archive.get_entries()[0].id, better, 2)
    assert store(archive, better, "substack") is UNCHANGED


def test_a_batch_recognises_copies_within_itself(archive: Archive) -> None:
    issues = make_issue("ada", number=7), make_issue("bob", number=8), make_issue("ada", number=7, links=3)
    results = archive.store_all(map(make_incoming, issues))
    assert [result.outcome for result in results] == [IMPORTED, IMPORTED, UPDATED]
    assert [entry.number for entry in archive.get_entries()] == [8, 7]
    with closing(sqlite3.connect(archive.path)) as connection:
        (matches,) = connection.execute("SELECT count(*) FROM story_index WHERE story_index MATCH 'ada'").fetchone()
    assert matches == 1


def test_a_result_has_the_issue_as_stored_then(archive: Archive) -> None:
    first = make_issue("ada", number=7)
    second = make_issue("ada", "bob", number=7, links=3)
    results = archive.store_all(map(make_incoming, (first, second)))
    assert [len(result.entry.story_keys) for result in results] == [1, 2]


def test_a_failed_batch_stores_nothing(archive: Archive) -> None:
    def fail_after_one() -> Iterator[IncomingIssue]:
        yield make_incoming(make_issue("ada", number=7))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        archive.store_all(fail_after_one())
    assert archive.get_entries() == ()
    archive.store_all([make_incoming(make_issue("bob", number=7))])
    assert [entry.number for entry in archive.get_entries()] == [7]


WORDS = [
    "robots",
    "count",
    "rivers",
    "and",
    "the",
    "machine",
    "of",
    "north",
    "sees",
    "water",
    "models",
    "train",
    "fast",
]


def find_with_difflib(headline: str, headlines: dict[str, str]) -> str | None:
    ratios = {key: SequenceMatcher(None, text, headline, autojunk=False).ratio() for key, text in headlines.items()}
    best = max(ratios, key=ratios.__getitem__)
    return best if ratios[best] >= MIN_EDIT_RATIO else None


def edit(headline: str, chance: random.Random) -> str:
    letters = list(headline)
    for _ in range(chance.randrange(14)):
        letters[chance.randrange(len(letters)) :][:1] = chance.choice(("", "x", "an"))
        del letters[chance.randrange(len(letters))]
        letters.insert(chance.randrange(len(letters) + 1), chance.choice("abcdef "))
    return "".join(letters)


@pytest.mark.parametrize("seed", range(40))
def test_similar_headlines_agree_with_difflib(seed: int) -> None:
    chance = random.Random(seed)
    headlines = {str(n): " ".join(chance.choices(WORDS, k=chance.randrange(2, 9))) for n in range(12)}
    for text in headlines.values():
        headline = edit(text, chance)
        assert SimilarHeadlines(headlines).find_closest(headline) == find_with_difflib(headline, headlines)


def test_a_removed_headline_is_not_found() -> None:
    similar = SimilarHeadlines({"a": "Robots count rivers", "b": "Robots count the rivers"})
    assert similar.find_closest("Robots count rivers") == "a"
    similar.remove("a")
    assert similar.find_closest("Robots count rivers") == "b"


def test_only_the_given_keys_are_compared() -> None:
    similar = SimilarHeadlines({"a": "Robots count rivers", "b": "Robots count the rivers"})
    assert similar.find_closest("Robots count rivers", ["b"]) == "b"
    assert similar.find_closest("Robots count rivers", []) is None


def test_two_empty_headlines_are_the_same() -> None:
    assert SimilarHeadlines({"a": ""}).find_closest("") == "a"
    assert SimilarHeadlines({}).find_closest("Robots") is None


@pytest.mark.parametrize(
    "text", ["A different title, number {n}", "{n} robots count {m} rivers", "robots " * 40 + "{n}"]
)
def test_few_of_many_headlines_are_compared_exactly(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    comparisons = 0
    ratio = SequenceMatcher.ratio

    def count(matcher: SequenceMatcher[str]) -> float:
        nonlocal comparisons
        comparisons += 1
        return ratio(matcher)

    monkeypatch.setattr(SequenceMatcher, "ratio", count)
    similar = SimilarHeadlines({str(n): text.format(n=n, m=n + 1) for n in range(400)})
    for n in range(400, 500):
        similar.find_closest(text.format(n=n, m=n + 1))
    assert comparisons <= 100 * 40


@pytest.mark.parametrize("words", ["It\ufffds a sheep" * 3, "Itâ€™s a sheep" * 3, "It?s a sheep, isn?t it, I?m sure"])
@pytest.mark.parametrize("origin", ["", "substack"])
def test_a_damaged_copy_never_replaces_a_better_one(archive: Archive, words: str, origin: str) -> None:
    issue = make_issue("ada", "bob", number=7)
    store(archive, issue, origin)
    damaged = dataclasses.replace(make_issue("ada", "bob", number=7, links=3), stories=with_words(issue, words))
    store(archive, damaged, origin)
    assert count_words(archive, words) == 0


@pytest.mark.parametrize("part", ["stories", "taglines"])
def test_a_copy_with_fewer_parts_never_replaces_a_better_one(archive: Archive, part: str) -> None:
    whole = make_issue("ada", "bob", "cyd", number=7)
    whole = dataclasses.replace(whole, stories=tuple(dataclasses.replace(s, tagline="…Baa…") for s in whole.stories))
    store(archive, whole)
    poorer = make_issue("ada", "bob", *(["cyd"] if part == "taglines" else []), number=7, links=5)
    store(archive, poorer)
    (entry,) = archive.get_entries()
    assert [story.tagline for story in archive.get_stories(entry.id)] == ["…Baa…"] * 3


def test_a_forced_copy_replaces_a_better_one(archive: Archive) -> None:
    store(archive, make_issue("ada", "bob", "cyd", number=7, title="Import AI 7: Three"), "substack")
    poorer = make_issue("ada", number=7, title="Import AI 7: One")
    assert store(archive, poorer) is UNCHANGED
    (result,) = archive.store_all([make_incoming(poorer, is_forced=True)])
    assert (result.outcome, result.entry.title) == (UPDATED, "Import AI 7: One")
    assert [story.key for story in archive.get_stories(result.entry.id)] == ["ada"]
    assert (
        store(archive, make_issue("ada", "bob", "cyd", number=7, title="Import AI 7: Three"), "substack") is UNCHANGED
    )


def count_words(archive: Archive, words: str) -> int:
    (entry,) = archive.get_entries()
    return sum(words in story.text for story in archive.get_stories(entry.id))
