"""Sample issues with every kind of block, and a running app with a fake clock and browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from importai_tui.browser import OpenResult
from importai_tui.clipboard import CopyResult, Place
from importai_tui.error_log import ErrorLog
from importai_tui.errors import RefusedAddressError
from importai_tui.library.library import Library
from importai_tui.model import (
    Code,
    Figure,
    Heading,
    Issue,
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    ParagraphRole,
    Quote,
    Rule,
    Span,
    Story,
    StoryKind,
)
from importai_tui.tui.app import ReaderApp
from importai_tui.tui.background_jobs import JOB_GROUP, BackgroundSetup
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.widgets.footer import Footer

TODAY = datetime(2025, 1, 20, 12, tzinfo=UTC)
"""The present time in every test."""
ORIGIN = "substack"
"""The source of every issue."""
LOREM = "The rivers were counted again by patient machines, and the count was written down beside the old one. "


@dataclass
class FakeBrowser:
    """An opener that records the addresses."""

    opened_urls: list[str] = field(default_factory=list)
    opened_kinds: list[str] = field(default_factory=list)
    is_present: bool = True

    def __call__(self, url: str, kind: str = "") -> OpenResult:
        """Open nothing."""
        if url.startswith("javascript:"):
            raise RefusedAddressError("Not opened: only http and https addresses are opened.")
        self.opened_urls.append(url)
        self.opened_kinds.append(kind)
        return OpenResult(self.is_present, url, "Opened" if self.is_present else "No browser found.")


@dataclass
class FakeClipboard:
    """A clipboard that takes every text, unless the test sets another result."""

    result: CopyResult = field(default_factory=lambda: CopyResult(Place.CLIPBOARD))
    texts: list[str] = field(default_factory=list)

    def __call__(self, text: str) -> CopyResult:
        """Record the text."""
        self.texts.append(text)
        return self.result


@dataclass
class FakeClock:
    """A clock that the test sets, in seconds."""

    now: float = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def make_link(n: int, text: str, url: str | None = "", *, role: LinkRole = LinkRole.READ_MORE) -> Link:
    """Return a link to a paper, unless `url` says otherwise."""
    address = f"https://example.org/{n}" if url == "" else url
    return Link(n, text, address, LinkKind.PAPER, "example.org" if address else None, role, None)


def rich_story(key: str = "rivers", position: int = 1) -> Story:
    """Return a story with every kind of block."""
    return Story(
        key=key,
        position=position,
        kind=StoryKind.STORY,
        headline="Machines learn to count rivers",
        tagline="…Slow water, patient machines…",
        blocks=(
            Paragraph((Span("Somebody has taught "), Span("machines (Example)", link=1), Span(" to count rivers."))),
            Paragraph((Span("They count "), Span("twice", italic=True), Span(".")), (Span("How they count: "),)),
            ListBlock(
                (ListItem((Span("Small rivers"),)), ListItem((Span("Their brooks"),), 1), ListItem((Span("Big"),)))
            ),
            ListBlock((ListItem((Span("First"),), 0, 9), ListItem((Span("Second"),), 0, 10))),
            Heading((Span("A heading"),)),
            Quote((Span("A river is a river."),)),
            Code("def count():\n\treturn 1"),
            Figure("A map of rivers", 1),
            Rule(),
            Paragraph(
                (Span("Whoever counts them begins somewhere."),),
                (Span("Why this matters – rivers are many:"),),
                ParagraphRole.WHY,
            ),
            Paragraph((Span("And goes on."),), (), ParagraphRole.WHY),
            Paragraph(
                (Span("Read more: "), Span("Counting Rivers (arXiv)", link=2), Span(".")), (), ParagraphRole.READ_MORE
            ),
            Paragraph(
                (Span("Get the code here: "), Span("riverlib", link=3), Span(" (GitHub).")), (), ParagraphRole.READ_MORE
            ),
        ),
        links=(
            make_link(1, "machines (Example)", role=LinkRole.INLINE),
            make_link(2, "Counting Rivers (arXiv)"),
            make_link(3, "riverlib", None),
        ),
    )


def long_story(key: str, position: int, paragraphs: int = 20) -> Story:
    """Return a story that is longer than the screen."""
    blocks = tuple(Paragraph((Span(f"Paragraph {n}. " + LOREM * 2),)) for n in range(1, paragraphs + 1))
    return Story(
        key, position, StoryKind.STORY, f"A long story called {key}", blocks=blocks, links=(make_link(1, "One"),)
    )


def fiction_story(key: str, position: int) -> Story:
    """Return a piece of fiction."""
    return Story(
        key,
        position,
        StoryKind.TECH_TALES,
        "The River Counter",
        "[A delta, 2041]",
        "Tech Tales",
        blocks=(
            Paragraph((Span("It rained."),)),
            Paragraph((Span("Things that inspired this story: rain; deltas"),), (), ParagraphRole.INSPIRATIONS),
        ),
        inspirations=("rain", "deltas"),
    )


def sample_issues() -> list[Issue]:
    """Return three issues: 12 with three stories, 11 with two, 10 with one."""
    return [
        Issue(10, "i10", "Import AI 10: Old water", "2024-12-02", None, (long_story("old", 1),)),
        Issue(
            11, "i11", "Import AI 11: Lakes; ponds", "2025-01-06", None, (long_story("lake", 1), long_story("pond", 2))
        ),
        Issue(
            12,
            "i12",
            "Import AI 12: Rivers, and what counts them",
            "2025-01-13",
            "https://example.org/12",
            (rich_story(), long_story("canal", 2), fiction_story("delta", 3)),
        ),
    ]


def store_issues(library: Library, issues: list[Issue] | None = None) -> Library:
    """Store issues as a sync does, and return the library; an issue that is there already is updated."""
    for issue in issues or sample_issues():
        library.store(issue, b"page", "page.html", origin=ORIGIN)
    return library


@dataclass
class RunningReader:
    """A running app, and what tests need of it."""

    app: ReaderApp
    pilot: Pilot[None]
    browser: FakeBrowser
    clock: FakeClock
    clipboard: FakeClipboard

    @property
    def screen(self) -> ReadingScreen:
        """The top reading screen, even if another screen covers it."""
        found = [screen for screen in self.app.screen_stack if isinstance(screen, ReadingScreen)]
        return found[-1]

    @property
    def open_story(self) -> tuple[str, int]:
        """The open story."""
        assert self.screen.session.issue
        assert self.screen.session.story
        return self.screen.session.issue.ref, self.screen.session.story.position

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until the screen has handled them."""
        await self.pilot.press(*keys)
        # A background job runs as long as its test wants. A newer count cancels the one that runs.
        for worker in [worker for worker in self.app.workers if worker.group != JOB_GROUP]:
            with suppress(WorkerCancelled):
                await worker.wait()
        await self.pilot.pause()

    async def type(self, *keys: str) -> None:
        """Press keys that may open a dialog; several letters in a row are typed into a line after the first."""
        rest = list(keys)
        while rest:
            letters = next((at for at, key in enumerate(rest) if len(key) > 1), len(rest))
            together = letters - 1 if letters > 2 else 1
            await self.pilot.press(rest.pop(0))
            await self.pilot.pause()
            if together > 1:
                await self.pilot.press(*rest[:together])
                await self.pilot.pause()
                del rest[:together]

    async def advance_clock(self, seconds: float) -> None:
        """Let the clock advance, one tick a second."""
        for _ in range(int(seconds)):
            self.clock.now += 1
            self.screen.on_tick()
        await self.pilot.pause()

    @property
    def last_notice(self) -> str:
        """The text of the last notice."""
        return self.notices[-1]

    @property
    def notices(self) -> list[str]:
        """The texts of all notices on the screen."""
        return [notification.message for notification in self.app._notifications]

    async def wait_until(self, condition: Callable[[], object]) -> None:
        """Wait for another thread; fail after about 10 s."""
        for _ in range(1000):
            await self.pilot.pause(0.01)
            if condition():
                await self.pilot.pause()
                return
        raise AssertionError(f"It never came about. Heard: {self.notices}\n{self.screen_text()}")

    @property
    def footer(self) -> str:
        """The footer without the notice over it; the line at the bottom, if the screen has no footer."""
        footer = next(iter(self.app.screen.query(Footer)), None)
        return footer.render().plain if footer else self.screen_text().splitlines()[-1]

    @property
    def list_lines(self) -> list[str]:
        """The lines of the issue list."""
        strips = (self.screen.story_list.render_line(y) for y in range(self.screen.story_list.size.height))
        return [strip.text.rstrip() for strip in strips]

    def screen_text(self) -> str:
        """Return the screen as text, without trailing blanks."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    def find_on_screen(self, words: str) -> tuple[int, int]:
        """Return column and row of the first cell of these words on the screen, in text of narrow letters."""
        rows = self.screen_text().splitlines()
        return next((row.index(words), y) for y, row in enumerate(rows) if words in row)


@asynccontextmanager
async def run_reader(
    library: Library,
    ref: str | None = None,
    *,
    size: tuple[int, int] = (140, 40),
    guide: bool = False,
    open_guide: Callable[[], Library] | None = None,
    background: BackgroundSetup | None = None,
    error_log: ErrorLog | None = None,
) -> AsyncIterator[RunningReader]:
    """Run the app on a library, drawn once. Without a log, an error in the program ends it and fails the test."""
    browser, clock, clipboard = FakeBrowser(), FakeClock(), FakeClipboard()
    guide_factory = open_guide or (lambda: library)
    app = ReaderApp(
        library,
        opener=browser,
        copy_text=clipboard,
        clock=clock,
        today=lambda: TODAY,
        ref=ref,
        guide=guide,
        open_guide=guide_factory,
        background=background,
    )
    app.error_log = error_log or app.error_log
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield RunningReader(app, pilot, browser, clock, clipboard)
