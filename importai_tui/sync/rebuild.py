"""Reads the stored pages again with a better parser, offline; keys and reading state stay as they are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from importai_tui.errors import UnreadableInput
from importai_tui.issue import Issue
from importai_tui.library import Library, StoredPage
from importai_tui.parse.containers import Document
from importai_tui.parse.issues import PARSER_VERSION
from importai_tui.parse.told import Told
from importai_tui.parse.understand import understand
from importai_tui.sync.pace import Pace
from importai_tui.sync.report import OnProgress, Progress


@dataclass(frozen=True, slots=True)
class Rebuild:
    """One rebuilding. `run` blocks; `stop` may be called from any thread; what is left is rebuilt the next time."""

    open_library: Callable[[], Library]
    on_progress: OnProgress = lambda _: None
    parser_version: int = PARSER_VERSION
    clock: Callable[[], float] = time.monotonic
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> int:
        """How many issues were rebuilt: those whose page an older parser has read."""
        with self.open_library() as library:
            library.follow_departed()
            outdated = library.outdated(self.parser_version)
            pace = Pace(self.clock)
            for done, issue_id in enumerate(outdated):
                if self._stopped.is_set():
                    return done
                page = library.stored_page(issue_id)
                library.rebuild(issue_id, _issue(page), self.parser_version)
                rate, left = pace.at(done + 1, len(outdated))
                title = page.title or ""
                self.on_progress(Progress("archive", done + 1, len(outdated), title, rate=rate, seconds_left=left))
            while not self._stopped.is_set() and library.index_some():
                pass
            return len(outdated)

    def stop(self) -> None:
        """Ask it to end after the present issue."""
        self._stopped.set()


def _issue(page: StoredPage) -> Issue | None:
    """What this parser finds in the page; None where it finds no issue."""
    document = Document(page.raw, title=page.title, date=page.date, url=page.url)
    try:
        return understand(document, page.name, Told(number=page.number)).issue
    except UnreadableInput:
        return None
