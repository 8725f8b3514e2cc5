"""A page of the newsletter to an Issue. Pure: no files, no network, no SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from importai_tui.errors import UnreadableInput
from importai_tui.issue import Issue, Story, StoryKind, short_title
from importai_tui.links import issue_number
from importai_tui.parse.boilerplate import is_welcome, without_boilerplate
from importai_tui.parse.clean import clean_line
from importai_tui.parse.cut import Segment, find_stories
from importai_tui.parse.forms import Form, decoded, form_of
from importai_tui.parse.identity import made_title, slug_of, story_keys
from importai_tui.parse.lines import Page
from importai_tui.parse.story import Manner, read_story

PARSER_VERSION = 1
"""Raised when the same page gives another issue, so that the archive knows to read its pages again."""

_TITLE_LINE = re.compile(r"(?i)^import\s*-?ai\b\W*(?:(?:issue|newsletter)\W*)?#?\s*\d{1,4}\s*[:.–—-]")
_TITLE_ROWS = 6
"""Lines at the head of a copied page in which its title can stand."""

_LONGEST_TITLE = 300
"""Characters; the longest of the corpus has 148."""
_MARKS = 2
"""Marks of the newsletter that a document must show: one alone can be a quotation of it."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of the issue, from outside or by the document."""

    number: int | None
    title: str | None
    date: str | None
    url: str | None


def parse_issue(data: bytes, *, number: int | None = None, title: str | None = None, date: str | None = None) -> Issue:
    """The issue in a document of any form, told by its content.

    `number`, `title` and `date` (YYYY-MM-DD) win over what the document says. A number is never guessed: it is given,
    or the document's own title states it. Raises UnreadableInput, with a sentence that goes on from the document's
    name ("is empty").
    """
    page = _read(decoded(data))
    own = page.title or _title_line(page)
    said = _Said(
        number if number is not None else (issue_number(own) if own and _TITLE_LINE.match(own) else None),
        clean_line(title or own or "") or None,
        date or page.date,
        clean_line(page.url or "") or None,
    )
    lines = without_boilerplate(page.lines, own)
    segments = find_stories(lines, styled=page.styled, title=short_title(said.title) if said.title else None)
    if not _is_issue(page, segments, said, given=number is not None or title is not None):
        raise UnreadableInput("is no issue of the newsletter: no headline with a tagline, no Tech Tales, no welcome")
    return _issue(segments, Manner(page.styled, page.gaps), said)


def _read(text: str) -> Page:
    """The page, by the reader of its form; each is loaded only when a document needs it."""
    match form_of(text):
        case Form.HTML:
            from importai_tui.parse.html import read_html

            return read_html(text)
        case Form.MARKDOWN:
            from importai_tui.parse.markdown import read_markdown

            return read_markdown(text)
        case Form.TEXT:
            from importai_tui.parse.text import read_text

            return read_text(text)


def _title_line(page: Page) -> str | None:
    """The title that a copied page begins with."""
    heads = (line.text for line in page.lines[:_TITLE_ROWS] if len(line.text) <= _LONGEST_TITLE)
    return next((text for text in heads if _TITLE_LINE.match(text)), None)


def _is_issue(page: Page, segments: list[Segment], said: _Said, *, given: bool) -> bool:
    """Whether the document shows a mark of the newsletter. What a person numbers or names is believed."""
    if not any(segment.words for segment in segments):
        return False
    marks = sum(1 for s in segments if s.tagline or (s.section and s.kind is not StoryKind.NOTE))
    marks += _MARKS * any(is_welcome(line) for line in page.lines[:12])
    marks += _MARKS * (said.number is not None and said.title is not None)
    return given or marks >= _MARKS


def _issue(segments: list[Segment], manner: Manner, said: _Said) -> Issue:
    keys = story_keys(segments)
    stories = tuple(
        read_story(segment, key, position, manner, said.number)
        for position, (segment, key) in enumerate(zip(segments, keys, strict=True), 1)
    )
    title = said.title or made_title([s.headline for s in _headed(stories)])
    return Issue(said.number, slug_of(title) or keys[0], title, said.date, said.url, stories)


def _headed(stories: tuple[Story, ...]) -> tuple[Story, ...]:
    """The stories with a headline of their own, all where none has one."""
    return tuple(s for s in stories if s.kind is not StoryKind.NOTE) or stories
