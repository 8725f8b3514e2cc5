"""Cards of papers on OpenReview.

Documentation: https://docs.openreview.net/reference/api-v2 and https://docs.openreview.net/reference/api-v1. Venues
before 2023 are in the old API only.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from importai_tui.cards.sources.answers import dig, dig_number, dig_text, is_found, parse_json_body
from importai_tui.cards.sources.base import SingleSource, SourceClient
from importai_tui.errors import BlockedError, NoCardError
from importai_tui.http.responses import format_host
from importai_tui.model import LinkKind
from importai_tui.works.card import CardDraft, CardTarget

API = "https://api2.openreview.net"
OLD_API = "https://api.openreview.net"

_PAGE = re.compile(r"https://openreview\.net/forum\?id=([\w-]{1,64})", re.ASCII)
_NOT_ACCEPTED = re.compile(r"(?i)submitted to|submission|withdrawn|reject")
"""Found in the venue of a paper that was not accepted there."""


class OpenReview(SingleSource):
    """Papers on OpenReview."""

    name = "OpenReview"

    def accepts(self, target: CardTarget) -> bool:
        """Return True for the forum of a paper."""
        return _PAGE.fullmatch(target.work) is not None

    async def fetch_one(self, target: CardTarget, client: SourceClient) -> CardDraft | None:
        """Return the paper; None if it is not public."""
        page = _PAGE.fullmatch(target.work)
        assert page
        return await _fetch_paper(page[1], client)


async def _fetch_paper(id: str, client: SourceClient) -> CardDraft | None:
    query = urlencode({"id": id})
    for address in (API, OLD_API):
        response = await client.get(f"{address}/notes?{query}", accept="application/json")
        if response.status == 403:
            # The new API also refuses what only the old one has. Since 2026 both ask most programs for a browser check.
            error = await client.parse(parse_error, response.body)
            if error == "ChallengeRequiredError":
                host = format_host(response.url)
                raise BlockedError(f"{host} asks for a browser check. Open the page in a browser.", _NEEDS_CHECK)
            continue
        if is_found(response) and (draft := await client.parse(parse_note, response.body)):
            if not draft.title:
                raise NoCardError("This page on OpenReview is a review or a comment, not a paper.")
            return draft
    return None


_NEEDS_CHECK = "OpenReview asks for a browser check"


def parse_error(data: bytes) -> str:
    """Return the name of an error."""
    return dig_text(parse_json_body(data), "name")


def parse_note(data: bytes) -> CardDraft | None:
    """Return the paper of an answer, without a title if it is a review or a comment; None if the answer is empty."""
    note = dig(parse_json_body(data), "notes", 0)
    id = dig_text(note, "id")
    if not id:
        return None
    if dig_text(note, "forum") not in ("", id):
        return CardDraft()
    content = dig(note, "content")
    venue, venue_id = _get_text(content, "venue"), _get_text(content, "venueid")
    is_accepted = not _NOT_ACCEPTED.search(f"{venue} {venue_id}")
    page = f"https://openreview.net/forum?{urlencode({'id': id})}"
    pdf = _get_text(content, "pdf")
    authors = _get_value(content, "authors")
    return CardDraft(
        title=_get_text(content, "title"),
        authors=tuple(dig_text(authors, n) for n in range(len(authors))) if isinstance(authors, list) else (),
        published=_format_day(dig_number(note, "pdate") or dig_number(note, "cdate")),
        venue=venue if is_accepted and venue else None,
        license=dig_text(note, "license") or None,
        url=page,
        pdf_url=page.replace("/forum?", "/pdf?") if pdf.startswith("/") else pdf or None,
        facts=(venue,) if venue and not is_accepted else (),
        body=_get_text(content, "abstract"),
        kind=LinkKind.PAPER,
    )


def _get_value(content: Any, name: str) -> Any:
    """Return the value of a field: `{"value": …}` in the new API, the value itself in the old one."""
    field = dig(content, name)
    return field.get("value") if isinstance(field, dict) else field


def _get_text(content: Any, name: str) -> str:
    value = _get_value(content, name)
    return value.strip() if isinstance(value, str) else ""


def _format_day(milliseconds: int | None) -> str | None:
    """Return the day of a time in milliseconds since 1970, YYYY-MM-DD in UTC."""
    if milliseconds is None:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None
