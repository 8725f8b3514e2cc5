from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Any

import pytest

from importai_tui import __version__
from importai_tui.errors import Offline, SyncTrouble
from importai_tui.web.account import Account
from importai_tui.web.answers import Answer
from importai_tui.web.waiting import Setback, Trouble
from importai_tui.web.wire import Timeouts, Wire
from tests.web.asking import SHORT, Clock, speaking
from tests.web.server import Reply, Server

LARGEST = 100_000


async def answer_of(server: Server, validators: Mapping[str, str] | None = None, **settings: Any) -> Answer:
    async with Wire(SHORT, Account(), Clock()) as wire:
        return await wire.exchange(f"{server.address}/feed", validators or {}, largest=LARGEST, **settings)


async def test_a_request_says_who_asks_and_nothing_of_who_reads() -> None:
    with Server(lambda _: Reply(b"otters")) as server:
        await answer_of(server)
    (asked,) = server.asked
    assert asked.method == "GET"
    assert asked.headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": f"importai-tui/{__version__} (reader for the newsletter Import AI; one user; obeys Retry-After)",
        "accept": "application/rss+xml, application/xml, application/json, */*;q=0.1",
        "accept-encoding": "gzip",
    }


async def test_an_answer_has_its_status_headers_and_unpacked_body() -> None:
    with Server(lambda _: Reply(b"otters" * 100, headers={"ETag": 'W/"a"'}, gzipped=True, reason="Fine")) as server:
        answer = await answer_of(server)
    assert (answer.status, answer.reason, answer.body) == (200, "Fine", b"otters" * 100)
    assert answer.headers["etag"] == 'W/"a"'
    assert answer.url == f"{server.address}/feed"


async def test_validators_go_out_verbatim() -> None:
    with Server(lambda _: Reply(status=304)) as server:
        answer = await answer_of(server, {"If-None-Match": 'W/"a"', "If-Modified-Since": "yesterday"})
    assert (answer.status, answer.body) == (304, b"")
    assert server.asked[0].headers["if-none-match"] == 'W/"a"'
    assert server.asked[0].headers["if-modified-since"] == "yesterday"


async def test_a_cookie_is_neither_kept_nor_sent_back() -> None:
    with Server(lambda _: Reply(b"otters", headers={"Set-Cookie": "id=1; Path=/"})) as server:
        async with Wire(SHORT, Account(), Clock()) as wire:
            answers = [await wire.exchange(f"{server.address}/feed", {}, largest=LARGEST) for _ in range(3)]
    assert [asked.headers.get("cookie") for asked in server.asked] == [None] * 3
    assert "set-cookie" not in answers[0].headers


async def test_requests_and_packed_bytes_are_counted() -> None:
    packed = gzip.compress(b"otters" * 100, compresslevel=1, mtime=0)
    with Server(lambda _: Reply(b"otters" * 100, gzipped=True)) as server:
        async with Wire(SHORT, Account(), Clock()) as wire:
            for _ in range(2):
                await wire.exchange(f"{server.address}/feed", {}, largest=LARGEST)
            assert (wire.requests, wire.bytes) == (2, 2 * len(packed))


@pytest.mark.parametrize("cut", [0, 50])
async def test_an_answer_that_breaks_off_may_be_whole_the_next_time(cut: int) -> None:
    with Server(lambda _: Reply(b"x" * 100, cut=cut)) as server, pytest.raises(Setback, match="whole answer") as broken:
        await answer_of(server)
    assert broken.value.trouble is Trouble.BROKEN


async def test_packed_bytes_that_end_in_the_middle_may_be_whole_the_next_time() -> None:
    reply = Reply(gzip.compress(b"otters" * 100)[:-5], headers={"Content-Encoding": "gzip"})
    with Server(lambda _: reply) as server, pytest.raises(Setback, match="whole answer"):
        await answer_of(server)


async def test_bytes_of_an_answer_that_broke_off_are_counted() -> None:
    with Server(lambda _: Reply(b"x" * 100, cut=50)) as server:
        async with Wire(SHORT, Account(), Clock()) as wire:
            with pytest.raises(Setback):
                await wire.exchange(f"{server.address}/feed", {}, largest=LARGEST)
            assert wire.bytes == 50


async def test_a_source_that_falls_silent_may_speak_the_next_time() -> None:
    with Server(lambda _: Reply(silent=True)) as server:
        async with Wire(Timeouts(connect=5, read=0.05, total=5), Account(), Clock()) as wire:
            with pytest.raises(Setback, match="fell silent"):
                await wire.exchange(server.address, {}, largest=LARGEST)


async def test_a_larger_answer_than_any_feed_is_refused() -> None:
    with (
        Server(lambda _: Reply(b"x" * (LARGEST + 1))) as server,
        pytest.raises(SyncTrouble, match=r"more than 0\.1 MB"),
    ):
        await answer_of(server)


async def test_a_larger_answer_is_refused_also_where_no_length_is_announced() -> None:
    chunk = b"%x\r\n%s\r\n" % (LARGEST + 1, b"x" * (LARGEST + 1))
    reply = Reply(chunk + b"0\r\n\r\n", headers={"Transfer-Encoding": "chunked"})
    with Server(lambda _: reply) as server, pytest.raises(SyncTrouble, match="more than"):
        await answer_of(server)


async def test_an_answer_in_a_packing_that_was_not_asked_for_is_refused() -> None:
    reply = Reply(b"x", headers={"Content-Encoding": "br"})
    with Server(lambda _: reply) as server, pytest.raises(SyncTrouble, match="not asked for"):
        await answer_of(server)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"x" * 1_000_000, status=500),
        Reply(b"%x\r\n%s\r\n0\r\n\r\n" % (90_000, b"x" * 90_000), 500, {"Transfer-Encoding": "chunked"}),
        Reply(b"x", status=500, headers={"Content-Encoding": "br"}),
        Reply(b"not packed", status=500, headers={"Content-Encoding": "gzip"}),
        Reply(b"x" * 100, status=500, cut=50),
    ],
)
async def test_a_failure_is_told_by_its_status_whatever_its_body(reply: Reply) -> None:
    with Server(lambda _: reply) as server:
        answer = await answer_of(server)
    assert answer.status == 500
    assert len(answer.body) <= 64_001


async def test_where_nobody_listens_one_is_offline() -> None:
    with Server(lambda _: Reply()) as server:
        pass
    with pytest.raises(Offline, match="no connection leads there"):
        await answer_of(server)


async def test_an_address_that_the_library_refuses_is_told_as_trouble() -> None:
    async with Wire(SHORT, Account(), Clock()) as wire:
        with pytest.raises(SyncTrouble, match="cannot be asked like this"):
            await wire.exchange("https://news.example/" + "x" * 70_000, {}, largest=LARGEST)


async def test_a_source_without_a_secure_connection_is_not_taken_for_the_network() -> None:
    with speaking(b"HTTP/1.1 400 Bad Request\r\n\r\n") as (port, _):
        async with Wire(SHORT, Account(), Clock()) as wire:
            with pytest.raises(SyncTrouble, match="no secure connection") as told:
                await wire.exchange(f"https://127.0.0.1:{port}/", {}, largest=LARGEST)
    assert not isinstance(told.value, Offline | Setback)


async def test_a_secure_connection_that_is_taken_away_may_hold_the_next_time() -> None:
    with speaking(b"") as (port, _):
        async with Wire(SHORT, Account(), Clock()) as wire:
            with pytest.raises(Setback, match="broke off the connection"):
                await wire.exchange(f"https://127.0.0.1:{port}/", {}, largest=LARGEST)


async def test_a_connection_goes_to_the_checked_address_and_still_asks_for_the_name() -> None:
    with Server(lambda _: Reply(b"otters")) as server:
        server.address = f"http://news.example:{server.port}"
        answer = await answer_of(server, place="127.0.0.1")
    assert answer.body == b"otters"
    assert answer.url == f"http://news.example:{server.port}/feed"
    assert server.asked[0].headers["host"] == f"news.example:{server.port}"


async def test_a_connection_to_a_checked_address_serves_no_other_name() -> None:
    with speaking(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", times=2, stays=True) as (port, heard):
        async with Wire(SHORT, Account(), Clock()) as wire:
            for host in ("one.example", "two.example"):
                await wire.exchange(f"http://{host}:{port}/", {}, largest=LARGEST, place="127.0.0.1")
    assert len(heard) == 2


async def test_the_certificate_that_is_asked_for_is_the_names() -> None:
    with speaking(b"") as (port, heard):
        async with Wire(SHORT, Account(), Clock()) as wire:
            with pytest.raises(SyncTrouble):
                await wire.exchange(f"https://news.example:{port}/", {}, largest=LARGEST, place="127.0.0.1")
    assert b"news.example" in heard[0]


async def test_a_proxy_is_asked_in_place_of_the_source() -> None:
    with Server(lambda _: Reply(b"otters")) as proxy:
        async with Wire(SHORT, Account(), Clock()) as wire:
            answer = await wire.exchange("http://news.example/feed", {}, largest=LARGEST, proxy=proxy.address)
    assert answer.body == b"otters"
    assert proxy.asked[0].headers["host"] == "news.example"


async def test_a_proxy_that_refuses_is_named_without_its_password() -> None:
    with Server(lambda _: Reply(status=407)) as proxy:
        address = proxy.address.replace("//", "//user:secret@")
        async with Wire(SHORT, Account(), Clock()) as wire:
            with pytest.raises(SyncTrouble, match=rf"^The proxy 127\.0\.0\.1:{proxy.port} ") as told:
                await wire.exchange("https://news.example/feed", {}, largest=LARGEST, proxy=address)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("proxy", ["socks4://user:secret@127.0.0.1:1", "http://[::1"])
async def test_a_proxy_that_cannot_be_used_is_told_as_one(proxy: str) -> None:
    async with Wire(SHORT, Account(), Clock()) as wire:
        with pytest.raises(SyncTrouble, match=r"^The proxy .* cannot be used") as told:
            await wire.exchange("https://news.example/feed", {}, largest=LARGEST, proxy=proxy)
    assert "secret" not in str(told.value)


async def test_what_speaks_no_http_gives_no_answer() -> None:
    with speaking(b"220 mail.example ready\r\n") as (port, _):
        async with Wire(SHORT, Account(), Clock()) as wire:
            with pytest.raises(Setback, match="whole answer"):
                await wire.exchange(f"http://127.0.0.1:{port}/", {}, largest=LARGEST)


async def test_each_exchange_is_in_the_account() -> None:
    account = Account()
    with Server(lambda asked: Reply(b"x" * 100, cut=None if asked.path == "/a" else 50)) as server:
        async with Wire(SHORT, account, Clock()) as wire:
            await wire.exchange(f"{server.address}/a", {"If-None-Match": "b"}, largest=LARGEST)
            with pytest.raises(Setback):
                await wire.exchange(f"{server.address}/b", {}, largest=LARGEST)
    written = account.written()
    assert f"1. GET {server.address}/a (if-none-match)\n   200 after 0 ms\n   content-length: 100\n" in written
    assert "   ended after 0 ms: 100 bytes on the wire, 100 unpacked\n2. GET" in written
    assert "   failed after 0 ms: RemoteProtocolError" in written
