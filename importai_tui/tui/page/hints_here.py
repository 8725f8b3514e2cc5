"""Which keys matter in which pane."""

from __future__ import annotations

from collections.abc import Sequence

from importai_tui.tui.fold import Pane
from importai_tui.tui.hints import Hint

_HELP = Hint("?", "help", "help")
_NOTHING_YET = (
    Hint("S", "newest issues", "sync"),
    Hint("B", "all of them", "sync_all"),
    Hint("ctrl+g", "guide", "guide"),
    _HELP,
)


def hints_for(pane: Pane, *, links: Sequence[int], zen: bool, empty: bool = False) -> tuple[Hint, ...]:
    """At most six, the weightiest first, help last. `links` are the numbers of the story's links."""
    if empty:
        return _NOTHING_YET
    match pane:
        case Pane.LIST:
            return (
                Hint("enter", "read", "choose"),
                Hint("n", "next unread", "next_unread"),
                Hint("r", "read/unread", "toggle_read"),
                Hint("u", "undo", "undo"),
                Hint("F", "search", "search"),
                _HELP,
            )
        case Pane.STORY:
            open_key = " ".join(str(n) for n in links[:2])
            return (
                Hint("space", "page", "read_on"),
                Hint("n", "next unread", "next_unread"),
                *((Hint(open_key, "open link", "open_here"),) if open_key else ()),
                Hint("s", "star", "toggle_star"),
                Hint("z", "all panes", "zen") if zen else Hint("F", "search", "search"),
                _HELP,
            )
        case Pane.LINKS:
            return (
                Hint("enter", "open", "choose"),
                Hint("y", "copy", "copy_address"),
                Hint("B", "BibTeX", "copy_bibtex"),
                Hint("p", "PDF", "open_pdf"),
                Hint("esc", "back", "back_out"),
                _HELP,
            )
