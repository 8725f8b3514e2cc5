from __future__ import annotations

import json
from typing import Any

import pytest

from importai_tui.cards.sources.datacite import DataCite, parse_works
from importai_tui.errors import UnreadableInputError
from importai_tui.model import LinkKind
from importai_tui.works.card import BodyFormat, CardDraft, CardTarget
from tests.cards.fake_papers import FakePaper, make_datacite_work
from tests.cards.fake_sources import FakeSources
from tests.cards.sources.conftest import Fetch

DOI = "10.5281/zenodo.7"


def read(**changes: Any) -> CardDraft:
    work: dict[str, Any] = make_datacite_work(DOI, FakePaper("Otter counts"))
    work["attributes"] |= changes
    return parse_works(json.dumps({"data": work}).encode())[DOI]


def test_every_field_is_read() -> None:
    draft = read(version="1.2")
    assert draft.title == "Otter counts"
    assert draft.authors == ("Ada Juniper", "Bo Linden")
    assert draft.published == "2024-05-17"
    assert draft.venue == "Zenodo"
    assert draft.license == "CC BY 4.0"
    assert draft.url == "https://doi.org/10.5281/zenodo.7"
    assert draft.doi == DOI
    assert draft.facts == ("version 1.2",)
    assert draft.body == "<p>We count otters. There are $n^2$ of them.</p>"
    assert draft.body_format is BodyFormat.HTML
    assert draft.kind is LinkKind.DATASET


def test_creators_of_every_kind() -> None:
    creators = [
        {"name": "Juniper, Ada", "nameType": "Personal"},
        {"name": "Otters, Ltd.", "nameType": "Organizational"},
        {"name": "The Otter Group"},
        {"familyName": "Plato"},
        {"name": 7},
    ]
    assert read(creators=creators).authors == ("Ada Juniper", "Otters, Ltd.", "The Otter Group", "Plato")


@pytest.mark.parametrize(
    ("dates", "date"),
    [
        (
            [{"date": "2023-03", "dateType": "Created"}, {"date": "2024-01-02T10:00:00Z", "dateType": "Issued"}],
            "2024-01-02",
        ),
        ([{"date": "2023-03", "dateType": "Created"}], "2023-03"),
        ([{"date": "soon", "dateType": "Issued"}], "2021"),
        ([], "2021"),
        (
            [{"date": "2017", "dateType": "Issued"}, {"date": "2017-06-12T17:57Z", "dateType": "Submitted"}],
            "2017-06-12",
        ),
        ([{"date": "2018", "dateType": "Issued"}, {"date": "2017-06-12", "dateType": "Submitted"}], "2018"),
    ],
)
def test_the_best_date_counts(dates: object, date: str) -> None:
    assert read(dates=dates, publicationYear=2021).published == date


def test_main_title_before_others() -> None:
    titles = [
        {"title": "Loutres", "titleType": "TranslatedTitle"},
        {"title": "Otters"},
        {"title": "A sequel", "titleType": "Subtitle"},
    ]
    assert read(titles=titles).title == "Otters: A sequel"
    assert read(titles=titles[:1]).title == "Loutres"


def test_types_that_are_no_kinds_of_links() -> None:
    assert read(types={"resourceTypeGeneral": "ComputationalNotebook"}).facts == ("computational notebook",)
    assert read(types={"resourceTypeGeneral": "Dataset", "resourceType": "Survey"}).facts == ("Survey",)


def test_container_before_publisher() -> None:
    assert read(container={"title": "Journal of Otters"}).venue == "Journal of Otters"
    assert read(publisher={"name": "figshare"}).venue == "figshare"


def test_other_licenses_have_their_own_names() -> None:
    assert read(rightsList=[{"rights": "MIT License", "rightsIdentifier": "mit"}]).license == "MIT"
    assert read(rightsList=[{"rights": "Open Access"}]).license == "Open Access"


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b'{"data": null}'])
def test_an_answer_without_a_work(body: bytes) -> None:
    with pytest.raises(UnreadableInputError, match="without a work"):
        parse_works(body)


async def test_many_works_in_one_request(fetch: Fetch, fakes: FakeSources) -> None:
    works = [f"doi:10.5281/zenodo.{'x' * 30}.{number}" for number in range(10, 40)]
    assert list(await fetch(DataCite(), *works)) == works
    assert len(fakes.requests) == 1


async def test_unusual_dois_are_asked_for_singly(fetch: Fetch, fakes: FakeSources) -> None:
    works = ['doi:10.5281/a"b', "doi:10.5281/c", "doi:10.5281/missing", f"doi:10.5281/{'x' * 150}"]
    assert list(await fetch(DataCite(), *works)) == [works[0], works[1], works[3]]
    assert len(fakes.requests) == 3


async def test_unknown_works_are_missing(fetch: Fetch) -> None:
    assert list(await fetch(DataCite(), f"doi:{DOI}")) == [f"doi:{DOI}"]
    assert await fetch(DataCite(), "doi:10.5281/missing") == {}


def test_only_dois_are_accepted() -> None:
    assert [DataCite().accepts(CardTarget(work, None)) for work in ("doi:10.1/x", "arxiv:2405.01234")] == [True, False]
