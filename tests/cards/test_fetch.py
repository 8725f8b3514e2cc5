"""A fetch of cards: batches, the next source, resuming, failures in words, stopping."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event, Timer

import pytest

from importai_tui.archive.cards import CardStore
from importai_tui.cards.fetch import CardFetch
from importai_tui.cards.sources.base import CardSource, SourceClient
from importai_tui.errors import DatabaseError, NoCardError, UnreadableInputError
from importai_tui.http import client as http_client
from importai_tui.http.client import HttpClient
from importai_tui.works.card import Card, CardDraft, CardTarget
from tests.cards.fake_sources import FakeSources
from tests.cards.fetching import NOW, CardUser, make_arxiv_targets, make_target
from tests.http.server import Reply, Request
from tests.parse_pool.in_process import InProcessParser

PAPER = make_target("https://arxiv.org/abs/2401.00001")
DOI = make_target("https://doi.org/10.1234/otters")
DATASET = make_target("https://doi.org/10.5281/zenodo.7")
NO_URL = make_target(None)


@pytest.fixture
def sources() -> FakeSources:
    return FakeSources()


@pytest.fixture
def user(sources: FakeSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CardUser]:
    with sources.serve(monkeypatch.setattr) as server:
        yield CardUser(tmp_path / "home", server.address)


def test_card_is_fetched_and_stored(user: CardUser) -> None:
    report = user.fetch(PAPER)
    card = user.get_card(PAPER.work)
    assert card
    assert (report.fetched, card.source, card.fetched_at) == ((PAPER.work,), "arXiv", "2026-11-30T12:00:00Z")
    assert card.title
    assert card.authors
    assert report.summary == "Fetched 1 card"


def test_245_papers_take_three_requests(user: CardUser, sources: FakeSources) -> None:
    report = user.fetch(*make_arxiv_targets(245))
    assert len(report.fetched) == 245
    assert [request.query["id_list"].count(",") + 1 for request in sources.requests_to("arxiv")] == [100, 100, 45]
    assert [(step.done, step.total) for step in user.progress if step.title] == [(n, 245) for n in range(1, 246)]


def test_same_work_is_asked_once(user: CardUser, sources: FakeSources) -> None:
    report = user.fetch(PAPER, PAPER, make_target("https://arxiv.org/pdf/2401.00001v3"))
    assert report.fetched == (PAPER.work,)
    assert sources.requests_to("arxiv")[0].query["id_list"] == "2401.00001"


def test_stored_cards_are_skipped_unless_refreshed(user: CardUser, sources: FakeSources) -> None:
    user.fetch(PAPER)
    report = user.fetch(PAPER)
    assert (report.fetched, report.skipped, report.summary) == ((), (PAPER.work,), "All cards are already stored")
    assert len(sources.requests) == 1
    assert user.fetch(PAPER, refresh=True).fetched == (PAPER.work,)
    assert len(sources.requests) == 2


def test_next_source_is_asked_for_what_one_lacks(user: CardUser, sources: FakeSources) -> None:
    report = user.fetch(DATASET, DOI)
    assert set(report.fetched) == {DATASET.work, DOI.work}
    card = user.get_card(DATASET.work)
    assert card
    assert card.source == "DataCite"
    assert sources.requests_to("crossref")
    assert len(sources.requests_to("datacite")) == 1


def test_missing_works_are_named_with_sources(user: CardUser) -> None:
    missing = make_target("https://doi.org/10.1234/missing")
    report = user.fetch(missing, NO_URL, PAPER)
    assert report.not_found == {missing.work: "Not found on Crossref or DataCite."}
    assert report.without_url == (NO_URL.work,)
    assert report.get_error(NO_URL.work) == "No URL is known for this work, so there is no card."
    assert report.summary == "Fetched 1 card; 1 not found; 1 without a URL"
    assert report.errors == ()


def test_rate_limit_is_reported_and_others_go_on(user: CardUser, sources: FakeSources) -> None:
    sources.overrides = dict.fromkeys(("arxiv", "datacite"), lambda _: Reply(b"", 429, {"Retry-After": "1800"}))
    targets = make_arxiv_targets(250)
    report = user.fetch(*targets, DOI)
    assert report.fetched == (DOI.work,)
    assert set(report.failed) == {target.work for target in targets}
    (error,) = report.errors
    assert error == "127.0.0.1 asks for a pause of 30 min. Try again after 2026-11-30 12:30 UTC."
    assert len(sources.requests_to("arxiv")) == 1
    assert report.summary == "Fetched 1 card; 250 failed"


def test_nobody_waits_a_minute(user: CardUser, sources: FakeSources) -> None:
    sources.overrides = dict.fromkeys(("arxiv", "datacite"), lambda _: Reply(b"", 429))
    report = user.fetch(PAPER)
    assert report.errors == ("127.0.0.1 received too many requests (3 tries). Try again later.",)
    assert sum(user.sleeps) < 10
    assert [step.note for step in user.progress if step.note]


def test_used_up_limit_of_github_has_a_time(user: CardUser, sources: FakeSources) -> None:
    reset = str(int(NOW.timestamp()) + 600)
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset, "Content-Type": "application/json"}
    reply = Reply(b'{"message": "API rate limit exceeded"}', 403, headers)
    sources.overrides = dict.fromkeys(("arxiv", "datacite"), lambda _: reply)
    assert "after 2026-11-30 12:10 UTC" in user.fetch(PAPER).errors[0]


def test_missing_network_is_reported_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeSources().serve(monkeypatch.setattr) as server:
        user = CardUser(tmp_path, server.address)
    report = user.fetch(*make_arxiv_targets(250))
    assert report.is_offline
    assert len(report.failed) == 250
    assert len(report.errors) == 1


class Pages(CardSource):
    """A source that asks each work's own host, none of which exists."""

    name = "Pages"

    def accepts(self, _: CardTarget) -> bool:
        return True

    async def fetch(self, targets: Sequence[CardTarget], client: SourceClient) -> Mapping[str, CardDraft]:
        await client.get(str(targets[0].url))
        return {}


def test_no_host_is_asked_without_a_network(user: CardUser) -> None:
    lookups: list[str] = []

    async def resolve(host: str, _: int) -> Sequence[str]:
        lookups.append(host)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    targets = [make_target(f"https://host-{n}.example/") for n in range(40)]
    fetch = CardFetch(
        targets,
        user.open_store,
        sources=[Pages()],
        open_client=lambda _, on_wait: HttpClient(public_only=True, resolve=resolve, on_wait=on_wait),
        open_parser=InProcessParser,
    )
    report = fetch.run()
    assert report.is_offline
    assert len(report.failed) == 40
    assert report.errors == ("Can't reach host-0.example (DNS lookup failed). Are you offline?",)
    assert lookups == ["host-0.example", "host-1.example", "host-2.example"]


def test_bad_work_does_not_spoil_its_batch(user: CardUser, sources: FakeSources) -> None:
    def answer(request: Request) -> Reply | None:
        return Reply(b"<html>sorry</html>") if "2401.00042" in request.query["id_list"] else None

    sources.overrides["arxiv"] = answer
    targets = make_arxiv_targets(100)
    report = user.fetch(*targets)
    assert list(report.failed) == ["arxiv:2401.00042"]
    assert len(report.fetched) == 99
    assert len(sources.requests) < 20


@pytest.mark.parametrize("reply", [Reply(b"<html>?</html>"), Reply(b"", 500), Reply(b"{}", 403), Reply(b"x", 418)])
def test_broken_source_is_given_up_soon(user: CardUser, sources: FakeSources, reply: Reply) -> None:
    sources.overrides = dict.fromkeys(("arxiv", "datacite"), lambda _: reply)
    report = user.fetch(*make_arxiv_targets(100), DOI)
    assert report.fetched == (DOI.work,)
    assert len(report.failed) + len(report.not_found) == 100
    assert len(sources.requests_to("arxiv")) < 30


def test_blocked_page_suggests_the_browser(user: CardUser, sources: FakeSources) -> None:
    sources.overrides = dict.fromkeys(("arxiv", "datacite"), lambda _: Reply(b"<html>no robots</html>", 403))
    (error,) = user.fetch(PAPER).errors
    assert error == "127.0.0.1 blocks this network (status 403 Forbidden). Open it in your browser instead."


class OneSource(CardSource):
    """A source of tests that accepts everything."""

    name = "Otter House"
    fetches = 0

    def __init__(self, answer: Callable[[CardTarget], CardDraft | None], batch_size: int = 1) -> None:
        self.answer = answer
        self.batch_size = batch_size

    def accepts(self, target: CardTarget) -> bool:
        if "explode" in (target.url or ""):
            raise RuntimeError("not a URL")
        return True

    async def fetch(
        self,
        targets: Sequence[CardTarget],
        client: SourceClient,  # noqa: ARG002  (signature of the base class)
    ) -> Mapping[str, CardDraft]:
        self.fetches += 1
        found = {target.work: self.answer(target) for target in targets}
        return {work: draft for work, draft in found.items() if draft}


def refuse(target: CardTarget) -> CardDraft | None:
    """Have no card of some works, and fail for others."""
    if "article" in target.work:
        raise NoCardError("example.com shows articles only in a browser.")
    if "bug" in target.work:
        raise AssertionError
    if "broken" in target.work:
        raise UnreadableInputError("is incomplete or damaged JSON")
    return CardDraft(title="" if "empty" in target.work else f"Title of {target.work}")


def test_errors_of_a_source_concern_one_work(user: CardUser) -> None:
    urls = [f"https://example.com/{name}" for name in ("article", "broken", "bug", "empty", "explode", "good")]
    source = OneSource(refuse, batch_size=6)
    report = user.make_fetch(*map(make_target, urls), sources=[source]).run()
    article, broken, bug, empty, explode, good = urls
    assert report.fetched == (good,)
    assert report.get_error(article) == "example.com shows articles only in a browser."
    assert report.get_error(broken) == (
        "Otter House: the response is incomplete or damaged JSON. Open it in your browser instead."
    )
    assert "Internal error (AssertionError)" in (report.get_error(bug) or "")
    assert report.get_error(empty) == "Otter House has neither a title nor a text for this work."
    assert report.get_error(explode) == "There is no card for this kind of URL."
    assert set(report.failed) == {broken, bug}


@pytest.mark.parametrize("body", [b"{}", b"[]", b"<html><p>x", b"", b"\xff", b"[" * 99_999, b"9" * 99_999])
def test_useless_responses_are_explained(user: CardUser, sources: FakeSources, body: bytes) -> None:
    folders = ("arxiv", "crossref", "datacite", "acl", "github", "hugging-face", "youtube")
    sources.overrides = dict.fromkeys(folders, lambda _: Reply(body))
    urls = (
        *(
            "https://doi.org/10.1234/a",
            "https://aclanthology.org/2023.acl-long.1",
        ),
        *("https://arxiv.org/abs/2401.00001", "https://github.com/ada/otters", "https://huggingface.co/ada/otters"),
        "https://www.youtube.com/watch?v=abcdefghijk",
    )
    report = user.fetch(*map(make_target, urls))
    sentences = [*report.failed.values(), *report.not_found.values()]
    assert len(sentences) == len(urls)
    for sentence in sentences:
        assert re.match(r"\w[\w ]*: the response (?:is (?:a|not|JSON|incomplete) |can't )|Not found on ", sentence)


def test_reason_of_a_source_survives_the_next_one(user: CardUser) -> None:
    first, second = OneSource(refuse), OneSource(lambda _: None)
    report = user.make_fetch(make_target("https://example.com/article"), sources=[first, second]).run()
    assert second.fetches == 1
    assert "only in a browser" in report.not_found["https://example.com/article"]


def test_groups_of_hosts_are_asked_at_the_same_time(user: CardUser) -> None:
    running: set[str] = set()
    most = Counter[str]()

    class Slow(OneSource):
        groups = 4

        async def fetch(
            self,
            targets: Sequence[CardTarget],
            client: SourceClient,  # noqa: ARG002
        ) -> Mapping[str, CardDraft]:
            host = targets[0].work.split("/")[2]
            assert host not in running
            running.add(host)
            most["hosts"] = max(most["hosts"], len(running))
            await asyncio.sleep(0.001)
            running.discard(host)
            return {}

    targets = [make_target(f"https://host-{n % 12}.example/{n}") for n in range(60)]
    report = user.make_fetch(*targets, sources=[Slow(refuse)]).run()
    assert len(report.not_found) == 60
    assert 1 < most["hosts"] <= 4


class FullDisk(CardStore):
    """A store that cannot be written."""

    def put(self, _: object) -> None:
        raise DatabaseError("The disk is full.")


def test_card_that_cannot_be_stored_is_in_the_report(user: CardUser) -> None:
    source = OneSource(refuse)
    targets = [make_target(f"https://example.com/{n}") for n in range(5)]
    fetch = CardFetch(targets, lambda: FullDisk(user.path), sources=[source], open_client=user.open_client)
    report = fetch.run()
    assert [card.title for card in report.unsaved.values()] == ["Title of https://example.com/0"]
    assert report.errors == ("The disk is full.",)
    assert source.fetches == 1


def test_stop_during_a_request_keeps_what_is_stored(user: CardUser, sources: FakeSources) -> None:
    fetch = user.make_fetch(*make_arxiv_targets(245))

    def answer(_: Request) -> Reply | None:
        if len(sources.requests) < 2:
            return None
        fetch.stop()
        return Reply(silent=True)

    sources.overrides["arxiv"] = answer
    report = fetch.run()
    assert report.is_stopped
    assert len(report.fetched) == len(user.get_stored_works()) == 100
    assert report.summary == "Stopped after fetching 100 cards"
    sources.overrides.clear()
    sources.requests.clear()
    report = user.fetch(*make_arxiv_targets(245))
    assert (len(report.fetched), len(report.skipped), len(sources.requests)) == (145, 100, 2)


def test_stop_before_the_run_asks_nothing(user: CardUser, sources: FakeSources) -> None:
    fetch = user.make_fetch(PAPER)
    fetch.stop()
    assert fetch.run().is_stopped
    assert sources.requests == []


@pytest.mark.parametrize("moment", ["pause", "parse"])
def test_stop_ends_a_pause_at_once(user: CardUser, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    began = Event()
    targets = [make_target(f"https://example.com/{n}") for n in range(2)]

    class Slow(OneSource):
        async def fetch(
            self,
            targets: Sequence[CardTarget],  # noqa: ARG002
            client: SourceClient,
        ) -> Mapping[str, CardDraft]:
            began.set()
            if moment == "parse":
                await client.parse(time.sleep, 600)
            await client.get(f"{user.address}/arxiv/api/query")
            await client.get(f"{user.address}/arxiv/api/query")
            return {}

    monkeypatch.setattr(http_client, "is_loopback", lambda _: False)
    source = Slow(refuse)
    source.pause = 600.0

    def open_client(source: CardSource, on_wait: Callable[[str], None]) -> HttpClient:
        return HttpClient(pause=source.pause, on_wait=on_wait)

    fetch = CardFetch(targets, user.open_store, sources=[source], open_client=open_client)
    Timer(0.5, fetch.stop).start()
    assert fetch.run().is_stopped  # the test would wait for ten minutes otherwise
    assert began.is_set()


def test_hostile_text_is_clean_in_the_store(user: CardUser) -> None:
    source = OneSource(lambda _: CardDraft(title="\x1b]0;owned\x07Otters \u202e[/]", body="a\x1b[31mb"))
    user.make_fetch(make_target("https://example.com/1"), sources=[source]).run()
    card = user.get_card("https://example.com/1")
    assert isinstance(card, Card)
    assert card.title == "Otters [/]"
    assert card.text == "ab"
