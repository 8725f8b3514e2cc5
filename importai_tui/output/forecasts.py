"""Formats forecasts as text for a terminal, Markdown, CSV and JSON.

Cells that a spreadsheet would take for formulas are not changed, as in the CSV file for Readwise.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from importai_tui.forecasts.forecast import Speaker
from importai_tui.library.forecast_summary import ForecastCounts, summarise_forecasts
from importai_tui.library.forecasts import Forecast, ForecastGroup, ForecastStatus
from importai_tui.output.console import format_json
from importai_tui.output.layout import wrap
from importai_tui.output.markdown import (
    escape_markdown_line,
    format_heading,
    format_link,
    format_quote,
)
from importai_tui.output.tables import format_headline
from importai_tui.parse.clean import clean_line, clean_text
from importai_tui.wording import enclose_quote, format_date, plural

if TYPE_CHECKING:
    JsonObject = dict[str, Any]

CSV_COLUMNS = (
    "status", "due", "due_estimated", "due_text", "said", "said_estimated", "ref", "headline", "quote", "speaker",
    "probability", "note", "scored_in", "by_hand", "key", "id",
)  # fmt: skip
GROUP_NAMES = {
    ForecastGroup.DUE: "Due",
    ForecastGroup.OPEN: "Open",
    ForecastGroup.SCORED: "Scored",
    ForecastGroup.DISMISSED: "Dismissed",
}
_INDENT = "    "
_INTRODUCTION = "Sentences that look like a forecast. Some may be missing, and some may not be forecasts."


def format_forecasts_text(forecasts: Iterable[Forecast], today: date, columns: int | None) -> str:
    """Return the lines of each forecast: status, due date, reference and headline, and below them the quote.

    Lines are wrapped at `columns` cells; None for lines of any length.
    """
    lines: list[str] = []
    for forecast in forecasts:
        due = forecast.due.isoformat() if forecast.due else "no date   "
        # The sign takes a cell of the gap, so that the columns stay aligned.
        status = f"{_name_status(forecast, today):5} {'~' if forecast.due_estimated else ' '}{due}"
        facts = "  ".join(part for part in (status, forecast.ref) if part)
        lines += format_headline(facts, clean_line(forecast.headline), columns)
        lines += wrap(enclose_quote(clean_line(forecast.quote)), columns, _INDENT, _INDENT)
        if more := " · ".join(_iter_facts(forecast)):
            lines += wrap(more, columns, _INDENT, _INDENT)
        if forecast.note:
            lines += wrap(f"Note: {clean_text(forecast.note)}", columns, _INDENT, _INDENT)
    return "\n".join(lines)


def format_forecast_counts(counts: ForecastCounts) -> str:
    """Return "38 sentences that look like a forecast: 12 due, 20 open, 4 right, 2 wrong."."""
    sentences = plural(counts.total, "sentence that looks like a forecast", "sentences that look like a forecast")
    numbers = {
        "due": counts.due,
        "open": counts.open,
        "right": counts.right,
        "wrong": counts.wrong,
        "void": counts.void,
    }
    parts = ", ".join(f"{number:,} {name}" for name, number in numbers.items() if number)
    return f"{sentences}: {parts}." if parts else f"{sentences}."


def forecasts_to_markdown(forecasts: Sequence[Forecast], today: date, urls: Mapping[str, str | None]) -> str:
    """Return a document with a section for each group; `urls` are those of the issues. Empty without forecasts."""
    if not forecasts:
        return ""
    parts = [format_heading("Forecasts in Import AI", 1), f"{_INTRODUCTION} The verdicts are mine."]
    for group, members in groupby(forecasts, key=lambda forecast: forecast.get_group(today)):
        parts.append(format_heading(GROUP_NAMES[group], 2))
        for forecast in members:
            parts.append(format_quote(escape_markdown_line(forecast.quote)))
            parts.append(_format_origin(forecast, today, urls))
            if forecast.note:  # the user's own text may be Markdown and is not escaped
                parts.append(clean_text(forecast.note))
    return "\n\n".join(parts) + "\n"


def forecasts_to_csv(forecasts: Iterable[Forecast]) -> str:
    """Return a row for each forecast below the names of the columns; empty without forecasts."""
    rows = [_make_row(forecast) for forecast in forecasts]
    if not rows:
        return ""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows((CSV_COLUMNS, *rows))
    return file.getvalue()


def forecasts_to_json(forecasts: Sequence[Forecast], today: date) -> str:
    """Return one JSON document with the forecasts and their counts."""
    summary = summarise_forecasts(forecasts, today)
    document = {
        "forecasts": [forecast_json(forecast) for forecast in forecasts],
        "counts": _counts_json(summary.all),
        "years": [{"year": year.year} | _counts_json(year) for year in summary.years],
        "calibration": [
            {"from": row.low, "to": row.high, "right": row.right, "wrong": row.wrong} for row in summary.calibration
        ],
    }
    return format_json(document, indent=2) + "\n"


def forecast_json(forecast: Forecast) -> JsonObject:
    """Return FORECAST."""
    return {
        "id": forecast.id,
        "ref": forecast.ref,
        "key": forecast.key,
        "headline": forecast.headline,
        "quote": forecast.quote,
        "said": forecast.said.isoformat() if forecast.said else None,
        "said_estimated": forecast.said_estimated,
        "due": forecast.due.isoformat() if forecast.due else None,
        "due_estimated": forecast.due_estimated,
        "due_text": forecast.due_text,
        "speaker": forecast.speaker.value,
        "probability": forecast.probability,
        "status": forecast.status.value,
        "note": forecast.note,
        "by_hand": forecast.is_by_hand,
        "scored_in": list(forecast.scored_in),
    }


def _counts_json(counts: ForecastCounts) -> JsonObject:
    return {name: value for name, value in counts._asdict().items() if name != "year"}


def _name_status(forecast: Forecast, today: date) -> str:
    if forecast.status in (ForecastStatus.CANDIDATE, ForecastStatus.OPEN):
        return "due" if forecast.is_due(today) else "open"
    return forecast.status.value


def _iter_facts(forecast: Forecast) -> Iterator[str]:
    """Yield when it was said, the words of its date, and what else is known."""
    if forecast.said:
        said = forecast.said.isoformat()
        yield f"said {format_date(said, is_estimated=forecast.said_estimated)}"
    if forecast.due_text:
        yield f"“{clean_line(forecast.due_text)}”"
    if forecast.probability is not None:
        yield f"{forecast.probability:.0%}"
    if forecast.speaker is Speaker.OTHER:
        yield "quoted"
    if forecast.is_by_hand:
        yield "added by you"
    if forecast.ref is None:
        yield "story not in the archive"
    if forecast.scored_in:
        yield f"scored in {', '.join(forecast.scored_in)}"


def _format_origin(forecast: Forecast, today: date, urls: Mapping[str, str | None]) -> str:
    """Return a line with the status and the due date, the story, and the facts."""
    day = forecast.due.isoformat() if forecast.due else ""
    due = f"due {format_date(day, is_estimated=forecast.due_estimated)}" if day else "no date"
    status = _name_status(forecast, today)
    outcome = f"**{due}**" if status in ("due", "open") else f"**{status}**, {due}"
    issue = (forecast.ref or "").rpartition("/")[0]
    story = format_link(escape_markdown_line(f"{forecast.ref or ''} {forecast.headline}"), urls.get(issue))
    return " · ".join((outcome, story, *map(escape_markdown_line, _iter_facts(forecast))))


def _make_row(forecast: Forecast) -> list[str]:
    values = forecast_json(forecast) | {"scored_in": " ".join(forecast.scored_in)}
    return [_format_cell(values[column]) for column in CSV_COLUMNS]


def _format_cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else clean_text(str(value))
