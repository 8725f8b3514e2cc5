"""Damaged and hostile documents of the sources of papers and pages.

Each parse function returns drafts whose fields have the right types, or raises UnreadableInputError.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import UTC, datetime
from html import escape
from random import Random
from typing import Any

import pytest

from importai_tui.cards.clean import make_card
from importai_tui.cards.sources import (
    acl,
    arxiv,
    crossref,
    datacite,
    github,
    hugging_face,
    openreview,
    web_page,
    youtube,
)
from importai_tui.errors import NoCardError, UnreadableInputError
from importai_tui.works.card import CardDraft, CardTarget
from tests.cards.fake_pages import make_dataset, make_model, make_readme, make_repository, make_video
from tests.cards.fake_papers import (
    FakePaper,
    make_acl_page,
    make_atom_entry,
    make_atom_feed,
    make_crossref_work,
    make_datacite_work,
    make_openreview_note,
)
from tests.hostile.payloads import PAYLOADS

NOW = datetime(2026, 11, 30, tzinfo=UTC)
TARGET = CardTarget("doi:10.1/a", "https://doi.org/10.1/a")
PAPER = FakePaper(venue="Journal of Otters", doi="10.1/a")

Parse = Callable[[bytes], Mapping[str, CardDraft] | CardDraft | None]


def parse_github(data: bytes) -> CardDraft:
    github.parse_name(data)
    return github.parse_repository(github.RepositoryAnswers(data, make_readme("sea/otters").encode()))


def parse_hugging_face(data: bytes) -> CardDraft:
    hugging_face.parse_id(data)
    kind = hugging_face.RepositoryKind.DATASET
    return hugging_face.parse_repository(hugging_face.RepositoryAnswers(kind, data, b""))


def parse_readme(data: bytes) -> CardDraft:
    return github.parse_repository(github.RepositoryAnswers(json.dumps(make_repository("sea/otters")).encode(), data))


def parse_web_page(data: bytes) -> CardDraft:
    return web_page.parse_page(web_page.PageAnswer("https://sea.example/otters", "text/html", data))


PAGE = (
    '<!doctype html><html><head><title>Otters | Sea</title><meta name="citation_author" content="Ada Juniper">'
    '<meta property="og:description" content="We count otters"><meta name="DC.Date" content="2024-05-17">'
    '<meta name="citation_doi" content="10.1/a"><script type="application/ld+json">{"@type": "Article",'
    '"headline": "x", "author": {"name": "Ada Juniper"}}</script></head><body><article><h1>Otters</h1>'
    + "".join(
        f"<p>We count otters for the {n}th time, and <a href='/{n}'>all of them</a> are well.</p>" for n in range(9)
    )
    + "</article></body></html>"
)

JSON_DOCUMENTS: Mapping[str, tuple[Parse, Any]] = {
    "crossref": (crossref.parse_work, {"message": make_crossref_work("10.1/a", PAPER)}),
    "crossref list": (crossref.parse_works, {"message": {"items": [make_crossref_work("10.1/a", PAPER)]}}),
    "datacite": (datacite.parse_works, {"data": make_datacite_work("10.5281/a", PAPER)}),
    "datacite list": (datacite.parse_works, {"data": [make_datacite_work("10.5281/a", PAPER)]}),
    "openreview": (openreview.parse_note, {"notes": [make_openreview_note("a", PAPER)]}),
    "openreview old": (openreview.parse_note, {"notes": [make_openreview_note("a", PAPER, old=True)]}),
    "github": (parse_github, make_repository("sea/otters")),
    "model": (parse_hugging_face, make_model("sea/otters")),
    "data set": (parse_hugging_face, make_dataset("sea/otters")),
    "youtube": (youtube.parse_video, make_video("a")),
}
DOCUMENTS: Mapping[str, tuple[Parse, bytes]] = {
    **{name: (parse, json.dumps(value).encode()) for name, (parse, value) in JSON_DOCUMENTS.items()},
    "arxiv": (arxiv.parse_feed, make_atom_feed([make_atom_entry("2405.01234", PAPER)] * 2)),
    "acl": (acl.parse_page, make_acl_page("P19-1001", PAPER)),
    "readme": (parse_readme, make_readme("sea/otters").encode()),
    "web page": (parse_web_page, PAGE.encode()),
}
every_json = pytest.mark.parametrize("name", JSON_DOCUMENTS)
every_document = pytest.mark.parametrize("name", DOCUMENTS)


def get_drafts(parse: Parse, data: bytes) -> list[CardDraft]:
    """Return the drafts of a document; none if it is refused, as it may be."""
    try:
        found = parse(data)
    except (UnreadableInputError, NoCardError):
        return []
    return list(found.values()) if isinstance(found, Mapping) else [found] if found else []


def check(drafts: list[CardDraft]) -> None:
    """Check the types of all fields, and that a card can be made."""
    for draft in drafts:
        for field in fields(CardDraft):
            value = getattr(draft, field.name)
            if field.name in ("authors", "facts"):
                assert type(value) is tuple
                assert all(type(text) is str for text in value)
            else:
                assert value is None or isinstance(value, str), field.name
        with suppress(NoCardError):
            make_card(draft, TARGET, "Sea", NOW)


def walk(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of each value within a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield from walk(inner, (*path, name))


def replace(value: Any, path: tuple[str | int, ...], new: object) -> Any:
    """Return a copy of a JSON value with another value at a path."""
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replace(value[path[0]], path[1:], new)
    return copy


@every_json
@pytest.mark.parametrize(
    "wrong",
    [None, 1e300, True, "x", [], {}, [None], ["x"], {"value": ["x"]}],
    ids=str,
)
def test_wrong_types_in_every_field(name: str, wrong: object) -> None:
    parse, document = JSON_DOCUMENTS[name]
    for path in walk(document):
        check(get_drafts(parse, json.dumps(replace(document, path, wrong)).encode()))


@every_json
def test_hostile_texts_in_every_field(name: str) -> None:
    parse, document = JSON_DOCUMENTS[name]
    payload = "".join(PAYLOADS.values())
    for path in walk(document):
        check(get_drafts(parse, json.dumps(replace(document, path, payload)).encode()))


@pytest.mark.parametrize("name", ["arxiv", "acl", "readme", "web page"])
def test_hostile_texts_in_markup(name: str) -> None:
    parse, document = DOCUMENTS[name]
    for payload in map(escape, PAYLOADS.values()):
        for text in ("Ada Juniper", PAPER.title, "We count otters", "2024", "Journal of Otters", "cs.CL", "10.1/a"):
            check(get_drafts(parse, document.replace(text.encode(), payload.encode("utf-8", "surrogatepass"))))


@every_document
def test_damaged_documents(name: str) -> None:
    random = Random(f"damage {name}")
    parse, document = DOCUMENTS[name]
    for _ in range(60):
        data = bytearray(document)
        for _ in range(random.randint(1, 8)):
            at, length = random.randrange(len(data)), random.randint(1, 40)
            match random.randrange(4):
                case 0:
                    del data[at : at + length]
                case 1:
                    data[at:at] = random.randbytes(length)
                case 2:
                    data[at:at] = data[(start := random.randrange(len(data))) : start + length]
                case _:
                    data[at] ^= 1 << random.randrange(8)
        check(get_drafts(parse, bytes(data)))


@every_document
@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 100, b"\xff\xfe<\x00", b"[" * 100_000, b"{" * 100_000, b"<" * 100_000, b"<a>" * 100_000, b"NaN",
     b"1" * 5_000, b'"\\ud800"', b"\xef\xbb\xbf{}", b"<?xml version='1.0'?><feed/>", b"%PDF-1.7 \x00\x01"],
    ids=lambda data: repr(data[:12]),
)  # fmt: skip
def test_something_else(name: str, data: bytes) -> None:
    check(get_drafts(DOCUMENTS[name][0], data))


def test_megabytes_of_text() -> None:
    paper = FakePaper("Otters " * 20_000, ["Ada Juniper"] * 5_000, "We count <otters>. " * 50_000)
    check(get_drafts(arxiv.parse_feed, make_atom_feed([make_atom_entry("2405.01234", paper)])))
    paper = FakePaper("Otters " * 200_000, ["Ada Juniper"] * 20_000, "We count <otters>. " * 300_000)
    check(get_drafts(crossref.parse_work, json.dumps({"message": make_crossref_work("10.1/a", paper)}).encode()))
