"""From a document to an issue, step by step, with an account of each step for people.

The front door: a document of any form to the issues in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from importai_tui.errors import NotAnIssueError, UnreadableInputError
from importai_tui.links.urls import MAX_URL_LENGTH, find_issue_number, normalise_url, unwrap_url
from importai_tui.model import GivenFacts, Issue, Story, StoryKind, shorten_title
from importai_tui.parse import PARSER_VERSION
from importai_tui.parse.clean import clean_line, shorten
from importai_tui.parse.containers import read_documents
from importai_tui.parse.formats import Document, TextFormat, decode, detect_format
from importai_tui.parse.headings import is_welcome, strip_boilerplate
from importai_tui.parse.lines import PageLines
from importai_tui.parse.segmenter import Segment, find_stories
from importai_tui.parse.story import PageStyle, build_story
from importai_tui.parse.story_keys import generate_title, make_slug, make_story_keys

_TITLE_LINE = re.compile(r"(?i)^import\s*-?ai\b\W*(?:(?:issue|newsletter)\W*)?#?\s*\d{1,4}\s*(?:[:.–—-]|$)")
_NUMBER_IN_NAME = re.compile(r"(?i)^import[-_ ]?ai(?:[-_ ]+(?:issue|newsletter))?[-_ ]*#?(\d{1,4})(?!\d)")
"""The start of a file name or slug that says which issue it is."""
_MAX_TITLE_LINES = 6
"""Lines at the head of a copied page in which its title can stand."""
_MAX_TITLE_LENGTH = 300
"""Characters; the longest of the corpus has 142. Every list and every JSON document prints titles whole."""
_MAX_HEADING_LENGTH = 500
"""Characters of a headline, a tagline or a label: more than any that is told by its looks, so these are never cut."""
_MIN_SIGNS = 2
"""Marks of the newsletter that a document must show: one alone can be a quotation of it."""


@dataclass(frozen=True, slots=True)
class ParseReport:
    """An issue, and how the document was understood.

    `sources` says where number, title, date and address come from; `dropped` is what was taken for boilerplate;
    `cuts` gives the evidence for each story, in order.
    """

    issue: Issue
    format: TextFormat
    sources: dict[str, str]
    dropped: tuple[str, ...]
    evidence: tuple[str, ...]


def parse_document(document: Document, name: str = "", told: GivenFacts | None = None) -> ParseReport:
    """The issue in one page.

    What is known of it comes from, in this order: the person; the file around the page (mail, feed, REST answer,
    export); the page's own head or front matter; the title that a copy begins with; for the number also the slug of
    the address and the file's `name`, where they name the newsletter. A number is never guessed. Raises
    UnreadableInput, with a sentence that goes on from the document's name ("is empty").
    """
    told = told or GivenFacts()
    if document.problem:
        raise UnreadableInputError(document.problem)
    if document.unpublished_reason:
        raise NotAnIssueError(document.unpublished_reason)
    text = decode(document.data)
    form = detect_format(text)
    page = _read_page(text, form)
    facts = _Facts()
    _collect_facts(facts, document, page, name, told)
    own = page.title or _find_title_line(page)
    stripped = strip_boilerplate(page.lines, own)
    title = facts.get("title")
    segments = find_stories(stripped.lines, styled=page.styled, title=shorten_title(title) if title else None)
    if not _is_issue(page, segments, facts, is_named_by_user=told.number is not None or told.title is not None):
        raise NotAnIssueError("is no issue of the newsletter: no headline with a tagline, no Tech Tales, no welcome")
    issue = _build_issue(segments, PageStyle(page.styled, page.gaps), facts)
    return ParseReport(issue, form, facts.sources, stripped.dropped, tuple(s.evidence for s in segments))


class _Facts:
    """What is known of an issue, each with where it is from; the first who says something wins."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self.sources: dict[str, str] = {}

    def set_default(self, name: str, value: object, source: str) -> None:
        text = clean_line(str(value)) if value is not None else ""
        if name == "title":
            text = shorten(text, _MAX_TITLE_LENGTH)
        if text and name not in self._values:
            self._values[name] = text
            self.sources[name] = source

    def get(self, name: str) -> str | None:
        return self._values.get(name)

    @property
    def number(self) -> int | None:
        number = self._values.get("number")
        return int(number) if number else None


def _collect_facts(facts: _Facts, document: Document, page: PageLines, name: str, given: GivenFacts) -> None:
    around = document.name_in_container or "the file around the page"
    for source, title, date, url in (
        ("you", given.title, given.date, None),
        (around, document.title, document.date, document.url),
        ("the page's head", page.title, page.date, page.url),
        ("the first line", _find_title_line(page), None, None),
    ):
        facts.set_default("title", title, source)
        facts.set_default("date", date, source)
        facts.set_default("url", _clean_issue_url(url), source)
    facts.set_default("number", given.number, "you")
    title = facts.get("title")
    if title and _TITLE_LINE.match(title):
        facts.set_default("number", find_issue_number(title), f"the title ({facts.sources['title']})")
    for source, text in (("the address", (facts.get("url") or "").rstrip("/")), ("the file name", name)):
        if named := _NUMBER_IN_NAME.match(PurePath(text).name):
            facts.set_default("number", int(named[1]), source)


def _clean_issue_url(url: str | None) -> str | None:
    """Return the issue's own web address, out of its wrapper and without trackers; None where it is too long."""
    inner = unwrap_url(url) if url else None
    if not inner or not inner.lower().startswith(("http://", "https://")):
        return None
    address = normalise_url(inner) if "?" in inner else inner
    return address if len(address) <= MAX_URL_LENGTH else None


def _read_page(text: str, format: TextFormat) -> PageLines:
    """The page, by the reader of its form; each is loaded only when a document needs it."""
    match format:
        case TextFormat.HTML:
            from importai_tui.parse.html import read_html

            return read_html(text)
        case TextFormat.MARKDOWN:
            from importai_tui.parse.text import read_markdown

            return read_markdown(text)
        case TextFormat.TEXT:
            from importai_tui.parse.text import read_text

            return read_text(text)


def _find_title_line(page: PageLines) -> str | None:
    """The title that a copied page begins with."""
    heads = (line.text for line in page.lines[:_MAX_TITLE_LINES] if len(line.text) <= _MAX_TITLE_LENGTH)
    return next((text for text in heads if _TITLE_LINE.match(text)), None)


def _is_issue(page: PageLines, segments: list[Segment], facts: _Facts, *, is_named_by_user: bool) -> bool:
    """Whether the document shows enough marks of the newsletter. What a person numbers or names is believed."""
    if not any(segment.word_count for segment in segments):
        return False
    marks = sum(1 for s in segments if s.tagline or (s.section and s.kind is not StoryKind.NOTE))
    marks += _MIN_SIGNS * any(is_welcome(line) for line in page.lines[:12])
    marks += _MIN_SIGNS * (facts.number is not None and facts.get("title") is not None)
    return is_named_by_user or marks >= _MIN_SIGNS


def _build_issue(segments: list[Segment], style: PageStyle, facts: _Facts) -> Issue:
    # Here, where every form and source comes by, and before the keys are made of the headlines.
    for segment in segments:
        segment.headline = shorten(segment.headline, _MAX_HEADING_LENGTH)
        segment.tagline, segment.section, segment.series = (
            text and shorten(text, _MAX_HEADING_LENGTH) for text in (segment.tagline, segment.section, segment.series)
        )
    keys = make_story_keys(segments)
    stories = tuple(
        build_story(segment, key, position, style, facts.number)
        for position, (segment, key) in enumerate(zip(segments, keys, strict=True), 1)
    )
    made = generate_title([s.headline for s in _with_headlines(stories)])
    title = facts.get("title") or shorten(made, _MAX_TITLE_LENGTH)
    return Issue(facts.number, make_slug(title) or keys[0], title, facts.get("date"), facts.get("url"), stories)


def _with_headlines(stories: tuple[Story, ...]) -> tuple[Story, ...]:
    """The stories with a headline of their own, all where none has one."""
    return tuple(s for s in stories if s.kind is not StoryKind.NOTE) or stories


__all__ = ["PARSER_VERSION", "ParseResult", "parse_issue", "parse_issues"]


@dataclass(frozen=True, slots=True)
class ParseResult:
    """What one page of a file gave: an issue, or the reason why it gave none.

    `document` is the page with what the file around it said; `reason` goes on from the page's name ("is empty").
    """

    document: Document
    report: ParseReport | None
    reason: str = ""


def parse_issue(
    data: bytes, name: str = "", *, number: int | None = None, title: str | None = None, date: str | None = None
) -> Issue:
    """The issue in a document of any form, told by its content.

    `number`, `title` and `date` (YYYY-MM-DD) win over what the document says; see `understand` for the order of the
    rest. Raises UnreadableInput for a document that holds none, or more than one.
    """
    pages = read_documents(data)
    document = next(pages, None)
    if document is None:
        raise UnreadableInputError("holds nothing")
    if next(pages, None) is not None:
        raise UnreadableInputError("holds more than one page")
    return parse_document(document, name, GivenFacts(number, title, date)).issue


def parse_issues(data: bytes, name: str = "", given: GivenFacts | None = None) -> Iterator[ParseResult]:
    """Every page of a file, in order: its issue, or why it gave none. Raises UnreadableInput for a broken file."""
    for document in read_documents(data):
        try:
            yield ParseResult(document, parse_document(document, name, given))
        except UnreadableInputError as refusal:
            yield ParseResult(document, None, str(refusal))
