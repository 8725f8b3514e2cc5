"""What the digest asks of the screen that it lies over. It knows that screen by these functions alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from importai_tui.reading import Change
from importai_tui.tui.reading.issue_index import IssueIndex


class Mark(Protocol):
    """Marks stories of the issue `ref`, stored first and shown after; None, and a word, where it cannot be kept."""

    def __call__(
        self, keys: Iterable[str], *, read: bool | None = None, starred: bool | None = None, ref: str = ""
    ) -> Change | None:
        """Marks them."""


@dataclass(frozen=True, slots=True)
class Beneath:
    """What the screen beneath does for this one.

    `shelf` gives the issues as its list shows them. `hand_over` brings addresses to the browser, each with the id and
    the title of the work that it leads to. `undo` takes the last change back and tells which; `say` tells a sentence.
    """

    shelf: Callable[[], IssueIndex]
    mark: Mark
    undo: Callable[[], object]
    hand_over: Callable[[Sequence[str], Sequence[tuple[str, str] | None]], object]
    say: Callable[[str], object]
    guide: bool = False
