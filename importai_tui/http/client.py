"""HTTP client with manners: SSRF guard, size and time limits, retries, pauses between requests.

The only package that opens network connections. Knows nothing of the newsletter; `HttpClient` is the entry point.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from importai_tui.clock import utc_now
from importai_tui.errors import (
    TRY_AGAIN,
    BusyError,
    IncompleteResponseError,
    OfflineError,
    RedirectOfflineError,
    RefusedAddressError,
    SyncError,
    UnusableResponseError,
)
from importai_tui.http.addresses import (
    Destination,
    ResolveHost,
    check_page_url,
    check_redirect,
    check_source_url,
    find_public_destination,
    get_endpoint,
    get_host,
    is_loopback,
    resolve_host,
)
from importai_tui.http.error_messages import translate_error
from importai_tui.http.pauses import HostPauses
from importai_tui.http.request_log import RequestLog
from importai_tui.http.responses import REDIRECT_STATUSES, BodyFormat, Response, check_response, format_host
from importai_tui.http.retry import (
    MAX_DELAY,
    FailureKind,
    RetryableError,
    RetryPolicy,
    format_duration,
)
from importai_tui.http.transport import DEFAULT_TIMEOUTS, FEEDS, Timeouts, Transport, get_proxy

__all__ = ["BodyFormat", "HttpClient", "Response", "Timeouts"]

MAX_BODY_SIZE = 10_000_000
"""Bytes, decoded: seven times the largest known feed (1.38 MB), five times a page of 50 posts."""
MAX_REDIRECTS = 5
"""From http to https, to www, to a new host and to its feed are four."""
REQUEST_PAUSE = 2.0
"""Seconds between two requests to a host; other readers found that Substack allows one in 2 or 3 s."""
_REPORTED_PAUSE = 4.0
"""Seconds of a pause between requests from which it is reported: longer than the ordinary ones."""
_SENDABLE = re.compile("[\x20-\x7e]+")
"""Validators that can be sent back; h11 refuses a header with any other character."""
_NO_VALIDATORS: Mapping[str, str] = MappingProxyType({})


class _Options(NamedTuple):
    """The options of `HttpClient.get`."""

    validators: Mapping[str, str]
    max_bytes: int
    truncate: bool
    accept: str


class HttpClient:
    """Fetches addresses one at a time, over one connection, without cookies. An async context manager.

    Args:
        trusted: the endpoints of sources that the user named (see `addresses.get_endpoint`): redirects may lead there,
            even into a private network.
        public_only: the addresses are not of the user's own choice, so they too must be public or trusted; plain http
            is replaced by https.
        contact: the mail address that the operators of sources get; empty for none.
        pause: seconds between two requests to a host.
        max_wait: the limit in seconds of a wait for a retry.
        on_wait: called with a sentence before each wait for a retry, and before a long pause.
        pauses: the times of requests, to share with other clients.
    """

    def __init__(
        self,
        *,
        trusted: Collection[str] = (),
        public_only: bool = False,
        contact: str = "",
        pause: float = REQUEST_PAUSE,
        max_wait: float = MAX_DELAY,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        jitter: Callable[[], float] = random.random,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        request_log: RequestLog | None = None,
        on_wait: Callable[[str], None] = lambda _: None,
        resolve: ResolveHost = resolve_host,
        proxy: Callable[[str], str | None] = get_proxy,
        transport: Transport | None = None,
        pauses: HostPauses | None = None,
    ) -> None:
        self._trusted: set[str] = set()
        for host in trusted:
            self.trust(host)
        self._public_only, self._max_wait = public_only, max_wait
        self._pause, self._sleep, self._clock, self._now, self._jitter = pause, sleep, clock, now, jitter
        self._timeouts = timeouts
        self._log = request_log or RequestLog()
        self._transport = transport or Transport(timeouts, self._log, clock, contact)
        self._on_wait = on_wait
        self._resolve = resolve
        self._proxy = proxy
        self._lock = asyncio.Lock()
        self._pauses = pauses or HostPauses(clock)
        self._claimed_host: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.__aexit__()

    @property
    def request_count(self) -> int:
        """Number of requests so far, including redirects and retries."""
        return self._transport.request_count

    @property
    def byte_count(self) -> int:
        """Bytes of bodies so far, before decoding."""
        return self._transport.byte_count

    def trust(self, host: str) -> None:
        """Allow redirects to this host from now on; `host` is what `addresses.get_endpoint` returns."""
        self._trusted.add(host.lower().removesuffix("."))

    async def get(
        self,
        url: str,
        *,
        validators: Mapping[str, str] = _NO_VALIDATORS,
        max_bytes: int = MAX_BODY_SIZE,
        truncate: bool = False,
        accept: str = FEEDS,
    ) -> Response:
        """Fetch an address, following redirects and retrying.

        Returns a response with status 200, 304 (only with `validators`), 400, 401, 403 (only in JSON), 404 or 410.

        Args:
            url: the address.
            validators: the headers of a conditional request.
            max_bytes: the limit of the decoded body.
            truncate: return the beginning of a larger body, instead of raising ResponseTooLargeError.
            accept: the `Accept` header.

        Raises:
            RefusedAddressError: the address must not be fetched.
            OfflineError: no network leads there.
            BlockedError: the source refuses this network.
            BusyError: the source asks for fewer requests.
            IncompleteResponseError, ResponseTooLargeError: a smaller response may arrive.
            UnusableResponseError: the source refuses the request, or is out of order.
            SyncError: anything else. Every text is a sentence with the next step.
        """
        url = check_page_url(url) if self._public_only else check_source_url(url)
        validators = {name: value for name, value in validators.items() if _SENDABLE.fullmatch(value)}
        options = _Options(validators, max_bytes, truncate, accept)
        async with self._lock:
            policy = RetryPolicy(self._jitter, self._max_wait)
            while True:
                try:
                    return await self._try(url, options)
                except RetryableError as error:
                    failure = error
                delay = policy.next_delay(failure.kind, failure.retry_after)
                if failure.slow_down:
                    self._pauses.lengthen(failure.host, self._pause, delay or 0.0)
                if delay is None:
                    raise self._final_error(failure, policy.tries) from failure
                self._report_wait(url, failure, delay)
                await self._sleep(delay)
                for host in {get_host(url), failure.host}:
                    self._pauses.end(host)  # the delay replaces the pause

    def _final_error(self, failure: RetryableError, tries: int) -> SyncError:
        if failure.retry_after is not None and failure.retry_after > self._max_wait:
            when = self._now() + timedelta(seconds=failure.retry_after)
            summary = f"{failure.host} asks for a pause of {format_duration(failure.retry_after)}"
            return BusyError(f"{summary}. {TRY_AGAIN} after {when:%Y-%m-%d %H:%M} UTC.", summary, failure.host)
        count = "" if tries == 1 else f" ({tries} tries)"
        message = f"{failure.summary}{count}. {TRY_AGAIN} later."
        match failure.kind:
            case FailureKind.BUSY:
                return BusyError(message, failure.summary, failure.host)
            case FailureKind.BROKEN:
                return IncompleteResponseError(message)
            case FailureKind.FAILING:
                return UnusableResponseError(message)

    def _report_wait(self, url: str, failure: RetryableError, delay: float) -> None:
        self._log.add_wait(url, delay, failure.kind.name.lower())
        if failure.retry_after:
            self._on_wait(f"{failure.host} asks to wait {format_duration(delay)}")
        else:
            self._on_wait(f"{failure.summary}; trying again in {format_duration(delay)}")

    async def _try(self, url: str, options: _Options) -> Response:
        self._claimed_host = None
        await self._throttle(get_host(url))  # outside the time limit, because a pause may be long
        try:
            async with asyncio.timeout(self._timeouts.total):
                response = await self._follow_redirects(url, options)
        except TimeoutError as error:
            raise IncompleteResponseError(
                f"{format_host(url)} took longer than {format_duration(self._timeouts.total)}. {TRY_AGAIN} later."
            ) from error
        return check_response(response, conditional=bool(options.validators), now=self._now())

    async def _follow_redirects(self, url: str, options: _Options) -> Response:
        trusted = self._trusted if self._public_only else self._trusted | {get_endpoint(url)}
        destination = await self._find_first_destination(url) if self._public_only else Destination(url)
        visited, statuses = {url}, list[int]()
        while True:
            try:
                response = await self._send(destination, options)
            except OfflineError as error:
                raise RedirectOfflineError(str(error)) if statuses else error from error
            location = response.headers.get("location")
            if response.status not in REDIRECT_STATUSES or location is None:
                return replace(response, moved_to=_moved_to(url, response, statuses))
            statuses.append(response.status)
            destination = await self._next_destination(response.url, location, trusted)
            if destination.url in visited or len(statuses) > MAX_REDIRECTS:
                raise UnusableResponseError(f"{format_host(url)} redirects in a loop. Check the URL.")
            visited.add(destination.url)

    async def _find_first_destination(self, url: str) -> Destination:
        try:
            destination = await find_public_destination(
                url, self._trusted, resolve=self._resolve, uses_proxy=self._uses_proxy
            )
        except OSError as error:  # from the host look-up
            raise translate_error(error, format_host(url)) from error
        if destination is None:
            raise RefusedAddressError(f"{format_host(url)} isn't on the public internet, so it isn't opened here.")
        return destination

    async def _next_destination(self, url: str, location: str, trusted: Collection[str]) -> Destination:
        try:
            return await check_redirect(
                url,
                location,
                trusted,
                use_https=self._public_only,
                resolve=self._resolve,
                uses_proxy=self._uses_proxy,
            )
        except RefusedAddressError as error:
            advice = "" if self._public_only else " If the new URL is right, use it as the source."
            raise UnusableResponseError(f"{error}{advice}") from error
        except OSError as error:  # from the host look-up
            translated = translate_error(error, f"the host that {format_host(url)} redirects to")
            raise (
                RedirectOfflineError(str(translated)) if isinstance(translated, OfflineError) else translated
            ) from error

    def _uses_proxy(self, url: str) -> bool:
        return self._proxy(url) is not None

    async def _send(self, destination: Destination, options: _Options) -> Response:
        """Send one request to the first of the checked IP addresses that can be reached."""
        ip_addresses = destination.ip_addresses or ("",)
        for ip_address in ip_addresses[:-1]:
            with suppress(OfflineError):
                return await self._send_to(destination.url, ip_address, options)
        return await self._send_to(destination.url, ip_addresses[-1], options)

    async def _send_to(self, url: str, ip_address: str, options: _Options) -> Response:
        host = get_host(url)
        await self._throttle(host)
        proxy = None if ip_address else self._proxy(url)
        try:
            return await self._transport.send(
                url,
                options.validators,
                max_bytes=options.max_bytes,
                truncate=options.truncate,
                accept=options.accept,
                proxy=proxy,
                ip_address=ip_address,
            )
        finally:
            self._claimed_host = None
            self._pauses.note_end(host)

    async def _throttle(self, host: str) -> None:
        """Sleep until the pause since the last request to this host is over. This machine needs none by default."""
        if self._claimed_host != host:
            pause = 0.0 if is_loopback(host) else self._pause
            while (remaining := self._pauses.claim(host, pause)) > 0:
                if remaining > _REPORTED_PAUSE:
                    self._on_wait(f"{host} wants fewer requests; the next one is in {format_duration(remaining)}")
                await self._sleep(remaining)
            self._claimed_host = host


def _moved_to(url: str, response: Response, statuses: Collection[int]) -> str | None:
    """Return the new address of a permanent move. A changed path does not count: a front page could replace a feed."""
    before, after = urlsplit(url), urlsplit(response.url)
    permanent = bool(statuses) and set(statuses) <= {301, 308} and response.status in (200, 304)
    same_path = (before.path or "/", before.query) == (after.path or "/", after.query)
    secure = after.scheme == "https" or is_loopback(get_host(response.url))
    return response.url if permanent and same_path and secure else None
