"""The page of a card as rendered blocks: title, authors, facts, text, links, and the stories that cite it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from textual.content import Content
from textual.style import Style

from importai_tui.links.urls import browser_host
from importai_tui.model import Block, Heading, spans_to_text
from importai_tui.output.card import format_author_list
from importai_tui.tui.text import (
    ContentBuilder,
    format_long_date,
    format_short_date_with_year,
    to_content,
    to_line_content,
)
from importai_tui.tui.widgets.issue_list import STAR_SIGN, UNREAD_SIGN
from importai_tui.tui.widgets.story_render import HangingIndent, RenderedBlock, add_urls, make_link_style, render_block
from importai_tui.wording import plural
from importai_tui.works.card import Card
from importai_tui.works.citations import fold_title
from importai_tui.works.work import Work, format_cited_as, format_work_id, get_metadata, to_one_line

_MAX_LINKS = 40
"""Links that are listed; all links are in the text."""
_MAX_STORIES = 20
"""Citing stories that are listed; the key that goes to a story offers all."""
_WEB_PAGE = "Web page"
"""The source of pages that no other source knows."""
_FACTS_GAP = "   "
FIRST_BLOCKS = 24
"""Blocks of the text that fill any window."""


class CitingRow(NamedTuple):
    """A story that cites the work. The headline is empty if the archive no longer has the story."""

    ref: str
    headline: str = ""
    day: str | None = None
    is_day_estimated: bool = False
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class CardPage:
    """Everything that the page shows.

    Attributes:
        work: the work as stories cite it, with the facts of its card.
        card: the card; None if there is none yet.
        stories: the stories that cite it, oldest first.
        message: sentences in place of a missing card.
        is_starred: the work is on the reading list.
        open_key, pdf_key, story_key: the keys that open the page, the PDF and a citing story; empty for none.
    """

    work: Work
    card: Card | None = None
    stories: Sequence[CitingRow] = ()
    message: str = ""
    is_starred: bool = False
    open_key: str = ""
    pdf_key: str = ""
    story_key: str = ""


def render_page(page: CardPage, *, whole: bool = True) -> list[RenderedBlock]:
    """Return the blocks of the page; the first blocks of the text alone if it is not wanted as a `whole`."""
    blocks = _render_head(page)
    if page.message:
        blocks += [RenderedBlock("paragraph", to_content(part, "$muted")) for part in page.message.split("\n\n")]
    if page.card:
        body = _drop_title(page.card.blocks, page.card.title)
        for block in body if whole else body[:FIRST_BLOCKS]:
            blocks += render_block(block)
    if whole:
        blocks += _render_links(page) + _render_stories(page)
    return add_urls(blocks, page.card.links if page.card else ())


def get_page_url(page: CardPage) -> str | None:
    """Return the address that the key for the page opens."""
    return page.card.url if page.card else page.work.url


def format_fetched(card: Card, today: datetime, *, short: bool = False) -> str:
    """Return where and when a card was fetched: "from arXiv, today at 14:05", in the local time of this computer."""
    fetched = _get_fetch_time(card)
    if fetched.date() == today.astimezone().date():
        day = f"today at {fetched:%H:%M}"
    else:
        day = format_short_date_with_year(fetched.date().isoformat()) if short else format_fetch_day(card)
    source = name_source(card.source, card.url)
    return f"{source} · {day}" if short else f"from {source}, {day}"


def name_source(source: str, url: str | None) -> str:
    """Return the name of a source: for a plain web page its host."""
    return (browser_host(url) if source == _WEB_PAGE else None) or source


def format_fetch_day(card: Card) -> str:
    """Return the day on which a card was fetched."""
    return format_long_date(_get_fetch_time(card).date().isoformat())


def _get_fetch_time(card: Card) -> datetime:
    return datetime.fromisoformat(card.fetched_at).astimezone()


def _render_head(page: CardPage) -> list[RenderedBlock]:
    work, card = page.work, page.card
    title = get_metadata(work).title
    kind = card.kind if card else work.kind
    name = format_work_id(work.id, work.url) if work.url else "no URL"
    is_named = not card or card.source == _WEB_PAGE or name.casefold().startswith(card.source.casefold())
    source = "" if is_named or not card else card.source
    kicker = ContentBuilder().write(f"{STAR_SIGN} " if page.is_starred else "", "$second").write(kind.value, "$second")
    kicker.write("".join(f"  {fact}" for fact in (name, source) if fact and fact != title), "$muted")
    blocks = [
        RenderedBlock("kicker", kicker.build()),
        RenderedBlock("headline", to_line_content(title, "bold"), is_tight=True),
    ]
    if words := format_cited_as(work):
        blocks.append(RenderedBlock("tagline", to_line_content(words, "italic $muted")))
    authors = format_author_list(card.authors if card else work.authors)
    if authors:
        blocks.append(RenderedBlock("authors", to_line_content(authors)))
    if line := _FACTS_GAP.join(map(to_one_line, _list_facts(page))):
        blocks.append(RenderedBlock("facts", to_content(line, "$muted"), is_tight=bool(authors)))
    return blocks


def _list_facts(page: CardPage) -> list[str]:
    card = page.card
    if not card:
        return [page.work.publisher] if page.work.publisher else []
    published = _format_published(card.published) if card.published else ""
    doi = f"doi:{card.doi}" if card.doi else ""
    return [fact for fact in (published, card.venue, card.license, *card.facts, doi) if fact]


def _format_published(published: str) -> str:
    """Return a date, whole or without its day or month, as the screen shows it."""
    match published.split("-"):
        case [_, _, _]:
            return format_long_date(published)
        case [_, _]:
            return format_long_date(f"{published}-01").partition(" ")[2]
        case _:
            return published


def _drop_title(blocks: Sequence[Block], title: str) -> Sequence[Block]:
    """Return the text without its first heading, if that repeats the title, or the name of the repository."""
    if blocks and isinstance(blocks[0], Heading):
        heading = fold_title(spans_to_text(blocks[0].spans))
        if heading in (fold_title(title), fold_title(title.rpartition("/")[2])):
            return blocks[1:]
    return blocks


def _render_links(page: CardPage) -> list[RenderedBlock]:
    rows: list[tuple[str, Content]] = []
    if url := get_page_url(page):
        rows.append((page.open_key, _draw_address(url, "open")))
    if page.card and page.card.pdf_url:
        rows.append((page.pdf_key, _draw_address(page.card.pdf_url, "open_pdf")))
    links = page.card.links if page.card else ()
    for link in links[:_MAX_LINKS]:
        words = " ".join(link.text.split())
        is_address = not words or words == link.url
        body = ContentBuilder().write(
            _shorten(link.url or "") if is_address else words, "underline", make_link_style(link.n)
        )
        host = "" if is_address else browser_host(link.url) or ""
        rows.append((str(link.n), body.write(f"  {host}".rstrip(), "$muted").build()))
    if len(links) > _MAX_LINKS:
        rows.append(("", to_content(f"and {len(links) - _MAX_LINKS:,} more in the text", "$muted")))
    return _render_table("Links", [(to_content(key, "$mark"), body) for key, body in rows])


def _draw_address(url: str, action: str) -> Content:
    click = Style.from_meta({"@click": (f"screen.{action}", ())})
    return to_line_content(_shorten(url), "underline").stylize(click)


def _shorten(url: str) -> str:
    """Return an address without its scheme."""
    return re.sub(r"^https?://", "", url)


def _render_stories(page: CardPage) -> list[RenderedBlock]:
    rows: list[tuple[Content, Content]] = []
    for row in page.stories[:_MAX_STORIES]:
        marker = ContentBuilder().write(" " if row.is_read or not row.headline else UNREAD_SIGN, "$mark")
        click = Style.from_meta({"@click": ("screen.go_to_story", (row.ref,))})
        weight = "" if row.is_read or not row.headline else "bold"
        body = ContentBuilder().write(row.headline or "no longer in your archive", weight, click)
        if row.day:
            body.write(f"  {format_short_date_with_year(row.day, is_estimated=row.is_day_estimated)}", "$muted")
        rows.append((marker.write(f" {row.ref}", "$muted").build(), body.build()))
    if (more := len(page.stories) - _MAX_STORIES) > 0:
        key = f" ({page.story_key} lists all)" if page.story_key else ""
        rows.append((Content(""), to_content(f"and {plural(more, 'more story', 'more stories')}{key}", "$muted")))
    return _render_table("Cited in", rows)


def _render_table(heading: str, rows: Iterable[tuple[Content, Content]]) -> list[RenderedBlock]:
    """Return a heading, and the rows beneath it with their markers in a column."""
    table = list(rows)
    if not table:
        return []
    width = max(marker.cell_length for marker, _ in table)
    return [
        RenderedBlock("table-head", to_content(heading, "$muted")),
        *(
            RenderedBlock("cited", body, is_tight=True, hanging=HangingIndent(marker, width + 2 if width else 0))
            for marker, body in table
        ),
    ]
