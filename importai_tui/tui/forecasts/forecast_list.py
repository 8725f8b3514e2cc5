"""The list of forecasts, and the functions that draw its rows. Widths are in cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from importai_tui.forecasts.forecast import Speaker
from importai_tui.library.forecasts import Forecast, ForecastStatus
from importai_tui.tui.text import ContentBuilder, format_short_date_with_year, to_line_content, truncate, wrap_title
from importai_tui.tui.widgets.tall_rows import RowShape, TallRowList, count_lines, find_excerpt, mark_words

ForecastRow = Forecast | str
"""A forecast, or the heading of those below it."""

_SIGN = "“"
_INDENT = 3
"""Cells before the text: a gap, the sign, a gap."""
_GAP = "  "
_MIN_HEADLINE_WIDTH = 16
"""Cells of a headline, at least; else the date, and then the reference, give way."""
NOT_STORED = "not in your archive"


class ForecastList(TallRowList):
    """Forecasts below headings. A row has the quote, when it is due and the verdict, the note, and the story."""

    LINES_PER_ROW = 5

    class Chosen(Message):
        """The user chose the forecast under the cursor with Enter or a click."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._rows: Sequence[ForecastRow] = ()
        self._words: Sequence[str] = ()

    @property
    def row_count(self) -> int:
        """The number of forecasts and headings."""
        return len(self._rows)

    @property
    def selected(self) -> Forecast | None:
        """The forecast under the cursor."""
        row = self._rows[self.cursor] if self.cursor < self.row_count else ""
        return None if isinstance(row, str) else row

    def show(self, rows: Sequence[ForecastRow], words: Sequence[str], row: int, scroll: int | None) -> None:
        """Show forecasts with the cursor on a row, or on the nearest one if that is a heading.

        Args:
            rows: the rows; below each heading is a forecast.
            words: the words of the filter, folded, which a long quote is cut around.
            row: the row of the cursor.
            scroll: the line at the top; None scrolls as little as needed.
        """
        self._rows, self._words = rows, words
        self.measure_rows()
        row = max(0, min(row, self.row_count - 1))
        self.place_cursor(row if self.is_selectable(row) else row + 1, scroll)

    def is_selectable(self, row: int) -> bool:
        """Return True for a forecast."""
        return super().is_selectable(row) and not isinstance(self._rows[row], str)

    def scroll_to_row(self, row: int) -> None:
        """Scroll a row into view, with the heading if it is the first below one."""
        if 0 < row <= self.row_count and isinstance(self._rows[row - 1], str):
            super().scroll_to_row(row - 1)
        super().scroll_to_row(row)

    def list_heights(self, width: int, shape: RowShape) -> Iterable[int]:
        """Return the height of each row; the last one needs no gap."""
        return (
            1 + (shape.gap and 1) if isinstance(row, str) else measure_forecast(row, width, shape) + shape.gap
            for row in self._rows
        )

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw a forecast or a heading."""
        shown = self._rows[row]
        if isinstance(shown, str):
            return [ContentBuilder().write(f"  {truncate(shown, width - 3)}", "$muted").build()]
        is_current = row == self.cursor and self.has_focus
        return draw_forecast(shown, width, self.shape, words=self._words, strong=is_current)

    def handle_choice(self) -> None:
        """Report the forecast under the cursor."""
        if self.selected:
            self.post_message(self.Chosen())


def measure_forecast(forecast: Forecast, width: int, shape: RowShape) -> int:
    """Return the number of lines that `draw_forecast` returns, at most."""
    width -= _INDENT + 1
    note = count_lines(forecast.note, width, shape.comment) if forecast.note else 0
    return count_lines(forecast.quote, width, shape.text + 1) + 1 + note + 1


def draw_forecast(
    forecast: Forecast, width: int, shape: RowShape, *, words: Sequence[str] = (), strong: bool = False
) -> list[Content]:
    """Draw the quote, when it is due with the verdict, the note in a quieter style, and the story.

    What is over, because it has a verdict, is grey; `strong` text never is.
    """
    text_width = width - _INDENT - 1
    quiet = "" if strong else "$muted"
    is_over = forecast.status.is_scored or forecast.status is ForecastStatus.DISMISSED
    quote = wrap_title(find_excerpt(forecast.quote, words, text_width * (shape.text + 1)), text_width, shape.text + 1)
    note = wrap_title(forecast.note, text_width, shape.comment) if forecast.note else []
    lines = [
        *(mark_words(to_line_content(line, quiet if is_over else ""), words) for line in quote),
        draw_due(forecast, text_width, quiet),
        *(mark_words(to_line_content(line, "italic $second"), words) for line in note),
        draw_source(forecast, text_width, quiet),
    ]
    return [
        ContentBuilder().write(" ").write(" " if number else _SIGN, "$mark").write(" ").append(line).build()
        for number, line in enumerate(lines)
    ]


def draw_due(forecast: Forecast, width: int, style: str) -> Content:
    """Draw the verdict, who says it, when it is due, the probability, and the scoring story, as far as they fit."""
    verdict = "" if forecast.status is ForecastStatus.CANDIDATE else forecast.status.value
    said_by = "quoted" if forecast.speaker is Speaker.OTHER else ""
    probability = "" if forecast.probability is None else f"{forecast.probability:.0%}"
    scored = f"scored in {forecast.scored_in[0]}" if forecast.scored_in else ""
    dates = _format_dates(forecast)
    forms = [(said_by, each, probability, scored) for each in dates] + [(dates[-1], scored), (dates[-1],)]
    used = cell_len(verdict) + len(_GAP) if verdict else 0
    parts = next((form for form in forms if _measure(form) - len(_GAP) <= width - used), forms[-1])
    builder = ContentBuilder().write(verdict, "bold" if forecast.status.is_scored else style)
    builder.write(_GAP if verdict else "")
    builder.write(_GAP.join(part for part in parts if part), style)
    return builder.build().truncate(max(0, width), ellipsis=True)


def draw_source(forecast: Forecast, width: int, style: str) -> Content:
    """Draw headline, reference and date of the story, as far as they fit."""
    said = forecast.said.isoformat() if forecast.said else ""
    date_text = format_short_date_with_year(said, is_estimated=forecast.said_estimated) if said else ""
    ref = _shorten_ref(forecast.ref) if forecast.ref else NOT_STORED
    forms = ((ref, date_text), (ref,))
    details = next((form for form in forms if width - _measure(form) >= _MIN_HEADLINE_WIDTH), forms[-1])
    headline = truncate(forecast.headline, max(0, width - _measure(details)))
    line = _GAP.join(part for part in (headline, *details) if part)
    return ContentBuilder().write(line, style).build().truncate(width)


def _format_dates(forecast: Forecast) -> tuple[str, ...]:
    """Return the words of the date and the date, and a short form."""
    day = forecast.due.isoformat() if forecast.due else ""
    due = format_short_date_with_year(day, is_estimated=forecast.due_estimated) if day else ""
    if not forecast.due_text:
        return (f"due {due}",) if due else ("no date",)
    return (f"{forecast.due_text} → {due}", f"due {due}") if due else (f"{forecast.due_text} (no date)", "no date")


def _shorten_ref(ref: str) -> str:
    """Return a reference; an empty text if its issue has no number, because a slug is too long to be shown."""
    return ref if ref.partition("/")[0].isdecimal() else ""


def _measure(parts: Iterable[str]) -> int:
    return sum(len(_GAP) + cell_len(part) for part in parts if part)
