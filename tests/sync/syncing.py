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
from importai_tui.library.rows import IssueHead, StoredPage, StoryHead
from importai_tui.model import Issue
from importai_tui.parse.pipeline import PARSER_VERSION
from importai_tui.paths import Places
from importai_tui.sync.progress import OnProgress, Progress, Report, SourceReport
from importai_tui.sync.run import Sync
from importai_tui.sync.sources import Plan, Source, SourceKind
from tests.http.clients import SHORT
from tests.http.server import Reply, Request, Server
from tests.parse_pool.in_process import InProcessParser
from tests.sync import newsletter as made
from tests.sync.fake_sites import Newsletter

FEED, POSTS, PAGES = "/substack/feed", "/mirror/wp-json/wp/v2/posts", "/mirror/feed/"

Play = Callable[[], Reply]


@dataclass(frozen=True, slots=True)
class Kept:
    """All that a reader has: what the list shows, the issues, their stories with the marks, the stored pages."""

    heads: tuple[IssueHead, ...]
    issues: dict[str, Issue]
    stories: dict[str, list[StoryHead]]
    pages: frozenset[StoredPage]

    @property
    def numbers(self) -> list[int]:
        """Of all issues, as the list has them: newest first."""
        return [head.number for head in self.heads if head.number is not None]

    @property
    def marks(self) -> list[tuple[str, bool, bool]]:
        """Each story's key, whether it is read and whether it has a star, in the order of the list."""
        return [(story.key, story.read, story.starred) for stories in self.stories.values() for story in stories]

    def without_pages(self) -> Kept:
        """The same but for the pages: one issue may have come in one form or another."""
        return replace(self, pages=frozenset())


class Reader:
    """A home of its own, and the newsletter that it syncs with.

    `requests` are those of the latest sync, `told` its progress, `slept` its waits in seconds.
    """

    def __init__(self, folder: Path, newsletter: Newsletter, server: Server) -> None:
        self.places = Places.under(folder)
        self.newsletter = newsletter
        self.server = server
        self.told: list[Progress] = []
        self.slept: list[float] = []
        self.also: OnProgress = lambda _: None
        self.timeouts: Timeouts = SHORT
        self.transport: Transport | None = None
        self.trusted: frozenset[str] = frozenset()
        self._began = 0

    @property
    def feed(self) -> Source:
        """The newsletter's home."""
        return Source("substack", self.server.address + FEED, SourceKind.FEED)

    @property
    def mirror(self) -> Source:
        """The author's own site."""
        return Source("mirror", f"{self.server.address}/mirror/", SourceKind.SITE)

    def at(self, path: str) -> Source:
        """An address of which nothing is known yet."""
        return Source(self.server.address + path, self.server.address + path, SourceKind.UNKNOWN)

    @property
    def requests(self) -> list[Request]:
        """The requests of the latest sync."""
        return self.server.requests[self._began :]

    @property
    def pages_asked(self) -> list[tuple[str, str]]:
        """The path and the page of each of them."""
        return [(one.path, one.query.get("page") or one.query.get("paged", "1")) for one in self.requests]

    @property
    def titles(self) -> list[str]:
        """The issues that the latest sync has told of, in its order."""
        return [step.title for step in self.told if step.title]

    def to_sync(self, *sources: Source, full: bool = False) -> Sync:
        """A sync of the two sites as they are usually asked, or of these sources alone; ready to run."""
        plan = Plan.of(sources) if sources else Plan((self.feed,), self.mirror)

        def open_client(on_wait: Callable[[str], None]) -> HttpClient:
            return HttpClient(
                trusted=plan.hosts | self.trusted,
                pause=0,
                sleep=self._sleep,
                jitter=lambda: 0.5,
                timeouts=self.timeouts,
                on_wait=on_wait,
                transport=self.transport,
            )

        self.told, self.slept, self._began = [], [], len(self.server.requests)
        lock = self.places.cache_folder / "sync.lock"
        return Sync(
            plan,
            self.library,
            lock,
            open_client,
            open_parser=InProcessParser,  # a process for each sync would take longer than all else
            full=full,
            on_progress=self._tell,
            now=self.now,
        )

    def sync(self, *sources: Source, full: bool = False, also: Set[int] = frozenset()) -> Report:
        """The same, run."""
        return replace(self.to_sync(*sources, full=full), also=also).run()

    def now(self) -> datetime:
        """An hour after whatever the mirror has done last."""
        return max(issue.modified for issue in self.newsletter.issues) + timedelta(hours=1)

    def library(self) -> Library:
        """What is stored, opened; to be closed by the caller."""
        return Library.open(self.places)

    def mark(self, *refs: str) -> None:
        """Read the stories that are named so, and give each a star."""
        with self.library() as library:
            keys = [library.story(*place).key for place in map(_place, refs)]
            library.mark(keys, read=True, starred=True)

    def kept(self) -> Kept:
        """Everything that is there, after a look at whether the databases are whole."""
        for path in (self.places.archive, self.places.reading):
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
                assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            database.close()
        with self.library() as library:
            heads = tuple(library.issue_heads())
            return Kept(
                heads,
                {head.ref: library.issue(head.ref) for head in heads},
                {head.ref: library.story_heads(head.ref) for head in heads},
                frozenset(map(library.stored_page, library.archive.outdated(PARSER_VERSION + 1))),
            )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)

    def _tell(self, step: Progress) -> None:
        self.told.append(step)
        self.also(step)


@contextmanager
def reading(folder: Path, issues: Iterable[made.MadeIssue]) -> Iterator[Reader]:
    """A reader of a newsletter with these issues."""
    newsletter = Newsletter(list(issues))
    with Server(newsletter) as server:
        yield Reader(folder, newsletter, server)


@cache
def made_issues(count: int, *, newest: int = made.NEWEST, stories: int = 2) -> tuple[made.MadeIssue, ...]:
    """Made once for all tests; a newsletter changes only its own list of them."""
    return tuple(made.made_issues(count, stories=stories, newest=newest))


def undisturbed(folder: Path, newsletter: Newsletter) -> Kept:
    """What a reader has who gets all of that newsletter from the mirror at once."""
    with reading(folder, newsletter.issues) as other:
        other.sync(other.mirror, full=True)
        return other.kept()


def only(report: Report) -> SourceReport:
    """What came of the one source that was asked."""
    (source,) = report.sources
    return source


def numbers(heads: Iterable[IssueHead]) -> list[int | None]:
    """Of the issues that a report names, in its order."""
    return [head.number for head in heads]


def played_at(path: str, play: Play, **query: str) -> Callable[[Request], Reply | None]:
    """Plays something wherever that path, with that query, is asked for."""
    return lambda request: play() if request.path == path and query.items() <= request.query.items() else None


def played_on_the_site(play: Play) -> Callable[[Request], Reply | None]:
    """Plays something wherever the author's site is asked, its feed included."""
    return lambda request: play() if request.path.startswith("/mirror") else None


def _place(ref: str) -> tuple[str, int]:
    issue, _, position = ref.partition("/")
    return issue, int(position)
