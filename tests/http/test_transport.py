from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Any

import pytest

from importai_tui import __version__
from importai_tui.errors import OfflineError, SyncError
from importai_tui.http.request_log import RequestLog
from importai_tui.http.responses import Response
from importai_tui.http.retry import FailureKind, RetryableError
from importai_tui.http.transport import Timeouts, Transport
from tests.http.clients import SHORT, FakeClock, raw_server
from tests.http.server import Reply, Server

MAX_BYTES = 100_000


async def send(server: Server, validators: Mapping[str, str] | None = None, **settings: Any) -> Response:
    async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
        return await transport.send(f"{server.address}/feed", validators or {}, max_bytes=MAX_BYTES, **settings)


async def test_request_headers_are_complete() -> None:
    with Server(lambda _: Reply(b"otters")) as server:
        await send(server)
    (request,) = server.requests
    assert request.method == "GET"
    assert request.headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": f"importai-tui/{__version__} (reader for the newsletter Import AI; one user; obeys Retry-After)",
        "accept": "application/rss+xml, application/xml, application/json, */*;q=0.1",
        "accept-encoding": "gzip",
    }


async def test_response_has_status_headers_and_decoded_body() -> None:
    with Server(lambda _: Reply(b"otters" * 100, headers={"ETag": 'W/"a"'}, gzipped=True, reason="Fine")) as server:
        response = await send(server)
    assert (response.status, response.reason, response.body) == (200, "Fine", b"otters" * 100)
    assert response.headers["etag"] == 'W/"a"'
    assert response.url == f"{server.address}/feed"


async def test_validators_are_sent_verbatim() -> None:
    with Server(lambda _: Reply(status=304)) as server:
        response = await send(server, {"If-None-Match": 'W/"a"', "If-Modified-Since": "yesterday"})
    assert (response.status, response.body) == (304, b"")
    assert server.requests[0].headers["if-none-match"] == 'W/"a"'
    assert server.requests[0].headers["if-modified-since"] == "yesterday"


async def test_cookies_are_dropped() -> None:
    with Server(lambda _: Reply(b"otters", headers={"Set-Cookie": "id=1; Path=/"})) as server:
        async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
            responses = [await transport.send(f"{server.address}/feed", {}, max_bytes=MAX_BYTES) for _ in range(3)]
    assert [request.headers.get("cookie") for request in server.requests] == [None] * 3
    assert "set-cookie" not in responses[0].headers


async def test_requests_and_wire_bytes_are_counted() -> None:
    packed = gzip.compress(b"otters" * 100, compresslevel=1, mtime=0)
    with Server(lambda _: Reply(b"otters" * 100, gzipped=True)) as server:
        async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
            for _ in range(2):
                await transport.send(f"{server.address}/feed", {}, max_bytes=MAX_BYTES)
            assert (transport.request_count, transport.byte_count) == (2, 2 * len(packed))


@pytest.mark.parametrize("cut", [0, 50])
async def test_truncated_response_is_retryable(cut: int) -> None:
    with (
        Server(lambda _: Reply(b"x" * 100, cut=cut)) as server,
        pytest.raises(RetryableError, match="incomplete response") as broken,
    ):
        await send(server)
    assert broken.value.kind is FailureKind.BROKEN


async def test_truncated_gzip_response_is_retryable() -> None:
    reply = Reply(gzip.compress(b"otters" * 100)[:-5], headers={"Content-Encoding": "gzip"})
    with Server(lambda _: reply) as server, pytest.raises(RetryableError, match="incomplete response"):
        await send(server)


async def test_bytes_of_a_truncated_response_are_counted() -> None:
    with Server(lambda _: Reply(b"x" * 100, cut=50)) as server:
        async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
            with pytest.raises(RetryableError):
                await transport.send(f"{server.address}/feed", {}, max_bytes=MAX_BYTES)
            assert transport.byte_count == 50


async def test_read_timeout_is_retryable() -> None:
    with Server(lambda _: Reply(silent=True)) as server:
        async with Transport(Timeouts(connect=5, read=0.05, total=5), RequestLog(), FakeClock()) as transport:
            with pytest.raises(RetryableError, match="stopped responding"):
                await transport.send(server.address, {}, max_bytes=MAX_BYTES)


async def test_response_beyond_the_limit_is_refused() -> None:
    with (
        Server(lambda _: Reply(b"x" * (MAX_BYTES + 1))) as server,
        pytest.raises(SyncError, match=r"more than 0\.1 MB"),
    ):
        await send(server)


async def test_chunked_response_beyond_the_limit_is_refused() -> None:
    chunk = b"%x\r\n%s\r\n" % (MAX_BYTES + 1, b"x" * (MAX_BYTES + 1))
    reply = Reply(chunk + b"0\r\n\r\n", headers={"Transfer-Encoding": "chunked"})
    with Server(lambda _: reply) as server, pytest.raises(SyncError, match="more than"):
        await send(server)


async def test_response_with_other_content_coding_is_refused() -> None:
    reply = Reply(b"x", headers={"Content-Encoding": "br"})
    with Server(lambda _: reply) as server, pytest.raises(SyncError, match="unsupported compression"):
        await send(server)


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
async def test_error_page_is_read_without_errors(reply: Reply) -> None:
    with Server(lambda _: reply) as server:
        response = await send(server)
    assert response.status == 500
    assert len(response.body) <= 64_001


async def test_closed_port_is_offline() -> None:
    with Server(lambda _: Reply()) as server:
        pass
    with pytest.raises(OfflineError, match="connection refused"):
        await send(server)


async def test_address_that_httpx2_refuses_is_reported() -> None:
    async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
        with pytest.raises(SyncError, match="can't be contacted"):
            await transport.send("https://news.example/" + "x" * 70_000, {}, max_bytes=MAX_BYTES)


async def test_missing_tls_is_not_reported_as_offline() -> None:
    with raw_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as (port, _):
        async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
            with pytest.raises(SyncError, match="isn't secure") as caught:
                await transport.send(f"https://127.0.0.1:{port}/", {}, max_bytes=MAX_BYTES)
    assert not isinstance(caught.value, OfflineError | RetryableError)


async def test_closed_tls_connection_is_retryable() -> None:
    with raw_server(b"") as (port, _):
        async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
            with pytest.raises(RetryableError, match="closed the connection"):
                await transport.send(f"https://127.0.0.1:{port}/", {}, max_bytes=MAX_BYTES)


async def test_pinned_request_sends_the_host_name() -> None:
    with Server(lambda _: Reply(b"otters")) as server:
        server.address = f"http://news.example:{server.port}"
        response = await send(server, ip_address="127.0.0.1")
    assert response.body == b"otters"
    assert response.url == f"http://news.example:{server.port}/feed"
    assert server.requests[0].headers["host"] == f"news.example:{server.port}"


async def test_pinned_connection_is_not_reused() -> None:
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", times=2, keep_open=True) as (port, heard):
        async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
            for host in ("one.example", "two.example"):
                await transport.send(f"http://{host}:{port}/", {}, max_bytes=MAX_BYTES, ip_address="127.0.0.1")
    assert len(heard) == 2


async def test_pinned_tls_connection_uses_the_host_name() -> None:
    with raw_server(b"") as (port, heard):
        async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
            with pytest.raises(SyncError):
                await transport.send(f"https://news.example:{port}/", {}, max_bytes=MAX_BYTES, ip_address="127.0.0.1")
    assert b"news.example" in heard[0]


async def test_request_goes_through_the_proxy() -> None:
    with Server(lambda _: Reply(b"otters")) as proxy:
        async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
            response = await transport.send("http://news.example/feed", {}, max_bytes=MAX_BYTES, proxy=proxy.address)
    assert response.body == b"otters"
    assert proxy.requests[0].headers["host"] == "news.example"


async def test_refusing_proxy_is_named_without_password() -> None:
    with Server(lambda _: Reply(status=407)) as proxy:
        address = proxy.address.replace("//", "//user:secret@")
        async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
            with pytest.raises(SyncError, match=rf"^The proxy 127\.0\.0\.1:{proxy.port} ") as caught:
                await transport.send("https://news.example/feed", {}, max_bytes=MAX_BYTES, proxy=address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["socks4://user:secret@127.0.0.1:1", "http://[::1"])
async def test_unusable_proxy_is_reported(proxy: str) -> None:
    async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
        with pytest.raises(SyncError, match=r"^The proxy .* is of an unsupported type") as caught:
            await transport.send("https://news.example/feed", {}, max_bytes=MAX_BYTES, proxy=proxy)
    assert "secret" not in str(caught.value)


async def test_non_http_server_is_retryable() -> None:
    with raw_server(b"220 mail.example ready\r\n") as (port, _):
        async with Transport(SHORT, RequestLog(), FakeClock()) as transport:
            with pytest.raises(RetryableError, match="incomplete response"):
                await transport.send(f"http://127.0.0.1:{port}/", {}, max_bytes=MAX_BYTES)


async def test_requests_are_logged() -> None:
    log = RequestLog()
    with Server(lambda request: Reply(b"x" * 100, cut=None if request.path == "/a" else 50)) as server:
        async with Transport(SHORT, log, FakeClock()) as transport:
            await transport.send(f"{server.address}/a", {"If-None-Match": "b"}, max_bytes=MAX_BYTES)
            with pytest.raises(RetryableError):
                await transport.send(f"{server.address}/b", {}, max_bytes=MAX_BYTES)
    written = log.to_text()
    assert f"1. GET {server.address}/a (if-none-match)\n   200 after 0 ms\n   content-length: 100\n" in written
    assert "   ended after 0 ms: 100 bytes on the wire, 100 unpacked\n2. GET" in written
    assert "   failed after 0 ms: RemoteProtocolError" in written
