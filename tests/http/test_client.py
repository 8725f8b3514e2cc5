from __future__ import annotations

import asyncio
import gzip

import pytest

from importai_tui.errors import BlockedError, OfflineError, RefusedAddressError, SyncError
from importai_tui.http.client import MAX_BODY_SIZE
from importai_tui.http.pauses import HostPauses
from importai_tui.http.responses import BodyFormat, Response
from tests.http.clients import FEED, FakeClock, FakeTimeClient, FakeTransport, error_message_for, in_sequence
from tests.http.server import Reply, Request, Server

PAGE = b"<!DOCTYPE html><html><body><p>Otters.</p></body></html>"
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>"


async def test_feed_is_fetched() -> None:
    with Server(lambda _: FEED) as server:
        async with FakeTimeClient() as client:
            response = await client.get(f"{server.address}/feed?a=b#c")
            assert (client.http.request_count, client.http.byte_count) == (1, len(FEED.body))
    assert (response.status, response.body, response.format) == (200, FEED.body, BodyFormat.XML)
    assert (response.url, response.moved_to) == (f"{server.address}/feed?a=b", None)
    assert server.requests[0].query == {"a": "b"}


async def test_unchanged_feed_costs_one_request_and_no_bytes() -> None:
    def handler(request: Request) -> Reply:
        return Reply(status=304) if request.headers.get("if-none-match") == 'W/"a"' else FEED

    with Server(handler) as server:
        async with FakeTimeClient() as client:
            response = await client.get(f"{server.address}/feed", validators={"If-None-Match": 'W/"a"'})
            assert (response.status, response.body, client.http.request_count, client.http.byte_count) == (
                304,
                b"",
                1,
                0,
            )


async def test_unsendable_validator_is_omitted() -> None:
    with Server(lambda _: FEED) as server:
        async with FakeTimeClient() as client:
            await client.get(server.address, validators={"If-None-Match": "a\x1b\r\nb", "If-Modified-Since": "x"})
    assert "if-none-match" not in server.requests[0].headers
    assert server.requests[0].headers["if-modified-since"] == "x"


async def test_unconditional_request_refuses_304() -> None:
    assert "304" in await error_message_for(Reply(status=304))


@pytest.mark.parametrize("status", [400, 401, 404, 410])
async def test_usable_error_status_is_returned(status: int) -> None:
    with Server(lambda _: Reply(b'{"code":"x"}', status=status)) as server:
        async with FakeTimeClient() as client:
            response = await client.get(server.address)
    assert (response.status, response.format) == (status, BodyFormat.JSON)


async def test_refused_address_is_not_fetched() -> None:
    async with FakeTimeClient() as client:
        with pytest.raises(RefusedAddressError):
            await client.get("http://news.example/feed")
        assert client.http.request_count == 0


async def test_unreachable_host_is_offline_without_retry() -> None:
    with Server(lambda _: FEED) as server:
        pass
    async with FakeTimeClient() as client:
        with pytest.raises(OfflineError, match=r"^Can't reach 127\.0\.0\.1"):
            await client.get(server.address)
        assert (client.clock.sleeps, client.http.request_count) == ([], 1)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(PAGE, status=403),
        Reply(PAGE, status=403, headers={"cf-mitigated": "challenge"}),
        Reply(CHALLENGE, status=503),
        Reply(CHALLENGE),
    ],
)
async def test_blocked_network_is_reported_without_retry(reply: Reply) -> None:
    with Server(lambda _: reply) as server:
        async with FakeTimeClient() as client:
            with pytest.raises(BlockedError, match="another network"):
                await client.get(server.address)
    assert len(server.requests) == 1


async def test_403_in_json_is_returned() -> None:
    with Server(lambda _: Reply(b'{"code":"rest_forbidden"}', status=403)) as server:
        async with FakeTimeClient() as client:
            assert (await client.get(server.address)).status == 403


async def test_zip_bomb_is_refused() -> None:
    bomb = gzip.compress(b"\0" * (MAX_BODY_SIZE + 1))
    assert "more than 10 MB" in await error_message_for(Reply(bomb, headers={"Content-Encoding": "gzip"}))


async def test_size_limit_can_be_lower() -> None:
    with Server(lambda _: FEED) as server:
        async with FakeTimeClient() as client:
            with pytest.raises(SyncError, match="more than"):
                await client.get(server.address, max_bytes=10)
            assert len((await client.get(server.address, max_bytes=len(FEED.body))).body) == len(FEED.body)


async def test_error_message_contains_no_escape_sequence() -> None:
    message = await error_message_for(Reply(status=418, reason="A \x1b]0;x\x07\x1b[2Jteapot"))
    assert message.startswith("127.0.0.1 gave an unexpected response (status 418 A teapot). ")
    assert message.isprintable()


async def test_cookies_are_not_sent_back() -> None:
    with Server(lambda _: Reply(b"x", headers={"Set-Cookie": "id=1; Path=/"})) as server:
        async with FakeTimeClient() as client:
            for _ in range(2):
                await client.get(server.address)
    assert not [request for request in server.requests if "cookie" in request.headers]


async def test_requests_to_a_host_are_throttled() -> None:
    transport = FakeTransport(lambda url: Response(200, {}, b"", url))
    client = FakeTimeClient(transport=transport, pause=2.0, proxy=lambda _: None)
    await client.get("https://news.example/a")
    client.clock.now += 0.5
    await client.get("https://news.example/b")
    await client.get("https://other.example/c")
    client.clock.now += 10
    await client.get("https://news.example/d")
    assert client.clock.sleeps == [1.5]
    assert client.waits == []


async def test_loopback_is_not_throttled() -> None:
    with Server(lambda _: FEED) as server:
        async with FakeTimeClient(pause=2.0) as client:
            for _ in range(3):
                await client.get(server.address)
            assert client.clock.sleeps == []


async def test_concurrent_requests_are_throttled() -> None:
    client = FakeTimeClient(
        transport=FakeTransport(lambda url: Response(200, {}, b"", url)), pause=2.0, proxy=lambda _: None
    )
    await asyncio.gather(client.get("https://news.example/a"), client.get("https://news.example/b"))
    assert client.clock.sleeps == [2.0]


async def test_clients_share_pauses() -> None:
    clock = FakeClock()
    pauses = HostPauses(clock)
    clients = [
        FakeTimeClient(
            transport=FakeTransport(lambda url: Response(200, {}, b"", url)),
            proxy=lambda _: None,
            pause=pause,
            pauses=pauses,
            sleep=clock.sleep,
        )
        for pause in (2.0, 3.0, 2.0)
    ]
    await asyncio.gather(*(client.get("https://news.example/a") for client in clients))
    await clients[0].get("https://other.example/b")
    assert clock.now >= 4.0


async def test_a_pause_that_is_given_up_delays_nobody() -> None:
    clock = FakeClock()
    pauses = HostPauses(clock)
    assert [pauses.claim("news.example", 3.0) for _ in range(4)] == [0.0, 3.0, 3.0, 3.0]
    clock.now = 3.0
    assert pauses.claim("news.example", 3.0) == 0.0


async def test_connection_is_reused() -> None:
    with Server(lambda _: FEED) as server:
        async with FakeTimeClient() as client:
            for _ in range(3):
                await client.get(server.address)
    assert server.connections == 1


@pytest.mark.parametrize("reply", [Reply(silent=True), Reply(b"x" * 1000, drip=0.01)])
async def test_request_can_be_cancelled(reply: Reply) -> None:
    with Server(lambda _: reply) as server:
        async with FakeTimeClient() as client:
            question = asyncio.create_task(client.get(server.address))
            while not server.requests:
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.02)
            question.cancel()
            with pytest.raises(asyncio.CancelledError):
                await question
            assert "failed after 0 ms: CancelledError" in client.log.to_text()


async def test_wait_can_be_cancelled_and_another_request_sent() -> None:
    waiting = asyncio.Event()

    async def sleep(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    with Server(in_sequence(Reply(status=500), FEED)) as server:
        async with FakeTimeClient(sleep=sleep) as client:
            question = asyncio.create_task(client.get(server.address))
            await waiting.wait()
            question.cancel()
            with pytest.raises(asyncio.CancelledError):
                await question
            assert (await client.get(server.address)).body == FEED.body
