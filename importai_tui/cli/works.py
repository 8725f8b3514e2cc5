"""The command `works`: lists cited works, and formats them for a bibliography; `export --works` uses it too."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

import click

from importai_tui.archive.relations import CitedWorks
from importai_tui.cli.completion import complete_work_word
from importai_tui.cli.constants import EXIT_INTERRUPTED, NO_ISSUES_YET
from importai_tui.cli.context import CliContext, upgrade_archive
from importai_tui.cli.options import FreeTextCommand
from importai_tui.output.console import format_json, get_columns, print_lines, print_status, print_utf8, show_progress
from importai_tui.output.json import work_json
from importai_tui.output.markdown import format_markdown_list
from importai_tui.output.tables import format_work_table
from importai_tui.parse.clean import clean_line
from importai_tui.search.works import WorkResult, WorkSearch
from importai_tui.state.reading_state import get_work_key
from importai_tui.wording import plural
from importai_tui.works.formats import Dialect, format_bibtex, format_ris, to_csl_item
from importai_tui.works.query import WorkMarks, WorkOrder, parse_work_query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from importai_tui.cards.report import CardReport
    from importai_tui.library.library import Library
    from importai_tui.works.work import Work

WORK_FORMATS = ("bibtex", "biblatex", "csl", "ris", "markdown", "json")
"""Formats of works, besides the table for a terminal."""
_SYNTAX_HELP = """\b
Search syntax (without QUERY, all works are listed):
  words in the title, author, id or site; then in its card; then in
  stories that cite it
  "exact phrase"  -without  one OR other  begin*  title:word
  kind:paper|code|dataset|model|post|news|video|social|other
  site:arxiv.org  is:starred|unread|read  in:402  in:402/3
  year:2025  year:2023..2025 (from the card or arXiv id, else first cited)
  arxiv:2502.19187  github:owner/repo  a DOI, or a URL (one work)
Example: importai-tui works kind:paper year:2025 --format bibtex"""
_MAX_PROBLEMS = 5
"""Reasons why there is no card, and errors, that are printed."""
_MAX_NAMED = 3
"""Works of one reason that are named."""
_NOTHING_FOUND = "No works found. Try fewer words, or list them all: importai-tui works"


@click.command(cls=FreeTextCommand, epilog=_SYNTAX_HELP)
@click.argument("words", metavar="[QUERY]...", nargs=-1, shell_complete=complete_work_word)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", *WORK_FORMATS]),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
@click.option(
    "--sort",
    type=click.Choice([order.value for order in WorkOrder]),
    default="best",
    show_default=True,
    help="best: best match, papers first; last: most recently cited; first: newest (by first citation); times: "
    "most cited; title: by title.",
)
@click.option("--fetch", is_flag=True, help="Fetch the cards of these works first: titles, authors, abstracts.")
@click.pass_context
def works(ctx: click.Context, words: tuple[str, ...], form: str, as_json: bool, sort: str, fetch: bool) -> None:
    """List cited works.

    For each work: kind, number of citations, first and last issue, title. With --fetch, cards that are not stored yet
    are fetched; this is safe to interrupt and rerun.
    """
    cli: CliContext = ctx.obj
    report: CardReport | None = None
    with cli.open_library() as library:
        line = clean_line(" ".join(words))
        result, marks = find_works(cli, library, line, sort=sort)
        if fetch and result.works:
            report = _fetch_cards(cli, result.works)
            result, marks = find_works(cli, library, line, sort=sort)
        empty = library.is_empty()
    if (form := "json" if as_json else form) in WORK_FORMATS:
        print_utf8(format_works(result, marks, form))
    elif result.works:
        print_lines(format_work_table(result.works, get_columns()), hyperlinks=cli.has_hyperlinks())
    for remark in result.remarks:
        print_status(remark)
    if not result.works:
        print_status(NO_ISSUES_YET if empty else _NOTHING_FOUND)
        ctx.exit(1)
    if report:
        _print_report(report)
        if report.is_stopped:
            ctx.exit(EXIT_INTERRUPTED)
        if report.failed:
            ctx.exit(1)


def _fetch_cards(cli: CliContext, works: Sequence[Work]) -> CardReport:
    """Fetch the cards of works that are not stored yet, with progress on a terminal."""
    from importai_tui.output.progress_bar import format_progress_line
    from importai_tui.works.card import CardTarget

    targets = [CardTarget(work.id, work.url, work.kind) for work in works]
    try:
        return cli.make_card_fetch(targets, lambda step: show_progress(format_progress_line(step))).run()
    finally:
        show_progress("")


def _print_report(report: CardReport) -> None:
    print_status(f"{report.summary}.")
    reasons = Counter(report.not_found.values())
    for reason, count in islice(reasons.items(), _MAX_PROBLEMS):
        works = [work for work, other in report.not_found.items() if other == reason][:_MAX_NAMED]
        more = f" and {count - len(works):,} more" if count > len(works) else ""
        print_status(f"{reason.removesuffix('.')}: {', '.join(works)}{more}.")
    for error in report.errors[:_MAX_PROBLEMS]:
        print_status(error)
    if others := sum(max(len(problems) - _MAX_PROBLEMS, 0) for problems in (reasons, report.errors)):
        print_status(f"And {plural(others, 'other problem')}.")
    if report.is_stopped:
        print_status("Run the same command again to continue.")


def find_works(cli: CliContext, library: Library, line: str, *, sort: str = "best") -> tuple[WorkResult, WorkMarks]:
    """Return the works that a query finds, in order, and the marks; an older archive is upgraded first."""
    upgrade_archive(cli, library)
    library.move_title_works()  # an interrupted import may not have done it
    return search_works(library, line, sort=sort)


def search_works(library: Library, line: str, *, sort: str = "best") -> tuple[WorkResult, WorkMarks]:
    """Return the works that a query finds, in order, and the marks. Nothing is written."""
    works, marks = _load_works(library)
    search = WorkSearch(library.archive.path, works)
    try:
        return search.find(parse_work_query(line, marks, library.find_full_ref), WorkOrder(sort)), marks
    finally:
        search.close()


def format_works(result: WorkResult, marks: WorkMarks, form: str) -> str:
    """Return the works in one of `WORK_FORMATS`; without works it is an empty document of that format."""
    works = result.works
    match form:
        case "json":
            return _to_json({"works": [work_json(work, marks) for work in works], "remarks": result.remarks})
        case "csl":
            return _to_json([to_csl_item(work) for work in works])
        case "bibtex" | "biblatex":
            return format_bibtex(works, Dialect(form))
        case "ris":
            return format_ris(works)
        case _:
            return format_markdown_list(works)


def _load_works(library: Library) -> tuple[list[Work], WorkMarks]:
    """Return all cited works, the last cited first, and the marks of the starred and opened ones."""
    with CitedWorks(library.archive.path) as archive:
        works = archive.get_all()
    ids = {get_work_key(work.id): work.id for work in works}
    marks = library.state.get_marks(("starred", "opened"))
    starred, opened = ({ids[key] for key in marks[field] & ids.keys()} for field in ("starred", "opened"))
    return works, WorkMarks(starred, opened)


def _to_json(document: object) -> str:
    return format_json(document, indent=2) + "\n"
