"""The thread in which the archive is searched while one types: the newest question wins. It draws nothing.

Tab in a search: what the word under the cursor may become, and which of that is taken.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from importai_tui.archive.search import MarkedKeys
from importai_tui.errors import ReaderError
from importai_tui.library.rows import IssueRow
from importai_tui.query.completion import FIELD_HELP, Completion, CompletionSources, complete_query
from importai_tui.query.conditions import Query
from importai_tui.query.parser import TOKEN_PATTERN
from importai_tui.search.excerpts import Excerpt
from importai_tui.search.search import EVERY_STORY_QUERY, Period, Search, SearchResult, compute_trend
from importai_tui.sqlite import QueryCancelled

AT_ONCE = 10
"""Stories whose excerpts are made in one go: a few milliseconds in which no newer question is heard."""


_REST = 0.3
"""Seconds: who types, types the next letter sooner."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of an answer by now: it grows while the reader looks at it.

    `excerpts` are those of the first stories. `total` and `periods` come after the stories, `suggestion` where there
    are none. `number` tells the question, `trouble` what went wrong.
    """

    number: int = 0
    answer: SearchResult | None = None
    excerpts: tuple[Excerpt, ...] = ()
    total: int | None = None
    periods: tuple[Period, ...] = ()
    suggestion: str | None = None
    trouble: str = ""

    @property
    def stories(self) -> int:
        """How many are here, of perhaps more."""
        return len(self.answer.hits) if self.answer else 0


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be found. `seen` is the number of stories that fit on the screen; `trend`: their course as well."""

    number: int
    query: Query
    marks: MarkedKeys = field(default_factory=dict)
    seen: int = AT_ONCE
    trend: bool = False


Job = Callable[[Search], Iterator[object]]
"""What is done in the thread: it is left at any step as soon as there is a newer question. At a None it may rest."""


class SearchThread:
    """One thread with its own connection to an archive's index."""

    def __init__(self, archive: Path, tell: Callable[[object], None], latest: Findings) -> None:
        """Begin at once, so that the first letter need not wait for a file to be opened.

        Args:
            archive: the archive's file.
            tell: called in the thread with Findings, whatever else a job gives, or an error.
            latest: what was found before, if one goes on with that.
        """
        self._archive = archive
        self._tell = tell
        self._latest = latest
        self._jobs: list[Job] = []
        self._changed = threading.Condition()
        self._search: Search | None = None
        self._current: Job | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="search", daemon=True)
        self._thread.start()

    def ask(self, question: Question) -> None:
        """Answer this; all that was asked before is forgotten."""
        with self._changed:
            self._jobs = [lambda search: _answering(search, question)]
            self._current = None
            self._break_off()

    def go_on(self, question: Question) -> None:
        """More stories of the answer to this, the last one."""
        self.also(lambda search: _going_on(search, question, self._latest))

    def follow(self, question: Question) -> None:
        """The course of the same answer through time."""
        self.also(lambda search: _following(search, question, self._latest))

    def also(self, job: Job) -> None:
        """Do this as well, after what is being done."""
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()

    def close(self) -> None:
        """End it, and wait for that: it holds a file open."""
        with self._changed:
            self._closed = True
            self._jobs, self._current = [], None
            self._break_off()
        self._thread.join()

    def _break_off(self) -> None:
        if self._search:
            self._search.interrupt()
        self._changed.notify()

    def _run(self) -> None:
        try:
            with Search(self._archive) as self._search:
                try:
                    while job := self._next():
                        self._do(job, self._search)
                finally:
                    with self._changed:
                        self._search = None
        except Exception as error:  # whatever it is: nobody but the one who listens can show it
            self._tell(error)

    def _next(self) -> Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._closed)
            self._current = None if self._closed else self._jobs.pop(0)
            return self._current

    def _rest(self, job: Job) -> None:
        """While one types, nothing is done that nobody would see."""
        with self._changed:
            self._changed.wait_for(lambda: self._current is not job or self._jobs, _REST)

    def _do(self, job: Job, search: Search) -> None:
        try:
            for told in job(search):
                if told is None:
                    self._rest(job)
                if self._current is not job:
                    return
                if isinstance(told, Findings):
                    self._latest = told
                if told is not None:
                    self._tell(told)
        except QueryCancelled:
            # It may have been meant for the question before, and have come a moment late.
            with self._changed:
                if self._current is job:
                    self._jobs.insert(0, job)
        except ReaderError as error:
            if self._current is job:
                self._tell(error)


def _answering(search: Search, question: Question) -> Iterator[Findings | None]:
    """What is seen first comes first: stories, how many, when; at last what is seen only after scrolling."""
    answer = search.find(question.query, question.marks)
    findings = Findings(question.number, answer, tuple(search.make_excerpts(answer, 0, question.seen)))
    yield findings
    days = search.count_by_day(answer.expanded_query, question.marks)
    findings = replace(findings, total=sum(days.values()))
    if not answer.hits:
        findings = replace(findings, suggestion=search.suggest(question.query))
    yield findings
    if question.trend:
        findings = replace(findings, periods=compute_trend(days, search.count_by_day(EVERY_STORY_QUERY, {})))
        yield findings
    yield None
    yield from _explaining(search, findings)


def _going_on(search: Search, question: Question, findings: Findings) -> Iterator[Findings]:
    """Further stories, and why they were found."""
    before = findings.answer
    if not before:
        return
    more = search.find(before.expanded_query, question.marks, offset=len(before.hits))
    # Some may have moved down since, when an issue came in.
    known = {(one.key, one.ref) for one in before.hits}
    new = tuple(one for one in more.hits if (one.key, one.ref) not in known)
    if new and more.expanded_query == before.expanded_query:
        findings = replace(findings, answer=replace(before, hits=before.hits + new))
        yield findings
        yield from _explaining(search, findings)


def _following(search: Search, question: Question, findings: Findings) -> Iterator[Findings]:
    if findings.answer:
        days = search.count_by_day(findings.answer.expanded_query, question.marks)
        yield replace(findings, periods=compute_trend(days, search.count_by_day(EVERY_STORY_QUERY, {})))


def _explaining(search: Search, findings: Findings) -> Iterator[Findings]:
    while findings.answer and (first := len(findings.excerpts)) < findings.stories:
        more = search.make_excerpts(findings.answer, first, AT_ONCE)
        findings = replace(findings, excerpts=(*findings.excerpts, *more))
        yield findings


HELP = (
    ('"two words"', "in this order"),
    ("-word", "without it"),
    ("one OR other", "at least one of them"),
    ("begin*", "words that begin so"),
    *FIELD_HELP,
)
"""What can be asked: how it is written, and what it means."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What a line may become, of which the cursor stood at that place."""

    line: str
    cursor: int
    offered: tuple[Completion, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """The completions that tab goes through, and the one that is taken."""

    offered: tuple[Completion, ...]
    at: int = 0

    @property
    def present(self) -> Completion:
        """The one that is taken."""
        return self.offered[self.at]

    def turned(self, step: int) -> Choices:
        """The next, round and round."""
        return replace(self, at=(self.at + step) % len(self.offered))


def meant(line: str, remarks: Sequence[str]) -> str:
    """The line with what the remarks say may be meant in the place of what they say is not understood."""
    parts: list[str] = []
    end = 0
    for found in TOKEN_PATTERN.finditer(line):
        told = (_MEANT.fullmatch(remark.removeprefix(f'"{found[0]}"')) for remark in remarks)
        if other := next((one for one in told if one), None):
            field, _, value = other["meant"].partition(":")
            value = f'"{value}"' if " " in value else value
            parts += line[end : found.start()], found["minus"] or "", f"{field}:{value}"
            end = found.end()
    return "".join((*parts, line[end:]))


_MEANT = re.compile(r" is not understood.* Did you mean (?P<meant>\w+:.*)\?")
"""What a remark says of a piece of a line, behind that piece."""


def completing(line: str, cursor: int, tags: Sequence[tuple[str, int]], heads: Sequence[IssueRow]) -> Job:
    """What is done in the thread that searches: sites are asked of the archive."""

    def job(search: Search) -> Iterator[Completed]:
        names = [name for name, _ in sorted(tags, key=lambda tag: -tag[1])]
        years = sorted({int(head.date[:4]) for head in heads if head.date}, reverse=True)
        numbers = [head.number for head in heads if head.number is not None]
        sources = CompletionSources(names, years, numbers, search.find_hosts)
        yield Completed(line, cursor, complete_query(line, cursor, sources))

    return job
