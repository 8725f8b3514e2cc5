"""Syncs one source in one run: requests, stored issues, counts, missing numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from importai_tui.archive.copies import make_feed_origin
from importai_tui.archive.stories import IncomingIssue, IssueRecord
from importai_tui.archive.writer import StoreOutcome
from importai_tui.errors import TRY_AGAIN, OfflineError, ReaderError, UnusableResponseError
from importai_tui.http.client import HttpClient
from importai_tui.http.responses import BodyFormat, Response, format_host
from importai_tui.library.library import Library
from importai_tui.library.rows import IssueRow
from importai_tui.parse import PARSER_VERSION
from importai_tui.parse.clean import clean_line
from importai_tui.parse.formats import Document
from importai_tui.parse_pool import PageTask, ParserProcess
from importai_tui.sync.excerpts import extract_preview
from importai_tui.sync.progress import OnProgress, Progress, RateEstimator, SourceReport
from importai_tui.sync.sources import (
    Source,
    SourceState,
    load_given_up,
    load_state,
    load_wanted,
    save_state,
    save_wanted,
)
from importai_tui.wording import plural

_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")
_MAX_TITLES = 5
"""Number of protected posts that a report names."""


@dataclass(frozen=True, slots=True)
class FetchedIssue:
    """A parsed issue with its compressed page. `is_whole` is False if the page is only a preview of the issue."""

    issue: IssueRecord
    page: bytes
    is_whole: bool


class SourceSync:
    """A source, its stored state, and its results so far in this run."""

    def __init__(
        self,
        source: Source,
        library: Library,
        client: HttpClient,
        parser: ParserProcess,
        on_progress: OnProgress,
        clock: Callable[[], float],
    ) -> None:
        self.source = source
        self.library = library
        self.state = load_state(library, source.address)
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
        self._origin, self._state_name = source.name, source.address
        self.total: int | None = None
        """Number of expected issues; None while unknown."""
        self._done = 0
        self._is_counting_wanted = False
        self._client = client
        self._parser = parser
        self._on_progress = on_progress
        self._rate = RateEstimator(clock)
        self._tally = _Tally()

    async def fetch(self, address: str, *, conditional: bool = False) -> Response:
        """Send a request; `conditional` adds the stored validators."""
        self.report_progress()
        requests, size = self._client.request_count, self._client.byte_count
        validators = self.state.validators if conditional else {}
        self.is_conditional = bool(validators)
        try:
            return await self._client.get(address, validators=validators)
        finally:
            self._tally.requests += self._client.request_count - requests
            self._tally.bytes += self._client.byte_count - size

    def save(self) -> None:
        """Save the state of the source. Call this only after the issues that it refers to are stored."""
        save_state(self.library, self._state_name, self.state)

    def switch_to_feed(self, address: str, state: SourceState) -> None:
        """Use this feed of the site for the rest of the run; the stored state of its REST posts stays unchanged."""
        self.state, self._state_name, self.feed_address = state, address, address
        self.is_fallback = True
        self._origin = make_feed_origin(self.source.name)

    async def parse_documents(self, documents: Iterable[Document]) -> list[FetchedIssue]:
        """Parse documents to issues. Of two posts with the same address, only the first is parsed.

        Posts that are not issues are counted; unreadable posts are named in the report.
        """
        fetched: list[FetchedIssue] = []
        addresses: set[str] = set()
        for document in documents:
            if document.url in addresses:
                continue
            if document.url:
                addresses.add(document.url)
            preview = extract_preview(document)
            parsed = await asyncio.to_thread(self._parser.parse_page, PageTask(preview or document, ""))
            if parsed.issue:
                fetched.append(FetchedIssue(parsed.issue, parsed.compressed_page, is_whole=preview is None))
                continue
            self._done += not self._is_counting_wanted
            if parsed.failed:
                self._tally.failed.append(f"{_format_post(document)}: {parsed.reason}")
            else:
                self._tally.skipped += 1
        return fetched

    async def run_in_parser(self, task: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
        """Run a task in the parser process and return its value. Raises UnreadableInput."""
        return await asyncio.to_thread(self._parser.run, task, argument)

    async def store(self, fetched: Iterable[FetchedIssue]) -> bool:
        """Store issues, each in its own transaction. Returns True if any was new or edited."""
        has_news = False
        for item in fetched:
            name = item.issue.url or self.source.address
            # Without an origin, a preview ranks like an imported file: it never replaces a whole issue.
            origin = self._origin if item.is_whole else ""
            incoming = IncomingIssue(
                item.issue, item.page, name, PARSER_VERSION, origin=origin, is_fallback=self.is_fallback
            )
            self._done += 1
            try:
                (stored,) = self.library.store_all((incoming,))
            except ReaderError:
                raise
            except Exception as error:  # one issue must not lose the others of its source
                self._tally.failed.append(f'"{item.issue.title[:80]}" can\'t be stored ({type(error).__name__})')
                continue
            self._count(stored.outcome, stored.row)
            has_news |= stored.outcome is not StoreOutcome.UNCHANGED
            self.report_progress(stored.row.title)
            await asyncio.sleep(0)
        return has_news

    def report_progress(self, title: str = "", note: str = "") -> None:
        """Report the progress of this source."""
        rate, remaining = self._rate.estimate(self._done, self.total)
        # A post that moves to another page during the sync is counted twice.
        done = min(self._done, self.total) if self.total is not None else self._done
        self._on_progress(
            Progress(self.source.name, done, self.total, title, len(self._tally.new), rate, remaining, note)
        )

    def continue_backfill(self, done: int) -> None:
        """Continue after `done` issues of an earlier run, which do not count for the rate."""
        self._done = done
        self._rate.restart(done)

    def start_count(self, total: int) -> None:
        """Count only towards this number of wanted issues from now on."""
        self._is_counting_wanted, self.total = True, total
        self.continue_backfill(0)

    def build_report(
        self, error: Exception | None = None, *, replaced_by: str = "", alternative: str = ""
    ) -> SourceReport:
        """Return the report of this source; `error` ended it early. For the other arguments see `SourceReport`."""
        tally = self._tally
        remarks = [*tally.remarks, *self._format_remarks()]
        if replaced_by:
            remarks.insert(0, f"{getattr(error, 'summary', self.source.host)}; used {replaced_by} instead.")
        return SourceReport(
            name=self.source.name,
            requests=tally.requests,
            bytes=tally.bytes,
            new=tuple(tally.new.values()),
            updated=tuple(tally.updated.values()),
            unchanged=len(tally.unchanged - tally.new.keys() - tally.updated.keys()),
            skipped_posts=tally.skipped,
            failed_posts=tuple(map(clean_line, dict.fromkeys(tally.failed))),
            remarks=tuple(map(clean_line, remarks)),
            error=clean_line(str(error)) if error else None,
            is_offline=isinstance(error, OfflineError),
            host=self.source.host,
            replaced_by=replaced_by,
            alternative=alternative,
        )

    def add_excerpts(self, posts: Iterable[Document]) -> None:
        """Add posts that came as excerpts to the report."""
        self._tally.excerpts.update(post.url or post.title or "" for post in posts)

    def add_protected(self, address: str, title: str) -> None:
        """Add a post behind a password to the report."""
        self._tally.protected[address or title] = title

    def add_remark(self, sentence: str) -> None:
        """Add a sentence to the report, unless it is already there."""
        if sentence not in self._tally.remarks:
            self._tally.remarks.append(sentence)

    def response_error(self, reason: str, response: Response | None = None) -> UnusableResponseError:
        """Return an error whose sentence begins with the host of the response."""
        return UnusableResponseError(f"{format_host(response.url) if response else self.source.host} {reason}.")

    def format_error(self, response: Response, expected: str) -> UnusableResponseError:
        """Return an error about a response of another format; `expected` completes "instead of …"."""
        got = "a web page" if response.format is BodyFormat.HTML else "something else"
        return self.response_error(f"sent {got} instead of {expected}; nothing was stored. {TRY_AGAIN} later", response)

    def _format_remarks(self) -> Iterator[str]:
        """Yield sentences about issues that were not stored."""
        tally, host = self._tally, self.source.host
        if tally.excerpts:
            yield f"{host} gives only excerpts of {plural(len(tally.excerpts), 'post')}, not stored."
        if tally.protected:
            titles = "; ".join(list(tally.protected.values())[:_MAX_TITLES])
            more = "…" if len(tally.protected) > _MAX_TITLES else ""
            number = plural(len(tally.protected), "post")
            yield f"{host} requires a password for {number}, not stored: {titles}{more}."

    def _count(self, outcome: StoreOutcome, row: IssueRow) -> None:
        """Count an issue once, with its first outcome, even if it is stored twice in one run."""
        match outcome:
            case StoreOutcome.IMPORTED:
                self._tally.new[row.slug] = row
            case StoreOutcome.UPDATED if row.slug in self._tally.new:
                self._tally.new[row.slug] = row
            case StoreOutcome.UPDATED:
                self._tally.updated[row.slug] = row
            case StoreOutcome.UNCHANGED:
                self._tally.unchanged.add(row.slug)


def save_missing_behind(sync: SourceSync, fetched: Iterable[FetchedIssue]) -> None:
    """Save the numbers that are missing behind the fetched issues.

    Call this before the issues are stored. Afterwards a gap behind the newest issues would look like older issues that
    were never wanted.
    """
    library = sync.library
    numbers = {item.issue.number for item in fetched if item.issue.number is not None}
    missing = find_missing_behind(numbers, library.get_issue_numbers()) - load_given_up(library)
    if missing:
        save_wanted(library, missing | load_wanted(library))


def find_missing_behind(fetched: Collection[int], stored: Collection[int]) -> set[int]:
    """Return the numbers between the newest fetched issue and the nearest stored issue below all fetched ones."""
    if not fetched:
        return set()
    oldest = min(fetched)
    below = max((number for number in stored if number < oldest), default=oldest)
    return set(range(below + 1, max(fetched))).difference(fetched, stored)


@dataclass(slots=True)
class _Tally:
    """Results of one source in one run."""

    requests: int = 0
    bytes: int = 0
    new: dict[str, IssueRow] = field(default_factory=dict)
    updated: dict[str, IssueRow] = field(default_factory=dict)
    unchanged: set[str] = field(default_factory=set)
    skipped: int = 0
    failed: list[str] = field(default_factory=list)
    excerpts: set[str] = field(default_factory=set)
    protected: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def _format_post(document: Document) -> str:
    """Format a post for messages: its place in the response and its title."""
    title = f' ("{document.title[:80]}")' if document.title else ""
    return f"{document.name_in_container or 'the post'}{title}"
