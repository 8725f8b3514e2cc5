"""The command `search`: finds stories with the query language of the app's search screen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import click

from importai_tui.cli.books import EPUB, book_options, check_book_options, get_author, write_book
from importai_tui.cli.completion import complete_query_word
from importai_tui.cli.constants import NO_ISSUES_YET
from importai_tui.cli.context import CliContext, upgrade_archive
from importai_tui.cli.options import FreeTextCommand, NumberRange
from importai_tui.clock import utc_now
from importai_tui.output.console import get_columns, print_data, print_json, print_lines, print_status
from importai_tui.output.tables import format_hits, format_trend_chart
from importai_tui.parse.clean import clean_line
from importai_tui.query.conditions import Query, SortOrder
from importai_tui.query.fields import FIELDS
from importai_tui.query.parser import parse_query
from importai_tui.search.search import EVERY_STORY_QUERY, Search, SearchResult, compute_trend
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.archive.search import MarkedKeys
    from importai_tui.library.library import Library

_COMMAND = "importai-tui search"
_EXAMPLE = "importai-tui search chain of thought -math year:2024"
_SYNTAX_WIDTH = 76
"""Columns of the lines of syntax in the help."""
_DEFAULT_LIMIT = 20
"""Stories: a few screens."""
_MAX_LIMIT = 1_000
"""Stories: more than anybody reads; a script can split its question by year."""
_FREE_TEXT_FIELD = re.compile(
    rf"(-?(?:{'|'.join(field.name for field in FIELDS.values() if field.has_spaces)}):)(.*)", re.I
)
"""A field whose value may contain spaces, with its value."""
_NOTHING_FOUND = "No results. Try fewer or different words, or a prefix: rob*"


def _format_syntax_help() -> str:
    """Return the syntax of the query language, in lines that click does not wrap."""
    lines = [""]
    for form in (
        """'"exact phrase"'""",
        "-without",
        "OR",
        "NOT",
        "prefix*",
        "402",
        "402/3",
        *(field.syntax for field in FIELDS.values()),
    ):
        if len(f"{lines[-1]}  {form}") > _SYNTAX_WIDTH:
            lines.append("")
        lines[-1] += f"  {form}"
    return "\n".join(("\b", "Search syntax:", *lines, f"Example: {_EXAMPLE}"))


@click.command(cls=FreeTextCommand, epilog=_format_syntax_help())
@click.argument("words", metavar="QUERY...", nargs=-1, shell_complete=complete_query_word)
@click.option(
    "--limit",
    "-l",
    type=NumberRange(1, _MAX_LIMIT),
    default=_DEFAULT_LIMIT,
    show_default=True,
    help="Maximum number of stories.",
)
@click.option("--trend", is_flag=True, help="Print the number of stories by year or quarter instead.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", EPUB]),
    default="text",
    show_default=True,
    help="Output format; epub is a book of the stories found.",
)
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
@book_options
@click.pass_context
def search(
    ctx: click.Context, /, words: tuple[str, ...], limit: int, trend: bool, form: str, as_json: bool, **_options: object
) -> None:
    """Search stories, best match first.

    For each story: REF, date, headline, and the matching passage. A phrase has quotes of its own, inside those of the
    shell.
    """
    query = parse_query(clean_line(join_arguments(words)))  # an argument that is not UTF-8 has surrogates
    if query.is_empty:
        raise click.UsageError(f"What do you want to search for? Example: {_EXAMPLE}", ctx)
    form = "json" if as_json else form
    check_book_options(ctx, is_book=form == EPUB)
    if trend and form == EPUB:
        raise click.UsageError("--trend can't be written as a book.", ctx)
    cli: CliContext = ctx.obj
    fields = query.mark_fields()
    with cli.open_library(with_state=bool(fields)) as library:
        upgrade_archive(cli, library)
        with Search(library.archive.create_search()) as opened:
            # A search for words alone does not open the reading state.
            marks = library.state.get_marks(fields) if fields else {}
            request = _SearchRequest(opened, query, marks, limit)
            if form == EPUB:
                count = _write_hits(ctx, library, request)
            else:
                count = (_print_trend if trend else _print_hits)(request, as_json=form == "json")
            for remark in opened.get_remarks(request.result):
                print_status(remark)
            if not count:
                print_status(NO_ISSUES_YET if library.is_empty() else _NOTHING_FOUND)
            elif correction := request.result.correction:
                from importai_tui.programs import join_command  # rarely needed

                print_status(f"Search as typed: {_COMMAND} {join_command([correction.literal_line])}")
    if not count:
        ctx.exit(1)


@dataclass(frozen=True)
class _SearchRequest:
    """A query, and the search that runs it."""

    search: Search
    query: Query
    marks: MarkedKeys
    limit: int

    @cached_property
    def result(self) -> SearchResult:
        """The first stories."""
        return self.search.find(self.query, self.marks, limit=self.limit)

    @cached_property
    def total(self) -> int:
        """The number of all stories that match."""
        return sum(self.search.count_by_day(self.result.expanded_query, self.marks).values())

    def to_json(self, total: int) -> dict[str, object]:
        """Return the fields that the JSON of every search begins with."""
        correction = self.result.correction
        return {
            "query": self.query.text,
            "total": total,
            "match": "most" if self.result.has_most else "all",
            "remarks": list(self.search.get_remarks(self.result)),
            "suggestion": correction.line if correction else None,
        }


def join_arguments(arguments: Sequence[str]) -> str:
    """Join arguments to a query. An argument means what it means in the app: words, or the query language.

    Only the value of `tag:` and its like is quoted again if it has spaces, because the shell has removed its quotes.
    """
    return " ".join(map(_quote_value, arguments))


def _quote_value(argument: str) -> str:
    match = _FREE_TEXT_FIELD.fullmatch(argument)
    if not match or len(match[2].split()) < 2:
        return argument
    any_field = f"(?:{'|'.join(FIELDS)}):"
    is_query = re.search(rf'"|(?:^|\s)(?:(?:OR|AND|NOT)(?:\s|$)|-\w|\S+\*(?:\s|$)|(?i:{any_field})\S)', match[2])
    return argument if is_query else f'{match[1]}"{match[2]}"'


def _print_hits(request: _SearchRequest, *, as_json: bool) -> int:
    """Print the stories; return the number of matches, printed or not."""
    result, total = request.result, request.total
    hits = list(zip(result.hits, request.search.make_excerpts(result, 0, request.limit), strict=True))
    if as_json:
        from importai_tui.output.json import hit_json  # here, because text needs no URLs

        json_hits = [hit_json(found, excerpt) for found, excerpt in hits]
        print_json(request.to_json(total) | {"ranked": result.is_ranked, "hits": json_hits})
    elif hits:
        print_lines(list(format_hits(hits, get_columns())))
    _print_count(request)
    return total


def _write_hits(ctx: click.Context, library: Library, request: _SearchRequest) -> int:
    """Write the stories as a book; return the number of matches, written or not."""
    from importai_tui.output.books import StoryList, make_book  # here, because few searches become books

    result = request.result
    if result.hits:
        stories = StoryList(request.query.text, [hit.key for hit in result.hits], _format_order(result))
        write_book(ctx, library, make_book(library, stories, utc_now(), get_author(ctx.obj)))
    _print_count(request)
    return request.total


def _print_count(request: _SearchRequest) -> None:
    """Print how many stories were found, and how to get those beyond the limit."""
    count, total = len(request.result.hits), request.total
    if not count:
        return
    shown, more = "", ""
    if total > count:
        shown = f"{count:,} of "
        if count < _MAX_LIMIT:
            more = f" Show {'more' if total > _MAX_LIMIT else 'all of them'}: --limit {min(total, _MAX_LIMIT)}"
    print_status(f"{shown}{plural(total, 'story', 'stories')}, {_format_order(request.result)}.{more}")


def _print_trend(request: _SearchRequest, *, as_json: bool) -> int:
    """Print the number of matches by year or quarter; return their total."""
    search, marks = request.search, request.marks
    # A word without a match is searched with a shorter stem; the result has the query that was used.
    days = search.count_by_day(request.result.expanded_query, marks)
    total, undated = sum(days.values()), days.get(None, 0)
    periods = compute_trend(days, search.count_by_day(EVERY_STORY_QUERY, {}))
    if as_json:
        from importai_tui.output.json import period_json

        print_json(request.to_json(total) | {"undated": undated, "trend": [period_json(p) for p in periods]})
    elif periods:
        print_data(format_trend_chart(periods, get_columns()))
    if total:
        without = f" ({undated:,} undated, not shown)" if undated else ""
        percentages = " Percentages are of all stories in each period." if periods else ""
        print_status(f"{plural(total, 'story', 'stories')}{without}.{percentages}")
    return total


def _format_order(result: SearchResult) -> str:
    if result.expanded_query.sort is SortOrder.OLD:
        return "oldest first"
    return "best match first" if result.is_ranked else "newest first"
