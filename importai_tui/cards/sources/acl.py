"""Cards of papers in the ACL Anthology, from the metadata of their pages; the Anthology has no API.

Its `.bib` files have the same fields, but in LaTeX. Documentation of the `citation_` fields:
https://scholar.google.com/intl/en/scholar/inclusion.html, "Indexing guidelines".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from importai_tui.cards.sources.answers import is_found
from importai_tui.cards.sources.base import CardSource, SourceClient
from importai_tui.errors import UnreadableInputError
from importai_tui.model import LinkKind
from importai_tui.parse.elements import Element, find_first, get_classes, get_text
from importai_tui.parse.html import parse_tree
from importai_tui.works.card import CardDraft, CardTarget

API = "https://aclanthology.org"

_PAGE = re.compile(r"https://aclanthology\.org/([A-Z]\d\d-\d{4}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:/(\d\d?)(?:/(\d\d?))?)?", re.ASCII)


class AclAnthology(CardSource):
    """Papers in the ACL Anthology."""

    name = "ACL Anthology"

    def accepts(self, target: CardTarget) -> bool:
        """Return True for the page of a paper."""
        return _PAGE.fullmatch(target.work) is not None

    async def fetch(self, targets: Sequence[CardTarget], client: SourceClient) -> Mapping[str, CardDraft]:
        """Return the drafts of the papers that the Anthology has."""
        drafts = {}
        for target in targets:
            page = _PAGE.fullmatch(target.work)
            if page is None:
                continue
            response = await client.get(f"{API}/{page[1]}/", accept="text/html")
            if is_found(response):
                drafts[target.work] = await client.parse(parse_page, response.body)
        return drafts


def parse_page(data: bytes) -> CardDraft:
    """Return the paper of a page."""
    try:
        root = parse_tree(data.decode("utf-8", "replace"))
    except UnreadableInputError as error:  # its text speaks of an issue
        raise UnreadableInputError("is a page with too many or too deep elements") from error
    fields: dict[str, list[str]] = {}
    for meta in root.iter("meta") if root is not None else ():
        fields.setdefault((meta.get("name") or "").lower(), []).append((meta.get("content") or "").strip())
    title = _get_first(fields, "citation_title")
    if not title:
        raise UnreadableInputError("is a page without a paper")
    date = _DATE.match(_get_first(fields, "citation_publication_date"))
    return CardDraft(
        title=title,
        authors=tuple(fields.get("citation_author", ())),
        published="-".join(part.zfill(2) for part in date.groups() if part) if date else None,
        venue=_get_first(fields, "citation_conference_title") or _get_first(fields, "citation_journal_title") or None,
        pdf_url=_get_first(fields, "citation_pdf_url") or None,
        doi=_get_first(fields, "citation_doi") or None,
        body=_find_abstract(root),
        kind=LinkKind.PAPER,
    )


def _get_first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(fields.get(name, ())), "")


def _find_abstract(root: Element) -> str:
    """Return the text below the heading "Abstract"; empty if there is none."""
    for box in root.iter("div"):
        if "acl-abstract" in get_classes(box):
            text = find_first(box, "span")
            return " ".join(get_text(text).split()) if text is not None else ""
    return ""
