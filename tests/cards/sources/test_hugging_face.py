from __future__ import annotations

import json
from typing import Any

import pytest

from importai_tui.cards.sources.hugging_face import (
    HuggingFace,
    RepositoryAnswers,
    RepositoryKind,
    format_count,
    parse_repository,
)
from importai_tui.errors import UnreadableInputError
from importai_tui.links.work_ids import get_work_id
from importai_tui.model import LinkKind
from importai_tui.works.card import BodyFormat, CardDraft, CardTarget
from tests.cards.client import SimpleClient
from tests.cards.fake_pages import make_dataset, make_model
from tests.cards.fake_sources import FakeSources
from tests.cards.sources.conftest import Fetch
from tests.http.server import Reply

WORK = "hf:sea/otter-7b"


def read(kind: RepositoryKind = RepositoryKind.MODEL, readme: str = "# Otter", **fields: Any) -> CardDraft:
    make = make_dataset if kind is RepositoryKind.DATASET else make_model
    return parse_repository(RepositoryAnswers(kind, json.dumps(make("sea/otter", **fields)).encode(), readme.encode()))


def test_every_field_of_a_model() -> None:
    assert read() == CardDraft(
        title="sea/otter",
        published="2024-05-17",
        license="apache-2.0",
        url="https://huggingface.co/sea/otter",
        facts=(
            "1,234 likes",
            "56,789 downloads last month",
            "7.24B parameters",
            "text generation",
            "based on sea/otter-base",
            "last change 2026-02-03",
        ),
        body="# Otter",
        body_format=BodyFormat.MARKDOWN,
        base_url="https://huggingface.co/sea/otter/blob/main/README.md",
        kind=LinkKind.MODEL,
    )


def test_every_field_of_a_dataset() -> None:
    assert read(RepositoryKind.DATASET) == CardDraft(
        title="Otter Photos",
        published=None,  # older than the dates that Hugging Face has
        license="cc-by-4.0",
        url="https://huggingface.co/datasets/sea/otter",
        facts=("1 like", "1 download last month", "access on request", "last change 2026-02-03"),
        body="# Otter",
        body_format=BodyFormat.MARKDOWN,
        base_url="https://huggingface.co/datasets/sea/otter/blob/main/README.md",
        kind=LinkKind.DATASET,
    )


def test_description_without_a_readme() -> None:
    assert read(RepositoryKind.DATASET, "").body == "Photos of otters."


@pytest.mark.parametrize(
    ("card", "license"),
    [
        ({"license": ["mit", "gpl"]}, "mit"),
        ({"license": "other", "license_name": "otter-license"}, "otter-license"),
        ({"license": "other"}, None),
        ({}, "apache-2.0"),
        (None, "apache-2.0"),
    ],
)
def test_licenses(card: object, license: str | None) -> None:
    assert read(cardData=card).license == license


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [None], True])
def test_fields_of_any_type(value: object) -> None:
    names = (
        "likes",
        "downloads",
        "pipeline_tag",
        "tags",
        "cardData",
        "safetensors",
        "gated",
        "disabled",
        "lastModified",
        "createdAt",
    )
    fields: dict[str, Any] = dict.fromkeys(names, value)
    assert read(**fields).title == "sea/otter"


async def test_a_model_takes_two_requests(fetch: Fetch, fakes: FakeSources) -> None:
    drafts = await fetch(HuggingFace(), WORK)
    assert drafts[WORK].kind is LinkKind.MODEL
    assert drafts[WORK].body.startswith("---\nlicense")
    assert [request.path for request in fakes.requests_to("hugging-face")] == [
        "/api/models/sea/otter-7b",
        "/sea/otter-7b/raw/main/README.md",
    ]


async def test_a_dataset_by_its_address(client: SimpleClient, fakes: FakeSources) -> None:
    url = "https://huggingface.co/datasets/sea/otters"
    drafts = await HuggingFace().fetch([CardTarget("hf:sea/otters", url)], client)
    assert drafts["hf:sea/otters"].kind is LinkKind.DATASET
    assert fakes.requests[0][1].path == "/api/datasets/sea/otters"


async def test_a_dataset_by_its_id(fetch: Fetch, fakes: FakeSources) -> None:
    drafts = await fetch(HuggingFace(), "hf:sea/photos")
    assert drafts["hf:sea/photos"].kind is LinkKind.DATASET
    assert len(fakes.requests) == 3


async def test_a_space(fetch: Fetch) -> None:
    work = get_work_id("https://hf.co/spaces/sea/otters") or ""
    draft = (await fetch(HuggingFace(), work))[work]
    assert (draft.title, draft.facts, draft.kind) == ("Otter demo", ("5 likes", "gradio app"), None)


async def test_unknown_and_private_repositories_are_missing(fetch: Fetch) -> None:
    assert await fetch(HuggingFace(), "hf:sea/missing") == {}


async def test_no_readme(fetch: Fetch) -> None:
    assert (await fetch(HuggingFace(), "hf:sea/bare"))["hf:sea/bare"].body == ""


@pytest.mark.parametrize("status", [401, 403, 500])
async def test_a_readme_that_is_refused(fetch: Fetch, fakes: FakeSources, status: int) -> None:
    fakes.overrides["hugging-face"] = lambda request: Reply(b"x", status) if "/raw/" in request.path else None
    assert (await fetch(HuggingFace(), WORK))[WORK].body == ""


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"<html></html>", b'{"id": "../a b"}'])
async def test_damaged_answers(fetch: Fetch, fakes: FakeSources, body: bytes) -> None:
    fakes.overrides["hugging-face"] = lambda _: Reply(body)
    with pytest.raises(UnreadableInputError):
        await fetch(HuggingFace(), WORK)


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("https://huggingface.co/sea/otter", True),
        ("https://huggingface.co/datasets/squad", True),
        ("https://huggingface.co/spaces/sea/otter", True),
        ("https://huggingface.co/collections/sea/otters-123", False),
        ("https://huggingface.co/blog/otters", False),
        ("https://huggingface.co/papers/2502.19187", False),
    ],
)
def test_accepted_pages(url: str, accepted: bool) -> None:
    assert HuggingFace().accepts(CardTarget(get_work_id(url) or "", url)) is accepted


def test_counts() -> None:
    assert [format_count(n) for n in (7, 12_000, 350_000_000, 7_241_732_096, 1_000_000_000_000)] == [
        "7",
        "12K",
        "350M",
        "7.24B",
        "1T",
    ]
