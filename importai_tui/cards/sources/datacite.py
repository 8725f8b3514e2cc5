"""Cards of works with a DOI of DataCite: data sets, software and papers in Zenodo, Figshare, Dryad and others.

arXiv's papers have a DOI of DataCite too, which `arxiv.py` uses when arXiv does not answer.

Documentation: https://support.datacite.org/docs/api-get-doi, https://support.datacite.org/docs/api-queries and
https://schema.datacite.org (fields).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

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
from importai_tui.errors import UnreadableInputError
from importai_tui.model import LinkKind
from importai_tui.works.card import BodyFormat, CardDraft, CardTarget

API = "https://api.datacite.org"

_PREFIX = "doi:"
_BATCH_SIZE = 30
"""DOIs in one request, whose URL may have 2,048 characters."""
_PLAIN_DOI = re.compile(r"[\w./()-]{1,50}", re.ASCII)
"""A short DOI without signs of the query language, one of thirty in a URL."""
_DATES = ("Issued", "Available", "Submitted", "Created")
"""Types of dates that say when a work was published, best first."""
_ISO_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}", re.ASCII)
_KINDS = {
    "Dataset": LinkKind.DATASET,
    "Software": LinkKind.CODE,
    "Model": LinkKind.MODEL,
    **dict.fromkeys(("Preprint", "JournalArticle", "ConferencePaper", "Report", "Dissertation"), LinkKind.PAPER),
}
"""Kinds by general type of resource; the others, such as "Text" or "Collection", say too little."""


class DataCite(CardSource):
    """Works with a DOI of DataCite."""

    name = "DataCite"
    batch_size = _BATCH_SIZE

    def accepts(self, target: CardTarget) -> bool:
        """Return True for a work with a DOI."""
        return target.work.startswith(_PREFIX)

    async def fetch(self, targets: Sequence[CardTarget], client: SourceClient) -> Mapping[str, CardDraft]:
        """Return the drafts of the works that DataCite knows."""
        works = {target.work.removeprefix(_PREFIX).lower(): target.work for target in targets}
        drafts = await fetch_dois(list(works), client)
        return {work: drafts[doi] for doi, work in works.items() if doi in drafts}


async def fetch_dois(dois: Sequence[str], client: SourceClient) -> dict[str, CardDraft]:
    """Return the drafts of the works that DataCite knows, by DOI. The DOIs must be in lower case."""
    drafts: dict[str, CardDraft] = {}
    plain = [doi for doi in dois if _PLAIN_DOI.fullmatch(doi)] if len(dois) > 1 else []
    for start in range(0, len(plain), _BATCH_SIZE):
        batch = plain[start : start + _BATCH_SIZE]
        phrases = " OR ".join(f'"{doi}"' for doi in batch)
        query = urlencode({"query": f"doi:({phrases})", "page[size]": len(batch)})
        drafts |= await _fetch_works(f"{API}/dois?{query}", client)
    for doi in dois:
        if doi not in plain:
            drafts |= await _fetch_works(f"{API}/dois/{quote(doi, safe='')}", client)
    return drafts


async def _fetch_works(url: str, client: SourceClient) -> dict[str, CardDraft]:
    response = await client.get(url, accept="application/vnd.api+json")
    return await client.parse(parse_works, response.body) if is_found(response) else {}


def parse_works(data: bytes) -> dict[str, CardDraft]:
    """Return the works of an answer, one or a list, by DOI."""
    found = dig(parse_json_body(data), "data")
    if not isinstance(found, dict | list):
        raise UnreadableInputError("is JSON without a work")
    works = (dig(item, "attributes") for item in (found if isinstance(found, list) else [found]))
    return {doi: _read_work(work, doi) for work in works if (doi := dig_text(work, "doi").lower())}


def _read_work(work: Any, doi: str) -> CardDraft:
    general_type = dig_text(work, "types", "resourceTypeGeneral")
    return CardDraft(
        title=_get_title(dig_list(work, "titles")),
        authors=tuple(filter(None, map(_format_creator, dig_list(work, "creators")))),
        published=_get_date(work),
        venue=dig_text(work, "container", "title") or _get_publisher(work) or None,
        license=next(filter(None, map(_format_rights, dig_list(work, "rightsList"))), None),
        url=f"https://doi.org/{quote(doi)}",
        doi=doi,
        facts=tuple(_get_facts(work, general_type)),
        body=_get_abstract(dig_list(work, "descriptions")),
        body_format=BodyFormat.HTML,
        kind=_KINDS.get(general_type),
    )


def _get_title(titles: Sequence[Any]) -> str:
    """Return the main title, which has no type, and its subtitle."""
    main = next((text for title in titles if (text := dig_text(title, "title")) and not dig(title, "titleType")), "")
    subtitle = next((dig_text(title, "title") for title in titles if dig(title, "titleType") == "Subtitle"), "")
    return ": ".join(filter(None, (main, subtitle))) or dig_text(titles, 0, "title")


def _format_creator(creator: Any) -> str:
    """Return the name of a person, given name first, or of an organisation."""
    given, family = dig_text(creator, "givenName"), dig_text(creator, "familyName")
    if family:
        return f"{given} {family}".strip()
    name = dig_text(creator, "name")
    last, comma, first = name.partition(", ")
    is_person = comma and dig(creator, "nameType") != "Organizational"
    return f"{first} {last}" if is_person else name


def _get_date(work: Any) -> str | None:
    """Return the best date, or a more exact one in the same year."""
    dates = [
        match[0]
        for kind in _DATES
        for date in dig_list(work, "dates")
        if dig(date, "dateType") == kind and (match := _ISO_DATE.match(dig_text(date, "date")))
    ]
    year = dig_number(work, "publicationYear") or dig_text(work, "publicationYear")
    best = dates[0] if dates else str(year)
    return max((best, *(date for date in dates if date.startswith(best[:4]))), key=len) or None


def _get_publisher(work: Any) -> str:
    """Return the publisher: a text, or since schema 4.5 a record."""
    return dig_text(work, "publisher") or dig_text(work, "publisher", "name")


def _format_rights(rights: Any) -> str | None:
    name = format_license_url(dig_text(rights, "rightsUri"))
    return name or dig_text(rights, "rightsIdentifier").upper() or dig_text(rights, "rights") or None


def _get_abstract(descriptions: Sequence[Any]) -> str:
    """Return the abstract; else the first description of any type but notes on the series or the table of contents."""
    texts = {dig_text(item, "descriptionType"): dig_text(item, "description") for item in reversed(descriptions)}
    return texts.get("Abstract") or texts.get("Other") or texts.get("TechnicalInfo") or ""


def _get_facts(work: Any, general_type: str) -> Iterator[str]:
    described = dig_text(work, "types", "resourceType")
    if fact := described or ("" if general_type in _KINDS else _WORD_BREAK.sub(" ", general_type).lower()):
        yield fact
    if version := dig_text(work, "version"):
        yield f"version {version.removeprefix('v')}"


_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""The places between the words of "ConferencePaper"."""
