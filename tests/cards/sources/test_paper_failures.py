"""Every source of papers, when its server fails."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from importai_tui.cards.sources.acl import AclAnthology
from importai_tui.cards.sources.arxiv import Arxiv
from importai_tui.cards.sources.base import CardSource
from importai_tui.cards.sources.crossref import Crossref
from importai_tui.cards.sources.datacite import DataCite
from importai_tui.cards.sources.openreview import OpenReview
from importai_tui.errors import (
    BlockedError,
    BusyError,
    IncompleteResponseError,
    ReaderError,
    ResponseTooLargeError,
    SyncError,
    UnreadableInputError,
    UnusableResponseError,
)
from tests.cards.fake_papers import (
    FakePaper,
    make_acl_page,
    make_atom_entry,
    make_atom_feed,
    make_crossref_work,
    make_datacite_work,
    make_openreview_note,
)
from tests.cards.fake_sources import FakeSources
from tests.cards.sources.conftest import Fetch
from tests.http.server import Reply


@dataclass(frozen=True, slots=True)
class Case:
    """A source, its folder at the fake sources, and a work with its normal answer."""

    source: CardSource
    folder: str
    work: str
    answer: bytes


PAPER = FakePaper()
CASES = (
    Case(Arxiv(), "arxiv", "arxiv:2405.01234", make_atom_feed([make_atom_entry("2405.01234", PAPER)])),
    Case(Crossref(), "crossref", "doi:10.1/a", json.dumps({"message": make_crossref_work("10.1/a", PAPER)}).encode()),
    Case(
        DataCite(), "datacite", "doi:10.5281/a", json.dumps({"data": make_datacite_work("10.5281/a", PAPER)}).encode()
    ),
    Case(
        OpenReview(),
        "openreview",
        "https://openreview.net/forum?id=a",
        json.dumps({"notes": [make_openreview_note("a", PAPER)]}).encode(),
    ),
    Case(AclAnthology(), "acl", "https://aclanthology.org/P19-1001", make_acl_page("P19-1001", PAPER)),
)
IDS = [case.folder for case in CASES]

every_source = pytest.mark.parametrize("case", CASES, ids=IDS)
every_api = pytest.mark.parametrize("case", CASES[:-1], ids=IDS[:-1])


async def get_error(fetch: Fetch, fakes: FakeSources, case: Case, reply: Reply) -> ReaderError:
    fakes.overrides = dict.fromkeys(fakes.handlers, lambda _: reply)
    try:
        found = await fetch(case.source, case.work)
    except ReaderError as raised:
        return raised
    error = found[case.work]
    assert isinstance(error, ReaderError)
    return error


@every_source
async def test_a_good_answer(fetch: Fetch, fakes: FakeSources, case: Case) -> None:
    fakes.overrides[case.folder] = lambda _: Reply(case.answer, gzipped=True)
    assert (await fetch(case.source, case.work))[case.work].title == PAPER.title


@every_source
@pytest.mark.parametrize("status", [404, 410])
async def test_an_unknown_work(fetch: Fetch, fakes: FakeSources, case: Case, status: int) -> None:
    fakes.overrides = dict.fromkeys(fakes.handlers, lambda _: Reply(b"<h1>Not here</h1>", status=status))
    assert await fetch(case.source, case.work) == {}


@every_source
async def test_too_many_requests(fetch: Fetch, fakes: FakeSources, case: Case) -> None:
    error = await get_error(fetch, fakes, case, Reply(b"Rate exceeded.", status=429))
    assert isinstance(error, BusyError)


@every_source
async def test_too_many_requests_with_a_time(fetch: Fetch, fakes: FakeSources, case: Case) -> None:
    error = await get_error(fetch, fakes, case, Reply(status=429, headers={"Retry-After": "7200"}))
    assert isinstance(error, BusyError)
    assert "UTC" in str(error)


@every_source
async def test_refused_with_a_page(fetch: Fetch, fakes: FakeSources, case: Case) -> None:
    error = await get_error(fetch, fakes, case, Reply(b"<html><title>No</title></html>", status=403))
    assert isinstance(error, BlockedError)


@pytest.mark.parametrize("case", [case for case in CASES if case.folder != "openreview"], ids=lambda case: case.folder)
@pytest.mark.parametrize("status", [401, 403], ids=str)
async def test_refused_in_json(fetch: Fetch, fakes: FakeSources, case: Case, status: int) -> None:
    error = await get_error(fetch, fakes, case, Reply(b'{"error": "no"}', status=status))
    assert isinstance(error, UnusableResponseError)
    assert "refuses to answer" in str(error)


@every_source
async def test_a_server_out_of_order(fetch: Fetch, fakes: FakeSources, case: Case) -> None:
    assert isinstance(await get_error(fetch, fakes, case, Reply(b"oops", status=500)), UnusableResponseError)


@every_api
async def test_a_page_in_place_of_data(fetch: Fetch, fakes: FakeSources, case: Case) -> None:
    page = b"<!doctype html><html><head><title>Maintenance</title></head><body>Back soon</body></html>"
    assert isinstance(await get_error(fetch, fakes, case, Reply(page)), UnreadableInputError)


@every_source
async def test_an_empty_answer(fetch: Fetch, fakes: FakeSources, case: Case) -> None:
    assert isinstance(await get_error(fetch, fakes, case, Reply(b"")), UnreadableInputError)


@every_api
@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
async def test_a_truncated_answer(fetch: Fetch, fakes: FakeSources, case: Case, part: float) -> None:
    truncated = case.answer[: int(len(case.answer) * part)]
    assert isinstance(await get_error(fetch, fakes, case, Reply(truncated)), UnreadableInputError)


@every_source
async def test_a_connection_that_breaks(fetch: Fetch, fakes: FakeSources, case: Case) -> None:
    assert isinstance(await get_error(fetch, fakes, case, Reply(case.answer, cut=50)), IncompleteResponseError)


@every_source
async def test_an_answer_that_is_too_large(fetch: Fetch, fakes: FakeSources, case: Case) -> None:
    error = await get_error(fetch, fakes, case, Reply(case.answer + b" " * 10_000_000, gzipped=True))
    assert isinstance(error, ResponseTooLargeError)


@every_source
async def test_a_redirect_loop(fetch: Fetch, fakes: FakeSources, case: Case) -> None:
    reply = Reply(status=302, headers={"Location": "/elsewhere"})
    fakes.handlers["elsewhere"] = lambda _: Reply(status=302, headers={"Location": "/elsewhere"})
    assert isinstance(await get_error(fetch, fakes, case, reply), SyncError)
