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

BATCH_SIZE = 10
"""Stories whose excerpts are made in one go: a few milliseconds in which no newer question is heard."""


_TYPING_PAUSE = 0.3
"""Seconds: who types, types the next letter sooner."""


@dataclass(frozen=True, slots=True)
class PartialResults:
    """What is known of an answer by now: it grows while the reader looks at it.

    `excerpts` are those of the first stories. `total` and `periods` come after the stories, `suggestion` where there
    are none. `number` tells the question, `trouble` what went wrong.
    """

    request_number: int = 0
    result: SearchResult | None = None
    excerpts: tuple[Excerpt, ...] = ()
    total: int | None = None
    periods: tuple[Period, ...] = ()
    suggestion: str | None = None
    error: str = ""

    @property
    def story_count(self) -> int:
        """How many are here, of perhaps more."""
        return len(self.result.hits) if self.result else 0


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is to be found. `seen` is the number of stories that fit on the screen; `trend`: their course as well."""

    number: int
    query: Query
    marks: MarkedKeys = field(default_factory=dict)
    visible_count: int = BATCH_SIZE
    with_trend: bool = False


SearchJob = Callable[[Search], Iterator[object]]
"""What is done in the thread: it is left at any step as soon as there is a newer question. At a None it may rest."""


class SearchWorker:
    """One thread with its own connection to an archive's index."""

    def __init__(self, archive: Path, report: Callable[[object], None], latest_results: PartialResults) -> None:
        """Begin at once, so that the first letter need not wait for a file to be opened.

        Args:
            archive: the archive's file.
            tell: called in the thread with Findings, whatever else a job gives, or an error.
            latest: what was found before, if one goes on with that.
        """
        self._archive = archive
        self._report = report
        self._latest_results = latest_results
        self._jobs: list[SearchJob] = []
        self._condition = threading.Condition()
        self._search: Search | None = None
        self._current_job: SearchJob | None = None
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="search", daemon=True)
        self._thread.start()

    def start(self, request: SearchRequest) -> None:
        """Answer this; all that was asked before is forgotten."""
        with self._condition:
            self._jobs = [lambda search: _run_search(search, request)]
            self._current_job = None
            self._interrupt()

    def load_more(self, request: SearchRequest) -> None:
        """More stories of the answer to this, the last one."""
        self.add_job(lambda search: _load_more(search, request, self._latest_results))

    def load_trend(self, request: SearchRequest) -> None:
        """The course of the same answer through time."""
        self.add_job(lambda search: _load_trend(search, request, self._latest_results))

    def add_job(self, job: SearchJob) -> None:
        """Do this as well, after what is being done."""
        with self._condition:
            self._jobs.append(job)
            self._condition.notify()

    def close(self) -> None:
        """End it, and wait for that: it holds a file open."""
        with self._condition:
            self._is_closed = True
            self._jobs, self._current_job = [], None
            self._interrupt()
        self._thread.join()

    def _interrupt(self) -> None:
        if self._search:
            self._search.interrupt()
        self._condition.notify()

    def _run(self) -> None:
        try:
            with Search(self._archive) as self._search:
                try:
                    while job := self._next_job():
                        self._run_job(job, self._search)
                finally:
                    with self._condition:
                        self._search = None
        except Exception as error:  # whatever it is: nobody but the one who listens can show it
            self._report(error)

    def _next_job(self) -> SearchJob | None:
        with self._condition:
            self._condition.wait_for(lambda: self._jobs or self._is_closed)
            self._current_job = None if self._is_closed else self._jobs.pop(0)
            return self._current_job

    def _pause(self, job: SearchJob) -> None:
        """While one types, nothing is done that nobody would see."""
        with self._condition:
            self._condition.wait_for(lambda: self._current_job is not job or self._jobs, _TYPING_PAUSE)

    def _run_job(self, job: SearchJob, search: Search) -> None:
        try:
            for told in job(search):
                if told is None:
                    self._pause(job)
                if self._current_job is not job:
                    return
                if isinstance(told, PartialResults):
                    self._latest_results = told
                if told is not None:
                    self._report(told)
        except QueryCancelled:
            # It may have been meant for the question before, and have come a moment late.
            with self._condition:
                if self._current_job is job:
                    self._jobs.insert(0, job)
        except ReaderError as error:
            if self._current_job is job:
                self._report(error)


def _run_search(search: Search, request: SearchRequest) -> Iterator[PartialResults | None]:
    """What is seen first comes first: stories, how many, when; at last what is seen only after scrolling."""
    answer = search.find(request.query, request.marks)
    findings = PartialResults(request.number, answer, tuple(search.make_excerpts(answer, 0, request.visible_count)))
    yield findings
    days = search.count_by_day(answer.expanded_query, request.marks)
    findings = replace(findings, total=sum(days.values()))
    if not answer.hits:
        findings = replace(findings, suggestion=search.suggest(request.query))
    yield findings
    if request.with_trend:
        findings = replace(findings, periods=compute_trend(days, search.count_by_day(EVERY_STORY_QUERY, {})))
        yield findings
    yield None
    yield from _load_excerpts(search, findings)


def _load_more(search: Search, request: SearchRequest, findings: PartialResults) -> Iterator[PartialResults]:
    """Further stories, and why they were found."""
    before = findings.result
    if not before:
        return
    more = search.find(before.expanded_query, request.marks, offset=len(before.hits))
    # Some may have moved down since, when an issue came in.
    known = {(one.key, one.ref) for one in before.hits}
    new = tuple(one for one in more.hits if (one.key, one.ref) not in known)
    if new and more.expanded_query == before.expanded_query:
        findings = replace(findings, result=replace(before, hits=before.hits + new))
        yield findings
        yield from _load_excerpts(search, findings)


def _load_trend(search: Search, request: SearchRequest, results: PartialResults) -> Iterator[PartialResults]:
    if results.result:
        days = search.count_by_day(results.result.expanded_query, request.marks)
        yield replace(results, periods=compute_trend(days, search.count_by_day(EVERY_STORY_QUERY, {})))


def _load_excerpts(search: Search, findings: PartialResults) -> Iterator[PartialResults]:
    while findings.result and (first := len(findings.excerpts)) < findings.story_count:
        more = search.make_excerpts(findings.result, first, BATCH_SIZE)
        findings = replace(findings, excerpts=(*findings.excerpts, *more))
        yield findings


QUERY_HELP = (
    ('"two words"', "in this order"),
    ("-word", "without it"),
    ("one OR other", "at least one of them"),
    ("begin*", "words that begin so"),
    *FIELD_HELP,
)
"""What can be asked: how it is written, and what it means."""


@dataclass(frozen=True, slots=True)
class CompletionResult:
    """What a line may become, of which the cursor stood at that place."""

    line: str
    cursor: int
    completions: tuple[Completion, ...]


@dataclass(frozen=True, slots=True)
class CompletionCycle:
    """The completions that tab goes through, and the one that is taken."""

    completions: tuple[Completion, ...]
    at: int = 0

    @property
    def current(self) -> Completion:
        """The one that is taken."""
        return self.completions[self.at]

    def advance(self, step: int) -> CompletionCycle:
        """The next, round and round."""
        return replace(self, at=(self.at + step) % len(self.completions))


def apply_corrections(line: str, remarks: Sequence[str]) -> str:
    """The line with what the remarks say may be meant in the place of what they say is not understood."""
    parts: list[str] = []
    end = 0
    for found in TOKEN_PATTERN.finditer(line):
        told = (_CORRECTION.fullmatch(remark.removeprefix(f'"{found[0]}"')) for remark in remarks)
        if other := next((one for one in told if one), None):
            field, _, value = other["meant"].partition(":")
            value = f'"{value}"' if " " in value else value
            parts += line[end : found.start()], found["minus"] or "", f"{field}:{value}"
            end = found.end()
    return "".join((*parts, line[end:]))


_CORRECTION = re.compile(r" is not understood.* Did you mean (?P<meant>\w+:.*)\?")
"""What a remark says of a piece of a line, behind that piece."""


def make_completion_job(
    line: str, cursor: int, tags: Sequence[tuple[str, int]], issue_rows: Sequence[IssueRow]
) -> SearchJob:
    """What is done in the thread that searches: sites are asked of the archive."""

    def job(search: Search) -> Iterator[CompletionResult]:
        names = [name for name, _ in sorted(tags, key=lambda tag: -tag[1])]
        years = sorted({int(head.date[:4]) for head in issue_rows if head.date}, reverse=True)
        numbers = [head.number for head in issue_rows if head.number is not None]
        sources = CompletionSources(names, years, numbers, search.find_hosts)
        yield CompletionResult(line, cursor, complete_query(line, cursor, sources))

    return job
