"""Which groups of commands there are, who needs whom, and when each is made.

Those that listen from the start are made with the screen. The others are made, and even imported, when one of their
keys is first pressed: the first screen waits for none of them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from importai_tui.tui.commands.appearance import Appearance
from importai_tui.tui.commands.browser import Browser
from importai_tui.tui.commands.catching_up import CatchingUp
from importai_tui.tui.commands.commands import Commands, actions_of
from importai_tui.tui.commands.filtering import Filtering
from importai_tui.tui.commands.following import Following
from importai_tui.tui.commands.keeping import Keeping
from importai_tui.tui.commands.marking import Marking
from importai_tui.tui.commands.matches import Matching
from importai_tui.tui.commands.moving import Moving
from importai_tui.tui.commands.program import Program
from importai_tui.tui.commands.referring import Referring
from importai_tui.tui.commands.saved import Saved
from importai_tui.tui.commands.visiting import Visiting
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.listener import Listeners

if TYPE_CHECKING:
    from importai_tui.browser import Opener
    from importai_tui.library import Library
    from importai_tui.tui.commands.citing import Citing
    from importai_tui.tui.commands.finding import Finding
    from importai_tui.tui.commands.leafing import Leafing
    from importai_tui.tui.commands.leaving import Leaving
    from importai_tui.tui.commands.opening import Opening
    from importai_tui.tui.commands.searching import Searching
    from importai_tui.tui.commands.skimming import Skimming
    from importai_tui.tui.commands.speaking import Speaking
    from importai_tui.tui.commands.tales import Tales
    from importai_tui.tui.commands.undoing import Undoing
    from importai_tui.tui.commands.works import Works
    from importai_tui.tui.page.writing import Clock

AT_A_KEY = {
    "citing": ("copy_markdown", "copy_bibtex", "copy_all", "open_archived", "open_pdf"),
    "finding": ("find",),
    "leafing": (
        *("read_on", "read_back", "next_unread", "previous_unread"),
        *("next_story", "previous_story", "next_issue", "previous_issue"),
    ),
    "leaving": ("guide", "leave", "quit_reader", "copy_or_quit"),
    "opening": ("open_link", "ask_link", "open_here", "open_all", "copy_address"),
    "searching": ("search",),
    "skimming": ("skim",),
    "speaking": ("command_line",),
    "tales": ("tales",),
    "undoing": ("undo", "redo"),
    "works": ("works",),
}
"""The groups that wait for a key, and their actions."""
_IN_ORDER = (
    *("marking", "following", "tales", "catching_up", "referring", "matching", "filtering", "moving"),
    *("saved", "keeping", "visiting", "appearance", "program"),
)
"""Those that listen. Whoever comes later has the last word in the footer: matches hide the references, and what narrows
the list stands before all. A step back makes the list whole before it leaves a pane, and a pane before a walk. The
clock marks a story read before its marks are followed, and both come before the saved searches are counted."""


class Groups(Desk, inherit_bindings=False):
    """The desk with the commands beside it, each group under its name."""

    def __init__(self, library: Library, opener: Opener, clock: Clock, ref: str | None, *, guide: bool) -> None:
        super().__init__(library, opener, clock, ref, guide=guide)
        self.following = Following(self)
        self.marking = Marking(self, self.following)
        self.keeping = Keeping(self, self.following)
        self.browser = Browser(self)
        self.referring = Referring(self, self.browser)
        self.matching = Matching(self)
        self.filtering = Filtering(self, self.matching)
        self.saved = Saved(self, self.filtering)
        self.catching_up = CatchingUp(self, self.filtering)
        self.moving = Moving(self, self.matching)
        self.visiting = Visiting(self)
        self.appearance = Appearance(self)
        self.program = Program(self)
        self._listen()
        made = [one for one in vars(self).values() if isinstance(one, Commands)]
        # Textual looks for the method of an action on the screen; each is there under its name, and of mypy unseen.
        for name, act in actions_of(made, self).items():
            setattr(self, name, act)

    def _listen(self) -> None:
        """Whoever is made listens from then on: before, it had nothing to tell."""
        self.listeners = Listeners(*(vars(self)[name] for name in _IN_ORDER if name in vars(self)))

    @cached_property
    def citing(self) -> Citing:
        """The citations of the open story."""
        from importai_tui.tui.commands.citing import Citing

        return Citing(self, self.browser, self.opening)

    @cached_property
    def finding(self) -> Finding:
        """Find in the story."""
        from importai_tui.tui.commands.finding import Finding

        return Finding(self, self.matching)

    @cached_property
    def leafing(self) -> Leafing:
        """From story to story."""
        from importai_tui.tui.commands.leafing import Leafing

        return Leafing(self, self.matching, self.marking)

    @cached_property
    def leaving(self) -> Leaving:
        """Out."""
        from importai_tui.tui.commands.leaving import Leaving

        return Leaving(self, self.keeping)

    @cached_property
    def opening(self) -> Opening:
        """Links."""
        from importai_tui.tui.commands.opening import Opening

        return Opening(self, self.browser, self.referring)

    @cached_property
    def searching(self) -> Searching:
        """The search."""
        from importai_tui.tui.commands.searching import Searching

        return Searching(self, self.matching, self.saved)

    @cached_property
    def skimming(self) -> Skimming:
        """The digest."""
        from importai_tui.tui.commands.skimming import Skimming

        return Skimming(self, self.marking, self.undoing, self.browser)

    @cached_property
    def speaking(self) -> Speaking:
        """The line of commands."""
        from importai_tui.tui.commands.speaking import Speaking

        return Speaking(self, self.searching, self.works)

    @cached_property
    def tales(self) -> Tales:
        """The book of tales."""
        from importai_tui.tui.commands.tales import Tales

        return Tales(self, self.filtering)

    @cached_property
    def undoing(self) -> Undoing:
        """Undone, done again."""
        from importai_tui.tui.commands.undoing import Undoing

        return Undoing(self, self.following, self.saved)

    @cached_property
    def works(self) -> Works:
        """All cited works."""
        from importai_tui.tui.commands.works import Works

        return Works(self, self.browser)


class _AtAKey:
    """An action as Textual looks for it; to ask for it makes its group."""

    def __init__(self, group: str, action: str) -> None:
        self._group, self._action = group, action

    def __get__(self, desk: Groups | None, _: type[Groups]) -> Any:
        if desk is None:
            return self
        group = getattr(desk, self._group)
        if self._group in _IN_ORDER:
            desk._listen()
        return getattr(group, self._action)


for _group, _actions in AT_A_KEY.items():
    for _action in _actions:
        setattr(Groups, f"action_{_action}", _AtAKey(_group, f"action_{_action}"))
