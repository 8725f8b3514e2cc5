"""Cards of papers in the ACL Anthology, from the metadata of their pages; the Anthology has no API.

Its `.bib` files have the same fields, but in LaTeX.
"""

from __future__ import annotations

import re

from importai_tui.cards.page_metadata import read_metadata
from importai_tui.cards.sources.answers import is_found
from importai_tui.cards.sources.base import SingleSource, SourceClient
from importai_tui.errors import UnreadableInputError
from importai_tui.model import LinkKind
from importai_tui.parse.elements import find_first, get_classes, get_text
from importai_tui.parse.html import parse_tree
from importai_tui.works.card import CardDraft, CardTarget

API = "https://aclanthology.org"

_PAGE = re.compile(r"https://aclanthology\.org/([A-Z]\d\d-\d{4}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)", re.ASCII)


class AclAnthology(SingleSource):
    """Papers in the ACL Anthology."""

    name = "ACL Anthology"

    def accepts(self, target: CardTarget) -> bool:
        """Return True for the page of a paper."""
        return _PAGE.fullmatch(target.work) is not None

    async def fetch_one(self, target: CardTarget, client: SourceClient) -> CardDraft | None:
        """Return the paper; None if the Anthology does not have it."""
        page = _PAGE.fullmatch(target.work)
        assert page
        response = await client.get(f"{API}/{page[1]}/", accept="text/html")
        return await client.parse(parse_page, response.body) if is_found(response) else None


def parse_page(data: bytes) -> CardDraft:
    """Return the paper of a page."""
    markup = data.decode("utf-8", "replace")
    paper = read_metadata(markup, API)
    if not (paper.is_paper and paper.title):
        raise UnreadableInputError("is a page without a paper")
    return CardDraft(
        title=paper.title,
        authors=paper.authors,
        published=paper.published,
        venue=paper.venue,
        pdf_url=paper.pdf_url,
        doi=paper.doi,
        body=_find_abstract(markup),
        kind=LinkKind.PAPER,
    )


def _find_abstract(markup: str) -> str:
    """Return the text below the heading "Abstract"; empty if there is none."""
    try:
        root = parse_tree(markup)
    except UnreadableInputError as error:  # its message is about issues of the newsletter
        raise UnreadableInputError("is a page with too many or too deep elements") from error
    for box in root.iter("div") if root is not None else ():
        if "acl-abstract" in get_classes(box):
            text = find_first(box, "span")
            return " ".join(get_text(text).split()) if text is not None else ""
    return ""
