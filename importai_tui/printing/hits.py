"""What a search found, for a terminal or a pipe: stories with the passage that matches, and stories through time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from importai_tui.kinds import StoryKind
from importai_tui.printing.cells import width, wrap
from importai_tui.printing.console import Line
from importai_tui.search import Excerpt, Found

if TYPE_CHECKING:
    from importai_tui.search.trend import Period

_BELOW = "  "
_INDENT = "    "
_LEAST = 16
"""Cells: where fewer are left behind the facts, a headline is easier to read on a line of its own."""
_LONGEST_BAR = 40
"""Cells: a step of an eighth is then less than half of one in a hundred, and years compare at a glance."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


def hit_lines(hits: Sequence[tuple[Found, Excerpt]], columns: int | None) -> Iterator[Line]:
    """For each story a line with what it is called, and the excerpt beneath it with its matches marked.

    Both are wrapped at `columns` cells, None for lines of any length.
    """
    for found, excerpt in hits:
        kind = "" if found.kind is StoryKind.STORY else found.kind
        facts = "  ".join(part for part in (found.ref, found.day, kind) if part)
        for line in _named(facts, found.headline, columns):
            yield [(line, False)]
        at = 0
        for line in wrap(excerpt.text, columns and max(columns - len(_INDENT), 1)):
            at = max(excerpt.text.find(line, at), at)
            yield [(_INDENT, False), *_runs(line, at, excerpt.highlights)]
            at += len(line)


def trend_chart(periods: Sequence[Period], columns: int | None) -> str:
    """A bar for each period, its stories, and their share of all stories of that time."""
    most = max(period.stories for period in periods)
    names = max(width(period.name) for period in periods)
    figures = max(len(f"{period.stories:,}") for period in periods)
    room = (columns or 80) - names - figures - len("    100%")
    cells = max(min(room, _LONGEST_BAR), 1)
    lines = []
    for period in periods:
        bar = _bar(period.stories / most * cells)
        share = f"  {_percent(period.share)}" if period.stories else ""
        lines.append(f"{period.name:{names}}  {bar}{' ' if bar else ''}{period.stories:,}{share}")
    return "\n".join(lines)


def _named(facts: str, headline: str, columns: int | None) -> list[str]:
    """The facts and the headline, which goes on below where it is long."""
    if columns is None:
        return [f"{facts}  {headline}"]
    room = columns - width(facts) - len("  ")
    if room < _LEAST:
        return [facts, *wrap(headline, columns, _BELOW, _BELOW)]
    words = " ".join(headline.split())
    first = wrap(words, room)[0]
    rest = words[len(first) :].lstrip()
    return [f"{facts}  {first}", *(wrap(rest, columns, _BELOW, _BELOW) if rest else [])]


def _runs(line: str, at: int, highlights: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """A line that begins `at` so many characters, in runs that are highlighted and runs that are not."""
    done = 0
    for start, end in highlights:
        start, end = (min(max(place - at, done), len(line)) for place in (start, end))
        if start < end:
            yield line[done:start], False
            yield line[start:end], True
            done = end
    yield line[done:], False


def _bar(cells: float) -> str:
    """A bar of whole and partial blocks; never none where there is something."""
    eighths = max(round(cells * 8), 1) if cells else 0
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def _percent(share: float) -> str:
    return f"{share:.1%}" if share < 0.0995 else f"{share:.0%}"
