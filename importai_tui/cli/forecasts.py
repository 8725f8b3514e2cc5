"""The command `forecasts`: lists sentences that look like a forecast; `export --forecasts` uses it too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from importai_tui.cli.constants import NO_ISSUES_YET
from importai_tui.cli.context import CliContext, upgrade_archive
from importai_tui.cli.options import FreeTextCommand
from importai_tui.clock import utc_now
from importai_tui.library.forecast_summary import summarise_forecasts
from importai_tui.library.forecasts import Forecast, filter_forecasts
from importai_tui.output.console import get_columns, print_data, print_status, print_utf8
from importai_tui.output.forecasts import (
    forecasts_to_csv,
    forecasts_to_json,
    forecasts_to_markdown,
    format_forecast_counts,
    format_forecasts_text,
)
from importai_tui.parse.clean import clean_line

if TYPE_CHECKING:
    from importai_tui.library.library import Library

FORECAST_FORMATS = ("markdown", "csv", "json")
"""Formats of forecasts, besides the text for a terminal."""
_HELP = """\b
QUERY: words in the sentence, headline, your note or the due date; the
words right, wrong, void, open and due are verdicts
Example: importai-tui forecasts robots right"""
_LIST_ALL = "Without a filter: importai-tui forecasts"


@click.command(cls=FreeTextCommand, epilog=_HELP)
@click.argument("words", metavar="[QUERY]...", nargs=-1)
@click.option("--due", is_flag=True, help="Only forecasts that are due and have no verdict yet.")
@click.option("--others", is_flag=True, help="Also forecasts of people the newsletter quotes.")
@click.option("--dismissed", is_flag=True, help="Also sentences you dismissed.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", *FORECAST_FORMATS]),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
@click.pass_context
def forecasts(
    ctx: click.Context, words: tuple[str, ...], due: bool, others: bool, dismissed: bool, form: str, as_json: bool
) -> None:
    """List sentences that look like a forecast.

    Those that are due come first, then open ones by due date, then those with your verdict. Simple rules find them:
    some forecasts are missing, and some sentences are not forecasts.
    """
    cli: CliContext = ctx.obj
    form = "json" if as_json else form
    today = get_today()
    line = clean_line(" ".join(words))
    with cli.open_library() as library:
        upgrade_archive(cli, library)
        every = library.get_forecasts(today, with_others=others, with_dismissed=dismissed)
        found = [forecast for forecast in filter_forecasts(every, line, today) if forecast.is_due(today) or not due]
        if form != "text":
            print_utf8(format_forecasts(library, found, today, form))
        elif found:
            print_data(format_forecasts_text(found, today, get_columns()))
            print_status(format_forecast_counts(summarise_forecasts(found, today).all))
        if not found:
            print_status(_explain_empty(library, every, line))
            ctx.exit(1)


def format_forecasts(library: Library, found: Sequence[Forecast], today: date, form: str) -> str:
    """Return the forecasts in one of `FORECAST_FORMATS`."""
    match form:
        case "json":
            return forecasts_to_json(found, today)
        case "csv":
            return forecasts_to_csv(found)
        case _:
            return forecasts_to_markdown(found, today, {row.ref: row.url for row in library.get_issue_rows()})


def get_today() -> date:
    """Return the local day, by which forecasts are due."""
    return utc_now().astimezone().date()


def _explain_empty(library: Library, every: Sequence[Forecast], line: str) -> str:
    if library.is_empty():
        return NO_ISSUES_YET
    if not every:
        return "No sentences that look like a forecast yet."
    return f"No forecasts found. Try fewer words. {_LIST_ALL}" if line else f"Nothing is due. {_LIST_ALL}"
