"""Recognises headlines, taglines, labels, separators and boilerplate. Each rule is a predicate over lines.

Boilerplate is the newsletter's letterhead: the welcome, buttons, thanks, and the page around a post.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from importai_tui.links.call_verbs import VERB_WITHOUT_LINK
from importai_tui.parse.lines import Line, LineKind, Run, bold_prefix_length, join_text, normalise_runs, slice_runs

MAX_HEADLINE_LENGTH = 250
"""Characters; the longest of the corpus has 123."""
MAX_INLINE_SEPARATORS = 100
"""Separators inside one line. An issue that lost all its line breaks has some ten."""
MAX_TAGLINE_LENGTH = 420
"""Characters; the longest of the corpus has 171."""

_SEPARATOR = re.compile(r"^(?:(?:\*\s*){3,}|#{4,}|(?:\$\s*){3,}|(?:[-–—_=]\s*){5,})$")
_INLINE_SEPARATOR = re.compile(r"#{10,}|^\*\s?\*\s?\*(?=\s*[^*\s])")
_ELLIPSIS = r"(?:…|\.\.\.?)"
_STARTS_WITH_ELLIPSIS = re.compile(rf"^(?:{_ELLIPSIS}|\.,|\.(?=[^\W\d_][^\n]*{_ELLIPSIS}[\"”’'!?.)\s]*$))")
"""An ellipsis, or one that lost its dots: ".Emergent behaviour!…"."""
_TAGLINE_END = re.compile(rf"{_ELLIPSIS}[\s\"”’'!?.)\]]*$|[\"”’'!?]{_ELLIPSIS}?$")
_INLINE_TAGLINE = re.compile(
    rf"^({_ELLIPSIS}[^…]{{3,{MAX_TAGLINE_LENGTH}}}?{_ELLIPSIS}[\"”’'!?]*)\s*(?=[A-Z0-9“\"‘'(])(.{{40,}})$", re.S
)
_INLINE_HEADLINE = re.compile(
    rf"^([^…\n]{{5,{MAX_HEADLINE_LENGTH}}}?[:?!])\s*{_ELLIPSIS}[^…]{{3,{MAX_TAGLINE_LENGTH}}}?(?:…|\.\.\.)", re.S
)
TALES_LABEL = re.compile(r"(?i)^tech\s*-?\s*tales?\s*(?:[:–—-]\s*(?P<title>.*))?$", re.S)
IDEA_LABEL = re.compile(r"(?i)^import a-?idea\s*:?$")
SERIES_LABEL = re.compile(r"(?i)^(?:an?|the) (?:occasional|regular|new)\b.{0,60}\bseries\s*:?$")
PREAMBLE_LABEL = re.compile(r"(?i)^(?:preamble|foreword|preface)\s*:?$")
INSPIRATIONS_LABEL = re.compile(
    r"(?i)^\W*(?:things|tech(?:nology|nologies)?|ideas|papers|research) (?:that|which) (?:have )?inspired this\b"
)
_NAMED_SECTION = (
    r"(?:(?:\w+(?: ai)? )?bits\s*(?:&|and)\s*pieces|ai (?:policy|safety|ethics)\b.{0,20}\b(?:with|from|by) .{3,60}"
    r"|(?:monthly|our) sponsors?|sponsored (?:job|post|section)s?|import ai jobs?"
    r"|(?:import ai )?jobs? (?:ads?|alerts?|board|corner|postings?)|guest (?:post|section))"
)
_ITEM_SECTION = rf"(?:{_NAMED_SECTION}|sponsors?|sponsored|jobs?)"
ITEM_SECTION_LABEL = re.compile(rf"(?i)^{_ITEM_SECTION}\s*:?$")
"""A section of several items. Those of 2017 to 2022 start without a separator."""
NAMED_SECTION_LABEL = re.compile(rf"(?i)^{_NAMED_SECTION}\s*:?$")
"""A section whose name is no ordinary word, as "Jobs" is, with which a paragraph may start."""
NAMED_SECTION_START = re.compile(rf"(?i)^{_NAMED_SECTION}\s*:\s*\S")
"""The name of such a section with text after it on the same line."""
SPECIAL_SECTION_LABEL = re.compile(r"(?i)^special section\b")
"""The headline of a story that introduces items."""
SECTION_LABEL = re.compile(rf"(?i)^(?:{_ITEM_SECTION}|double feature\b.*)\s*:?$")
_PART_LABEL = re.compile(
    rf"(?i)^\W*(?:why\b.*\bmatters?\b|(?:things|technologies) (?:that|which)\b|{VERB_WITHOUT_LINK}\b)"
)
_HEADLINE_END = re.compile(r"[:?!.\"”’)]$")


def is_separator(line: Line) -> bool:
    """Return True for `***`, a long run of `#`, or a rule."""
    return line.kind is LineKind.RULE or (line.kind is LineKind.TEXT and bool(_SEPARATOR.match(line.text)))


def starts_like_tagline(line: Line) -> bool:
    """Return True if a line starts with an ellipsis, so that it may be or contain a tagline."""
    return line.kind is LineKind.TEXT and bool(_STARTS_WITH_ELLIPSIS.match(line.text))


def is_tagline(line: Line) -> bool:
    """Return True for `…an italic remark between ellipses…`. The final ellipsis or the italics may be missing."""
    if not starts_like_tagline(line) or len(line.text) > MAX_TAGLINE_LENGTH:
        return False
    if not any(character.isalnum() for character in line.text):
        return False
    return line.is_italic or bool(_TAGLINE_END.search(line.text)) or len(line.text) < MAX_HEADLINE_LENGTH


def split_tagline(line: Line) -> tuple[Line, Line] | None:
    """Split a line into tagline and body. Return None if the line has only one of them."""
    if not starts_like_tagline(line) or len(line.text.strip(" .…")) < 2:
        return None
    text = join_text(line.runs)
    end = 0
    for run in line.runs:
        if not run.italic and run.text.strip():
            break
        end += len(run.text)
    if not (0 < end < len(text.rstrip())) or len(text) - end < 2:
        match = _INLINE_TAGLINE.match(text)
        if match is None or _TAGLINE_END.search(match[2][-8:]):
            return None
        end = match.end(1)
    return line.with_runs(slice_runs(line.runs, 0, end)), line.with_runs(slice_runs(line.runs, end), gap=True)


def split_headline(line: Line, *, after_separator: bool) -> tuple[Line, Line] | None:
    """Split a line into the headline and the rest, which starts with a tagline. Return None if it has no such pair.

    Bold text before an ellipsis is enough. Plain text needs a separator before the line and a closed tagline.
    """
    if line.kind is not LineKind.TEXT or not ("…" in line.text or ".." in line.text):
        return None
    text = join_text(line.runs)
    lead = bold_prefix_length(line.runs)
    if not lead and after_separator and (match := _INLINE_HEADLINE.match(text)):
        lead = match.end(1)
    start = lead + len(text[lead:]) - len(text[lead:].lstrip(" :"))
    if not 0 < lead <= MAX_HEADLINE_LENGTH or not _STARTS_WITH_ELLIPSIS.match(text[start:]):
        return None
    return line.with_runs(slice_runs(line.runs, 0, lead)), line.with_runs(slice_runs(line.runs, start), gap=False)


def looks_like_headline(line: Line) -> bool:
    """Return True for short prose that is no tagline, separator or dateline."""
    return (
        line.kind in (LineKind.TEXT, LineKind.HEADING)
        and 0 < len(line.text) <= MAX_HEADLINE_LENGTH
        and not starts_like_tagline(line)
        and not is_separator(line)
        and not line.text.startswith(("[", "- ", "– ", "•"))
        and any(character.isalnum() for character in line.text)
    )


def is_bold_or_heading(line: Line) -> bool:
    """Return True if all text is bold, or the markup makes the line a heading."""
    return line.is_bold or line.kind is LineKind.HEADING


def ends_like_headline(line: Line) -> bool:
    """Return True if the last character is one that ends headlines of the newsletter."""
    return bool(_HEADLINE_END.search(line.text))


def is_part_label(text: str) -> bool:
    """Return True for the label of a part of a story: "Why this matters", "Read more", "Things that inspired…"."""
    return bool(_PART_LABEL.match(text))


def is_dateline(line: Line) -> bool:
    """Return True for `[California, 2040.]` on its own line. A linked line refers to something and is no dateline."""
    text = line.text.rstrip(" .")
    return text.startswith("[") and text.endswith("]") and len(text) > 2 and not line.has_link


def is_tales_label(line: Line) -> bool:
    """Return True for `Tech Tales:` in any style, on its own line or before the title of the tale."""
    match = TALES_LABEL.match(line.text) if line.kind in (LineKind.TEXT, LineKind.HEADING) else None
    return match is not None and len(line.text) < 150


def strip_headline_colon(text: str) -> str:
    """Return a headline without the colon at its end."""
    text = " ".join(text.split())
    return text[:-1].rstrip() if text.endswith(":") else text


def split_at_separators(line: Line) -> list[Line]:
    """Split a line at separators that stand inside its text."""
    if line.kind is not LineKind.TEXT or not ("####" in line.text or line.text.startswith("*")):
        return [line]
    if _SEPARATOR.match(line.text):
        return [line]
    text = join_text(line.runs)
    parts: list[Line] = []
    at = 0
    for match in islice(_INLINE_SEPARATOR.finditer(text), MAX_INLINE_SEPARATORS):
        parts.append(line.with_runs(slice_runs(line.runs, at, match.start())))
        parts.append(Line((Run(match[0].strip()),)))
        at = match.end()
    if not parts:
        return [line]
    parts.append(Line(normalise_runs(slice_runs(line.runs, at))))
    return [part for part in parts if part.text]


_BOILERPLATE_LINE = re.compile(
    r"(?i)^(?:thanks for reading[!.]*(?:\s*if you have (?:any )?(?:suggestions|comments|thoughts|questions).*)?"
    r"|if you have (?:any )?suggestions, comments,? or other thoughts,? you can reach me\b.*"
    r"|thanks for reading import ai!? subscribe.*|get more from import ai.*"
    r"|subscribe(?: now)?[.!]?|share(?: this post| import ai)?|leave a comment|sign up|unsubscribe"
    r"|manage (?:your )?subscription|read in app|view in browser|view this (?:post|email) (?:on|in) .*"
    r"|like this:|loading(?:…|\.\.\.)|unsubscribe https?:.*"
    r"|(?:the issues are free|paid subscribers|founding members)\b.*)$"
)
_GLUED_BUTTON = re.compile(r"^(?:Subscribe(?: now)?|Share)\s+(?=[A-Z“\"])")
"""The text of a button before a headline, in copies of Substack's page."""
_WELCOME = re.compile(r"(?i)^\s*welcome to (?:the )?import\s*ai\b")
_GREETING = re.compile(r"(?i)^\s*welcome to [^.,:]{1,40}[,:] (?:a|the|your)\b[^.]{0,80}\bnewsletter\b")
"""The welcome of a sister publication. It is dropped too, but does not identify this newsletter."""
_WELCOME_END = re.compile(
    # The welcome ends with the sentence that asks for subscribers.
    r"(?i)(?:please\s+subscribe(?:\s+here)?|subscribe\s+here|sign\s+up\s+here)\s*[.!]?(?:\s*thanks for reading[.!]*)?"
)
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s()<>]+")
"""The address after "subscribe here", in plain text."""
_PAGE_FOOT = re.compile(
    r"(?i)^(?:share this:|like this:|related|published:|filed under:|leave a reply|cancel reply|« previous post"
    r"|(?:published|posted)\b.{0,40}\bby jack clark|view all posts by jack clark|posted in \w+"
    r"|copyright ©.{0,80}\ball rights reserved\b.*|you are receiving this email because\b.*|our mailing address is:?)$"
)
_FOOT_RULE = re.compile(r"^={20,}$")
_MAX_PAGE_HEAD_LINES = 12
"""Lines of a page's head before the welcome. The longest head of the corpus has three."""
_MAX_WELCOME_LINES = 5
"""Lines over which a welcome may be wrapped."""
_PAGE_HEAD = re.compile(r"(?i)^(?:import ai|by|(?:by )?jack clark|skip to (?:main )?content|menu|home|search)$")


@dataclass(frozen=True, slots=True)
class Stripped:
    """The lines of an issue without boilerplate, and the text of the dropped lines."""

    lines: tuple[Line, ...]
    dropped: tuple[str, ...]


def strip_boilerplate(lines: Iterable[Line], title: str | None = None) -> Stripped:
    """Remove boilerplate. `title` is the page's title, which a copy may repeat at its head."""
    all_lines = _join_welcome(list(lines))
    start, end = _find_post_range(all_lines, title)
    dropped = [line.text for line in all_lines[:start]]
    remaining: list[Line] = []
    for line in all_lines[start:end]:
        rest = None if _is_boilerplate(line) else _strip_button(_strip_welcome(line))
        if rest is not line:
            dropped.append(line.text.removesuffix(rest.text).strip() if rest is not None else line.text)
        if rest is not None:
            remaining.append(rest)
    return Stripped(tuple(remaining), (*dropped, *(line.text for line in all_lines[end:])))


def _join_welcome(lines: list[Line]) -> list[Line]:
    """Return the lines with a welcome that is wrapped over several ones on one line."""
    at = next((at for at, line in enumerate(lines[:_MAX_PAGE_HEAD_LINES]) if is_welcome(line)), len(lines))
    for end in range(at, min(at + _MAX_WELCOME_LINES, len(lines))):
        if end > at and (lines[end].gap or lines[end].kind is not LineKind.TEXT or starts_like_tagline(lines[end])):
            break
        if _WELCOME_END.search(lines[end].text):
            joined = lines[at]
            for line in lines[at + 1 : end + 1]:
                joined = joined.concat(" ", line)
            return [*lines[:at], joined, *lines[end + 1 :]]
    return lines


def is_welcome(line: Line) -> bool:
    """Return True if a line is the newsletter's greeting."""
    return bool(_WELCOME.match(line.text))


def find_head_and_foot(lines: Sequence[Line]) -> tuple[int, int]:
    """Return where the head of a copied page ends at the latest, and where its foot starts: at least the last line."""
    head = range(min(len(lines), _MAX_PAGE_HEAD_LINES))
    start = next((at for at in head if is_welcome(lines[at]) or starts_like_tagline(lines[at])), len(head) // 2)
    for at in range(max(start, len(lines) * 2 // 3), len(lines)):
        if _PAGE_FOOT.match(lines[at].text) or _is_boilerplate(lines[at]):
            return start, at
    return start, max(start, len(lines) - 1)


def _is_boilerplate(line: Line) -> bool:
    return line.kind is LineKind.TEXT and bool(_BOILERPLATE_LINE.match(line.text))


def _strip_welcome(line: Line) -> Line | None:
    """Return the line without the welcome; None if nothing else is in it."""
    if not (is_welcome(line) or _GREETING.match(line.text)):
        return line
    text = join_text(line.runs)
    end = _WELCOME_END.search(text)
    stop = end.end() if end else _find_sentence_end(text)
    rest = line.with_runs(slice_runs(line.runs, stop))
    return rest if _ADDRESS.sub("", rest.text).strip(" .!()<>[]") and not _is_boilerplate(rest) else None


def _strip_button(line: Line | None) -> Line | None:
    """Return the line without the text of a button before it."""
    match = _GLUED_BUTTON.match(line.text) if line is not None and len(line.text) <= MAX_HEADLINE_LENGTH else None
    return line.with_runs(slice_runs(line.runs, match.end())) if line is not None and match else line


def _find_sentence_end(text: str) -> int:
    match = re.search(r"[.!?](?=\s|$)", text)
    return match.end() if match else len(text)


def _find_post_range(lines: list[Line], title: str | None) -> tuple[int, int]:
    """Return where the post starts and ends. Copies of a web page have a head before it and a foot after it."""
    start = next((i for i, line in enumerate(lines[:_MAX_PAGE_HEAD_LINES]) if is_welcome(line)), 0)
    while start < len(lines) and _is_page_head(lines[start], title):
        start += 1
    for end in range(len(lines) * 2 // 3, len(lines)):
        if _PAGE_FOOT.match(lines[end].text):
            # Mailchimp's plain text has a rule and the addresses of other sites before its copyright.
            rules = (at for at in range(max(start, end - 6), end) if _FOOT_RULE.match(lines[at].text))
            return start, next(rules, end)
    return start, len(lines)


def _is_page_head(line: Line, title: str | None) -> bool:
    return line.text == title or bool(_PAGE_HEAD.match(line.text))
