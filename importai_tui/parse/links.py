"""The links of one story, numbered as a reader meets them, and its mentions of other issues."""

from __future__ import annotations

import re
from dataclasses import dataclass

from importai_tui.links.classify import kind_of
from importai_tui.links.urls import LONGEST_ADDRESS, host_of, is_junk, issue_number, tidy, untracked, unwrapped
from importai_tui.links.work_ids import work_id
from importai_tui.model import CrossReference, Link, LinkKind, LinkRole, Span
from importai_tui.parse.clean import clean_line
from importai_tui.parse.lines import Run


@dataclass(slots=True)
class _Found:
    """A link as it is read. `said` are the words around it that tell its kind: the call before it and its own words,
    with the parenthesis behind it; of the read-more line where it stands in one.
    """

    text: str
    url: str | None
    role: LinkRole
    before: str = ""
    cited: str = ""


class LinkList:
    """Gives each address of a story one number. Neighbouring anchors with one address are one link."""

    def __init__(self) -> None:
        self._found: list[_Found] = []
        self._numbers: dict[str, int] = {}

    def spans(self, runs: tuple[Run, ...], role: LinkRole) -> tuple[Span, ...]:
        """Runs as spans that carry link numbers. White space at an anchor's ends is not underlined."""
        if not any(run.href for run in runs):  # three lines in four
            return tuple(_joined([Span(run.text, run.bold, run.italic, run.code) for run in runs]))
        spans: list[Span] = []
        last_href: str | None = None
        last: _Found | None = None
        words = ""  # those since the last link
        for run in map(_opened, runs):
            identity = _identity(run.href)
            if identity is None:
                spans.append(Span(run.text, run.bold, run.italic, run.code))
                last_href = last_href if not run.text.strip() else None
                words += run.text
                continue
            if last and last_href != identity:
                words = _note_source(last, words)
            body = run.text.strip()
            before = run.text[: len(run.text) - len(run.text.lstrip())] if body else run.text
            after = run.text[len(before) + len(body) :] if body else ""
            continued = identity == last_href
            number = self._number(identity, run, role, gap=words if continued else None)
            last = self._found[number - 1]
            if not continued:
                _note_call(last, words, role)
            if continued or not last.cited:
                last.cited += words * continued + run.text
            words, last_href = "", identity
            for text, link in ((before, 0), (body, number), (after, 0)):
                if text:
                    spans.append(Span(text, run.bold, run.italic, run.code, link))
        if last:
            _note_source(last, words)
        return tuple(_joined(spans))

    def citation(self, text: str, before: str = "") -> int:
        """The number of a cited work whose address the copy lost; `before` are the words of its line before it."""
        self._found.append(_Found(text, None, LinkRole.READ_MORE, before, text))
        return len(self._found)

    def address(self, href: str, text: str) -> int:
        """The number of an address that stands behind a figure."""
        run = _opened(Run(text, href=href))
        identity = _identity(run.href)
        return self._number(identity, run, LinkRole.INLINE) if identity else 0

    def links(self) -> tuple[Link, ...]:
        """Every link, in order of appearance."""
        return tuple(_link(n, found) for n, found in enumerate(self._found, 1))

    def _number(self, identity: str, run: Run, role: LinkRole, *, gap: str | None = None) -> int:
        """The number of an address. `gap` is what stands between it and the same address before it in the line."""
        number = self._numbers.get(identity)
        if number is None:
            self._found.append(_Found(run.text, _web_address(run.href), role))
            number = self._numbers[identity] = len(self._found)
            return number
        found = self._found[number - 1]
        if gap is not None:
            found.text += gap + run.text
        elif not found.text.strip():
            found.text += run.text
        if role is LinkRole.READ_MORE:
            found.role = role  # the same address cited inline before its read-more line
        return number


def _note_call(found: _Found, words: str, role: LinkRole) -> None:
    """Begins what is said of a link anew: the last line to call for it tells its kind."""
    if role is LinkRole.READ_MORE:
        found.before = words
        found.cited = ""


_SOURCE_BEHIND = re.compile(r"^\s*\([^()]{1,80}\)")


def _note_source(found: _Found, words: str) -> str:
    """The words behind a link without its source, which counts as if it stood within the link."""
    source = _SOURCE_BEHIND.match(words)
    if source is None:
        return words
    found.cited += source[0]
    return words[source.end() :]


def _opened(run: Run) -> Run:
    """The run with the address inside its wrapper; a tracking pixel or a live link of a mail is none."""
    if run.href is None or (inner := unwrapped(run.href)) == run.href:
        return run
    return Run(run.text, run.bold, run.italic, run.code, inner)


def _identity(href: str | None) -> str | None:
    """What makes two anchors one link: the address, trackers and case of the host set aside."""
    if not href or href.startswith("#"):
        return None
    bare, _, fragment = href.partition("#")
    return tidy(bare.strip()) + ("#" + fragment if fragment.strip("/") else "")


_LONGEST_HREF = 10 * LONGEST_ADDRESS
"""Characters. Trackers take up some of an address; one that is longer even so is not worth cleaning."""


def _web_address(href: str | None) -> str | None:
    """The address as it is kept: cleaned, without trackers, http or https only, and no longer than can be opened."""
    if len(href or "") > _LONGEST_HREF:
        return None
    url = clean_line(href or "").replace(" ", "%20")
    url = untracked(url) if url.lower().startswith(("http://", "https://")) else ""
    return url if 0 < len(url) <= LONGEST_ADDRESS else None


def _link(n: int, found: _Found) -> Link:
    text = " ".join(found.text.split()) or (host_of(found.url) or "link")
    kind = kind_of(found.url, " ".join(found.cited.split()) or text, found.before)
    cross = kind is LinkKind.ISSUE and found.role is LinkRole.INLINE
    role = LinkRole.CROSS_REFERENCE if cross else found.role
    work = None if is_junk(found.url, text) else work_id(found.url)
    return Link(n, text, found.url, kind, host_of(found.url), role, work)


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and last.look == span.look:
            joined[-1] = Span(last.text + span.text, span.bold, span.italic, span.code, span.link)
        else:
            joined.append(span)
    return joined


_MENTION = re.compile(
    r"(?i)\bimport\s?ai\b\s*:?\s*,?\s*(?:(?:issue|number|no\.?)\s*)?#?\s?(\d{1,3})(?!\d|[.,]\d|%|\s*(?:years|researchers))"
    r"((?:\s*(?:,|and|&|/)\s*#?\d{1,3}(?![\d%]|\s+\w+s\b))*)"
)
_NUMBER_SIGN = re.compile(r"#(\d{1,3})\b")


def cross_references(text: str, links: tuple[Link, ...], own: int | None) -> tuple[CrossReference, ...]:
    """The issues a story mentions, each once, in order: by words anywhere, by the words and address of a link.

    `own` is the number of the issue itself, which is no reference.
    """
    found: dict[int, CrossReference] = {}
    for link in links:
        if link.kind is LinkKind.ISSUE and (number := _number_of(link)) is not None:
            found.setdefault(number, CrossReference(number, link.text, link.n))
    # The plain search first: it is sixteen times as fast, and most stories name no issue.
    folded = text.casefold()
    for match in _MENTION.finditer(text) if "import ai" in folded or "importai" in folded else ():
        words = " ".join(match[0].split())
        for digits in (match[1], *re.findall(r"\d+", match[2])):
            found.setdefault(
                int(digits), CrossReference(int(digits), words if digits in match[1] else f"Import AI {digits}")
            )
    found.pop(own or 0, None)
    found.pop(0, None)
    return tuple(sorted(found.values(), key=lambda reference: _place(text, reference)))


def _number_of(link: Link) -> int | None:
    """The issue that a link means: its words say so first, then the slug of its address."""
    said = _NUMBER_SIGN.search(link.text) or _MENTION.search(link.text)
    return int(said[1]) if said else issue_number((link.url or "").rstrip("/").rpartition("/")[2])


def _place(text: str, reference: CrossReference) -> int:
    at = text.find(reference.text)
    return at if at >= 0 else len(text)
