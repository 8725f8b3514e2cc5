from __future__ import annotations

import pytest

from importai_tui.errors import OfflineError, RedirectOfflineError, SyncError
from importai_tui.http.addresses import get_endpoint
from importai_tui.http.responses import Response
from tests.http.clients import FEED, FakeTimeClient, FakeTransport, error_message_for
from tests.http.server import Handler, Reply, Request, Server


def moving(to: str, status: int = 301) -> Handler:
    """A server on which /feed has moved; the rest is the feed."""
    return lambda request: Reply(status=status, headers={"Location": to}) if request.path == "/feed" else FEED


async def test_redirect_within_a_host_is_followed() -> None:
    with Server(moving("/new?a=b")) as server:
        async with FakeTimeClient() as client:
            response = await client.get(f"{server.address}/feed")
            assert client.http.request_count == 2
    assert (response.body, response.url) == (FEED.body, f"{server.address}/new?a=b")
    assert response.moved_to is None


@pytest.mark.parametrize(("status", "remembered"), [(301, True), (308, True), (302, False), (303, False), (307, False)])
async def test_permanent_redirect_sets_moved_to(status: int, remembered: bool) -> None:
    with Server(lambda _: FEED) as new, Server(moving(f"{new.address}/feed?a=b", status)) as old:
        async with FakeTimeClient(trusted=[get_endpoint(new.address)]) as client:
            response = await client.get(f"{old.address}/feed?a=b")
    assert response.body == FEED.body
    assert response.moved_to == (f"{new.address}/feed?a=b" if remembered else None)


async def test_temporary_step_clears_moved_to() -> None:
    with (
        Server(lambda _: FEED) as new,
        Server(moving(f"{new.address}/feed", 302)) as middle,
        Server(moving(f"{middle.address}/feed")) as old,
    ):
        async with FakeTimeClient(trusted=[get_endpoint(new.address), get_endpoint(middle.address)]) as client:
            response = await client.get(f"{old.address}/feed")
    assert (response.url, response.moved_to) == (f"{new.address}/feed", None)


async def test_missing_target_clears_moved_to() -> None:
    with Server(lambda _: Reply(status=404)) as new, Server(moving(f"{new.address}/feed")) as old:
        async with FakeTimeClient(trusted=[get_endpoint(new.address)]) as client:
            assert (await client.get(f"{old.address}/feed")).moved_to is None


@pytest.mark.parametrize("named", [[], ["127.0.0.1"], ["127.0.0.1:80"]])
async def test_redirect_to_another_loopback_port_is_refused(named: list[str]) -> None:
    with Server(lambda _: FEED) as other, Server(moving(f"{other.address}/feed")) as server:
        async with FakeTimeClient(trusted=named) as client:
            with pytest.raises(SyncError, match=r"to another port of 127\.0\.0\.1, which"):
                await client.get(f"{server.address}/feed")
    assert not other.requests


async def test_redirect_to_localhost_is_refused_without_a_request() -> None:
    with Server(lambda _: FEED) as other, Server(moving(f"http://localhost:{other.port}/feed")) as server:
        async with FakeTimeClient() as client:
            with pytest.raises(SyncError, match="to localhost, which isn't on the public internet"):
                await client.get(f"{server.address}/feed")
    assert not other.requests


async def test_redirect_to_a_trusted_host_is_followed() -> None:
    with Server(lambda _: FEED) as other, Server(moving(f"http://localhost:{other.port}/feed")) as server:
        async with FakeTimeClient(trusted=[f"LocalHost:{other.port}"]) as client:
            response = await client.get(f"{server.address}/feed")
    assert response.moved_to == f"http://localhost:{other.port}/feed"


async def test_host_can_be_trusted_later() -> None:
    with Server(lambda _: FEED) as other, Server(moving(f"http://localhost:{other.port}/feed")) as server:
        async with FakeTimeClient() as client:
            client.http.trust(f"localhost:{other.port}")
            assert (await client.get(f"{server.address}/feed")).body == FEED.body


@pytest.mark.parametrize(
    "target",
    [
        "https://169.254.169.254/latest",
        "https://10.0.0.1/",
        "https://[::1]/",
        "http://news.example/feed",
        "ftp://news.example/feed",
        "https://user:secret@news.example/",
        "https://private.example/feed",
    ],
)
async def test_unsafe_redirect_is_reported_and_not_followed(target: str) -> None:
    async def resolve(_: str, __: int) -> list[str]:
        return ["8.8.8.8", "10.0.0.1"]

    client = FakeTimeClient(resolve=resolve, proxy=lambda _: None)
    message = await error_message_for(Reply(status=301, headers={"Location": target}), client=client)
    assert message.startswith("127.0.0.1 redirects ")
    assert client.http.request_count == 1


async def test_redirect_cycle_stops_at_the_first_address() -> None:
    client = FakeTimeClient()
    assert "in a loop" in await error_message_for(
        Reply(status=302, headers={"Location": "/feed?token=secret"}), client=client
    )
    assert client.http.request_count == 1


async def test_redirects_are_limited() -> None:
    def handler(request: Request) -> Reply:
        return Reply(status=302, headers={"Location": f"/feed?n={int(request.query.get('n', 0)) + 1}"})

    with Server(handler) as server:
        async with FakeTimeClient() as client:
            with pytest.raises(SyncError, match="in a loop"):
                await client.get(f"{server.address}/feed")
    assert len(server.requests) == 6


async def test_redirect_without_location_is_reported() -> None:
    assert "301" in await error_message_for(Reply(status=301))


async def test_client_refuses_redirect_from_https_to_http() -> None:
    transport = FakeTransport(lambda url: Response(301, {"location": "http://news.example/feed"}, b"", url))
    with pytest.raises(SyncError, match="from https to http"):
        await FakeTimeClient(transport=transport, proxy=lambda _: None).get("https://news.example/feed")
    assert len(transport.calls) == 1


def moved_out(url: str) -> Response:
    """News has moved to another host."""
    if url.startswith("https://news.example"):
        return Response(301, {"location": url.replace("news", "new")}, b"", url)
    return Response(200, {}, FEED.body, url)


async def test_connection_uses_the_checked_addresses() -> None:
    async def resolve(_: str, __: int) -> list[str]:
        return ["8.8.8.8"]

    transport = FakeTransport(moved_out)
    response = await FakeTimeClient(transport=transport, resolve=resolve, proxy=lambda _: None).get(
        "https://news.example/feed"
    )
    assert transport.calls == [("https://news.example/feed", "", None), ("https://new.example/feed", "8.8.8.8", None)]
    assert response.moved_to == "https://new.example/feed"


async def test_next_address_is_tried_if_one_is_unreachable() -> None:
    async def resolve(_: str, __: int) -> list[str]:
        return ["2001:4860:4860::8888", "8.8.8.8"]

    def responses(url: str) -> Response | Exception:
        return OfflineError("no") if len(transport.calls) == 2 else moved_out(url)

    transport = FakeTransport(responses)
    await FakeTimeClient(transport=transport, resolve=resolve, proxy=lambda _: None).get("https://news.example/feed")
    assert [place for _, place, _ in transport.calls] == ["", "2001:4860:4860::8888", "8.8.8.8"]


async def test_redirect_to_an_unknown_host_is_offline() -> None:
    async def resolve(_: str, __: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(RedirectOfflineError, match=r"Can't reach the host that news\.example redirects to"):
        await FakeTimeClient(transport=FakeTransport(moved_out), resolve=resolve, proxy=lambda _: None).get(
            "https://news.example/feed"
        )


async def test_proxy_is_used_for_every_redirect() -> None:
    transport = FakeTransport(moved_out)
    await FakeTimeClient(transport=transport, proxy=lambda _: "http://proxy.example:3128").get(
        "https://news.example/feed"
    )
    assert [(place, proxy) for _, place, proxy in transport.calls] == [("", "http://proxy.example:3128")] * 2
