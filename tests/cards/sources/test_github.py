from __future__ import annotations

import json
from typing import Any

import pytest

from importai_tui.cards.clean import make_card
from importai_tui.cards.sources.github import GitHub, RepositoryAnswers, parse_repository
from importai_tui.clock import utc_now
from importai_tui.errors import BlockedError, BusyError, UnreadableInputError
from importai_tui.model import Heading, LinkKind, ListBlock
from importai_tui.works.card import BodyFormat, CardDraft, CardTarget
from tests.cards.fake_pages import make_readme, make_repository
from tests.cards.fake_sources import FakeSources
from tests.cards.sources.conftest import Fetch
from tests.http.server import Reply

WORK = "github:sea/otters"


def read(readme: str = "# Otters", **fields: Any) -> CardDraft:
    repository = make_repository("Sea/Otters", **fields)
    return parse_repository(RepositoryAnswers(json.dumps(repository).encode(), readme.encode()))


def test_every_field_is_read() -> None:
    assert read() == CardDraft(
        title="Sea/Otters",
        published="2024-05-17",
        license="MIT",
        url="https://github.com/Sea/Otters",
        facts=("1,234 stars", "Python", "last push 2026-02-03", "topics: otters, kelp"),
        body="Counts \\*otters\\* in \\[kelp\\]\n\nhttps://otters\\.example/\n\n# Otters",
        body_format=BodyFormat.MARKDOWN,
        base_url="https://github.com/Sea/Otters/blob/HEAD/README.md",
        kind=LinkKind.CODE,
    )


def test_the_card() -> None:
    card = make_card(
        read(make_readme("Sea/Otters")), CardTarget(WORK, "https://github.com/sea/otters"), "GitHub", utc_now()
    )
    assert card.text.startswith("Counts *otters* in [kelp]\n\nhttps://otters.example/\n\nOtters\n\nPaper\n\nSea/Otters")
    assert [block.spans[0].text for block in card.blocks if isinstance(block, Heading)] == ["Otters", "Installation"]
    assert sum(isinstance(block, ListBlock) for block in card.blocks) == 2
    assert [link.url for link in card.links] == [
        "https://otters.example/",
        "https://arxiv.org/abs/2502.19187",
        "https://github.com/Sea/Otters/blob/HEAD/docs/guide.md",
        "https://github.com/Sea/Otters/blob/HEAD/assets/kelp.png",
    ]


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        ({"archived": True}, "archived"),
        ({"fork": True}, "fork"),
        ({"fork": True, "parent": {"full_name": "river/otters"}}, "fork of river/otters"),
        ({"stargazers_count": 1}, "1 star"),
    ],
)
def test_facts(fields: dict[str, Any], fact: str) -> None:
    assert fact in read(**fields).facts


@pytest.mark.parametrize("license", [None, {"spdx_id": "NOASSERTION", "name": "Other"}, {}, "MIT"])
def test_no_license(license: object) -> None:
    assert read(license=license).license is None


def test_a_readme_in_restructured_text() -> None:
    readme = (
        "Otters\n======\n\n.. image:: https://x.example/a.png\n   :alt: x\n\n.. |b| image:: b.png\n\nSee `the guide\n"
        "<https://x.example/guide>`_, then run::\n\n    otters\n"
    )
    card = make_card(read(readme, description="", homepage=""), CardTarget(WORK, None), "GitHub", utc_now())
    assert card.text == "Otters\n\nSee the guide, then run:\n\notters"
    assert [link.url for link in card.links] == ["https://x.example/guide"]


def test_front_matter_of_a_readme() -> None:
    assert read("---\ntitle: x\n---\n# Otters", homepage=None, description="").body.strip() == "# Otters"


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [None], {"full_name": 3}, True])
def test_fields_of_any_type(value: object) -> None:
    names = (
        "description",
        "homepage",
        "license",
        "language",
        "stargazers_count",
        "topics",
        "pushed_at",
        "created_at",
        "parent",
    )
    fields: dict[str, Any] = dict.fromkeys(names, value)
    draft = read(**fields, fork=True)
    assert draft.title == "Sea/Otters"


async def test_a_repository_takes_one_counted_request(fetch: Fetch, fakes: FakeSources) -> None:
    drafts = await fetch(GitHub(), WORK)
    assert drafts[WORK].title == "sea/otters"
    assert [(folder, request.path) for folder, request in fakes.requests] == [
        ("github", "/repos/sea/otters"),
        ("github-raw", "/sea/otters/HEAD/README.md"),
    ]


async def test_a_readme_under_another_name(fetch: Fetch, fakes: FakeSources) -> None:
    drafts = await fetch(GitHub(), "github:sea/rst")
    assert "counts otters" in drafts["github:sea/rst"].body
    request = fakes.requests_to("github")[-1]
    assert (request.path, request.headers["accept"]) == ("/repos/sea/rst/readme", "application/vnd.github.raw+json")


async def test_no_readme(fetch: Fetch) -> None:
    drafts = await fetch(GitHub(), "github:sea/bare")
    assert drafts["github:sea/bare"].body.startswith("Counts")


@pytest.mark.parametrize("status", [403, 429, 451, 500])
async def test_the_api_has_the_readme_too(fetch: Fetch, fakes: FakeSources, status: int) -> None:
    fakes.overrides["github-raw"] = lambda _: Reply(b"x", status)
    drafts = await fetch(GitHub(), WORK)
    assert "counts otters" in drafts[WORK].body


async def test_no_card_without_a_readme_that_comes_later(fetch: Fetch, fakes: FakeSources) -> None:
    fakes.overrides["github"] = lambda request: Reply(b"x", 429) if request.path.endswith("/readme") else None
    with pytest.raises(BusyError):
        await fetch(GitHub(), "github:sea/rst")


async def test_a_renamed_repository(fetch: Fetch, fakes: FakeSources) -> None:
    drafts = await fetch(GitHub(), "github:old/renamed")
    assert drafts["github:old/renamed"].title == "sea/renamed"
    assert fakes.requests_to("github-raw")[0].path == "/sea/renamed/HEAD/README.md"


async def test_unknown_repositories_are_missing(fetch: Fetch) -> None:
    assert await fetch(GitHub(), "github:sea/missing") == {}


async def test_a_huge_readme_is_cut(fetch: Fetch, fakes: FakeSources) -> None:
    readme = b"# Otters\n\n" + b"They sleep. " * 900_000
    fakes.overrides["github-raw"] = lambda _: Reply(readme, gzipped=True)
    drafts = await fetch(GitHub(), WORK)
    assert 400_000 < len(drafts[WORK].body) < 600_000


@pytest.mark.parametrize("status", [403, 429])
async def test_the_limit_of_requests(fetch: Fetch, fakes: FakeSources, status: int) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4000000000", "Content-Type": "application/json"}
    fakes.overrides["github"] = lambda _: Reply(b'{"message": "API rate limit exceeded"}', status, headers)
    with pytest.raises(BusyError, match=r"after \d{4}-\d\d-\d\d \d\d:\d\d UTC"):
        await fetch(GitHub(), WORK)


async def test_a_blocked_network(fetch: Fetch, fakes: FakeSources) -> None:
    fakes.overrides["github"] = lambda _: Reply(b"<html>Forbidden</html>", 403)
    with pytest.raises(BlockedError):
        await fetch(GitHub(), WORK)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"<html></html>", b'{"full_name": "../x y"}', b"\xff\xfe"])
async def test_damaged_answers(fetch: Fetch, fakes: FakeSources, body: bytes) -> None:
    fakes.overrides["github"] = lambda _: Reply(body)
    with pytest.raises(UnreadableInputError):
        await fetch(GitHub(), WORK)


def test_only_repositories_are_accepted() -> None:
    works = [
        WORK,
        "https://gist.github.com/sea/12345678",
        "https://github.com/sea/otters/blob/main/x.pdf",
        "github:sea",
    ]
    assert [GitHub().accepts(CardTarget(work, None)) for work in works] == [True, False, False, False]
