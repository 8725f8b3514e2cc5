"""The list of highlights, notes and tagged stories, and the functions that draw its rows. Widths are in cells."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from importai_tui.library.annotations import AnnotatedStory, Annotation, AnnotationKind
from importai_tui.tui.dialogs.visited import format_visit_day
from importai_tui.tui.marks.filter import find_excerpt
from importai_tui.tui.text import ContentBuilder, format_short_date_with_year, to_line_content, truncate, wrap_title
from importai_tui.tui.widgets.issue_list import NOTE_SIGN
from importai_tui.tui.widgets.row_list import RowList

_SIGNS = {AnnotationKind.HIGHLIGHT: "“", AnnotationKind.NOTE: NOTE_SIGN, AnnotationKind.TAGS: "#"}
"""Before the text of each kind."""
_INDENT = 3
"""Cells before the text: a gap, the sign, a gap."""
_GAP = "  "
_MIN_WIDTH_FOR_DAY = 60
"""Cells of a row from which on the day of the mark fits."""
_MIN_HEADLINE_WIDTH = 16
"""Cells of a headline, at least; else the tags, and then the date, give way."""
_LOW_HEIGHT, _SPACED_HEIGHT = 12, 16
"""Lines of the list: from the first on three lines of a text are shown, from the second on a blank line follows."""
_WIDE = re.compile("[\u0300-\u036f\u1100-\u1fff\u2e80-\uffff\U00010000-\U0010ffff]")
"""Characters that may be wider or narrower than a cell."""
_MATCH_STYLE = "$foreground on $match"
_NOT_STORED = "not in your archive"


class RowShape(NamedTuple):
    """The most lines of the text and of the comment, and the blank lines after a row."""

    text: int = 3
    comment: int = 2
    gap: int = 1

    @classmethod
    def for_height(cls, height: int) -> RowShape:
        """Return the shape for a list of that many lines."""
        if height < _LOW_HEIGHT:
            return cls(2, 1, 0)
        return cls(gap=1 if height >= _SPACED_HEIGHT else 0)


class AnnotationList(RowList):
    """The annotations. A row has a few lines of the text and the comment, and a line about the story."""

    LINES_PER_ROW = 4

    class Chosen(Message):
        """The user chose the annotation under the cursor with Enter or a click."""

    def __init__(self, today: date, *, id: str) -> None:
        super().__init__(id=id)
        self._today = today
        self._annotations: Sequence[Annotation] = ()
        self._words: Sequence[str] = ()
        self._tops = [0]
        """The first line of each row, and the number of all lines."""
        self._layout: tuple[int, RowShape] = (0, RowShape())
        """The width and the shape that the rows have."""

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
        self._measure()
        self.refresh_rows()
        self.cursor = max(0, min(row, self.row_count - 1))
        self._scroll(scroll)
        # Again, because a list that is shown for the first time has no size yet, and one that grows no scroll bar.
        self.call_after_refresh(self._scroll, scroll)

    def row_top(self, row: int) -> int:
        """Return the line that a row begins on."""
        return self._tops[min(row, len(self._tops) - 1)]

    def row_at(self, line: int) -> int:
        """Return the row that has this line."""
        return bisect_right(self._tops, line) - 1

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw an annotation."""
        day = format_mark_day(self._annotations[row].at, self._today)
        is_current = row == self.cursor and self.has_focus
        return draw_annotation(
            self._annotations[row], width, self._layout[1], day, words=self._words, strong=is_current
        )

    def handle_choice(self) -> None:
        """Report the annotation under the cursor."""
        if self.row_count:
            self.post_message(self.Chosen())

    def on_resize(self) -> None:
        """Measure the rows for the new size. Textual calls this before the handler that keeps the cursor visible."""
        if self._layout != (self.line_width, RowShape.for_height(self.size.height)):
            self._measure()
            self.refresh_rows()

    def _measure(self) -> None:
        width, shape = self._layout = (self.line_width, RowShape.for_height(self.size.height))
        heights = (measure_annotation(each, width, shape) + shape.gap for each in self._annotations)
        self._tops = [0, *accumulate(heights)]

    def _scroll(self, scroll: int | None) -> None:
        if scroll is not None:
            self.scroll_to(y=scroll, animate=False, immediate=True)
        self.scroll_to_row(self.cursor)


def measure_annotation(annotation: Annotation, width: int, shape: RowShape) -> int:
    """Return the number of lines that `draw_annotation` returns, at most."""
    width -= _INDENT + 1
    return _count_lines(annotation.text, width, shape.text) + _count_lines(annotation.comment, width, shape.comment) + 1


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
        drawn.append(start.append(_mark_words(to_line_content(line, style), words)).build())
    start = ContentBuilder().write(" ").write(" " if lines else sign, "$mark").write(" ")
    return [*drawn, start.append(draw_story(story, text_width, day, quiet)).build()]


def draw_story(story: AnnotatedStory, width: int, day: str, style: str) -> Content:
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
    except (ValueError, OverflowError):
        return ""


def _mark_words(line: Content, words: Sequence[str]) -> Content:
    """Return a line with the words of the filter highlighted."""
    for word in words:
        for found in re.finditer(re.escape(word), line.plain, re.IGNORECASE):
            line = line.stylize(_MATCH_STYLE, *found.span())
    return line


def _measure_parts(parts: Sequence[str]) -> int:
    return sum(len(_GAP) + cell_len(part) for part in parts if part)


def _count_lines(text: str, width: int, most: int) -> int:
    """Return the number of lines that `wrap_title` needs. It is fast, because each row of a list is measured.

    Runs of blanks count, so that text with some may need fewer lines.
    """
    if len(text) > width * most:  # also before the list has a width
        return most
    if not text.isascii() and _WIDE.search(text):
        return len(wrap_title(text, width, most))
    lines = start = 0
    while start < len(text) and lines < most:
        lines += 1
        cut = text.rfind(" ", start, start + width + 1) if len(text) - start > width else len(text)
        start = cut + 1 if cut > start else start + width
    return lines
