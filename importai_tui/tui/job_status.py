"""What the footer tells of a run behind the reader's back, made of what the run told last. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

from importai_tui.sync.progress import Progress


class JobKind(Enum):
    """What a run is for."""

    REBUILD = auto()
    """Stored pages are read again by a better parser; nobody has asked for it."""
    AUTO_SYNC = auto()
    """What is new, because the last sync was long ago; nobody has asked for it."""
    NEW_ISSUES = auto()
    """What is new; the reader has asked."""
    BACKFILL = auto()
    """The whole back catalogue; the reader has asked."""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A bar in place of the hints, or a few words beside them; neither while nothing runs."""

    progress: Progress | None = None
    text: str = ""


def describe_job(kind: JobKind, latest: Progress, *, stopping: bool = False) -> JobStatus:
    """How a run is told. A bar is for what takes long, and for what can tell how long: the rest is a few words."""
    if stopping:
        latest = replace(latest, note="stopping…", rate=None, seconds_left=None)
    if kind is JobKind.REBUILD:
        # Nothing at all until it is sure that there is something to do: mostly there is not.
        count = f"{latest.done:,}/{latest.total:,}" if latest.total else ""
        return JobStatus(text=f"bringing {latest.total:,} issues up to date {count}" if latest.total else "")
    if kind is JobKind.BACKFILL or latest.total:
        return JobStatus(progress=replace(latest, title=latest.title or _format_asking(latest.source)))
    new = f"{latest.new_issues:,} new" if latest.new_issues else ""
    return JobStatus(text=latest.note or new or _format_asking(latest.source))


def _format_asking(source: str) -> str:
    return f"asking {source}…" if source else "asking…"
