"""The one screen of the reader: the desk with its commands, the settings that hold on it, and what it hears."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.binding import BindingsMap

from importai_tui.config import Config
from importai_tui.keymap import COMMANDS
from importai_tui.library import Library
from importai_tui.tui.commands.groups import Groups
from importai_tui.tui.keys import bindings
from importai_tui.tui.lists.issue_list import IssueList
from importai_tui.tui.lists.link_list import LinkList

if TYPE_CHECKING:
    from importai_tui.tui.commands.referring import Referring
    from importai_tui.tui.dialogs.palette import Offer


class ReadingScreen(Groups, inherit_bindings=False):
    """Reading: issues, story, links."""

    BINDINGS = [*bindings(COMMANDS)]
    AUTO_FOCUS = ""

    lent: Library | None = None
    """A library that this screen alone uses, closed with it."""

    _was_covered = False

    def on_mount(self) -> None:
        """As it is set. Textual calls this beside the desk's own, and before it."""
        self._hold(self.reader.config)

    def settle(self, config: Config, before: Config) -> None:
        """Other settings hold from now on. A measure that was not set anew stays as the reader has made it since."""
        self._hold(config)
        if config.measure and config.measure != before.measure:
            self.set_measure(config.measure)
        self.tell()

    def _hold(self, config: Config) -> None:
        self.dwell.after = config.read_after
        if (commands := self.reader.commands) != self.commands:
            self.commands = commands
            # Textual's own way to other keys cannot take one away.
            self._bindings = BindingsMap(bindings(commands))
            self.refresh_bindings()

    def offers(self) -> list[Offer]:
        """What the palette finds besides commands, issues and themes."""
        from importai_tui.manual import TOPICS
        from importai_tui.tui.dialogs.palette import Offer

        searches = (search.name for search in self.saved.searches)
        return [
            *(Offer(f"Saved search: {name}", partial(self.saved.walk_through, name)) for name in searches),
            *(Offer(f"Help: {name}", partial(self._show_page, name)) for name in TOPICS),
        ]

    def _show_page(self, topic: str) -> None:
        from importai_tui.tui.dialogs.manual_page import ManualPage

        self.app.push_screen(ManualPage(topic))

    def look_behind(self, *, at_once: bool = False) -> None:
        """Follows what a sync or another window has stored."""
        self.following.look_behind(at_once=at_once)

    def on_screen_suspend(self) -> None:
        """Something lies over the screen, and nothing moves beneath it."""
        self._was_covered = True

    def on_screen_resume(self) -> None:
        """The screen is seen, again or for the first time."""
        if self._was_covered:
            self._was_covered = False
            self.look_behind(at_once=True)

    def on_issue_list_story_pointed(self, message: IssueList.StoryPointed) -> None:
        """The cursor has come to a story in the list."""
        self.leafing.story_pointed(message.head)

    def on_issue_list_story_chosen(self, message: IssueList.StoryChosen) -> None:
        """Enter or a click on a story in the list."""
        self.leafing.story_chosen(message.head)

    def on_issue_list_issue_chosen(self, message: IssueList.IssueChosen) -> None:
        """Enter or a click on an issue."""
        self.leafing.issue_chosen(message.ref)

    def on_issue_list_standing_chosen(self, message: IssueList.StandingChosen) -> None:
        """Enter or a click on a saved search."""
        self.saved.walk_through(message.name)

    def on_link_list_link_chosen(self, message: LinkList.LinkChosen) -> None:
        """Enter or a click on a link."""
        self.opening.action_open_link(message.number)

    def on_link_list_story_chosen(self, message: LinkList.StoryChosen) -> None:
        """Enter or a click on a story beneath the links."""
        self.referring.go(message.row)

    def on_referring_found(self, message: Referring.Found) -> None:
        """What a thread has found may come when the reader is leaving."""
        if self.has_panes:
            message.show()

    def on_unmount(self) -> None:
        """Save what still waits, and give a lent library back."""
        self.reader.lost_changes += self.finish_writing()
        self.keeping.give_back_drafts()
        if self.lent is not None:
            self.lent.close()
