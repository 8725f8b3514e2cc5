"""Formats the card of a cited work as lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from importai_tui.output.layout import wrap
from importai_tui.output.lines import Line, Run, expand_tabs
from importai_tui.output.text import (
    MAX_LINE_WIDTH,
    NumberedLinks,
    format_address,
    format_block_lines,
    format_link_line,
    join_facts,
    with_gaps,
)
from importai_tui.works.card import Card

_MAX_AUTHORS = 8


def format_card_lines(card: Card, cited_by: Sequence[str], columns: int | None) -> list[Line]:
    """Return the lines of a card: title, authors, facts, addresses, body and links, and the stories that cite the work.

    No line is wider than `columns`, except code and addresses; None is for lines of any length.
    """
    width = None if columns is None else min(columns, MAX_LINE_WIDTH)
    links = NumberedLinks.from_links(card.links)
    parts: list[list[Line]] = [
        [
            *wrap(card.title or card.work, width),
            *wrap(format_author_list(card.authors), width),
            *wrap(join_facts((card.published, card.venue, card.license, *card.facts)), width),
            *wrap(join_facts((card.kind, card.source, f"fetched {card.fetched_at[:10]}")), width),
        ],
        [
            [Run(format_address(card.url), card.url)],
            *([[Run("PDF: "), Run(format_address(card.pdf_url), card.pdf_url)]] if card.pdf_url else []),
            *([f"DOI: {card.doi}"] if card.doi else []),
        ],
        *(format_block_lines(block, width, links) for block in card.blocks),
        [format_link_line(link) for link in card.links],
        [*wrap(f"Cited in: {', '.join(cited_by)}", width)] if cited_by else [],
    ]
    return [expand_tabs(line) for line in with_gaps([line for line in part if line] for part in parts)]


def format_author_list(authors: Sequence[str]) -> str:
    """Return the names with commas; of many only the first: "Ada, Bo and 12 more"."""
    if len(authors) <= _MAX_AUTHORS + 1:  # the last name is no longer than "and 1 more"
        return ", ".join(authors)
    return f"{', '.join(authors[:_MAX_AUTHORS])} and {len(authors) - _MAX_AUTHORS:,} more"
