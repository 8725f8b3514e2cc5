"""The card screen: over a story and over the works, with a fetch that uses no network."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace

import pytest

from importai_tui.archive.cards import CardStore
from importai_tui.cards.report import CARDS_OFF_IN_DEMO
from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition
from importai_tui.model import Code, Link, LinkKind, LinkRole, Paragraph, Span
from importai_tui.paths import Places
from importai_tui.tui.background_jobs import BackgroundSetup
from importai_tui.tui.cards.page import CardPage, render_page
from importai_tui.tui.cards.screen import CardScreen
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.skim.screen import SkimScreen
from importai_tui.tui.widgets.story_view import StoryView
from importai_tui.tui.works.screen import WorksScreen
from tests.tui.cards.fake_cards import OTTERS, FakeCards, make_card
from tests.tui.sample_app import RunningReader, run_reader, store_issues
from tests.tui.scripted_sync import Gate, SyncScript
from tests.tui.works.test_screen import SLUICES, citing_issues
from tests.works.sample_works import make_work

DAMS = "arxiv:2501.00009"


@dataclass
class CardReader:
    """A running reader, and the cards that it can fetch."""

    reader: RunningReader
    cards: FakeCards

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.reader.pilot.press(*keys)
        await self.reader.pilot.pause()

    async def wait_for_text(self, *texts: str) -> None:
        """Wait until the screen shows the texts."""
        await self.reader.wait_until(lambda: all(text in self.reader.screen_text() for text in texts))

    async def wait_for_notice(self, text: str) -> None:
        """Wait until a notice has the text."""
        await self.reader.wait_until(lambda: any(text in notice for notice in self.reader.notices))

    @property
    def shows_card(self) -> bool:
        """True if a card is on top."""
        return isinstance(self.reader.app.screen, CardScreen)


@pytest.fixture
def cards(places: Places) -> FakeCards:
    """Cards with that of the otters to fetch; a fetch ends at once."""
    fake = FakeCards(places.cards, {OTTERS: make_card()})
    fake.release.set()
    return fake


@asynccontextmanager
async def open_reader(
    library: Library, cards: FakeCards, *, size: tuple[int, int] = (100, 30), ref: str = "20/1"
) -> AsyncIterator[CardReader]:
    """Run the reader on the sample issues."""
    async with run_reader(
        store_issues(library, citing_issues()), ref, size=size, background=cards.background
    ) as reader:
        yield CardReader(reader, cards)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
async def test_p_fetches_a_card_once(library: Library, cards: FakeCards, size: tuple[int, int]) -> None:
    async with open_reader(library, cards, size=size) as it:
        await it.press("p")
        await it.wait_for_text("Otters as Lock Keepers", "cited as “On Otters”", "18 Jan")
        await it.press("G")
        await it.wait_for_text("Cited in", "20/1  Otters first")
        await it.press("p")
        assert not it.shows_card
        await it.press("p")
        assert "Otters as Lock Keepers" in it.reader.screen_text()
        assert cards.asked == [((OTTERS,), False)]


async def test_the_keys_work_while_a_card_loads(library: Library, cards: FakeCards) -> None:
    cards.release.clear()
    async with open_reader(library, cards) as it:
        await it.press("p")
        await it.wait_for_text("Fetching from arXiv…", "On Otters", "21/1  Otters again")
        assert "esc cancel" in it.reader.footer
        await it.press("j", "y")
        assert it.reader.last_notice == "Copied: https://arxiv.org/abs/2501.00001"
        await it.press("o")
        await it.reader.wait_until(lambda: it.reader.browser.opened_urls == ["https://arxiv.org/abs/2501.00001"])
        await it.press("p")
        assert (it.shows_card, cards.stopped) == (False, 1)


async def test_escape_returns_to_the_same_line(library: Library, cards: FakeCards) -> None:
    async with open_reader(library, cards, size=(60, 12)) as it:
        await it.press("j", "j")
        before = it.reader.screen.story_view.scroll_position
        await it.press("p")
        await it.wait_for_text("Otters as Lock Keepers")
        await it.press("G", "escape")
        assert it.reader.screen.story_view.scroll_position == before != ScrollPosition()


async def test_a_failure_is_told_and_r_tries_again(library: Library, cards: FakeCards) -> None:
    found, cards.found, cards.error = cards.found, {}, "Can't reach export.arxiv.org."
    async with open_reader(library, cards) as it:
        await it.press("p")
        await it.wait_for_text("Can't reach export.arxiv.org.", "r tries again. o opens the page in your browser.")
        assert "r try again" in it.reader.footer
        cards.found, cards.error = found, ""
        await it.press("r")
        await it.wait_for_text("Otters as Lock Keepers")


async def test_offline_a_stored_card_stays_with_its_date(library: Library, cards: FakeCards) -> None:
    cards.store(make_card())
    cards.found, cards.error = {}, "Can't reach export.arxiv.org."
    async with open_reader(library, cards) as it:
        await it.press("p", "r")
        await it.wait_for_notice("Can't reach export.arxiv.org. This card is from 18 January 2025.")
        assert cards.asked == [((OTTERS,), True)]
        assert "Otters as Lock Keepers" in it.reader.screen_text()


async def test_without_fetching_the_page_says_why(library: Library, cards: FakeCards) -> None:
    background = BackgroundSetup(cards=cards.file)
    async with run_reader(store_issues(library, citing_issues()), "20/1", background=background) as reader:
        await reader.pilot.press("p")
        await reader.wait_until(lambda: CARDS_OFF_IN_DEMO in " ".join(reader.screen_text().split()))
        assert "tries again" not in reader.screen_text()
        await reader.pilot.press("r")
        assert reader.last_notice == CARDS_OFF_IN_DEMO


async def test_hostile_cards_are_literal(library: Library, cards: FakeCards) -> None:
    words = "[/] [@click=quit]x[/] [b"
    link = Link(1, words, "https://example.org/1", LinkKind.OTHER, "example.org", LinkRole.INLINE, None)
    card = make_card(title=words)
    cards.store(
        replace(
            card, authors=(words,), venue=words, license=words, facts=(words,), source=words, links=(link,),
            blocks=(Paragraph((Span(words, link=1),)), Code(words)),
        )
    )  # fmt: skip
    async with open_reader(library, cards, size=(120, 40)) as it:
        await it.press("p")
        assert it.reader.screen_text().count(words) == 9
        await it.press("T", "J", "K", "x")


async def test_links_and_stories_open_with_a_click(library: Library, cards: FakeCards) -> None:
    cards.store(make_card())
    async with open_reader(library, cards, size=(100, 40)) as it:
        await it.press("p")
        for words in ("sluices¹", "arxiv.org/pdf", "home page"):
            await it.reader.pilot.click(offset=it.reader.find_on_screen(words))
        await it.press("1", "D")
        urls = [
            "https://github.com/otterworks/sluices",
            "https://arxiv.org/pdf/2501.00001",
            "https://example.org/otters",
        ]
        await it.reader.wait_until(lambda: it.reader.browser.opened_urls == [*urls, *urls[:2]])
        assert it.reader.browser.opened_kinds[-2:] == ["code", "pdf"]
        await it.reader.pilot.click(offset=it.reader.find_on_screen("Otters again"))
        await it.reader.wait_until(lambda: it.reader.open_story == ("21", 1))


async def test_cards_of_the_story_and_of_links(library: Library, cards: FakeCards) -> None:
    cards.store(make_card(), replace(make_card(SLUICES, "otterworks/sluices"), links=()))
    async with open_reader(library, cards) as it:
        await it.press("alt+2")
        await it.wait_for_text("2 of 2")
        await it.press("K")
        await it.wait_for_text("1 of 2", "Otters as Lock Keepers")
        await it.press("alt+1")
        await it.wait_for_text("github:otterworks/sluices")
        await it.press("x")
        await it.wait_for_text("22/1  20 January 2025")
        await it.press("enter")
        await it.reader.wait_until(lambda: it.reader.open_story == ("22", 1))
        assert not it.shows_card


async def test_the_text_of_a_link_is_not_its_title(library: Library, cards: FakeCards) -> None:
    link = Link(1, "Paper", "https://arxiv.org/abs/2501.00009", LinkKind.PAPER, "arxiv.org", LinkRole.INLINE, DAMS)
    cards.store(replace(make_card(), links=(link,)), make_card(DAMS, "Dams"))
    async with open_reader(library, cards) as it:
        await it.press("p", "alt+1")
        await it.wait_for_text("arXiv:2501.00009", "Dams")
        assert "cited as" not in it.reader.screen_text()


async def test_a_card_opens_while_skimming(library: Library, cards: FakeCards) -> None:
    async with open_reader(library, cards) as it:
        await it.press("d", "p")
        await it.wait_for_text("Otters as Lock Keepers", "cited as “On Otters”", "1 of 2")
        await it.press("escape")
        assert isinstance(it.reader.app.screen, SkimScreen)
        await it.press("alt+1")
        await it.reader.wait_until(lambda: it.shows_card)
        await it.press("x")
        await it.wait_for_text("21/1  13 January 2025")
        await it.press("enter")
        await it.reader.wait_until(lambda: it.reader.open_story == ("21", 1))


async def test_copies_use_the_card(library: Library, cards: FakeCards) -> None:
    cards.store(make_card())
    async with open_reader(library, cards) as it:
        await it.press("p", "B")
        assert "Ada Otter 20" in it.reader.app.clipboard
        await it.press("Y")
        assert "Otters as Lock Keepers" in it.reader.app.clipboard
        await it.press("s", "escape", "ctrl+t")
        assert "Ada Otter 20" in it.reader.app.clipboard
        assert library.state.get_marks(("starred",))["starred"]


async def test_resize_and_theme_keep_the_card(library: Library, cards: FakeCards) -> None:
    cards.store(make_card(paragraphs=40))
    async with open_reader(library, cards) as it:
        await it.press("p", "space")
        first_line = it.reader.app.screen.query_one(StoryView).scroll_position
        it.reader.app.theme = "nord"
        await it.reader.pilot.resize_terminal(40, 12)
        await it.reader.pilot.resize_terminal(100, 30)
        await it.reader.pilot.pause()
        assert it.reader.app.screen.query_one(StoryView).scroll_position == first_line


async def test_quitting_stops_the_fetch(library: Library, cards: FakeCards) -> None:
    cards.release.clear()
    async with open_reader(library, cards) as it:
        await it.press("p")
        await it.wait_for_text("Fetching")
        await it.reader.pilot.press("ctrl+q")
        assert not it.reader.app.is_running
    assert cards.stopped == 1


async def test_the_links_pane_shows_the_title_of_a_card(library: Library, cards: FakeCards) -> None:
    async with open_reader(library, cards, size=(140, 40)) as it:
        await it.press("p")
        await it.wait_for_text("Otters as Lock Keepers")
        await it.press("escape", "l")
        assert it.reader.screen.pane is Pane.LINKS
        await it.wait_for_text("1 Otters as Lock Keepers", "cited as “On Otters”")
        await it.press("f", *"lock keep", "enter")
        assert [link.n for link in it.reader.screen.link_list.shown_links] == [1]


async def test_works_are_read_card_by_card(library: Library, cards: FakeCards) -> None:
    cards.store(make_card(), make_card(SLUICES, "Sluices, Explained"))
    async with open_reader(library, cards) as it:
        await it.press("W")
        await it.wait_for_text("4 works")
        await it.press("ctrl+p")
        await it.wait_for_text("1 of 4")
        for _ in range(3):
            if "Sluices, Explained" in it.reader.screen_text():
                break
            await it.press("J")
        await it.press("escape")
        works = it.reader.app.screen
        assert isinstance(works, WorksScreen)
        assert works.work_list.selected_work
        assert works.work_list.selected_work.id == SLUICES


async def test_the_cards_of_the_works_shown_are_fetched(library: Library, cards: FakeCards) -> None:
    cards.release.clear()
    async with open_reader(library, cards) as it:
        await it.press("W")
        await it.wait_for_text("4 works")
        await it.press(*"otters", "ctrl+f")
        await it.wait_for_text("ctrl+f stop", "fetching cards…")
        await it.press("ctrl+f")
        await it.wait_for_notice("Stopped")
        cards.release.set()
        await it.press("ctrl+f")
        await it.wait_for_notice("Fetched 1 card")
        await it.wait_for_text("Otters as Lock Keepers")
        assert len(cards.asked) == 2
    with CardStore(cards.file) as store:
        assert store.get(OTTERS)


async def test_the_palette_fetches_the_cards_of_a_story(library: Library, cards: FakeCards) -> None:
    async with open_reader(library, cards) as it:
        await it.press(":", *"link.all_cards", "enter")
        await it.wait_for_notice("Fetched 1 card")
        assert cards.asked == [((OTTERS, SLUICES), False)]


async def test_the_works_have_the_titles_of_new_cards(library: Library, cards: FakeCards) -> None:
    async with open_reader(library, cards) as it:
        await it.press("W", *"otters", "ctrl+p")
        await it.wait_for_text("Otters as Lock Keepers")
        await it.press("escape")
        await it.wait_for_text("Works  otters", "Otters as Lock Keepers")
        await it.press("escape", "alt+2")
        cards.store(make_card(SLUICES, "Sluices, Explained"))
        await it.press("escape", "W", "ctrl+u")
        await it.wait_for_text("Sluices, Explained")


async def test_of_an_empty_list_nothing_is_fetched(library: Library, cards: FakeCards) -> None:
    async with open_reader(library, cards) as it:
        await it.press("W", *"zzzz")
        await it.wait_for_text("ctrl+u clear")
        await it.press("ctrl+f")
        await it.wait_for_notice("Nothing to fetch")
        assert cards.asked == []


async def test_a_waiting_fetch_survives_another_sync(library: Library, cards: FakeCards, script: SyncScript) -> None:
    gate = Gate()
    script.steps = [gate]
    background = cards.background._replace(sync=script.background.sync)
    async with run_reader(store_issues(library, citing_issues()), "20/1", background=background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(gate.reached.is_set)
        await reader.pilot.press(":", *"link.all_cards", "enter")
        await reader.wait_until(lambda: "The cards are fetched after the running job" in reader.notices)
        await reader.pilot.press("B")
        gate.opened.set()
        await reader.wait_until(lambda: cards.asked)


async def test_an_issue_has_no_card(library: Library, cards: FakeCards) -> None:
    url = "https://jack-clark.net/2025/01/13/import-ai-396/"
    link = Link(1, "issue", url, LinkKind.ISSUE, "jack-clark.net", LinkRole.INLINE, "importai:396")
    cards.store(replace(make_card(), links=(link,)))
    async with open_reader(library, cards) as it:
        await it.press("p", "alt+1")
        await it.wait_for_notice("Link 1 is an issue of the newsletter")
        assert cards.asked == []


def test_a_work_without_a_url_says_so() -> None:
    blocks = render_page(CardPage(replace(make_work("title:otters"), url=None)))
    assert "no URL" in blocks[0].plain
    assert "title:" not in blocks[0].plain


async def test_a_star_that_waited_is_shown(library: Library, cards: FakeCards, places: Places) -> None:
    cards.store(make_card())
    async with open_reader(library, cards) as it:
        await it.press("p")
        with closing(sqlite3.connect(places.reading, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await it.press("s")
            assert "★" not in it.reader.screen_text()
        await it.wait_for_text("★ paper")
        await it.press("s")
        assert it.reader.last_notice == "Star removed"
