"""One request and its answer: what goes out, header by header, and how much may come in. It knows no second try."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from functools import cache
from typing import Self
from urllib.parse import urlsplit

import httpx2

from importai_tui import __version__
from importai_tui.errors import SyncTrouble
from importai_tui.web.account import Account
from importai_tui.web.answers import READABLE, Answer, host_told
from importai_tui.web.body import Body
from importai_tui.web.wire_errors import proxy_told, what_went_wrong

USER_AGENT = f"importai-tui/{__version__} (reader for the newsletter Import AI; one user; obeys Retry-After)"
"""For the operator of a site: the program and its version, what it reads and for whom, and how to slow it down. It has
no web page that could be named here."""
_ENOUGH = 64_000
"""Bytes that are read of an answer whose body is of no use; a challenge page shows what it is in its first few kB."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds.

    `connect`: a system that is not answered knocks again after 1, 3 and 7 s (RFC 6298). `read`: silence between two
    pieces; a WordPress site builds a page of posts before its first byte. `total`: one question with all its redirects
    and their pauses, for a source that sends a byte now and then is never silent; 10 MB in that time are 1.4 Mbit/s.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0


USUAL_TIMEOUTS = Timeouts()


class Wire:
    """Sends requests, without cookies, over one kept connection. An async context manager.

    `requests` counts what went out, `bytes` what bodies came in as they were packed.
    """

    def __init__(self, timeouts: Timeouts, account: Account, clock: Callable[[], float]) -> None:
        self.requests = 0
        self.bytes = 0
        self._timeouts = timeouts
        self._account = account
        self._clock = clock
        self._open = AsyncExitStack()
        self._transports: dict[tuple[str | None, bool], httpx2.AsyncHTTPTransport] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._transports.clear()
        await self._open.aclose()

    async def exchange(
        self, url: str, validators: Mapping[str, str], *, largest: int, proxy: str | None = None, place: str = ""
    ) -> Answer:
        """The answer to one request, whatever its status.

        `place` is the IP address to connect to; "" where the name decides. `largest` caps the unpacked body, in bytes.

        Raises:
            Offline: nobody was reached.
            Setback: no answer, or half of one.
            SyncTrouble: one that is too large, or packed otherwise than was asked for.
        """
        transport = await self._transport(proxy, pinned=bool(place))
        self.requests += 1
        self._account.asked(url, validators)
        began = self._clock()
        try:
            response = await transport.handle_async_request(self._request(url, place, validators))
            self._account.answered(url, response.status_code, response.headers.multi_items(), self._clock() - began)
            try:
                body = await self._body(response, host_told(url), largest)
            finally:
                await response.aclose()
                self.bytes += response.num_bytes_downloaded
            self._account.ended(self._clock() - began, response.num_bytes_downloaded, len(body))
        except BaseException as error:
            self._account.failed(error, self._clock() - began)
            if isinstance(error, httpx2.HTTPError | httpx2.InvalidURL):
                raise what_went_wrong(error, host_told(url), proxy) from error
            raise
        headers = {name.lower(): value for name, value in response.headers.items() if name.lower() != "set-cookie"}
        return Answer(response.status_code, headers, body, url, reason=response.reason_phrase)

    def _request(self, url: str, place: str, validators: Mapping[str, str]) -> httpx2.Request:
        """All that goes out, header by header: nothing is added behind it but `Host`."""
        times = self._timeouts
        waits = {"connect": times.connect, "read": times.read, "write": times.read, "pool": times.connect}
        extensions: dict[str, object] = {"timeout": waits}
        headers = {
            "User-Agent": USER_AGENT,
            "Accept": "application/rss+xml, application/xml, application/json, */*;q=0.1",
            "Accept-Encoding": "gzip",
            **validators,
        }
        target = httpx2.URL(url)
        if place:
            # The certificate must still be the name's, though it is the checked address that is connected to.
            headers["Host"] = urlsplit(url).netloc
            extensions["sni_hostname"] = target.raw_host.decode("ascii")
            target = target.copy_with(host=place)
        return httpx2.Request("GET", target, headers=headers, extensions=extensions)

    async def _body(self, response: httpx2.Response, host: str, largest: int) -> bytes:
        """The body, unpacked; where it is of no use, what comes of it without trouble."""
        useful = response.status_code in READABLE
        body = None
        try:
            body = Body(host, response.headers.get("content-encoding", ""), largest if useful else _ENOUGH)
            body.expect(response.headers.get("content-length", ""))
            async with aclosing(response.aiter_raw()) as pieces:
                async for piece in pieces:
                    body.add(piece)
            return body.whole()
        except (SyncTrouble, httpx2.HTTPError):
            if useful:
                raise
            return body.so_far() if body else b""

    async def _transport(self, proxy: str | None, *, pinned: bool) -> httpx2.AsyncHTTPTransport:
        """The way out. Below httpx2's client there is no cookie jar, no redirect and no environment to switch off."""
        key = proxy, pinned
        if key not in self._transports:
            # A connection made for one name at a checked address must not serve another name at the same address.
            limits = httpx2.Limits(max_connections=1, max_keepalive_connections=0 if pinned else 1)
            try:
                transport = httpx2.AsyncHTTPTransport(verify=_certificates(), limits=limits, proxy=proxy)
            except (ValueError, ImportError, httpx2.InvalidURL) as error:
                raise SyncTrouble(
                    f"The proxy {proxy_told(proxy)} is of a kind that cannot be used: put an http proxy in https_proxy."
                ) from error
            self._transports[key] = await self._open.enter_async_context(transport)
        return self._transports[key]


@cache
def _certificates() -> ssl.SSLContext:
    """The authorities that this machine trusts, read once: that takes longer than a request to loopback."""
    try:
        return httpx2.create_ssl_context()
    except OSError as error:
        raise SyncTrouble(
            f"The certificates of this machine cannot be read ({error.strerror}): check SSL_CERT_FILE and SSL_CERT_DIR."
        ) from error
