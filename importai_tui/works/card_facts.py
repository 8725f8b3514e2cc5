"""Adds the facts of a card to a cited work."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

from importai_tui.links.urls import get_path
from importai_tui.works.card import CardSummary
from importai_tui.works.citations import fold_title
from importai_tui.works.work import TitleSource, Work, format_work_id, strip_source, to_one_line


def add_card(work: Work, card: CardSummary) -> Work:
    """Return a work with the title, authors, date, venue and DOI of its card, as far as the card has them.

    The title that the newsletter prints becomes `cited_as` unless the new one contains it. Id, kind, URL and citations
    stay.
    """
    title = to_one_line(card.title)
    has_title = bool(title) and not _is_only_id(title, work)
    cited_as = _get_other_words(work, title) if has_title else work.cited_as
    return replace(
        work,
        title=title if has_title else work.title,
        title_from=TitleSource.CARD if has_title else work.title_from,
        cited_as=cited_as,
        authors=card.authors or work.authors,
        published=card.published,
        venue=card.venue or "",
        doi=card.doi,
    )


def _get_other_words(work: Work, title: str) -> str | None:
    """Return the words that the newsletter uses for a work; None if it has none, or if the title contains them."""
    words = work.cited_as if work.title_from is TitleSource.ADDRESS else strip_source(work.title)
    if not words or words == title or f"-{fold_title(words)}-" in f"-{fold_title(title)}-":
        return None
    return words


def _is_only_id(title: str, work: Work) -> bool:
    """Return True if a title says no more than the id: "arXiv:2502.19187", "owner/repo", "repo", an address."""
    bare = work.id.partition(":")[2].removeprefix("//")
    names = {work.id, bare, bare.rpartition("/")[2], format_work_id(work.id, work.url), work.url or ""}
    names.add(unquote(get_path(work.url)).rstrip("/").rpartition("/")[2])
    return title.casefold() in {name.casefold() for name in names}
