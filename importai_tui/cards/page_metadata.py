"""Reads what a web page says about itself: for search engines, for bibliographies, for previews.

Formats: `citation_` fields (https://scholar.google.com/intl/en/scholar/inclusion.html), Dublin Core in HTML
(https://www.dublincore.org/specifications/dublin-core/dcq-html/), Open Graph (https://ogp.me), JSON-LD with the types
of https://schema.org, and the elements of HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from importai_tui.cards.markup import resolve_url
from importai_tui.cards.page_titles import choose_title
from importai_tui.cards.sources.answers import dig, dig_text, format_license_url
from importai_tui.errors import UnreadableInputError
from importai_tui.json_text import parse_json
from importai_tui.links.urls import get_host, get_path
from importai_tui.parse.elements import Element, find_first, get_text
from importai_tui.parse.html import parse_tree

_MAX_HEAD = 400_000
"""Characters of a page in which its metadata is; pages put large scripts before it."""
_MAX_HEADLESS = 50_000
"""Characters in which the metadata is if no end of the head is found."""
_MAX_SCRIPTS, _MAX_SCRIPT = 10, 200_000
_HEAD_END = re.compile(r"(?i)</head\s*>|<body\b")
_SCRIPT_START = re.compile(r"(?i)<script\b[^<>]{0,300}\bapplication/ld\+json\b[^<>]{0,300}>")
_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report|Chapter|Book|Dataset|VideoObject)$")
_DATE = re.compile(r"(?a)(\d{4})[/.](\d{1,2})(?:[/.](\d{1,2}))?$")
_BY = re.compile(r"(?i)^by[ \t]+")

_TITLES = ("citation_title", "og:title", "dc.title", "dcterms.title", "twitter:title")
_AUTHORS = ("citation_author", "dc.creator", "dcterms.creator", "article:author", "author", "parsely-author")
_DATES = (
    *("citation_publication_date", "citation_online_date", "citation_date", "citation_cover_date"),
    *("article:published_time", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "prism.publicationdate"),
    *("parsely-pub-date", "datepublished", "date", "citation_year"),
)
_VENUES = (
    *("citation_journal_title", "citation_conference_title", "citation_conference", "citation_inbook_title"),
    *("citation_technical_report_institution", "citation_dissertation_institution", "prism.publicationname"),
)
_SITES = ("og:site_name", "dc.publisher", "application-name")
"""Not for papers, because a bibliography would take the publisher for the journal."""
_ABSTRACTS = ("citation_abstract", "dc.description", "dcterms.abstract", "dcterms.description")
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_DOIS = ("citation_doi", "prism.doi", "dc.identifier.doi", "dc.identifier", "bepress_citation_doi")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """The metadata of a page, uncleaned; empty texts and None for missing values."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: str | None = None
    venue: str | None = None
    license: str | None = None
    doi: str | None = None
    pdf_url: str | None = None
    abstract: str = ""
    """An abstract from the fields for bibliographies; it may have markup."""
    description: str = ""
    is_paper: bool = False


def read_metadata(markup: str, url: str) -> PageMetadata:
    """Read the metadata of a page. `url` is its address. Raises nothing."""
    head = _read_head(markup)
    article = next(_iter_articles(markup), None)
    site, is_paper = head.find(("og:site_name",)), bool(head.find(("citation_title",)))
    titles = (*head.find_all(_TITLES), dig_text(article, "headline"), dig_text(article, "name"), head.title)
    published = head.find(_DATES) or dig_text(article, "datePublished")
    doi = next((value for value in head.find_all(_DOIS) if "10." in value), None)
    return PageMetadata(
        title=choose_title(titles, site, get_host(url) or "", is_front_page=get_path(url).strip("/") == ""),
        authors=_find_authors(head, article),
        published=_normalise_date(published) or None,
        venue=head.find(_VENUES)
        or (not is_paper and (head.find(_SITES) or dig_text(article, "publisher", "name")))
        or None,
        license=next(filter(None, map(format_license_url, (head.license, head.find(("dc.rights",))))), None),
        doi=doi[doi.index("10.") :] if doi else None,
        pdf_url=resolve_url(head.find(("citation_pdf_url",)) or "", url),
        abstract=head.find(_ABSTRACTS),
        description=head.find(_DESCRIPTIONS) or dig_text(article, "description"),
        is_paper=is_paper,
    )


@dataclass(frozen=True, slots=True)
class _Head:
    """The title, the fields by lower-case name, and the address of the licence."""

    title: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    license: str = ""

    def find(self, names: Sequence[str]) -> str:
        """Return the first value of the first field that has one; empty if none has."""
        return next(self.find_all(names), "")

    def find_all(self, names: Sequence[str]) -> Iterator[str]:
        """Yield all values of these fields."""
        for name in names:
            yield from self.fields.get(name, ())


def _read_head(markup: str) -> _Head:
    end = _HEAD_END.search(markup, 0, _MAX_HEAD)
    head = markup[: end.start() if end else _MAX_HEADLESS]
    try:
        root = parse_tree(head)
    except UnreadableInputError:
        return _Head()
    if root is None:
        return _Head()
    fields: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        content = (meta.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop"):
            if content and (name := (meta.get(attribute) or "").strip().lower().replace("dcterms:", "dcterms.")):
                fields.setdefault(name, []).append(content)
    title = find_first(root, "title")
    return _Head(get_text(title).strip() if title is not None else "", fields, _find_license(root))


def _find_license(root: Element) -> str:
    return next((link.get("href") or "" for link in root.iter("link") if link.get("rel") == "license"), "")


def _iter_articles(markup: str) -> Iterator[Any]:
    """Yield the objects of the JSON-LD scripts that describe an article."""
    at = 0
    for _ in range(_MAX_SCRIPTS):
        start = _SCRIPT_START.search(markup, at)
        at = markup.find("</script", start.end()) if start else -1
        if start is None or at < 0:
            return
        if at - start.end() > _MAX_SCRIPT:
            continue
        try:
            value = parse_json(markup[start.end() : at].strip())
        except ValueError:
            continue
        for item in value if isinstance(value, list) else [value]:
            graph = dig(item, "@graph")
            for part in graph if isinstance(graph, list) else [item]:
                names = dig(part, "@type")
                if any(
                    isinstance(n, str) and _ARTICLE_TYPE.search(n)
                    for n in (names if isinstance(names, list) else [names])
                ):
                    yield part


def _find_authors(head: _Head, article: Any) -> tuple[str, ...]:
    """Return the authors of the first field that names any; the URL of a profile is not a name."""
    for name in _AUTHORS:
        names = [_BY.sub("", text) for text in head.fields.get(name, ()) if "://" not in text]
        if name == "citation_author":
            names = [_swap_names(text) for text in names]
        if names:
            return tuple(names)
    if several := head.find(("citation_authors",)):
        return tuple(_swap_names(text.strip()) for text in several.split(";"))
    people = dig(article, "author")
    found = (
        dig_text(person, "name") or dig_text([person], 0)
        for person in (people if isinstance(people, list) else [people])
    )
    return tuple(name for name in found if name and "://" not in name)


def _swap_names(name: str) -> str:
    """Return "Ada Juniper" for "Juniper, Ada"."""
    family, comma, given = name.partition(", ")
    return f"{given.strip()} {family}" if comma and "," not in given else name


def _normalise_date(text: str) -> str:
    """Return "2024/5/17" and "2024/5", the forms of the `citation_` fields, as ISO dates."""
    match = _DATE.match(text)
    return "-".join(part.zfill(2) for part in match.groups() if part) if match else text
