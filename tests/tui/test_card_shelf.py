"""The cards as the screens use them."""

from __future__ import annotations

from pathlib import Path

from importai_tui.cards.report import CARDS_OFF, CARDS_OFF_IN_DEMO
from importai_tui.tui.card_shelf import CardShelf
from tests.tui.cards.fake_cards import OTTERS, FakeCards, make_card


def test_a_shelf_says_why_nothing_is_fetched(tmp_path: Path) -> None:
    cards = FakeCards(tmp_path / "cards.sqlite3")
    allowed, forbidden = CardShelf(cards.file, cards, lambda: True), CardShelf(cards.file, cards, lambda: False)
    assert (allowed.off_reason, forbidden.off_reason) == ("", CARDS_OFF)
    assert CardShelf(None, None, lambda: True).off_reason == CARDS_OFF_IN_DEMO


def test_a_missing_file_is_empty_until_stored(tmp_path: Path) -> None:
    cards = FakeCards(tmp_path / "cards.sqlite3")
    shelf = CardShelf(cards.file, cards, lambda: True)
    assert (shelf.get(OTTERS), shelf.get_summaries([OTTERS])) == (None, {})
    assert not cards.file.exists()
    cards.store(make_card())
    assert shelf.get(OTTERS) == make_card()
    assert shelf.get_summaries([OTTERS])[OTTERS].title == make_card().title
    shelf.close()
