from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any

import pytest

from importai_tui.cards.sources.base import CardSource
from importai_tui.works.card import CardTarget
from tests.cards.client import SimpleClient
from tests.cards.fake_sources import FakeSources

Fetch = Callable[..., Awaitable[Mapping[str, Any]]]


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSources]:
    fakes = FakeSources()
    with fakes.serve(monkeypatch.setattr):
        yield fakes


@pytest.fixture
async def client() -> AsyncIterator[SimpleClient]:
    async with SimpleClient() as client:
        yield client


@pytest.fixture
def fetch(fakes: FakeSources, client: SimpleClient) -> Fetch:  # noqa: ARG001  (the fakes must run)
    """Return a function that fetches works from a source."""

    async def fetch_works(source: CardSource, *works: str) -> Mapping[str, Any]:
        return await source.fetch([CardTarget(work, "https://example.org") for work in works], client)

    return fetch_works
