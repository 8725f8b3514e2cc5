"""What is of the newsletter's letterhead and not of the issue: the welcome, buttons, thanks, the page around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from importai_tui.parse.lines import Line, LineKind, cut, joined

_WHOLE_LINE = re.compile(
    r"(?i)^(?:thanks for reading[!.]*|thanks for reading import ai!? subscribe.*|get more from import ai.*"
    r"|subscribe(?: now)?[.!]?|share(?: this post| import ai)?|leave a comment|sign up|unsubscribe"
    r"|manage (?:your )?subscription|read in app|view in browser|view this (?:post|email) (?:on|in) .*"
    r"|like this:|loading(?:…|\.\.\.)|unsubscribe https?:.*)$"
)
_WELCOME = re.compile(r"(?i)^\s*welcome to (?:the )?import\s*ai\b")
_GREETING = re.compile(r"(?i)^\s*welcome to [^.,:]{1,40}[,:] (?:a|the|your)\b[^.]{0,80}\bnewsletter\b")
"""The same of a sister publication; it is dropped alike, but is no sign of this newsletter."""
_WELCOME_END = re.compile(
    # The last sentence of the welcome is the one that asks for subscribers, wherever its link begins and ends.
    r"(?i)(?:please\s+subscribe(?:\s+here)?|subscribe\s+here|sign\s+up\s+here)\s*[.!]?(?:\s*thanks for reading[.!]*)?"
)
_FOOT = re.compile(
    r"(?i)^(?:share this:|like this:|related|published:|filed under:|leave a reply|cancel reply|« previous post)$"
)
_HEAD_ROWS = 12
"""Lines in which the head of a page ends; the longest of the corpus has three, and then the welcome."""
_HEAD = re.compile(r"(?i)^(?:import ai|by|jack clark|skip to (?:main )?content|menu|home|search)$")


@dataclass(frozen=True, slots=True)
class Stripped:
    """The lines of the issue alone, in order, and the text of what was taken away."""

    kept: tuple[Line, ...]
    dropped: tuple[str, ...]


def without_boilerplate(lines: Iterable[Line], title: str | None = None) -> Stripped:
    """Tell the issue from its letterhead. `title` is the page's own, which a copy may repeat at its head."""
    every = list(lines)
    start, end = _post_of_page(every, title)
    dropped = [line.text for line in every[:start]]
    kept: list[Line] = []
    for line in every[start:end]:
        rest = None if _is_furniture(line) else _without_welcome(line)
        if rest is not line:
            dropped.append(line.text.removesuffix(rest.text).strip() if rest else line.text)
        if rest is not None:
            kept.append(rest)
    return Stripped(tuple(kept), (*dropped, *(line.text for line in every[end:])))


def is_welcome(line: Line) -> bool:
    """Whether a line is the newsletter's greeting."""
    return bool(_WELCOME.match(line.text))


def _is_furniture(line: Line) -> bool:
    return line.kind is LineKind.TEXT and bool(_WHOLE_LINE.match(line.text))


def _without_welcome(line: Line) -> Line | None:
    """The line without the welcome; what the author adds to it in the same paragraph is kept."""
    if not (is_welcome(line) or _GREETING.match(line.text)):
        return line
    whole = joined(line.runs)
    end = _WELCOME_END.search(whole)
    stop = end.end() if end else _first_sentence(whole)
    rest = cut(line.runs, stop)
    return line.with_runs(rest) if joined(rest).strip(" .!") else None


def _first_sentence(text: str) -> int:
    match = re.search(r"[.!?](?=\s|$)", text)
    return match.end() if match else len(text)


def _post_of_page(lines: list[Line], title: str | None) -> tuple[int, int]:
    """Copies of a web page carry its head before the welcome and its foot after the thanks: where both end."""
    start = next((i for i, line in enumerate(lines[:_HEAD_ROWS]) if is_welcome(line)), 0)
    while start < len(lines) and _heads_page(lines[start], title):
        start += 1
    for end in range(len(lines) * 2 // 3, len(lines)):
        if _FOOT.match(lines[end].text):
            return start, end
    return start, len(lines)


def _heads_page(line: Line, title: str | None) -> bool:
    return line.text == title or bool(_HEAD.match(line.text))
