"""From a document to an issue, step by step, with an account of each step for people.

The front door: a document of any form to the issues in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from importai_tui.errors import NotAnIssue, UnreadableInput
from importai_tui.links.urls import LONGEST_ADDRESS, issue_number, tidy, unwrapped
from importai_tui.model import Issue, Story, StoryKind, Told, short_title
from importai_tui.parse import PARSER_VERSION
from importai_tui.parse.clean import clean_line, shortened
from importai_tui.parse.containers import documents
from importai_tui.parse.formats import Document, Form, decoded, form_of
from importai_tui.parse.headings import is_welcome, without_boilerplate
from importai_tui.parse.lines import Page
from importai_tui.parse.segmenter import Segment, find_stories
from importai_tui.parse.story import Manner, read_story
from importai_tui.parse.story_keys import made_title, slug_of, story_keys

_TITLE_LINE = re.compile(r"(?i)^import\s*-?ai\b\W*(?:(?:issue|newsletter)\W*)?#?\s*\d{1,4}\s*(?:[:.–—-]|$)")
_NAMED = re.compile(r"(?i)^import[-_ ]?ai(?:[-_ ]+(?:issue|newsletter))?[-_ ]*#?(\d{1,4})(?!\d)")
"""The start of a file name or slug that says which issue it is."""
_TITLE_ROWS = 6
"""Lines at the head of a copied page in which its title can stand."""
_LONGEST_TITLE = 300
"""Characters; the longest of the corpus has 142. Every list and every JSON document prints titles whole."""
_LONGEST_HEAD = 500
"""Characters of a headline, a tagline or a label: more than any that is told by its looks, so these are never cut."""
_MARKS = 2
"""Marks of the newsletter that a document must show: one alone can be a quotation of it."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """An issue, and how the document was understood.

    `sources` says where number, title, date and address come from; `dropped` is what was taken for boilerplate;
    `cuts` gives the evidence for each story, in order.
    """

    issue: Issue
    form: Form
    sources: dict[str, str]
    dropped: tuple[str, ...]
    cuts: tuple[str, ...]


def understand(document: Document, name: str = "", told: Told | None = None) -> Understanding:
    """The issue in one page.

    What is known of it comes from, in this order: the person; the file around the page (mail, feed, REST answer,
    export); the page's own head or front matter; the title that a copy begins with; for the number also the slug of
    the address and the file's `name`, where they name the newsletter. A number is never guessed. Raises
    UnreadableInput, with a sentence that goes on from the document's name ("is empty").
    """
    told = told or Told()
    if document.problem:
        raise UnreadableInput(document.problem)
    if document.unpublished:
        raise NotAnIssue(document.unpublished)
    text = decoded(document.data)
    form = form_of(text)
    page = _read(text, form)
    facts = _Facts()
    _gather(facts, document, page, name, told)
    own = page.title or _title_line(page)
    stripped = without_boilerplate(page.lines, own)
    title = facts.value("title")
    segments = find_stories(stripped.kept, styled=page.styled, title=short_title(title) if title else None)
    if not _is_issue(page, segments, facts, given=told.number is not None or told.title is not None):
        raise NotAnIssue("is no issue of the newsletter: no headline with a tagline, no Tech Tales, no welcome")
    issue = _issue(segments, Manner(page.styled, page.gaps), facts)
    return Understanding(issue, form, facts.sources, stripped.dropped, tuple(s.evidence for s in segments))


class _Facts:
    """What is known of an issue, each with where it is from; the first who says something wins."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self.sources: dict[str, str] = {}

    def offer(self, name: str, value: object, source: str) -> None:
        text = clean_line(str(value)) if value is not None else ""
        if name == "title":
            text = shortened(text, _LONGEST_TITLE)
        if text and name not in self._values:
            self._values[name] = text
            self.sources[name] = source

    def value(self, name: str) -> str | None:
        return self._values.get(name)

    @property
    def number(self) -> int | None:
        number = self._values.get("number")
        return int(number) if number else None


def _gather(facts: _Facts, document: Document, page: Page, name: str, told: Told) -> None:
    around = document.place or "the file around the page"
    for source, title, date, url in (
        ("you", told.title, told.date, None),
        (around, document.title, document.date, document.url),
        ("the page's head", page.title, page.date, page.url),
        ("the first line", _title_line(page), None, None),
    ):
        facts.offer("title", title, source)
        facts.offer("date", date, source)
        facts.offer("url", _address(url), source)
    facts.offer("number", told.number, "you")
    title = facts.value("title")
    if title and _TITLE_LINE.match(title):
        facts.offer("number", issue_number(title), f"the title ({facts.sources['title']})")
    for source, text in (("the address", (facts.value("url") or "").rstrip("/")), ("the file name", name)):
        if named := _NAMED.match(PurePath(text).name):
            facts.offer("number", int(named[1]), source)


def _address(url: str | None) -> str | None:
    """Return the issue's own web address, out of its wrapper and without trackers; None where it is too long."""
    inner = unwrapped(url) if url else None
    if not inner or not inner.lower().startswith(("http://", "https://")):
        return None
    address = tidy(inner) if "?" in inner else inner
    return address if len(address) <= LONGEST_ADDRESS else None


def _read(text: str, form: Form) -> Page:
    """The page, by the reader of its form; each is loaded only when a document needs it."""
    match form:
        case Form.HTML:
            from importai_tui.parse.html import read_html

            return read_html(text)
        case Form.MARKDOWN:
            from importai_tui.parse.text import read_markdown

            return read_markdown(text)
        case Form.TEXT:
            from importai_tui.parse.text import read_text

            return read_text(text)


def _title_line(page: Page) -> str | None:
    """The title that a copied page begins with."""
    heads = (line.text for line in page.lines[:_TITLE_ROWS] if len(line.text) <= _LONGEST_TITLE)
    return next((text for text in heads if _TITLE_LINE.match(text)), None)


def _is_issue(page: Page, segments: list[Segment], facts: _Facts, *, given: bool) -> bool:
    """Whether the document shows enough marks of the newsletter. What a person numbers or names is believed."""
    if not any(segment.words for segment in segments):
        return False
    marks = sum(1 for s in segments if s.tagline or (s.section and s.kind is not StoryKind.NOTE))
    marks += _MARKS * any(is_welcome(line) for line in page.lines[:12])
    marks += _MARKS * (facts.number is not None and facts.value("title") is not None)
    return given or marks >= _MARKS


def _issue(segments: list[Segment], manner: Manner, facts: _Facts) -> Issue:
    # Here, where every form and source comes by, and before the keys are made of the headlines.
    for segment in segments:
        segment.headline = shortened(segment.headline, _LONGEST_HEAD)
        segment.tagline, segment.section, segment.series = (
            text and shortened(text, _LONGEST_HEAD) for text in (segment.tagline, segment.section, segment.series)
        )
    keys = story_keys(segments)
    stories = tuple(
        read_story(segment, key, position, manner, facts.number)
        for position, (segment, key) in enumerate(zip(segments, keys, strict=True), 1)
    )
    made = made_title([s.headline for s in _headed(stories)])
    title = facts.value("title") or shortened(made, _LONGEST_TITLE)
    return Issue(facts.number, slug_of(title) or keys[0], title, facts.value("date"), facts.value("url"), stories)


def _headed(stories: tuple[Story, ...]) -> tuple[Story, ...]:
    """The stories with a headline of their own, all where none has one."""
    return tuple(s for s in stories if s.kind is not StoryKind.NOTE) or stories


__all__ = ["PARSER_VERSION", "Parsed", "parse_issue", "parse_issues"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one page of a file gave: an issue, or the reason why it gave none.

    `document` is the page with what the file around it said; `reason` goes on from the page's name ("is empty").
    """

    document: Document
    understanding: Understanding | None
    reason: str = ""


def parse_issue(
    data: bytes, name: str = "", *, number: int | None = None, title: str | None = None, date: str | None = None
) -> Issue:
    """The issue in a document of any form, told by its content.

    `number`, `title` and `date` (YYYY-MM-DD) win over what the document says; see `understand` for the order of the
    rest. Raises UnreadableInput for a document that holds none, or more than one.
    """
    pages = documents(data)
    document = next(pages, None)
    if document is None:
        raise UnreadableInput("holds nothing")
    if next(pages, None) is not None:
        raise UnreadableInput("holds more than one page")
    return understand(document, name, Told(number, title, date)).issue


def parse_issues(data: bytes, name: str = "", told: Told | None = None) -> Iterator[Parsed]:
    """Every page of a file, in order: its issue, or why it gave none. Raises UnreadableInput for a broken file."""
    for document in documents(data):
        try:
            yield Parsed(document, understand(document, name, told))
        except UnreadableInput as refusal:
            yield Parsed(document, None, str(refusal))
