"""Cards of papers from arXiv's API: up to 100 papers in one request, three seconds between two requests.

Its API is often overloaded, and then answers nobody for hours ("Rate exceeded"). DataCite has nearly the same data.

Documentation: https://info.arxiv.org/help/api/user-manual.html (Atom) and https://info.arxiv.org/help/api/tou.html (the
pause).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from importai_tui.cards.sources.answers import is_found
from importai_tui.cards.sources.base import Answer, CardSource, SourceClient
from importai_tui.cards.sources.datacite import fetch_dois
from importai_tui.errors import TRY_AGAIN, BusyError, OfflineError, ReaderError, SyncError, UnreadableInputError
from importai_tui.http.responses import BodyFormat as ResponseFormat
from importai_tui.http.responses import detect_body_format
from importai_tui.links.work_ids import get_work_id
from importai_tui.model import LinkKind
from importai_tui.parse.feeds import read_elements
from importai_tui.works.card import BodyFormat, CardDraft, CardTarget

API = "https://export.arxiv.org"

_PREFIX = "arxiv:"
_VERSION = re.compile(r"v(\d{1,3})$")
_NEW_PARAGRAPH = re.compile(r"\n[ \t]+(?=\S)")
"""arXiv begins a paragraph of an abstract with blanks: https://info.arxiv.org/help/prep.html, "Abstracts"."""
_WITHDRAWN = re.compile(r"(?i)\s*(?:withdrawn\b|(?:this|the) [\w -]{3,30}? (?:has been|was|is) withdrawn\b)")


class Arxiv(CardSource):
    """Papers on arXiv."""

    name = "arXiv"
    batch_size = 100
    pause = 3.0

    def accepts(self, target: CardTarget) -> bool:
        """Return True for a paper with an arXiv id."""
        return target.work.startswith(_PREFIX)

    async def fetch(self, targets: Sequence[CardTarget], client: SourceClient) -> Mapping[str, Answer]:
        """Return the drafts of the papers that arXiv knows."""
        works = [target.work for target in targets]
        try:
            return await self._fetch_papers(works, client)
        except OfflineError:
            raise
        except SyncError as error:
            return dict.fromkeys(works, error) | await _fetch_from_datacite(works, client)

    async def _fetch_papers(self, works: Sequence[str], client: SourceClient) -> dict[str, CardDraft]:
        ids = ",".join(work.removeprefix(_PREFIX) for work in works)
        response = await client.get(f"{API}/api/query?id_list={ids}&max_results={len(works)}", accept=_ACCEPT)
        # One malformed id spoils the answer for all others, so the papers are asked for in two halves.
        if response.status == 400 and len(works) > 1:
            middle = len(works) // 2
            first = await self._fetch_papers(works[:middle], client)
            return first | await self._fetch_papers(works[middle:], client)
        if response.body.startswith(_TOO_MANY_REQUESTS):
            raise BusyError(f"arXiv received too many requests. {TRY_AGAIN} later.", "arXiv received too many requests")
        if not is_found(response):
            return {}
        drafts = await client.parse(parse_feed, response.body)
        return {work: drafts[work] for work in works if work in drafts}


async def _fetch_from_datacite(works: Sequence[str], client: SourceClient) -> dict[str, Answer]:
    """Return the drafts of the papers that DataCite knows; none if it cannot be asked."""
    dois = {f"10.48550/arxiv.{work.removeprefix(_PREFIX)}": work for work in works}
    try:
        drafts = await fetch_dois(list(dois), client)
    except ReaderError:  # the user gets the error of arXiv
        return {}
    return {work: _adapt(drafts[doi], work) for doi, work in dois.items() if doi in drafts}


def _adapt(draft: CardDraft, work: str) -> CardDraft:
    """Give a draft from DataCite the form of one from arXiv."""
    url, pdf_url = _get_urls(work.removeprefix(_PREFIX))
    facts = ("data from DataCite",)
    return replace(draft, venue=None, url=url, pdf_url=pdf_url, doi=None, facts=facts, body_format=BodyFormat.PLAIN)


_ACCEPT = "application/atom+xml"
_TOO_MANY_REQUESTS = b"Rate exceeded"
"""The start of a plain text that arXiv has sent with status 200, too."""


def parse_feed(data: bytes) -> dict[str, CardDraft]:
    """Return the papers of a feed by work id. An entry that reports an error has no such id and is left out."""
    drafts: dict[str, CardDraft] = {}
    if detect_body_format(data) is not ResponseFormat.XML:
        raise UnreadableInputError("is not a list of papers")
    try:
        entries = read_elements(data)
    except UnreadableInputError as error:
        raise UnreadableInputError(f"is {error}") from error
    for entry in entries:
        fields = _group_children(entry)
        url = _get_text(fields, "id")
        work = get_work_id(url)
        if work and work.startswith(_PREFIX):
            drafts.setdefault(work, _read_paper(work.removeprefix(_PREFIX), url, fields))
    return drafts


_Fields = dict[str, list[Any]]
"""The children of an XML element by their names without namespace."""


def _read_paper(id: str, url: str, fields: _Fields) -> CardDraft:
    page, pdf_url = _get_urls(id)
    comment, abstract = _get_text(fields, "comment"), _get_text(fields, "summary")
    return CardDraft(
        title=_get_text(fields, "title"),
        authors=tuple(
            filter(None, (_get_text(_group_children(author), "name") for author in fields.get("author", ())))
        ),
        published=_get_text(fields, "published")[:10] or None,
        venue=_get_text(fields, "journal_ref") or None,
        url=page,
        pdf_url=pdf_url,
        doi=_get_text(fields, "doi") or None,
        facts=tuple(filter(None, _get_facts(url, fields, is_withdrawn=_is_withdrawn(comment, abstract)))),
        body=_NEW_PARAGRAPH.sub("\n\n", abstract),
        kind=LinkKind.PAPER,
    )


def _get_urls(id: str) -> tuple[str, str]:
    return f"https://arxiv.org/abs/{id}", f"https://arxiv.org/pdf/{id}"


def _is_withdrawn(comment: str, abstract: str) -> bool:
    return bool(_WITHDRAWN.match(comment) or _WITHDRAWN.match(abstract))


def _get_facts(url: str, fields: _Fields, *, is_withdrawn: bool) -> Iterable[str]:
    yield "withdrawn" if is_withdrawn else ""
    yield next((element.get("term") or "" for element in fields.get("primary_category", ())), "")
    version = _VERSION.search(url)
    updated = _get_text(fields, "updated")[:10]
    if version and int(version[1]) > 1 and updated:
        yield f"version {int(version[1])} of {updated}"
    yield _get_text(fields, "comment")


def _group_children(element: Any) -> _Fields:
    fields: _Fields = {}
    for child in element:
        if isinstance(child.tag, str):
            fields.setdefault(child.tag.rpartition("}")[2].rpartition(":")[2], []).append(child)
    return fields


def _get_text(fields: _Fields, name: str) -> str:
    """Return the text of the first child with a name and a text; empty if there is none."""
    texts = ("".join(element.itertext()).strip() for element in fields.get(name, ()))
    return next(filter(None, texts), "")
