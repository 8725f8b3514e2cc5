"""The links that are listed are those that are opened."""

from __future__ import annotations

import json

import pytest

from importai_tui.library.library import Library
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Paragraph, Span, Story, StoryKind
from importai_tui.paths import Places
from importai_tui.tui.widgets.link_list import LinkRow, draw_link
from tests.conftest import RunProgram

LISTED = {
    "https://example.org/a": ("https://example.org/a", "example.org"),
    "http://[::1]/a": ("http://[::1]/a", "::1"),
    "https://\u0430\u0440\u0440\u04cf\u0435.com/x": ("https://xn--80ak6aa92e.com/x", "xn--80ak6aa92e.com"),
    "https://p\u0430ypal.example/": ("https://xn--pypal-4ve.example/", "xn--pypal-4ve.example"),
    "https://user:pw@evil.example/x": ("https://user:pw@evil.example/x (not opened: unsafe)", "evil.example"),
    "https://good.example@evil.example/": ("https://good.example@evil.example/ (not opened: unsafe)", "evil.example"),
    "https://a.example:99999/": ("https://a.example:99999/ (not opened: unsafe)", None),
    None: ("(no address)", None),
}
"""Addresses, each with what `links` prints and the host that is shown."""
OPENED = {url: shown for url, (shown, _) in LISTED.items() if url and "unsafe" not in shown}


def link(n: int, url: str | None) -> Link:
    return Link(n, f"words {n}", url, LinkKind.OTHER, None, LinkRole.INLINE, None)


@pytest.fixture
def filled(run: RunProgram, places: Places) -> RunProgram:
    links = tuple(link(n, url) for n, url in enumerate(LISTED, 1))
    blocks = (Paragraph(tuple(Span(one.text, link=one.n) for one in links)),)
    story = Story("s", 1, StoryKind.STORY, "otters", blocks=blocks, links=links)
    with Library.open(places) as library:
        library.store(Issue(7, "seven", "Import AI 7: otters", None, "javascript:alert(1)", (story,)), b"page", "7")
    return run


def test_links_prints_the_addresses_that_browsers_get(filled: RunProgram) -> None:
    lines = filled("links", "7").out.splitlines()
    assert lines == [f"{n}  other  {shown}  words {n}" for n, (shown, _) in enumerate(LISTED.values(), 1)]


@pytest.mark.parametrize("form", [("show", "7"), ("read", "7")])
def test_show_and_read_print_the_same_addresses(filled: RunProgram, form: tuple[str, ...]) -> None:
    out = filled(*form).out
    for url, (shown, _) in LISTED.items():
        assert url is None or shown in out


def test_json_has_the_opened_address_and_host(filled: RunProgram) -> None:
    (story,) = json.loads(filled("show", "7", "--json").out)["stories"]
    for found in (story["links"], json.loads(filled("links", "7", "--json").out)["links"]):
        assert [(one["url"], one["host"]) for one in found] == [
            (OPENED.get(url, url), host) for url, (_, host) in LISTED.items()
        ]


def test_open_uses_the_listed_address(filled: RunProgram) -> None:
    for n, url in enumerate(LISTED, 1):
        ran = filled("open", "7", n)
        if url in OPENED:
            assert (ran.status, ran.out) == (0, f"{OPENED[url]}\n")
        else:
            assert (ran.status, ran.out) == (1, "")


def test_open_of_a_link_without_address_fails(filled: RunProgram) -> None:
    n = len(LISTED)
    assert filled("open", "7", n).err == (
        f'importai-tui: Link {n} of 7, "words {n}", has no web address. See the others: importai-tui links 7\n'
    )


def test_open_refuses_an_unsafe_issue_address(filled: RunProgram) -> None:
    ran = filled("open", "7")
    assert (ran.status, ran.out) == (1, "")
    assert "only http and https addresses are opened" in ran.err


@pytest.mark.parametrize(("url", "host"), [(url, host) for url, (_, host) in LISTED.items() if host])
def test_the_link_panel_shows_the_contacted_host(url: str, host: str) -> None:
    _, facts = draw_link(LinkRow(link(1, url), "words"), 80, digits=1)
    assert host in facts.plain
    assert ("unsafe" in facts.plain) == (url not in OPENED)
