"""Where stories begin. Lines of an issue in, one segment a story out, each with the evidence for its cut.

The newsletter marks a story in several ways at once (a separator, a bold headline, a tagline between ellipses) and
forgets each of them now and then; so each rule below asks for two of them, or for a label. What no rule claims stays
with the story before it: one longer story is better than a wrong cut.

What only a whole issue tells of its pieces: unlabelled fiction, an issue that is one essay, a remark's name.

A story between being cut out and being read: what its head said, and the lines under it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from importai_tui.errors import UnreadableInput
from importai_tui.model import StoryKind
from importai_tui.parse import headings as h
from importai_tui.parse.lines import Line, LineKind, Run


@dataclass(slots=True)
class Segment:
    """A story before its body is read. `evidence` says why it was cut here, for people."""

    kind: StoryKind
    headline: str
    evidence: str
    tagline: str | None = None
    section: str | None = None
    series: str | None = None
    body: list[Line] = field(default_factory=list)

    @property
    def words(self) -> int:
        """Words of the body."""
        return sum(len(line.text.split()) for line in self.body)


_OPENING_WORDS = 150
"""A remark before an issue is shorter; what is longer is the beginning of what follows."""
_ESSAY_WORDS = 1200
"""A piece without tagline and separators that is longer than any story of the corpus is an essay."""


def judged(found: list[Segment], title: str | None) -> list[Segment]:
    """The kinds that only the whole tells: unlabelled fiction, an issue that is one essay, a note's name."""
    for segment in found:
        if segment.kind is StoryKind.STORY and segment.tagline is None and _is_fiction(segment):
            segment.kind, segment.evidence = StoryKind.TECH_TALES, segment.evidence + ", inspirations at its end"
    told = [s for s in found if s.kind in (StoryKind.STORY, StoryKind.ESSAY)]
    if not told and (note := _longest_note(found)) is not None:
        note.kind, note.headline = StoryKind.ESSAY, title or note.headline
        note.evidence = "no story inside: the issue is one essay"
    elif len(told) == 1 and told[0].tagline is None and told[0].words > _ESSAY_WORDS:
        told[0].kind, told[0].evidence = StoryKind.ESSAY, "one long piece without tagline: an essay"
        found = _with_opening(found, told[0], title)
    for segment in found:
        if not segment.headline:
            segment.headline = _opening(segment)
    return [s for s in found if s.headline]


def _with_opening(found: list[Segment], essay: Segment, title: str | None) -> list[Segment]:
    """An essay that begins before its first bold line: that line is a subhead, and the issue's title its headline."""
    before = found[: found.index(essay)]
    if sum(note.words for note in before) < _OPENING_WORDS:
        return found
    subhead = Line((Run(essay.headline, bold=True),))
    essay.body[:0] = [*(line for note in before for line in note.body), subhead]
    essay.headline = title or _opening(essay)
    return found[len(before) :]


def _is_fiction(segment: Segment) -> bool:
    return any(h.INSPIRED.match(line.text) for line in segment.body)


def _longest_note(found: list[Segment]) -> Segment | None:
    notes = [s for s in found if s.kind is StoryKind.NOTE and s.words > _ESSAY_WORDS / 4]
    return max(notes, key=lambda s: s.words) if notes else None


def _opening(segment: Segment) -> str:
    """The first words of a piece that has no headline."""
    words = next((line.text for line in segment.body if line.text), "").split()
    return " ".join(words[:9]) + ("…" if len(words) > 9 else "")


MOST_LINES = 5_000
"""Paragraphs and lines; the longest issue of the corpus has 156."""
MOST_STORIES = 1_000
"""Stories of one issue; the issues of the corpus have 12 at most."""
_SHORT_LABEL = 50
"""Characters of a label that nothing but its colon marks."""
_LONG_LABEL = 90
"""Characters; a section's label is shorter than any paragraph."""


@dataclass(frozen=True, slots=True)
class _Head:
    """The opening of a story: what it says, and how many lines it takes."""

    segment: Segment
    lines: int


def find_stories(lines: Iterable[Line], *, styled: bool = True, title: str | None = None) -> list[Segment]:
    """The segments of an issue, in order; an opening remark without a headline is a `note`.

    Raises UnreadableInput for what has more lines or stories than any issue.
    """
    parts = [part for line in lines for part in h.split_glued(line)]
    if len(parts) > MOST_LINES:
        raise UnreadableInput(f"has more than {MOST_LINES} paragraphs; no issue is so long")
    segments = judged(_Finder(parts, styled=styled).segments(), title)
    if len(segments) > MOST_STORIES:
        raise UnreadableInput(f"has more than {MOST_STORIES} stories; no issue has so many")
    return segments


class _Finder:
    def __init__(self, lines: list[Line], *, styled: bool) -> None:
        self._lines = lines
        self._styled = styled
        self._section: str | None = None
        self._rest: Line | None = None
        """The rest of the line that was split last. It is not split again: that took quadratic time on a long line."""

    def segments(self) -> list[Segment]:
        found: list[Segment] = []
        at, separated = 0, False
        while at < len(self._lines):
            line = self._lines[at]
            if h.is_separator(line):
                separated, self._section = True, None
                at += 1
                continue
            head = self._head(at, first=not any(s.kind is not StoryKind.NOTE for s in found), separated=separated)
            if head is not None:
                head.segment.evidence += ", after a separator" if separated else ""
                self._take_label(found, head.segment)
                found.append(head.segment)
                at += head.lines
            else:
                self._continue(found, line, separated=separated)
                at += 1
            separated = False
        return found

    def _take_label(self, found: list[Segment], segment: Segment) -> None:
        """A plain label right above the first headline ("A lecture:") is its section, and no opening remark."""
        last = found[-1] if found else None
        if last is None or last.kind is not StoryKind.NOTE or last.section or segment.section or not last.body:
            return
        label = last.body[-1].text
        if len(label) <= _SHORT_LABEL and label.endswith(":"):
            segment.section = label.rstrip(" :")
            last.body.pop()
            if not last.body:
                found.pop()

    def _continue(self, found: list[Segment], line: Line, *, separated: bool) -> None:
        """Adds a line to the story before it, with the break that a separator without a headline is."""
        if not found:
            found.append(Segment(StoryKind.NOTE, "", "opening remark"))
        elif separated and found[-1].body:
            found[-1].body.append(Line((), LineKind.RULE))
        found[-1].body.append(line)

    def _at(self, at: int) -> Line | None:
        return self._lines[at] if at < len(self._lines) else None

    def _head(self, at: int, *, first: bool, separated: bool) -> _Head | None:
        line = self._lines[at]
        if h.is_tales_label(line):
            return self._tale(at)
        if h.IDEA.match(line.text):
            return self._essay(at)
        if line is not self._rest and (parts := h.parted_headline(line, separated=separated or first)):
            self._lines[at : at + 1] = parts
            line, self._rest = parts
        if not h.may_head(line):
            return None
        return (
            self._labelled(at)
            or (self._umbrella(at) if separated or first else None)
            or self._with_tagline(at, separated=separated or first)
            or (self._without_tagline(at) if separated or (first and self._styled) else None)
        )

    # --- rules ---------------------------------------------------------------------------------------------------

    def _tale(self, at: int) -> _Head:
        """`Tech Tales:`, with or without a title, in one line or two, then the dateline in brackets."""
        label = self._lines[at].text
        match = h.TALES.match(label)
        title = (match["title"] or "").strip() if match else ""
        used = 1
        line = self._at(at + used)
        if not title and line is not None and self._titles_tale(at + used):
            title, used = line.text, used + 1
        dateline, used_by_it = self._dateline(at + used)
        section = label[: len(label) - len(title)].strip(" :–—-") if title and used == 1 else label.strip(" :")
        headline = h.headline_text(title) or section
        segment = Segment(StoryKind.TECH_TALES, headline, f'label "{section}"', dateline, section)
        return _Head(segment, used + used_by_it)

    def _titles_tale(self, at: int) -> bool:
        line = self._lines[at]
        if not h.may_head(line) or h.INSPIRED.match(line.text):
            return False
        after = self._at(at + 1)
        if h.is_heavy(line) or line.italic or (after is not None and h.is_dateline(after)):
            return True
        if line.text.endswith(":"):
            return True
        return len(line.text) <= _LONG_LABEL and not line.text.endswith((".", ",", "”", '"', "…"))

    def _dateline(self, at: int) -> tuple[str | None, int]:
        """The bracketed line, and how many lines it takes: 0 where there is none, 2 or 3 where it is broken."""
        text = ""
        for used in (1, 2, 3):
            line = self._at(at + used - 1)
            if line is None or line.kind is not LineKind.TEXT or (used == 1 and not line.text.startswith("[")):
                return None, 0
            text = f"{text} {line.text}".strip()
            if h.is_dateline(line) and used == 1:
                return _bracketed(text), 1
            if used > 1 and line.text.rstrip(" .").endswith("]") and text.count("[") == text.count("]"):
                return _bracketed(text), used
            if text.count("[") <= text.count("]"):
                return None, 0
        return None, 0

    def _essay(self, at: int) -> _Head:
        """`Import A-Idea`, the name of its series, then a bold title and perhaps an italic tagline."""
        section, used, series = self._lines[at].text.strip(" :"), 1, None
        line = self._at(at + used)
        if line is not None and h.SERIES.match(line.text):
            series, used = line.text.strip(" :"), used + 1
            line = self._at(at + used)
        self._section = section
        if line is not None and h.PREAMBLE.match(line.text):
            note = Segment(StoryKind.NOTE, h.headline_text(line.text), f'label "{section}"', None, section, series)
            return _Head(note, used + 1)
        self._section = None  # it has its title now; bold lines that follow are its subheads
        headline = ""
        if line is not None and h.may_head(line):
            headline, used = h.headline_text(line.text), used + 1
        essay = Segment(StoryKind.ESSAY, headline or section, f'label "{section}"', None, section, series)
        return _Head(essay, used + self._remark(at + used, essay))

    def _labelled(self, at: int) -> _Head | None:
        """The title of an essay whose label and preamble went before."""
        line = self._lines[at]
        if self._section is None or not h.IDEA.match(self._section) or not h.is_heavy(line):
            return None
        essay = Segment(StoryKind.ESSAY, h.headline_text(line.text), "bold title after a preamble", None, self._section)
        used = 1 + self._remark(at + 1, essay)
        self._section = None
        return _Head(essay, used)

    def _remark(self, at: int, segment: Segment) -> int:
        """Takes an italic line as the tagline; how many lines that is."""
        line = self._at(at)
        if line is not None and line.kind is LineKind.TEXT and line.italic and len(line.text) <= h.LONGEST_TAGLINE:
            segment.tagline = line.text
            return 1
        return 0

    def _umbrella(self, at: int) -> _Head | None:
        """A label over one or more stories ("DOUBLE FEATURE: …"), then the first of them."""
        line = self._lines[at]
        after = self._at(at + 1)
        if after is None or len(line.text) > h.LONGEST_HEADLINE:
            return None
        told = h.is_heavy(line) or bool(h.LABELS.match(line.text))
        if not told or not h.may_head(after) or (self._styled and not h.is_heavy(after)):
            return None
        if not (h.LABELS.match(line.text) or line.gap != after.gap or after.gap):
            return None
        self._section = line.text.strip(" :") if h.LABELS.match(line.text) else h.headline_text(line.text)
        head = self._with_tagline(at + 1, separated=True)
        if head is None:
            self._section = None
            return None
        head.segment.evidence += f', under "{self._section}"'
        return _Head(head.segment, head.lines + 1)

    def _with_tagline(self, at: int, *, separated: bool) -> _Head | None:
        """A short line and `…a tagline…` under it: a story with or without a separator, bold or not."""
        line, used = self._lines[at], 1
        headline = line.text
        after = self._at(at + 1)
        if (
            after is not None
            and h.is_heavy(line)
            and h.is_heavy(after)
            and not after.gap
            and not h.ends_as_headline(line)
            and h.may_head(after)
        ):
            headline, used = f"{headline} {after.text}", 2
            after = self._at(at + 2)
        if after is None or not h.opens_as_tagline(after):
            return None
        after, used = self._mended_tagline(at + used, after, used)
        if not (separated or h.is_heavy(line) or (not self._styled and h.ends_as_headline(line))):
            return None
        parted = h.parted_tagline(after)
        if parted is None and not h.is_tagline(after):
            return None
        tagline, body = parted if parted else (after, None)
        segment = Segment(
            StoryKind.STORY,
            h.headline_text(headline),
            "headline with a tagline",
            tagline.text,
            self._section,
        )
        used += 1
        if body is not None:
            segment.body.append(body)
        else:
            used += self._rest_of_tagline(at + used, segment)
        return _Head(segment, used)

    def _mended_tagline(self, at: int, line: Line, used: int) -> tuple[Line, int]:
        """A tagline whose opening ellipsis stands on a line of its own, with the line that it opens."""
        after = self._at(at + 1)
        if line.text.strip(" .…") or after is None or not after.italic:
            return line, used
        return after.with_runs([*line.runs, *after.runs]), used + 1

    def _rest_of_tagline(self, at: int, segment: Segment) -> int:
        """The second line of a tagline that was broken in two; how many lines that is."""
        line = self._at(at)
        whole = segment.tagline or ""
        if line is None or line.gap or not line.italic or not line.text.endswith(("…", "...")):
            return 0
        if len(whole) + len(line.text) > h.LONGEST_TAGLINE:
            return 0
        segment.tagline = f"{whole} {line.text}"
        return 1

    def _without_tagline(self, at: int) -> _Head | None:
        """A bold line of its own after a separator (in plain text: a short line that ends as headlines do)."""
        line, after = self._lines[at], self._at(at + 1)
        if after is None or h.is_separator(after) or line.linked:
            return None
        dateline, taken = self._dateline(at + 1)
        if dateline is not None and (h.is_heavy(line) or not self._styled):
            tale = Segment(StoryKind.TECH_TALES, h.headline_text(line.text), "title and dateline", dateline)
            return _Head(tale, 1 + taken)
        if self._styled:
            if not h.is_heavy(line):
                return None
        elif not (line.text.endswith((":", "?")) and len(after.text) > len(line.text) / 2):
            return None
        segment = Segment(
            StoryKind.STORY, h.headline_text(line.text), "bold line without a tagline", None, self._section
        )
        return _Head(segment, 1)


def _bracketed(text: str) -> str:
    return "[" + text.rstrip(" .")[1:].strip()
