"""Commands that use stored cards: works and their formats, search, stats and doctor."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from importai_tui.archive.cards import CardStore
from importai_tui.cli.works import WORK_FORMATS
from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.paths import Places
from tests.archive.test_cards import DAMAGES, make_card
from tests.cli.test_works import CODE, PAPER, story
from tests.conftest import RunProgram

CARDS = (
    make_card(
        "arxiv:2502.19187",
        "The Counting of Otters",
        "We weave lattices.",
        authors=("Ada Heron", "Bo Lamb", "Cy Duck"),
        published="2025-02-26",
        venue="Journal of Rivers",
        doi="10.1000/otters",
    ),
    make_card("github:ada/otters", "ada/otters", "A shovel."),
)


@pytest.fixture
def filled(run: RunProgram, places: Places) -> RunProgram:
    """The program with an issue that cites a paper and its code, and the cards of both."""
    with Library.open(places) as library:
        issue = Issue(402, "n-402", "Number 402", "2025-03-03", None, (story("otters", PAPER, CODE),))
        library.store(issue, b"page", "page.html")
    with CardStore(places.cards) as store:
        store.put(CARDS)
    return run


def get_works(run: RunProgram, *words: str) -> dict[str, dict[str, object]]:
    return {work["work"]: work for work in json.loads(run("works", *words, "--json").out)["works"]}


def test_works_json_has_the_facts_of_cards(filled: RunProgram) -> None:
    works = get_works(filled)
    paper, code = works["arxiv:2502.19187"], works["github:ada/otters"]
    assert (paper["title"], paper["title_from"]) == ("The Counting of Otters", "card")
    assert (paper["cited_as"], paper["year"]) == ("On Otters", 2025)
    assert paper["authors"] == ["Ada Heron", "Bo Lamb", "Cy Duck"]
    assert (paper["venue"], paper["doi"]) == ("Journal of Rivers", "10.1000/otters")
    assert (code["title"], code["title_from"], code["venue"], code["doi"]) == ("otters", "citation", None, None)


def test_works_lists_the_titles_of_cards(filled: RunProgram) -> None:
    line = "The Counting of Otters  Ada Heron et al., Journal of Rivers, 2025, doi:10.1000/otters  cited as “On Otters”"
    assert filled("works", "kind:paper").out == f"paper  1×  402  {line}\n"


def test_stars_stay_on_works_with_cards(filled: RunProgram, places: Places) -> None:
    with Library.open(places) as library:
        library.state.star_work("arxiv:2502.19187", True, "On Otters")
    assert list(get_works(filled, "is:starred")) == ["arxiv:2502.19187"]
    before = list(get_works(filled))
    places.cards.unlink()
    assert list(get_works(filled)) == before
    assert list(get_works(filled, "is:starred")) == ["arxiv:2502.19187"]


@pytest.mark.parametrize("form", [form for form in WORK_FORMATS if form != "json"])
def test_every_format_has_title_author_and_venue(filled: RunProgram, form: str) -> None:
    text = filled("works", "kind:paper", "--format", form).out
    for fact in ("The Counting of Otters", "Ada", "Heron", "Journal of Rivers", "2025", "10.1000/otters"):
        assert fact in text
    assert filled("works", "whales", "--format", form).status == 1


def test_an_export_has_the_facts_of_cards(filled: RunProgram) -> None:
    assert "AU  - Heron, Ada\n" in filled("export", "--works", "--format", "ris").out


def test_links_have_the_titles_of_cards(filled: RunProgram) -> None:
    paper, code = filled("links", "402").out.splitlines()
    assert paper.endswith("  The Counting of Otters  cited as “On Otters”")
    assert code.endswith("  otters")
    assert json.loads(filled("links", "402", "--json").out)["links"][0]["title"] == "The Counting of Otters"


def test_works_and_stories_are_found_by_cards(filled: RunProgram) -> None:
    assert list(get_works(filled, "lattice")) == ["arxiv:2502.19187"]
    assert filled("works", "shovel").out.startswith("code")
    ran = filled("search", "in:cards", "lattices")
    assert "Card of “The Counting of Otters”: We weave lattices." in ran.out
    assert ran.err == "1 story, best match first.\n"
    (hit,) = json.loads(filled("search", "in:cards lattices", "--json").out)["hits"]
    assert [hit["excerpt"][start:end] for start, end in hit["highlights"]] == ["lattices"]


def test_stats_and_doctor_count_cards(filled: RunProgram, places: Places) -> None:
    stats = json.loads(filled("stats", "--json").out)
    assert (stats["cards"], stats["files"]["cards"]["path"]) == (2, str(places.cards))
    text = filled("stats").out
    assert "Cards           2\n" in text
    assert f"  {places.cards}\n" in text
    ran = filled("doctor")
    assert ran.status == 0
    assert "Cards: 2\n" in ran.out
    assert f"Card file: {places.cards}\n" in ran.out


@DAMAGES
def test_doctor_replaces_unusable_cards(filled: RunProgram, places: Places, damage: Callable[[Path], None]) -> None:
    damage(places.cards)
    assert get_works(filled)["arxiv:2502.19187"]["title"] == "On Otters"
    assert filled("search", "in:cards", "lattices").status == 1
    assert filled("search", "headlines").status in (0, 1)
    ran = filled("doctor")
    assert ran.status == 1
    assert ran.out.startswith("Problem: ")
    assert str(places.cards) in ran.out.splitlines()[0]
    ran = filled("doctor", "--repair")
    assert ran.status == 0
    assert f"It was renamed to {places.cards.parent / 'cards-set-aside-'}" in ran.out
    ran = filled("doctor")
    assert (ran.status, ran.out.startswith("No problems found.\n")) == (0, True)
    assert "Set aside (delete it once everything works): " in ran.out


def test_doctor_moves_a_folder_out_of_the_way(run: RunProgram, places: Places) -> None:
    places.cards.mkdir(parents=True)
    ran = run("doctor")
    assert (ran.status, "is not a file" in ran.out) == (1, True)
    ran = run("doctor", "--repair")
    assert (ran.status, "was not a file. It was renamed to" in ran.out) == (0, True)


def test_doctor_without_cards_creates_no_file(run: RunProgram, places: Places) -> None:
    assert "Card" not in run("doctor").out
    run("doctor", "--repair")
    assert not list(places.cache_folder.glob("cards*"))
