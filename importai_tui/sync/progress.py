"""Progress and report of a background run, as plain values; estimates of rate and remaining time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from importai_tui.library.rows import IssueRow
from importai_tui.wording import plural

_Result = TypeVar("_Result", covariant=True)
_LateResult = TypeVar("_LateResult")


class Progress(NamedTuple):
    """Progress of a run.

    `done` and `total` count issues; `total` is None if the source does not give it. `rate` is issues per second,
    `seconds_left` the remaining time; None before there is enough to estimate. `note` is set while the run waits:
    "jack-clark.net asks to wait 30 s".
    """

    source: str
    done: int = 0
    total: int | None = None
    title: str = ""
    new_issues: int = 0
    rate: float | None = None
    seconds_left: float | None = None
    note: str = ""


OnProgress = Callable[[Progress], None]
"""Called for each issue, in the thread of the run."""


class SourceReport(NamedTuple):
    """Result of one source.

    `bytes` counts bodies before decoding; `skipped_posts` counts posts that are not issues; `failed_posts` names posts
    that could not be read, with the reason. `is_offline`: `error` says only that no network reached the source.
    `remarks` are sentences that report no error. `replaced_by` is the host of the source that answered in place of this
    one. `alternative` is the name of a source with the same issues that was not asked. `host` is its host.
    """

    name: str
    requests: int = 0
    bytes: int = 0
    new: tuple[IssueRow, ...] = ()
    updated: tuple[IssueRow, ...] = ()
    unchanged: int = 0
    skipped_posts: int = 0
    failed_posts: tuple[str, ...] = ()
    error: str | None = None
    is_offline: bool = False
    remarks: tuple[str, ...] = ()
    replaced_by: str = ""
    alternative: str = ""
    host: str = ""


class SyncReport(NamedTuple):
    """Result of a whole sync.

    `missing_numbers`: issue numbers that the archive lacks between its oldest and its newest issue. `needs_backfill`:
    the back catalogue is not yet stored completely. `searched_numbers`: numbers older than the feed that were searched
    in the back catalogue. `after_problem` is what went wrong with the program that the user runs after a sync.
    """

    sources: tuple[SourceReport, ...] = ()
    missing_numbers: tuple[int, ...] = ()
    is_stopped: bool = False
    needs_backfill: bool = False
    searched_numbers: tuple[int, ...] = ()
    after_problem: str = ""

    @property
    def new_issues(self) -> list[IssueRow]:
        """The new issues, the newest first."""
        rows = {row.slug: row for source in self.sources for row in source.new}
        return sorted(rows.values(), key=lambda row: (row.date or "", row.number or 0), reverse=True)

    @property
    def new_count(self) -> int:
        """Number of new issues."""
        return sum(len(source.new) for source in self.sources)

    @property
    def updated_count(self) -> int:
        """Number of stored issues that were edited."""
        return sum(len(source.updated) for source in self.sources)

    @property
    def failed_sources(self) -> tuple[SourceReport, ...]:
        """The sources that failed and were not replaced by another."""
        return tuple(source for source in self.sources if source.error and not source.replaced_by)

    @property
    def errors(self) -> tuple[str, ...]:
        """One sentence for each failed source; a missing network is reported once, with all hosts."""
        offline = [source for source in self.failed_sources if source.is_offline]
        others = [source.error for source in self.failed_sources if source.error and not source.is_offline]
        first = [_name_hosts(offline[0], offline)] if offline else []
        return tuple(dict.fromkeys((*first, *others)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences that report no error, without duplicates."""
        return tuple(dict.fromkeys(remark for source in self.sources for remark in source.remarks))

    @property
    def skipped_remark(self) -> str:
        """A sentence about the posts that are not issues of the newsletter; empty if there are none."""
        posts = sum(source.skipped_posts for source in self.sources)
        return f"Skipped {plural(posts, 'post that is not an issue', 'posts that are not issues')}." if posts else ""


def _name_hosts(source: SourceReport, offline: Sequence[SourceReport]) -> str:
    """Return the error of a source that was not reached, with the hosts of all such sources in place of its own."""
    hosts = dict.fromkeys(each.host for each in offline if each.host)
    error = source.error or ""
    return error.replace(source.host, " and ".join(hosts), 1) if source.host else error


class ImportSummary(NamedTuple):
    """Result of an import of files: a line for the user, the number of new issues, and whether files were skipped."""

    text: str
    new_count: int
    has_failures: bool = False


class BackgroundTask(Protocol[_Result]):
    """A long task that runs in a thread and can be stopped from any other thread."""

    def run(self) -> _Result:
        """Run to the end or until stopped; return the result so far."""

    def stop(self) -> None:
        """Ask the task to end now. What is stored stays stored."""


class LateTask(Generic[_LateResult]):
    """A background task that is made in its own thread, because making it loads many modules."""

    def __init__(self, make: Callable[[], BackgroundTask[_LateResult]]) -> None:
        self._make = make
        self._task: BackgroundTask[_LateResult] | None = None
        self._stopped = False

    def run(self) -> _LateResult:
        """Make the task and run it."""
        task = self._task = self._make()
        if self._stopped:
            task.stop()
        return task.run()

    def stop(self) -> None:
        """Ask the task to end now, even before it is made."""
        self._stopped = True
        if self._task:
            self._task.stop()


_MIN_ISSUES = 3
"""Issues before a rate is reported, because the first ones include the time of the first response."""


class RateEstimator:
    """Estimates the rate of a run and its remaining time. `clock` returns monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start = clock()
        self._done_before = 0

    def restart(self, done: int) -> None:
        """Restart the measurement; `done` issues were done before and do not count."""
        self._start, self._done_before = self._clock(), done

    def estimate(self, done: int, total: int | None) -> tuple[float | None, float | None]:
        """Return issues per second and the remaining seconds; None before there is enough to estimate."""
        counted, elapsed = done - self._done_before, self._clock() - self._start
        if counted < _MIN_ISSUES or elapsed <= 0:
            return None, None
        rate = counted / elapsed
        return rate, max(0, total - done) / rate if total is not None else None
