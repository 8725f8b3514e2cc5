"""The command `import`: parses documents, many at a time, and stores their issues in order; `--explain` stores nothing.

A bad document does not stop the others.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date as calendar_date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from importai_tui.archive.stories import IncomingIssue
from importai_tui.cli.completion import complete_file
from importai_tui.cli.constants import EXIT_INTERRUPTED
from importai_tui.cli.context import CliContext
from importai_tui.cli.documents import InputFailure, find_documents, read_document
from importai_tui.cli.options import NumberRange, json_option
from importai_tui.errors import DatabaseError, ReaderError, UnreadableInputError
from importai_tui.model import GivenFacts
from importai_tui.output.console import format_path, print_data, print_json, print_status, show_progress
from importai_tui.output.json import issue_row_json
from importai_tui.output.progress_bar import format_progress_line
from importai_tui.parse import PARSER_VERSION
from importai_tui.parse_pool import BATCH_SIZE, IN_BACKGROUND, PageParser, PageTask, ParsedPage, TaggedTask
from importai_tui.sync.progress import ImportSummary, OnProgress, Progress, RateEstimator
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.library.library import Library
    from importai_tui.library.rows import IssueRow, StoredIssue
    from importai_tui.parse.pipeline import ParseReport, ParseResult

_NO_ISSUE = "contains no Import AI issue"
_MAX_DROPPED_CHARACTERS = 100
"""Characters of a dropped line that are printed, enough to recognise it."""


def _parse_date(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise ValueError(value)
        return calendar_date.fromisoformat(value).isoformat()
    except ValueError:
        raise click.BadParameter(f"“{value}” is not a date like 2025-03-03.") from None


@click.command("import")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, shell_complete=complete_file)
@click.option("--number", type=NumberRange(1, 99999), help="Number of the issue (for a single document).")
@click.option("--title", help="Title of the issue (for a single document).")
@click.option("--date", callback=_parse_date, metavar="YYYY-MM-DD", help="Date of the issue (for a single document).")
@click.option("--replace", "is_forced", is_flag=True, help="Replace stored issues, even with a less complete copy.")
@click.option("--explain", is_flag=True, help="Show how each document is parsed, without storing it.")
@json_option
@click.pass_context
def import_(
    ctx: click.Context,
    paths: tuple[str, ...],
    number: int | None,
    title: str | None,
    date: str | None,
    is_forced: bool,
    explain: bool,
    as_json: bool,
) -> None:
    """Import issues from files and folders.

    PATH can also be "-" for standard input. Folders are searched with their subfolders. The file type is detected from
    the content: web page, Markdown, plain text, email or mailbox, feed, saved API response, or Substack export.
    """
    cli: CliContext = ctx.obj
    given_facts = GivenFacts(number, title, date)
    documents, failed = find_documents(paths)
    if given_facts and len(documents) != 1:
        raise click.UsageError(f"--number, --title and --date need exactly one document, not {len(documents)}.", ctx)
    if explain:
        ctx.exit(_explain_documents(documents, failed, given_facts, as_json=as_json))
    report = ImportReport(failed=failed, unstored=documents)
    try:
        with cli.open_library() as library:
            report.unstored = ()
            try:
                with PageParser() as parser:
                    pipeline = ImportPipeline(library, given_facts, report, _show_progress, is_forced=is_forced)
                    pipeline.run(documents, parser)
            except KeyboardInterrupt:
                print_status(f"Stopped. Imported {len(report.stored)} of {len(documents)} documents.")
                ctx.exit(EXIT_INTERRUPTED)
            finally:
                show_progress("")
            if as_json:
                print_json(_report_json(library.get_issue_rows(), report))
    except DatabaseError as error:
        if as_json:
            report.failed += [InputFailure(path, f"not stored: {error}") for path in report.unstored]
            print_json(_report_json([stored.row for stored in report.stored], report))
        raise
    _print_report(report)
    if report.failed:
        ctx.exit(1)


@dataclass(slots=True)
class ImportReport:
    """The results for the documents so far."""

    stored: list[StoredIssue] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    """For each document with pages that are not issues, their number and its path."""
    failed: list[InputFailure] = field(default_factory=list)
    unstored: Sequence[str] = ()
    """Documents that are not stored because the archive cannot be written."""

    def get_rows(self, outcome: str) -> list[IssueRow]:
        """Return the issues with this outcome, in order and each once.

        If an issue came several times, its first change counts: "imported" before "updated" before "unchanged".
        """
        outcomes: dict[str, str] = {}
        for stored in self.stored:
            if outcomes.get(stored.row.slug, "unchanged") == "unchanged":
                outcomes[stored.row.slug] = stored.outcome
        latest = {stored.row.slug: stored.row for stored in self.stored}
        return [latest[slug] for slug, first in outcomes.items() if first == outcome]


@dataclass(frozen=True, slots=True)
class ImportJob:
    """An import that the reader runs in the background. `run` blocks; `stop` may be called from any thread."""

    open_library: Callable[[], Library]
    paths: Sequence[str]
    on_progress: OnProgress
    parser: PageParser = field(default_factory=partial(PageParser, limits=IN_BACKGROUND))
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> ImportSummary:
        """Import the documents; after a stop, return what was imported before.

        Raises:
            DatabaseError: the archive cannot be written.
        """
        documents, failed = find_documents(self.paths)
        report = ImportReport(failed=failed)
        with self.open_library() as library, self.parser as parser:
            pipeline = ImportPipeline(library, GivenFacts(), report, self.on_progress, self._stopped.is_set)
            pipeline.run(documents, parser)
        return _summarise(report)

    def stop(self) -> None:
        """Ask the import to end now. Documents that were read are stored."""
        self._stopped.set()
        self.parser.stop()


class ImportPipeline:
    """Imports documents. After an interruption, finished documents are stored, and the report lists them."""

    def __init__(
        self,
        library: Library,
        given_facts: GivenFacts,
        report: ImportReport,
        on_progress: OnProgress = lambda _: None,
        is_stopped: Callable[[], bool] = lambda: False,
        *,
        is_forced: bool = False,
    ) -> None:
        """Prepare an import; with `is_forced` it replaces stored issues even by poorer copies."""
        self._library = library
        self._given_facts = given_facts
        self._report = report
        self._on_progress = on_progress
        self._is_stopped = is_stopped
        self._is_forced = is_forced
        self._document_pages: list[tuple[_PagePath, ParsedPage]] = []
        self._pending: list[IncomingIssue] = []
        self._ended_documents = self._stored_documents = 0

    def run(self, documents: Sequence[str], parser: PageParser) -> None:
        """Parse and store the documents."""
        rates = RateEstimator(time.monotonic)
        done = pages = 0
        try:
            for batch in parser.parse(_read_pages(documents, self._given_facts, parser)):
                if self._is_stopped():
                    break  # these results may only say that the parser process was stopped
                for page_path, page in batch:
                    if page is not None:
                        self._document_pages.append((page_path, page))
                        pages += 1
                    else:
                        self._finish_document(page_path)
                        done += 1
                self._store()
                count, total = (done, len(documents)) if len(documents) > 1 else (pages, None)
                if count > 1 or total:
                    rate, seconds_left = rates.estimate(count, total)
                    name = Path(batch[-1][0].path).name
                    self._on_progress(Progress("import", count, total, name, rate=rate, seconds_left=seconds_left))
        except KeyboardInterrupt:
            self._store()
            raise
        except DatabaseError:
            self._report.unstored = documents[self._stored_documents :]
            raise

    def _finish_document(self, end: _PagePath) -> None:
        """Queue or reject the pages of a document, once all of them are parsed."""
        pages, self._document_pages = self._document_pages, []
        self._ended_documents += 1
        rejection = self._rejection_reason(pages)
        if error := end.error or rejection:
            self._report.failed.append(InputFailure(end.path, error))
        if rejection:
            return
        for page_path, page in pages:
            if page.issue:
                name = page_path.page or Path(page_path.path).name
                self._pending.append(
                    IncomingIssue(
                        page.issue,
                        page.compressed_page,
                        name,
                        PARSER_VERSION,
                        has_given_facts=bool(self._given_facts),
                        is_forced=self._is_forced,
                    )
                )
            elif page.failed:
                self._report.failed.append(InputFailure(f"{page_path.path}, {page_path.page}", page.reason))
        if others := sum(not (page.issue or page.failed) for _, page in pages):
            self._report.skipped.append(f"{others} of {len(pages)} posts in {end.path} (not issues)")

    def _rejection_reason(self, pages: Sequence[tuple[_PagePath, ParsedPage]]) -> str:
        """Return why a whole document is rejected; empty if its pages are reported one by one."""
        if not pages:
            return _NO_ISSUE
        if self._given_facts and len(pages) > 1:
            return _describe_too_many_pages(len(pages))
        if any(page.issue or (page.failed and len(pages) > 1) for _, page in pages):
            return ""
        return pages[0][1].reason if len(pages) == 1 else _NO_ISSUE

    def _store(self) -> None:
        while self._pending:
            batch = self._pending[:BATCH_SIZE]
            try:
                self._report.stored += self._library.store_all(batch)
            except ReaderError:
                raise
            except Exception:  # one bad issue must not lose the others of its batch
                for issue in batch:
                    self._store_alone(issue)
            del self._pending[:BATCH_SIZE]
        self._stored_documents = self._ended_documents

    def _store_alone(self, issue: IncomingIssue) -> None:
        try:
            self._report.stored += self._library.store_all((issue,))
        except ReaderError:
            raise
        except Exception as error:
            self._report.failed.append(InputFailure(issue.name, f"can't be stored ({type(error).__name__})"))


class _PagePath(NamedTuple):
    """The document of a page, and the name of the page inside it.

    `is_end` marks the end of a document; `error` is then the reason why it cannot be read, or empty.
    """

    path: str
    page: str = ""
    is_end: bool = False
    error: str = ""


def _read_pages(
    documents: Sequence[str], given_facts: GivenFacts, parser: PageParser
) -> Iterator[TaggedTask[_PagePath]]:
    """Yield the pages of the documents; after the pages of each document comes a marker of its end."""
    for path in documents:
        problem = ""
        try:
            for document in parser.read_documents(read_document(path)):
                yield _PagePath(path, document.name_in_container), PageTask(document, Path(path).name, given_facts)
        except UnreadableInputError as error:
            problem = str(error)
        except Exception as error:
            # A document can be anything; an unexpected error must not stop the import of the others.
            problem = f"can't be parsed ({type(error).__name__})"
        yield _PagePath(path, is_end=True, error=problem), None


def _show_progress(progress: Progress) -> None:
    show_progress(format_progress_line(progress))


def _summarise(report: ImportReport) -> ImportSummary:
    """Return what an import has done, for the reader."""
    imported, updated, unchanged = map(report.get_rows, ("imported", "updated", "unchanged"))
    parts = [
        f"Imported {plural(len(imported), 'issue')}" if imported else "",
        f"{plural(len(updated), 'issue')} updated" if updated else "",
        f"{plural(len(unchanged), 'issue')} already up to date" if unchanged else "",
    ]
    text = ", ".join(filter(None, parts)) or "Nothing imported"
    first = next(iter(report.failed), None)
    if not first:
        return ImportSummary(text, len(imported))
    more = f" (and {len(report.failed) - 1:,} more)" if len(report.failed) > 1 else ""
    return ImportSummary(f"{text}. Skipped {format_path(first.path)}: {first.reason}{more}", len(imported), True)


def _print_report(report: ImportReport) -> None:
    for line in report.skipped:
        print_status(f"Skipped {format_path(line)}.")
    for failure in report.failed:
        print_status(f"Skipped {format_path(failure.path)}: {failure.reason}.")
    imported, updated, unchanged = map(report.get_rows, ("imported", "updated", "unchanged"))
    if imported:
        stories = sum(row.story_count for row in imported)
        print_status(f"Imported {plural(len(imported), 'issue')} ({plural(stories, 'story', 'stories')}).")
    if updated:
        print_status(f"{plural(len(updated), 'issue')} updated.")
    if unchanged:
        print_status(f"{plural(len(unchanged), 'issue')} unchanged.")
    if report.stored:
        print_status("Read them: importai-tui")
    elif report.failed:
        print_status("Nothing was imported.")


def _report_json(current_rows: Iterable[IssueRow], report: ImportReport) -> dict[str, object]:
    """Return the report as JSON, with the current rows, because a later document may have changed an issue."""
    now = {row.slug: row for row in current_rows}
    outcomes = ("imported", "updated", "unchanged")
    document: dict[str, object] = {
        outcome: [issue_row_json(now[row.slug]) for row in report.get_rows(outcome)] for outcome in outcomes
    }
    return document | {
        "failed": [{"path": format_path(failure.path), "reason": failure.reason} for failure in report.failed]
    }


def _explain_documents(
    paths: Iterable[str], failed: Sequence[InputFailure], given_facts: GivenFacts, *, as_json: bool
) -> int:
    """Print how each document is parsed; return the exit status, 1 if a document failed."""
    refused = list(failed)
    explained: list[dict[str, object]] = []
    for path in paths:
        try:
            pages = _parse_pages(path, given_facts)
        except UnreadableInputError as error:
            refused.append(InputFailure(path, str(error)))
            continue
        for page in pages:
            if page.report is None:
                refused.append(InputFailure(_format_page_path(path, page), page.reason))
            elif as_json:
                explained.append(_explanation_json(_format_page_path(path, page), page.report))
            else:
                print_data(_format_explanation(_format_page_path(path, page), page.report))
    if as_json:
        failures = [{"path": format_path(failure.path), "reason": failure.reason} for failure in refused]
        print_json({"explained": explained, "failed": failures})
    for failure in refused:
        print_status(f"Skipped {format_path(failure.path)}: {failure.reason}.")
    return 1 if refused else 0


def _parse_pages(path: str, given_facts: GivenFacts) -> list[ParseResult]:
    """Return every page of a document, each with its issue or the reason why it has none.

    Raises:
        UnreadableInputError: the document cannot be read, or facts are given and it has several pages.
    """
    # Imported here, because only `--explain` parses in this process.
    from importai_tui.parse.pipeline import parse_issues

    data = read_document(path)
    try:
        pages = list(parse_issues(data, Path(path).name, given_facts))
    except UnreadableInputError:
        raise
    except Exception as error:
        # A document can be anything; an unexpected error must not stop the others.
        raise UnreadableInputError(f"can't be parsed ({type(error).__name__})") from error
    if not pages:
        raise UnreadableInputError(_NO_ISSUE)
    if given_facts and len(pages) > 1:
        raise UnreadableInputError(_describe_too_many_pages(len(pages)))
    return pages


def _describe_too_many_pages(count: int) -> str:
    return f"contains {count} pages, but --number, --title and --date apply to a single one"


def _format_page_path(path: str, page: ParseResult) -> str:
    path = format_path(path)
    return f"{path}, {page.document.name_in_container}" if page.document.name_in_container else path


def _format_explanation(name: str, report: ParseReport) -> str:
    issue = report.issue
    lines = [name, f"  format   {report.format}"]
    facts = (("number", issue.number), ("title", issue.title), ("date", issue.date), ("url", issue.url))
    lines += [
        f"  {fact:<8} {value if value is not None else 'unknown'}  [{report.sources.get(fact, _default_source(fact))}]"
        for fact, value in facts
    ]
    lines.append(f"  stories  {len(issue.stories)}")
    for story, why in zip(issue.stories, report.evidence, strict=True):
        lines.append(f"    {story.position}. {story.headline}")
        words, links = plural(story.word_count, "word"), plural(len(story.links), "link")
        lines.append(f"       {story.kind}: {why}; {words}, {links}, key {story.key}")
    lines.append(f"  removed as boilerplate  {len(report.dropped)}")
    lines += [
        f"    {text[:_MAX_DROPPED_CHARACTERS]}{'…' if len(text) > _MAX_DROPPED_CHARACTERS else ''}"
        for text in report.dropped
    ]
    return "\n".join(lines) + "\n"


def _default_source(fact: str) -> str:
    return "from the headlines" if fact == "title" else "not found"


def _explanation_json(name: str, report: ParseReport) -> dict[str, object]:
    issue = report.issue
    stories = [
        {"headline": story.headline, "kind": story.kind, "evidence": why, "key": story.key}
        for story, why in zip(issue.stories, report.evidence, strict=True)
    ]
    return {
        "path": name,
        "form": report.format,
        "number": issue.number,
        "title": issue.title,
        "date": issue.date,
        "url": issue.url,
        "sources": report.sources,
        "stories": stories,
        "dropped": list(report.dropped),
    }
