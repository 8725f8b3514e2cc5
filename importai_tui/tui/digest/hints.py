"""What the footer of the digest says. Pure."""

from __future__ import annotations

from importai_tui.issue import Story
from importai_tui.tui.reading.footer import Hint

_HELP = Hint("?", "help", "help")
_BACK = Hint("esc", "back", "leave")


def hints_at(story: Story | None) -> tuple[Hint, ...]:
    """At the present story; None where an issue holds none."""
    if story is None:
        return (Hint("[ ]", "newer, older", "issue(1)"), _BACK, _HELP)
    numbers = " ".join(str(link.n) for link in story.links[:2])
    return (
        Hint("enter", "full story", "choose"),
        Hint("j k", "story", "move(1)"),
        Hint("space", "page", "skim_on"),
        *((Hint(numbers, "open link", "open_here"),) if numbers else ()),
        _BACK,
        _HELP,
    )
