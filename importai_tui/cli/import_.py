"""Documents into the archive, page by page: read side by side where there are many, stored and told in their order.

The command that reads documents into the archive: `import`. One bad document never stops the others.

`import --explain`: how a document was understood, for a person who reports a wrong split and one who mends it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date as calendar_date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from importai_tui.archive.stories import Arrival
from importai_tui.cli.constants import INTERRUPTED
from importai_tui.cli.context import Session
from importai_tui.cli.documents import Failure, find_documents, pages_of, read_document
from importai_tui.cli.options import json_option
from importai_tui.errors import DatabaseTrouble, ReaderError, UnreadableInput
from importai_tui.model import Told
from importai_tui.output.console import emit, emit_json, narrate, path_text, progress
from importai_tui.output.progress_bar import progress_line
from importai_tui.parse import PARSER_VERSION
from importai_tui.parse.pipeline import Parsed, Understanding
from importai_tui.parse_pool import BATCH_SIZE, Page, PageParser, ParsedPage, TaggedPage
from importai_tui.sync.progress import Progress, RateEstimator
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.library.library import Library
    from importai_tui.library.rows import IssueHead, StoredIssue

_SHOWN = 100
"""Characters of a dropped line; enough to know it again."""


def explain_documents(paths: Iterable[str], failed: Sequence[Failure], said: Told, *, as_json: bool) -> int:
    """Print how each document is understood; the exit status, 1 where one was not."""
    refused = list(failed)
    told: list[dict[str, object]] = []
    for path in paths:
        try:
            pages = pages_of(path, said)
        except UnreadableInput as error:
            refused.append(Failure(path, str(error)))
            continue
        for page in pages:
            if page.understanding is None:
                refused.append(Failure(_place(path, page), page.reason))
            elif as_json:
                told.append(_shape(_place(path, page), page.understanding))
            else:
                emit(_account(_place(path, page), page.understanding))
    if as_json:
        failures = [{"path": path_text(failure.path), "reason": failure.reason} for failure in refused]
        emit_json({"explained": told, "failed": failures})
    for failure in refused:
        narrate(f"Not understood: {path_text(failure.path)} {failure.reason}.")
    return 1 if refused else 0


def _place(path: str, page: Parsed) -> str:
    path = path_text(path)
    return f"{path}, {page.document.place}" if page.document.place else path


def _account(name: str, understood: Understanding) -> str:
    issue = understood.issue
    lines = [name, f"  form     {understood.form}"]
    facts = (("number", issue.number), ("title", issue.title), ("date", issue.date), ("url", issue.url))
    lines += [
        f"  {fact:<8} {value if value is not None else 'not known'}  [{understood.sources.get(fact, _made(fact))}]"
        for fact, value in facts
    ]
    lines.append(f"  stories  {len(issue.stories)}")
    for story, why in zip(issue.stories, understood.cuts, strict=True):
        lines.append(f"    {story.position}. {story.headline}")
        lines.append(f"       {story.kind}: {why}; {story.words} words, {len(story.links)} links, key {story.key}")
    lines.append(f"  dropped as boilerplate  {len(understood.dropped)}")
    lines += [f"    {text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}" for text in understood.dropped]
    return "\n".join(lines) + "\n"


def _made(fact: str) -> str:
    return "made of the headlines" if fact == "title" else "said nowhere"


def _shape(name: str, understood: Understanding) -> dict[str, object]:
    issue = understood.issue
    stories = [
        {"headline": story.headline, "kind": story.kind, "evidence": why, "key": story.key}
        for story, why in zip(issue.stories, understood.cuts, strict=True)
    ]
    return {
        "path": name,
        "form": understood.form,
        "number": issue.number,
        "title": issue.title,
        "date": issue.date,
        "url": issue.url,
        "sources": understood.sources,
        "stories": stories,
        "dropped": list(understood.dropped),
    }


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


def _date(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise ValueError(value)
        return calendar_date.fromisoformat(value).isoformat()
    except ValueError:
        raise click.BadParameter(f'"{value}" is no date like 2025-03-03.') from None


@click.command("import")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--number", type=click.IntRange(1, 99999), help="The issue's number (one document only).")
@click.option("--title", help="The issue's title (one document only).")
@click.option("--date", callback=_date, metavar="YYYY-MM-DD", help="The issue's date (one document only).")
@click.option("--explain", is_flag=True, help="Store nothing; print how each document is understood.")
@json_option
@click.pass_context
def import_(
    ctx: click.Context,
    paths: tuple[str, ...],
    number: int | None,
    title: str | None,
    date: str | None,
    explain: bool,
    as_json: bool,
) -> None:
    """Read issues from files and folders; "-" is standard input.

    The form is told by the content: a web page or its body, Markdown, plain text, a mail or a mailbox, a feed, a
    saved REST answer, a Substack export. A folder is searched with its subfolders.
    """
    session: Session = ctx.obj
    said = Told(number, title, date)
    documents, failed = find_documents(paths)
    if said and len(documents) != 1:
        raise click.UsageError(f"--number, --title and --date need exactly one document, not {len(documents)}.", ctx)
    if explain:
        ctx.exit(explain_documents(documents, failed, said, as_json=as_json))
    from importai_tui.parse_pool import PageParser

    report = Outcome(failed=failed, unstored=documents)
    try:
        with session.library() as library:
            report.unstored = ()
            try:
                with PageParser() as parser:
                    TakingIn(library, said, report).read(documents, parser)
            except KeyboardInterrupt:
                narrate(f"Stopped. {len(report.stored)} of {len(documents)} documents were read, and are stored.")
                ctx.exit(INTERRUPTED)
            if as_json:
                emit_json(_shape_importing(library.issue_heads(), report))
    except DatabaseTrouble as error:
        if as_json:
            report.failed += [Failure(path, f"was not stored: {error}") for path in report.unstored]
            emit_json(_shape_importing([stored.head for stored in report.stored], report))
        raise
    _tell(report)
    if report.failed:
        ctx.exit(1)


def _shape_importing(heads_now: Iterable[IssueHead], report: Outcome) -> dict[str, object]:
    """The report as JSON. `heads_now`: the issues at the end; a later document may have changed an earlier issue."""
    from importai_tui.output.json import issue_head_shape

    now = {head.slug: head for head in heads_now}
    outcomes = ("imported", "updated", "unchanged")
    shape: dict[str, object] = {
        outcome: [issue_head_shape(now[head.slug]) for head in report.heads(outcome)] for outcome in outcomes
    }
    return shape | {
        "failed": [{"path": path_text(failure.path), "reason": failure.reason} for failure in report.failed]
    }


def _tell(report: Outcome) -> None:
    for line in report.passed_over:
        narrate(f"Passed over in {path_text(line)}.")
    for failure in report.failed:
        narrate(f"Passed over: {path_text(failure.path)} {failure.reason}.")
    imported, updated, unchanged = map(report.heads, ("imported", "updated", "unchanged"))
    if imported:
        stories = sum(head.stories for head in imported)
        narrate(f"{plural(len(imported), 'issue')} imported, {plural(stories, 'story', 'stories')}.")
    if updated:
        narrate(f"{plural(len(updated), 'issue')} updated.")
    if unchanged:
        narrate(f"{plural(len(unchanged), 'issue')} unchanged.")
    if report.stored:
        narrate("Read: importai-tui")
    elif report.failed:
        narrate("Nothing was imported.")
