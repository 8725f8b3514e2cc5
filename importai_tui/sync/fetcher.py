"""Sync of one source in one run: requests, stored issues, counts; numbers that are missing behind a feed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from importai_tui.archive.fallback import feed_origin
from importai_tui.archive.outcome import Outcome
from importai_tui.archive.written import Arrival, WrittenIssue
from importai_tui.errors import Offline, ReaderError, UnusableAnswer
from importai_tui.http import BodyFormat, HttpClient, Response
from importai_tui.http.responses import format_host
from importai_tui.library import IssueHead, Library
from importai_tui.parse.clean import clean_line
from importai_tui.parse.document import Document
from importai_tui.parse.version import PARSER_VERSION
from importai_tui.parse_pool import Page, ParserProcess
from importai_tui.sync.progress import OnProgress, Progress, RateEstimator, SourceReport
from importai_tui.sync.sources import (
    Source,
    SourceState,
    given_up_numbers,
    load_state,
    save_state,
    save_wanted,
    wanted_numbers,
)
from importai_tui.sync.truncated_posts import preview
from importai_tui.wording import plural

_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")
_MOST_TITLES = 5
"""Titles of protected posts in a report."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A parsed issue with its compressed page. `whole` is False if the page is only a preview of the issue."""

    issue: WrittenIssue
    page: bytes
    whole: bool


@dataclass(slots=True)
class _Tally:
    requests: int = 0
    bytes: int = 0
    new: dict[str, IssueHead] = field(default_factory=dict)
    updated: dict[str, IssueHead] = field(default_factory=dict)
    unchanged: set[str] = field(default_factory=set)
    passed_over: int = 0
    failed: list[str] = field(default_factory=list)
    excerpts: set[str] = field(default_factory=set)
    protected: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


class SourceSync:
    """A source, its stored state, and its results so far in this run."""

    def __init__(
        self,
        source: Source,
        library: Library,
        web: HttpClient,
        parser: ParserProcess,
        on_progress: OnProgress,
        clock: Callable[[], float],
    ) -> None:
        self.source = source
        self.library = library
        self.memory = load_state(library, source.address)
        self.feed_address = source.address
        """Default address of the feed."""
        self.is_fallback = False
        """True if a WordPress feed is used in place of REST; its issues never replace those of a better source."""
        self.page_size: int | None = None
        """Posts per REST response for the rest of the run, after a larger response failed."""
        self.has_posts = False
        """True if this run has received REST posts."""
        self.first_page: Response | None = None
        """First page of the feed, if this run has received it."""
        self.is_conditional = False
        """True if the latest request was conditional."""
        self._origin, self._memory_name = source.name, source.address
        self.total: int | None = None
        """Number of expected issues; None while unknown."""
        self._done = 0
        self._seeking = False
        self._web = web
        self._parser = parser
        self._on_progress = on_progress
        self._rate = RateEstimator(clock)
        self._tally = _Tally()

    async def ask(self, address: str, *, conditional: bool = False) -> Response:
        """Send a request; `conditional` adds the stored validators."""
        self.tell()
        requests, size = self._web.requests, self._web.bytes
        validators = self.memory.validators if conditional else {}
        self.is_conditional = bool(validators)
        try:
            return await self._web.get(address, validators=validators)
        finally:
            self._tally.requests += self._web.requests - requests
            self._tally.bytes += self._web.bytes - size

    def remember(self) -> None:
        """Save the state of the source. Call this only after the issues that it refers to are stored."""
        save_state(self.library, self._memory_name, self.memory)

    def turn_to_feed(self, address: str, memory: SourceState) -> None:
        """Use this feed of the site for the rest of the run; the stored state of its REST posts stays unchanged."""
        self.memory, self._memory_name, self.feed_address = memory, address, address
        self.is_fallback = True
        self._origin = feed_origin(self.source.name)

    async def read(self, documents: Iterable[Document]) -> list[Arrived]:
        """Parse documents to issues; of two posts with the same address, only the first.

        Posts that are not issues are counted; unreadable posts are named in the report.
        """
        arrived: list[Arrived] = []
        addresses: set[str] = set()
        for document in documents:
            if document.url in addresses:
                continue
            if document.url:
                addresses.add(document.url)
            beginning = preview(document)
            taken = await asyncio.to_thread(self._parser.parse_page, Page(beginning or document, ""))
            if taken.issue:
                arrived.append(Arrived(taken.issue, taken.page, whole=beginning is None))
                continue
            self._done += not self._seeking
            if taken.failed:
                self._tally.failed.append(f"{_place(document)} {taken.reason}")
            else:
                self._tally.passed_over += 1
        return arrived

    async def parse(self, task: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
        """Run a task in the parser process and return its value. Raises UnreadableInput."""
        return await asyncio.to_thread(self._parser.run, task, argument)

    async def keep(self, arrived: Iterable[Arrived]) -> bool:
        """Store issues, each in its own transaction. Returns True if any was new or edited."""
        news = False
        for one in arrived:
            name = one.issue.url or self.source.address
            # A preview ranks like an imported file: it never replaces a whole issue, and a whole issue replaces it.
            origin = self._origin if one.whole else ""
            arrival = Arrival(one.issue, one.page, name, PARSER_VERSION, origin=origin, yields=self.is_fallback)
            self._done += 1
            try:
                (stored,) = self.library.store_all((arrival,))
            except ReaderError:
                raise
            except Exception as error:  # one issue must not lose the others of its source
                self._tally.failed.append(f'"{one.issue.title[:80]}" cannot be stored ({type(error).__name__})')
                continue
            self._count(stored.outcome, stored.head)
            news |= stored.outcome is not Outcome.UNCHANGED
            self.tell(stored.head.title)
            await asyncio.sleep(0)
        return news

    def tell(self, title: str = "", note: str = "") -> None:
        """Report the progress of this source."""
        rate, left = self._rate.estimate(self._done, self.total)
        # A post that moves to another page meanwhile comes twice.
        done = min(self._done, self.total) if self.total is not None else self._done
        self._on_progress(Progress(self.source.name, done, self.total, title, len(self._tally.new), rate, left, note))

    def continue_backfill(self, done: int) -> None:
        """Continue after `done` issues of an earlier run, which do not count for the rate."""
        self._done = done
        self._rate.restart(done)

    def look_for(self, issues: int) -> None:
        """Count only towards this number of wanted issues from now on."""
        self._seeking, self.total = True, issues
        self.continue_backfill(0)

    def report(self, error: Exception | None = None, *, replaced_by: str = "", alternative: str = "") -> SourceReport:
        """Return the report of this source; `error` ended it early. For the other arguments see `SourceReport`."""
        tally = self._tally
        remarks = [*tally.remarks, *self._remarks()]
        if replaced_by:
            remarks.insert(0, f"{getattr(error, 'summary', self.source.host)}, so {replaced_by} was asked instead.")
        return SourceReport(
            name=self.source.name,
            requests=tally.requests,
            bytes=tally.bytes,
            new=tuple(tally.new.values()),
            updated=tuple(tally.updated.values()),
            unchanged=len(tally.unchanged - tally.new.keys() - tally.updated.keys()),
            passed_over=tally.passed_over,
            failed=tuple(map(clean_line, dict.fromkeys(tally.failed))),
            remarks=tuple(map(clean_line, remarks)),
            error=clean_line(str(error)) if error else None,
            offline=isinstance(error, Offline),
            replaced_by=replaced_by,
            alternative=alternative,
        )

    def note_excerpts(self, posts: Iterable[Document]) -> None:
        """Note posts that came as excerpts."""
        self._tally.excerpts.update(post.url or post.title or "" for post in posts)

    def note_protected(self, address: str, title: str) -> None:
        """Note a post behind a password."""
        self._tally.protected[address or title] = title

    def remark(self, sentence: str) -> None:
        """Add a sentence to the report, unless it is already there."""
        if sentence not in self._tally.remarks:
            self._tally.remarks.append(sentence)

    def trouble(self, reason: str, answer: Response | None = None) -> UnusableAnswer:
        """Return an error whose sentence begins with the host that answered."""
        return UnusableAnswer(f"{format_host(answer.url) if answer else self.source.host} {reason}.")

    def unexpected(self, answer: Response, wanted: str) -> UnusableAnswer:
        """Return an error about a response of another format; `wanted` completes "where … should be"."""
        got = "a web page" if answer.format is BodyFormat.HTML else "something else"
        return self.trouble(
            f"answers with {got} where {wanted} should be, so nothing of it was kept. Try again later", answer
        )

    def _remarks(self) -> Iterator[str]:
        """Yield sentences about issues that were not stored."""
        tally, host = self._tally, self.source.host
        if tally.excerpts:
            yield f"{host} gives only the beginning of {plural(len(tally.excerpts), 'post')}, not stored."
        if tally.protected:
            titles = "; ".join(list(tally.protected.values())[:_MOST_TITLES])
            more = "…" if len(tally.protected) > _MOST_TITLES else ""
            number = plural(len(tally.protected), "post")
            yield f"{host} gives {number} only with a password, not stored: {titles}{more}."

    def _count(self, outcome: Outcome, head: IssueHead) -> None:
        """Count an issue once, with its first outcome, even if it comes twice in one run."""
        match outcome:
            case Outcome.IMPORTED:
                self._tally.new[head.slug] = head
            case Outcome.UPDATED if head.slug in self._tally.new:
                self._tally.new[head.slug] = head
            case Outcome.UPDATED:
                self._tally.updated[head.slug] = head
            case Outcome.UNCHANGED:
                self._tally.unchanged.add(head.slug)


def _place(document: Document) -> str:
    """Format a post for messages: its place in the response and its title."""
    title = f' ("{document.title[:80]}")' if document.title else ""
    return f"{document.place or 'the post'}{title}"


def note_missing(visit: SourceSync, arrived: Iterable[Arrived]) -> None:
    """Save the numbers that are missing behind the arrived issues.

    Call this before the issues are stored. Afterwards a gap behind the newest issues would look like older issues that
    were never wanted.
    """
    library = visit.library
    numbers = {one.issue.number for one in arrived if one.issue.number is not None}
    missing = missing_behind(numbers, library.numbers()) - given_up_numbers(library)
    if missing:
        save_wanted(library, missing | wanted_numbers(library))


def missing_behind(arrived: Collection[int], stored: Collection[int]) -> set[int]:
    """Return the numbers between the newest arrived issue and the nearest stored issue below all arrived ones."""
    if not arrived:
        return set()
    oldest = min(arrived)
    below = max((number for number in stored if number < oldest), default=oldest)
    return set(range(below + 1, max(arrived))).difference(arrived, stored)
