"""Documents into the archive, page by page: read side by side where there are many, stored and told in their order."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.archive.written import Arrival
from importai_tui.cli.documents import Failure, read_document
from importai_tui.errors import DatabaseTrouble, ReaderError, UnreadableInput
from importai_tui.parse.told import Told
from importai_tui.parse.version import PARSER_VERSION
from importai_tui.parse_pool import BATCH_SIZE, Page, PageParser, ParsedPage, TaggedPage
from importai_tui.printing.bars import progress_line
from importai_tui.printing.console import progress
from importai_tui.sync.progress import Progress, RateEstimator

if TYPE_CHECKING:
    from importai_tui.library import IssueHead, Library, StoredIssue


@dataclass(slots=True)
class Outcome:
    """What has become of the documents so far."""

    stored: list[StoredIssue] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    unstored: Sequence[str] = ()
    """Documents that were not stored because the archive could not be written."""

    def heads(self, outcome: str) -> list[IssueHead]:
        """Return the issues with this outcome, in order and each once.

        Of an issue that came several times, the first change counts: "imported" before "updated" before "unchanged".
        """
        outcomes: dict[str, str] = {}
        for stored in self.stored:
            if outcomes.get(stored.head.slug, "unchanged") == "unchanged":
                outcomes[stored.head.slug] = stored.outcome
        latest = {stored.head.slug: stored.head for stored in self.stored}
        return [latest[slug] for slug, found in outcomes.items() if found == outcome]


class _Place(NamedTuple):
    """Where a page is: the document, and its name inside it. `end` marks a document's end, `trouble` says why."""

    path: str
    page: str = ""
    end: bool = False
    trouble: str = ""


class TakingIn:
    """Takes documents in. What is done when it is broken off stays done, and `outcome` tells it."""

    def __init__(self, library: Library, said: Told, outcome: Outcome) -> None:
        self._library = library
        self._said = said
        self._outcome = outcome
        self._of_document: list[tuple[_Place, ParsedPage]] = []
        self._waiting: list[Arrival] = []
        self._ended_documents = self._stored_documents = 0

    def read(self, documents: Sequence[str], parser: PageParser) -> None:
        """Read and store them all."""
        rates = RateEstimator(time.monotonic)
        done = pages = 0
        try:
            for batch in parser.parse(_pages(documents, self._said, parser)):
                for place, taken in batch:
                    if taken is not None:
                        self._of_document.append((place, taken))
                        pages += 1
                    else:
                        self._end(place)
                        done += 1
                self._store()
                counted, total = (done, len(documents)) if len(documents) > 1 else (pages, None)
                if counted > 1 or total:
                    rate, left = rates.estimate(counted, total)
                    name = Path(batch[-1][0].path).name
                    progress(progress_line(Progress("import", counted, total, name, rate=rate, seconds_left=left)))
        except KeyboardInterrupt:
            self._store()
            raise
        except DatabaseTrouble:
            self._outcome.unstored = documents[self._stored_documents :]
            raise
        finally:
            progress("")

    def _end(self, end: _Place) -> None:
        """Decide what becomes of a document, all of whose pages are read."""
        pages, self._of_document = self._of_document, []
        self._ended_documents += 1
        if trouble := end.trouble or self._refused(pages):
            self._outcome.failed.append(Failure(end.path, trouble))
        if self._refused(pages):
            return
        for place, taken in pages:
            if taken.issue:
                name = place.page or Path(place.path).name
                self._waiting.append(Arrival(taken.issue, taken.page, name, PARSER_VERSION, told=bool(self._said)))
            elif taken.failed:
                self._outcome.failed.append(Failure(f"{place.path}, {place.page}", taken.reason))
        if others := sum(not (taken.issue or taken.failed) for _, taken in pages):
            self._outcome.passed_over.append(f"{end.path}: {others} of {len(pages)} are no issues")

    def _refused(self, pages: Sequence[tuple[_Place, ParsedPage]]) -> str:
        """Why a document gives no issue at all; empty where its pages are told of one by one."""
        if not pages:
            return "holds nothing"
        if self._said and len(pages) > 1:
            return f"holds {len(pages)} pages, and --number, --title and --date are for one"
        if any(taken.issue or (taken.failed and len(pages) > 1) for _, taken in pages):
            return ""
        return pages[0][1].reason if len(pages) == 1 else "holds no issue of the newsletter"

    def _store(self) -> None:
        while self._waiting:
            batch = self._waiting[:BATCH_SIZE]
            try:
                self._outcome.stored += self._library.store_all(batch)
            except ReaderError:
                raise
            except Exception:  # one issue must not lose the others of its batch
                for arrival in batch:
                    self._store_alone(arrival)
            del self._waiting[:BATCH_SIZE]
        self._stored_documents = self._ended_documents

    def _store_alone(self, arrival: Arrival) -> None:
        try:
            self._outcome.stored += self._library.store_all((arrival,))
        except ReaderError:
            raise
        except Exception as error:
            self._outcome.failed.append(Failure(arrival.name, f"cannot be stored ({type(error).__name__})"))


def _pages(documents: Sequence[str], said: Told, parser: PageParser) -> Iterator[TaggedPage[_Place]]:
    """The pages of documents, and behind those of each its end."""
    for path in documents:
        trouble = ""
        try:
            for document in parser.documents(read_document(path)):
                yield _Place(path, document.place), Page(document, Path(path).name, said)
        except UnreadableInput as error:
            trouble = str(error)
        except Exception as error:
            # A document can be anything; whatever it makes us stumble over must not lose the others.
            trouble = f"cannot be understood ({type(error).__name__})"
        yield _Place(path, end=True, trouble=trouble), None
