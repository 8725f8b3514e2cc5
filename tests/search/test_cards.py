"""Stories and works that are found by the cards of what is cited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.archive.cards import CardStore
from importai_tui.archive.relations import CitedWorks
from importai_tui.model import Issue, LinkKind
from importai_tui.paths import get_cards_file
from importai_tui.query.parser import parse_query
from importai_tui.search.search import Search
from importai_tui.search.works import WorkResult, WorkSearch
from importai_tui.works.query import WorkMarks, WorkOrder, parse_work_query
from tests.archive.conftest import now
from tests.archive.test_cards import make_card
from tests.search.test_works import cite, tell

STORIES = (
    tell(1, "Herons learn to dance", "A robot dances.", cite(1, "Steps"), cite(2, "Earthworks", LinkKind.CODE)),
    tell(2, "Moles dig", "They dig.", cite(1, "Earthworks", LinkKind.CODE)),
    tell(3, "Otters", "Rivers.", cite(1, "Rivers")),
)
STEPS, EARTHWORKS, RIVERS = (f"https://example.org/{name}" for name in ("steps", "earthworks", "rivers"))
CARDS = (
    make_card(
        STEPS,
        "Steps of Lattices",
        f"{'Words. ' * 60} We weave lattices in colour. {'More. ' * 60}",
        authors=("Ada Heron",),
    ),
    make_card(EARTHWORKS, "Earthworks", "A shovel for moles, without lattices and steps."),
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "archive.sqlite3"
    with Archive(path, now) as archive:
        archive.store(Issue(7, "i7", "Number 7", "2025-03-03", None, STORIES), b"page", "p.html", parser_version=1)
    with CardStore(get_cards_file(path)) as store:
        store.put(CARDS)
    return path


@pytest.fixture
def search(archive: Path) -> Iterator[Search]:
    with Search(archive) as search:
        yield search


def find(search: Search, line: str) -> list[str]:
    return [hit.ref for hit in search.find(parse_query(line), {}).hits]


@pytest.mark.parametrize(
    ("line", "refs"),
    [
        ("in:cards lattices", ["7/1", "7/2"]),
        ("in:cards weave lattice", ["7/1"]),
        ("in:cards color", ["7/1"]),
        ("in:cards heron", ["7/1"]),
        ('in:cards "moles without"', ["7/1", "7/2"]),
        ("in:cards shov*", ["7/1", "7/2"]),
        ("in:cards lattices -shovel", ["7/1"]),
        ("in:cards lattices title:moles", ["7/2"]),
        ("in:cards lattices -title:moles", ["7/1"]),
        ("in:cards shovel in:tales", []),
        ("in:cards", ["7/1", "7/2"]),
        ("-in:cards", ["7/3"]),
        ("rivers -in:cards", ["7/3"]),
        ("in:cards whales", []),
        ("in:cards rivers", []),
    ],
)
def test_stories_that_cite_a_work_with_such_a_card(search: Search, line: str, refs: list[str]) -> None:
    assert find(search, line) == refs
    assert sum(search.count_by_day(parse_query(line), {}).values()) == len(refs)


def test_the_best_card_comes_first(archive: Path, search: Search) -> None:
    with CardStore(get_cards_file(archive)) as store:
        store.put([make_card(RIVERS, "Lattices and lattices", "lattices")])
    assert find(search, "in:cards lattices") == ["7/3", "7/1", "7/2"]
    assert find(search, "in:cards lattices sort:new") == ["7/1", "7/2", "7/3"]
    assert find(search, "in:cards lattices sort:old") == ["7/1", "7/2", "7/3"]
    assert search.find(parse_query("in:cards lattices"), {}).is_ranked
    assert [search.find(parse_query(f"in:cards{rest}"), {}).is_ranked for rest in ("", " -whales")] == [False, False]
    paged = [search.find(parse_query("in:cards lattices"), {}, limit=1, offset=n).hits[0].ref for n in range(3)]
    assert paged == ["7/3", "7/1", "7/2"]


def test_the_excerpt_names_the_card(search: Search) -> None:
    result = search.find(parse_query("in:cards weaves lattices"), {})
    (excerpt,) = search.make_excerpts(result)
    assert excerpt.text.startswith("Card of “Steps of Lattices”: …")
    assert [excerpt.text[start:end] for start, end in excerpt.highlights] == ["Lattices", "weave", "lattices"]
    assert excerpt.block == 2


def test_the_excerpt_is_of_the_best_card(search: Search) -> None:
    result = search.find(parse_query("in:cards lattices title:herons"), {})
    assert search.make_excerpts(result)[0].text.startswith("Card of “Steps of Lattices”")
    assert search.get_remarks(result) == ()
    result = search.find(parse_query("in:cards steps earthworks"), {})
    assert (
        search.make_excerpts(result)[0].text == "Card of “Earthworks”: A shovel for moles, without lattices and steps."
    )


def test_the_excerpt_of_a_card_without_text(archive: Path, search: Search) -> None:
    with CardStore(get_cards_file(archive)) as store:
        store.put([make_card(RIVERS, "Rivers", authors=("Ada Heron",))])
    result = search.find(parse_query("in:cards rivers"), {})
    assert search.make_excerpts(result)[0].text == "Card of “Rivers”: Ada Heron"


def test_a_long_title_leaves_room_for_the_excerpt(archive: Path, search: Search) -> None:
    with CardStore(get_cards_file(archive)) as store:
        store.put([make_card(RIVERS, "River " * 40, "whales")])
    (excerpt,) = search.make_excerpts(search.find(parse_query("in:cards whales"), {}))
    assert excerpt.text.endswith(" Riv…”: whales")
    assert len(excerpt.text) < 80


def test_hostile_titles_stay_text(archive: Path, search: Search) -> None:
    with CardStore(get_cards_file(archive)) as store:
        store.put([make_card(RIVERS, "[/] [red]River[/red]", "[@click=app.quit]whales[/]")])
    (excerpt,) = search.make_excerpts(search.find(parse_query("in:cards whales"), {}))
    assert excerpt.text == "Card of “[/] [red]River[/red]”: [@click=app.quit]whales[/]"


@pytest.mark.parametrize("content", [None, b"", b"no database" * 100])
def test_a_search_without_readable_cards_goes_on(archive: Path, search: Search, content: bytes | None) -> None:
    path = get_cards_file(archive)
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    if content is not None:
        path.write_bytes(content)
    result = search.find(parse_query("in:cards lattices"), {})
    assert result.hits == ()
    assert search.get_remarks(result) == ("No cards are stored yet (fetch them: importai-tui works --fetch).",)
    assert find(search, "rivers") == ["7/3"]
    assert find(search, "-in:cards") == ["7/1", "7/2", "7/3"]


def find_works(archive: Path, line: str) -> WorkResult:
    with CitedWorks(archive) as cited:
        search = WorkSearch(archive, cited.get_all())
    try:
        return search.find(parse_work_query(line, WorkMarks(), lambda _: None), WorkOrder.BEST)
    finally:
        search.close()


@pytest.mark.parametrize(
    ("line", "works"),
    [
        ("weave", [STEPS]),
        ("heron", [STEPS, EARTHWORKS]),
        ("steps", [STEPS, EARTHWORKS]),
        ("steps weave", [STEPS]),
        ("lattices -shovel", [STEPS]),
        ("title:lattices", [STEPS]),
        ("title:shovel", []),
        ("shovel kind:paper", []),
        ("-steps", [RIVERS, EARTHWORKS]),
    ],
)
def test_works_are_found_by_their_cards(archive: Path, line: str, works: list[str]) -> None:
    assert [work.id for work in find_works(archive, line).works] == works


def test_a_card_ranks_below_a_title_and_above_a_story(archive: Path) -> None:
    with CardStore(get_cards_file(archive)) as store:
        store.put([make_card(RIVERS, "Rivers", "herons")])
    result = find_works(archive, "herons")
    assert [work.id for work in result.works] == [STEPS, RIVERS, EARTHWORKS]
    assert result.story_count == 1


def test_cards_keep_the_order_of_the_works(archive: Path) -> None:
    with CitedWorks(archive) as cited:
        before = [work.id for work in cited.get_all()]
        with CardStore(get_cards_file(archive)) as store:
            store.put(make_card(id, title) for id, title in zip(before, ("A", "Z", "M"), strict=True))
        after = cited.get_all()
        assert [work.id for work in after] == before
        assert [work.title for work in after] == ["A", "Z", "M"]
        assert list(cited.get(before)) == before
        assert cited.get_by_link("story-2")[1].title == after[before.index(EARTHWORKS)].title


def test_deleted_cards_leave_the_works_as_they_were(archive: Path) -> None:
    path = get_cards_file(archive)
    with CitedWorks(archive) as cited:
        assert {work.title for work in cited.get_all()} == {"Steps of Lattices", "Earthworks", "Rivers"}
        path.unlink()
        assert {work.title for work in cited.get_all()} == {"Steps", "Earthworks", "Rivers"}
