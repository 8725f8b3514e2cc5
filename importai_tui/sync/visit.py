"""One source in one run: asks it, keeps the issues that it answers, and counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from importai_tui.archive.outcome import Outcome
from importai_tui.errors import Offline, SyncTrouble, UnreadableInput
from importai_tui.issue import Issue
from importai_tui.library import IssueHead, Library
from importai_tui.parse.clean import clean_line
from importai_tui.parse.containers import Document
from importai_tui.parse.understand import understand
from importai_tui.sync.memory import keep, recall
from importai_tui.sync.pace import Pace
from importai_tui.sync.previews import preview
from importai_tui.sync.report import OnProgress, Progress, SourceReport
from importai_tui.sync.sources import Source
from importai_tui.web.client import Answer, Form, Web


@dataclass(frozen=True, slots=True)
class Arrived:
    """An issue that an answer holds, with the page that it was read from, and whether that is all of it."""

    issue: Issue
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


class Visit:
    """The source, what is remembered of it, and what has come of asking it so far."""

    def __init__(
        self, source: Source, library: Library, web: Web, on_progress: OnProgress, clock: Callable[[], float]
    ) -> None:
        self.source = source
        self.library = library
        self.memory = recall(library, source.address)
        self.total: int | None = None
        """Issues that are expected; None while that is not known."""
        self._done = 0
        self._seeking = False
        self._web = web
        self._on_progress = on_progress
        self._pace = Pace(clock)
        self._tally = _Tally()

    async def ask(self, address: str, *, conditional: bool = False) -> Answer:
        """One question; `conditional` asks only for what is new since the answer that is remembered."""
        self.tell()
        requests, size = self._web.requests, self._web.bytes
        try:
            return await self._web.get(address, validators=self.memory.validators if conditional else {})
        finally:
            self._tally.requests += self._web.requests - requests
            self._tally.bytes += self._web.bytes - size

    def remember(self) -> None:
        """Keep what is now known of the source; the issues that it speaks of are stored already."""
        keep(self.library, self.source.address, self.memory)

    async def read(self, documents: Iterable[Document]) -> list[Arrived]:
        """The issues in the documents; of two posts with one address, the first. What is no issue is passed over."""
        arrived: list[Arrived] = []
        addresses: set[str] = set()
        for document in documents:
            if document.url in addresses:
                continue
            if document.url:
                addresses.add(document.url)
            try:
                beginning = preview(document)
                read = beginning or document
                arrived.append(Arrived(understand(read).issue, read.data, whole=beginning is None))
            except UnreadableInput:
                self._tally.passed_over += 1
                self._done += not self._seeking
            # The network and a stop get their turn between any two pages.
            await asyncio.sleep(0)
        return arrived

    async def keep(self, arrived: Iterable[Arrived]) -> bool:
        """Store issues, each whole or not at all; whether any of them was new or edited."""
        news = False
        for one in arrived:
            name = one.issue.url or self.source.address
            # A preview goes for no more than a file: no edit of what is whole, and the whole takes its place.
            stored = self.library.store(one.issue, one.page, name, origin=self.source.name if one.whole else "")
            self._done += 1
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

    def report(self, error: Exception | None = None) -> SourceReport:
        """What has come of it; `error` is what ended it early."""
        tally = self._tally
        return SourceReport(
            name=self.source.name,
            requests=tally.requests,
            bytes=tally.bytes,
            new=tuple(tally.new.values()),
            updated=tuple(tally.updated.values()),
            unchanged=len(tally.unchanged - tally.new.keys() - tally.updated.keys()),
            passed_over=tally.passed_over,
            error=clean_line(str(error)) if error else None,
            offline=isinstance(error, Offline),
        )

    def trouble(self, reason: str) -> SyncTrouble:
        """What is wrong with an answer, as a sentence that begins with the source's host."""
        return SyncTrouble(f"{self.source.host} {reason}.")

    def unexpected(self, answer: Answer, wanted: str) -> SyncTrouble:
        """What is wrong with an answer of another form; `wanted` goes on from "where … should be"."""
        got = "a web page" if answer.form is Form.HTML else "something else"
        return self.trouble(f"answers with {got} where {wanted} should be, so nothing of it was kept. Try again later")

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
