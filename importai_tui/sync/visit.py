"""One source in one run: asks it, keeps the issues that it answers, and counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from importai_tui.archive.fallback import feed_origin
from importai_tui.archive.outcome import Outcome
from importai_tui.archive.written import Arrival, WrittenIssue
from importai_tui.errors import Offline, ReaderError, UnusableAnswer
from importai_tui.library import IssueHead, Library
from importai_tui.parse.clean import clean_line
from importai_tui.parse.document import Document
from importai_tui.parse.version import PARSER_VERSION
from importai_tui.parse_pool import Page, ParserProcess
from importai_tui.sync.memory import Memory, keep, recall
from importai_tui.sync.pace import Pace
from importai_tui.sync.previews import preview
from importai_tui.sync.report import OnProgress, Progress, SourceReport
from importai_tui.sync.sources import Source
from importai_tui.web.answers import host_told
from importai_tui.web.client import Answer, Form, Web
from importai_tui.wording import plural

_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")
_MOST_TITLES = 5
"""Titles of protected posts that a report names."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """An issue that an answer holds, with the packed page that it was read from; `whole`: that page is all of it."""

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


class Visit:
    """The source, what is remembered of it, and what has come of asking it so far."""

    def __init__(
        self,
        source: Source,
        library: Library,
        web: Web,
        parser: ParserProcess,
        on_progress: OnProgress,
        clock: Callable[[], float],
    ) -> None:
        self.source = source
        self.library = library
        self.memory = recall(library, source.address)
        self.feed_address = source.address
        """Where the feed is, unless it is known to have moved."""
        self.is_fallback = False
        """A WordPress feed is read: what it gives never replaces what a better source gave."""
        self.page_size: int | None = None
        """How many posts a REST answer may have, after a larger one failed; for the rest of the run."""
        self.has_posts = False
        """This run has received REST posts."""
        self.first_page: Answer | None = None
        """The first page of the feed, if this run has received it."""
        self.is_conditional = False
        """The latest request was for what is new since the remembered answer."""
        self._origin, self._memory_name = source.name, source.address
        self.total: int | None = None
        """Issues that are expected; None while that is not known."""
        self._done = 0
        self._seeking = False
        self._web = web
        self._parser = parser
        self._on_progress = on_progress
        self._pace = Pace(clock)
        self._tally = _Tally()

    async def ask(self, address: str, *, conditional: bool = False) -> Answer:
        """One question; `conditional` asks only for what is new since the answer that is remembered."""
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
        """Save what is now known of the source; the issues that it speaks of are stored already."""
        keep(self.library, self._memory_name, self.memory)

    def turn_to_feed(self, address: str, memory: Memory) -> None:
        """Ask this feed of the site for the rest of the run; what is known of its REST posts stays as it is."""
        self.memory, self._memory_name, self.feed_address = memory, address, address
        self.is_fallback = True
        self._origin = feed_origin(self.source.name)

    async def read(self, documents: Iterable[Document]) -> list[Arrived]:
        """The issues in the documents; of two posts with one address, the first.

        Posts that are no issues are counted, and those that cannot be read are named in the report.
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
        """The value of a task that the parser process does. Raises UnreadableInput."""
        return await asyncio.to_thread(self._parser.run, task, argument)

    async def keep(self, arrived: Iterable[Arrived]) -> bool:
        """Store issues, each whole or not at all; whether any of them was new or edited."""
        news = False
        for one in arrived:
            name = one.issue.url or self.source.address
            # A preview goes for no more than a file: no edit of what is whole, and the whole takes its place.
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
        """Say how far this source is."""
        rate, left = self._pace.at(self._done, self.total)
        # What has moved on the site meanwhile comes twice.
        done = min(self._done, self.total) if self.total is not None else self._done
        self._on_progress(Progress(self.source.name, done, self.total, title, len(self._tally.new), rate, left, note))

    def go_on_behind(self, done: int) -> None:
        """That many issues were handled before; they say nothing of the present pace."""
        self._done = done
        self._pace.begin_at(done)

    def look_for(self, issues: int) -> None:
        """From now on only so many issues are wanted, whatever else the answers hold."""
        self._seeking, self.total = True, issues
        self.go_on_behind(0)

    def report(self, error: Exception | None = None, *, replaced_by: str = "", alternative: str = "") -> SourceReport:
        """The report of this source; `error` ended it early. For the other arguments see `SourceReport`."""
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
        """Note posts of which only the beginning came."""
        self._tally.excerpts.update(post.url or post.title or "" for post in posts)

    def note_protected(self, address: str, title: str) -> None:
        """Note a post that can be read only with a password."""
        self._tally.protected[address or title] = title

    def remark(self, sentence: str) -> None:
        """Say a sentence in the report, once."""
        if sentence not in self._tally.remarks:
            self._tally.remarks.append(sentence)

    def trouble(self, reason: str, answer: Answer | None = None) -> UnusableAnswer:
        """An error whose sentence begins with the host that answered."""
        return UnusableAnswer(f"{host_told(answer.url) if answer else self.source.host} {reason}.")

    def unexpected(self, answer: Answer, wanted: str) -> UnusableAnswer:
        """An error about an answer of another form; `wanted` goes on from "where … should be"."""
        got = "a web page" if answer.form is Form.HTML else "something else"
        return self.trouble(
            f"answers with {got} where {wanted} should be, so nothing of it was kept. Try again later", answer
        )

    def _remarks(self) -> Iterator[str]:
        """Sentences about posts that were not stored, though they are issues."""
        tally, host = self._tally, self.source.host
        if tally.excerpts:
            yield f"{host} gives only the beginning of {plural(len(tally.excerpts), 'post')}, not stored."
        if tally.protected:
            titles = "; ".join(list(tally.protected.values())[:_MOST_TITLES])
            more = "…" if len(tally.protected) > _MOST_TITLES else ""
            number = plural(len(tally.protected), "post")
            yield f"{host} gives {number} only with a password, not stored: {titles}{more}."

    def _count(self, outcome: Outcome, head: IssueHead) -> None:
        """An issue that comes twice in one run counts once, as what happened first."""
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
    """A post as a message names it: where it stands in the answer, and its title."""
    title = f' ("{document.title[:80]}")' if document.title else ""
    return f"{document.place or 'the post'}{title}"
