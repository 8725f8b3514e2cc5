"""Formats the user's notes as RIS, a record for each story, for Zotero and other reference managers.

The tags are those that Zotero's RIS translator reads. Each value is one line, because a line of a value that looks like
a tag would begin another field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from importai_tui.links.urls import browser_url
from importai_tui.output.annotated_stories import AnnotatedStory
from importai_tui.wording import AUTHOR, NEWSLETTER
from importai_tui.works.formats import format_ris_name
from importai_tui.works.work import to_one_line

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)


def notes_to_ris(stories: Iterable[AnnotatedStory]) -> str:
    """Return a record for each story, separated by empty lines; empty for no stories."""
    return "\n".join(map(_format_record, stories))


def _format_record(story: AnnotatedStory) -> str:
    values = ((tag, to_one_line(value)) for tag, value in _iter_fields(story) if value)
    lines = (f"{tag}  - {value}\n" for tag, value in values if value)
    return f"{''.join(lines)}ER  - \n"


def _iter_fields(story: AnnotatedStory) -> Iterator[tuple[str, str | None]]:
    yield "TY", "BLOG"
    yield "ID", story.state.key
    yield "TI", story.headline
    yield "AU", format_ris_name(AUTHOR)
    issue = str(story.issue.number or "") if story.issue else story.state.name.issue
    yield "T2", f"{NEWSLETTER} {issue}" if issue and issue.isdecimal() else NEWSLETTER
    # An estimated date is never exported as a known one.
    date = story.issue.date if story.issue and not story.issue.is_date_estimated else None
    if match := _DATE.fullmatch(date or ""):
        yield "PY", match[1]
        yield "DA", "/".join(match.groups())
    yield "UR", browser_url(story.issue.url) if story.issue else None
    for name in story.tags:
        yield "KW", name
    if story.note:
        yield "N1", story.note.value
    for (_, quote, remark, _), _ in story.highlights:
        yield "N1", f"“{quote}”" + (f" — {remark}" if remark else "")
