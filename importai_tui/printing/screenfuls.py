"""Lines of text a screenful at a time, forward and back. Pure: it is told how large the screen is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from importai_tui.printing.cells import width

_FEWEST = 2
"""Lines of a screenful on the smallest screen: fewer would be mostly prompts."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Size in cells. `rows` is None where there is no screen that could be full."""

    columns: int
    rows: int | None


@dataclass(slots=True)
class Sheet:
    """Some lines, and how far they have been shown."""

    lines: Sequence[str]
    choices: Mapping[str, str] = field(default_factory=dict)
    """What may be typed at this sheet, and the reference that each leads to."""
    _starts: list[int] = field(default_factory=list)
    _end: int = 0

    @property
    def at_end(self) -> bool:
        """Whether its last line is shown."""
        return self._end >= len(self.lines)

    @property
    def at_start(self) -> bool:
        """Whether its first line is shown."""
        return len(self._starts) < 2

    def forward(self, screen: Screen) -> Sequence[str]:
        """The next screenful; one row of the screen is left for a prompt."""
        self._starts.append(self._end)
        return self.again(screen)

    def back(self, screen: Screen) -> Sequence[str]:
        """The screenful before; at the start the first one again."""
        if not self.at_start:
            self._starts.pop()
        return self.again(screen)

    def again(self, screen: Screen) -> Sequence[str]:
        """The screenful that is shown, once more."""
        start = self._starts[-1]
        self._end = self._fitting(start, screen)
        return self.lines[start : self._end]

    def _fitting(self, start: int, screen: Screen) -> int:
        """The line after the last that fits; a line wider than the screen is broken by the terminal, and takes more."""
        if screen.rows is None:
            return len(self.lines)
        left = max(screen.rows - 1, _FEWEST)
        for at in range(start, len(self.lines)):
            left -= max(1, -(-width(self.lines[at]) // max(screen.columns, 1)))
            if left < 0:
                return max(at, start + 1)
        return len(self.lines)
