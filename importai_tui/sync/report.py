"""What a run in the background tells: how far it is while it runs, what it did at the end. Plain values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from importai_tui.library import IssueHead
from importai_tui.wording import plural

_Result = TypeVar("_Result", covariant=True)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    `done` and `total` count issues; `total` is None where the source does not say. `rate` is issues a second and
    `seconds_left` follows from it; None before there is enough to tell. `note` is set while the run waits:
    "jack-clark.net asks to wait 30 s".
    """

    source: str
    done: int = 0
    total: int | None = None
    title: str = ""
    new: int = 0
    rate: float | None = None
    seconds_left: float | None = None
    note: str = ""


def rate_told(issues: float) -> str:
    """Issues a second in words: "12/s", of a slow one "30/min"."""
    return f"{issues:,.0f}/s" if issues >= 1 else f"{issues * 60:.0f}/min"


def left_told(seconds: float) -> str:
    """A rest of time in words: "1:25 left"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} left" if hours else f"{minutes}:{rest:02} left"


OnProgress = Callable[[Progress], None]
"""Called in the thread of the run, for each issue."""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one source was asked and what came of it.

    `bytes` counts bodies as they came over the wire; `passed_over` posts that are no issues; `failed` names posts that
    could not be read, and why; `offline`: `error` says only that no network reached the source. `remarks` are sentences
    about what is no error. `replaced_by` is the host of the source that was asked, and answered, in place of this one.
    `alternative` is the name of a source that has the same issues and was not asked.
    """

    name: str
    requests: int = 0
    bytes: int = 0
    new: tuple[IssueHead, ...] = ()
    updated: tuple[IssueHead, ...] = ()
    unchanged: int = 0
    passed_over: int = 0
    failed: tuple[str, ...] = ()
    error: str | None = None
    offline: bool = False
    remarks: tuple[str, ...] = ()
    replaced_by: str = ""
    alternative: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a whole sync did.

    `missing`: numbers between the oldest and the newest issue that the archive lacks. `gap`: numbers that were missing
    behind a feed, and were looked for in the back catalogue. `more`: that has not been brought in to its end.
    """

    sources: tuple[SourceReport, ...] = ()
    missing: tuple[int, ...] = ()
    stopped: bool = False
    more: bool = False
    gap: tuple[int, ...] = ()

    @property
    def new(self) -> int:
        """How many issues came in."""
        return sum(len(source.new) for source in self.sources)

    @property
    def updated(self) -> int:
        """How many stored issues were edited."""
        return sum(len(source.updated) for source in self.sources)

    @property
    def failed(self) -> tuple[SourceReport, ...]:
        """The sources that failed and were not replaced by another."""
        return tuple(source for source in self.sources if source.error and not source.replaced_by)

    @property
    def errors(self) -> tuple[str, ...]:
        """What went wrong, a sentence a source; that there is no network is said once."""
        offline = [source.error for source in self.failed if source.error and source.offline]
        others = [source.error for source in self.failed if source.error and not source.offline]
        return tuple(dict.fromkeys((*offline[:1], *others)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences about what is no error, each once."""
        return tuple(dict.fromkeys(remark for source in self.sources for remark in source.remarks))

    @property
    def passed_over(self) -> str:
        """A sentence about the posts that are no issues of the newsletter; empty if there are none."""
        posts = sum(source.passed_over for source in self.sources)
        return f"{plural(posts, 'post')} passed over: no issue of the newsletter." if posts else ""


class Run(Protocol[_Result]):
    """Something long that runs in a thread of its own and can be stopped from any other."""

    def run(self) -> _Result:
        """Does it; returns also when it was stopped, with what was done until then."""

    def stop(self) -> None:
        """Asks it to end now; what is stored stays stored."""
