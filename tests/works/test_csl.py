"""Works as CSL-JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from importai_tui.model import LinkKind
from importai_tui.works.formats import to_csl_item
from importai_tui.works.work import Work
from tests.works.csl_schema import CSL
from tests.works.made import ANY_WORK, make_work

VALIDATOR = Draft7Validator(CSL)


def test_an_arxiv_paper() -> None:
    assert to_csl_item(make_work("arxiv:2502.19187", "On Otters (arXiv)")) == {
        "id": "arxiv-2502-19187",
        "type": "article",
        "title": "On Otters",
        "issued": {"date-parts": [[2025, 2]]},
        "archive": "arXiv",
        "archive_location": "2502.19187",
        "number": "arXiv:2502.19187",
        "genre": "preprint",
        "DOI": "10.48550/arXiv.2502.19187",
        "URL": "https://arxiv.org/abs/2502.19187",
        "note": "Cited in Import AI 402",
    }


@pytest.mark.parametrize(
    ("kind", "type"),
    [
        (LinkKind.PAPER, "article"),
        (LinkKind.CODE, "software"),
        (LinkKind.MODEL, "software"),
        (LinkKind.DATASET, "dataset"),
        (LinkKind.POST, "post-weblog"),
        (LinkKind.SOCIAL, "post"),
        (LinkKind.VIDEO, "motion_picture"),
        (LinkKind.NEWS, "webpage"),
        (LinkKind.OTHER, "webpage"),
    ],
)
def test_each_kind_has_its_csl_type(kind: LinkKind, type: str) -> None:
    written = to_csl_item(make_work(kind=kind))
    assert (written["type"], written["container-title"]) == (type, "example.org")
    assert "issued" not in written


@pytest.mark.parametrize("kind", LinkKind)
def test_any_kind_on_arxiv_is_an_article(kind: LinkKind) -> None:
    assert to_csl_item(make_work("arxiv:2502.19187", kind=kind))["type"] == "article"


def test_the_schema_refuses_invalid_items() -> None:
    good = to_csl_item(make_work("arxiv:2502.19187"))
    assert VALIDATOR.is_valid([good])
    assert not VALIDATOR.is_valid([good | {"type": "preprint"}])
    assert not VALIDATOR.is_valid([good | {"doi": "10.1"}])
    assert not VALIDATOR.is_valid([good | {"issued": {"date-parts": [2025, 2]}}])


@given(st.lists(ANY_WORK, max_size=5))
def test_any_works_are_valid_csl(works: list[Work]) -> None:
    VALIDATOR.validate(json.loads(json.dumps([to_csl_item(work) for work in works])))
