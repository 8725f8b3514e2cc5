"""The links of one story, numbered as a reader meets them, and its mentions of other issues."""

from __future__ import annotations

import re
from dataclasses import dataclass

from importai_tui.links.classify import classify_link
from importai_tui.links.urls import (
    MAX_URL_LENGTH,
    find_issue_number,
    get_host,
    is_file_name_link,
    normalise_url,
    strip_tracking,
    unwrap_url,
)
from importai_tui.links.work_ids import get_work_id
from importai_tui.model import CrossReference, Link, LinkKind, LinkRole, Span
from importai_tui.parse.clean import clean_line
from importai_tui.parse.lines import Run


@dataclass(slots=True)
class _LinkDraft:
    """A link as it is read. `said` are the words around it that tell its kind: the call before it and its own words,
    with the parenthesis behind it; of the read-more line where it stands in one.
    """

    text: str
    url: str | None
    role: LinkRole
    text_before: str = ""
    source_text: str = ""


class StoryLinks:
    """Gives each address of a story one number. Neighbouring anchors with one address are one link."""

    def __init__(self) -> None:
        self._drafts: list[_LinkDraft] = []
        self._numbers: dict[str, int] = {}

    def add_runs(self, runs: tuple[Run, ...], role: LinkRole) -> tuple[Span, ...]:
        """Runs as spans that carry link numbers. White space at an anchor's ends is not underlined."""
        if not any(run.href for run in runs):  # three lines in four
            return tuple(_merge_spans([Span(run.text, run.bold, run.italic, run.code) for run in runs]))
        spans: list[Span] = []
        last_href: str | None = None
        last: _LinkDraft | None = None
        words = ""  # those since the last link
        for run in map(_unwrap_link, runs):
            identity = _get_link_key(run.href)
            if identity is None:
                spans.append(Span(run.text, run.bold, run.italic, run.code))
                last_href = last_href if not run.text.strip() else None
                words += run.text
                continue
            if last and last_href != identity:
                words = _take_source(last, words)
            body = run.text.strip()
            before = run.text[: len(run.text) - len(run.text.lstrip())] if body else run.text
            after = run.text[len(before) + len(body) :] if body else ""
            continued = identity == last_href
            number = self._get_number(identity, run, role, gap=words if continued else None)
            last = self._drafts[number - 1]
            if not continued:
                _start_call(last, words, role)
            if continued or not last.source_text:
                last.source_text += words * continued + run.text
            words, last_href = "", identity
            for text, link in ((before, 0), (body, number), (after, 0)):
                if text:
                    spans.append(Span(text, run.bold, run.italic, run.code, link))
        if last:
            _take_source(last, words)
        return tuple(_merge_spans(spans))

    def add_citation(self, text: str, text_before: str = "") -> int:
        """The number of a cited work whose address the copy lost; `before` are the words of its line before it."""
        self._drafts.append(_LinkDraft(text, None, LinkRole.READ_MORE, text_before, text))
        return len(self._drafts)

    def add_url(self, href: str, text: str) -> int:
        """The number of an address that stands behind a figure."""
        run = _unwrap_link(Run(text, href=href))
        identity = _get_link_key(run.href)
        return self._get_number(identity, run, LinkRole.INLINE) if identity else 0

    def to_links(self) -> tuple[Link, ...]:
        """Every link, in order of appearance."""
        return tuple(_make_link(n, found) for n, found in enumerate(self._drafts, 1))

    def _get_number(self, identity: str, run: Run, role: LinkRole, *, gap: str | None = None) -> int:
        """The number of an address. `gap` is what stands between it and the same address before it in the line."""
        number = self._numbers.get(identity)
        if number is None:
            self._drafts.append(_LinkDraft(run.text, _clean_url(run.href), role))
            number = self._numbers[identity] = len(self._drafts)
            return number
        found = self._drafts[number - 1]
        if gap is not None:
            found.text += gap + run.text
        elif not found.text.strip():
            found.text += run.text
        if role is LinkRole.READ_MORE:
            found.role = role  # the same address cited inline before its read-more line
        return number


def _start_call(draft: _LinkDraft, words: str, role: LinkRole) -> None:
    """Begins what is said of a link anew: the last line to call for it tells its kind."""
    if role is LinkRole.READ_MORE:
        draft.text_before = words
        draft.source_text = ""


_SOURCE_AFTER_LINK = re.compile(r"^\s*\([^()]{1,80}\)")


def _take_source(draft: _LinkDraft, words: str) -> str:
    """The words behind a link without its source, which counts as if it stood within the link."""
    source = _SOURCE_AFTER_LINK.match(words)
    if source is None:
        return words
    draft.source_text += source[0]
    return words[source.end() :]


def _unwrap_link(run: Run) -> Run:
    """The run with the address inside its wrapper; a tracking pixel or a live link of a mail is none."""
    if run.href is None or (inner := unwrap_url(run.href)) == run.href:
        return run
    return Run(run.text, run.bold, run.italic, run.code, inner)


def _get_link_key(href: str | None) -> str | None:
    """What makes two anchors one link: the address, trackers and case of the host set aside."""
    if not href or href.startswith("#"):
        return None
    bare, _, fragment = href.partition("#")
    return normalise_url(bare.strip()) + ("#" + fragment if fragment.strip("/") else "")


_MAX_HREF_LENGTH = 10 * MAX_URL_LENGTH
"""Characters. Trackers take up some of an address; one that is longer even so is not worth cleaning."""


def _clean_url(href: str | None) -> str | None:
    """The address as it is kept: cleaned, without trackers, http or https only, and no longer than can be opened."""
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
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and last.style == span.style:
            joined[-1] = Span(last.text + span.text, span.bold, span.italic, span.code, span.link)
        else:
            joined.append(span)
    return joined


_MENTION = re.compile(
    r"(?i)\bimport\s?ai\b\s*:?\s*,?\s*(?:(?:issue|number|no\.?)\s*)?#?\s?(\d{1,3})(?!\d|[.,]\d|%|\s*(?:years|researchers))"
    r"((?:\s*(?:,|and|&|/)\s*#?\d{1,3}(?![\d%]|\s+\w+s\b))*)"
)
_NUMBER_SIGN = re.compile(r"#(\d{1,3})\b")


def find_cross_references(text: str, links: tuple[Link, ...], own_number: int | None) -> tuple[CrossReference, ...]:
    """The issues a story mentions, each once, in order: by words anywhere, by the words and address of a link.

    `own` is the number of the issue itself, which is no reference.
    """
    found: dict[int, CrossReference] = {}
    for link in links:
        if link.kind is LinkKind.ISSUE and (number := _get_issue_number(link)) is not None:
            found.setdefault(number, CrossReference(number, link.text, link.n))
    # The plain search first: it is sixteen times as fast, and most stories name no issue.
    folded = text.casefold()
    for match in _MENTION.finditer(text) if "import ai" in folded or "importai" in folded else ():
        words = " ".join(match[0].split())
        for digits in (match[1], *re.findall(r"\d+", match[2])):
            found.setdefault(
                int(digits), CrossReference(int(digits), words if digits in match[1] else f"Import AI {digits}")
            )
    found.pop(own_number or 0, None)
    found.pop(0, None)
    return tuple(sorted(found.values(), key=lambda reference: _find_position(text, reference)))


def _get_issue_number(link: Link) -> int | None:
    """The issue that a link means: its words say so first, then the slug of its address."""
    said = _NUMBER_SIGN.search(link.text) or _MENTION.search(link.text)
    return int(said[1]) if said else find_issue_number((link.url or "").rstrip("/").rpartition("/")[2])


def _find_position(text: str, reference: CrossReference) -> int:
    at = text.find(reference.text)
    return at if at >= 0 else len(text)
