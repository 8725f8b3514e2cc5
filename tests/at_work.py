"""A reader at work in a process of its own, who syncs, imports and marks at one time, until it dies as by `kill -9`.

What is done is told on a pipe, a line of JSON each, and never before the method that did it has returned.
"""

from __future__ import annotations

import json
import os
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
from tests.watched import JobName, KillMoment, TransactionWatch, kill_self

FieldValue = bool | str | None
Edits = Sequence[tuple[str, str, FieldValue]]
"""Each a story's key, a field of it, and what the field is to be."""

FIRST_NUMBER = 5_000
"""Imported issues are numbered from here, and their headlines too: none of the newsletter's is among them."""
VERSIONS = 4
"""So often is an imported issue imported, each time with other headlines over the same texts."""
STORIES = 3

_MARK_INTERVAL = 0.004
"""Seconds between two marks, so that the others come to store while one marks."""
_TAGS = ("rain", "moss", "gravel")


@dataclass(frozen=True, slots=True)
class Task:
    """What one process is to do. `first` is the document that is imported first, `alone` whether nobody else marks."""

    home: Path
    server: str
    first_document: int
    seed: str
    is_alone: bool
    moment: KillMoment


def make_document(n: int) -> tuple[int, bytes]:
    """The nth document to import, and the number of the issue in it."""
    number, version = FIRST_NUMBER + n // VERSIONS, n % VERSIONS
    chance = Random(number)
    texts = [words.make_prose(chance, 4) for _ in range(STORIES)]
    stories = [
        f"<p><strong>{words.make_headline(FIRST_NUMBER + n * STORIES + position)}:</strong></p><p>{text}</p>"
        f"<p>It was read {'again ' * version}and put away.</p>"
        for position, text in enumerate(texts)
    ]
    return number, (
        "<p>Welcome to Import AI, a newsletter about AI research.</p>" + "<p>***</p>".join(stories)
    ).encode()


def run_jobs(task: Task, pipe: Connection) -> None:
    """Do all three at once; this never returns."""
    sys.setswitchinterval(2e-5)  # so that a thread that is to kill is let in at once, wherever the others are
    tell = _make_reporter(pipe)
    watch = TransactionWatch(task.moment, tell)
    # The library opens its databases itself, and this process is to see their transactions from inside.
    vars(sqlite3)["connect"] = partial(sqlite3.connect, factory=watch.open)
    current: Queue[int] = Queue(maxsize=1)
    jobs: dict[JobName, Callable[[], None]] = {
        "sync": lambda: _run_sync(task),
        "import": lambda: _run_import(task, tell, current),
        "marks": lambda: _run_marks(task, tell, current),
    }
    threads = [threading.Thread(target=_run_job, args=(job, who, tell), name=who) for who, job in jobs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _run_job(job: Callable[[], None], who: JobName, tell: Callable[..., None]) -> None:
    """A job that ends is told too: nothing is left to do, or something went wrong."""
    try:
        job()
        tell("ended", who)
    except BaseException:
        tell("failed", who, traceback.format_exc()[-2000:])
    kill_self()


def _run_sync(task: Task) -> None:
    places = Places.under(task.home)
    plan = SyncPlan(
        (Source("substack", f"{task.server}/substack/feed", SourceKind.FEED),),
        Source("mirror", f"{task.server}/mirror/", SourceKind.SITE),
    )
    lock = places.cache_folder / "sync.lock"
    report = Sync(
        plan,
        lambda: Library.open(places),
        lock,
        lambda on_wait: HttpClient(on_wait=on_wait),
        open_parser=InProcessParser,
        full=True,
    ).run()
    assert not report.errors, report.errors


def _run_import(task: Task, tell: Callable[..., None], current: Queue[int]) -> None:
    n = task.first_document
    with Library.open(Places.under(task.home)) as library:
        while True:
            number, page = make_document(n)
            (parsed,) = parse_issues(page, f"{n}.html", GivenFacts(number))
            assert parsed.report, parsed.reason
            tell("storing", n)
            library.store(parsed.report.issue, page, f"{n}.html", has_given_facts=True)
            tell("stored", n)
            current.put(n)
            current.join()  # each is marked before another takes its place
            n += 1


def _run_marks(task: Task, tell: Callable[..., None], current: Queue[int]) -> None:
    chance = Random(task.seed)
    with Library.open(Places.under(task.home)) as library:
        marking = _Marker(library, chance, tell, alone=task.is_alone)
        while True:
            with suppress(Empty):
                n = current.get(block=library.is_empty())
                marking.start_document(n, quote=n == task.first_document or n % VERSIONS == 0)
                current.task_done()
            marking.mark_imported()
            marking.mark_synced()
            time.sleep(_MARK_INTERVAL)


class _Marker:
    """One after the other, changes of stories that are in the archive; each is told before and after it is made."""

    def __init__(self, library: Library, chance: Random, tell: Callable[..., None], *, alone: bool) -> None:
        self._library, self._chance, self._tell, self._alone = library, chance, tell, alone
        self._left: Iterator[None] = iter(())
        self._refs: list[str] = []

    def start_document(self, n: int, *, quote: bool) -> None:
        """Mark the stories of an imported document, and have more to do with them; none of it is ever taken back."""
        ref = str(make_document(n)[0])
        stories = self._library.get_story_rows(ref)
        if quote:
            # Should a process die before the marks have followed, it is the quotation that tells where they belong.
            for story in stories:
                self._highlight(story.key, self._library.get_story(ref, story.position).text.split("\n\n")[0])
        self._tag([story.key for story in stories], f"version {n % VERSIONS}", True)
        self._left = self._mark_more(stories)

    def mark_imported(self) -> None:
        """The next of that, if anything is left; meanwhile another document may take the place of this one."""
        next(self._left, None)

    def _mark_more(self, stories: Sequence[StoryRow]) -> Iterator[None]:
        self._mark([story.key for story in stories[:2]], "read", True)
        for story in stories:
            yield
            self._note(story.key, f"Note {story.ref}")

    def mark_synced(self) -> None:
        """Anything at all to stories of the newsletter."""
        stories = self._pick_stories()
        if not stories:
            return
        keys, key, chance = [story.key for story in stories], stories[0].key, self._chance
        match chance.randrange(6):
            case 0:
                self._mark(keys, "read", chance.random() < 0.7)
            case 1:
                self._tag(keys, chance.choice(_TAGS), chance.random() < 0.7)
            case 2:
                self._note(key, f"Note {chance.random()}" if chance.random() < 0.7 else None)
            case 3:
                place = f"[{chance.randrange(1000)}]"
                self._report_change([(key, "place", place)], lambda: self._library.save_scroll_position(key, place))
            case 4:
                self._highlight(key, f"Passage {chance.random()}")
            case 5:
                self._star(key)

    def _pick_stories(self) -> list[StoryRow]:
        """Stories of the newsletter, from the list as it was when it first held any."""
        if not self._refs:
            heads = self._library.get_issue_rows()
            self._refs = [head.ref for head in heads if (head.number or 0) < FIRST_NUMBER]
        chosen = self._chance.sample(self._refs, min(len(self._refs), self._chance.randrange(1, 5)))
        return [self._library.get_story_rows(ref)[0] for ref in chosen]

    def _mark(self, keys: Sequence[str], field: str, on: bool) -> None:
        self._report_change([(key, field, on) for key in keys], lambda: self._library.mark(keys, **{field: on}))

    def _tag(self, keys: Sequence[str], name: str, on: bool) -> None:
        self._report_change([(key, f"tag:{name}", on) for key in keys], lambda: self._library.tag(keys, name, on))

    def _note(self, key: str, text: str | None) -> None:
        self._report_change([(key, "note", text)], lambda: self._library.set_note(key, text))

    def _highlight(self, key: str, quote: str) -> None:
        self._tell("does", [])  # nobody knows its id before
        id = self._library.add_highlight(key, quote)
        self._tell("done", [(key, f"highlight:{id}", quote)])

    def _star(self, key: str) -> None:
        """A star given or taken, and this perhaps undone and done again: no step of another window must lie between."""
        on = not self._library.state.is_starred(key)
        self._mark([key], "starred", on)
        if self._alone:
            self._report_change([(key, "starred", not on)], self._library.undo)
            if self._chance.random() < 0.5:
                self._report_change([(key, "starred", on)], self._library.redo)

    def _report_change(self, edits: Edits, change: Callable[[], object]) -> None:
        self._tell("does", edits)
        change()
        self._tell("done", edits)


def _make_reporter(pipe: Connection) -> Callable[..., None]:
    descriptor = pipe.fileno()

    def tell(what: str, *values: object) -> None:
        # One write each: of several threads none comes in between, so the order of the lines is that of the deeds.
        os.write(descriptor, json.dumps([what, *values]).encode() + b"\n")

    return tell
