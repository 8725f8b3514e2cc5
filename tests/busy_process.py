"""A process that syncs, imports and marks stories at the same time, and kills itself at a given moment.

It reports each step on a pipe as a JSON line, after the method that did it has returned. The moment of death is counted
in transactions and statements of one job.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, Queue
from random import Random
from typing import Any, Literal

from importai_tui.http.client import HttpClient
from importai_tui.library.library import Library
from importai_tui.library.rows import StoryRow
from importai_tui.model import GivenFacts
from importai_tui.parse.pipeline import parse_issues
from importai_tui.paths import Places
from importai_tui.sync.run import Sync
from importai_tui.sync.sources import Source, SourceKind, SyncPlan
from tests.parse_pool.in_process import InProcessParser
from tests.sync import words

JobName = Literal["sync", "import", "marks"]
"""The name of a job and of its thread."""
FieldValue = bool | str | None
Edits = Sequence[tuple[str, str, FieldValue]]
"""Changes: the key of a story, the name of a field, and its new value."""
Report = Callable[..., None]
"""Writes a report, a name with values, to the pipe."""

FIRST_NUMBER = 5_000
"""Number of the first imported issue and of its headlines; no issue of the fake newsletter has one of these."""
VERSIONS = 4
"""Number of versions of each imported issue: each has other headlines over the same texts."""
STORIES = 3

_MARK_INTERVAL = 0.004
"""Seconds between two changes, so that the other jobs can store something meanwhile."""
_TAGS = ("rain", "moss", "gravel")
_DATABASE_NAMES = ("archive", "reading")


@dataclass(frozen=True, slots=True)
class KillMoment:
    """The moment of death: `seconds` after some statements of the nth transaction of a job.

    If `seconds` is 0, the last of these statements is not executed. If the transaction has fewer statements, the moment
    is its end.
    """

    job: JobName
    transaction: int
    statements: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Task:
    """The task of one process."""

    home: Path
    server: str
    first_document: int
    """The document that is imported first."""
    seed: str
    is_alone: bool
    """True if no other process marks stories at the same time."""
    moment: KillMoment


def make_document(n: int) -> tuple[int, bytes]:
    """Return the nth document to import, after the number of its issue."""
    number, version = FIRST_NUMBER + n // VERSIONS, n % VERSIONS
    random = Random(number)
    texts = [words.make_prose(random, 4) for _ in range(STORIES)]
    stories = [
        f"<p><strong>{words.make_headline(FIRST_NUMBER + n * STORIES + position)}:</strong></p><p>{text}</p>"
        f"<p>It was read {'again ' * version}and put away.</p>"
        for position, text in enumerate(texts)
    ]
    body = "<p>***</p>".join(stories)
    return number, f"<p>Welcome to Import AI, a newsletter about AI research.</p>{body}".encode()


def run_jobs(task: Task, pipe: Connection) -> None:
    """Run all three jobs until the moment of death; never returns."""
    sys.setswitchinterval(2e-5)  # so that the thread that kills the process runs at once
    report = _make_reporter(pipe)
    watch = TransactionWatch(task.moment, report)
    # The library opens its databases itself, so the watch must be part of every new connection.
    vars(sqlite3)["connect"] = partial(sqlite3.connect, factory=watch.open)
    imported: Queue[int] = Queue(maxsize=1)
    jobs: dict[JobName, Callable[[], None]] = {
        "sync": lambda: _run_sync(task),
        "import": lambda: _run_import(task, report, imported),
        "marks": lambda: _run_marks(task, report, imported),
    }
    threads = [threading.Thread(target=_run_job, args=(job, name, report), name=name) for name, job in jobs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _run_job(job: Callable[[], None], name: JobName, report: Report) -> None:
    """Run a job; if it ends or fails, report that and kill the process."""
    try:
        job()
        report("ended", name)
    except BaseException:
        report("failed", name, traceback.format_exc()[-2000:])
    _kill_self()


def _run_sync(task: Task) -> None:
    places = Places.under(task.home)
    plan = SyncPlan(
        (Source("substack", f"{task.server}/substack/feed", SourceKind.FEED),),
        Source("mirror", f"{task.server}/mirror/", SourceKind.SITE),
    )
    sync_report = Sync(
        plan,
        lambda: Library.open(places),
        places.cache_folder / "sync.lock",
        lambda on_wait: HttpClient(on_wait=on_wait),
        open_parser=InProcessParser,
        full=True,
    ).run()
    assert not sync_report.errors, sync_report.errors


def _run_import(task: Task, report: Report, imported: Queue[int]) -> None:
    n = task.first_document
    with Library.open(Places.under(task.home)) as library:
        while True:
            number, page = make_document(n)
            (parsed,) = parse_issues(page, f"{n}.html", GivenFacts(number))
            assert parsed.report, parsed.reason
            report("storing", n)
            library.store(parsed.report.issue, page, f"{n}.html", has_given_facts=True)
            report("stored", n)
            imported.put(n)
            imported.join()  # its stories are marked before the next document replaces it
            n += 1


def _run_marks(task: Task, report: Report, imported: Queue[int]) -> None:
    random = Random(task.seed)
    with Library.open(Places.under(task.home)) as library:
        marker = _Marker(library, random, report, is_alone=task.is_alone)
        while True:
            with suppress(Empty):
                n = imported.get(block=library.is_empty())
                marker.start_document(n, quote=n == task.first_document or n % VERSIONS == 0)
                imported.task_done()
            marker.mark_imported()
            marker.mark_synced()
            time.sleep(_MARK_INTERVAL)


class _Marker:
    """Changes the state of stories in the archive, and reports each change before and after it."""

    def __init__(self, library: Library, random: Random, report: Report, *, is_alone: bool) -> None:
        self._library, self._random, self._report, self._is_alone = library, random, report, is_alone
        self._remaining: Iterator[None] = iter(())
        """Changes of imported stories that are still to be made."""
        self._refs: list[str] = []

    def start_document(self, n: int, *, quote: bool) -> None:
        """Mark the stories of an imported document, and prepare more changes of them. These marks are never removed.

        With `quote`, highlights are added first. Their quotations identify the stories if the process dies before the
        state has moved to the next version of the issue.
        """
        ref = str(make_document(n)[0])
        stories = self._library.get_story_rows(ref)
        if quote:
            for story in stories:
                self._highlight(story.key, self._library.get_story(ref, story.position).text.split("\n\n")[0])
        self._tag([story.key for story in stories], f"version-{n % VERSIONS}", True)
        self._remaining = self._mark_more(stories)

    def mark_imported(self) -> None:
        """Make the next change of imported stories, if there is any; the next version may replace them meanwhile."""
        next(self._remaining, None)

    def _mark_more(self, stories: Sequence[StoryRow]) -> Iterator[None]:
        self._mark([story.key for story in stories[:2]], "read", True)
        for story in stories:
            yield
            self._note(story.key, f"Note {story.ref}")

    def mark_synced(self) -> None:
        """Make a random change of synced stories."""
        stories = self._pick_stories()
        if not stories:
            return
        keys, key, random = [story.key for story in stories], stories[0].key, self._random
        match random.randrange(7):
            case 0:
                self._mark(keys, "read", random.random() < 0.7)
            case 1:
                self._tag(keys, random.choice(_TAGS), random.random() < 0.7)
            case 2:
                self._note(key, f"Note {random.random()}" if random.random() < 0.7 else None)
            case 3:
                position = f"[{random.randrange(1000)}]"
                edits = [(key, "place", position)]
                self._report_change(edits, lambda: self._library.save_scroll_position(key, position))
            case 4:
                self._highlight(key, f"Passage {random.random()}")
            case 5:
                self._star(key)
            case 6:
                self._forecast(key, f"By 2030, {random.random()}")

    def _pick_stories(self) -> list[StoryRow]:
        """Return random stories from the first list of issues that had any."""
        if not self._refs:
            self._refs = [row.ref for row in self._library.get_issue_rows() if (row.number or 0) < FIRST_NUMBER]
        refs = self._random.sample(self._refs, min(len(self._refs), self._random.randrange(1, 5)))
        return [self._library.get_story_rows(ref)[0] for ref in refs]

    def _mark(self, keys: Sequence[str], field: str, on: bool) -> None:
        self._report_change([(key, field, on) for key in keys], lambda: self._library.mark(keys, **{field: on}))

    def _tag(self, keys: Sequence[str], name: str, on: bool) -> None:
        self._report_change([(key, f"tag:{name}", on) for key in keys], lambda: self._library.tag(keys, name, on))

    def _note(self, key: str, text: str | None) -> None:
        self._report_change([(key, "note", text)], lambda: self._library.set_note(key, text))

    def _highlight(self, key: str, quote: str) -> None:
        self._report("begin", [])  # the id is not known before
        id = self._library.add_highlight(key, quote)
        self._report("done", [(key, f"highlight:{id}", quote)])

    def _forecast(self, key: str, quote: str) -> None:
        self._report("begin", [])  # the id is not known before
        id = self._library.add_forecast(key, quote)
        self._report("done", [(key, f"forecast:{id}", quote)])

    def _star(self, key: str) -> None:
        """Toggle a star, and perhaps undo and redo that. Undo needs that no other window adds a step in between."""
        on = not self._library.state.is_starred(key)
        self._mark([key], "starred", on)
        if self._is_alone:
            self._report_change([(key, "starred", not on)], self._library.undo)
            if self._random.random() < 0.5:
                self._report_change([(key, "starred", on)], self._library.redo)

    def _report_change(self, edits: Edits, change: Callable[[], object]) -> None:
        self._report("begin", edits)
        change()
        self._report("done", edits)


class TransactionWatch:
    """Reports the transactions of all jobs, and kills the process at the given moment."""

    def __init__(self, moment: KillMoment, report: Report) -> None:
        self.report = report
        self._moment = moment
        self._counts: dict[str, int] = {}

    def open(self, path: str | Path, *arguments: Any, **options: Any) -> sqlite3.Connection:
        """Open a connection that is watched."""
        connection = sqlite3.Connection(path, *arguments, **options)
        if (name := Path(path).stem) in _DATABASE_NAMES:
            connection.set_trace_callback(_Transactions(name, self).on_statement)
        return connection

    def count_transaction(self, job: str) -> int | None:
        """Count a transaction; return after how many of its statements the process must die, or None."""
        self._counts[job] = self._counts.get(job, 0) + 1
        is_last = job == self._moment.job and self._counts[job] == self._moment.transaction
        return self._moment.statements if is_last else None

    def kill(self) -> None:
        """Kill the process now, or after some seconds while the work continues."""
        if self._moment.seconds:
            threading.Thread(target=_kill_self, args=(self._moment.seconds,), daemon=True).start()
        else:
            _kill_self()


class _Transactions:
    """Follows the transactions of one connection."""

    def __init__(self, database_name: str, watch: TransactionWatch) -> None:
        self._database_name, self._watch = database_name, watch
        self._statement_count: int | None = None
        """Statements of the present transaction; None outside of a transaction."""
        self._last_statement: int | None = None
        """Number of statements after which the process must die."""

    def on_statement(self, statement: str) -> None:
        """Called by SQLite before it executes a statement."""
        job = threading.current_thread().name
        if statement.startswith("BEGIN"):
            self._statement_count, self._last_statement = 0, self._watch.count_transaction(job)
            return
        if self._statement_count is None:
            return
        is_end = statement.startswith(("COMMIT", "ROLLBACK"))
        if self._statement_count == 0 and not is_end:
            # Not reported at BEGIN, which may have waited for another transaction.
            self._watch.report("inside", job, self._database_name)
        self._statement_count += 1
        if self._last_statement is not None and (is_end or self._statement_count > self._last_statement):
            self._last_statement = None
            self._watch.kill()
        if is_end:
            self._watch.report("ending", job, self._database_name)
            self._statement_count = None


def _make_reporter(pipe: Connection) -> Report:
    descriptor = pipe.fileno()

    def report(name: str, *values: object) -> None:
        # One write a line, so that lines of several threads are not mixed and stay in order.
        os.write(descriptor, json.dumps([name, *values]).encode() + b"\n")

    return report


def _kill_self(seconds: float = 0) -> None:
    if seconds:
        time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)
