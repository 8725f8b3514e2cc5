"""Formats the user's highlights and notes as the CSV file that Readwise imports (readwise.io/import_bulk).

Its columns and their order are fixed, and only the first must have a value. A location is an integer, a date is in UTC.
Tags stand before the comment as Readwise's inline tags: ".robots .slow-water".

Cells that a spreadsheet would take for formulas are not changed, because Readwise would show the change as text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from importai_tui.links.urls import browser_url
from importai_tui.output.annotated_stories import AnnotatedStory
from importai_tui.parse.clean import clean_line, clean_text
from importai_tui.state.fields import UNKNOWN_TIME
from importai_tui.wording import AUTHOR

COLUMNS = ("Highlight", "Title", "Author", "URL", "Note", "Location", "Date")


def notes_to_readwise(stories: Iterable[AnnotatedStory]) -> str:
    """Return a row for each highlight, and one for each note; empty without any.

    A row needs a highlight, so that of a story's note is the headline. A story with only tags has no row.
    """
    rows = [row for story in stories for row in _iter_rows(story)]
    if not rows:
        return ""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    # A number without quotes, because a reader may tell numbers from texts by them.
    csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows(rows)
    return file.getvalue()


def _iter_rows(story: AnnotatedStory) -> Iterator[tuple[str | int, ...]]:
    title = clean_line(story.headline)
    url = (browser_url(story.issue.url) or "") if story.issue else ""
    tags = " ".join(f".{tag}" for name in story.tags if (tag := _format_tag(name)))
    if story.note and story.note.value:
        note = _join_note(tags, story.note.value)
        yield title, title, AUTHOR, url, note, 1, _format_time(story.note.at)
    for (_, quote, remark, paragraph), at in story.highlights:
        yield clean_text(quote), title, AUTHOR, url, _join_note(tags, remark), paragraph + 1, _format_time(at)


def _join_note(tags: str, text: str | None) -> str:
    return "\n".join(part for part in (tags, clean_text(text or "")) if part)


def _format_tag(name: str) -> str:
    """Return an inline tag of Readwise, which is one word."""
    return re.sub(r"[^\w-]+", "-", name).strip("-")


def _format_time(at: str) -> str:
    """Return a time of the reading state as `2026-11-30 08:15:00` in UTC; empty if it is not known."""
    if at == UNKNOWN_TIME:
        return ""
    try:
        return datetime.fromisoformat(at).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError):  # a damaged time
        return ""
