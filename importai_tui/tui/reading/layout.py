"""Which panes fit side by side: the one place that knows the widths. Pure; cells in, a layout out."""

from __future__ import annotations

from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Widths:
    """How many cells wider than usual the reader wants the side panes; negative is narrower."""

    list: int = 0
    links: int = 0

    def changed(self, pane: Pane, cells: int) -> Widths:
        """One side pane wider by so many cells."""
        return replace(self, **{pane.value: getattr(self, pane.value) + cells})

    def written(self) -> str:
        """As they are remembered."""
        return f"{self.list} {self.links}"

    @classmethod
    def read(cls, written: str | None) -> Widths:
        """What was remembered; a text of another version is none."""
        try:
            list_, links = map(int, (written or "").split())
        except ValueError:
            return cls()
        return cls(list_, links)


_NARROWEST = 24
"""Cells of a side pane: in fewer, a headline or a cited title is cut after its second word."""
_STORY = 50
"""Cells that side panes leave to the story, however wide they are wanted."""
_BENEATH = 20
"""Cells of the story that links over it leave in sight."""


def fold(width: int, at: Pane, *, zen: bool, links: bool = True, widths: Widths | None = None) -> Layout:
    """The layout of a screen of that width while the reader is `at` a pane; `links` are a pane where there is room."""
    if width < TWO_PANES:
        return Layout(frozenset({at}), 0, 0)
    wider = widths or Widths()
    over = at is Pane.LINKS and (zen or not links or width < THREE_PANES)
    laid_over = _as_wanted(40 if zen else min(40, width // 2 + 4), wider.links, width - _BENEATH)
    if zen:
        panes = {Pane.STORY} | ({Pane.LINKS} if over else set())
        return Layout(frozenset(panes), 0, laid_over, over=over)
    usual = 38 if width >= 110 else max(24, round(width * 0.34))
    if links and width >= THREE_PANES:
        list_width = _as_wanted(usual, wider.list, width - 36 - _STORY)
        return Layout(frozenset(Pane), list_width, _as_wanted(36, wider.links, width - list_width - _STORY))
    panes = {Pane.LIST, Pane.STORY} | ({Pane.LINKS} if over else set())
    return Layout(frozenset(panes), _as_wanted(usual, wider.list, width - _STORY), laid_over, over=over)


def _as_wanted(usual: int, wider: int, room: int) -> int:
    """The usual width changed as the reader wants it, as far as there is room: that for the usual one is taken."""
    return max(_NARROWEST, min(usual + wider, max(usual, room)))
