"""Formats the user's notes, highlights and tags as CommonMark: all in one document, or a document for each story."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from importai_tui.library.library import Library
from importai_tui.model import Link, LinkRole, Story, shorten_title
from importai_tui.output.annotated_stories import AnnotatedStory, get_noted_stories
from importai_tui.output.markdown import (
    escape_markdown,
    format_code_span,
    format_heading,
    format_link,
    format_quote,
)
from importai_tui.parse.clean import clean_line
from importai_tui.wording import NEWSLETTER

FRONT_MATTER = "---\nimportai-tui: notes\n---\n"
"""The beginning of the document of all notes; Obsidian reads it as a property."""
_OBSIDIAN_MARKUP = re.compile(r"\$|#(?=\w)|=(?==)|%(?=%)")


def notes_to_markdown(library: Library) -> str:
    """Return a section for each story with a note, a highlight or a tag, the newest issue first; empty without any."""
    stories = get_noted_stories(library)
    if not stories:
        return ""
    sections = (format_story_notes(story, story.load_story(library)) for story in stories)
    return FRONT_MATTER + "\n# Notes on Import AI\n\n" + "\n".join(sections)


def format_story_notes(annotated: AnnotatedStory, story: Story | None) -> str:
    """Return the section of a story in the document of all notes; `story` is None if the archive lacks it."""
    tags = " ".join(f"#{tag}" for tag in make_tags(annotated.tags))
    return _format_notes(annotated, story, 2, tags, escape_markdown)


def format_notes_file(annotated: AnnotatedStory, story: Story | None) -> str:
    """Return the body of a story's own file, whose front matter has the tags."""
    return _format_notes(annotated, story, 1, "", _escape_for_obsidian)


def make_tags(names: Iterable[str]) -> list[str]:
    """Return tags as Obsidian allows them: of letters, digits, `_`, `-` and `/`, not only digits, each once."""
    tags: dict[str, str] = {}
    for name in names:
        tag = re.sub("/{2,}", "/", re.sub(r"[^\w/-]+", "-", name)).strip("/-")
        if tag:
            tags.setdefault(tag.casefold(), f"y{tag}" if tag.isdecimal() else tag)
    return [*tags.values()]


def _format_notes(
    annotated: AnnotatedStory, story: Story | None, level: int, tags: str, escape: Callable[[str], str]
) -> str:
    parts = [
        format_heading(escape(clean_line(annotated.headline)), level),
        _format_origin(annotated, escape),
        *_format_read_more(story.links if story else (), escape),
    ]
    if tags:
        parts.append(tags)
    # The user's own text may be Markdown and is not escaped.
    if annotated.note and annotated.note.value:
        parts.append(annotated.note.value)
    for highlight, _ in annotated.highlights:
        parts.append(format_quote(escape(highlight.quote)))
        parts += [highlight.remark] if highlight.remark else []
    return "\n\n".join(parts) + "\n"


def _escape_for_obsidian(text: str) -> str:
    """Escape what only Obsidian reads as markup too: a formula, a tag, a highlight, a comment."""
    return _OBSIDIAN_MARKUP.sub(r"\\\g<0>", escape_markdown(text))


def _format_origin(annotated: AnnotatedStory, escape: Callable[[str], str]) -> str:
    """Return the issue with its address and date, and the reference of the story."""
    if annotated.issue is None or annotated.story is None:
        name = annotated.state.name.issue
        issue_name = f"{NEWSLETTER} {name}" if name and name.isdecimal() else name
        parts = (issue_name, f"{annotated.state.key} (not in the archive)")
        return " · ".join(escape(clean_line(part)) for part in parts if part)
    issue = annotated.issue
    title = f"{NEWSLETTER} {issue.number}: {shorten_title(issue.title)}" if issue.number is not None else issue.title
    link = format_link(escape(clean_line(title)), issue.url)
    return " · ".join(part for part in (link, issue.date_text, format_code_span(annotated.story.ref)) if part)


def _format_read_more(links: Iterable[Link], escape: Callable[[str], str]) -> list[str]:
    """Return a line with the "read more" links of the story."""
    read_more = [link for link in links if link.role is LinkRole.READ_MORE and link.url]
    formatted = ", ".join(format_link(escape(clean_line(link.text)), link.url) for link in read_more)
    return [f"Read more: {formatted}"] if formatted else []
