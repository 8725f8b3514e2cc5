"""One careful question at a time: how far it is followed and how often it is tried. It knows no source."""

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
from typing import Self
from urllib.parse import urlsplit

from importai_tui.clock import utc_now
from importai_tui.errors import (
    Busy,
    IncompleteAnswer,
    Offline,
    RedirectOffline,
    RefusedAddress,
    SyncTrouble,
    UnusableAnswer,
)
from importai_tui.web.account import Account
from importai_tui.web.addresses import (
    Destination,
    Resolve,
    endpoint,
    fetchable,
    host_in,
    is_loopback,
    look_up,
    may_follow,
)
from importai_tui.web.answers import REDIRECTS, Answer, Form, host_told, judged
from importai_tui.web.proxies import proxy_for
from importai_tui.web.waiting import LONGEST_PAUSE, LONGEST_WAIT, Patience, Setback, Trouble, told
from importai_tui.web.wire import USUAL_TIMEOUTS, Timeouts, Wire
from importai_tui.web.wire_errors import what_went_wrong

__all__ = ["Answer", "Form", "Timeouts", "Web"]

LARGEST_ANSWER = 10_000_000
"""Bytes, unpacked: seven times the largest feed in our notes (1.38 MB), five times a page of 50 posts."""
MOST_HOPS = 5
"""Redirects that are followed: http to https, to www, to a new home and to its feed are four."""
PAUSE = 2.0
"""Seconds between two requests to a host; other readers found that Substack bears one in 2 or 3 s."""
_SENDABLE = re.compile("[\x20-\x7e]+")
"""What a validator may hold to be sent back; one with anything else could never be sent at all."""
_NONE: Mapping[str, str] = MappingProxyType({})


def _say_nothing(_: str) -> None:
    """Where nobody asked to be told."""


class Web:
    """Asks addresses, one after the other, over one connection, without cookies, and says of every failure what it is.

    An async context manager. `trusted` are hosts that the user named: redirects may lead there, whatever network they
    are in; a host of this machine is named with its port. `on_wait` is told of each wait before a further try.
    """

    def __init__(
        self,
        *,
        trusted: Collection[str] = (),
        pause: float = PAUSE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        jitter: Callable[[], float] = random.random,
        timeouts: Timeouts = USUAL_TIMEOUTS,
        account: Account | None = None,
        on_wait: Callable[[str], None] = _say_nothing,
        resolve: Resolve = look_up,
        proxy: Callable[[str], str | None] = proxy_for,
        wire: Wire | None = None,
    ) -> None:
        self._trusted: set[str] = set()
        for host in trusted:
            self.trust(host)
        self._pause, self._sleep, self._clock, self._now, self._jitter = pause, sleep, clock, now, jitter
        self._timeouts = timeouts
        self._account = account or Account()
        self._wire = wire or Wire(timeouts, self._account, clock)
        self._on_wait = on_wait
        self._resolve = resolve
        self._proxy = proxy
        self._turn = asyncio.Lock()
        self._ended: dict[str, float] = {}
        self._longer_pauses: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._wire.__aexit__()

    @property
    def requests(self) -> int:
        """What went out so far, every redirect and every further try among it."""
        return self._wire.requests

    @property
    def bytes(self) -> int:
        """Bytes of bodies so far, as they came over the wire."""
        return self._wire.bytes

    def trust(self, host: str) -> None:
        """From now on a redirect may lead to this host; `host` is what `addresses.endpoint` gives."""
        self._trusted.add(host.lower().removesuffix("."))

    async def get(self, url: str, *, validators: Mapping[str, str] = _NONE, largest: int = LARGEST_ANSWER) -> Answer:
        """The answer of an address: 200, or 304 where validators were sent, or a refusal that says something
        (400, 401, 403 in JSON, 404, 410).

        `validators` are the headers of a conditional question; `largest` caps the unpacked body, in bytes.

        Raises:
            RefusedAddress: the address is none that may be asked.
            Offline: no network leads there.
            Blocked: the source refuses this network.
            Busy: the source asks for fewer requests.
            IncompleteAnswer, TooLarge: a smaller answer may arrive.
            UnusableAnswer: the source refuses the request, or is out of order.
            SyncTrouble: anything else; every text is a sentence with the next step.
        """
        asked = fetchable(url)
        validators = {name: value for name, value in validators.items() if _SENDABLE.fullmatch(value)}
        async with self._turn:
            patience = Patience(self._jitter)
            while True:
                try:
                    return await self._attempt(asked, validators, largest)
                except Setback as error:
                    setback = error
                wait = patience.next_wait(setback.trouble, setback.asked)
                if setback.slow_down:
                    self._lengthen_pause(setback.host, wait or 0.0)
                if wait is None:
                    raise self._given_up(setback, patience.tries) from setback
                self._tell_wait(asked, setback, wait)
                await self._sleep(wait)
                self._ended.clear()  # the wait was long enough

    def _given_up(self, setback: Setback, tries: int) -> SyncTrouble:
        if setback.asked is not None and setback.asked > LONGEST_WAIT:
            when = self._now() + timedelta(seconds=setback.asked)
            summary = f"{setback.host} asks for a pause of {told(setback.asked)}"
            return Busy(f"{summary}: run the sync again after {when:%Y-%m-%d %H:%M} UTC.", summary)
        how_often = "" if tries == 1 else f", and was asked {tries} times"
        message = f"{setback.said}{how_often}: run the sync again later."
        match setback.trouble:
            case Trouble.BUSY:
                return Busy(message, setback.said)
            case Trouble.BROKEN:
                return IncompleteAnswer(message)
            case Trouble.FAILING:
                return UnusableAnswer(message)

    def _tell_wait(self, asked: str, setback: Setback, wait: float) -> None:
        self._account.waited(asked, wait, setback.trouble.name.lower())
        if setback.asked:
            self._on_wait(f"{setback.host} asks to wait {told(wait)}")
        else:
            self._on_wait(f"{setback.said}; asking again in {told(wait)}")

    async def _attempt(self, asked: str, validators: Mapping[str, str], largest: int) -> Answer:
        await self._keep_distance(host_in(asked))  # here, so that a long pause takes nothing from the time limit
        try:
            async with asyncio.timeout(self._timeouts.total):
                answer = await self._follow(asked, validators, largest)
        except TimeoutError as error:
            raise IncompleteAnswer(
                f"{host_told(asked)} did not finish its answer in {told(self._timeouts.total)}: "
                "check the network, or run the sync again later."
            ) from error
        return judged(answer, conditional=bool(validators), now=self._now())

    async def _follow(self, asked: str, validators: Mapping[str, str], largest: int) -> Answer:
        """The answer at the end of the redirects."""
        trusted = self._trusted | {endpoint(asked)}
        destination, seen, steps = Destination(asked), {asked}, list[int]()
        while True:
            try:
                answer = await self._ask(destination, validators, largest)
            except Offline as error:
                raise RedirectOffline(str(error)) if steps else error from error
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or location is None:
                return replace(answer, moved_to=_moved_to(asked, answer, steps))
            steps.append(answer.status)
            destination = await self._next(answer.url, location, trusted)
            if destination.url in seen or len(steps) > MOST_HOPS:
                raise UnusableAnswer(
                    f"{host_told(asked)} leads from address to address without end: check the address."
                )
            seen.add(destination.url)

    async def _next(self, url: str, location: str, trusted: Collection[str]) -> Destination:
        try:
            return await may_follow(
                url, location, trusted, resolve=self._resolve, proxied=lambda target: self._proxy(target) is not None
            )
        except RefusedAddress as error:
            raise UnusableAnswer(str(error)) from error
        except OSError as error:  # of the look-up
            trouble = what_went_wrong(error, f"The host that {host_told(url)} leads on to")
            raise RedirectOffline(str(trouble)) if isinstance(trouble, Offline) else trouble from error

    async def _ask(self, destination: Destination, validators: Mapping[str, str], largest: int) -> Answer:
        """One request, to the first of the checked addresses that takes it."""
        places = destination.addresses or ("",)
        for place in places[:-1]:
            with suppress(Offline):
                return await self._exchange(destination.url, place, validators, largest)
        return await self._exchange(destination.url, places[-1], validators, largest)

    async def _exchange(self, url: str, place: str, validators: Mapping[str, str], largest: int) -> Answer:
        host = host_in(url)
        await self._keep_distance(host)
        proxy = None if place else self._proxy(url)
        try:
            return await self._wire.exchange(url, validators, largest=largest, proxy=proxy, place=place)
        finally:
            self._ended[host] = self._clock()

    async def _keep_distance(self, host: str) -> None:
        """Wait until the pause since the last request to this host is over; this machine needs none by itself."""
        pause = self._longer_pauses.get(host, 0.0 if is_loopback(host) else self._pause)
        if host in self._ended:
            left = self._ended.pop(host) + pause - self._clock()
            if left > 0:
                await self._sleep(left)

    def _lengthen_pause(self, host: str, wait: float) -> None:
        """Ask this host less often for as long as this object lives, because it had too many requests."""
        pause = self._longer_pauses.get(host, self._pause)
        self._longer_pauses[host] = min(LONGEST_PAUSE, max(wait, 2 * pause))


def _moved_to(asked: str, answer: Answer, steps: Collection[int]) -> str | None:
    """Where to ask from now on: said for good, and by the same path, or a front page could take the feed's place."""
    before, after = urlsplit(asked), urlsplit(answer.url)
    for_good = bool(steps) and set(steps) <= {301, 308} and answer.status in (200, 304)
    same = (before.path or "/", before.query) == (after.path or "/", after.query)
    safe = after.scheme == "https" or is_loopback(host_in(answer.url))
    return answer.url if for_good and same and safe else None
