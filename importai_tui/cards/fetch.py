"""Fetches the cards of cited works, on request only: the entry point of this package."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from importai_tui.archive.cards import CardStore
from importai_tui.cards.clean import make_card
from importai_tui.cards.report import CARDS_OFF, CardReport
from importai_tui.cards.sources.answers import OPEN_INSTEAD
from importai_tui.cards.sources.base import Answer, CardSource
from importai_tui.cards.sources.registry import SOURCES
from importai_tui.clock import utc_now
from importai_tui.error_log import ErrorLog, describe_error
from importai_tui.errors import (
    BlockedError,
    BusyError,
    DatabaseError,
    NoCardError,
    OfflineError,
    ReaderError,
    RedirectOfflineError,
    SyncError,
    UnreadableInputError,
)
from importai_tui.http.addresses import check_page_url, get_host
from importai_tui.http.client import MAX_BODY_SIZE, HttpClient, Response, Timeouts
from importai_tui.http.pauses import HostPauses
from importai_tui.links.urls import get_host as find_host
from importai_tui.parse_pool import ParserProcess, WorkerLimits
from importai_tui.sync.canceller import Canceller
from importai_tui.sync.progress import OnProgress, Progress
from importai_tui.works.card import Card, CardTarget

__all__ = ["CARDS_OFF", "CardFetch", "CardReport"]

_TIMEOUTS = Timeouts(connect=8.0, read=10.0, total=30.0)
"""Shorter than those of a sync, because a user looks at an empty card."""
_MAX_WAIT = 5.0
"""Seconds of a wait for a retry. If a source asks for more, its works are reported with the time."""
_PAUSES = HostPauses()
"""Kept by all fetches of this process: two sources may ask one host, and a user may open one card after another."""
_PARSER_LIMITS = WorkerLimits(seconds=20, nice=5)
_MAX_FAILURES = 3
"""Failed requests to a host in a row, after which it is not asked again in this run. If the first hosts, this many,
cannot be reached, no other is asked."""
_MAX_SPLITS = 12
"""Batches of a source that are halved to find the work that makes them fail: enough for one in a hundred."""

_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")


def open_card_client(source: CardSource, on_wait: Callable[[str], None], contact: str = "") -> HttpClient:
    """Return the client for the requests to a source."""
    return HttpClient(
        public_only=True,
        contact=contact,
        pause=source.pause,
        max_wait=_MAX_WAIT,
        pauses=_PAUSES,
        timeouts=_TIMEOUTS,
        on_wait=on_wait,
    )


def create_card_parser() -> ParserProcess:
    """Return a parser process of low priority, because the user may be typing."""
    return ParserProcess(_PARSER_LIMITS)


@dataclass(frozen=True, slots=True)
class CardFetch:
    """One fetch. `run` blocks until it is done or stopped; `stop` may be called from any thread, even before `run`."""

    targets: Sequence[CardTarget]
    open_store: Callable[[], CardStore]
    """Called in the thread of the run, because a database connection belongs to one thread."""
    error_log: ErrorLog | None = None
    """Receives the details of unexpected errors."""
    refresh: bool = False
    """Fetch the cards again that are stored."""
    on_progress: OnProgress = lambda _: None
    """Called for each card and each wait, in the thread of the run. `Progress.title` is the title of the last card."""
    sources: Sequence[CardSource] = SOURCES
    """In order of preference."""
    open_client: Callable[[CardSource, Callable[[str], None]], HttpClient] = open_card_client
    """Creates the client for a source; its second argument is the `on_wait` callback."""
    open_parser: Callable[[], ParserProcess] = create_card_parser
    """Creates the process that parses and cleans."""
    now: Callable[[], datetime] = utc_now
    _canceller: Canceller = field(default_factory=Canceller)

    def run(self) -> CardReport:
        """Fetch the cards and store them, batch by batch.

        Raises:
            DatabaseError: the stored cards cannot be read.
        """
        with self.open_store() as store, closing(self.open_parser()) as parser:
            return asyncio.run(self._canceller.run(self._fetch_and_report(store, parser)))

    def stop(self) -> None:
        """Ask the fetch to end now. Stored cards stay; the next run skips them."""
        self._canceller.cancel()

    async def _fetch_and_report(self, store: CardStore, parser: ParserProcess) -> CardReport:
        fetch_run = _FetchRun(self, store, parser)
        stopped = False
        try:
            await asyncio.sleep(0)  # a fetch that was stopped before its start is cancelled here
            await fetch_run.fetch_cards()
        except asyncio.CancelledError:
            stopped = True
        finally:
            parser.stop()  # a thread may be waiting for it
        return fetch_run.build_report(stopped=stopped)


class _FetchRun:
    """Asks the sources, all at the same time, and collects the results."""

    def __init__(self, fetch: CardFetch, store: CardStore, parser: ParserProcess) -> None:
        self._fetch = fetch
        self._store = store
        self._parser = _SharedParser(parser)
        self._hosts = _Hosts()
        self._total = 0
        self._skipped: tuple[str, ...] = ()
        self._without_url: tuple[str, ...] = ()
        self._fetched: dict[str, None] = {}
        self._not_found: dict[str, str] = {}
        self._failed: dict[str, str] = {}
        self._unsaved: dict[str, Card] = {}
        self._is_offline = False

    async def fetch_cards(self) -> None:
        """Ask for each work the sources that accept it, one after the other until one has its card."""
        targets = {target.work: target for target in self._fetch.targets}
        stored = {} if self._fetch.refresh else self._find_stored(targets)
        self._skipped = tuple(work for work in targets if work in stored)
        self._without_url = tuple(work for work, target in targets.items() if not target.url)
        wanted = [target for work, target in targets.items() if target.url and work not in stored]
        searches = [_Search(target, self._find_sources(target)) for target in wanted]
        self._total = len(searches)
        while True:
            groups: dict[tuple[CardSource, int], list[_Search]] = {}
            for search in searches:
                if source := self._next_source(search):
                    # The works of one host are in one group, because its client pauses between requests to a host.
                    group = hash(find_host(search.target.url)) % source.groups
                    groups.setdefault((source, group), []).append(search)
            if not groups:
                return
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._parser.start())
                for (source, _), grouped in groups.items():
                    tasks.create_task(self._ask_source(source, grouped))

    def _find_stored(self, works: Collection[str]) -> Collection[str]:
        """Return the works with a stored card. A single card is also read, because it may be damaged."""
        if len(works) == 1:
            return [work for work in works if self._store.get(work)]
        return self._store.get_summaries(works)

    def build_report(self, *, stopped: bool) -> CardReport:
        """Return the report so far."""
        return CardReport(
            tuple(self._fetched),
            self._skipped,
            self._without_url,
            self._not_found,
            self._failed,
            self._unsaved,
            is_offline=self._is_offline,
            is_stopped=stopped,
        )

    def _find_sources(self, target: CardTarget) -> deque[CardSource]:
        found: deque[CardSource] = deque()
        for source in self._fetch.sources:
            try:
                if source.accepts(target):
                    found.append(source)
            except Exception as error:  # a newsletter may contain any URL
                describe_error(error, self._fetch.error_log)
        return found

    def _next_source(self, search: _Search) -> CardSource | None:
        """Return the source to ask next for a work; None if the search is over."""
        work = search.target.work
        if self._has_result(work) or self._unsaved:
            return None
        if not search.sources:
            self._not_found[work] = search.describe_absence()
            self._report_progress("")
            return None
        return search.sources.popleft()

    def _has_result(self, work: str) -> bool:
        return work in self._failed or work in self._fetched or work in self._not_found

    async def _ask_source(self, source: CardSource, searches: list[_Search]) -> None:
        """Ask one source for works. A batch that fails is halved, because one bad work may be the reason."""
        self._report_progress(source.name)
        batches = deque(searches[n : n + source.batch_size] for n in range(0, len(searches), source.batch_size))
        splits = 0
        async with self._fetch.open_client(source, partial(self._report_wait, source)) as http:
            client = _Client(http, self._parser, self._hosts)
            while batches and not self._unsaved:
                batch = batches.popleft()
                try:
                    drafts = await source.fetch([search.target for search in batch], client)
                    cards = await self._make_cards(source, batch, drafts)
                except Exception as error:
                    if len(batch) > 1 and splits < _MAX_SPLITS and not isinstance(error, BusyError | OfflineError):
                        splits += 1
                        middle = len(batch) // 2
                        batches += (batch[:middle], batch[middle:])
                        continue
                    for search in batch:
                        self._note_error(source, search, error)
                else:
                    if cards:
                        self._store_cards(source, cards)

    async def _make_cards(
        self, source: CardSource, batch: Sequence[_Search], drafts: Mapping[str, Answer]
    ) -> list[Card]:
        cards = []
        for search in batch:
            search.asked.append(source.name)
            draft = drafts.get(search.target.work)
            if isinstance(draft, ReaderError):
                self._note_error(source, search, draft)
            elif draft:
                try:
                    make = partial(make_card, target=search.target, source_name=source.name, now=self._fetch.now())
                    cards.append(await self._parser.run(make, draft))
                except (NoCardError, UnreadableInputError) as error:
                    self._note_error(source, search, error)
        return cards

    def _store_cards(self, source: CardSource, cards: Sequence[Card]) -> None:
        try:
            self._store.put(cards)
        except DatabaseError as error:  # nothing more is fetched, because it cannot be stored
            for card in cards:
                self._unsaved[card.work] = card
                self._failed[card.work] = str(error)
            return
        for card in cards:
            self._fetched[card.work] = None
            self._report_progress(source.name, card.title)

    def _note_error(self, source: CardSource, search: _Search, error: Exception) -> None:
        """Note why a work has no card from a source. If the source only does not have it, the next one is asked."""
        sentence = self._describe(source, error)
        if isinstance(error, NoCardError):
            search.reason = sentence
            return
        self._is_offline |= _is_offline(error)
        self._failed[search.target.work] = sentence
        self._report_progress(source.name)

    def _describe(self, source: CardSource, error: Exception) -> str:
        match error:
            case BlockedError():
                return f"{error.summary}. {OPEN_INSTEAD}"
            case UnreadableInputError() if not str(error).endswith("."):  # the text follows the name of the input
                return f"{source.name}: the response {error}. {OPEN_INSTEAD}"
            case ReaderError():  # nobody typed the URL of a citation
                return str(error).replace("Check the URL.", OPEN_INSTEAD)
            case _:
                return describe_error(error, self._fetch.error_log)

    def _report_progress(self, source: str, title: str = "", *, note: str = "") -> None:
        done = len(self._fetched) + len(self._not_found) + len(self._failed)
        self._fetch.on_progress(Progress(source, done, self._total, title, note=note))

    def _report_wait(self, source: CardSource, note: str) -> None:
        self._report_progress(source.name, note=note)


class _Search:
    """A work whose card is wanted, and the sources that may have it."""

    def __init__(self, target: CardTarget, sources: deque[CardSource]) -> None:
        self.target = target
        self.sources = sources
        """The sources that were not asked yet."""
        self.asked: list[str] = []
        self.reason = ""
        """The sentence of the last source whose answer was not a card."""

    def describe_absence(self) -> str:
        """Return why no source has the card."""
        if not (self.reason or self.asked):
            return "There is no card for this kind of URL."
        return self.reason or f"Not found on {' or '.join(self.asked)}."


class _SharedParser:
    """The parser process of a run, for one task at a time."""

    def __init__(self, parser: ParserProcess) -> None:
        self._parser = parser
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Start the process while the first requests are on their way."""
        with suppress(UnreadableInputError):
            await self.run(len, ())

    async def run(self, task: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
        """Return the value of a function of a module, called in the process; see `SourceClient.parse`."""
        async with self._lock:
            return await asyncio.to_thread(self._parser.run, task, argument)


class _Client:
    """The `SourceClient` for one source."""

    def __init__(self, http: HttpClient, parser: _SharedParser, hosts: _Hosts) -> None:
        self._http = http
        self._parser = parser
        self._hosts = hosts

    async def get(
        self, url: str, *, accept: str = "", max_bytes: int = MAX_BODY_SIZE, truncate: bool = False
    ) -> Response:
        host = get_host(check_page_url(url))
        self._hosts.check(host)
        try:
            response = await self._http.get(url, accept=accept or "*/*", max_bytes=max_bytes, truncate=truncate)
        except SyncError as error:
            self._hosts.note_error(host, error)
            raise
        self._hosts.note_answer(host)
        return response

    async def parse(self, parse: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
        return await self._parser.run(parse, argument)


class _Hosts:
    """Knows which hosts need not be asked again in this run: their other works get the last error at once.

    These are hosts that cannot be reached, that ask for fewer requests, or that fail again and again. If the first few
    cannot be reached, there is no network, and no host needs to be asked.
    """

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()
        self._last_errors: dict[str, SyncError] = {}
        self._unreachable: set[str] = set()
        self._has_answer = False

    def check(self, host: str) -> None:
        """Raise the last error if the host need not be asked."""
        if self._failures[host] >= _MAX_FAILURES:
            raise self._last_errors[host]
        if len(self._unreachable) >= _MAX_FAILURES and not self._has_answer:
            raise next(error for error in self._last_errors.values() if _is_offline(error))

    def note_answer(self, host: str) -> None:
        """Note that a host has sent a usable response."""
        self._failures[host] = 0
        self._has_answer = True

    def note_error(self, host: str, error: SyncError) -> None:
        """Note that a request to a host failed."""
        is_final = _is_offline(error) or (isinstance(error, BusyError) and error.host == host)
        self._failures[host] += _MAX_FAILURES if is_final else 1
        self._last_errors[host] = error
        if _is_offline(error):
            self._unreachable.add(host)
        else:
            self._has_answer = True


def _is_offline(error: Exception) -> bool:
    """Return True if the first host was not reached; a host that it redirects to does not count."""
    return isinstance(error, OfflineError) and not isinstance(error, RedirectOfflineError)
