"""Sends one request and reads its response within the size limit. Knows no redirects and no retries."""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from functools import cache
from threading import Thread
from typing import Any, ParamSpec, Self, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

from importai_tui import __version__
from importai_tui.errors import TRY_AGAIN, ResponseTooLargeError, SyncError
from importai_tui.http.addresses import is_loopback
from importai_tui.http.error_messages import format_proxy, translate_error
from importai_tui.http.request_log import RequestLog
from importai_tui.http.responses import USABLE_STATUSES, Response, format_host
from importai_tui.http.retry import FailureKind, RetryableError

FEEDS = "application/rss+xml, application/xml, application/json, */*;q=0.1"
"""The `Accept` header of a request for a feed."""
_ERROR_BODY_SIZE = 64_000
"""Bytes that are read of an error page; a challenge page can be recognised in its first few kB."""
_IDENTITY, _GZIP = {"", "identity"}, {"gzip", "x-gzip"}
"""Accepted content codings; x-gzip is the old name of gzip (RFC 9110, section 8.4.1.3)."""
_GZIP_WBITS = 16 + zlib.MAX_WBITS
"""Makes zlib expect the header and the checksum of gzip."""

_Params = ParamSpec("_Params")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Time limits in seconds.

    `connect`: systems repeat an unanswered attempt after 1, 3 and 7 s (RFC 6298). `read`: silence between two pieces; a
    WordPress site renders a page of posts before its first byte. `total`: one try with its redirects and their pauses,
    because a source that drips bytes never hits `read`; 10 MB in that time are 1.4 Mbit/s.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0


DEFAULT_TIMEOUTS = Timeouts()


def make_user_agent(contact: str = "") -> str:
    """Return the `User-Agent`, which tells the operator of a site the program, its purpose and how to slow it down.

    There is no web page to name. `contact` is the mail address that the user gives to the operators, if any.
    """
    mail = f"; mailto:{contact}" if contact else ""
    return f"importai-tui/{__version__} (reader for the newsletter Import AI; one user; obeys Retry-After{mail})"


class Transport:
    """Sends requests without cookies over a reused connection. An async context manager.

    `requests` counts requests, `bytes` the bytes of bodies as received, before decoding.
    """

    def __init__(self, timeouts: Timeouts, log: RequestLog, clock: Callable[[], float], contact: str = "") -> None:
        self.request_count = 0
        self.byte_count = 0
        self._timeouts = timeouts
        self._user_agent = make_user_agent(contact)
        self._log = log
        self._clock = clock
        self._exit_stack = AsyncExitStack()
        self._pools: dict[tuple[str | None, bool], httpx2.AsyncHTTPTransport] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pools.clear()
        await self._exit_stack.aclose()

    async def send(
        self,
        url: str,
        validators: Mapping[str, str],
        *,
        max_bytes: int,
        truncate: bool = False,
        accept: str = FEEDS,
        proxy: str | None = None,
        ip_address: str = "",
    ) -> Response:
        """Send one GET request and return the response, whatever its status.

        Args:
            url: the address.
            validators: the headers of a conditional request.
            max_bytes: the limit of the decoded body.
            truncate: return the beginning of a larger body, instead of raising an error.
            accept: the `Accept` header.
            proxy: the proxy to use.
            ip_address: the checked IP address to connect to; "" lets the system resolve the host.

        Raises:
            OfflineError: nothing was reached.
            RetryableError: no response, or only a part of it.
            SyncError: the body is too large, or has a content coding that was not asked for.
        """
        pool = await self._get_pool(proxy, pinned=bool(ip_address))
        self.request_count += 1
        self._log.add_request(url, validators)
        start = self._clock()
        try:
            response = await pool.handle_async_request(
                self._build_request(url, ip_address, {"Accept": accept, **validators})
            )
            self._log.add_response(url, response.status_code, response.headers.multi_items(), self._clock() - start)
            try:
                body = await self._read_body(response, format_host(url), max_bytes, truncate=truncate)
            finally:
                await response.aclose()
                self.byte_count += response.num_bytes_downloaded
            self._log.add_body(self._clock() - start, response.num_bytes_downloaded, len(body))
        except BaseException as error:
            self._log.add_failure(error, self._clock() - start)
            if isinstance(error, httpx2.HTTPError | httpx2.InvalidURL):
                raise translate_error(error, format_host(url), proxy) from error
            raise
        headers = {name.lower(): value for name, value in response.headers.items() if name.lower() != "set-cookie"}
        return Response(response.status_code, headers, body, url, reason=response.reason_phrase)

    def _build_request(self, url: str, ip_address: str, more_headers: Mapping[str, str]) -> httpx2.Request:
        """Build a request with all its headers; the library adds only `Host`."""
        limits = self._timeouts
        timeout = {"connect": limits.connect, "read": limits.read, "write": limits.read, "pool": limits.connect}
        extensions: dict[str, object] = {"timeout": timeout}
        headers = {
            "User-Agent": self._user_agent,
            "Accept-Encoding": "gzip",
            **more_headers,
        }
        target = httpx2.URL(url)
        if ip_address:
            # The connection goes to the IP address, but `Host` and the certificate must be those of the name.
            headers["Host"] = urlsplit(url).netloc
            extensions["sni_hostname"] = target.raw_host.decode("ascii")
            target = target.copy_with(host=ip_address)
        return httpx2.Request("GET", target, headers=headers, extensions=extensions)

    async def _read_body(self, response: httpx2.Response, host: str, max_bytes: int, *, truncate: bool) -> bytes:
        """Read and decode the body. Of an error page, return as much as arrives without an error."""
        usable = response.status_code in USABLE_STATUSES
        body = None
        try:
            encoding = response.headers.get("content-encoding", "")
            body = CappedBody(host, encoding, max_bytes if usable else _ERROR_BODY_SIZE, truncate=truncate)
            body.check_length(response.headers.get("content-length", ""))
            async with aclosing(response.aiter_raw()) as chunks:
                async for chunk in chunks:
                    body.write(chunk)
                    if body.is_cut:
                        break
            return body.finish()
        except (SyncError, httpx2.HTTPError):
            if usable:
                raise
            return body.to_bytes() if body else b""

    async def _get_pool(self, proxy: str | None, *, pinned: bool) -> httpx2.AsyncHTTPTransport:
        """Return a connection pool. A transport of httpx2, unlike its client, has no cookies, redirects or `.netrc`."""
        key = proxy, pinned
        if key not in self._pools:
            # The pool knows a pinned connection by its IP address only. It must not be reused for another host name.
            limits = httpx2.Limits(max_connections=1, max_keepalive_connections=0 if pinned else 1)
            try:
                pool = httpx2.AsyncHTTPTransport(verify=_ssl_context(), limits=limits, proxy=proxy)
            except (ValueError, ImportError, httpx2.InvalidURL) as error:
                raise SyncError(
                    f"The proxy {format_proxy(proxy)} is of an unsupported type. Set https_proxy to an http proxy."
                ) from error
            self._pools[key] = await self._exit_stack.enter_async_context(pool)
        return self._pools[key]


class CappedBody:
    """Decodes a body piece by piece and stops one byte beyond `max_bytes`, so a zip bomb cannot fill the memory.

    With `truncate`, a body beyond the limit is cut off there, and `is_cut` is set: no more pieces are needed.

    Uses zlib, because the gzip decoder of httpx2 accepts a body that is cut off, drops all but the first of several
    gzip members and ignores trailing bytes: part of a feed would pass for the whole feed.

    Raises SyncError for a content coding that was not asked for.
    """

    def __init__(self, host: str, encoding: str, max_bytes: int, *, truncate: bool = False) -> None:
        self.is_cut = False
        self._truncate = truncate
        self._host = host
        self._max_bytes = max_bytes
        self._data = bytearray()
        self._compressed = encoding.strip().lower() in _GZIP
        self._decoder = zlib.decompressobj(_GZIP_WBITS)
        self._started = False
        if not self._compressed and encoding.strip().lower() not in _IDENTITY:
            raise SyncError(f"{host} sent a response in an unsupported compression. {TRY_AGAIN} later.")

    def __len__(self) -> int:
        return len(self._data)

    def check_length(self, content_length: str) -> None:
        """Raise ResponseTooLargeError if the `Content-Length` is beyond the limit, compressed or not.

        With `truncate` the length does not matter.
        """
        if self._truncate:
            return
        # The number of digits is checked first, because int() refuses more than 4300.
        is_number = content_length.isascii() and content_length.isdigit()
        if is_number and (len(content_length) > 18 or int(content_length) > self._max_bytes):
            raise self._too_large()

    def write(self, chunk: bytes) -> None:
        """Decode the next piece. Raises ResponseTooLargeError beyond the limit, SyncError for invalid gzip."""
        if not self._compressed:
            self._append(chunk)
            return
        self._started = self._started or bool(chunk)
        try:
            while chunk and not self.is_cut:
                if self._decoder.eof:  # a gzip body may have several members: RFC 1952, section 2.2
                    self._decoder = zlib.decompressobj(_GZIP_WBITS)
                self._append(self._decoder.decompress(chunk, self._max_bytes - len(self._data) + 1))
                chunk = self._decoder.unconsumed_tail or self._decoder.unused_data
        except zlib.error as error:
            raise SyncError(f"{self._host} sent a response that can't be decompressed. {TRY_AGAIN} later.") from error

    def finish(self) -> bytes:
        """Return the whole body. Raises RetryableError if the gzip data is cut off."""
        if self._started and not self._decoder.eof and not self.is_cut:
            raise RetryableError(f"{self._host} sent an incomplete response", self._host, FailureKind.BROKEN)
        return self.to_bytes()

    def to_bytes(self) -> bytes:
        """Return what has been decoded so far."""
        return bytes(self._data)

    def _append(self, data: bytes) -> None:
        self._data += data[: self._max_bytes - len(self._data) + 1]
        if len(self._data) > self._max_bytes:
            if not self._truncate:
                raise self._too_large()
            self.is_cut = True
            del self._data[self._max_bytes :]

    def _too_large(self) -> ResponseTooLargeError:
        size = f"{self._max_bytes / 1_000_000:g} MB"
        return ResponseTooLargeError(
            f"{self._host} sent more than {size}, which is too much to download. Check the URL."
        )


def get_proxy(url: str) -> str | None:
    """Return the proxy for an address, from `https_proxy`, `all_proxy` and `no_proxy`; None for a direct connection.

    This machine is never reached through a proxy. The choice is made here and not by httpx2, because the check of
    redirects depends on it.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or is_loopback(parts.hostname or "") or proxy_bypass(parts.netloc):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


class DaemonExecutor(ThreadPoolExecutor):
    """Executor for an event loop that must end at once: runs each call in a daemon thread and never waits for it.

    The loop uses it to look up host names. The system's look-up cannot be cancelled and may take half a minute, and the
    standard executor is waited for when the loop closes and again when the program ends.
    """

    def submit(
        self, fn: Callable[_Params, _Result], /, *args: _Params.args, **kwargs: _Params.kwargs
    ) -> Future[_Result]:
        """Run the call in a new thread."""
        future: Future[_Result] = Future()

        def work() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:
                    future.set_exception(error)

        Thread(target=work, daemon=True).start()
        return future

    def shutdown(self, *_: Any, **__: Any) -> None:
        """Return at once."""


@cache
def _ssl_context() -> ssl.SSLContext:
    """Load the certificate authorities of this machine, once, because that takes longer than a local request."""
    try:
        return httpx2.create_ssl_context()
    except OSError as error:
        raise SyncError(
            f"Can't read this computer's certificates ({error.strerror}). Check SSL_CERT_FILE and SSL_CERT_DIR."
        ) from error
