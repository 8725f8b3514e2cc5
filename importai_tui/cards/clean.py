"""Makes a card of what a source sent: the one place where its data is cleaned, shortened and checked.

Runs in the parser process, because any field may have any size and content.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from importai_tui.cards.body import Body, read_body
from importai_tui.cards.tex import format_tex
from importai_tui.errors import NoCardError
from importai_tui.links.urls import browser_url
from importai_tui.model import Heading, spans_to_text
from importai_tui.parse.clean import clean_line, shorten
from importai_tui.parse.dates import parse_day
from importai_tui.parse.math_text import lower_text, raise_text
from importai_tui.works.card import Card, CardDraft, CardTarget

MAX_TITLE = 500
"""Characters."""
MAX_AUTHORS = 200
"""Authors that are kept. A card with more states their number among its facts."""
_MAX_NAME, _MAX_FACT = 200, 120
_MAX_FACTS = 12
_MAX_RAW = 20_000
"""Characters of one field that are cleaned at all."""
_MIN_YEAR, _YEARS_AHEAD = 1450, 5

_SHIFTED = re.compile(r"(?i)<(?:jats:)?(sub|sup|inf)>([^<>]{0,80})</(?:jats:)?\1>")
_KNOWN_TAG = re.compile(
    r"(?i)</?(?:jats:[\w-]+|mml:[\w-]+|i|b|u|em|strong|italic|bold|sub|sup|inf|sc|scp|tt|code|span|font|small|big|p|br"
    r"|div|title|a|math|monospace|underline|ext-link|strike)(?:\s[^<>]*)?/?>"
)
"""Tags that bibliographies put into titles. Others are words of the title: "The <think> token"."""
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?=$|[T ])", re.ASCII)
_DOI = re.compile(r"(?ai)^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}(?:\.\d+)*/[!-~]{1,250})$")


def make_card(draft: CardDraft, target: CardTarget, source_name: str, now: datetime) -> Card:
    """Return the card of a work.

    Raises:
        NoCardError: the draft has neither a title nor a text.
    """
    title = clean_title(draft.title)
    url = _check_url(draft.url) or _check_url(target.url) or ""
    body = _drop_first_heading(read_body(draft.body, draft.body_format, draft.base_url or url or None), title)
    if not title and not body.blocks:
        raise NoCardError(f"{source_name} has neither a title nor a text for this work.")
    authors = _clean_all(map(_clean_name, draft.authors[:10_000]))
    facts = _clean_all(shorten(clean_line(fact[:_MAX_RAW]), _MAX_FACT) for fact in draft.facts)[:_MAX_FACTS]
    if len(authors) > MAX_AUTHORS:
        facts = (f"{len(authors):,} authors", *facts)
    return Card(
        work=target.work,
        kind=draft.kind or target.kind,
        title=title,
        url=url,
        source=source_name,
        fetched_at=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        authors=authors[:MAX_AUTHORS],
        published=clean_date(draft.published, now.year + _YEARS_AHEAD),
        venue=_clean_words(draft.venue, 300),
        license=_clean_words(draft.license, _MAX_FACT),
        pdf_url=_check_url(draft.pdf_url),
        doi=_clean_doi(draft.doi),
        facts=facts,
        blocks=body.blocks,
        links=body.links,
    )


def clean_title(text: str) -> str:
    """Return a title as one line of plain text, without the tags, entities and TeX of bibliographies."""
    return shorten(clean_line(_strip_markup(text)), MAX_TITLE)


def clean_date(text: str | None, max_year: int) -> str | None:
    """Return an ISO date, which may have only a year or a month; None if there is no such day."""
    text = clean_line((text or "")[:100])
    match = _DATE.match(text)
    if match is None:
        day = parse_day(text)
        return clean_date(day, max_year) if day else None
    year, month, day_of_month = match.groups()
    try:
        date(int(year), int(month or 1), int(day_of_month or 1))
    except ValueError:
        return None
    return match[0] if _MIN_YEAR <= int(year) <= max_year else None


def _strip_markup(text: str) -> str:
    text = html.unescape(html.unescape(text[:_MAX_RAW]))  # some bibliographies escape twice
    text = _SHIFTED.sub(lambda match: (raise_text if match[1].lower() == "sup" else lower_text)(match[2]), text)
    return format_tex(_KNOWN_TAG.sub("", text))


def _clean_name(name: str) -> str:
    return shorten(clean_line(_strip_markup(name[:1_000])), _MAX_NAME)


def _clean_words(text: str | None, max_length: int) -> str | None:
    return shorten(clean_line(_strip_markup(text)), max_length) or None if text else None


def _clean_all(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts that are not empty, each once."""
    return tuple(dict.fromkeys(filter(None, texts)))


def _check_url(url: str | None) -> str | None:
    """Return the URL as a browser gets it; None if it must not be opened."""
    return browser_url(clean_line(url).replace(" ", "%20")) if url and len(url) < _MAX_RAW else None


def _clean_doi(doi: str | None) -> str | None:
    match = _DOI.match(clean_line(doi)) if doi and len(doi) < _MAX_RAW else None
    return match[1].lower().rstrip(".,;") if match else None


def _drop_first_heading(body: Body, title: str) -> Body:
    """Drop a first heading that repeats the title, or says that an abstract is one."""
    first = body.blocks[0] if body.blocks else None
    if isinstance(first, Heading):
        words = spans_to_text(first.spans).strip().casefold()
        if words in ("abstract", "summary", title.casefold()) and not any(span.link for span in first.spans):
            return Body(body.blocks[1:], body.links)
    return body
