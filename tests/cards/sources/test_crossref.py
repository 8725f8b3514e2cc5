from __future__ import annotations

import json
from typing import Any

import pytest

from importai_tui.cards.sources.answers import format_license_url
from importai_tui.cards.sources.crossref import Crossref, parse_work
from importai_tui.model import LinkKind
from importai_tui.works.card import BodyFormat, CardDraft, CardTarget
from tests.cards.fake_papers import FakePaper, make_crossref_work
from tests.cards.fake_sources import FakeSources
from tests.cards.sources.conftest import Fetch
from tests.http.server import Reply

DOI = "10.1234/otters.7"
PAPER = FakePaper(venue="Journal of Otters")


def read(**changes: Any) -> CardDraft:
    work = make_crossref_work(DOI, PAPER) | {name.replace("_", "-"): value for name, value in changes.items()}
    return parse_work(json.dumps({"message": work}).encode())[DOI]


def test_every_field_is_read() -> None:
    draft = read()
    assert draft.title == "A study of otters"
    assert draft.authors == ("Ada Juniper", "Bo Linden")
    assert draft.published == "2024-05-17"
    assert draft.venue == "Journal of Otters"
    assert draft.license == "CC BY 4.0"
    assert draft.url == f"https://doi.org/{DOI}"
    assert draft.pdf_url == f"https://otterpress.example/pdf/{DOI}.pdf"
    assert draft.doi == DOI
    assert draft.facts == ("cited 1,234 times",)
    assert draft.body == "<jats:title>Abstract</jats:title><jats:p>We count otters. There are $n^2$ of them.</jats:p>"
    assert draft.body_format is BodyFormat.HTML
    assert draft.kind is LinkKind.PAPER


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        ([[2024]], "2024"),
        ([[2024, 5]], "2024-05"),
        ([[2024, 5, 7]], "2024-05-07"),
        ([[None]], None),
        ([[]], None),
        ([], None),
        ([["2024"]], None),
        ([[True]], None),
        (None, None),
    ],
)
def test_partial_dates(parts: object, date: str | None) -> None:
    assert read(published={"date-parts": parts}, issued=None).published == date


def test_the_first_known_date_counts() -> None:
    assert read(published={"date-parts": [[None]]}, issued={"date-parts": [[2023, 2]]}).published == "2023-02"


def test_a_preprint_of_biorxiv() -> None:
    draft = read(type="posted-content", container_title=[], institution=[{"name": "bioRxiv"}], group_title="Zoology")
    assert draft.venue == "bioRxiv"
    assert draft.facts == ("preprint", "Zoology", "cited 1,234 times")


def test_authors_of_every_kind() -> None:
    authors = [{"name": "The Otter Group"}, {"family": "Plato"}, {"given": "A.", "family": "B", "suffix": "Jr."}, {}]
    assert read(author=authors).authors == ("The Otter Group", "Plato", "A. B Jr.")


def test_a_subtitle_follows_the_title() -> None:
    assert read(subtitle=["A sequel"]).title == "A study of otters: A sequel"
    assert read(title=["Otters: a sequel"], subtitle=["a sequel"]).title == "Otters: a sequel"


def test_a_retracted_paper_says_so() -> None:
    assert read(updated_by=[{"type": "retraction", "DOI": "10.1/r"}]).facts[0] == "retracted"


def test_license_of_the_published_version() -> None:
    licenses = [
        {"URL": "https://press.example/mining", "content-version": "tdm"},
        {"URL": "https://creativecommons.org/licenses/by-nc/3.0/", "content-version": "am"},
        {"URL": "https://creativecommons.org/licenses/by-nc-nd/4.0/", "content-version": "vor"},
    ]
    assert read(license=licenses).license == "CC BY-NC-ND 4.0"
    assert read(license=licenses[:1]).license is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://creativecommons.org/licenses/by/4.0", "CC BY 4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("https://creativecommons.org/licenses/by-sa/2.5/deed.en", "CC BY-SA 2.5"),
        ("https://evil.example/creativecommons.org/licenses/by/4.0/", None),
        ("https://www.elsevier.com/tdm/userlicense/1.0/", None),
        ("", None),
    ],
)
def test_names_of_licenses(url: str, name: str | None) -> None:
    assert format_license_url(url) == name


def test_pdf_for_similarity_checks_is_left_out() -> None:
    link = {"URL": "https://a.example/x.pdf", "content-type": "application/pdf"}
    assert read(link=[link | {"intended-application": "similarity-checking"}]).pdf_url is None
    assert read(link=[link | {"intended-application": "text-mining"}]).pdf_url == "https://a.example/x.pdf"


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("book-chapter", LinkKind.PAPER),
        ("dataset", LinkKind.DATASET),
        ("book", None),
        ("some-new-type", LinkKind.PAPER),
    ],
)
def test_kinds_of_works(type: str, kind: LinkKind | None) -> None:
    assert read(type=type).kind is kind


async def test_twenty_works_in_one_request(fetch: Fetch, fakes: FakeSources) -> None:
    works = [f"doi:10.1234/otters.{number}" for number in range(20)]
    assert list(await fetch(Crossref(), *works)) == works
    assert len(fakes.requests) == 1


async def test_unknown_works_are_missing(fetch: Fetch, fakes: FakeSources) -> None:
    assert list(await fetch(Crossref(), "doi:10.1/a", "doi:10.1/missing", "doi:10.5281/zenodo.7")) == ["doi:10.1/a"]
    assert await fetch(Crossref(), "doi:10.1/missing") == {}
    assert len(fakes.requests) == 2


async def test_unusual_dois_are_asked_for_singly(fetch: Fetch, fakes: FakeSources) -> None:
    odd = "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2,#?&%"
    works = [f"doi:{odd}", "doi:10.1/a", "doi:10.1/b", f"doi:10.1/{'x' * 150}"]
    assert set(await fetch(Crossref(), *works)) == set(works)
    assert len(fakes.requests) == 3


async def test_a_malformed_doi_spoils_nothing_else(fetch: Fetch, fakes: FakeSources) -> None:
    fakes.overrides["crossref"] = lambda request: Reply(b"{}", status=400) if "filter" in request.query else None
    assert list(await fetch(Crossref(), "doi:10.1/a", "doi:10.1/b")) == ["doi:10.1/a", "doi:10.1/b"]


async def test_papers_on_ssrn_have_a_doi(fetch: Fetch) -> None:
    work = "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=1234567"
    assert (await fetch(Crossref(), work))[work].doi == "10.2139/ssrn.1234567"


def test_works_without_a_doi_are_not_accepted() -> None:
    works = ["doi:10.1/x", "arxiv:2405.01234", "https://papers.ssrn.com/sol3/cf_dev/AbsByAuth.cfm?per_id=1"]
    assert [Crossref().accepts(CardTarget(work, None)) for work in works] == [True, False, False]
