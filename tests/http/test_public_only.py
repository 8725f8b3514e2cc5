"""A client for addresses that a newsletter names: only public hosts, only https, short waits, cut bodies."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence

import pytest

from importai_tui.errors import BusyError, OfflineError, RefusedAddressError, SyncError, UnusableResponseError
from importai_tui.http.addresses import get_endpoint
from importai_tui.http.responses import Response
from tests.http.clients import FEED, FakeTimeClient, FakeTransport
from tests.http.server import Reply, Server

PUBLIC, OTHER_PUBLIC, PRIVATE = "93.184.215.14", "8.8.8.8", "10.0.0.5"


def make_client(respond: object = None, *lookups: Sequence[str], **settings: object) -> FakeTimeClient:
    """Return a client for public hosts; each look-up of a name gives the next of these answers, the last one again."""
    answers = list(lookups or [(PUBLIC,)])

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    transport = FakeTransport(respond or (lambda url: Response(200, {}, b"x", url)))  # type: ignore[arg-type]
    return FakeTimeClient(public_only=True, resolve=resolve, transport=transport, **settings)


def calls(client: FakeTimeClient) -> list[tuple[str, str, str | None]]:
    """Return URL, IP address and proxy of each request."""
    transport = client.http._transport
    assert isinstance(transport, FakeTransport)
    return transport.calls


LOCAL_ADDRESSES = [
    "http://127.0.0.1/",
    "https://127.0.0.1:8080/x",
    "https://localhost/",
    "https://a.localhost/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://10.0.0.1/",
    "https://192.168.1.1/admin",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
]


@pytest.mark.parametrize("proxied", [False, True])
@pytest.mark.parametrize("url", LOCAL_ADDRESSES)
async def test_private_address_is_never_contacted(url: str, proxied: bool) -> None:
    async with make_client(proxy=lambda _: "http://proxy.example:3128" if proxied else None) as client:
        with pytest.raises(RefusedAddressError):
            await client.get(url)
        assert calls(client) == []


@pytest.mark.parametrize("addresses", [(PRIVATE,), (PUBLIC, PRIVATE), ("::1",), ("169.254.169.254",), ()])
async def test_name_of_a_private_address_is_refused(addresses: tuple[str, ...]) -> None:
    async with make_client(None, addresses) as client:
        with pytest.raises(RefusedAddressError, match=r"inside\.example isn't on the public internet"):
            await client.get("https://inside.example/")
        assert calls(client) == []


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "javascript:alert(1)", "file:///etc/passwd", "https://u:p@a.example"]
)
async def test_other_schemes_and_logins_are_refused(url: str) -> None:
    async with make_client() as client:
        with pytest.raises(RefusedAddressError, match="Not opened"):
            await client.get(url)


async def test_connection_goes_to_the_checked_address() -> None:
    """A name server that changes its answer between check and connection (DNS rebinding) reaches nothing."""
    async with make_client(None, (PUBLIC,), (PRIVATE,)) as client:
        await client.get("https://rebinding.example/")
        assert calls(client) == [("https://rebinding.example/", PUBLIC, None)]
        with pytest.raises(RefusedAddressError):
            await client.get("https://rebinding.example/")


def redirecting(target: str) -> object:
    return lambda url: (
        Response(302, {"location": target}, b"", url) if url.endswith("/old") else Response(200, {}, b"x", url)
    )


@pytest.mark.parametrize("target", LOCAL_ADDRESSES)
async def test_redirect_to_a_private_address_is_refused(target: str) -> None:
    async with make_client(redirecting(target)) as client:
        with pytest.raises(UnusableResponseError, match="not followed"):
            await client.get("https://a.example/old")
        assert len(calls(client)) == 1


async def test_redirect_to_own_host_is_looked_up_again() -> None:
    async with make_client(redirecting("/new"), (PUBLIC,), (PRIVATE,)) as client:
        with pytest.raises(UnusableResponseError):
            await client.get("https://a.example/old")
        assert len(calls(client)) == 1


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://a.example/x?y=1#z", "https://a.example/x?y=1"),
        ("http://a.example:80/", "https://a.example/"),
        ("http://a.example:8080/", "https://a.example:8080/"),
    ],
)
async def test_plain_http_is_asked_as_https(url: str, asked: str) -> None:
    async with make_client() as client:
        assert (await client.get(url)).url == asked


async def test_redirect_to_plain_http_is_asked_as_https() -> None:
    async with make_client(redirecting("http://b.example/new"), (PUBLIC,), (OTHER_PUBLIC,)) as client:
        assert (await client.get("https://a.example/old")).url == "https://b.example/new"
        assert calls(client)[1][1] == OTHER_PUBLIC


async def test_unknown_host_is_offline() -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no name server")

    client = FakeTimeClient(public_only=True, resolve=resolve, transport=FakeTransport(lambda _: AssertionError()))
    async with client:
        with pytest.raises(OfflineError, match=r"Can't reach a\.example"):
            await client.get("https://a.example/")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(lambda request: Reply(b"x" * 50_000, gzipped=request.path == "/gzip")) as server:
        yield server


async def test_loopback_must_be_trusted(server: Server) -> None:
    async with FakeTimeClient(public_only=True) as client:
        with pytest.raises(RefusedAddressError):
            await client.get(server.address)
    assert server.requests == []
    async with FakeTimeClient(public_only=True, trusted=[get_endpoint(server.address)]) as client:
        assert len((await client.get(server.address)).body) == 50_000


@pytest.mark.parametrize("path", ["/plain", "/gzip"])
async def test_large_body_is_cut_if_asked(server: Server, path: str) -> None:
    async with FakeTimeClient() as client:
        with pytest.raises(SyncError, match="too much to download"):
            await client.get(server.address + path, max_bytes=1_000)
        response = await client.get(server.address + path, max_bytes=1_000, truncate=True)
        assert response.body == b"x" * 1_000
        assert len((await client.get(server.address + path, max_bytes=60_000, truncate=True)).body) == 50_000


async def test_cut_body_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    with Server(lambda _: Reply(bomb, headers={"Content-Encoding": "gzip"})) as server:
        async with FakeTimeClient() as client:
            assert len((await client.get(server.address, max_bytes=5_000, truncate=True)).body) == 5_000
            assert client.http.byte_count < len(bomb) + 1


async def test_headers_name_format_and_contact(server: Server) -> None:
    async with FakeTimeClient(contact="ada@example.org") as client:
        await client.get(server.address, accept="application/json")
    (request,) = server.requests
    assert request.headers["accept"] == "application/json"
    assert "; mailto:ada@example.org)" in request.headers["user-agent"]
    assert "cookie" not in request.headers


async def test_cookies_are_not_sent_back() -> None:
    with Server(lambda _: Reply(FEED.body, headers={"Set-Cookie": "id=1"})) as server:
        async with FakeTimeClient() as client:
            for _ in range(2):
                await client.get(server.address)
        assert all("cookie" not in request.headers for request in server.requests)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "4102444800"},
        {"retry-after": "600"},
        {"ratelimit": '"api";r=0;t=600', "ratelimit-policy": '"api";q=500;w=300'},
    ],
)
@pytest.mark.parametrize("status", [403, 429])
async def test_used_up_limit_ends_at_its_reset(status: int, headers: dict[str, str]) -> None:
    def respond(url: str) -> Response:
        return Response(status, {"content-type": "application/json", **headers}, b"{}", url)

    async with make_client(respond) as client:
        with pytest.raises(BusyError, match=r"asks for a pause of .* Try again after 20\d\d-"):
            await client.get("https://a.example/")
        assert len(calls(client)) == 1


async def test_wait_beyond_the_limit_is_an_error() -> None:
    async with make_client(lambda url: Response(429, {"retry-after": "6"}, b"", url), max_wait=5.0) as client:
        with pytest.raises(BusyError, match="asks for a pause of 6 s"):
            await client.get("https://a.example/")
        assert client.clock.sleeps == []
