"""Parses the stored pages again after the parser has changed, offline. Keys and reading state stay unchanged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from importai_tui.library.library import Library
from importai_tui.model import GivenFacts
from importai_tui.parse import PARSER_VERSION
from importai_tui.parse.formats import Document
from importai_tui.parse_pool import IN_BACKGROUND, PageParser, PageTask, TaggedTask
from importai_tui.sqlite import DamagedDatabase
from importai_tui.sqlite_errors import DamagedStory
from importai_tui.sync.progress import OnProgress, Progress, RateEstimator


@dataclass(frozen=True, slots=True)
class Rebuild:
    """One rebuild. `run` blocks; `stop` may be called from any thread. The next rebuild continues after a stop."""

    open_library: Callable[[], Library]
    on_progress: OnProgress = lambda _: None
    parser_version: int = PARSER_VERSION
    clock: Callable[[], float] = time.monotonic
    parser: PageParser = field(default_factory=partial(PageParser, limits=IN_BACKGROUND))
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> int:
        """Rebuild the issues whose page an older parser has read; return their number.

        Raises:
            DatabaseError: the archive cannot be written, or has damaged stories. All other stories are rebuilt.
        """
        with self.open_library() as library:
            library.migrate_removed_state()
            done = self._parse_again(library, library.archive.find_issues_to_reparse(self.parser_version))
            while not self._stopped.is_set() and library.reindex_batch():
                pass
            if library.unreadable_count:
                raise DamagedStory
            return done

    def stop(self) -> None:
        """Ask the rebuild to end now. Pages that are being parsed are parsed again the next time."""
        self._stopped.set()
        self.parser.stop()

    def _parse_again(self, library: Library, outdated: Sequence[int]) -> int:
        """Parse the pages of the outdated issues; return the number of pages."""
        estimator = RateEstimator(self.clock)
        done = 0
        with self.parser as parser:
            for batch in parser.parse(_iter_pages(library, outdated)):
                if self._stopped.is_set():
                    break  # these results may only say that the parser process was stopped
                # If a page gives no issue, the stored stories stay.
                issues = [(issue_id, parsed.issue if parsed else None) for (issue_id, _), parsed in batch]
                library.rebuild_all(issues, self.parser_version)
                for (_, title), _ in batch:
                    done += 1
                    rate, remaining = estimator.estimate(done, len(outdated))
                    self.on_progress(Progress("archive", done, len(outdated), title, rate=rate, seconds_left=remaining))
        return done


def _iter_pages(library: Library, outdated: Sequence[int]) -> Iterator[TaggedTask[tuple[int, str]]]:
    """Yield the stored pages, each tagged with the id and the title of its issue."""
    for issue_id in outdated:
        try:
            page = library.get_stored_page(issue_id)
        except DamagedDatabase:
            # The page counts as parsed, because it would be tried again at each start. `doctor` reports it.
            yield (issue_id, ""), None
            continue
        document = Document(page.raw, title=page.title, date=page.date, url=page.url)
        yield (
            (issue_id, page.title or ""),
            PageTask(document, page.name, GivenFacts(number=page.number), include_page=False),
        )
