"""What tests of the web need: a clock and a sleep that take no time, and a wire that reaches any host."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from importai_tui.errors import SyncTrouble
from importai_tui.web.account import Account
from importai_tui.web.client import Answer, Web
from importai_tui.web.wire import Timeouts, Wire
from tests.web.server import Answering, Reply, Server

SHORT = Timeouts(connect=5.0, read=5.0, total=5.0)
"""Far more than loopback takes, so that only a test that is in trouble meets them."""


FEED = Reply(b"<rss><channel/></rss>", headers={"Content-Type": "application/xml"})


class Clock:
    """Time that passes only while somebody sleeps; `slept` is how long each time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Asking:
    """A web whose waits take no time and are noted in `waits`; jitter is in the middle, so backing off is 2, 4, 8 s."""

    def __init__(self, **settings: Any) -> None:
        self.clock = Clock()
        self.waits: list[str] = []
        self.account = Account()
        usual: dict[str, Any] = {"timeouts": SHORT, "jitter": lambda: 0.5, "account": self.account}
        usual |= {"sleep": self.clock.sleep, "clock": self.clock, "on_wait": self.waits.append}
        self.web = Web(**usual | settings)

    async def __aenter__(self) -> Asking:
        await self.web.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.web.__aexit__()

    async def get(self, url: str, **settings: Any) -> Answer:
        return await self.web.get(url, **settings)


def in_turn(*replies: Reply) -> Answering:
    """One reply after the other; the last one for ever."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


async def told_of(*replies: Reply, asking: Asking | None = None) -> str:
    """What a person is told who asks and gets these replies."""
    with Server(in_turn(*replies)) as server:
        async with asking or Asking() as asked:
            with pytest.raises(SyncTrouble) as told:
                await asked.get(f"{server.address}/feed?token=secret")
    assert "secret" not in str(told.value)
    return str(told.value)


class Stage(Wire):
    """A wire that answers by itself, for hosts that loopback cannot stand for; notes where each request went."""

    def __init__(self, answers: Callable[[str], Answer | Exception]) -> None:
        super().__init__(SHORT, Account(), Clock())
        self._answers = answers
        self.asked: list[tuple[str, str, str | None]] = []

    async def exchange(
        self,
        url: str,
        validators: Mapping[str, str],  # noqa: ARG002  (the wire's signature)
        *,
        largest: int,  # noqa: ARG002
        proxy: str | None = None,
        place: str = "",
    ) -> Answer:
        await asyncio.sleep(0)  # the others get their turn, as with any network
        self.requests += 1
        self.asked.append((url, place, proxy))
        answer = self._answers(url)
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextmanager
def speaking(said: bytes, *, times: int = 1, stays: bool = False) -> Iterator[tuple[int, list[bytes]]]:
    """A port of loopback that says the same to each of so many connections, and what it hears first on each.

    It then leaves, or stays until the other one does.
    """
    heard: list[bytes] = []

    def serve() -> None:
        for _ in range(times):
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.settimeout(SHORT.total)
                heard.append(connection.recv(10_000))
                connection.sendall(said)
                if stays:
                    connection.recv(10_000)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SHORT.total)
        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield listener.getsockname()[1], heard
        finally:
            serving.join()
