"""The list of highlights, notes and tagged stories, and the functions that draw its rows. Widths are in cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from importai_tui.library.annotations import Annotation, AnnotationKind, MarkedStory
from importai_tui.tui.dialogs.visited import format_visit_day
from importai_tui.tui.text import ContentBuilder, format_short_date_with_year, to_line_content, truncate, wrap_title
from importai_tui.tui.widgets.issue_list import NOTE_SIGN
from importai_tui.tui.widgets.tall_rows import RowShape, TallRowList, count_lines, find_excerpt, mark_words

_SIGNS = {AnnotationKind.HIGHLIGHT: "“", AnnotationKind.NOTE: NOTE_SIGN, AnnotationKind.TAGS: "#"}
"""Before the text of each kind."""
_INDENT = 3
"""Cells before the text: a gap, the sign, a gap."""
_GAP = "  "
_MIN_WIDTH_FOR_DAY = 60
"""Cells of a row from which on the day of the mark fits."""
_MIN_HEADLINE_WIDTH = 16
"""Cells of a headline, at least; else the tags, and then the date, give way."""
_NOT_STORED = "not in your archive"


class AnnotationList(TallRowList):
    """The annotations. A row has a few lines of the text and the comment, and a line about the story."""

    class Chosen(Message):
        """The user chose the annotation under the cursor with Enter or a click."""

    def __init__(self, today: date, *, id: str) -> None:
        super().__init__(id=id)
        self._today = today
        self._annotations: Sequence[Annotation] = ()
        self._words: Sequence[str] = ()

    @property
    def row_count(self) -> int:
        """The number of annotations."""
        return len(self._annotations)

    @property
    def selected(self) -> Annotation | None:
        """The annotation under the cursor."""
        return self._annotations[self.cursor] if self.cursor < self.row_count else None

    def show(self, annotations: Sequence[Annotation], words: Sequence[str], row: int, scroll: int | None) -> None:
        """Show annotations with the cursor on a row.

        Args:
            annotations: the rows.
            words: the words of the filter, in lower case, which a long text is cut around.
            row: the row of the cursor.
            scroll: the line at the top; None scrolls as little as needed.
        """
        self._annotations, self._words = annotations, words
        self.measure_rows()
        self.place_cursor(row, scroll)

    def list_heights(self, width: int, shape: RowShape) -> Iterable[int]:
        """Return the height of each annotation, and the gap after it."""
        return (measure_annotation(each, width, shape) + shape.gap for each in self._annotations)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw an annotation."""
        day = format_mark_day(self._annotations[row].at, self._today)
        is_current = row == self.cursor and self.has_focus
        return draw_annotation(self._annotations[row], width, self.shape, day, words=self._words, strong=is_current)

    def handle_choice(self) -> None:
        """Report the annotation under the cursor."""
        if self.row_count:
            self.post_message(self.Chosen())


def measure_annotation(annotation: Annotation, width: int, shape: RowShape) -> int:
    """Return the number of lines that `draw_annotation` returns, at most."""
    width -= _INDENT + 1
    return count_lines(annotation.text, width, shape.text) + count_lines(annotation.comment, width, shape.comment) + 1


def draw_annotation(
    annotation: Annotation, width: int, shape: RowShape, day: str, *, words: Sequence[str] = (), strong: bool = False
) -> list[Content]:
    """Draw the text, the comment in a quieter style, and the story; all grey if the archive lacks the story.

    `strong` text is never muted.
    """
    story, text_width = annotation.story, width - _INDENT - 1
    quiet = "" if strong else "$muted"
    lines = []
    if annotation.text:
        text = find_excerpt(annotation.text, words, text_width * shape.text)
        style = "" if story.is_stored or strong else "$muted"
        lines += [(line, style) for line in wrap_title(text, text_width, shape.text)]
    if annotation.comment:
        comment = wrap_title(annotation.comment, text_width, shape.comment)
        lines += [(line, "italic $second" if story.is_stored else f"italic {quiet}") for line in comment]
    sign = _SIGNS[annotation.kind]
    drawn = []
    for number, (line, style) in enumerate(lines):
        start = ContentBuilder().write(" ").write(" " if number else sign, "$mark").write(" ")
        drawn.append(start.append(mark_words(to_line_content(line, style), words)).build())
    start = ContentBuilder().write(" ").write(" " if lines else sign, "$mark").write(" ")
    return [*drawn, start.append(draw_story(story, text_width, day, quiet)).build()]


def draw_story(story: MarkedStory, width: int, day: str, style: str) -> Content:
    """Draw headline, reference, date and tags, as far as they fit, and the day of the mark on the right."""
    day = day if width >= _MIN_WIDTH_FOR_DAY else ""
    width -= cell_len(day) + len(_GAP) if day else 0
    date_text = format_short_date_with_year(story.date, is_estimated=story.is_date_estimated) if story.date else ""
    place = date_text if story.is_stored else _NOT_STORED
    tags = truncate(" ".join(f"#{tag}" for tag in story.tags), max(0, width // 3))
    forms = ((story.ref, place, tags), (story.ref, tags), (place if not story.is_stored else story.ref,))
    details = next((form for form in forms if width - _measure_parts(form) >= _MIN_HEADLINE_WIDTH), forms[-1])
    headline = truncate(story.headline, width - _measure_parts(details))
    builder = ContentBuilder().write(headline, style)
    used = cell_len(headline)
    for part in filter(None, details):
        builder.write(_GAP).write(part, "$second" if part == tags else style)
        used += len(_GAP) + cell_len(part)
    return builder.write(" " * (width - used + len(_GAP)) + day if day else "", style).build()


def format_mark_day(at: str, today: date) -> str:
    """Return the local day of a register's time, relative to today; empty for a damaged time."""
    try:
        return format_visit_day(datetime.fromisoformat(at).astimezone().date(), today)
    except (ValueError, OverflowError, OSError):  # Windows has no local times before 1970
        return ""


def _measure_parts(parts: Sequence[str]) -> int:
    return sum(len(_GAP) + cell_len(part) for part in parts if part)
