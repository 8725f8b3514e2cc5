from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importai_tui.model import ParagraphRole, Story, StoryKind
from importai_tui.state.reading_state import get_work_key
from importai_tui.works.citations import CitedWork, describe_citations, fold_title, make_title_id
from importai_tui.works.names import is_person, sort_names, split_authors
from tests.works.test_titles import BODY, FORGE, PAGE, READ_MORE, make_line, make_link


def describe(before: str, words: str, after: str, url: str | None, role: ParagraphRole = READ_MORE) -> CitedWork:
    link = make_link(1, words, url)
    blocks = (make_line(before, words, after, role),)
    return describe_citations(Story("key", 1, StoryKind.STORY, "Sheep", blocks=blocks, links=(link,)))[1]


@pytest.mark.parametrize(
    ("before", "words", "url", "title"),
    [
        ("Read more: ", "On Sheep (arXiv)", PAGE, "On Sheep"),
        ("Read more: ", "sheep can see and count (arXiv)", None, "sheep can see and count"),
        ("Read more: ", "LLMs can see sheep without training (arXiv)", PAGE, "LLMs can see sheep without training"),
        ("Read more: ", "sheep2vec and Ewe: A flock of models (arXiv)", PAGE, "sheep2vec and Ewe: A flock of models"),
        ("Read more: ", "sheep-gym: A Place to Graze (arXiv)", PAGE, "sheep-gym: A Place to Graze"),
        ("Get the code ", "here (sheep, GitHub)", FORGE, "sheep"),
        ("Read ", "Farm here (Farm site)", PAGE, "Farm"),
        ("Read more ", "On Sheep and Goats (arXiv)", PAGE, "On Sheep and Goats"),
    ],
)
def test_titles_of_read_more_lines_are_certain(before: str, words: str, url: str | None, title: str) -> None:
    found = describe(before, words, "", url)
    assert (found.title if found.is_certain else "") == title


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("Check out ", "videos of the sheep in action here (GitHub)"),
        ("Get the code for ", "running the sheep here (GitHub)"),
        ("Get the ", "Ewe model here (Farm GitHub)"),
        ("Read the tweet thread from ", "Farm keeper Ada Heron here (Twitter)"),
        ("Read more: ", "the author writes"),
        ("Get it ", "here on the sheep platform"),
    ],
)
def test_parts_of_a_call_are_no_titles(before: str, words: str) -> None:
    assert not describe(before, words, "", PAGE).is_certain


@pytest.mark.parametrize(
    ("before", "words", "after", "is_certain"),
    [
        ("Sheep make ", "about 6%", " of all wool.", False),
        ("It is all in ", "World Models", " by others.", False),
        ("We wrote a post called “", "Sheep that count", "”.", True),
        ("It says “", "Faulty Wool Functions in the Wild", "”.", True),
        ("The guard says “", "you want it to be one way", "”.", False),
        ("See ", "On Sheep and Goats (arXiv)", " for more.", True),
        ("", "“Faulty Wool Functions in the Wild”", " is a classic.", True),
        ("", "my wife and I bought a sheep", ".", False),
    ],
)
def test_titles_in_a_text_need_quotes_or_a_source(before: str, words: str, after: str, is_certain: bool) -> None:
    assert describe(before, words, after, PAGE, BODY).is_certain is is_certain


@pytest.mark.parametrize(
    ("words", "title", "authors", "publisher"),
    [
        ("On Sheep (Ajeya Cotra)", "On Sheep", ("Ajeya Cotra",), ""),
        ("On Sheep (Dwarkesh Patel, substack)", "On Sheep", ("Dwarkesh Patel",), ""),
        ("On Sheep (Pete Lamb’s Substack)", "On Sheep", ("Pete Lamb",), ""),
        ("On Sheep (Leonardo de Moura blog)", "On Sheep", ("Leonardo de Moura",), ""),
        ("On Sheep (Anthropic)", "On Sheep", (), "Anthropic"),
        ("On Sheep (Physical Intelligence)", "On Sheep", (), "Physical Intelligence"),
        ("On Sheep (Bounded Regret, blog)", "On Sheep", (), "Bounded Regret"),
        ("On Sheep (Max Woolf, Woolly blog)", "On Sheep", ("Max Woolf",), "Woolly"),
        ("On Sheep (If Anyone Shears It, Everyone Bleats, official site)", "On Sheep", (), "If Anyone Shears It"),
        ("On Sheep (arXiv)", "On Sheep", (), ""),
        ("On Sheep (Part 2)", "On Sheep", (), ""),
        ("Why Sheep?, Ajeya Cotra, Timothy B. Lee", "Why Sheep?", ("Ajeya Cotra", "Timothy B. Lee"), ""),
        ("Why Sheep? (Ada Heron and Bo Lamb)", "Why Sheep?", ("Ada Heron", "Bo Lamb"), ""),
        ("If Anyone Shears It, Everyone Bleats", "If Anyone Shears It, Everyone Bleats", (), ""),
    ],
)
def test_authors_and_publishers_are_told_apart(
    words: str, title: str, authors: tuple[str, ...], publisher: str
) -> None:
    found = describe("Read more: ", words, "", PAGE)
    assert (found.title, found.authors, found.publisher) == (title, authors, publisher)


@pytest.mark.parametrize("name", ["Google DeepMind", "Hugging Face", "Epoch AI", "Financial Times", "OpenAI", "RAND"])
def test_organisations_are_no_persons(name: str) -> None:
    assert not is_person(name)


@pytest.mark.parametrize("name", ["Ada Heron", "Jean-Luc Lamb", "Timothy B. Lee", "Conor O'Hare", "J. Lamb"])
def test_persons_are_recognised(name: str) -> None:
    assert is_person(name)


@given(st.text(), st.lists(st.text()))
def test_any_text_can_be_split_into_names(title: str, names: list[str]) -> None:
    split_authors(title)
    sort_names(names)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Racing to Ruin: A Story", "racing to ruin – a story"),
        ("The World’s Sheep", "The World's Sheep"),
        ("Café Sheep", "Cafe\u0301 sheep."),
        ("Pre-Training Sheep", "Pre–training  Sheep"),
    ],
)
def test_titles_are_folded(one: str, other: str) -> None:
    assert fold_title(one) == fold_title(other)


@given(st.text())
@example("𝑨")
def test_folded_titles_are_short_words(title: str) -> None:
    folded = fold_title(title)
    assert fold_title(folded) == folded
    assert len(folded) <= 120
    assert make_title_id(folded) in (None, f"title:{folded}")


def test_long_vague_ids_are_stored_whole() -> None:
    key = describe("Read more in ", "the very long thread about sheep " * 9, "", None).title_key
    id = make_title_id(key)
    assert id
    assert get_work_key(id) == f"work:{id}"


def test_vague_citations_of_two_stories_differ() -> None:
    def get_key(story_key: str) -> str:
        blocks = (make_line("Read more in ", "the tweet thread"),)
        links = (make_link(1, "the tweet thread", None),)
        story = Story(story_key, 1, StoryKind.STORY, "Sheep", blocks=blocks, links=links)
        return describe_citations(story)[1].title_key

    assert get_key("one") != get_key("two")
