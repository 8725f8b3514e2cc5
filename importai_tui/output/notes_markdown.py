"""Formats the user's notes, highlights and tags as CommonMark: all in one document, or a document for each story."""

from __future__ import annotations

import re

from importai_tui.library.library import Library
from importai_tui.model import Link, LinkRole, Story, shorten_title
from importai_tui.output.annotated_stories import AnnotatedStory, get_noted_stories
from importai_tui.output.markdown import (
    escape_markdown,
    escape_markdown_line,
    format_code_span,
    format_heading,
    format_link,
    format_quote,
)
from importai_tui.state.fields import Highlight

FRONT_MATTER = "---\nimportai-tui: notes\n---\n"
"""The beginning of the document of all notes; Obsidian reads it as a property."""


def notes_to_markdown(library: Library) -> str:
    """Return a section for each story with a note, a highlight or a tag, the newest issue first; empty without any."""
    stories = get_noted_stories(library)
    if not stories:
        return ""
    sections = (format_story_notes(story, story.load_story(library)) for story in stories)
    return FRONT_MATTER + "\n# Notes on Import AI\n\n" + "\n".join(sections)


def format_story_notes(annotated: AnnotatedStory, story: Story | None, level: int = 2, *, tags: bool = True) -> str:
    """Return the section of a story, under a heading of that level; `story` is None if the archive lacks it."""
    parts = [
        format_heading(escape_markdown_line(annotated.headline), level),
        _format_origin(annotated),
        *_format_read_more(story.links if story else ()),
    ]
    if tags and annotated.tags:
        parts.append(" ".join(f"#{format_tag(name)}" for name in annotated.tags))
    # The user's own text may be Markdown and is not escaped.
    if annotated.note and annotated.note.value:
        parts.append(annotated.note.value)
    parts += [part for dated in annotated.highlights for part in _format_highlight(dated.highlight)]
    return "\n\n".join(parts) + "\n"


def format_tag(name: str) -> str:
    """Return a tag for Obsidian, which allows no spaces in tags."""
    return re.sub(r"[^\w/-]+", "-", name).strip("-")


def _format_origin(story: AnnotatedStory) -> str:
    """Return the issue with its address and date, and the reference of the story."""
    if story.issue is None or story.story is None:
        name = story.state.name.issue
        issue_name = f"Import AI {name}" if name and name.isdecimal() else name
        parts = (issue_name, f"{story.state.key} (not in the archive)")
        return " · ".join(escape_markdown_line(part) for part in parts if part)
    issue = story.issue
    title = f"Import AI {issue.number}: {shorten_title(issue.title)}" if issue.number is not None else issue.title
    link = format_link(escape_markdown_line(title), issue.url)
    return " · ".join(part for part in (link, issue.date_text, format_code_span(story.story.ref)) if part)


def _format_read_more(links: tuple[Link, ...]) -> list[str]:
    """Return a line with the "read more" links of the story."""
    read_more = [link for link in links if link.role is LinkRole.READ_MORE and link.url]
    formatted = ", ".join(format_link(escape_markdown_line(link.text), link.url) for link in read_more)
    return [f"Read more: {formatted}"] if formatted else []


def _format_highlight(highlight: Highlight) -> list[str]:
    quote = format_quote(escape_markdown(highlight.quote))
    return [quote, highlight.remark] if highlight.remark else [quote]
