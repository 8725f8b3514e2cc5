"""Works that are found by the stories that cite them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.archive.relations import CitedWorks
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Paragraph, ParagraphRole, Span, Story
from importai_tui.search.works import WorkSearch
from importai_tui.works.query import WorkMarks, WorkOrder, parse_work_query
from tests.archive.conftest import now
from tests.examples import make_story


def cite(n: int, title: str, kind: LinkKind = LinkKind.PAPER) -> Link:
    url = f"https://example.org/{title.lower().replace(' ', '-')}"
    return Link(n, title, url, kind, "example.org", LinkRole.READ_MORE, url)


def tell(position: int, headline: str, words: str, *links: Link) -> Story:
    lines = tuple(Paragraph((Span(link.text, link=link.n),), (), ParagraphRole.READ_MORE) for link in links)
    story = make_story(f"story-{position}", position, headline, words, links=0)
    return replace(story, blocks=(*story.blocks, *(Paragraph((Span("filler " * 80),)), *lines)), links=links)


STORIES = (
    tell(1, "Herons learn to dance", "A robot dances.", cite(1, "Steps"), cite(2, "A Tweet of Steps", LinkKind.SOCIAL)),
    tell(2, "Moles dig", "They write about colour and HuggingFace.", cite(1, "Robotic Moles"), cite(2, "Earthworks")),
    tell(3, "Otters", f"{'Rivers. ' * 70} A robot is far down.", cite(1, "Rivers")),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("works") / "archive.sqlite3"
    archive = Archive(path, now)
    archive.store(Issue(7, "i7", "Number 7", "2025-03-03", None, STORIES), b"page", "page.html", parser_version=1)
    archive.close()
    return path


@pytest.fixture
def search(archive: Path) -> Iterator[WorkSearch]:
    with CitedWorks(archive) as cited:
        search = WorkSearch(archive, cited.get_all())
    yield search
    search.close()


def find(search: WorkSearch, line: str, *, is_typing: bool = False) -> tuple[list[str], tuple[str, ...], int]:
    query = parse_work_query(line, WorkMarks(), lambda _: None, is_typing=is_typing)
    result = search.find(query, WorkOrder.BEST)
    return [work.title for work in result.works], result.remarks, result.story_count


@pytest.mark.parametrize("line", ["robotics", "robots", "ROBOT", "rob*"])
def test_a_work_is_found_by_the_subject_of_its_story(search: WorkSearch, line: str) -> None:
    assert find(search, line) == (["Robotic Moles", "Steps", "A Tweet of Steps"], (), 2)


def test_typing_finds_the_same_works(search: WorkSearch) -> None:
    assert find(search, "robo", is_typing=True)[0] == ["Robotic Moles", "Steps", "A Tweet of Steps"]


@pytest.mark.parametrize(
    ("line", "titles"),
    [
        ("hugging face", ["Robotic Moles", "Earthworks"]),
        ("color", ["Robotic Moles", "Earthworks"]),
        ("heron's", ["Steps", "A Tweet of Steps"]),
        ("robot -herons", ["Robotic Moles"]),
        ("robot -tweet", ["Robotic Moles", "Steps"]),
        ("robot kind:social", ["A Tweet of Steps"]),
        ("title:robot", ["Robotic Moles"]),
        ("herons title:tweet", ["A Tweet of Steps"]),
        ("dig OR kind:social", ["A Tweet of Steps"]),
        ("moles colour", ["Robotic Moles", "Earthworks"]),
    ],
)
def test_spellings_and_filters_apply_to_stories_too(search: WorkSearch, line: str, titles: list[str]) -> None:
    assert find(search, line)[0] == titles


def test_typos_are_corrected_with_a_remark(search: WorkSearch) -> None:
    titles, remarks, _ = find(search, "herrons")
    assert titles == ["Steps", "A Tweet of Steps"]
    assert remarks == ("Searched for “herons”. Quote a word to search for it as typed.",)
    assert find(search, '"herrons"') == ([], (), 0)


def test_most_words_are_enough_if_no_work_has_all(search: WorkSearch) -> None:
    titles, remarks, count = find(search, "do herons dance with earthworks")
    assert titles
    assert remarks == ("No work has all words; stories with most of them cite these.",)
    assert count == len(titles)


def test_words_in_the_middle_of_a_story_are_the_last_resort(search: WorkSearch) -> None:
    assert find(search, "far down") == (["Rivers"], (), 1)
