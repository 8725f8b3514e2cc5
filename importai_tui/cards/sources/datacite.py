"""Cards of works with a DOI of DataCite: data sets, software and papers in Zenodo, Figshare, Dryad and others.

Documentation: https://support.datacite.org/docs/api-get-doi and https://schema.datacite.org (fields).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
from importai_tui.errors import UnreadableInputError
from importai_tui.model import LinkKind
from importai_tui.works.card import BodyFormat, CardDraft, CardTarget

API = "https://api.datacite.org"

_PREFIX = "doi:"
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

    def accepts(self, target: CardTarget) -> bool:
        """Return True for a work with a DOI."""
        return target.work.startswith(_PREFIX)

    async def fetch(self, targets: Sequence[CardTarget], client: SourceClient) -> Mapping[str, CardDraft]:
        """Return the drafts of the works that DataCite knows."""
        drafts = {}
        for target in targets:
            doi = quote(target.work.removeprefix(_PREFIX), safe="")
            response = await client.get(f"{API}/dois/{doi}", accept="application/vnd.api+json")
            if is_found(response):
                drafts[target.work] = await client.parse(parse_work, response.body)
        return drafts


def parse_work(data: bytes) -> CardDraft:
    """Return the work of an answer."""
    work = dig(parse_json_body(data), "data", "attributes")
    if not isinstance(work, dict):
        raise UnreadableInputError("is JSON without a work")
    general_type = dig_text(work, "types", "resourceTypeGeneral")
    doi = dig_text(work, "doi").lower()
    return CardDraft(
        title=_get_title(dig_list(work, "titles")),
        authors=tuple(filter(None, map(_format_creator, dig_list(work, "creators")))),
        published=_get_date(work),
        venue=dig_text(work, "container", "title") or _get_publisher(work) or None,
        license=next(filter(None, map(_format_rights, dig_list(work, "rightsList"))), None),
        url=f"https://doi.org/{quote(doi)}" if doi else None,
        doi=doi or None,
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
    dates = dig_list(work, "dates")
    for kind in _DATES:
        for date in dates:
            match = _ISO_DATE.match(dig_text(date, "date"))
            if match and dig(date, "dateType") == kind:
                return match[0]
    year = dig_number(work, "publicationYear") or dig_text(work, "publicationYear")
    return str(year) or None


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
