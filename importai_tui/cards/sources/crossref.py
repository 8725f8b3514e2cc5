"""Cards of papers with a DOI of Crossref, which publishers, bioRxiv, medRxiv and SSRN use.

Documentation: https://www.crossref.org/documentation/retrieve-metadata/rest-api/ and
https://github.com/CrossRef/rest-api-doc (fields and filters). The client's user agent has the contact address that
Crossref asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from importai_tui.cards.sources.answers import (
    dig,
    dig_list,
    dig_number,
    dig_text,
    format_license_url,
    is_found,
    parse_json_body,
)
from importai_tui.cards.sources.base import CardSource, SourceClient
from importai_tui.model import LinkKind
from importai_tui.wording import plural
from importai_tui.works.card import BodyFormat, CardDraft, CardTarget

API = "https://api.crossref.org"

_PREFIX = "doi:"
_SSRN = re.compile(r"https://papers\.ssrn\.com/sol3/papers\.cfm\?abstract_id=(\d{1,12})", re.ASCII)
_PLAIN_DOI = re.compile(r"[\w./()-]{1,80}", re.ASCII)
"""A DOI that can be one of twenty in a URL: a comma separates filters, and a URL may have 2,048 characters."""
_DATES = ("published", "issued", "posted", "published-online", "published-print")
_VERSIONS = ("vor", "am", "unspecified")
"""Versions whose licence counts, best first: the published one, the accepted manuscript. Not "tdm", text mining."""
_TYPES = {
    "posted-content": "preprint",
    "monograph": "book",
    "edited-book": "book",
    "book": "book",
    "dissertation": "dissertation",
    "report": "report",
    "peer-review": "peer review",
    "dataset": "data set",
}
"""Types that a reader wants to know; most works are articles."""
_NOT_PAPERS = {"dataset": LinkKind.DATASET, **dict.fromkeys(("book", "monograph", "edited-book", "component", "other"))}
_RETRACTIONS = {"retraction": "retracted", "withdrawal": "withdrawn", "removal": "removed"}


class Crossref(CardSource):
    """Papers with a DOI of Crossref."""

    name = "Crossref"
    batch_size = 20

    def accepts(self, target: CardTarget) -> bool:
        """Return True for a work with a DOI, and for a paper on SSRN."""
        return _get_doi(target.work) is not None

    async def fetch(self, targets: Sequence[CardTarget], client: SourceClient) -> Mapping[str, CardDraft]:
        """Return the drafts of the works that Crossref knows."""
        works = {doi: target.work for target in targets if (doi := _get_doi(target.work))}
        drafts: dict[str, CardDraft] = {}
        batch = _choose_batch(works)
        if batch:
            filters = ",".join(f"doi:{doi}" for doi in batch)  # a repeated filter means "or"
            response = await client.get(f"{API}/works?filter={filters}&rows={len(batch)}", accept=_ACCEPT)
            if is_found(response):
                drafts = await client.parse(parse_works, response.body)
            else:  # one malformed DOI spoils the answer for all others
                batch = []
        for doi in works:
            if doi not in batch:
                response = await client.get(f"{API}/works/{quote(doi, safe='')}", accept=_ACCEPT)
                if is_found(response):
                    drafts |= await client.parse(parse_work, response.body)
        return {work: drafts[doi] for doi, work in works.items() if doi in drafts}


_ACCEPT = "application/json"


def _get_doi(work: str) -> str | None:
    """Return the DOI of a work in lower case; None if it has none."""
    if work.startswith(_PREFIX):
        return work.removeprefix(_PREFIX).lower()
    paper = _SSRN.fullmatch(work)
    return f"10.2139/ssrn.{paper[1]}" if paper else None


def _choose_batch(dois: Iterable[str]) -> list[str]:
    """Return the DOIs for one request; empty if it would be one only."""
    batch = [doi for doi in dois if _PLAIN_DOI.fullmatch(doi)]
    return batch if len(batch) > 1 else []


def parse_works(data: bytes) -> dict[str, CardDraft]:
    """Return the works of a list by DOI."""
    return _read_works(dig_list(parse_json_body(data), "message", "items"))


def parse_work(data: bytes) -> dict[str, CardDraft]:
    """Return the work of an answer by DOI."""
    return _read_works([dig(parse_json_body(data), "message")])


def _read_works(items: Iterable[Any]) -> dict[str, CardDraft]:
    return {doi: _read_work(item, doi) for item in items if (doi := dig_text(item, "DOI").lower())}


def _read_work(item: Any, doi: str) -> CardDraft:
    title, subtitle = dig_text(item, "title", 0), dig_text(item, "subtitle", 0)
    kind = dig_text(item, "type")
    return CardDraft(
        title=f"{title}: {subtitle}" if subtitle and subtitle not in title else title,
        authors=tuple(filter(None, map(_format_author, dig_list(item, "author")))),
        published=next(filter(None, (_format_date(item, name) for name in _DATES)), None),
        venue=dig_text(item, "container-title", 0) or dig_text(item, "institution", 0, "name") or None,
        license=_find_license(dig_list(item, "license")),
        url=f"https://doi.org/{quote(doi)}",
        pdf_url=_find_pdf(dig_list(item, "link")),
        doi=doi,
        facts=tuple(_get_facts(item, kind)),
        body=dig_text(item, "abstract"),
        body_format=BodyFormat.HTML,
        kind=_NOT_PAPERS.get(kind, LinkKind.PAPER),
    )


def _format_author(author: Any) -> str:
    """Return the name of a person or an organisation."""
    names = (dig_text(author, name) for name in ("given", "family", "suffix"))
    return " ".join(filter(None, names)) or dig_text(author, "name")


def _format_date(item: Any, name: str) -> str | None:
    """Return a date that may have a year only, or a year and a month; None if it is missing."""
    parts: list[str] = []
    for position in range(3):
        number = dig_number(item, name, "date-parts", 0, position)
        if number is None:
            break
        parts.append(f"{number:02}" if position else f"{number:04}")
    return "-".join(parts) or None


def _find_license(licenses: Sequence[Any]) -> str | None:
    for version in _VERSIONS:
        for license in licenses:
            if dig_text(license, "content-version") == version and (
                name := format_license_url(dig_text(license, "URL"))
            ):
                return name
    return None


def _find_pdf(links: Sequence[Any]) -> str | None:
    """Return the URL of the PDF. Links for similarity checks are open to one company only."""
    urls = (
        dig_text(link, "URL")
        for link in links
        if dig_text(link, "content-type") == "application/pdf"
        and dig_text(link, "intended-application") != "similarity-checking"
    )
    return next(filter(None, urls), None)


def _get_facts(item: Any, kind: str) -> Iterator[str]:
    for update in dig_list(item, "updated-by"):
        if fact := _RETRACTIONS.get(dig_text(update, "type")):
            yield fact
    if fact := _TYPES.get(kind):
        yield fact
    if group := dig_text(item, "group-title"):
        yield group
    citations = dig_number(item, "is-referenced-by-count") or 0
    if citations > 0:
        yield f"cited {plural(citations, 'time')}"
