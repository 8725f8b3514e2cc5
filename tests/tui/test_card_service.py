"""The cards as the screens use them."""

from __future__ import annotations

from pathlib import Path

from importai_tui.cards.report import CARDS_OFF, CARDS_OFF_IN_DEMO
from importai_tui.tui.card_service import CardService
from tests.tui.cards.fake_cards import OTTERS, FakeCards, make_card


def test_the_service_says_why_nothing_is_fetched(tmp_path: Path) -> None:
    cards = FakeCards(tmp_path / "cards.sqlite3")
    allowed, forbidden = CardService(cards.file, cards, lambda: True), CardService(cards.file, cards, lambda: False)
    assert (allowed.off_reason, forbidden.off_reason) == ("", CARDS_OFF)
    assert CardService(None, None, lambda: True).off_reason == CARDS_OFF_IN_DEMO


def test_a_missing_file_is_empty_until_stored(tmp_path: Path) -> None:
    cards = FakeCards(tmp_path / "cards.sqlite3")
    service = CardService(cards.file, cards, lambda: True)
    assert (service.get(OTTERS), service.get_summaries([OTTERS])) == (None, {})
    assert not cards.file.exists()
    cards.store(make_card())
    assert service.get(OTTERS) == make_card()
    assert service.get_summaries([OTTERS])[OTTERS].title == make_card().title
    service.close()
