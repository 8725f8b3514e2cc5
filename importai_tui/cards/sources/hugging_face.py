"""Cards of models, data sets and spaces on Hugging Face: their facts and their README.

Documentation: https://huggingface.co/docs/hub/api and the fields of `ModelInfo`, `DatasetInfo` and `SpaceInfo` in
https://huggingface.co/docs/huggingface_hub/package_reference/hf_api. Papers there are papers of arXiv.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from importai_tui.cards.sources.answers import dig, dig_list, dig_number, dig_text, is_found, parse_json_body
from importai_tui.cards.sources.base import SingleSource, SourceClient
from importai_tui.errors import UnreadableInputError, UnusableResponseError
from importai_tui.links.urls import get_path
from importai_tui.model import LinkKind
from importai_tui.wording import plural
from importai_tui.works.card import BodyFormat, CardDraft, CardTarget

API = "https://huggingface.co"

MAX_README = 500_000
"""Bytes of a README that are downloaded."""
_WORK = re.compile(r"hf:([\w.-]+/[\w.-]+)", re.ASCII)
_PAGE = re.compile(r"https://huggingface\.co/(datasets|spaces)/([\w.-]+(?:/[\w.-]+)?)", re.ASCII)
_ID = re.compile(r"[\w.-]+(?:/[\w.-]+)?", re.ASCII)
_FIRST_CREATION_DAY = "2022-03-02"
"""Hugging Face has stored creation dates only since then; older repositories have this day."""
_ACCEPT = "application/json"


class RepositoryKind(StrEnum):
    """The kinds of repositories; each is a folder of the API."""

    MODEL = "models"
    DATASET = "datasets"
    SPACE = "spaces"

    @property
    def folder(self) -> str:
        """The folder of its pages, with a slash; models have none."""
        return "" if self is RepositoryKind.MODEL else f"{self}/"


_LINK_KINDS = {RepositoryKind.MODEL: LinkKind.MODEL, RepositoryKind.DATASET: LinkKind.DATASET}


class RepositoryAnswers(NamedTuple):
    """The responses about a repository; the README is empty if there is none."""

    kind: RepositoryKind
    repository: bytes
    readme: bytes


class HuggingFace(SingleSource):
    """Models, data sets and spaces on Hugging Face."""

    name = "Hugging Face"

    def accepts(self, target: CardTarget) -> bool:
        """Return True for a model, a data set or a space."""
        return bool(_find_candidates(target))

    async def fetch_one(self, target: CardTarget, client: SourceClient) -> CardDraft | None:
        """Return the repository; None if it is not public."""
        for kind, id in _find_candidates(target):
            response = await client.get(f"{API}/api/{kind}/{id}", accept=_ACCEPT)
            # Without a login the API answers 401 for an unknown repository, as for a private one.
            if response.status == 401 or not is_found(response):
                continue
            id = await client.parse(parse_id, response.body)
            answers = RepositoryAnswers(kind, response.body, await _get_readme(kind, id, client))
            return await client.parse(parse_repository, answers)
        return None


def _find_candidates(target: CardTarget) -> list[tuple[RepositoryKind, str]]:
    """Return the repositories that a work may be, most likely first: an id does not say if it is a data set."""
    if page := _PAGE.fullmatch(target.work):
        return [(RepositoryKind(page[1]), page[2])]
    work = _WORK.fullmatch(target.work)
    if work is None:
        return []
    kinds = [RepositoryKind.MODEL, RepositoryKind.DATASET]
    if get_path(target.url).startswith("/datasets/") or target.kind is LinkKind.DATASET:
        kinds.reverse()
    return [(kind, work[1]) for kind in kinds]


async def _get_readme(kind: RepositoryKind, id: str, client: SourceClient) -> bytes:
    """Return the README of a repository; empty if there is none, or if it is refused."""
    url = f"{API}/{kind.folder}{id}/raw/main/README.md"
    try:
        response = await client.get(url, accept="text/plain", max_bytes=MAX_README, truncate=True)
    except UnusableResponseError:
        return b""
    return response.body if response.status == 200 else b""


def parse_id(data: bytes) -> str:
    """Return the present id of a repository, which differs from the one that was asked for if it was renamed."""
    id = dig_text(parse_json_body(data), "id")
    if not _ID.fullmatch(id):
        raise UnreadableInputError("is JSON without a repository")
    return id


def parse_repository(answers: RepositoryAnswers) -> CardDraft:
    """Return the repository."""
    data, kind = parse_json_body(answers.repository), answers.kind
    id = dig_text(data, "id")
    url = f"https://huggingface.co/{kind.folder}{id}"
    created = dig_text(data, "createdAt")[:10]
    readme = answers.readme.decode("utf-8-sig", "replace")
    return CardDraft(
        title=dig_text(data, "cardData", "pretty_name") or dig_text(data, "cardData", "title") or id,
        published=created if created > _FIRST_CREATION_DAY else None,
        license=_get_license(data),
        url=url,
        facts=tuple(_get_facts(data, kind)),
        body=readme if readme.strip() else dig_text(data, "description"),
        body_format=BodyFormat.MARKDOWN,
        base_url=f"{url}/blob/main/README.md",
        kind=_LINK_KINDS.get(kind),
    )


def _get_license(data: Any) -> str | None:
    """Return the licence as its id ("apache-2.0"), or as the name that the owner gives to another one."""
    card = dig(data, "cardData")
    tags = (
        tag.removeprefix("license:") for tag in dig_list(data, "tags") if isinstance(tag, str) and "license:" in tag
    )
    names = (dig_text(card, "license"), dig_text(card, "license", 0), *tags)
    name = next(filter(None, names), None)
    return dig_text(card, "license_name") or None if name == "other" else name


def _get_facts(data: Any, kind: RepositoryKind) -> Iterator[str]:
    if (likes := dig_number(data, "likes")) is not None:
        yield plural(likes, "like")
    if (downloads := dig_number(data, "downloads")) is not None:
        yield f"{plural(downloads, 'download')} last month"
    if parameters := dig_number(data, "safetensors", "total"):
        yield f"{format_count(parameters)} parameters"
    if task := dig_text(data, "pipeline_tag"):
        yield task.replace("-", " ")
    if base := dig_text(data, "cardData", "base_model") or dig_text(data, "cardData", "base_model", 0):
        yield f"based on {base}"
    if kind is RepositoryKind.SPACE and (sdk := dig_text(data, "sdk")):
        yield f"{sdk} app"
    if dig(data, "gated") not in (None, False):
        yield "access on request"
    if dig(data, "disabled") is True:
        yield "disabled"
    if day := dig_text(data, "lastModified")[:10]:
        yield f"last change {day}"


def format_count(number: int) -> str:
    """Return a large number as people write it: "7.2B", "350M", "12K"."""
    for size, unit in ((1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return str(number)
