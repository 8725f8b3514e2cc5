"""The thread that searches the archive during typing, and the completion of queries."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
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

_BATCH_SIZE = 10
"""Excerpts that are made in one step. A new request waits a few milliseconds for it."""
_TYPING_PAUSE = 0.3
"""Seconds. A user who types presses the next key sooner."""


@dataclass(frozen=True, slots=True)
class PartialResults:
    """The results of a request so far.

    The stories come first. `excerpts` belong to the first stories. `total` and `periods` come later.
    """

    request_number: int = 0
    result: SearchResult | None = None
    excerpts: tuple[Excerpt, ...] = ()
    total: int | None = None
    periods: tuple[Period, ...] = ()
    undated_count: int = 0
    """The number of found stories that no period counts."""
    remarks: tuple[str, ...] = ()
    """Sentences for the user about the query."""
    error: str = ""

    @property
    def story_count(self) -> int:
        """The number of loaded stories. There may be more."""
        return len(self.result.hits) if self.result else 0


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search. `visible_count` stories fit on the screen. `with_trend` requests the periods too."""

    number: int
    query: Query
    marks: MarkedKeys = field(default_factory=dict)
    visible_count: int = _BATCH_SIZE
    with_trend: bool = False


SearchJob = Callable[[Search], Iterator[object]]
"""A job of the worker. It yields its results.

The worker drops it at any yield if there is a newer request. At a None it pauses.
"""


class SearchWorker:
    """A thread with its own connection to the archive.

    A new request cancels all earlier ones.
    """

    def __init__(self, archive: Path, report: Callable[[object], None], latest_results: PartialResults) -> None:
        """Start the thread at once, so that the first search does not wait for the file to open.

        Args:
            archive: the archive's file.
            report: called in the thread with PartialResults, other results of a job, or an error.
            latest_results: the results to continue from, if the screen opens with earlier ones.
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
        """Run this request, and cancel all earlier ones."""
        with self._condition:
            self._jobs = [lambda search: _run_search(search, request)]
            self._current_job = None
            self._interrupt()

    def load_more(self, request: SearchRequest) -> None:
        """Load more stories of the latest request."""
        self.add_job(lambda search: _load_more(search, request, self._latest_results))

    def load_trend(self, request: SearchRequest) -> None:
        """Load the periods of the latest request."""
        self.add_job(lambda search: _load_trend(search, request, self._latest_results))

    def add_job(self, job: SearchJob) -> None:
        """Run a job after the current one."""
        with self._condition:
            self._jobs.append(job)
            self._condition.notify()

    def close(self) -> None:
        """Stop the thread and wait for its end, because it keeps a file open."""
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
        except Exception as error:  # only the screen can show an error of this thread
            self._report(error)

    def _next_job(self) -> SearchJob | None:
        with self._condition:
            self._condition.wait_for(lambda: self._jobs or self._is_closed)
            self._current_job = None if self._is_closed else self._jobs.pop(0)
            return self._current_job

    def _pause(self, job: SearchJob) -> None:
        """Wait until the user pauses, because a result that nobody sees is not worth computing."""
        with self._condition:
            self._condition.wait_for(lambda: self._current_job is not job or self._jobs, _TYPING_PAUSE)

    def _run_job(self, job: SearchJob, search: Search) -> None:
        try:
            for update in job(search):
                if update is None:
                    self._pause(job)
                if self._current_job is not job:
                    return
                if isinstance(update, PartialResults):
                    self._latest_results = update
                if update is not None:
                    self._report(update)
        except QueryCancelled:
            # The interrupt may come late, after its request ended. Then the current job starts again.
            with self._condition:
                if self._current_job is job:
                    self._jobs.insert(0, job)
        except ReaderError as error:
            if self._current_job is job:
                self._report(error)


def _run_search(search: Search, request: SearchRequest) -> Iterator[PartialResults | None]:
    """Yield the stories, their number, and the trend; last, the excerpts that need scrolling."""
    result = search.find(request.query, request.marks)
    excerpts = tuple(search.make_excerpts(result, 0, request.visible_count))
    results = PartialResults(request.number, result, excerpts, remarks=search.get_remarks(result))
    yield results
    counts = search.count_by_day(result.expanded_query, request.marks)
    results = replace(results, total=sum(counts.values()))
    yield results
    if request.with_trend:
        results = _add_trend(search, results, counts)
        yield results
    yield None
    yield from _load_excerpts(search, results)


def _load_more(search: Search, request: SearchRequest, results: PartialResults) -> Iterator[PartialResults]:
    """Yield more stories and their excerpts."""
    old = results.result
    if not old:
        return
    more = search.find(old.expanded_query, request.marks, offset=len(old.hits))
    # A newly stored issue may have moved known stories behind the offset.
    known = {(hit.key, hit.ref) for hit in old.hits}
    new = tuple(hit for hit in more.hits if (hit.key, hit.ref) not in known)
    if new and more.expanded_query == old.expanded_query:
        results = replace(results, result=replace(old, hits=old.hits + new))
        yield results
        yield from _load_excerpts(search, results)


def _load_trend(search: Search, request: SearchRequest, results: PartialResults) -> Iterator[PartialResults]:
    if results.result:
        counts = search.count_by_day(results.result.expanded_query, request.marks)
        yield _add_trend(search, results, counts)


def _add_trend(search: Search, results: PartialResults, counts: Mapping[str | None, int]) -> PartialResults:
    periods = compute_trend(counts, search.count_by_day(EVERY_STORY_QUERY, {}))
    return replace(results, periods=periods, undated_count=counts.get(None, 0))


def _load_excerpts(search: Search, results: PartialResults) -> Iterator[PartialResults]:
    while results.result and (first := len(results.excerpts)) < results.story_count:
        more = search.make_excerpts(results.result, first, _BATCH_SIZE)
        results = replace(results, excerpts=(*results.excerpts, *more))
        yield results


QUERY_HELP = (
    ('"two words"', "exact phrase"),
    ("-word", "exclude a word"),
    ("one OR other", "either word"),
    ("begin*", "words starting with begin"),
    ("402, 402/3", "an issue, a story"),
    ("arxiv.org/abs/…", "stories that cite this"),
    *FIELD_HELP,
)
"""Examples of the query syntax, and their meanings."""


@dataclass(frozen=True, slots=True)
class CompletionResult:
    """The completions of a line with the cursor at this position."""

    line: str
    cursor: int
    completions: tuple[Completion, ...]


@dataclass(frozen=True, slots=True)
class CompletionCycle:
    """The completions that Tab cycles through, and the index of the current one."""

    completions: tuple[Completion, ...]
    index: int = 0

    @property
    def current(self) -> Completion:
        """The completion that is in the input."""
        return self.completions[self.index]

    def advance(self, step: int) -> CompletionCycle:
        """Move by `step` completions. After the last comes the first."""
        return replace(self, index=(self.index + step) % len(self.completions))


def apply_corrections(line: str, remarks: Sequence[str]) -> str:
    """Return the line with the invalid parts replaced by the suggestions in the remarks."""
    parts: list[str] = []
    end = 0
    for token in TOKEN_PATTERN.finditer(line):
        corrections = filter(None, map(_CORRECTION.fullmatch, remarks))
        if correction := next((match for match in corrections if match["token"] == token[0]), None):
            field, _, value = correction["text"].partition(":")
            value = f'"{value}"' if " " in value else value
            parts += line[end : token.start()], token["minus"] or "", f"{field}:{value}"
            end = token.end()
    return "".join((*parts, line[end:]))


_CORRECTION = re.compile(r"Unknown \w+ (?P<token>.*) \(searching it as text\)\. Did you mean (?P<text>\w+:.*)\?")
"""A remark with a suggestion for a part of the query."""


def make_completion_job(
    line: str, cursor: int, tags: Sequence[tuple[str, int]], issue_rows: Sequence[IssueRow]
) -> SearchJob:
    """Make a job for the worker that completes a line. It reads the sites from the archive."""

    def job(search: Search) -> Iterator[CompletionResult]:
        names = [name for name, _ in sorted(tags, key=lambda tag: -tag[1])]
        years = sorted({int(row.date[:4]) for row in issue_rows if row.date}, reverse=True)
        numbers = [row.number for row in issue_rows if row.number is not None]
        sources = CompletionSources(names, years, numbers, search.find_hosts)
        yield CompletionResult(line, cursor, complete_query(line, cursor, sources))

    return job
