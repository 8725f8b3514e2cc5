"""Finds where stories start: lines of an issue in, one segment per story out, each with its evidence.

The newsletter marks a story in several ways at once: a separator, a bold headline, a tagline between ellipses. Each of
them is sometimes missing. So each rule requires two of them, or a label. Other lines belong to the story before them,
because one long story is better than a wrong split.

`segments.classify_segments` then decides the kinds that depend on the whole issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from importai_tui.errors import UnreadableInputError
from importai_tui.model import StoryKind
from importai_tui.parse.calls import find_plain_citation, is_call_to_action
from importai_tui.parse.headings import (
    IDEA_LABEL,
    INSPIRATIONS_LABEL,
    ITEM_SECTION_LABEL,
    MAX_HEADLINE_LENGTH,
    MAX_TAGLINE_LENGTH,
    NAMED_SECTION_LABEL,
    PREAMBLE_LABEL,
    SECTION_LABEL,
    SERIES_LABEL,
    SPECIAL_SECTION_LABEL,
    TALES_LABEL,
    ends_like_headline,
    is_bold_or_heading,
    is_dateline,
    is_part_label,
    is_separator,
    is_tagline,
    is_tales_label,
    looks_like_headline,
    split_at_separators,
    split_headline,
    split_tagline,
    starts_like_tagline,
    strip_headline_colon,
)
from importai_tui.parse.labelled import is_cut_off, is_labelled_issue, split_label, split_section_label
from importai_tui.parse.lines import Line, LineKind, bold_prefix_length, join_text, slice_runs
from importai_tui.parse.segments import Segment, classify_segments

MAX_ISSUE_LINES = 5_000
"""Paragraphs and lines. The longest issue of the corpus has 156."""
MAX_STORIES = 1_000
"""Stories of one issue. The issues of the corpus have 12 at most."""
_MAX_PLAIN_LABEL_LENGTH = 50
"""Characters of a label that only its colon marks."""
_MAX_LABEL_LENGTH = 90
"""Characters. The label of a section is shorter than any paragraph."""
_INLINE_DATELINE = re.compile(r"^(\[[^\[\]]{0,150}\b\d{4}\b[^\[\]]{0,150}\]\.?)\s*(?=[A-Z“\"‘'])")
"""A dateline with its year before the first sentence of a tale, as in 2016 and 2017."""
_MIN_ANNOUNCEMENT_LENGTH = 60
"""Characters of the first paragraph under the headline of an announcement."""


def find_stories(lines: Iterable[Line], *, styled: bool = True, title: str | None = None) -> list[Segment]:
    """Return the segments of an issue, in order. A remark before the first headline is a `note`.

    Raises:
        UnreadableInputError: there are more lines or stories than in any issue.
    """
    parts = [part for line in lines for part in split_at_separators(line)]
    if len(parts) > MAX_ISSUE_LINES:
        raise UnreadableInputError(f"too long for an issue (more than {MAX_ISSUE_LINES:,} paragraphs)")
    segments = classify_segments(_Segmenter(parts, styled=styled).split(), title)
    if len(segments) > MAX_STORIES:
        raise UnreadableInputError(f"too many stories for an issue (more than {MAX_STORIES:,})")
    return segments


@dataclass(frozen=True, slots=True)
class _StoryStart:
    """The heading of a story, and the number of lines that it takes."""

    segment: Segment
    line_count: int


class _Segmenter:
    def __init__(self, lines: list[Line], *, styled: bool) -> None:
        self._lines = lines
        self._styled = styled
        # Copies may have lost the bold text of all labels.
        self._labels_are_bold = styled and any(run.bold for line in lines for run in line.runs)
        self._labelled = is_labelled_issue(lines, styled=self._labels_are_bold)
        self._has_separators = any(map(is_separator, lines))
        self._section: str | None = None
        self._section_has_items = False
        """True under a label whose bold lines are headlines, although they have no tagline."""
        self._section_has_taglines = False
        """True if the first item of the section has a tagline. If not, a story with one is no item."""
        self._section_has_labels = False
        """True if the first item of the section is a paragraph that starts with its label."""
        self._split_rest: Line | None = None
        """The rest of the line that was split last. Splitting it again would take quadratic time on a long line."""

    def split(self) -> list[Segment]:
        segments: list[Segment] = []
        at, after_separator = 0, False
        while at < len(self._lines):
            line = self._lines[at]
            if is_separator(line):
                after_separator = True
                if not line.text.startswith("$"):  # which divides the items of a section
                    self._section, self._section_has_items = None, False
                at += 1
                continue
            is_first = all(segment.kind is StoryKind.NOTE for segment in segments)
            start = self._match_start(at, is_first=is_first, after_separator=after_separator)
            if start is None and segments and not self._has_separators:
                start = self._match_headline_after_call(at, segments[-1])
            if start is not None:
                start.segment.evidence += ", after a separator" if after_separator else ""
                self._take_section_label(segments, start.segment)
                heading = self._lines[at : at + start.line_count]
                if start.segment.kind is not StoryKind.NOTE:
                    start.segment.heading_links = tuple(run for part in heading for run in part.runs if run.href)
                segments.append(start.segment)
                at += start.line_count
            else:
                self._append_line(segments, line, after_separator=after_separator)
                at += 1
            after_separator = False
        return segments

    def _take_section_label(self, segments: list[Segment], segment: Segment) -> None:
        """Make a plain label right above the first headline ("A lecture:") its section instead of a remark."""
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
        """Add a line to the last story, after a rule if a separator without a headline precedes it."""
        if not segments:
            segments.append(Segment(StoryKind.NOTE, "", "opening remark"))
        elif after_separator and segments[-1].body:
            segments[-1].body.append(Line((), LineKind.RULE))
        segments[-1].body.append(line)

    def _get_line(self, at: int) -> Line | None:
        return self._lines[at] if at < len(self._lines) else None

    def _match_start(self, at: int, *, is_first: bool, after_separator: bool) -> _StoryStart | None:
        line = self._lines[at]
        if is_tales_label(line):
            return self._match_tale(at)
        if IDEA_LABEL.match(line.text):
            return self._match_essay(at)
        if self._is_section_label(at, after_separator=after_separator):
            return self._match_section(at)
        if section := split_section_label(line, styled=self._labels_are_bold):
            self._section, self._section_has_items = None, False
            name, rest = section
            return _StoryStart(Segment(StoryKind.STORY, name, f'label "{name}"', section=name, body=[rest]), 1)
        if self._labelled:
            return self._match_labelled_item(at)
        if line is not self._split_rest and (
            parts := split_headline(line, after_separator=after_separator or is_first)
        ):
            self._lines[at : at + 1] = parts
            line, self._split_rest = parts
        start = self._match_headline(at, is_first=is_first, after_separator=after_separator)
        return start or (self._match_section_item(at) if self._section_has_items else None)

    def _match_headline(self, at: int, *, is_first: bool, after_separator: bool) -> _StoryStart | None:
        if not looks_like_headline(self._lines[at]):
            return None
        return (
            self._match_essay_title(at)
            or (self._match_umbrella(at) if after_separator or is_first else None)
            or self._match_tagline_story(at, after_separator=after_separator or is_first)
            or (self._match_bold_line(at) if after_separator or (is_first and self._styled) else None)
            or (self._match_announcement(at) if is_first and not self._styled else None)
        )

    def _is_section_label(self, at: int, *, after_separator: bool) -> bool:
        """Return True for the label of a section with items. An ordinary word must be alone in its paragraph."""
        line, after = self._lines[at], self._get_line(at + 1)
        if not ITEM_SECTION_LABEL.match(line.text) or not (is_bold_or_heading(line) or line.text.endswith(":")):
            return False
        is_alone = after_separator or (self._styled and is_bold_or_heading(line) and (after is None or after.gap))
        return is_alone or bool(NAMED_SECTION_LABEL.match(line.text))

    def _match_tale(self, at: int) -> _StoryStart:
        """Match `Tech Tales:` with or without a title, on one line or two, and the dateline in brackets."""
        label = self._lines[at].text
        match = TALES_LABEL.match(label)
        title = (match["title"] or "").strip() if match else ""
        used = 1
        line = self._get_line(at + used)
        if not title and line is not None and self._is_tale_title(at + used):
            self._split_title_and_dateline(at + used)
            title, used = self._lines[at + used].text, used + 1
        self._split_inline_dateline(at + used)
        dateline, dateline_lines = self._match_dateline(at + used)
        section = label[: len(label) - len(title)].strip(" :–—-") if title and used == 1 else label.strip(" :")
        headline = strip_headline_colon(title) or section
        segment = Segment(StoryKind.TECH_TALES, headline, f'label "{section}"', dateline, section)
        return _StoryStart(segment, used + dateline_lines)

    def _is_tale_title(self, at: int) -> bool:
        line = self._lines[at]
        if not looks_like_headline(line) or INSPIRATIONS_LABEL.match(line.text):
            return False
        after = self._get_line(at + 1)
        if is_bold_or_heading(line) or line.is_italic or (after is not None and is_dateline(after)):
            return True
        if line.text.endswith(":"):
            return True
        return len(line.text) <= _MAX_LABEL_LENGTH and not line.text.endswith((".", ",", "”", '"', "…"))

    def _split_title_and_dateline(self, at: int) -> None:
        """Divide a line with the bold title of a tale and its dateline."""
        line = self._lines[at]
        length = bold_prefix_length(line.runs)
        rest = line.with_runs(slice_runs(line.runs, length), gap=False)
        if length and is_dateline(rest):
            self._lines[at : at + 1] = (line.with_runs(slice_runs(line.runs, 0, length)), rest)

    def _split_inline_dateline(self, at: int) -> None:
        """Divide a line that starts with a dateline and continues with the tale."""
        line = self._get_line(at)
        match = _INLINE_DATELINE.match(join_text(line.runs)) if line is not None else None
        if line is not None and match and line.kind is LineKind.TEXT:
            parts = (slice_runs(line.runs, 0, match.end(1)), slice_runs(line.runs, match.end()))
            self._lines[at : at + 1] = map(line.with_runs, parts)

    def _match_dateline(self, at: int) -> tuple[str | None, int]:
        """Return the bracketed line and the number of its lines: 0 without one, 2 or 3 if it is broken."""
        text = ""
        for used in (1, 2, 3):
            line = self._get_line(at + used - 1)
            if line is None or line.kind is not LineKind.TEXT or (used == 1 and not line.text.startswith("[")):
                return None, 0
            text = f"{text} {line.text}".strip()
            if is_dateline(line) and used == 1:
                return _format_dateline(text), 1
            if used > 1 and line.text.rstrip(" .").endswith("]") and text.count("[") == text.count("]"):
                return _format_dateline(text), used
            if text.count("[") <= text.count("]"):
                return None, 0
        return None, 0

    def _match_essay(self, at: int) -> _StoryStart:
        """Match `Import A-Idea`, the name of its series, a bold title and an optional italic tagline."""
        section, used, series = self._lines[at].text.strip(" :"), 1, None
        line = self._get_line(at + used)
        if line is not None and SERIES_LABEL.match(line.text):
            series, used = line.text.strip(" :"), used + 1
            line = self._get_line(at + used)
        self._section = section
        if line is not None and PREAMBLE_LABEL.match(line.text):
            headline = strip_headline_colon(line.text)
            preamble = Segment(StoryKind.ESSAY, headline, f'label "{section}"', None, section, series)
            return _StoryStart(preamble, used + 1)
        self._section = None  # the essay has its title, so later bold lines are its subheads
        headline = ""
        if line is not None and looks_like_headline(line):
            headline, used = strip_headline_colon(line.text), used + 1
        essay = Segment(StoryKind.ESSAY, headline or section, f'label "{section}"', None, section, series)
        return _StoryStart(essay, used + self._take_italic_tagline(at + used, essay))

    def _match_essay_title(self, at: int) -> _StoryStart | None:
        """Match the title of an essay after its label and preamble."""
        line = self._lines[at]
        if self._section is None or not IDEA_LABEL.match(self._section) or not is_bold_or_heading(line):
            return None
        essay = Segment(
            StoryKind.ESSAY,
            strip_headline_colon(line.text),
            "bold title after a preamble",
            None,
            self._section,
        )
        used = 1 + self._take_italic_tagline(at + 1, essay)
        self._section = None
        return _StoryStart(essay, used)

    def _take_italic_tagline(self, at: int, segment: Segment) -> int:
        """Take an italic line as the tagline. Return the number of lines taken."""
        line = self._get_line(at)
        if line is None or line.kind is not LineKind.TEXT or len(line.text) > MAX_TAGLINE_LENGTH:
            return 0
        if line.is_italic or (not self._styled and is_tagline(line)):
            segment.tagline = line.text
            return 1
        return 0

    def _match_labelled_item(self, at: int) -> _StoryStart | None:
        """Match a paragraph that starts with its label, in an issue of such paragraphs."""
        parts = split_label(self._lines[at], styled=self._labels_are_bold)
        if parts is None or (at == len(self._lines) - 1 and is_cut_off(self._lines[at])):
            return None
        segment = Segment(StoryKind.STORY, parts[0], "paragraph with a label", None, self._section, body=[parts[1]])
        return _StoryStart(segment, 1)

    def _match_section(self, at: int) -> _StoryStart | None:
        """Match the label of a section with items ("OpenAI Bits & Pieces:"), its tagline, and its first item.

        Without a headline below, the section is one story.
        """
        section, used, series = self._lines[at].text.strip(" :"), 1, None
        line = self._get_line(at + used)
        if line is not None and is_tagline(line):
            series, used = line.text, used + 1
            line = self._get_line(at + used)
        if line is None or is_separator(line) or is_tales_label(line) or ITEM_SECTION_LABEL.match(line.text):
            return None
        self._section, self._section_has_items = section, True
        self._section_has_labels = self._labels_are_bold and split_label(line, styled=True) is not None
        start = self._match_tagline_story(at + used, after_separator=True) if looks_like_headline(line) else None
        self._section_has_taglines = start is not None
        start = start or self._match_section_item(at + used)
        if start is None:
            segment = Segment(StoryKind.STORY, section, f'label "{section}"', None, section, series)
            return _StoryStart(segment, used)
        start.segment.series = series
        return _StoryStart(start.segment, used + start.line_count)

    def _match_section_item(self, at: int) -> _StoryStart | None:
        """Match a headline without a tagline, in a section with items, or a paragraph that starts with its label."""
        line, after = self._lines[at], self._get_line(at + 1)
        if self._section_has_labels and line.gap and (parts := split_label(line, styled=True)):
            evidence = f'paragraph with a label under "{self._section}"'
            item = Segment(StoryKind.STORY, parts[0], evidence, None, self._section, body=[parts[1]])
            return _StoryStart(item, 1)
        if (
            not looks_like_headline(line)
            or after is None
            or after.kind is not LineKind.TEXT
            or is_separator(after)
            or is_part_label(line.text)
        ):
            return None
        if self._styled:
            if not (is_bold_or_heading(line) and line.gap and ends_like_headline(line)):
                return None
        elif not (line.text.endswith((":", "?")) and len(after.text) > len(line.text) / 2):
            return None
        evidence = f'headline under "{self._section}"'
        return _StoryStart(Segment(StoryKind.STORY, strip_headline_colon(line.text), evidence, None, self._section), 1)

    def _match_headline_after_call(self, at: int, before: Segment) -> _StoryStart | None:
        """Match a headline without a tagline after the call that ends a story, in an issue without separators."""
        line, after = self._lines[at], self._get_line(at + 1)
        if after is None or after.kind is not LineKind.TEXT or not before.body or not looks_like_headline(line):
            return None
        if not line.text.endswith((":", "?")) or is_part_label(line.text) or len(after.text) < _MIN_ANNOUNCEMENT_LENGTH:
            return None
        if self._styled:
            is_match = is_bold_or_heading(line) and line.gap and is_call_to_action(before.body[-1])
        else:
            is_match = find_plain_citation(before.body[-1]) is not None
        if not is_match:
            return None
        headline = strip_headline_colon(line.text)
        return _StoryStart(Segment(StoryKind.STORY, headline, "headline after a call", None, self._section), 1)

    def _match_announcement(self, at: int) -> _StoryStart | None:
        """Match a headline without a tagline above the first separator of plain text: an event, a job."""
        line, after = self._lines[at], self._get_line(at + 1)
        if after is None or not line.text.endswith(":") or len(after.text) < _MIN_ANNOUNCEMENT_LENGTH:
            return None
        if (
            len(line.text) > _MAX_LABEL_LENGTH
            or is_part_label(line.text)
            or not any(map(is_separator, self._lines[at:]))
        ):
            return None
        segment = Segment(StoryKind.STORY, strip_headline_colon(line.text), "headline before the first separator")
        return _StoryStart(segment, 1)

    def _match_umbrella(self, at: int) -> _StoryStart | None:
        """Match a label over one or more stories ("DOUBLE FEATURE: …") and the first of them."""
        line = self._lines[at]
        after = self._get_line(at + 1)
        if after is None or len(line.text) > MAX_HEADLINE_LENGTH or line.is_italic:  # an italic line is a remark
            return None
        is_label = bool(SECTION_LABEL.match(line.text))
        if (
            not (is_label or is_bold_or_heading(line))
            or not looks_like_headline(after)
            or (self._styled and not is_bold_or_heading(after))
        ):
            return None
        if not (is_label or after.gap or (line.gap and ends_like_headline(line))):
            return None  # without punctuation and on the next line, both are one headline
        self._section = line.text.strip(" :") if is_label else strip_headline_colon(line.text)
        start = self._match_tagline_story(at + 1, after_separator=True)
        if start is None:
            self._section = None
            return None
        start.segment.evidence += f', under "{self._section}"'
        if not (is_label or self._has_separators):
            self._section = None  # nothing would end it
        return _StoryStart(start.segment, start.line_count + 1)

    def _match_tagline_story(self, at: int, *, after_separator: bool) -> _StoryStart | None:
        """Match a short line with `…a tagline…` below, with or without a separator, bold or not."""
        line, used = self._lines[at], 1
        headline = line.text
        after = self._get_line(at + 1)
        if (
            after is not None
            and is_bold_or_heading(line)
            and is_bold_or_heading(after)
            and not after.gap
            and not ends_like_headline(line)
            and looks_like_headline(after)
        ):
            headline, used = f"{headline} {after.text}", 2
            after = self._get_line(at + 2)
        if after is None:
            return None
        if not starts_like_tagline(after):
            return self._match_plain_tagline(at, after_separator=after_separator) if used == 1 else None
        after, used = self._join_ellipsis(at + used, after, used)
        if not (after_separator or is_bold_or_heading(line) or self._is_plain_headline(line, after)):
            return None
        parts = split_tagline(after)
        if parts is None and not is_tagline(after):
            return None
        if self._section_has_items and not (after_separator or self._section_has_taglines):
            self._section, self._section_has_items = None, False
        tagline, body = parts if parts else (after, None)
        segment = Segment(
            StoryKind.STORY,
            strip_headline_colon(headline),
            "headline with a tagline",
            tagline.text,
            self._section,
        )
        if SPECIAL_SECTION_LABEL.match(headline):
            self._section, self._section_has_items = segment.headline, True
            self._section_has_taglines = self._section_has_labels = False
        used += 1
        if body is not None:
            segment.body.append(body)
        else:
            used += self._take_second_tagline_line(at + used, segment)
        return _StoryStart(segment, used)

    def _is_plain_headline(self, line: Line, tagline: Line) -> bool:
        """Return True for a headline that is not bold. In a styled page it must be above a closed italic tagline."""
        if not self._styled:
            return ends_like_headline(line)
        is_closed = tagline.is_italic and tagline.text.endswith(("…", "...")) and len(tagline.text.strip(" .…")) > 1
        return is_closed and line.gap and line.text.endswith((":", "?"))

    def _match_plain_tagline(self, at: int, *, after_separator: bool) -> _StoryStart | None:
        """Match a headline above a tagline that starts without an ellipsis: an italic line, or one that ends in "…"."""
        line, tagline, body = self._lines[at], self._lines[at + 1], self._get_line(at + 2)
        if body is None or is_separator(body) or tagline.kind is not LineKind.TEXT or tagline.text.startswith("["):
            return None
        closed = tagline.text.endswith(("…", "..."))
        if self._styled:
            is_match = (
                is_bold_or_heading(line)
                and not line.is_italic
                and tagline.is_italic
                and not tagline.is_bold
                and not tagline.gap
                and len(tagline.text) <= MAX_TAGLINE_LENGTH
                and (after_separator or (closed and ends_like_headline(line)))
            )
        else:
            is_match = closed and after_separator and line.text.endswith(":") and len(tagline.text) <= _MAX_LABEL_LENGTH
        if not is_match:
            return None
        headline = strip_headline_colon(line.text)
        segment = Segment(StoryKind.STORY, headline, "headline with an italic line", tagline.text, self._section)
        return _StoryStart(segment, 2)

    def _join_ellipsis(self, at: int, line: Line, used: int) -> tuple[Line, int]:
        """Join an ellipsis on its own line with the tagline that it starts."""
        after = self._get_line(at + 1)
        if line.text.strip(" .…") or after is None or not after.is_italic:
            return line, used
        return after.with_runs([*line.runs, *after.runs]), used + 1

    def _take_second_tagline_line(self, at: int, segment: Segment) -> int:
        """Take the second line of a broken tagline. Return the number of lines taken."""
        line = self._get_line(at)
        first = segment.tagline or ""
        if line is None or line.gap or not line.is_italic or not line.text.endswith(("…", "...")):
            return 0
        if len(first) + len(line.text) > MAX_TAGLINE_LENGTH:
            return 0
        segment.tagline = f"{first} {line.text}"
        return 1

    def _match_bold_line(self, at: int) -> _StoryStart | None:
        """Match a bold line after a separator. In plain text, match a short line that ends like a headline."""
        line, after = self._lines[at], self._get_line(at + 1)
        if after is None or is_separator(after) or (line.has_link and not line.text.endswith((":", "?"))):
            return None
        dateline, taken = self._match_dateline(at + 1)
        if dateline is not None and (is_bold_or_heading(line) or not self._styled):
            tale = Segment(StoryKind.TECH_TALES, strip_headline_colon(line.text), "title and dateline", dateline)
            return _StoryStart(tale, 1 + taken)
        if self._styled:
            if not is_bold_or_heading(line) or line.is_italic:
                return None
        elif not (line.text.endswith((":", "?")) and len(after.text) > len(line.text) / 2):
            return None
        segment = Segment(
            StoryKind.STORY,
            strip_headline_colon(line.text),
            "bold line without a tagline",
            None,
            self._section,
        )
        return _StoryStart(segment, 1)


def _format_dateline(text: str) -> str:
    return "[" + text.rstrip(" .")[1:].strip()
