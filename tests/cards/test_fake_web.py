"""Tests of pages that the fake web plays, and of pages without metadata."""

from __future__ import annotations

import pytest

from importai_tui.cards import fetch
from importai_tui.cards.sources.web_page import PageAnswer, WebPage, parse_page
from tests.cards.fake_sources import FakeSources


async def test_any_page_without_the_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://otters.example/posts/kelp"
    fakes = FakeSources()
    with fakes.serve(monkeypatch.setattr):
        async with fetch.open_card_client(WebPage(), lambda _: None) as client:
            response = await client.get(url)
    assert response.url == url
    assert b"og:title" in response.body
    assert [request.path for request in fakes.requests_to("web")] == ["/otters.example/posts/kelp"]


def test_a_page_without_a_pdf_has_none() -> None:
    page = b"<!doctype html><html><title>Otters</title><meta name=description content='They sleep.'></html>"
    assert parse_page(PageAnswer("https://otters.example/posts/kelp", "text/html", page)).pdf_url is None
