"""What the footer tells of a run behind the reader's back, made of what the run told last. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

from importai_tui.sync.progress import Progress


class Errand(Enum):
    """What a run is for."""

    REBUILD = auto()
    """Stored pages are read again by a better parser; nobody has asked for it."""
    AT_START = auto()
    """What is new, because the last sync was long ago; nobody has asked for it."""
    NEWS = auto()
    """What is new; the reader has asked."""
    CATALOGUE = auto()
    """The whole back catalogue; the reader has asked."""


@dataclass(frozen=True, slots=True)
class Underway:
    """A bar in place of the hints, or a few words beside them; neither while nothing runs."""

    progress: Progress | None = None
    news: str = ""


def underway(errand: Errand, latest: Progress, *, stopping: bool = False) -> Underway:
    """How a run is told. A bar is for what takes long, and for what can tell how long: the rest is a few words."""
    if stopping:
        latest = replace(latest, note="stopping…", rate=None, seconds_left=None)
    if errand is Errand.REBUILD:
        # Nothing at all until it is sure that there is something to do: mostly there is not.
        count = f"{latest.done:,}/{latest.total:,}" if latest.total else ""
        return Underway(news=f"bringing {latest.total:,} issues up to date {count}" if latest.total else "")
    if errand is Errand.CATALOGUE or latest.total:
        return Underway(progress=replace(latest, title=latest.title or _asking(latest.source)))
    new = f"{latest.new:,} new" if latest.new else ""
    return Underway(news=latest.note or new or _asking(latest.source))


def _asking(source: str) -> str:
    return f"asking {source}…" if source else "asking…"
