"""Fakes for tests of the HTTP client: a clock without waiting, a transport without network, a raw socket server."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from importai_tui.errors import SyncError
from importai_tui.http.client import HttpClient
from importai_tui.http.request_log import RequestLog
from importai_tui.http.responses import Response
from importai_tui.http.transport import Timeouts, Transport
from tests.http.server import Handler, Reply, Server

SHORT = Timeouts(connect=5.0, read=5.0, total=5.0)
"""Far longer than a local request takes, so only a failing test reaches them."""


FEED = Reply(b"<rss><channel/></rss>", headers={"Content-Type": "application/xml"})


class FakeClock:
    """A clock that advances only in `sleep`; `slept` lists the seconds of each sleep."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


class FakeTimeClient:
    """An HTTP client on a fake clock. `waits` lists its messages; without jitter the backoff is 2, 4, 8 s."""

    def __init__(self, **settings: Any) -> None:
        self.clock = FakeClock()
        self.waits: list[str] = []
        self.log = RequestLog()
        defaults: dict[str, Any] = {"timeouts": SHORT, "jitter": lambda: 0.5, "request_log": self.log}
        defaults |= {"sleep": self.clock.sleep, "clock": self.clock, "on_wait": self.waits.append}
        self.http = HttpClient(**defaults | settings)

    async def __aenter__(self) -> FakeTimeClient:
        await self.http.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.__aexit__()

    async def get(self, url: str, **settings: Any) -> Response:
        return await self.http.get(url, **settings)


def in_sequence(*replies: Reply) -> Handler:
    """Return a handler that gives one reply after the other and repeats the last one."""
    remaining = list(replies)
    return lambda _: remaining.pop(0) if len(remaining) > 1 else remaining[0]


async def error_message_for(*replies: Reply, client: FakeTimeClient | None = None) -> str:
    """Return the error message of a request that gets these replies."""
    with Server(in_sequence(*replies)) as server:
        async with client or FakeTimeClient() as opened:
            with pytest.raises(SyncError) as caught:
                await opened.get(f"{server.address}/feed?token=secret")
    assert "secret" not in str(caught.value)
    return str(caught.value)


class FakeTransport(Transport):
    """A transport without network, for hosts other than loopback; `sent` lists URL, IP address and proxy."""

    def __init__(self, respond: Callable[[str], Response | Exception]) -> None:
        super().__init__(SHORT, RequestLog(), FakeClock())
        self._respond = respond
        self.calls: list[tuple[str, str, str | None]] = []

    async def send(
        self,
        url: str,
        validators: Mapping[str, str],  # noqa: ARG002  (signature of the base class)
        *,
        proxy: str | None = None,
        ip_address: str = "",
        **_: object,
    ) -> Response:
        await asyncio.sleep(0)  # lets other tasks run, as a network would
        self.request_count += 1
        self.calls.append((url, ip_address, proxy))
        response = self._respond(url)
        if isinstance(response, Exception):
            raise response
        return response


@contextmanager
def raw_server(reply: bytes, *, times: int = 1, keep_open: bool = False) -> Iterator[tuple[int, list[bytes]]]:
    """Send the same bytes on each of `times` connections; yields the port and what arrived first on each connection.

    With `keep_open`, the connection stays open until the client closes it.
    """
    received: list[bytes] = []

    def serve() -> None:
        for _ in range(times):
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.settimeout(SHORT.total)
                received.append(connection.recv(10_000))
                connection.sendall(reply)
                if keep_open:
                    connection.recv(10_000)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SHORT.total)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1], received
        finally:
            thread.join()
