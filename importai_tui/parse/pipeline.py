"""Parses a document into an issue step by step, and reports how each fact was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from importai_tui.errors import NotAnIssueError, UnreadableInputError
from importai_tui.links.redirects import unwrap_url
from importai_tui.links.urls import MAX_URL_LENGTH, find_issue_number, normalise_url
from importai_tui.model import GivenFacts, Issue, Story, StoryKind, shorten_title
from importai_tui.parse.addresses import link_addresses
from importai_tui.parse.clean import clean_line, shorten
from importai_tui.parse.containers import read_documents
from importai_tui.parse.dates import parse_day
from importai_tui.parse.footnotes import move_footnotes
from importai_tui.parse.formats import Document, TextFormat, decode, detect_format
from importai_tui.parse.front_matter import GENERATOR, read_front_matter
from importai_tui.parse.headings import find_head_and_foot, is_welcome, strip_boilerplate
from importai_tui.parse.lines import PageLines
from importai_tui.parse.segmenter import find_stories
from importai_tui.parse.segments import Segment
from importai_tui.parse.story import PageStyle, build_story
from importai_tui.parse.story_keys import generate_title, make_slug, make_story_keys


@dataclass(frozen=True, slots=True)
class ParseReport:
    """An issue, and how it was parsed.

    `sources` says where number, title, date and URL come from. `dropped` is the removed boilerplate. `evidence` has the
    reason for each story, in order.
    """

    issue: Issue
    format: TextFormat
    sources: dict[str, str]
    dropped: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParseResult:
    """The result for one page of a file: a report, or the reason why there is no issue.

    `reason` follows the page's name and a colon: "empty file".
    """

    document: Document
    report: ParseReport | None
    reason: str = ""


def parse_issue(
    data: bytes, name: str = "", *, number: int | None = None, title: str | None = None, date: str | None = None
) -> Issue:
    """Parse a document of any format that contains one issue.

    `number`, `title` and `date` (YYYY-MM-DD) override the document; `parse_document` describes the order of the other
    sources.

    Raises:
        UnreadableInputError: the document contains no page, no issue, or more than one page.
    """
    pages = read_documents(data)
    document = next(pages, None)
    if document is None:
        raise UnreadableInputError("contains no page")
    if next(pages, None) is not None:
        raise UnreadableInputError("contains more than one page")
    return parse_document(document, name, GivenFacts(number, title, date)).issue


def parse_issues(data: bytes, name: str = "", given: GivenFacts | None = None) -> Iterator[ParseResult]:
    """Yield a result for every page of a file, in order.

    Raises:
        UnreadableInputError: the file is broken.
    """
    for document in read_documents(data):
        try:
            yield ParseResult(document, parse_document(document, name, given))
        except UnreadableInputError as refusal:
            yield ParseResult(document, None, str(refusal))


def parse_document(document: Document, name: str = "", given: GivenFacts | None = None) -> ParseReport:
    """Parse one page.

    The facts of the issue come from these sources, the first of which wins:

    1. the user;
    2. the file around the page (mail, feed, REST response, export);
    3. the page's own head or front matter;
    4. the title line of a copy.

    The number may also come from the slug of the URL and the file's `name`, if they name the newsletter. It is never
    guessed.

    Raises:
        UnreadableInputError: the page cannot be parsed. The text follows the document's name and a colon.
        NotAnIssueError: the page is no published issue of the newsletter.
    """
    given = given or GivenFacts()
    if document.problem:
        raise UnreadableInputError(document.problem)
    if document.unpublished_reason:
        raise NotAnIssueError(document.unpublished_reason)
    text = decode(document.data)
    text_format = detect_format(text)
    if text_format is TextFormat.MARKDOWN and _is_export(text):
        raise NotAnIssueError(_EXPORT)
    page = _read_page(text, text_format)
    page = replace(page, lines=tuple(map(link_addresses, page.lines)))
    facts = _Facts()
    _collect_facts(facts, document, page, name, given)
    stripped = strip_boilerplate(page.lines, page.title or _find_title_line(page))
    title = facts.get("title")
    short_title = shorten_title(title) if title else None
    own = _find_own_stories(text, text_format)
    segments = own or find_stories(stripped.lines, styled=page.styled, title=short_title)
    move_footnotes(segments)
    is_named_by_user = given.number is not None or given.title is not None
    if not own and not _is_issue(page, segments, facts, is_named_by_user=is_named_by_user):
        raise NotAnIssueError(_NOT_AN_ISSUE)
    issue = _build_issue(segments, PageStyle(page.styled, page.gaps), facts)
    return ParseReport(issue, text_format, facts.sources, stripped.dropped, tuple(s.evidence for s in segments))


_NOT_AN_ISSUE = "doesn't look like an Import AI issue (no headline with tagline, no Tech Tales, no welcome line)"
_EXPORT = "an export of your notes or of the tales, not an issue"
_TITLE_LINE = re.compile(r"(?i)^import\s*-?ai\b\W*(?:(?:issue|newsletter)\W*)?#?\s*\d{1,4}\s*(?:[:.–—-]|$)")
_NUMBER_IN_NAME = re.compile(r"(?i)^import[-_ ]?ai(?:[-_ ]+(?:issue|newsletter))?[-_ ]*#?(\d{1,4})(?!\d)")
"""The start of a file name or slug that contains an issue number."""
_TITLE_SUFFIX = re.compile(
    r"(?i)\s+(?:[-–—|]\s+)?by jack clark(?:\s+[-–—|]\s+(?:import ai|substack))?$|\s+[-–—|]\s+import ai$"
)
"""The author and the newsletter's name after a title, as on Substack's pages."""
_DATE_LABEL = re.compile(r"(?i)^(?:published|posted|date)\s*(?:on\b)?\s*:?\s*(?P<day>.{0,40}?)(?:\s+by\b.*)?$")
_MAX_TITLE_LINES = 6
"""Lines at the start of a copied page that may include its title."""
_MAX_TITLE_LENGTH = 300
"""Characters; the longest of the corpus has 142. Lists and JSON documents print titles in full."""
_MAX_HEADING_LENGTH = 500
"""Characters of a headline, tagline or label. More than the rules accept, so recognised ones are never cut."""
_MIN_SIGNS = 2
"""Signs of the newsletter that a document must have. One alone may be a quotation."""


class _Facts:
    """Facts of an issue and their sources. The first value of a fact wins."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self.sources: dict[str, str] = {}

    def set_default(self, name: str, value: object, source: str) -> None:
        text = clean_line(str(value)) if value is not None else ""
        if name == "title":
            text = shorten(_TITLE_SUFFIX.sub("", text), _MAX_TITLE_LENGTH)
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
    facts.set_default("date", _find_date_in_text(page), "the page's text")
    facts.set_default("number", given.number, "you")
    facts.set_default("number", page.number, "the page's head")
    title = facts.get("title")
    if title and _TITLE_LINE.match(title):
        facts.set_default("number", find_issue_number(title), f"the title ({facts.sources['title']})")
    for source, text in (("the URL", (facts.get("url") or "").rstrip("/")), ("the file name", name)):
        if match := _NUMBER_IN_NAME.match(PurePath(text).name):
            facts.set_default("number", int(match[1]), source)


def _clean_issue_url(url: str | None) -> str | None:
    """Return the issue's web address, unwrapped and without trackers; None if it is invalid or too long."""
    inner = unwrap_url(url) if url else None
    if not inner or not inner.lower().startswith(("http://", "https://")):
        return None
    address = normalise_url(inner) if "?" in inner else inner
    return address if len(address) <= MAX_URL_LENGTH else None


def _read_page(text: str, text_format: TextFormat) -> PageLines:
    """Read the page. Each format's reader is imported only when a document needs it."""
    match text_format:
        case TextFormat.HTML:
            from importai_tui.parse.html import read_html

            return read_html(text)
        case TextFormat.MARKDOWN:
            from importai_tui.parse.text import read_markdown

            return read_markdown(text)
        case TextFormat.TEXT:
            from importai_tui.parse.text import read_text

            return read_text(text)


def _is_export(text: str) -> bool:
    """Return whether this program exported the document: it quotes issues, so it may look like a poor copy of one."""
    front = read_front_matter(text)
    return text.startswith("# Tech Tales\n\n## ") or (front is not None and front.is_export)


def _find_own_stories(text: str, text_format: TextFormat) -> list[Segment] | None:
    """Return the stories of an issue that this program has written as Markdown."""
    front = read_front_matter(text) if text_format is TextFormat.MARKDOWN else None
    if front is None or front.generator != GENERATOR:
        return None
    from importai_tui.parse.own_markdown import find_own_stories

    return find_own_stories(text[front.end :])


def _find_title_line(page: PageLines) -> str | None:
    """Return the title line of a copied page."""
    candidates = (line.text for line in page.lines[:_MAX_TITLE_LINES] if len(line.text) <= _MAX_TITLE_LENGTH)
    return next((text for text in candidates if _TITLE_LINE.match(text)), None)


def _find_date_in_text(page: PageLines) -> str | None:
    """Return the day that the head or foot of a copied page states: after "Published:" or "Posted on", or alone."""
    lines = page.lines
    head_end, foot_start = find_head_and_foot(lines)
    for at in (*range(head_end), *range(foot_start, len(lines))):
        text = lines[at].text
        if match := _DATE_LABEL.match(text):
            after = lines[at + 1].text if at + 1 < len(lines) else ""
            if day := parse_day(match["day"] or after):
                return day
        if at < _MAX_TITLE_LINES and (day := parse_day(text)):
            return day
    return None


def _is_issue(page: PageLines, segments: list[Segment], facts: _Facts, *, is_named_by_user: bool) -> bool:
    """Return True if the document has enough signs of the newsletter, or the user has named it."""
    if not any(segment.word_count for segment in segments):
        return False
    signs = sum(1 for s in segments if s.tagline or (s.section and s.kind is not StoryKind.NOTE))
    signs += _MIN_SIGNS * any(is_welcome(line) for line in page.lines[:12])
    signs += _MIN_SIGNS * (facts.number is not None and facts.get("title") is not None)
    return is_named_by_user or signs >= _MIN_SIGNS


def _build_issue(segments: list[Segment], style: PageStyle, facts: _Facts) -> Issue:
    # Cut here, because all formats pass this point, and before the keys are made of the headlines.
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
    generated = generate_title([s.headline for s in _with_headlines(stories)])
    title = facts.get("title") or shorten(generated, _MAX_TITLE_LENGTH)
    return Issue(facts.number, make_slug(title) or keys[0], title, facts.get("date"), facts.get("url"), stories)


def _with_headlines(stories: tuple[Story, ...]) -> tuple[Story, ...]:
    """Return the stories with their own headline; all stories if none has one."""
    return tuple(s for s in stories if s.kind is not StoryKind.NOTE) or stories
