"""Adds the facts of the stored cards to cited works."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.paths import get_cards_file
from importai_tui.sqlite import MAX_PARAMETERS

if TYPE_CHECKING:
    from importai_tui.works.work import Work


def get_cards_version(archive: Path) -> tuple[int, ...]:
    """Return a value that changes when a card is stored beside this archive, also by another process."""
    path = get_cards_file(archive)
    stamps = []
    for file in (path, path.with_name(f"{path.name}-wal")):
        with suppress(OSError):
            status = file.stat()
            stamps += [status.st_mtime_ns, status.st_size]
    return tuple(stamps)


def add_stored_cards(archive: Path, works: list[Work]) -> list[Work]:
    """Return the works in the same order, with the facts of their cards; an archive without cards costs nothing.

    Args:
        archive: the file of the archive; the cards are beside it.
        works: the works.
    """
    path = get_cards_file(archive)
    if not works or not path.exists():
        return works
    # Imported here, because most archives have no cards.
    from importai_tui.archive.cards import CardStore
    from importai_tui.works.card_facts import add_card

    with CardStore(path) as store:
        # One query for all cards is faster than one for every few hundred works.
        cards = store.get_summaries([work.id for work in works] if len(works) <= MAX_PARAMETERS else None)
    return [add_card(work, cards[work.id]) if work.id in cards else work for work in works]
