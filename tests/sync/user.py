"""A user who syncs with the fake newsletter within the test process and without waits."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from importai_tui.http.client import HttpClient
from importai_tui.http.pauses import HostPauses
from importai_tui.http.transport import Timeouts, Transport
from importai_tui.library.library import Library
from importai_tui.library.rows import IssueRow, StoredPage, StoryRow
from importai_tui.model import Issue
from importai_tui.parse import PARSER_VERSION
from importai_tui.paths import Places
from importai_tui.sync.progress import OnProgress, Progress, SourceReport, SyncReport
from importai_tui.sync.run import Sync
from importai_tui.sync.sources import Source, SourceKind, SyncPlan
from tests.http.clients import SHORT
from tests.http.server import Reply, Request, Server
from tests.parse_pool.in_process import InProcessParser
from tests.sync import newsletter as newsletter_module
from tests.sync.fake_sites import FakeNewsletter

FEED, POSTS, PAGES = "/substack/feed", "/mirror/wp-json/wp/v2/posts", "/mirror/feed/"

MakeReply = Callable[[], Reply]


@dataclass(frozen=True, slots=True)
class StoredData:
    """Everything stored for a user: rows of the list, issues, stories with their marks, pages."""

    issue_rows: tuple[IssueRow, ...]
    issues: dict[str, Issue]
    stories: dict[str, list[StoryRow]]
    pages: frozenset[StoredPage]

    @property
    def numbers(self) -> list[int]:
        """Numbers of all issues in list order: newest first."""
        return [row.number for row in self.issue_rows if row.number is not None]

    @property
    def marks(self) -> list[tuple[str, bool, bool]]:
        """Key, read mark and star of each story, in list order."""
        return [(story.key, story.is_read, story.is_starred) for stories in self.stories.values() for story in stories]

    def without_pages(self) -> StoredData:
        """Return the data without pages, because an issue may arrive in different formats."""
        return replace(self, pages=frozenset())


class SyncUser:
    """A user with a home and a newsletter to sync with.

    `requests` are those of the latest sync, `progress` its progress, `sleeps` its waits in seconds. `on_progress` is
    called for each step.
    """

    def __init__(self, folder: Path, newsletter: FakeNewsletter, server: Server) -> None:
        self.places = Places.under(folder)
        self.newsletter = newsletter
        self.server = server
        self.progress: list[Progress] = []
        self.sleeps: list[float] = []
        self._slept = 0.0
        """Seconds of all waits, by which the clock of the pauses is ahead."""
        self.on_progress: OnProgress = lambda _: None
        self.timeouts: Timeouts = SHORT
        self.transport: Transport | None = None
        self.trusted_endpoints: frozenset[str] = frozenset()
        self._first_request = 0

    @property
    def feed(self) -> Source:
        """Substack."""
        return Source("substack", self.server.address + FEED, SourceKind.FEED)

    @property
    def mirror(self) -> Source:
        """The author's WordPress site."""
        return Source("mirror", f"{self.server.address}/mirror/", SourceKind.SITE)

    def source_at(self, path: str) -> Source:
        """Return a source of unknown kind."""
        return Source(self.server.address + path, self.server.address + path, SourceKind.UNKNOWN)

    @property
    def requests(self) -> list[Request]:
        """Requests of the latest sync."""
        return self.server.requests[self._first_request :]

    @property
    def requested_pages(self) -> list[tuple[str, str]]:
        """Path and page of each request."""
        return [
            (request.path, request.query.get("page") or request.query.get("paged", "1")) for request in self.requests
        ]

    @property
    def progress_titles(self) -> list[str]:
        """Titles in the progress of the latest sync."""
        return [step.title for step in self.progress if step.title]

    def create_sync(self, *sources: Source, full: bool = False) -> Sync:
        """Create a sync of the default sources, or of these sources only."""
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
                pauses=HostPauses(lambda: time.monotonic() + self._slept),
            )

        self.progress, self.sleeps, self._first_request = [], [], len(self.server.requests)
        lock = self.places.cache_folder / "sync.lock"
        return Sync(
            plan,
            self.open_library,
            lock,
            open_client,
            open_parser=InProcessParser,  # a process for each sync would be slow
            full=full,
            on_progress=self._add_progress,
            now=self.now,
        )

    def sync(self, *sources: Source, full: bool = False, extra_numbers: Set[int] = frozenset()) -> SyncReport:
        """Create and run a sync."""
        return replace(self.create_sync(*sources, full=full), extra_numbers=extra_numbers).run()

    def now(self) -> datetime:
        """Return the time one hour after the latest change of the mirror."""
        return max(issue.modified for issue in self.newsletter.issues) + timedelta(hours=1)

    def open_library(self) -> Library:
        """Open the library; the caller closes it."""
        return Library.open(self.places)

    def mark_stories(self, *refs: str) -> None:
        """Mark stories as read and star them."""
        with self.open_library() as library:
            keys = [library.get_story(*place).key for place in map(_parse_ref, refs)]
            library.mark(keys, read=True, starred=True)

    def load_stored(self) -> StoredData:
        """Return everything that is stored, after an integrity check of the databases."""
        for path in (self.places.archive, self.places.reading):
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
                assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            database.close()
        with self.open_library() as library:
            heads = tuple(library.get_issue_rows())
            return StoredData(
                heads,
                {row.ref: library.get_issue(row.ref) for row in heads},
                {row.ref: library.get_story_rows(row.ref) for row in heads},
                frozenset(map(library.get_stored_page, library.archive.find_issues_to_reparse(PARSER_VERSION + 1))),
            )

    async def _sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self._slept += seconds
        await asyncio.sleep(0)

    def _add_progress(self, step: Progress) -> None:
        self.progress.append(step)
        self.on_progress(step)


@contextmanager
def create_user(folder: Path, issues: Iterable[newsletter_module.FakeIssue]) -> Iterator[SyncUser]:
    """Serve a newsletter with these issues; yield a user."""
    newsletter = FakeNewsletter(list(issues))
    with Server(newsletter) as server:
        yield SyncUser(folder, newsletter, server)


@cache
def get_issues(
    count: int, *, newest: int = newsletter_module.NEWEST, stories: int = 2
) -> tuple[newsletter_module.FakeIssue, ...]:
    """Return issues from a cache; a newsletter changes only its own copy of the list."""
    return tuple(newsletter_module.make_issues(count, stories=stories, newest=newest))


def sync_uninterrupted(folder: Path, newsletter: FakeNewsletter) -> StoredData:
    """Return the data of a user who fetches the whole newsletter from the mirror in one sync."""
    with create_user(folder, newsletter.issues) as other:
        other.sync(other.mirror, full=True)
        return other.load_stored()


def get_only_report(report: SyncReport) -> SourceReport:
    """Return the report of the only source."""
    (source,) = report.sources
    return source


def get_numbers(heads: Iterable[IssueRow]) -> list[int | None]:
    """Return the numbers of issues in a report."""
    return [row.number for row in heads]


def reply_at(path: str, make_reply: MakeReply, **query: str) -> Callable[[Request], Reply | None]:
    """Return an override that replies to requests for a path and query."""
    return lambda request: make_reply() if request.path == path and query.items() <= request.query.items() else None


def reply_on_mirror(make_reply: MakeReply) -> Callable[[Request], Reply | None]:
    """Return an override that replies to all requests to the mirror."""
    return lambda request: make_reply() if request.path.startswith("/mirror") else None


def _parse_ref(ref: str) -> tuple[str, int]:
    issue, _, position = ref.partition("/")
    return issue, int(position)
