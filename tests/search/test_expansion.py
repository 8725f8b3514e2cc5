"""Spellings, most of the words, nearness and place, on a small archive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Story
from importai_tui.query.parser import parse_query
from importai_tui.search.search import Search
from tests.archive.conftest import now
from tests.archive.test_search import make_story
from tests.search.test_search import store

TEXTS = {
    "joined": "A model called GPT4o plays. The HuggingFace datacenter has finetuning.",
    "hyphened": "A model called GPT-4o sings. At Hugging Face, a data center; fine-tuning.",
    "british": "The behaviour of a decentralised centre.",
    "american": "Behavior at a decentralized center.",
    "dilemma": "The prisoner’s dilemma, says OpenAI’s model of 70B parameters.",
    "amounts": "A model of 70 billion parameters; OpenAI has 1,440 chips.",
    "apart": "An open door, and AI.",
    "centre": "Datacentres in the north.",
    "near": "Automated otters do their chores. The robots rest.",
    "far": "Otters rest. " + "Something else entirely. " * 20 + "Automated robots do chores.",
}
CITED = Link(
    1, "Import AI 7", "https://example.org/herons-count", LinkKind.ISSUE, "example.org", LinkRole.CROSS_REFERENCE,
    "https://example.org/herons-count",
)  # fmt: skip


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    path = tmp_path_factory.mktemp("expansion") / "archive.sqlite3"
    stories: list[Story] = [make_story(key, n, f"About {key}", text) for n, (key, text) in enumerate(TEXTS.items(), 1)]
    stories.append(make_story("headline", 11, "Otters count badgers", "Some words of a story."))
    stories.append(make_story("body", 12, "Nothing", "Words. " * 80 + "Otters count badgers, or so."))
    stories.append(make_story("citing", 13, "A story that cites", "See Import AI 7.", CITED))
    stories.append(make_story("heron", 14, "Birds", "Birds. " * 90 + "A heron counts."))
    with Archive(path, now) as archive:
        store(archive, Issue(404, "i404", "Import AI 404", "2025-03-10", None, tuple(stories)))
    with Search(path) as search:
        yield search


def find(search: Search, line: str, *, is_typing: bool = False) -> list[str]:
    return [hit.key for hit in search.find_all(parse_query(line, is_typing=is_typing), {}).hits]


@pytest.mark.parametrize("is_typing", [False, True])
@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ("GPT4o", ["joined", "hyphened"]),
        ("GPT-4o", ["hyphened", "joined"]),
        ("gpt 4o", ["hyphened", "joined"]),
        ("hugging face", ["hyphened", "joined"]),
        ("huggingface", ["joined", "hyphened"]),
        ("data-center", ["hyphened", "joined", "centre"]),
        ("datacenter", ["joined", "hyphened", "centre"]),
        ("datacentre", ["centre", "joined", "hyphened"]),
        ("fine tuning", ["hyphened", "joined"]),
        ("finetuning", ["joined", "hyphened"]),
        ("behaviour", ["british", "american"]),
        ("decentralized", ["american", "british"]),
        ("prisoners dilemma", ["dilemma"]),
        ("Prisoner's dilemma", ["dilemma"]),
        ("OpenAI's", ["dilemma", "amounts"]),
        ("open ai", ["amounts", "dilemma"]),
        ("70b", ["dilemma", "amounts"]),
        ("70 billion", ["amounts", "dilemma"]),
        ("1440", ["amounts"]),
        ('"data center"', ["hyphened"]),
        ("title:british", ["british"]),
    ],
)
def test_one_name_finds_all_its_spellings(search: Search, line: str, keys: list[str], is_typing: bool) -> None:
    found = find(search, line, is_typing=is_typing)
    assert set(found) == set(keys)
    assert found[0] == keys[0], "the exact form is first"


def test_every_spelling_is_highlighted(search: Search) -> None:
    result = search.find_all(parse_query("gpt 4o"), {})
    highlighted = [
        {excerpt.text[start:end] for start, end in excerpt.highlights} for excerpt in search.make_excerpts(result)
    ]
    assert highlighted == [{"GPT", "4o"}, {"GPT4o"}] or highlighted == [{"GPT-4o"}, {"GPT4o"}]


def test_excluding_a_name_excludes_its_spellings(search: Search) -> None:
    assert not {"joined", "hyphened"} & set(find(search, "model -datacenter"))


def test_words_near_each_other_come_first(search: Search) -> None:
    assert find(search, "otters chores") == ["near", "far"]


def test_the_headline_counts_most(search: Search) -> None:
    assert find(search, "otters badgers") == ["headline", "body"]
    assert find(search, "lead:badgers") == ["headline"]
    assert find(search, "lead:behaviour") == ["british", "american"]


def test_a_story_that_only_cites_comes_last(search: Search) -> None:
    result = search.find_all(parse_query("herons"), {})
    assert [hit.key for hit in result.hits] == ["heron", "citing"]
    excerpt = search.make_excerpts(result)[1]
    assert excerpt.text == "cites example.org: herons count"
    assert [excerpt.text[start:end] for start, end in excerpt.highlights] == ["herons"]


def test_questions_find_stories_with_most_words(search: Search) -> None:
    result = search.find(parse_query("when will a robot be able to do my household chores?"), {})
    assert {hit.key for hit in result.hits[:2]} == {"near", "far"}
    assert result.has_most
    assert search.get_remarks(result) == ("No story has all of these words; these have most of them.",)
    assert sum(search.count_by_day(result.expanded_query, {}).values()) == len(result.hits)
    assert all(excerpt.highlights for excerpt in search.make_excerpts(result)[:2])


def test_a_word_of_a_question_is_corrected_only_with_effect(search: Search) -> None:
    assert not search.find(parse_query("robots store behaviour"), {}).correction
    for line in ("robots chors", "beahviour", "decentralisd otters"):
        assert search.find(parse_query(line), {}).correction


def test_stories_with_all_words_come_first(search: Search) -> None:
    result = search.find(parse_query("otters badgers prisoner"), {})
    assert search.get_remarks(result) == ("No story has all of these words; these have most of them.",)
    result = search.find(parse_query("badgers otters words story"), {})
    assert [hit.key for hit in result.hits] == ["headline", "body"]
    assert search.get_remarks(result) == ("Few stories have all of these words; the others have most of them.",)


@pytest.mark.parametrize(
    "line",
    ['"otters badgers"', "otters -badgers", "otters sort:new", "is:read", "the", "zebras OR yaks"],
)
def test_other_queries_are_not_relaxed(search: Search, line: str) -> None:
    assert not search.find(parse_query(line), {}).has_most


def test_quoted_words_and_filters_stay_required(search: Search) -> None:
    result = search.find(parse_query('"decentralised centre" badgers birds dilemma issue:404'), {})
    assert {hit.key for hit in result.hits} <= {"british"}
    result = search.find(parse_query('"decentralised centre" behaviour birds issue:404'), {})
    assert ([hit.key for hit in result.hits], result.has_most) == (["british"], True)
    assert not search.find(parse_query("otters zebras badgers in:essay"), {}).hits


def test_a_relaxed_result_continues(search: Search) -> None:
    query = parse_query("robots badgers dilemma birds behaviour")
    whole = [hit.key for hit in search.find(query, {}).hits]
    first = search.find(query, {}, limit=3)
    rest = search.find(first.expanded_query, {}, offset=3)
    assert [hit.key for hit in (*first.hits, *rest.hits)] == whole


def test_an_issue_number_finds_its_stories(search: Search) -> None:
    assert find(search, "404")[:3] == ["joined", "hyphened", "british"]
    assert find(search, "404/3")[:3] == ["british", "joined", "hyphened"]
    result = search.find(parse_query("405/3"), {})
    assert search.get_remarks(result) == ("Issue 405 isn't in your archive.",)
    assert len(find(search, "404")) == 14
