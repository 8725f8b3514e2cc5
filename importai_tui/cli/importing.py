"""The command that reads documents into the archive: `import`. One bad document never stops the others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date as calendar_date
from typing import TYPE_CHECKING

import click

from importai_tui.cli.constants import INTERRUPTED
from importai_tui.cli.documents import Failure, find_documents
from importai_tui.cli.options import json_option
from importai_tui.cli.session import Session
from importai_tui.errors import DatabaseTrouble
from importai_tui.parse.told import Told
from importai_tui.printing.console import emit_json, narrate, path_text
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.cli.taking_in import Outcome
    from importai_tui.library import IssueHead


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
        from importai_tui.cli.explaining import explain_documents

        ctx.exit(explain_documents(documents, failed, said, as_json=as_json))
    from importai_tui.cli.taking_in import Outcome, TakingIn
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
                emit_json(_shape(library.issue_heads(), report))
    except DatabaseTrouble as error:
        if as_json:
            report.failed += [Failure(path, f"was not stored: {error}") for path in report.unstored]
            emit_json(_shape([stored.head for stored in report.stored], report))
        raise
    _tell(report)
    if report.failed:
        ctx.exit(1)


def _shape(heads_now: Iterable[IssueHead], report: Outcome) -> dict[str, object]:
    """The report as JSON. `heads_now`: the issues at the end; a later document may have changed an earlier issue."""
    from importai_tui.printing.shapes import issue_head_shape

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
