"""Numbers the links of one story in order of appearance, and finds its mentions of other issues."""

from __future__ import annotations

import re
from dataclasses import dataclass

from importai_tui.links.classify import classify_link, is_file_name_link
from importai_tui.links.redirects import unwrap_url
from importai_tui.links.urls import MAX_URL_LENGTH, find_issue_number, get_host, normalise_url, strip_tracking
from importai_tui.links.work_ids import get_work_id
from importai_tui.model import CrossReference, Link, LinkKind, LinkRole, Span
from importai_tui.parse.clean import clean_line
from importai_tui.parse.lines import Run


@dataclass(slots=True)
class _LinkDraft:
    """A link while its story is read. `text_before` and `source_text` decide its kind.

    `text_before` is the call before the link. `source_text` is the link's text and the parenthesis after it. If the
    link has a read-more line, both are of that line.
    """

    text: str
    url: str | None
    role: LinkRole
    text_before: str = ""
    source_text: str = ""


class StoryLinks:
    """Collects the links of a story. Each URL has one number; adjacent anchors with one URL are one link."""

    def __init__(self) -> None:
        self._drafts: list[_LinkDraft] = []
        self._numbers: dict[str, int] = {}

    def add_runs(self, runs: tuple[Run, ...], role: LinkRole) -> tuple[Span, ...]:
        """Convert runs to spans with link numbers. White space at the ends of an anchor is not linked."""
        if not any(run.href for run in runs):  # true for three lines in four
            return tuple(_merge_spans([Span(run.text, run.bold, run.italic, run.code) for run in runs]))
        spans: list[Span] = []
        last_href: str | None = None
        last: _LinkDraft | None = None
        words = ""  # the text since the last link
        for run in map(_unwrap_link, runs):
            key = _get_link_key(run.href)
            if key is None:
                spans.append(Span(run.text, run.bold, run.italic, run.code))
                last_href = last_href if not run.text.strip() else None
                words += run.text
                continue
            if last and last_href != key:
                words = _take_source(last, words)
            body = run.text.strip()
            before = run.text[: len(run.text) - len(run.text.lstrip())] if body else run.text
            after = run.text[len(before) + len(body) :] if body else ""
            continued = key == last_href
            number = self._get_number(key, run, role, gap=words if continued else None)
            last = self._drafts[number - 1]
            if not continued:
                _start_call(last, words, role)
            if continued or not last.source_text:
                last.source_text += words * continued + run.text
            words, last_href = "", key
            for text, link in ((before, 0), (body, number), (after, 0)):
                if text:
                    spans.append(Span(text, run.bold, run.italic, run.code, link))
        if last:
            _take_source(last, words)
        return tuple(_merge_spans(spans))

    def add_citation(self, text: str, text_before: str = "") -> int:
        """Add a cited work whose URL is lost, and return its number. `text_before` precedes it in its line."""
        self._drafts.append(_LinkDraft(text, None, LinkRole.READ_MORE, text_before, text))
        return len(self._drafts)

    def add_url(self, href: str, text: str) -> int:
        """Return the number of a URL behind a figure; 0 if it leads nowhere."""
        run = _unwrap_link(Run(text, href=href))
        key = _get_link_key(run.href) if _clean_url(run.href) else None
        return self._get_number(key, run, LinkRole.INLINE) if key else 0

    def to_links(self) -> tuple[Link, ...]:
        """Return every link, in order of appearance."""
        return tuple(_make_link(n, draft) for n, draft in enumerate(self._drafts, 1))

    def _get_number(self, key: str, run: Run, role: LinkRole, *, gap: str | None = None) -> int:
        """Return the number of a URL. `gap` is the text between two adjacent anchors with this URL."""
        number = self._numbers.get(key)
        if number is None:
            self._drafts.append(_LinkDraft(run.text, _clean_url(run.href), role))
            number = self._numbers[key] = len(self._drafts)
            return number
        draft = self._drafts[number - 1]
        if gap is not None:
            draft.text += gap + run.text
        elif not draft.text.strip():
            draft.text += run.text
        if role is LinkRole.READ_MORE:
            draft.role = role  # the same URL cited inline before its read-more line
        return number


def _start_call(draft: _LinkDraft, words: str, role: LinkRole) -> None:
    """Reset the texts of a link, because the last call for a link decides its kind."""
    if role is LinkRole.READ_MORE:
        draft.text_before = words
        draft.source_text = ""


_SOURCE_AFTER_LINK = re.compile(r"^\s*\([^()]{1,80}\)")


def _take_source(draft: _LinkDraft, words: str) -> str:
    """Move the parenthesis after a link into its source text. Return the rest of the text."""
    source = _SOURCE_AFTER_LINK.match(words)
    if source is None:
        return words
    draft.source_text += source[0]
    return words[source.end() :]


def _unwrap_link(run: Run) -> Run:
    """Return the run with the URL inside its redirect wrapper. A mail's tracking pixel or live link has none."""
    if run.href is None or (inner := unwrap_url(run.href)) == run.href:
        return run
    return Run(run.text, run.bold, run.italic, run.code, inner)


def _get_link_key(href: str | None) -> str | None:
    """Return the normalised URL, which is equal for anchors of one link; None for no URL."""
    if not href or href.startswith("#"):
        return None
    bare, _, fragment = href.partition("#")
    return normalise_url(bare.strip()) + ("#" + fragment if fragment.strip("/") else "")


_MAX_HREF_LENGTH = 10 * MAX_URL_LENGTH
"""Characters. Trackers are a part of them; a longer URL is not worth cleaning."""


def _clean_url(href: str | None) -> str | None:
    """Return the URL to store: cleaned, without trackers, http or https; None if it is invalid or too long."""
    if len(href or "") > _MAX_HREF_LENGTH:
        return None
    url = clean_line(href or "").replace(" ", "%20")
    url = strip_tracking(url) if url.lower().startswith(("http://", "https://")) else ""
    return url if 0 < len(url) <= MAX_URL_LENGTH else None


def _make_link(n: int, draft: _LinkDraft) -> Link:
    text = " ".join(draft.text.split()) or (get_host(draft.url) or "link")
    kind = classify_link(draft.url, " ".join(draft.source_text.split()) or text, draft.text_before)
    cross = kind is LinkKind.ISSUE and draft.role is LinkRole.INLINE
    role = LinkRole.CROSS_REFERENCE if cross else draft.role
    work = None if is_file_name_link(draft.url, text) else get_work_id(draft.url)
    return Link(n, text, draft.url, kind, get_host(draft.url), role, work)


def _merge_spans(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last and last.style == span.style:
            merged[-1] = Span(last.text + span.text, span.bold, span.italic, span.code, span.link)
        else:
            merged.append(span)
    return merged


_MENTION = re.compile(
    r"(?i)\bimport\s?ai\b\s*:?\s*,?\s*(?:(?:issue|number|no\.?)\s*)?#?\s?(\d{1,3})(?!\d|[.,]\d|%|\s*(?:years|researchers))"
    r"((?:\s*(?:,|and|&|/)\s*#?\d{1,3}(?![\d%]|\s+\w+s\b))*)"
)
_NUMBER_SIGN = re.compile(r"#(\d{1,3})\b")
_BRACKETED_NUMBERS = re.compile(r"(?i)\((?:(?:see|in|from|also)\s+){0,2}(#\d{2,3}(?:\s*(?:,|;|and|&)\s*#\d{2,3})*)\)")
"""Mentions without the newsletter's name: "(#448)". Other numbers with a sign are no issues: "PR #287"."""


def find_cross_references(text: str, links: tuple[Link, ...], own_number: int | None) -> tuple[CrossReference, ...]:
    """Return the issues that a story mentions, each once, in order of appearance.

    Mentions are found in the text and in the texts and URLs of links. `own_number` is the issue's own number, which is
    no reference.
    """
    found: dict[int, CrossReference] = {}
    for link in links:
        if link.kind is LinkKind.ISSUE and (number := _get_issue_number(link)) is not None:
            found.setdefault(number, CrossReference(number, link.text, link.n))
    # A plain search first, because it is sixteen times as fast and most stories mention no issue.
    lower = text.casefold()
    for match in _MENTION.finditer(text) if "import ai" in lower or "importai" in lower else ():
        words = " ".join(match[0].split())
        for digits in (match[1], *re.findall(r"\d+", match[2])):
            found.setdefault(
                int(digits), CrossReference(int(digits), words if digits in match[1] else f"Import AI {digits}")
            )
    for match in _BRACKETED_NUMBERS.finditer(text) if "(" in text and "#" in text else ():
        for digits in re.findall(r"\d+", match[1]):
            if own_number is None or int(digits) < own_number:
                found.setdefault(int(digits), CrossReference(int(digits), f"#{digits}"))
    found.pop(own_number or 0, None)
    found.pop(0, None)
    return tuple(sorted(found.values(), key=lambda reference: _find_position(text, reference)))


def _get_issue_number(link: Link) -> int | None:
    """Return the issue number in a link's text, else in the slug of its URL."""
    mention = _NUMBER_SIGN.search(link.text) or _MENTION.search(link.text)
    return int(mention[1]) if mention else find_issue_number((link.url or "").rstrip("/").rpartition("/")[2])


def _find_position(text: str, reference: CrossReference) -> int:
    at = text.find(reference.text)
    return at if at >= 0 else len(text)
