"""The state of a background job as the footer shows it. Pure."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from importai_tui.sync.progress import Progress

_CHECKING = "checking for issues…"


class JobKind(Enum):
    """The purpose of a background job."""

    REBUILD = auto()
    """A re-parse of stored pages with a newer parser; automatic."""
    AUTO_SYNC = auto()
    """A sync of new issues, because the last one was long ago; automatic."""
    NEW_ISSUES = auto()
    """A sync of new issues that the user asked for."""
    BACKFILL = auto()
    """A sync of the whole back catalogue that the user asked for."""
    IMPORT = auto()
    """An import of files that the user asked for."""
    CARDS = auto()
    """A fetch of the cards of several works that the user asked for."""


class JobStatus(NamedTuple):
    """A progress bar in place of the hints, or some words beside them; neither if no job runs."""

    progress: Progress | None = None
    text: str = ""


def describe_job(kind: JobKind, latest: Progress, *, stopping: bool = False) -> JobStatus:
    """Return how the footer shows a job: a bar for a long job or one with a known end, else some words."""
    if stopping:
        latest = latest._replace(note="stopping…", rate=None, seconds_left=None)
    if kind is JobKind.REBUILD:
        # Nothing is shown until there is something to do, because there mostly is not.
        count = f"{latest.done:,}/{latest.total:,}" if latest.total else ""
        return JobStatus(text=f"updating issues {count}" if latest.total else "")
    if kind is JobKind.IMPORT:
        return JobStatus(progress=latest if latest.done else latest._replace(title="importing…"))
    if kind is JobKind.CARDS:
        return JobStatus(progress=latest._replace(title=latest.title or "fetching cards…"))
    if kind is JobKind.BACKFILL or latest.total:
        return JobStatus(progress=latest._replace(title=latest.title or _CHECKING))
    new = f"{latest.new_issues:,} new" if latest.new_issues else ""
    return JobStatus(text=latest.note or new or _CHECKING)
