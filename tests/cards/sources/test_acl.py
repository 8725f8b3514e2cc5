from __future__ import annotations

import pytest

from importai_tui.cards.sources.acl import AclAnthology, parse_page
from importai_tui.errors import UnreadableInputError
from importai_tui.links.work_ids import get_work_id
from importai_tui.model import LinkKind
from importai_tui.works.card import CardTarget
from tests.cards.fake_papers import FakePaper, make_acl_page
from tests.cards.sources.conftest import Fetch

PAPER = FakePaper("Otters & <i>", venue="Proceedings of Otters")


def test_every_field_is_read() -> None:
    draft = parse_page(make_acl_page("2024.acl-long.1", PAPER))
    assert draft.title == "Otters & <i>"
    assert draft.authors == ("Ada Juniper", "Bo Linden")
    assert draft.published == "2024-05"
    assert draft.venue == "Proceedings of Otters"
    assert draft.pdf_url == "https://aclanthology.org/2024.acl-long.1.pdf"
    assert draft.doi == "10.18653/v1/2024.acl-long.1"
    assert draft.body == "We count otters. There are $n^2$ of them."
    assert draft.kind is LinkKind.PAPER


def test_a_journal_is_a_venue() -> None:
    page = make_acl_page("J24-1001", PAPER).replace(b"citation_conference_title", b"citation_journal_title")
    assert parse_page(page).venue == "Proceedings of Otters"


def test_markup_within_the_abstract() -> None:
    page = make_acl_page("P19-1001", PAPER).replace(b"count otters", b"<span class=x>count</span> <i>otters</i>")
    assert parse_page(page).body == "We count otters. There are $n^2$ of them."


def test_a_paper_without_an_abstract() -> None:
    assert parse_page(make_acl_page("P19-1001", PAPER).replace(b"acl-abstract", b"")).body == ""


@pytest.mark.parametrize("page", [b"", b"<!-- -->", b"<html><title>ACL Anthology</title></html>", b"{}"])
def test_a_page_without_a_paper(page: bytes) -> None:
    with pytest.raises(UnreadableInputError, match="without a paper"):
        parse_page(page)


async def test_unknown_papers_are_missing(fetch: Fetch) -> None:
    page = "https://aclanthology.org/2024.acl-long.1"
    assert list(await fetch(AclAnthology(), page)) == [page]
    assert await fetch(AclAnthology(), "https://aclanthology.org/2024.missing-1.1") == {}


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("https://aclanthology.org/2024.acl-long.1.pdf", True),
        ("https://www.aclweb.org/anthology/P19-1001/", True),
        ("https://doi.org/10.18653/v1/2020.emnlp-main.1", True),
        ("https://aclanthology.org/events/acl-2024/", False),
        ("https://aclanthology.org/people/ada-juniper/", False),
    ],
)
def test_which_pages_are_accepted(url: str, accepted: bool) -> None:
    assert AclAnthology().accepts(CardTarget(get_work_id(url) or "", url)) is accepted
