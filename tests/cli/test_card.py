"""The command `card`, and `works --fetch`."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.archive.cards import CardStore
from importai_tui.cards import fetch
from importai_tui.cli.constants import EXIT_INTERRUPTED
from importai_tui.library.library import Library
from importai_tui.model import Issue, Link, LinkKind, LinkRole
from importai_tui.paths import Places
from importai_tui.works.card import Card
from tests.cards.fake_sources import FakeSources
from tests.cli.test_json_shapes import SHAPES, documented, printed
from tests.conftest import RunProgram
from tests.examples import make_story
from tests.http.server import Reply, Server
from tests.parse_pool.in_process import InProcessParser
from tests.terminal import Terminal, make_environment

CITED = {
    "arxiv:2502.19187": "https://arxiv.org/pdf/2502.19187v2",
    "arxiv:2502.00404": "https://arxiv.org/abs/2502.00404",
    "doi:10.1234/otters": "https://doi.org/10.1234/otters",
}
OFF = "Fetching cards is off. To switch it on, set links.cards = true in config.toml."


@pytest.fixture
def sources() -> FakeSources:
    return FakeSources()


@pytest.fixture
def server(sources: FakeSources, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The fake sources; answers are parsed in this process, because starting another takes long."""
    monkeypatch.setattr(fetch, "ParserProcess", InProcessParser)
    with sources.serve(monkeypatch.setattr) as server:
        yield server


@pytest.fixture
def cards(run: RunProgram, places: Places, server: Server) -> RunProgram:
    """The program with a story that cites two papers on arXiv, one of them unknown there, and two others."""
    assert server
    links = [
        Link(n, f"Paper {n}", url, LinkKind.PAPER, "arxiv.org", LinkRole.READ_MORE, work)
        for n, (work, url) in enumerate([*CITED.items(), ("title:otters", None)], 1)
    ]
    story = replace(make_story("otters"), links=tuple(links))
    with Library.open(places) as library:
        library.store(Issue(402, "n-402", "Number", "2025-03-03", None, (story,)), b"page", "page.html")
    return run


def test_card_has_title_authors_and_abstract(cards: RunProgram) -> None:
    shown = cards("card", "402/1", "1")
    assert (shown.status, shown.err) == (0, "")
    title, authors, *_ = shown.out.splitlines()
    card = json.loads(cards("card", "402/1", "1", "--json").out)
    assert card["title"] == title
    assert authors.startswith(card["authors"][0])
    for words in (card["text"].split(".")[0], card["url"], "arXiv · fetched 20", "Cited in: 402/1", "[1] https://"):
        assert words in shown.out


def test_card_json_has_the_documented_fields(cards: RunProgram) -> None:
    card = json.loads(cards("card", "arxiv:2502.19187", "--json").out)
    assert printed(card) == documented(SHAPES["CARD"])
    assert (card["work"], card["kind"], card["cited_by"]) == ("arxiv:2502.19187", "paper", ["402/1"])
    assert card["source"] == "arXiv"
    assert card["year"] == int(card["published"][:4])


@pytest.mark.parametrize(
    ("typed", "work"),
    [
        ("2502.19187v3", "arxiv:2502.19187"),
        ("https://huggingface.co/papers/2502.19187", "arxiv:2502.19187"),
        ("hep-th/9901001", "arxiv:hep-th/9901001"),
        ("DOI:10.1234/Otters", "doi:10.1234/otters"),
        ("https://doi.org/10.5281/zenodo.7", "doi:10.5281/zenodo.7"),
        ("https://openreview.net/pdf?id=AbC", "https://openreview.net/forum?id=AbC"),
    ],
)
def test_work_need_not_be_cited(cards: RunProgram, typed: str, work: str) -> None:
    assert json.loads(cards("card", typed, "--json").out)["work"] == work


def test_stored_card_needs_no_network(cards: RunProgram, server: Server) -> None:
    first = cards("card", "2502.19187")
    server.close()
    for options in ([], ["--offline"]):
        again = cards("card", "2502.19187", *options)
        assert (again.status, again.err, again.out) == (0, "", first.out)


def test_unreadable_stored_card_is_fetched_again(cards: RunProgram, places: Places) -> None:
    first = cards("card", "2502.19187")
    with closing(sqlite3.connect(places.cards)) as database, database:
        database.execute("UPDATE body SET value = '{}'")
    again = cards("card", "2502.19187")
    assert (again.status, again.err, again.out) == (0, "", first.out)


def test_refresh_asks_again(cards: RunProgram, server: Server) -> None:
    cards("card", "2502.19187")
    assert cards("card", "2502.19187", "--refresh").status == 0
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(b"", 429, {"Retry-After": "7200"}), "asks for a pause of 120 min. Try again after 20"),
        (Reply(b"", 418), "gave an unexpected response"),
    ],
)
def test_failed_refresh_shows_the_stored_card(
    cards: RunProgram, sources: FakeSources, reply: Reply, words: str
) -> None:
    stored = cards("card", "2502.19187").out
    sources.overrides = dict.fromkeys(("arxiv", "datacite"), lambda _: reply)
    refreshed = cards("card", "2502.19187", "--refresh")
    assert (refreshed.status, refreshed.out) == (1, stored)
    assert words in refreshed.err
    assert ". This is the card of 20" in refreshed.err
    fresh = cards("card", "2502.19188")
    assert (fresh.status, fresh.out) == (1, "")
    assert words in fresh.err
    assert "This is the card" not in fresh.err


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("2502.00404",), "Not found on arXiv."),
        (("2502.19199", "--offline"), "No stored card for 2502.19199. Fetch it without --offline."),
        (("otters",), "Not a work: otters. Use an arXiv id"),
        (("402/1",), "To see the card of a link, add its number: importai-tui card 402/1 1"),
        (("402/1", "9"), "402/1 has only 4 links."),
        (("402/1", "4"), "has no URL"),
        (("title:otters",), "No URL is known for this work"),
        (("999/1", "1"), "isn't in your archive"),
        (("",), "Name a work: an arXiv id"),
        (("https://importai.substack.com/p/import-ai-402",), "an issue of the newsletter"),
        (("https://10.0.0.1/x",), "10.0.0.1 isn't on the public internet"),
    ],
)
def test_missing_cards_are_explained(cards: RunProgram, words: tuple[str, ...], error: str) -> None:
    shown = cards("card", *words, "--json")
    assert (shown.status, shown.out) == (1, "")
    assert error in shown.err
    assert shown.err.count("\n") <= 2


def test_refresh_and_offline_exclude_each_other(cards: RunProgram) -> None:
    assert cards("card", "2502.19187", "--refresh", "--offline").status == 2


def test_switched_off_cards_fetch_nothing(cards: RunProgram, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    cards("card", "2502.19187")
    monkeypatch.setenv("IMPORTAI_TUI_LINKS_CARDS", "false")
    assert cards("card", "2502.19187").status == 0
    assert f"{OFF} This is the card of" in cards("card", "2502.19187", "--refresh").err
    assert cards("card", "2502.19188").err == f"importai-tui: {OFF}\n"
    assert cards("works", "--fetch").err == f"importai-tui: {OFF}\n"
    assert len(server.requests) == 1


def test_a_wrong_switch_is_reported(cards: RunProgram, places: Places) -> None:
    places.config.parent.mkdir(exist_ok=True)
    places.config.write_text('[links]\ncards = "no"\n')
    assert "links.cards" in cards("card", "2502.19187").err
    assert cards("card", "2502.19187").err == ""  # nothing is fetched


def test_contact_is_sent_to_the_sources(cards: RunProgram, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORTAI_TUI_LINKS_CONTACT", "ada@example.org")
    cards("card", "2502.19187")
    assert "mailto:ada@example.org" in server.requests[0].headers["user-agent"]


def test_demo_fetches_nothing(cards: RunProgram, server: Server) -> None:
    for command in (("card", "2502.19187"), ("works", "--fetch")):
        shown = cards("--demo", *command)
        assert shown.status == 1
        assert "off in demo mode" in shown.err
    assert server.requests == []


def test_full_disk_still_shows_the_card(cards: RunProgram, places: Places) -> None:
    places.cards.mkdir()  # nothing can be stored there
    shown = cards("card", "2502.19187")
    assert shown.status == 1
    assert "Cited in: 402/1" in shown.out
    assert str(places.cards) in shown.err


def test_works_fetch_stores_cards_and_prints_works(cards: RunProgram, server: Server) -> None:
    shown = cards("works", "--fetch", "--json")
    assert shown.status == 0
    works = {work["work"]: work for work in json.loads(shown.out)["works"]}
    assert works.keys() == {*CITED, "title:paper-4"}
    assert works["arxiv:2502.19187"]["title_from"] == "card"
    assert works["arxiv:2502.19187"]["authors"]
    assert shown.err.splitlines() == [
        "Fetched 2 cards; 1 not found; 1 without a URL.",
        "Not found on arXiv: arxiv:2502.00404.",
    ]
    assert len(server.requests) == 2


def test_works_fetch_asks_only_for_what_is_found(cards: RunProgram, server: Server) -> None:
    cards("works", "arxiv:2502.19187", "--fetch")
    assert [request.query["id_list"] for request in server.requests] == ["2502.19187"]


def test_works_fetch_reports_failures(cards: RunProgram, sources: FakeSources) -> None:
    busy = Reply(b"", 503, {"Retry-After": "600"})
    sources.overrides = dict.fromkeys(("arxiv", "datacite"), lambda _: busy)
    shown = cards("works", "--fetch", "--format", "bibtex")
    assert shown.status == 1
    assert shown.out.count("@") == 4
    assert "Fetched 1 card; 1 without a URL; 2 failed." in shown.err
    assert shown.err.count("asks for a pause of 10 min") == 1


@pytest.mark.usefixtures("cards")
def test_works_fetch_is_stopped_by_ctrl_c(places: Places) -> None:
    command = [sys.executable, "-m", "tests.cards.reader", "works", "--fetch", "--fake-delay", "2"]
    environ = make_environment(places.cache_folder.parent, PYTHONPATH=str(Path(__file__).parents[2]))
    with Terminal(command, environ) as terminal:
        terminal.wait_until_shown("0/3")
        terminal.send(b"\x03")
        assert terminal.wait() == EXIT_INTERRUPTED
        screen = "\n".join(terminal.screen)
    assert "Paper 4" in screen
    assert "Stopped after fetching no cards; 1 without a URL." in screen
    assert "Run the same command again to continue." in screen


def test_hostile_stored_card_is_printed_as_text(cards: RunProgram, places: Places) -> None:
    with CardStore(places.cards) as store:
        store.put([Card("arxiv:2502.19187", LinkKind.PAPER, "A\x1b]0;x\x07b[/]", "javascript:x", "s", "2026")])
    shown = cards("card", "2502.19187")
    assert "\x1b" not in shown.out
    assert "javascript:x (unsafe, not opened)" in shown.out
    assert Path(places.cards).exists()
