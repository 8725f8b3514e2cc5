"""One reader who syncs, in this process and without waiting, and everything that the reader has afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from importai_tui.http.client import HttpClient
from importai_tui.http.transport import Timeouts, Transport
from importai_tui.library.library import Library
from importai_tui.library.rows import IssueRow, StoredPage, StoryRow
from importai_tui.model import Issue
from importai_tui.parse.pipeline import PARSER_VERSION
from importai_tui.paths import Places
from importai_tui.sync.progress import OnProgress, Progress, SourceReport, SyncReport
from importai_tui.sync.run import Sync
from importai_tui.sync.sources import Source, SourceKind, SyncPlan
from tests.http.clients import SHORT
from tests.http.server import Reply, Request, Server
from tests.parse_pool.in_process import InProcessParser
from tests.sync import newsletter as made
from tests.sync.fake_sites import FakeNewsletter

FEED, POSTS, PAGES = "/substack/feed", "/mirror/wp-json/wp/v2/posts", "/mirror/feed/"

MakeReply = Callable[[], Reply]


@dataclass(frozen=True, slots=True)
class StoredData:
    """All that a reader has: what the list shows, the issues, their stories with the marks, the stored pages."""

    issue_rows: tuple[IssueRow, ...]
    issues: dict[str, Issue]
    stories: dict[str, list[StoryRow]]
    pages: frozenset[StoredPage]

    @property
    def numbers(self) -> list[int]:
        """Of all issues, as the list has them: newest first."""
        return [head.number for head in self.issue_rows if head.number is not None]

    @property
    def marks(self) -> list[tuple[str, bool, bool]]:
        """Each story's key, whether it is read and whether it has a star, in the order of the list."""
        return [(story.key, story.is_read, story.is_starred) for stories in self.stories.values() for story in stories]

    def without_pages(self) -> StoredData:
        """The same but for the pages: one issue may have come in one form or another."""
        return replace(self, pages=frozenset())


class SyncUser:
    """A home of its own, and the newsletter that it syncs with.

    `requests` are those of the latest sync, `told` its progress, `slept` its waits in seconds.
    """

    def __init__(self, folder: Path, newsletter: FakeNewsletter, server: Server) -> None:
        self.places = Places.under(folder)
        self.newsletter = newsletter
        self.server = server
        self.progress: list[Progress] = []
        self.sleeps: list[float] = []
        self.on_progress: OnProgress = lambda _: None
        self.timeouts: Timeouts = SHORT
        self.transport: Transport | None = None
        self.trusted_endpoints: frozenset[str] = frozenset()
        self._first_request = 0

    @property
    def feed(self) -> Source:
        """The newsletter's home."""
        return Source("substack", self.server.address + FEED, SourceKind.FEED)

    @property
    def mirror(self) -> Source:
        """The author's own site."""
        return Source("mirror", f"{self.server.address}/mirror/", SourceKind.SITE)

    def source_at(self, path: str) -> Source:
        """An address of which nothing is known yet."""
        return Source(self.server.address + path, self.server.address + path, SourceKind.UNKNOWN)

    @property
    def requests(self) -> list[Request]:
        """The requests of the latest sync."""
        return self.server.requests[self._first_request :]

    @property
    def requested_pages(self) -> list[tuple[str, str]]:
        """The path and the page of each of them."""
        return [(one.path, one.query.get("page") or one.query.get("paged", "1")) for one in self.requests]

    @property
    def progress_titles(self) -> list[str]:
        """The issues that the latest sync has told of, in its order."""
        return [step.title for step in self.progress if step.title]

    def create_sync(self, *sources: Source, full: bool = False) -> Sync:
        """A sync of the two sites as they are usually asked, or of these sources alone; ready to run."""
        plan = SyncPlan.for_sources(sources) if sources else SyncPlan((self.feed,), self.mirror)

        def open_client(on_wait: Callable[[str], None]) -> HttpClient:
            return HttpClient(
                trusted=plan.trusted_endpoints | self.trusted_endpoints,
                pause=0,
                sleep=self._sleep,
                jitter=lambda: 0.5,
                timeouts=self.timeouts,
                on_wait=on_wait,
                transport=self.transport,
            )

        self.progress, self.sleeps, self._first_request = [], [], len(self.server.requests)
        lock = self.places.cache_folder / "sync.lock"
        return Sync(
            plan,
            self.open_library,
            lock,
            open_client,
            open_parser=InProcessParser,  # a process for each sync would take longer than all else
            full=full,
            on_progress=self._add_progress,
            now=self.now,
        )

    def sync(self, *sources: Source, full: bool = False, extra_numbers: Set[int] = frozenset()) -> SyncReport:
        """The same, run."""
        return replace(self.create_sync(*sources, full=full), extra_numbers=extra_numbers).run()

    def now(self) -> datetime:
        """An hour after whatever the mirror has done last."""
        return max(issue.modified for issue in self.newsletter.issues) + timedelta(hours=1)

    def open_library(self) -> Library:
        """What is stored, opened; to be closed by the caller."""
        return Library.open(self.places)

    def mark_stories(self, *refs: str) -> None:
        """Read the stories that are named so, and give each a star."""
        with self.open_library() as library:
            keys = [library.get_story(*place).key for place in map(_place, refs)]
            library.mark(keys, read=True, starred=True)

    def load_stored(self) -> StoredData:
        """Everything that is there, after a look at whether the databases are whole."""
        for path in (self.places.archive, self.places.reading):
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
                assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            database.close()
        with self.open_library() as library:
            heads = tuple(library.get_issue_rows())
            return StoredData(
                heads,
                {head.ref: library.get_issue(head.ref) for head in heads},
                {head.ref: library.get_story_rows(head.ref) for head in heads},
                frozenset(map(library.get_stored_page, library.archive.find_issues_to_reparse(PARSER_VERSION + 1))),
            )

    async def _sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        await asyncio.sleep(0)

    def _add_progress(self, step: Progress) -> None:
        self.progress.append(step)
        self.on_progress(step)


@contextmanager
def create_user(folder: Path, issues: Iterable[made.FakeIssue]) -> Iterator[SyncUser]:
    """A reader of a newsletter with these issues."""
    newsletter = FakeNewsletter(list(issues))
    with Server(newsletter) as server:
        yield SyncUser(folder, newsletter, server)


@cache
def get_issues(count: int, *, newest: int = made.NEWEST, stories: int = 2) -> tuple[made.FakeIssue, ...]:
    """Made once for all tests; a newsletter changes only its own list of them."""
    return tuple(made.make_issues(count, stories=stories, newest=newest))


def sync_uninterrupted(folder: Path, newsletter: FakeNewsletter) -> StoredData:
    """What a reader has who gets all of that newsletter from the mirror at once."""
    with create_user(folder, newsletter.issues) as other:
        other.sync(other.mirror, full=True)
        return other.load_stored()


def get_only_report(report: SyncReport) -> SourceReport:
    """What came of the one source that was asked."""
    (source,) = report.sources
    return source


def get_numbers(heads: Iterable[IssueRow]) -> list[int | None]:
    """Of the issues that a report names, in its order."""
    return [head.number for head in heads]


def reply_at(path: str, make_reply: MakeReply, **query: str) -> Callable[[Request], Reply | None]:
    """Plays something wherever that path, with that query, is asked for."""
    return lambda request: make_reply() if request.path == path and query.items() <= request.query.items() else None


def reply_on_mirror(make_reply: MakeReply) -> Callable[[Request], Reply | None]:
    """Plays something wherever the author's site is asked, its feed included."""
    return lambda request: make_reply() if request.path.startswith("/mirror") else None


def _place(ref: str) -> tuple[str, int]:
    issue, _, position = ref.partition("/")
    return issue, int(position)
