"""A sync in a process of its own that dies at a moment it is told, as by `kill -9`: no part of it gets a last word."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from importai_tui.http.client import HttpClient
from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.sync.progress import Progress, Report
from importai_tui.sync.run import Sync
from importai_tui.sync.sources import Plan, Source, SourceKind
from tests.parse_pool.in_process import InProcessParser

PROCESSES = get_context("forkserver")
"""Never forked from the test's own process: there the server has threads."""
# What the engine loads only when it comes to it is loaded before the fork, so that a process costs little.
_LATE = (
    "importai_tui.parse.feeds",
    "importai_tui.parse.html",
    "importai_tui.parse.pipeline",
    "importai_tui.library.rekeying",
)
_LATE_OF_THE_WIRE = ("httpcore2", "h11", "anyio._backends._asyncio")
PROCESSES.set_forkserver_preload([__name__, "tests.at_work", "tests.sync.prepared", *_LATE, *_LATE_OF_THE_WIRE])


SEED_VARIABLE = "IMPORTAI_TUI_SEED"
"""Set to what a failure tells, it brings the same moments again."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When to die: `seconds` after that many issues have come in, wherever the sync is by then; 0 is on the spot.

    After 0 issues is before anything is opened.
    """

    issues: int
    seconds: float


def sync(server: str, places: Places, *, full: bool, moment: Moment | None = None) -> Report:
    """Sync with both sites of the made-up newsletter; with a moment, there is a report only if it came too late."""
    came: dict[str, int] = {}
    death = threading.Thread(target=_die, args=(moment.seconds if moment else 0.0,), daemon=True)

    def watch(step: Progress) -> None:
        came[step.source] = step.new
        if moment and sum(came.values()) >= moment.issues and death.ident is None:
            death.start()
            if not moment.seconds:
                death.join()

    watch(Progress("substack"))
    feed = Source("substack", f"{server}/substack/feed", SourceKind.FEED)
    site = Source("mirror", f"{server}/mirror/", SourceKind.SITE)
    return Sync(
        Plan((feed,), site),
        lambda: Library.open(places),
        places.cache_folder / "sync.lock",
        lambda on_wait: HttpClient(on_wait=on_wait),
        open_parser=InProcessParser,
        full=full,
        on_progress=watch,
    ).run()


def was_killed(server: str, home: Path, moment: Moment, *, full: bool) -> bool:
    """Whether a sync that was to die at a moment did so before it had ended."""
    process = PROCESSES.Process(target=_sync_until, args=(server, home, moment, full))
    process.start()
    process.join()
    with_signal = process.exitcode == -signal.SIGKILL
    assert with_signal or process.exitcode == 0
    process.close()
    return with_signal


def _sync_until(server: str, home: Path, moment: Moment, full: bool) -> None:
    # The thread that kills is let in at once, wherever the other one is.
    sys.setswitchinterval(1e-5)
    sync(server, Places.under(home), full=full, moment=moment)


def _die(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)
