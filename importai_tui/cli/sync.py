"""The command `sync`: fetches new issues, shows progress, and reports each source at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from importai_tui.cli.completion import complete_source
from importai_tui.cli.constants import EXIT_INTERRUPTED, PROGRAM
from importai_tui.cli.context import CliContext
from importai_tui.cli.options import json_option
from importai_tui.errors import ReaderError, RefusedAddressError
from importai_tui.files import atomic_write, make_private_folder
from importai_tui.output.console import print_json, print_status, show_progress
from importai_tui.output.json import sync_report_json
from importai_tui.output.progress_bar import format_progress_line
from importai_tui.sync.progress import Progress, SourceReport, SyncReport
from importai_tui.wording import format_os_error, plural

if TYPE_CHECKING:
    from pathlib import Path

    from importai_tui.http.request_log import RequestLog
    from importai_tui.library.rows import IssueRow

_MAX_FAILED_POSTS = 5
"""Unreadable posts of a source that are printed; JSON has all of them."""
_MAX_RANGES = 5
_MAX_NEW = 10
"""New issues whose titles are printed."""


@click.command("sync")
@click.option("--full", is_flag=True, help="Download all issues, back to the first.")
@click.option(
    "--source",
    "sources",
    metavar="NAME|URL",
    multiple=True,
    shell_complete=complete_source,
    help="Download only from here: substack, mirror, or the URL of a feed or WordPress site. Can be repeated.",
)
@click.option("--diagnose", is_flag=True, help="Write a log of all requests and responses, for a bug report.")
@click.option("--quiet", is_flag=True, help="Only print new issues and errors, for timers and cron.")
@json_option
@click.pass_context
def sync(ctx: click.Context, full: bool, sources: tuple[str, ...], diagnose: bool, quiet: bool, as_json: bool) -> None:
    """Download new issues.

    Nothing is downloaded twice, and it is safe to interrupt and rerun. New issues come from the newsletter's feed.
    Issues that are older than the feed come from the mirror, and so do new ones if the feed is unavailable.
    """
    cli: CliContext = ctx.obj
    if cli.demo:
        raise ReaderError(f"Sync is off in the demo. Run it without --demo: {PROGRAM} sync")
    log = _make_log() if diagnose else None
    report = _run_sync(cli, ctx, sources, log, full=full)
    if log:
        _write_log(log, cli.places().cache_folder / "sync-account.txt")
    if as_json:
        print_json(sync_report_json(report, _get_issue_rows(cli) if report.new_count or report.updated_count else ()))
    if quiet:
        _print_news(report)
    else:
        _print_report(report, full=full)
    if report.is_stopped:
        ctx.exit(EXIT_INTERRUPTED)
    if report.errors:
        ctx.exit(1)


def _run_sync(
    cli: CliContext, ctx: click.Context, sources: tuple[str, ...], log: RequestLog | None, *, full: bool
) -> SyncReport:
    cli.warn_about_config()
    try:
        plan = cli.make_plan(sources)
    except RefusedAddressError as error:
        raise click.BadParameter(str(error), ctx, param_hint="--source") from error
    try:
        cli.make_rebuild(_show_step).run()
        return cli.make_sync(plan, _show_step, full=full, log=log).run()
    except ReaderError as error:
        return SyncReport(tuple(SourceReport(source.name, error=str(error)) for source in plan.sources))
    finally:
        show_progress("")


def _make_log() -> RequestLog:
    # Imported here, because it loads the HTTP library, which completion does not need.
    from importai_tui.http.request_log import RequestLog

    return RequestLog()


def _get_issue_rows(cli: CliContext) -> list[IssueRow]:
    with cli.open_library() as library:
        return library.get_issue_rows()


def _show_step(step: Progress) -> None:
    show_progress(format_progress_line(step))


def _write_log(log: RequestLog, path: Path) -> None:
    try:
        make_private_folder(path.parent)
        with atomic_write(path) as file:
            file.write(log.to_text().encode())
    except (OSError, ReaderError) as error:
        reason = format_os_error(error) if isinstance(error, OSError) else error
        print_status(f"Can't write the sync log {path}: {reason}.")
    else:
        print_status(f"Sync log: {path}")


def _print_news(report: SyncReport) -> None:
    new = report.new_issues
    for issue in new[:_MAX_NEW]:
        print_status(f"New: {issue.title}")
    if more := len(new[_MAX_NEW:]):
        print_status(f"And {plural(more, 'more new issue')}.")
    for error in filter(None, (*report.errors, report.after_problem)):
        print_status(error)


def _print_report(report: SyncReport, *, full: bool) -> None:
    if report.searched_numbers:
        print_status(f"Not in the feed, looking in the back catalogue: {_format_ranges(report.searched_numbers)}.")
    for source in report.sources:
        if not source.is_offline:
            print_status(f"{source.name}: {_format_source(source)}.")
        for post in source.failed_posts[:_MAX_FAILED_POSTS]:
            print_status(f"Skipped {post}.")
        if (more := len(source.failed_posts) - _MAX_FAILED_POSTS) > 0:
            print_status(f"Skipped {plural(more, 'more unreadable post')} (--json lists them all).")
    for remark in filter(None, (*report.remarks, report.skipped_remark)):
        print_status(remark)
    for error in filter(None, (*report.errors, report.after_problem)):
        print_status(error)
    if any(source.is_offline for source in report.sources):
        print_status(f"Run the same command again when you're online, or import files: {PROGRAM} import PATH")
    for other in dict.fromkeys(source.alternative for source in report.failed_sources if source.alternative):
        print_status(f"Another source has the same issues: {PROGRAM} sync --source {other}")
    if report.is_stopped:
        print_status("Stopped. Run the same command again to continue.")
    if report.missing_numbers:
        print_status(f"Still missing: {_format_ranges(report.missing_numbers)}.")
    if report.needs_backfill and not full and not report.errors:
        print_status(f"Download all older issues: {PROGRAM} sync --full")
    if report.new_count:
        print_status(f"Read them: {PROGRAM}")


def _format_source(source: SourceReport) -> str:
    counts = ((len(source.new), "new"), (len(source.updated), "updated"), (source.unchanged, "unchanged"))
    changes = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    traffic = f"{plural(source.requests, 'request')}, {source.bytes / 1000:,.0f} kB"
    return f"{changes or ('nothing downloaded' if source.error else 'no new issues')} ({traffic})"


def _format_ranges(numbers: tuple[int, ...]) -> str:
    """Format 3, 4, 5, 9 as "3–5, 9": at most five ranges; if there are more, also the total."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    parts = [str(low) if low == high else f"{low}–{high}" for low, high in ranges]
    if len(parts) > _MAX_RANGES:
        return f"{', '.join(parts[:_MAX_RANGES])} and more ({len(numbers):,} in total)"
    return ", ".join(parts)
