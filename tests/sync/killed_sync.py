"""Runs a sync in another process and kills it with SIGKILL at a given time."""

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
from importai_tui.sync.progress import Progress, SyncReport
from importai_tui.sync.run import Sync
from importai_tui.sync.sources import Source, SourceKind, SyncPlan
from tests.parse_pool.in_process import InProcessParser

PROCESS_CONTEXT = get_context("forkserver")
"""A fork server, because the process of the test has threads of the HTTP server."""
# Modules that are otherwise imported late; loaded before the fork to make processes cheap.
_LATE_IMPORTS = (
    "importai_tui.parse.feeds",
    "importai_tui.parse.html",
    "importai_tui.parse.pipeline",
    "importai_tui.library.rekeying",
)
_LATE_HTTP_IMPORTS = ("httpcore2", "h11", "anyio._backends._asyncio")
PROCESS_CONTEXT.set_forkserver_preload(
    [__name__, "tests.busy_process", "tests.sync.warm_up", *_LATE_IMPORTS, *_LATE_HTTP_IMPORTS]
)


SEED_VARIABLE = "IMPORTAI_TUI_SEED"
"""Environment variable with the seed of a failed run, which repeats the same times."""


@dataclass(frozen=True, slots=True)
class KillTime:
    """Time to kill a sync: `seconds` after this many issues are stored. 0 issues means before anything is opened."""

    after_issues: int
    seconds: float


def sync_newsletter(server: str, places: Places, *, full: bool, kill_time: KillTime | None = None) -> SyncReport:
    """Sync with both sites of the fake newsletter. With `kill_time`, it returns only if it ends before that time."""
    new_counts: dict[str, int] = {}
    killer = threading.Thread(target=_kill_later, args=(kill_time.seconds if kill_time else 0.0,), daemon=True)

    def watch(step: Progress) -> None:
        new_counts[step.source] = step.new_issues
        if kill_time and sum(new_counts.values()) >= kill_time.after_issues and killer.ident is None:
            killer.start()
            if not kill_time.seconds:
                killer.join()

    watch(Progress("substack"))
    feed = Source("substack", f"{server}/substack/feed", SourceKind.FEED)
    site = Source("mirror", f"{server}/mirror/", SourceKind.SITE)
    return Sync(
        SyncPlan((feed,), site),
        lambda: Library.open(places),
        places.cache_folder / "sync.lock",
        lambda on_wait: HttpClient(on_wait=on_wait),
        open_parser=InProcessParser,
        full=full,
        on_progress=watch,
    ).run()


def run_and_kill(server: str, home: Path, kill_time: KillTime, *, full: bool) -> bool:
    """Run a sync and kill it. Return True if it was killed before its end."""
    process = PROCESS_CONTEXT.Process(target=_sync_until, args=(server, home, kill_time, full))
    process.start()
    process.join()
    was_killed = process.exitcode == -signal.SIGKILL
    assert was_killed or process.exitcode == 0
    process.close()
    return was_killed


def _sync_until(server: str, home: Path, moment: KillTime, full: bool) -> None:
    # Lets the killing thread interrupt the other one at once.
    sys.setswitchinterval(1e-5)
    sync_newsletter(server, Places.under(home), full=full, kill_time=moment)


def _kill_later(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)
