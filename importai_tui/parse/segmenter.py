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

from importai_tui.errors import UnreadableInputError
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
    def word_count(self) -> int:
        """Words of the body."""
        return sum(len(line.text.split()) for line in self.body)


_MIN_OPENING_WORDS = 150
"""A remark before an issue is shorter; what is longer is the beginning of what follows."""
_MIN_ESSAY_WORDS = 1200
"""A piece without tagline and separators that is longer than any story of the corpus is an essay."""


def classify_segments(found: list[Segment], title: str | None) -> list[Segment]:
    """The kinds that only the whole tells: unlabelled fiction, an issue that is one essay, a note's name."""
    for segment in found:
        if segment.kind is StoryKind.STORY and segment.tagline is None and _is_fiction(segment):
            segment.kind, segment.evidence = StoryKind.TECH_TALES, segment.evidence + ", inspirations at its end"
    told = [s for s in found if s.kind in (StoryKind.STORY, StoryKind.ESSAY)]
    if not told and (note := _find_longest_note(found)) is not None:
        note.kind, note.headline = StoryKind.ESSAY, title or note.headline
        note.evidence = "no story inside: the issue is one essay"
    elif len(told) == 1 and told[0].tagline is None and told[0].word_count > _MIN_ESSAY_WORDS:
        told[0].kind, told[0].evidence = StoryKind.ESSAY, "one long piece without tagline: an essay"
        found = _merge_opening(found, told[0], title)
    for segment in found:
        if not segment.headline:
            segment.headline = _get_first_words(segment)
    return [s for s in found if s.headline]


def _merge_opening(segments: list[Segment], essay: Segment, title: str | None) -> list[Segment]:
    """An essay that begins before its first bold line: that line is a subhead, and the issue's title its headline."""
    before = segments[: segments.index(essay)]
    if sum(note.word_count for note in before) < _MIN_OPENING_WORDS:
        return segments
    subhead = Line((Run(essay.headline, bold=True),))
    essay.body[:0] = [*(line for note in before for line in note.body), subhead]
    essay.headline = title or _get_first_words(essay)
    return segments[len(before) :]


def _is_fiction(segment: Segment) -> bool:
    return any(h.INSPIRATIONS_LABEL.match(line.text) for line in segment.body)


def _find_longest_note(segments: list[Segment]) -> Segment | None:
    notes = [s for s in segments if s.kind is StoryKind.NOTE and s.word_count > _MIN_ESSAY_WORDS / 4]
    return max(notes, key=lambda s: s.word_count) if notes else None


def _get_first_words(segment: Segment) -> str:
    """The first words of a piece that has no headline."""
    words = next((line.text for line in segment.body if line.text), "").split()
    return " ".join(words[:9]) + ("…" if len(words) > 9 else "")


MAX_ISSUE_LINES = 5_000
"""Paragraphs and lines; the longest issue of the corpus has 156."""
MAX_STORIES = 1_000
"""Stories of one issue; the issues of the corpus have 12 at most."""
_MAX_PLAIN_LABEL_LENGTH = 50
"""Characters of a label that nothing but its colon marks."""
_MAX_LABEL_LENGTH = 90
"""Characters; a section's label is shorter than any paragraph."""


@dataclass(frozen=True, slots=True)
class _StoryStart:
    """The opening of a story: what it says, and how many lines it takes."""

    segment: Segment
    line_count: int


def find_stories(lines: Iterable[Line], *, styled: bool = True, title: str | None = None) -> list[Segment]:
    """The segments of an issue, in order; an opening remark without a headline is a `note`.

    Raises UnreadableInput for what has more lines or stories than any issue.
    """
    parts = [part for line in lines for part in h.split_at_separators(line)]
    if len(parts) > MAX_ISSUE_LINES:
        raise UnreadableInputError(f"has more than {MAX_ISSUE_LINES} paragraphs; no issue is so long")
    segments = classify_segments(_Segmenter(parts, styled=styled).split(), title)
    if len(segments) > MAX_STORIES:
        raise UnreadableInputError(f"has more than {MAX_STORIES} stories; no issue has so many")
    return segments


class _Segmenter:
    def __init__(self, lines: list[Line], *, styled: bool) -> None:
        self._lines = lines
        self._styled = styled
        self._section: str | None = None
        self._split_rest: Line | None = None
        """The rest of the line that was split last. It is not split again: that took quadratic time on a long line."""

    def split(self) -> list[Segment]:
        found: list[Segment] = []
        at, separated = 0, False
        while at < len(self._lines):
            line = self._lines[at]
            if h.is_separator(line):
                separated, self._section = True, None
                at += 1
                continue
            head = self._match_start(
                at, is_first=not any(s.kind is not StoryKind.NOTE for s in found), after_separator=separated
            )
            if head is not None:
                head.segment.evidence += ", after a separator" if separated else ""
                self._take_section_label(found, head.segment)
                found.append(head.segment)
                at += head.line_count
            else:
                self._append_line(found, line, after_separator=separated)
                at += 1
            separated = False
        return found

    def _take_section_label(self, segments: list[Segment], segment: Segment) -> None:
        """A plain label right above the first headline ("A lecture:") is its section, and no opening remark."""
        last = segments[-1] if segments else None
        if last is None or last.kind is not StoryKind.NOTE or last.section or segment.section or not last.body:
            return
        label = last.body[-1].text
        if len(label) <= _MAX_PLAIN_LABEL_LENGTH and label.endswith(":"):
            segment.section = label.rstrip(" :")
            last.body.pop()
            if not last.body:
                segments.pop()

    def _append_line(self, segments: list[Segment], line: Line, *, after_separator: bool) -> None:
        """Adds a line to the story before it, with the break that a separator without a headline is."""
        if not segments:
            segments.append(Segment(StoryKind.NOTE, "", "opening remark"))
        elif after_separator and segments[-1].body:
            segments[-1].body.append(Line((), LineKind.RULE))
        segments[-1].body.append(line)

    def _get_line(self, at: int) -> Line | None:
        return self._lines[at] if at < len(self._lines) else None

    def _match_start(self, at: int, *, is_first: bool, after_separator: bool) -> _StoryStart | None:
        line = self._lines[at]
        if h.is_tales_label(line):
            return self._match_tale(at)
        if h.IDEA_LABEL.match(line.text):
            return self._match_essay(at)
        if line is not self._split_rest and (
            parts := h.split_headline(line, after_separator=after_separator or is_first)
        ):
            self._lines[at : at + 1] = parts
            line, self._split_rest = parts
        if not h.looks_like_headline(line):
            return None
        return (
            self._match_essay_title(at)
            or (self._match_umbrella(at) if after_separator or is_first else None)
            or self._match_tagline_story(at, after_separator=after_separator or is_first)
            or (self._match_bold_line(at) if after_separator or (is_first and self._styled) else None)
        )

    # --- rules ---------------------------------------------------------------------------------------------------

    def _match_tale(self, at: int) -> _StoryStart:
        """`Tech Tales:`, with or without a title, in one line or two, then the dateline in brackets."""
        label = self._lines[at].text
        match = h.TALES_LABEL.match(label)
        title = (match["title"] or "").strip() if match else ""
        used = 1
        line = self._get_line(at + used)
        if not title and line is not None and self._is_tale_title(at + used):
            title, used = line.text, used + 1
        dateline, used_by_it = self._match_dateline(at + used)
        section = label[: len(label) - len(title)].strip(" :–—-") if title and used == 1 else label.strip(" :")
        headline = h.strip_headline_colon(title) or section
        segment = Segment(StoryKind.TECH_TALES, headline, f'label "{section}"', dateline, section)
        return _StoryStart(segment, used + used_by_it)

    def _is_tale_title(self, at: int) -> bool:
        line = self._lines[at]
        if not h.looks_like_headline(line) or h.INSPIRATIONS_LABEL.match(line.text):
            return False
        after = self._get_line(at + 1)
        if h.is_bold_or_heading(line) or line.is_italic or (after is not None and h.is_dateline(after)):
            return True
        if line.text.endswith(":"):
            return True
        return len(line.text) <= _MAX_LABEL_LENGTH and not line.text.endswith((".", ",", "”", '"', "…"))

    def _match_dateline(self, at: int) -> tuple[str | None, int]:
        """The bracketed line, and how many lines it takes: 0 where there is none, 2 or 3 where it is broken."""
        text = ""
        for used in (1, 2, 3):
            line = self._get_line(at + used - 1)
            if line is None or line.kind is not LineKind.TEXT or (used == 1 and not line.text.startswith("[")):
                return None, 0
            text = f"{text} {line.text}".strip()
            if h.is_dateline(line) and used == 1:
                return _format_dateline(text), 1
            if used > 1 and line.text.rstrip(" .").endswith("]") and text.count("[") == text.count("]"):
                return _format_dateline(text), used
            if text.count("[") <= text.count("]"):
                return None, 0
        return None, 0

    def _match_essay(self, at: int) -> _StoryStart:
        """`Import A-Idea`, the name of its series, then a bold title and perhaps an italic tagline."""
        section, used, series = self._lines[at].text.strip(" :"), 1, None
        line = self._get_line(at + used)
        if line is not None and h.SERIES_LABEL.match(line.text):
            series, used = line.text.strip(" :"), used + 1
            line = self._get_line(at + used)
        self._section = section
        if line is not None and h.PREAMBLE_LABEL.match(line.text):
            note = Segment(
                StoryKind.NOTE, h.strip_headline_colon(line.text), f'label "{section}"', None, section, series
            )
            return _StoryStart(note, used + 1)
        self._section = None  # it has its title now; bold lines that follow are its subheads
        headline = ""
        if line is not None and h.looks_like_headline(line):
            headline, used = h.strip_headline_colon(line.text), used + 1
        essay = Segment(StoryKind.ESSAY, headline or section, f'label "{section}"', None, section, series)
        return _StoryStart(essay, used + self._take_italic_tagline(at + used, essay))

    def _match_essay_title(self, at: int) -> _StoryStart | None:
        """The title of an essay whose label and preamble went before."""
        line = self._lines[at]
        if self._section is None or not h.IDEA_LABEL.match(self._section) or not h.is_bold_or_heading(line):
            return None
        essay = Segment(
            StoryKind.ESSAY, h.strip_headline_colon(line.text), "bold title after a preamble", None, self._section
        )
        used = 1 + self._take_italic_tagline(at + 1, essay)
        self._section = None
        return _StoryStart(essay, used)

    def _take_italic_tagline(self, at: int, segment: Segment) -> int:
        """Takes an italic line as the tagline; how many lines that is."""
        line = self._get_line(at)
        if (
            line is not None
            and line.kind is LineKind.TEXT
            and line.is_italic
            and len(line.text) <= h.MAX_TAGLINE_LENGTH
        ):
            segment.tagline = line.text
            return 1
        return 0

    def _match_umbrella(self, at: int) -> _StoryStart | None:
        """A label over one or more stories ("DOUBLE FEATURE: …"), then the first of them."""
        line = self._lines[at]
        after = self._get_line(at + 1)
        if after is None or len(line.text) > h.MAX_HEADLINE_LENGTH:
            return None
        told = h.is_bold_or_heading(line) or bool(h.SECTION_LABEL.match(line.text))
        if not told or not h.looks_like_headline(after) or (self._styled and not h.is_bold_or_heading(after)):
            return None
        if not (h.SECTION_LABEL.match(line.text) or line.gap != after.gap or after.gap):
            return None
        self._section = line.text.strip(" :") if h.SECTION_LABEL.match(line.text) else h.strip_headline_colon(line.text)
        head = self._match_tagline_story(at + 1, after_separator=True)
        if head is None:
            self._section = None
            return None
        head.segment.evidence += f', under "{self._section}"'
        return _StoryStart(head.segment, head.line_count + 1)

    def _match_tagline_story(self, at: int, *, after_separator: bool) -> _StoryStart | None:
        """A short line and `…a tagline…` under it: a story with or without a separator, bold or not."""
        line, used = self._lines[at], 1
        headline = line.text
        after = self._get_line(at + 1)
        if (
            after is not None
            and h.is_bold_or_heading(line)
            and h.is_bold_or_heading(after)
            and not after.gap
            and not h.ends_like_headline(line)
            and h.looks_like_headline(after)
        ):
            headline, used = f"{headline} {after.text}", 2
            after = self._get_line(at + 2)
        if after is None or not h.starts_like_tagline(after):
            return None
        after, used = self._join_ellipsis(at + used, after, used)
        if not (after_separator or h.is_bold_or_heading(line) or (not self._styled and h.ends_like_headline(line))):
            return None
        parted = h.split_tagline(after)
        if parted is None and not h.is_tagline(after):
            return None
        tagline, body = parted if parted else (after, None)
        segment = Segment(
            StoryKind.STORY,
            h.strip_headline_colon(headline),
            "headline with a tagline",
            tagline.text,
            self._section,
        )
        used += 1
        if body is not None:
            segment.body.append(body)
        else:
            used += self._take_second_tagline_line(at + used, segment)
        return _StoryStart(segment, used)

    def _join_ellipsis(self, at: int, line: Line, used: int) -> tuple[Line, int]:
        """A tagline whose opening ellipsis stands on a line of its own, with the line that it opens."""
        after = self._get_line(at + 1)
        if line.text.strip(" .…") or after is None or not after.is_italic:
            return line, used
        return after.with_runs([*line.runs, *after.runs]), used + 1

    def _take_second_tagline_line(self, at: int, segment: Segment) -> int:
        """The second line of a tagline that was broken in two; how many lines that is."""
        line = self._get_line(at)
        whole = segment.tagline or ""
        if line is None or line.gap or not line.is_italic or not line.text.endswith(("…", "...")):
            return 0
        if len(whole) + len(line.text) > h.MAX_TAGLINE_LENGTH:
            return 0
        segment.tagline = f"{whole} {line.text}"
        return 1

    def _match_bold_line(self, at: int) -> _StoryStart | None:
        """A bold line of its own after a separator (in plain text: a short line that ends as headlines do)."""
        line, after = self._lines[at], self._get_line(at + 1)
        if after is None or h.is_separator(after) or line.has_link:
            return None
        dateline, taken = self._match_dateline(at + 1)
        if dateline is not None and (h.is_bold_or_heading(line) or not self._styled):
            tale = Segment(StoryKind.TECH_TALES, h.strip_headline_colon(line.text), "title and dateline", dateline)
            return _StoryStart(tale, 1 + taken)
        if self._styled:
            if not h.is_bold_or_heading(line):
                return None
        elif not (line.text.endswith((":", "?")) and len(after.text) > len(line.text) / 2):
            return None
        segment = Segment(
            StoryKind.STORY, h.strip_headline_colon(line.text), "bold line without a tagline", None, self._section
        )
        return _StoryStart(segment, 1)


def _format_dateline(text: str) -> str:
    return "[" + text.rstrip(" .")[1:].strip()
