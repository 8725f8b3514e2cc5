from __future__ import annotations

from datetime import UTC, datetime

import pytest

from importai_tui.errors import IncompleteResponseError
from importai_tui.http.transport import Timeouts
from tests.http.clients import FEED, FakeTimeClient, error_message_for, in_sequence
from tests.http.server import Reply, Server

TOO_MANY = Reply(b"<html><head></head><body><pre>Too Many Requests</pre></body></html>")
NOW = datetime(2026, 10, 8, 12, 0, 0, tzinfo=UTC)


async def test_retry_after_in_seconds_is_obeyed() -> None:
    with Server(in_sequence(Reply(status=429, headers={"Retry-After": "30"}), FEED)) as server:
        async with FakeTimeClient() as client:
            assert (await client.get(server.address)).body == FEED.body
            assert client.clock.sleeps == [30]
            assert client.waits == ["127.0.0.1 asks to wait 30 s"]
            assert client.http.request_count == 2
            assert "then waited 30 s for 127.0.0.1: busy" in client.log.to_text()


async def test_retry_after_as_a_date_is_obeyed() -> None:
    busy = Reply(status=503, headers={"Retry-After": "Thu, 08 Oct 2026 12:00:45 GMT"})
    with Server(in_sequence(busy, FEED)) as server:
        async with FakeTimeClient(now=lambda: NOW) as client:
            await client.get(server.address)
            assert client.clock.sleeps == [45]


async def test_wait_of_more_than_a_minute_is_refused() -> None:
    short, long = FakeTimeClient(), FakeTimeClient()
    await error_message_for(Reply(status=429, headers={"Retry-After": "60"}), client=short)
    await error_message_for(Reply(status=429, headers={"Retry-After": "61"}), client=long)
    assert (short.clock.sleeps, long.clock.sleeps) == ([60, 60], [])


@pytest.mark.parametrize("wait", ["3600", "Thu, 08 Oct 2026 13:00:00 GMT"])
async def test_long_retry_after_is_reported_with_a_date(wait: str) -> None:
    client = FakeTimeClient(now=lambda: NOW)
    message = await error_message_for(Reply(status=429, headers={"Retry-After": wait}), client=client)
    assert message == "127.0.0.1 asks for a pause of 60 min. Try again after 2026-10-08 13:00 UTC."
    assert (client.clock.sleeps, client.http.request_count) == ([], 1)


async def test_absurd_retry_after_is_reported() -> None:
    assert "Try again after" in await error_message_for(Reply(status=429, headers={"Retry-After": "9" * 5000}))


@pytest.mark.parametrize("busy", [Reply(status=429), TOO_MANY, Reply(status=429, headers={"Retry-After": "soon"})])
async def test_busy_source_is_retried_with_backoff(busy: Reply) -> None:
    client = FakeTimeClient()
    message = await error_message_for(busy, client=client)
    assert client.clock.sleeps == [2, 4, 8]
    assert client.waits[0] == "127.0.0.1 received too many requests; trying again in 2 s"
    assert message == "127.0.0.1 received too many requests (4 tries). Try again later."


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
async def test_pause_grows_after_a_busy_response(busy: list[Reply], pauses: list[float]) -> None:
    with Server(in_sequence(*busy, FEED)) as server:
        async with FakeTimeClient() as client:
            for _ in range(3):
                await client.get(server.address)
            assert client.clock.sleeps == pauses


async def test_gateway_timeout_is_an_incomplete_answer() -> None:
    with Server(lambda _: Reply(status=504)) as server:
        async with FakeTimeClient() as client:
            with pytest.raises(IncompleteResponseError, match="504"):
                await client.get(server.address)


async def test_total_wait_is_limited() -> None:
    client = FakeTimeClient()
    await error_message_for(Reply(status=429, headers={"Retry-After": "55"}), client=client)
    assert client.clock.sleeps == [55, 55]


async def test_server_errors_are_retried() -> None:
    with Server(in_sequence(Reply(status=502), Reply(status=500), FEED)) as server:
        async with FakeTimeClient() as client:
            assert (await client.get(server.address)).body == FEED.body
            assert client.clock.sleeps == [2, 4]


async def test_lasting_server_error_is_reported_with_its_status() -> None:
    message = await error_message_for(Reply(status=502))
    assert message == "127.0.0.1 reports an error (status 502 Bad Gateway) (3 tries). Try again later."


@pytest.mark.parametrize("broken", [Reply(b"x" * 100, cut=50), Reply(b"x" * 100, cut=0)])
async def test_truncated_response_is_retried_once(broken: Reply) -> None:
    with Server(in_sequence(broken, FEED)) as server:
        async with FakeTimeClient() as client:
            assert (await client.get(server.address)).body == FEED.body
            assert client.clock.sleeps == [2]
    message = await error_message_for(broken)
    assert message == "127.0.0.1 sent an incomplete response (2 tries). Try again later."


async def test_read_timeout_is_retried_once() -> None:
    client = FakeTimeClient(timeouts=Timeouts(connect=5, read=0.05, total=5))
    assert "stopped responding" in await error_message_for(Reply(silent=True), client=client)
    assert client.http.request_count == 2


async def test_dripping_source_hits_the_total_deadline() -> None:
    client = FakeTimeClient(timeouts=Timeouts(connect=5, read=5, total=0.15))
    message = await error_message_for(Reply(b"x" * 1000, drip=0.02), client=client)
    assert message.startswith("127.0.0.1 took longer than 1 s. ")
    assert client.http.request_count == 1
