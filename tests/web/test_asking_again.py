from __future__ import annotations

from datetime import UTC, datetime

import pytest

from importai_tui.errors import IncompleteAnswer
from importai_tui.web.client import Timeouts
from tests.web.asking import FEED, Asking, in_turn, told_of
from tests.web.server import Reply, Server

TOO_MANY = Reply(b"<html><head></head><body><pre>Too Many Requests</pre></body></html>")
NOW = datetime(2026, 10, 8, 12, 0, 0, tzinfo=UTC)


async def test_a_busy_source_is_asked_again_when_it_says() -> None:
    with Server(in_turn(Reply(status=429, headers={"Retry-After": "30"}), FEED)) as server:
        async with Asking() as asking:
            assert (await asking.get(server.address)).body == FEED.body
            assert asking.clock.slept == [30]
            assert asking.waits == ["127.0.0.1 asks to wait 30 s"]
            assert asking.web.requests == 2
            assert "then waited 30 s for 127.0.0.1: busy" in asking.account.written()


async def test_a_busy_source_may_say_it_with_a_date() -> None:
    busy = Reply(status=503, headers={"Retry-After": "Thu, 08 Oct 2026 12:00:45 GMT"})
    with Server(in_turn(busy, FEED)) as server:
        async with Asking(now=lambda: NOW) as asking:
            await asking.get(server.address)
            assert asking.clock.slept == [45]


async def test_a_wait_of_a_minute_is_kept_and_a_longer_one_is_not() -> None:
    kept, too_long = Asking(), Asking()
    await told_of(Reply(status=429, headers={"Retry-After": "60"}), asking=kept)
    await told_of(Reply(status=429, headers={"Retry-After": "61"}), asking=too_long)
    assert (kept.clock.slept, too_long.clock.slept) == ([60, 60], [])


@pytest.mark.parametrize("wait", ["3600", "Thu, 08 Oct 2026 13:00:00 GMT"])
async def test_a_source_that_asks_for_a_long_wait_is_left_alone_until_then(wait: str) -> None:
    asking = Asking(now=lambda: NOW)
    told = await told_of(Reply(status=429, headers={"Retry-After": wait}), asking=asking)
    assert told == "127.0.0.1 asks for a pause of 60 min: run the sync again after 2026-10-08 13:00 UTC."
    assert (asking.clock.slept, asking.web.requests) == ([], 1)


async def test_an_absurd_wait_is_told_too() -> None:
    assert "run the sync again after" in await told_of(Reply(status=429, headers={"Retry-After": "9" * 5000}))


@pytest.mark.parametrize("busy", [Reply(status=429), TOO_MANY, Reply(status=429, headers={"Retry-After": "soon"})])
async def test_a_busy_source_that_names_no_time_is_asked_ever_more_rarely(busy: Reply) -> None:
    asking = Asking()
    told = await told_of(busy, asking=asking)
    assert asking.clock.slept == [2, 4, 8]
    assert asking.waits[0] == "127.0.0.1 has had too many requests; asking again in 2 s"
    assert told == "127.0.0.1 has had too many requests, and was asked 4 times: run the sync again later."


@pytest.mark.parametrize(
    ("busy", "pauses"),
    [
        ([Reply(status=429)], [2, 4, 4]),
        ([Reply(status=503)], [2, 4, 4]),
        ([TOO_MANY, Reply(status=429)], [2, 4, 8, 8]),
        ([Reply(status=429, headers={"Retry-After": "20"})], [20, 20, 20]),
        ([Reply(status=429, headers={"Retry-After": "50"})], [50, 30, 30]),
        ([Reply(status=502)], [2]),
    ],
)
async def test_a_busy_source_is_asked_at_longer_intervals_afterwards(busy: list[Reply], pauses: list[float]) -> None:
    with Server(in_turn(*busy, FEED)) as server:
        async with Asking() as asking:
            for _ in range(3):
                await asking.get(server.address)
            assert asking.clock.slept == pauses


async def test_a_gateway_timeout_is_an_incomplete_answer() -> None:
    with Server(lambda _: Reply(status=504)) as server:
        async with Asking() as asking:
            with pytest.raises(IncompleteAnswer, match="504"):
                await asking.get(server.address)


async def test_all_waits_of_one_question_are_bounded_together() -> None:
    asking = Asking()
    await told_of(Reply(status=429, headers={"Retry-After": "55"}), asking=asking)
    assert asking.clock.slept == [55, 55]


async def test_a_source_out_of_order_is_asked_again_and_may_be_in_order() -> None:
    with Server(in_turn(Reply(status=502), Reply(status=500), FEED)) as server:
        async with Asking() as asking:
            assert (await asking.get(server.address)).body == FEED.body
            assert asking.clock.slept == [2, 4]


async def test_a_source_that_stays_out_of_order_is_told_by_its_status() -> None:
    told = await told_of(Reply(status=502))
    assert told == "127.0.0.1 answers 502 (Bad Gateway), and was asked 3 times: run the sync again later."


@pytest.mark.parametrize("broken", [Reply(b"x" * 100, cut=50), Reply(b"x" * 100, cut=0)])
async def test_an_answer_that_breaks_off_is_asked_for_once_more(broken: Reply) -> None:
    with Server(in_turn(broken, FEED)) as server:
        async with Asking() as asking:
            assert (await asking.get(server.address)).body == FEED.body
            assert asking.clock.slept == [2]
    told = await told_of(broken)
    assert told == "127.0.0.1 did not give a whole answer, and was asked 2 times: run the sync again later."


async def test_a_silent_source_is_asked_once_more() -> None:
    asking = Asking(timeouts=Timeouts(connect=5, read=0.05, total=5))
    assert "fell silent" in await told_of(Reply(silent=True), asking=asking)
    assert asking.web.requests == 2


async def test_a_source_that_drips_is_given_up_at_the_deadline() -> None:
    asking = Asking(timeouts=Timeouts(connect=5, read=5, total=0.15))
    told = await told_of(Reply(b"x" * 1000, drip=0.02), asking=asking)
    assert told.startswith("127.0.0.1 did not finish its answer in 1 s: ")
    assert asking.web.requests == 1
