"""What the reader wrote and quoted, as one Markdown document: for Obsidian, or for a paper."""

from __future__ import annotations

import re

from importai_tui.issue import LinkRole, short_title
from importai_tui.library import Library
from importai_tui.printing.commonmark import code, escape, escape_line, heading, link, quotation
from importai_tui.printing.kept import KeptRow, kept_rows
from importai_tui.reading import Highlight, KeptStory

MARK = "---\nimportai-tui: notes\n---\n"
"""How the document begins; Obsidian reads it as a property."""

_WRITTEN = ("note", "tag:", "highlight:")
"""The fields, or how they begin, of what a person writes; a mark or a place alone has no section."""


def notes_markdown(library: Library) -> str:
    """A section for each story with a note, a highlight or a tag, the newest issue first; empty where there is none."""
    rows = kept_rows(library, (kept for kept in library.state.kept_stories() if _is_written(kept)))
    if not rows:
        return ""
    sections = (_section(library, row) for row in rows)
    return MARK + "\n# Notes on Import AI\n\n" + "\n".join(sections)


def _is_written(kept: KeptStory) -> bool:
    return any(field.startswith(_WRITTEN) for field in kept.fields)


def _section(library: Library, row: KeptRow) -> str:
    key = row.kept.key
    parts = [heading(escape_line(row.headline), 2), _origin(row), *_read_more(library, row)]
    if row.tags:
        parts.append(" ".join(map(_tag, row.tags)))
    # The reader's own words may be Markdown, and stay as they are.
    if note := library.state.note_of(key):
        parts.append(note)
    parts += [part for highlight in library.state.highlights_of(key) for part in _passage(highlight)]
    return "\n\n".join(parts) + "\n"


def _origin(row: KeptRow) -> str:
    """The issue with its address and date, and how the story is named on the command line."""
    if row.issue is None or row.story is None:
        issue = row.kept.name.issue
        where = f"Import AI {issue}" if issue and issue.isdecimal() else issue
        return " · ".join(escape_line(part) for part in (where, f"{row.kept.key} (not in the archive)") if part)
    head = row.issue
    title = escape_line(
        f"Import AI {head.number}: {short_title(head.title)}" if head.number is not None else head.title
    )
    return " · ".join(part for part in (link(title, head.url), head.date, code(row.story.ref)) if part)


def _read_more(library: Library, row: KeptRow) -> list[str]:
    """What the story asks to be read, one line."""
    if row.issue is None or row.story is None:
        return []
    links = library.story(row.issue.ref, row.story.position).links
    cited = [link(escape_line(x.text), x.url) for x in links if x.role is LinkRole.READ_MORE and x.url]
    return [f"Read more: {', '.join(cited)}"] if cited else []


def _passage(highlight: Highlight) -> list[str]:
    quote = quotation(escape(highlight.quote))
    return [quote, highlight.remark] if highlight.remark else [quote]


def _tag(name: str) -> str:
    """As Obsidian writes it: a tag there has no blanks."""
    return "#" + re.sub(r"[^\w/-]+", "-", name).strip("-")
