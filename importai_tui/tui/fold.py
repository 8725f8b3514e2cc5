"""Which panes fit side by side: the one place that knows the widths. Pure; cells in, a layout out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

THREE_PANES, TWO_PANES = 126, 60
"""From these widths on, in cells: list, story at its full measure, links; list and story."""


class Pane(StrEnum):
    """The three panes, from left to right; the values are their widgets' ids."""

    LIST = "list"
    STORY = "story"
    LINKS = "links"


@dataclass(frozen=True, slots=True)
class Layout:
    """What is seen. `over` lays the links over the right side of the story; `list_width` is in cells, 0 for all."""

    panes: frozenset[Pane]
    list_width: int
    links_width: int
    over: bool = False


def fold(width: int, at: Pane, *, zen: bool, links: bool = True) -> Layout:
    """The layout of a screen of that width while the reader is `at` a pane; `links` are a pane where there is room."""
    if width < TWO_PANES:
        return Layout(frozenset({at}), 0, 0)
    over = at is Pane.LINKS and (zen or not links or width < THREE_PANES)
    if zen:
        panes = {Pane.STORY} | ({Pane.LINKS} if over else set())
        return Layout(frozenset(panes), 0, 40, over=over)
    list_width = 38 if width >= 110 else max(24, round(width * 0.34))
    if links and width >= THREE_PANES:
        return Layout(frozenset(Pane), list_width, 36)
    panes = {Pane.LIST, Pane.STORY} | ({Pane.LINKS} if over else set())
    return Layout(frozenset(panes), list_width, min(40, width // 2 + 4), over=over)
